"""POST /upload: one file per request as the raw body, streamed to the disk, then checked and kept as a picture.

Why not Streamlit's uploader: that holds every file in memory until the session ends. Here a request holds one block.
Headers: X-Upload-Token (vision.web.tokens), X-File-Key and X-File-Name (percent-encoded). The same batch and key again
gives the same picture, so a refresh or a second try stores nothing twice. Answers are JSON: what was kept, or
``{"error": sentence}``.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from urllib.parse import unquote

from anyio import CancelScope, CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vision import runtime
from vision.errors import DiskFull, LoupeError, NotThere, PictureError
from vision.images.names import clean_name
from vision.images.refusals import size_words
from vision.ingest import add_picture
from vision.settings import Settings
from vision.store import OwnedStore, Upload
from vision.store.blobs import said_in_words
from vision.web import tokens
from vision.web.owner import owner_of

BLOCK = 1 << 20  # bytes written at a time, in a worker thread: a slow disk must not hold up other people's pages
MAX_KEY = 1000
CHECKING = 2  # pictures decoded at once
INTERRUPTED = "The upload was interrupted: add the file again."

_counting = threading.Lock()  # limits are checked and claimed in one step, or parallel requests would pass together
_checking = CapacityLimiter(CHECKING)


class Refusal(Exception):
    """A request that is answered with a sentence."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request wants. ``size`` is what it announced, in bytes; the most there may be when it did not say."""

    owner: str
    batch: str
    key: str
    name: str
    size: int


def asked(request: Request, settings: Settings, now: float) -> Asked:
    """The checked head of a request. Raises Refusal before a byte of the body is read."""
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refusal("Files can be added from Loupe's own pages only.", 403)
    permission = tokens.check(headers.get("x-upload-token", ""), now)
    if permission is None or permission.owner != owner_of(headers):
        raise Refusal("This page was open for too long: reload it, then add the file again.", 403)
    key, name = unquote(headers.get("x-file-key", "")), clean_name(unquote(headers.get("x-file-name", "")))
    if not 0 < len(key) <= MAX_KEY:
        raise Refusal("The file could not be told apart from others: rename it, then add it again.", 400)
    announced = headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() else settings.max_file_bytes
    if size > settings.max_file_bytes:
        raise Refusal(_too_large(name, settings), 413)
    return Asked(permission.owner, permission.batch, key, name, size)


def claim(owned: OwnedStore, wanted: Asked, settings: Settings) -> Upload:
    """Counts the file into the batch, running ones included. Raises Refusal when the batch is full."""
    with _counting:
        upload = owned.begin_upload(wanted.batch, wanted.key, wanted.name, wanted.size)
        if upload.state == "stored" and upload.picture_id is not None:
            return upload
        if upload.state == "stored":  # its picture was deleted since: this is a new file
            owned.forget_upload(upload.id)
            upload = owned.begin_upload(wanted.batch, wanted.key, wanted.name, wanted.size)
        totals = owned.upload_totals(wanted.batch)
        if totals.files > settings.max_upload_files:
            sentence = f"{wanted.name} was not added: at most {settings.max_upload_files} files go into one upload."
        elif totals.bytes > settings.max_upload_bytes:
            sentence = (
                f"{wanted.name} was not added: at most {size_words(settings.max_upload_bytes)} go into one upload."
            )
        else:
            return upload
        owned.fail_upload(upload.id, sentence)
        raise Refusal(sentence, 413)


async def receive(body: AsyncIterator[bytes], part: Path, name: str, settings: Settings) -> tuple[str, int]:
    """Streams ``body`` into ``part``; returns SHA-256 and bytes. Raises Refusal, DiskFull, StoreError."""
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    with said_in_words("written"):
        file = await to_thread.run_sync(_opened, part)
    try:
        async for chunk in body:
            size += len(chunk)
            if size > settings.max_file_bytes:
                raise Refusal(_too_large(name, settings), 413)
            waiting += chunk
            if len(waiting) >= BLOCK:
                await to_thread.run_sync(_write, file, digest, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(_write, file, digest, bytes(waiting))
    finally:
        file.close()
    if size == 0:
        raise Refusal(f"{name} is empty: choose another file.", 422)
    return digest.hexdigest(), size


def _opened(part: Path) -> BufferedWriter:
    return part.open("wb")


def _write(file: BufferedWriter, digest: hashlib._Hash, block: bytes) -> None:
    digest.update(block)
    with said_in_words("written"):
        file.write(block)
        file.flush()


def keep(owned: OwnedStore, upload: Upload, part: Path, sha256: str, size: int) -> dict[str, object]:
    """Checks the received file and keeps it as a picture; what the browser is told. Raises LoupeError."""
    limits = runtime.current().open_limits
    stored = add_picture(owned, part.read_bytes(), upload.name, limits)
    owned.finish_upload(upload.id, sha256=sha256, picture_id=stored.id, size=size)
    picture = stored.picture
    return {
        "id": stored.id,
        "name": picture.name,
        "width": picture.width,
        "height": picture.height,
        "pages": picture.pages,
        "again": False,
    }


async def upload(request: Request) -> Response:
    """One file. 200 kept, 403 not from our page, 413 too large or too many, 422 no picture, 507 disk full."""
    now = runtime.current()
    try:
        wanted = asked(request, now.settings, time.time())
        owned = now.store.of(wanted.owner)
        row = await to_thread.run_sync(claim, owned, wanted, now.settings)
        if row.state == "stored":
            return JSONResponse({"id": row.picture_id, "name": row.name, "again": True})
        return JSONResponse(await _take(request, owned, row, now.settings))
    except Refusal as refusal:
        return JSONResponse({"error": refusal.sentence}, refusal.status)
    except LoupeError as error:
        return JSONResponse({"error": error.sentence}, _status(error))
    except ClientDisconnect:
        return Response(status_code=499)  # nobody is listening any more


async def _take(request: Request, owned: OwnedStore, row: Upload, settings: Settings) -> dict[str, object]:
    part = runtime.current().store.blobs.new_part()
    failure: str | None = INTERRUPTED
    try:
        sha256, size = await receive(request.stream(), part, row.name, settings)
        told = await to_thread.run_sync(keep, owned, row, part, sha256, size, limiter=_checking)
        failure = None
    except Refusal as refusal:
        failure = refusal.sentence
        raise
    except LoupeError as error:
        failure = error.sentence
        raise
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(_clean_up, owned, row, part, failure)
    return told


def _clean_up(owned: OwnedStore, row: Upload, part: Path, failure: str | None) -> None:
    part.unlink(missing_ok=True)
    if failure is not None:
        try:
            owned.fail_upload(row.id, failure)
        except NotThere:  # everything was deleted while the file came in
            return


def _status(error: LoupeError) -> int:
    if isinstance(error, DiskFull):
        return 507
    return 422 if isinstance(error, PictureError) else 503


def _too_large(name: str, settings: Settings) -> str:
    return f"{name} is larger than {size_words(settings.max_file_bytes)}: make it smaller, then add it again."


UPLOADS = Route("/upload", upload, methods=["POST"])
