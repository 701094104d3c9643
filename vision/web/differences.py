"""GET /differences/{one}/{other}/heat.png: the heat map of two stored pictures, for their owner only.

Computed now if it was not kept yet: the address is good by itself.
"""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vision import runtime
from vision.comparing.result import VERSION
from vision.errors import LoupeError, NotThere
from vision.ingest import difference_of
from vision.web.owner import owner_of


def heat_url(one_id: str, other_id: str) -> str:
    """Where the browser finds the heat map; another address for every version of the comparison."""
    return f"/differences/{one_id}/{other_id}/heat.png?v={VERSION}"


async def heat(request: Request) -> Response:
    """The heat map; 404 for what does not exist and for what is somebody else's, 503 where it cannot be made."""
    owned = runtime.current().store.of(owner_of(request.headers))
    one, other = request.path_params["one"], request.path_params["other"]

    def load() -> bytes:
        difference_of(owned, owned.picture(one), owned.picture(other))
        return owned.heat(one, other, VERSION)

    try:
        data = await to_thread.run_sync(load)
    except NotThere as error:
        return _refused(error.sentence, 404)
    except LoupeError as error:
        return _refused(error.sentence, 503)
    return Response(data, media_type="image/png", headers={"cache-control": "private, max-age=31536000, immutable"})


def _refused(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status, headers={"cache-control": "no-store"})


HEAT = Route("/differences/{one}/{other}/heat.png", heat, methods=["GET"])
