"""ZIPs become pictures of their batch, behind the page: one file of a ZIP in memory at a time.

What is to do stands in the store, a row for each file: after a restart whoever looks at the batch calls ``begin``
again, and only what is missing is done.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from vision import bugs
from vision.archives.reading import Archive, ArchiveLimits, Member, open_archive
from vision.errors import LoupeError, NotThere, PictureError
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.settings import Settings
from vision.store import OwnedStore, Store
from vision.store.uploads import Packed

AT_ONCE = 2  # ZIPs; one picture of each is decoded at a time, as many as come through the upload route
_log = logging.getLogger(__name__)


def rows_of(archive: Archive) -> tuple[Packed, ...]:
    """What the store keeps of each file in the ZIP."""
    return tuple(Packed(one.number, one.name, one.size, one.refusal) for one in archive.members)


class Unpacker:
    """One per process. Every method is quick, but ``close``, which waits for the picture that is being decoded."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._limits = ArchiveLimits.of(settings)
        self._open_limits = OpenLimits.of(settings)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[str, threading.Event] = {}  # by upload id: set to stop
        self._working = ThreadPoolExecutor(AT_ONCE, "unpack")

    def begin(self, owner: str, upload_id: str) -> None:
        """Unpacks the ZIP of this upload, or goes on with it; nothing new happens when that is under way here."""
        with self._lock:
            if upload_id in self._running or self._closing.is_set():
                return
            stopped = self._running[upload_id] = threading.Event()
            self._working.submit(self._work, self._store.of(owner), upload_id, stopped)

    def stop(self, owner: str, upload_id: str) -> None:
        """Ends it after the picture that is being decoded: what came stays, the rest is no part of the batch, whichever
        process unpacks. What has ended stays as it is. Raises NotThere or StoreError."""
        with self._lock:
            stopped = self._running.get(upload_id)
        if stopped is not None:
            stopped.set()
        _end(self._store.of(owner), upload_id, "“{name}” was stopped after {done:,} of {total:,} files.")

    def idle(self) -> bool:
        """Whether nothing is being unpacked."""
        with self._lock:
            return not self._running

    def close(self) -> None:
        """What is under way ends after its picture; it goes on when ``begin`` is called after the next start."""
        self._closing.set()
        self._working.shutdown(wait=True, cancel_futures=True)

    def _work(self, owned: OwnedStore, upload_id: str, stopped: threading.Event) -> None:
        try:
            self._unpack(owned, upload_id, stopped)
        except LoupeError as error:  # also when it was stopped or deleted meanwhile, here or in another process
            self._give_up(owned, upload_id, error.sentence)
        except Exception as error:  # noqa: BLE001 - the end of a thread: else it would say "unpacking" for ever
            _log.error("a ZIP could not be unpacked", exc_info=error)
            self._give_up(owned, upload_id, bugs.sentence(error))
        finally:
            with self._lock:
                del self._running[upload_id]

    def _unpack(self, owned: OwnedStore, upload_id: str, stopped: threading.Event) -> None:
        name = owned.upload(upload_id).name
        with owned.archive_file(upload_id) as file, open_archive(file, name, self._limits) as archive:
            members = {member.number: member for member in archive.members}
            for number, row_id in owned.still_packed(upload_id):
                if stopped.is_set() or self._closing.is_set():
                    return
                self._take(owned, archive, members[number], row_id)
        owned.end_unpacking(upload_id)

    def _take(self, owned: OwnedStore, archive: Archive, member: Member, row_id: str) -> None:
        """One file becomes a picture, or its row says why not. Nothing of it stays in memory."""
        try:
            data = archive.read(member)
            stored = add_picture(owned, data, member.name, self._open_limits)
        except PictureError as error:
            owned.fail_upload(row_id, error.sentence)
        else:
            sha256 = stored.picture.sha256
            owned.finish_upload(row_id, sha256=sha256, picture_id=stored.id, size=len(data))

    def _give_up(self, owned: OwnedStore, upload_id: str, why: str) -> None:
        try:
            _end(owned, upload_id, "“{name}” was unpacked up to file {done:,} of {total:,}. {why}", why)
        except NotThere:
            return
        except LoupeError as error:  # a full disk, for one: it goes on when a page looks at the batch again
            _log.warning("unpacking could not be ended: %s", error.sentence)


def _end(owned: OwnedStore, upload_id: str, sentence: str, why: str = "") -> None:
    done, total = owned.unpacked_so_far(upload_id)
    name = owned.upload(upload_id).name
    owned.end_unpacking(upload_id, sentence.format(name=name, done=done, total=total, why=why))
