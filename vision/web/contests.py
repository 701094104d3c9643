"""Votes and answers of comparisons of models as files: of one comparison, or of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vision import runtime
from vision.contests.exporting import to_csv, to_json
from vision.store import OwnedStore
from vision.store.records import Contest
from vision.web.exports import refused, saved
from vision.web.owner import owner_of

TYPES: Mapping[str, str] = MappingProxyType({"csv": "text/csv; charset=utf-8", "json": "application/json"})
MAKERS: Mapping[str, Callable[[OwnedStore, Sequence[Contest]], str]] = MappingProxyType(
    {"csv": to_csv, "json": to_json}
)
MOST = 10_000  # comparisons in one file
ALL = "Comparisons of models"


def export_url(ending: str, contest_id: str = "") -> str:
    """Where the browser finds a comparison as a file, or all of them; ``ending`` is one of TYPES."""
    if ending not in TYPES:
        raise ValueError(ending)
    return f"/contests/{contest_id}/export.{ending}" if contest_id else f"/contests/export.{ending}"


async def export(request: Request) -> Response:
    """What there is now, to be saved; 404 for what does not exist and for what is somebody else's."""
    contest_id, ending = request.path_params.get("id", ""), request.path_params["ending"]
    if ending not in TYPES:
        return refused("A comparison can be saved as csv or json.", 404)
    owned = runtime.current().store.of(owner_of(request.headers))
    return await saved(partial(_made, owned, contest_id, ending), TYPES[ending], ending)


def _made(owned: OwnedStore, contest_id: str, ending: str) -> tuple[str, str]:
    """The title and the text. Raises NotThere, StoreError."""
    found = (owned.contest(contest_id),) if contest_id else owned.contests(MOST)
    return found[0].title if contest_id else ALL, MAKERS[ending](owned, found)


CONTESTS = [
    Route("/contests/export.{ending}", export, methods=["GET"]),
    Route("/contests/{id}/export.{ending}", export, methods=["GET"]),
]
