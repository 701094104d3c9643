"""GET /health: is the app ready, and which version. Says nothing else."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import vision
from vision import runtime


@cache
def app_version() -> str:
    """The version of Loupe."""
    try:
        return version("loupe")
    except PackageNotFoundError:  # run from a folder, as everyone does
        return str(getattr(vision, "__version__", "0.1.0"))


async def health(_request: Request) -> JSONResponse:
    """200 once the store is open, 503 before."""
    ready = runtime.started()
    return JSONResponse(
        {"ready": ready, "version": app_version()},
        status_code=200 if ready else 503,
        headers={"cache-control": "no-store"},
    )


HEALTH = Route("/health", health, methods=["GET"])
