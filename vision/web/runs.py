"""GET /runs/{id}/export.{csv|xlsx|json|jsonl|html}: a run's records as a file to keep, for its owner only.

``provenance=1`` adds where every value came from, ``checked=1`` leaves out what nobody accepted, ``rows=NAME`` makes a
CSV of the rows of one list.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vision import runtime
from vision.extracting.exporting import run_as_file
from vision.web.exports import refused, saved
from vision.web.owner import owner_of

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json": "application/json",
        "jsonl": "application/x-ndjson",
        "html": "text/html; charset=utf-8",
    }
)


def export_url(run_id: str, ending: str, *, provenance: bool = False, checked: bool = False, rows: str = "") -> str:
    """Where the browser finds a run as a file; ``ending`` is one of TYPES."""
    if ending not in TYPES:
        raise ValueError(ending)
    asked = {"provenance": "1" if provenance else "", "checked": "1" if checked else "", "rows": rows}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/runs/{run_id}/export.{ending}" + (f"?{query}" if query else "")


async def export(request: Request) -> Response:
    """What there is now, to be saved; 404 for what does not exist and for what is somebody else's."""
    run_id, ending, asked = request.path_params["id"], request.path_params["ending"], request.query_params
    if ending not in TYPES:
        return refused("A run can be saved as csv, xlsx, json, jsonl or html.", 404)
    owned = runtime.current().store.of(owner_of(request.headers))
    make = partial(
        run_as_file,
        owned,
        run_id,
        ending,
        provenance=asked.get("provenance") == "1",
        checked=asked.get("checked") == "1",
        rows=asked.get("rows", ""),
    )
    return await saved(make, TYPES[ending], ending)


RUNS = Route("/runs/{id}/export.{ending}", export, methods=["GET"])
