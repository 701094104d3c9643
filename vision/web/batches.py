"""GET /batches/{id}/export.{csv|xlsx|jsonl|zip}: a durable run as a file to keep, for its owner only.

A ZIP is made into a temporary file and sent from there: pictures by the thousand are never all in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from vision import runtime
from vision.batch.exporting import run_as_file
from vision.errors import LoupeError, NotThere
from vision.web.exports import attachment, refused
from vision.web.owner import owner_of

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "jsonl": "application/x-ndjson",
        "zip": "application/zip",
    }
)


def export_url(run_id: str, ending: str) -> str:
    """Where the browser finds a durable run as a file; ``ending`` is one of TYPES."""
    if ending not in TYPES:
        raise ValueError(ending)
    return f"/batches/{run_id}/export.{ending}"


async def export(request: Request) -> Response:
    """What there is now, to be saved; 404 for what does not exist and for what is somebody else's. Whether there is a
    file at all (HEAD) is answered without making one."""
    run_id, ending = request.path_params["id"], request.path_params["ending"]
    if ending not in TYPES:
        return refused("A run can be saved as csv, xlsx, jsonl or zip.", 404)
    owned = runtime.current().store.of(owner_of(request.headers))
    make = partial(owned.run, run_id) if request.method == "HEAD" else partial(run_as_file, owned, run_id, ending)
    try:
        made = await to_thread.run_sync(make)
    except NotThere as error:
        return refused(error.sentence, 404)
    except LoupeError as error:
        return refused(error.sentence, 503)
    if not isinstance(made, tuple):
        return Response(media_type=TYPES[ending], headers={"cache-control": "no-store"})
    title, data = made
    headers = {"content-disposition": attachment(title, ending), "cache-control": "no-store"}
    if isinstance(data, Path):
        gone = BackgroundTask(data.unlink, missing_ok=True)
        return FileResponse(data, headers=headers, media_type=TYPES[ending], background=gone)
    return Response(data, headers={**headers, "content-type": TYPES[ending]})


BATCHES = Route("/batches/{id}/export.{ending}", export, methods=["GET"])
