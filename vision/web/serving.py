"""What ``app.py`` hands to Streamlit: our routes, our middleware, and the start and end of the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from vision import runtime
from vision.web.batches import BATCHES
from vision.web.contests import CONTESTS
from vision.web.differences import HEAT
from vision.web.exports import EXPORTS
from vision.web.headers import SecurityHeaders
from vision.web.health import HEALTH
from vision.web.kit import KIT
from vision.web.pictures import PICTURES, SENT
from vision.web.runs import RUNS
from vision.web.uploads import UPLOADS


def routes() -> list[BaseRoute]:
    """Every route of ours, in the order in which they are matched."""
    return [HEALTH, KIT, PICTURES, SENT, HEAT, EXPORTS, *CONTESTS, RUNS, BATCHES, UPLOADS]


def middleware(allowed_hosts: Sequence[str]) -> list[Middleware]:
    """What every response passes through. ``allowed_hosts`` as in Streamlit's setting; empty allows any."""
    return [Middleware(SecurityHeaders, allowed_hosts=tuple(allowed_hosts))]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Opens the store (migrations included) before the first request, closes it after the last."""
    await to_thread.run_sync(runtime.start)
    try:
        yield
    finally:
        await to_thread.run_sync(runtime.stop)
