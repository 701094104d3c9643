"""GET /pictures/{id}/{variant}: clean copies of stored pictures, for their owner only, kept by her browser for ever.

The original is never served: it may hold a location. ``view`` is a clean copy large enough to zoom into, made once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import get_args

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vision import runtime
from vision.errors import LoupeError, NotThere
from vision.store.pictures import VIEW_EDGE
from vision.store.records import Variant
from vision.web.owner import owner_of

PREVIEW_EDGE = 1000  # long edge in pixels of a stored preview (vision.images.opening)
SERVED: tuple[Variant, ...] = tuple(name for name in get_args(Variant) if name != "source")
# An id and a variant always give the same bytes; "private" keeps them out of shared caches.
KEPT = "private, max-age=31536000, immutable"
SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


@dataclass(frozen=True, slots=True)
class Level:
    """One size of a picture: where to get it, and its pixels."""

    url: str
    width: int
    height: int


def picture_url(picture_id: str, variant: Variant) -> str:
    """Where the browser finds a clean copy of a stored picture."""
    if variant not in SERVED:
        raise ValueError(variant)
    return f"/pictures/{picture_id}/{variant}"


def levels(picture_id: str, width: int, height: int) -> tuple[Level, ...]:
    """The copies the viewer uses, small to large, of a picture of ``width`` x ``height`` upright pixels."""
    sizes: tuple[tuple[Variant, int], ...] = (("preview", PREVIEW_EDGE), ("view", VIEW_EDGE))
    wanted = [sizes[0]] if max(width, height) <= PREVIEW_EDGE else list(sizes)
    return tuple(Level(picture_url(picture_id, name), *_within(width, height, edge)) for name, edge in wanted)


def _within(width: int, height: int, edge: int) -> tuple[int, int]:
    factor = min(1.0, edge / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def sent_url(picture_id: str, sha256: str) -> str:
    """Where the browser finds the very bytes that a model is sent for a picture."""
    return f"/pictures/{picture_id}/sent/{sha256}"


async def picture(request: Request) -> Response:
    """A clean copy; 404 for what does not exist and for what is somebody else's."""
    picture_id, variant = request.path_params["id"], request.path_params["variant"]
    if variant not in SERVED:
        return _refused("There is no such copy of a picture.", 404)
    owned = runtime.current().store.of(owner_of(request.headers))
    return await _answered(partial(owned.picture_bytes, picture_id, variant))


async def sent(request: Request) -> Response:
    """The bytes a model is sent, by their SHA-256; 404 as above."""
    owned = runtime.current().store.of(owner_of(request.headers))
    return await _answered(partial(owned.sent_bytes, request.path_params["id"], request.path_params["sha256"]))


async def _answered(load: Callable[[], bytes]) -> Response:
    try:
        data = await to_thread.run_sync(load)
    except NotThere as error:
        return _refused(error.sentence, 404)
    except LoupeError as error:
        return _refused(error.sentence, 503)
    return Response(data, media_type=_media_type(data), headers={"cache-control": KEPT})


def _media_type(data: bytes) -> str:
    for signature, name in SIGNATURES:
        if data.startswith(signature):
            return name
    return "application/octet-stream"


def _refused(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status, headers={"cache-control": "no-store"})


PICTURES = Route("/pictures/{id}/{variant}", picture, methods=["GET"])
SENT = Route("/pictures/{id}/sent/{sha256}", sent, methods=["GET"])
