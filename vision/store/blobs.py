"""Content-addressed files: a blob's name is the SHA-256 of its bytes, in two levels of folders, through fsspec.

On a local disk a blob appears whole or not at all: it is written beside its place, flushed to the disk and renamed.
Object stores (s3://, gs://) are atomic by themselves. Who owns a blob is the store's business, not this module's.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.request import url2pathname

from vision.errors import DiskFull, NotThere, StoreError
from vision.store.tables import new_id

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
DISK_FULL = "The disk is full: free some space, then try again. Nothing that was stored before is lost."
PART = ".part"
STALE_PART_SECONDS = 3600.0
FOLDER_HINT = "check that LOUPE_DATA_DIR (or LOUPE_BLOB_URL) names a folder on a disk that is there."


@contextmanager
def said_in_words(what: str) -> Iterator[None]:
    """OSErrors become sentences; ``what`` completes "could not be ..."."""
    try:
        yield
    except FileNotFoundError as error:
        if what == "read":
            raise NotThere("This picture is no longer stored: add it again.", detail=str(error)) from None
        raise StoreError(f"The data folder could not be {what}: {FOLDER_HINT}", detail=str(error)) from None
    except PermissionError as error:
        sentence = f"The data folder could not be {what}: give this account the right to read and write it."
        raise StoreError(sentence, detail=str(error)) from None
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(DISK_FULL, detail=str(error)) from None
        raise StoreError(f"The data folder could not be {what}: check the disk.", detail=str(error)) from None


@dataclass(frozen=True, slots=True)
class Staged:
    """Bytes that are on the disk but have no name yet. ``Blobs.settle`` gives them one; ``Blobs.drop`` forgets them."""

    sha256: str
    size: int
    part: Path


def locate(place: Path | str) -> tuple[Any, str]:
    """The fsspec file system of ``place`` and the root in it; makes nothing. Raises StoreError.

    A path is taken as it is. fsspec does not decode ``file:`` URLs, and sees "::" and "://" in any text it is given:
    what is on this machine never goes through its URL parser.
    """
    from fsspec import filesystem  # type: ignore[import-untyped]  # noqa: PLC0415 - not for --help
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # noqa: PLC0415

    if isinstance(place, str) and place.startswith("file:"):
        place = Path(url2pathname(place.removeprefix("file:").removeprefix("//").removeprefix("localhost")))
    if isinstance(place, Path):
        return filesystem("file"), place.absolute().as_posix()
    try:
        found: tuple[Any, str] = url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise StoreError("LOUPE_BLOB_URL cannot be used: give a folder as file:///...", detail=str(error)) from None
    return found


class Blobs:
    """``Blobs.open(place)``: a folder, ``file:///folder`` or any fsspec address."""

    def __init__(self, filesystem: Any, root: str, parts: Path, *, local: bool) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")
        self._parts = parts
        self._local = local

    @classmethod
    def open(cls, place: Path | str) -> Blobs:
        """Opens, makes the folder if it is missing and removes what earlier processes left half written."""
        filesystem, root = locate(place)
        local = "file" in filesystem.protocol
        parts = Path(root) / "parts" if local else Path(tempfile.mkdtemp(prefix="loupe-parts-"))
        blobs = cls(filesystem, root, parts, local=local)
        with said_in_words("made"):
            parts.mkdir(parents=True, exist_ok=True)
            blobs._clean_parts()
        return blobs

    def new_part(self) -> Path:
        """A path for bytes that are on their way in (uploads); hand it to ``adopt`` or unlink it."""
        return self._parts / (new_id() + PART)

    def stage(self, data: bytes) -> Staged:
        """Writes ``data`` beside the blobs. Raises DiskFull or StoreError and then leaves nothing behind."""
        part = self.new_part()
        try:
            with said_in_words("written"), part.open("wb") as file:
                file.write(data)
                _flush(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Staged(hashlib.sha256(data).hexdigest(), len(data), part)

    def staged(self, part: Path, sha256: str) -> Staged:
        """A finished part file whose hash the writer counted while it streamed."""
        with said_in_words("written"), part.open("rb+") as file:
            _flush(file)
            return Staged(sha256, part.stat().st_size, part)

    def settle(self, staged: Staged) -> str:
        """Gives the staged bytes their name. Done even if the blob is there: a race with a deletion cannot lose it."""
        place = self._place(staged.sha256)
        with said_in_words("written"):
            if self._local:
                Path(place).parent.mkdir(parents=True, exist_ok=True)
                _rename(staged.part, Path(place))
            else:
                self._filesystem.put_file(str(staged.part), place)
                staged.part.unlink(missing_ok=True)
        return staged.sha256

    def drop(self, staged: Staged) -> None:
        staged.part.unlink(missing_ok=True)

    def put(self, data: bytes) -> str:
        """Stores ``data`` and returns its SHA-256. Rows that refer to it are written by the store, under its lock."""
        return self.settle(self.stage(data))

    def get(self, sha256: str) -> bytes:
        """The bytes. Raises NotThere."""
        with said_in_words("read"):
            data: bytes = self._filesystem.cat_file(self._place(sha256))
            return data

    def path(self, sha256: str) -> Path | None:
        """Where the blob lies on this machine, or None for an object store."""
        return Path(self._place(sha256)) if self._local else None

    def open_file(self, sha256: str) -> IO[bytes]:
        """The blob as a file that can seek, for what is too large for memory; close it. Raises NotThere."""
        with said_in_words("read"):
            file: IO[bytes] = self._filesystem.open(self._place(sha256), "rb")
            return file

    def exists(self, sha256: str) -> bool:
        with said_in_words("read"):
            return bool(self._filesystem.exists(self._place(sha256)))

    def delete(self, sha256: str) -> None:
        """Removes the blob; it is fine if it is gone already."""
        with said_in_words("changed"):
            try:
                self._filesystem.rm_file(self._place(sha256))
            except FileNotFoundError:
                return

    def names(self, older_than_seconds: float = 0.0) -> Iterator[str]:
        """The SHA-256 of every blob on the local disk that is at least that old (object stores: of every blob)."""
        with said_in_words("read"):
            found = self._filesystem.find(self._root, detail=True)
        limit = time.time() - older_than_seconds
        for path, facts in found.items():
            name = path.rsplit("/", 1)[-1]
            if len(name) == 64 and float(facts.get("mtime", 0.0)) <= limit:
                yield name

    def _place(self, sha256: str) -> str:
        if len(sha256) != 64 or not sha256.isalnum():
            raise NotThere("This picture is no longer stored: add it again.")
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _clean_parts(self) -> None:
        # Another process may be receiving a file right now: only what nobody has touched for an hour is rubbish.
        limit = time.time() - STALE_PART_SECONDS
        for part in self._parts.glob("*" + PART):
            try:
                if part.stat().st_mtime < limit:
                    part.unlink()
            except FileNotFoundError:  # the other process was quicker
                continue


def _flush(file: IO[bytes]) -> None:
    # Without this a power cut can leave a file with the right name and no bytes, which would count as stored.
    file.flush()
    os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except PermissionError:
        # Windows: somebody reads the blob that is there already, which has the same bytes.
        if not target.exists():
            raise
        source.unlink(missing_ok=True)
