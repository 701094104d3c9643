"""GET /talks/{id}/export.{md|json|html}: a talk as a file to keep, for its owner only, made when it is asked for.

A plain address, good for as long as the talk is there. A file that belongs to one run of a page (Streamlit's own
download button) is gone as soon as the next run begins, and a press in between finds nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vision import runtime
from vision.errors import LoupeError, NotThere
from vision.export import to_html, to_json, to_markdown
from vision.store import OwnedStore
from vision.web.owner import owner_of

TYPES: Mapping[str, str] = MappingProxyType(
    {"html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8", "json": "application/json"}
)
NAME_LIMIT = 50  # characters: with an ending under the 255 bytes of most file systems, at 4 bytes each
UNNAMED = "talk"


def export_url(talk_id: str, ending: str) -> str:
    """Where the browser finds a talk as a file; ``ending`` is one of TYPES."""
    if ending not in TYPES:
        raise ValueError(ending)
    return f"/talks/{talk_id}/export.{ending}"


def file_name(title: str, ending: str) -> str:
    """A name for a file: the letters and digits of ``title``, in any script, with dashes between the words."""
    lowered = unicodedata.normalize("NFC", title.lower())
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in lowered)
    words = (word for word in kept.split() if word[0].isalnum())  # a word of nothing but accents cannot be seen
    return f"{'-'.join(words)[:NAME_LIMIT].strip('-') or UNNAMED}.{ending}"


def attachment(title: str, ending: str) -> str:
    """The Content-Disposition that saves an answer instead of showing it (RFC 6266; any script by RFC 5987)."""
    name = file_name(title, ending)
    bare = unicodedata.normalize("NFKD", name.removesuffix(f".{ending}")).encode("ascii", "ignore").decode()
    plain = re.sub("[^a-z0-9]+", "-", bare).strip("-") or UNNAMED
    return f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(name, safe='')}"


async def export(request: Request) -> Response:
    """The talk as it is now, to be saved; 404 for what does not exist and for what is somebody else's."""
    talk_id, ending = request.path_params["id"], request.path_params["ending"]
    if ending not in TYPES:
        return refused("A talk can be saved as html, md or json.", 404)
    owned = runtime.current().store.of(owner_of(request.headers))
    return await saved(partial(_made, owned, talk_id, ending), TYPES[ending], ending)


async def saved(make: Callable[[], tuple[str, str | bytes]], media_type: str, ending: str) -> Response:
    """What ``make`` gives (a title, and a text or bytes), made in a thread, as a file to save; 404 and 503 with a
    sentence."""
    try:
        title, text = await to_thread.run_sync(make)
    except NotThere as error:
        return refused(error.sentence, 404)
    except LoupeError as error:
        return refused(error.sentence, 503)
    headers = {
        "content-type": media_type,
        "content-disposition": attachment(title, ending),
        "cache-control": "no-store",
    }
    return Response(text, headers=headers)


def _made(owned: OwnedStore, talk_id: str, ending: str) -> tuple[str, str]:
    """The talk's title and its text. Raises NotThere, StoreError."""
    talk, turns = owned.conversation(talk_id), owned.turns(talk_id)
    makers: Mapping[str, Callable[[], str]] = {
        "html": partial(to_html, talk, turns, lambda id_: owned.picture_bytes(id_, "preview")),
        "md": partial(to_markdown, talk, turns),
        "json": partial(to_json, talk, turns),
    }
    return talk.title, makers[ending]()


def refused(sentence: str, status: int) -> Response:
    return PlainTextResponse(sentence, status, headers={"cache-control": "no-store"})


EXPORTS = Route("/talks/{id}/export.{ending}", export, methods=["GET"])
