"""GET /kit/...: the scripts of our own components, cached for ever under the hash of their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vision.settings import ROOT

FOLDER = ROOT / "pages" / "parts" / "kit"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"


@lru_cache(maxsize=32)
def _content(path: Path, modified: float) -> tuple[bytes, str]:  # noqa: ARG001  part of the cache key
    data = path.read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:16]


def asset(name: str) -> tuple[bytes, str]:
    """The content of one file of the kit and its version. Raises FileNotFoundError."""
    path = FOLDER / name
    if path.parent != FOLDER or path.suffix not in TYPES or not path.is_file():
        raise FileNotFoundError(name)
    return _content(path, path.stat().st_mtime)


def asset_url(name: str) -> str:
    """The URL under which a file of the kit may be cached for ever."""
    return f"/kit/{name}?v={asset(name)[1]}"


async def kit(request: Request) -> Response:
    """One file of the kit; kept for ever only when the version asked for is the one there is."""
    name = request.path_params["name"]
    try:
        data, version = asset(name)
    except FileNotFoundError:
        return PlainTextResponse("There is no such file.", 404)
    fresh = request.query_params.get("v") == version
    headers = {"cache-control": FOR_EVER if fresh else "no-cache", "etag": f'"{version}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, headers={**headers, "content-type": TYPES[Path(name).suffix]})


KIT = Route("/kit/{name}", kit, methods=["GET"])
