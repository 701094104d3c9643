"""POST /upload: one file per request as the raw body, streamed to the disk, then checked and kept as a picture.

Why not Streamlit's uploader: that holds every file in memory until the session ends. Here a request holds one block.
Headers: X-Upload-Token (vision.web.tokens), X-File-Key and X-File-Name (percent-encoded; of a file in a folder its
relative path). The same batch and key again gives the same picture, so a refresh or a second try stores nothing twice.
Answers are JSON: what was kept, or ``{"error": sentence}``. Where the token permits it, bytes that are a ZIP are kept
and unpacked behind the answer, file by file, into the same batch.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import BufferedWriter
from pathlib import Path
from urllib.parse import unquote

from anyio import CancelScope, CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vision import runtime
from vision.archives.names import clean_path
from vision.archives.reading import ArchiveLimits, is_archive, open_archive
from vision.archives.unpacking import rows_of
from vision.errors import DiskFull, LoupeError, NotThere, PictureError
from vision.images.refusals import size_words
from vision.ingest import add_picture
from vision.settings import Settings
from vision.store import OwnedStore, Upload
from vision.store.blobs import said_in_words
from vision.store.uploads import Packed
from vision.web import tokens
from vision.web.owner import owner_of

HEAD = 4  # bytes that tell a ZIP from a picture
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
    """What one request wants. ``size`` is what it announced, in bytes; the most there may be when it did not say.
    ``archives``: it may be a ZIP."""

    owner: str
    batch: str
    key: str
    name: str
    size: int
    archives: bool = False


def asked(request: Request, settings: Settings, now: float) -> Asked:
    """The checked head of a request. Raises Refusal before a byte of the body is read."""
    headers = request.headers
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refusal("Files can be added from Loupe's own pages only.", 403)
    permission = tokens.check(headers.get("x-upload-token", ""), now)
    if permission is None or permission.owner != owner_of(headers):
        raise Refusal("This page was open for too long: reload it, then add the file again.", 403)
    key, name = unquote(headers.get("x-file-key", "")), clean_path(unquote(headers.get("x-file-name", "")))
    if not 0 < len(key) <= MAX_KEY:
        raise Refusal("The file could not be told apart from others: rename it, then add it again.", 400)
    announced = headers.get("content-length", "")
    most = max(settings.max_file_bytes, settings.max_archive_file_bytes if permission.archives else 0)
    size = int(announced) if announced.isdecimal() else settings.max_file_bytes
    if size > most:
        raise Refusal(_too_large(name, most), 413)
    return Asked(permission.owner, permission.batch, key, name, size, permission.archives)


def claim(owned: OwnedStore, wanted: Asked, settings: Settings) -> Upload:
    """Counts the file into the batch, running ones included. Raises Refusal when the batch is full."""
    with _counting:
        upload = owned.begin_upload(wanted.batch, wanted.key, wanted.name, wanted.size)
        if upload.state in ("unpacking", "unpacked") or (upload.state == "stored" and upload.picture_id is not None):
            return upload
        if upload.state == "stored":  # its picture was deleted since: this is a new file
            owned.forget_upload(upload.id)
            upload = owned.begin_upload(wanted.batch, wanted.key, wanted.name, wanted.size)
        totals = owned.upload_totals(wanted.batch)
        if totals.files > settings.max_upload_files:
            sentence = f"{wanted.name} was not added: at most {settings.max_upload_files:,} files go into one upload."
        elif totals.bytes > settings.max_upload_bytes:
            sentence = (
                f"{wanted.name} was not added: at most {size_words(settings.max_upload_bytes)} go into one upload."
            )
        else:
            return upload
        owned.fail_upload(upload.id, sentence)
        raise Refusal(sentence, 413)


@dataclass(frozen=True, slots=True)
class Received:
    """A file on the disk. ``size`` in bytes."""

    part: Path
    sha256: str
    size: int
    archive: bool


async def receive(body: AsyncIterator[bytes], part: Path, wanted: Asked, settings: Settings) -> Received:
    """Streams ``body`` into ``part``. Raises Refusal, DiskFull, StoreError."""
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    name, archive, most = wanted.name, False, settings.max_file_bytes
    with said_in_words("written"):
        file = await to_thread.run_sync(_opened, part)
    try:
        async for chunk in body:
            waiting += chunk
            if wanted.archives and size < HEAD and is_archive(waiting):  # nothing is written before so much is there
                archive, most = True, settings.max_archive_file_bytes
            size += len(chunk)
            if size > most and size >= HEAD:
                raise Refusal(_too_large(name, most), 413)
            if len(waiting) >= BLOCK:
                await to_thread.run_sync(_write, file, digest, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(_write, file, digest, bytes(waiting))
    finally:
        file.close()
    if size == 0:
        raise Refusal(f"{name} is empty: choose another file.", 422)
    return Received(part, digest.hexdigest(), size, archive)


def _opened(part: Path) -> BufferedWriter:
    return part.open("wb")


def _write(file: BufferedWriter, digest: hashlib._Hash, block: bytes) -> None:
    digest.update(block)
    with said_in_words("written"):
        file.write(block)
        file.flush()


def keep(owned: OwnedStore, upload: Upload, file: Received) -> dict[str, object]:
    """Checks the received file and keeps it as a picture; what the browser is told. Raises LoupeError."""
    limits = runtime.current().open_limits
    stored = add_picture(owned, file.part.read_bytes(), upload.name, limits)
    owned.finish_upload(upload.id, sha256=file.sha256, picture_id=stored.id, size=file.size)
    picture = stored.picture
    return {
        "id": stored.id,
        "name": picture.name,
        "width": picture.width,
        "height": picture.height,
        "pages": picture.pages,
        "again": False,
    }


def keep_archive(owned: OwnedStore, upload: Upload, file: Received) -> dict[str, object]:
    """Looks into the received ZIP, counts what is in it into the batch and lets it be unpacked behind the answer; what
    the browser is told. Raises LoupeError, and Refusal when the batch cannot hold so much."""
    now = runtime.current()
    with open_archive(file.part, upload.name, ArchiveLimits.of(now.settings)) as archive:
        files = rows_of(archive)
    with _counting:
        _fitting(owned, upload, files, now.settings)
        owned.begin_unpacking(upload.id, file.part, file.sha256, file.size, files)
    now.unpacker.begin(owned.owner, upload.id)
    return {"id": upload.id, "name": upload.name, "files": len(files), "again": False}


def _fitting(owned: OwnedStore, upload: Upload, files: Sequence[Packed], settings: Settings) -> None:
    totals = owned.upload_totals(upload.batch)  # the ZIP itself is in it as one file: its files come in its place
    taken = [file.size for file in files if not file.refusal]
    if totals.files - 1 + len(taken) > settings.max_upload_files:
        raise Refusal(
            f"{upload.name} was not added: with its {len(taken):,} files there would be more than "
            f"{settings.max_upload_files:,} in one upload.",
            413,
        )
    if totals.bytes - upload.size + sum(taken) > settings.max_upload_bytes:
        most = size_words(settings.max_upload_bytes)
        raise Refusal(f"{upload.name} was not added: unpacked, there would be more than {most} in one upload.", 413)


async def upload(request: Request) -> Response:
    """One file. 200 kept, 403 not from our page, 413 too large or too many, 422 no picture, 507 disk full."""
    now = runtime.current()
    try:
        wanted = asked(request, now.settings, time.time())
        owned = now.store.of(wanted.owner)
        row = await to_thread.run_sync(claim, owned, wanted, now.settings)
        if row.state != "open":
            return JSONResponse({"id": row.picture_id or row.id, "name": row.name, "again": True})
        return JSONResponse(await _take(request, owned, row, wanted, now.settings))
    except Refusal as refusal:
        return JSONResponse({"error": refusal.sentence}, refusal.status)
    except LoupeError as error:
        return JSONResponse({"error": error.sentence}, _status(error))
    except ClientDisconnect:
        return Response(status_code=499)  # nobody is listening any more


async def _take(
    request: Request, owned: OwnedStore, row: Upload, wanted: Asked, settings: Settings
) -> dict[str, object]:
    part = runtime.current().store.blobs.new_part()
    failure: str | None = INTERRUPTED
    try:
        file = await receive(request.stream(), part, wanted, settings)
        told = await to_thread.run_sync(keep_archive if file.archive else keep, owned, row, file, limiter=_checking)
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


def _too_large(name: str, most: int) -> str:
    return f"{name} is larger than {size_words(most)}: make it smaller, then add it again."


UPLOADS = Route("/upload", upload, methods=["POST"])
