"""What the server answers beside Streamlit's own pages: pictures, uploads, the kit, health. No Streamlit import."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from vision.web.headers import SecurityHeaders
from vision.web.health import HEALTH
from vision.web.kit import KIT
from vision.web.pictures import PICTURES
from vision.web.uploads import UPLOADS


def routes() -> list[BaseRoute]:
    """Every route of ours, in the order in which they are matched."""
    return [HEALTH, KIT, PICTURES, UPLOADS]


def middleware(allowed_hosts: list[str]) -> list[Middleware]:
    """What every response passes through. ``allowed_hosts`` as in Streamlit's setting; empty allows any."""
    return [Middleware(SecurityHeaders, allowed_hosts=tuple(allowed_hosts))]
