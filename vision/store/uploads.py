"""Files that come through the upload route, remembered by batch and by the browser's own key for each file, so that a
refresh or a second try never stores one twice.

A ZIP is one row, and each file in it another whose key is the ZIP's, a stroke and its number: keys sort in her order,
and how far the unpacking has come can be read from the rows at any time, in any process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from sqlalchemy import ColumnElement, and_, delete, func, select

from vision.errors import NotThere
from vision.store.owned import GONE, Owned
from vision.store.records import Totals, Upload, UploadState
from vision.store.tables import KEY_LENGTH, PictureRow, UploadRow
from vision.store.wording import storable

_NUMBER = 6  # digits of a file's number in its ZIP
_AT_ONCE = 500  # values in one statement: below every database's limit
_SETTLED = ("stored", "unpacking", "unpacked")  # the same key again changes nothing
_OF_ARCHIVES = ("unpacking", "unpacked", "stopped")


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a ZIP: its number in it, its relative name, its size in bytes as announced, and why it cannot be
    taken ("" when it can)."""

    number: int
    name: str
    size: int
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a batch as a page lists it. ``pages`` is that of the file, 0 while there is no picture."""

    id: str
    key: str
    name: str
    state: UploadState
    picture_id: str | None
    pages: int
    sentence: str


class OwnedUploads(Owned):
    def begin_upload(self, batch: str, key: str, name: str, size: int) -> Upload:
        """The row of this file; the same batch and key again give the same row (its state says if it is stored)."""
        key = _short(storable(key))
        with self._writing(alone=True) as session:
            mine = (UploadRow.owner == self.owner, UploadRow.batch == batch, UploadRow.key == key)
            row = session.scalars(select(UploadRow).where(*mine)).one_or_none()
            if row is None:
                row = UploadRow(owner=self.owner, batch=batch, key=key)
                session.add(row)
            if row.state not in _SETTLED:
                row.name, row.size, row.state, row.sentence = storable(name), size, "open", ""
            session.flush()
            return _upload(row)

    def finish_upload(
        self,
        upload_id: str,
        *,
        part: Path | None = None,
        sha256: str | None = None,
        picture_id: str | None = None,
        size: int | None = None,
    ) -> Upload:
        """The bytes are there: as a ``part`` file with this hash, which becomes a blob under the same lock as the row,
        or as a blob already; or they have become a picture. Raises NotThere."""
        staged = None if part is None else self._blobs.staged(part, sha256 or "")
        with self._writing(alone=True) as session:
            row = self._row(session, UploadRow, upload_id)
            if staged is not None:
                self._blobs.settle(staged)
            elif sha256 is not None and not self._blobs.exists(sha256):
                raise NotThere(GONE[UploadRow])
            if picture_id is not None:
                row.picture_id = self._row(session, PictureRow, picture_id).id
            row.state, row.sha256, row.sentence = "stored", sha256 or row.sha256, ""
            row.size = row.size if size is None else size
            session.flush()
            return _upload(row)

    def fail_upload(self, upload_id: str, sentence: str) -> Upload:
        """The file could not be stored or is no picture; its blob, if there is one, is let go. Raises NotThere."""
        with self._writing() as session:
            row = self._row(session, UploadRow, upload_id)
            names = [row.sha256] if row.sha256 else []
            row.state, row.sentence, row.sha256 = "failed", storable(sentence), None
            session.flush()
            upload = _upload(row)
        self._forget_blobs(names)
        return upload

    def upload(self, upload_id: str) -> Upload:
        """Raises NotThere."""
        with self._reading() as session:
            return _upload(self._row(session, UploadRow, upload_id))

    def uploads(self, batch: str) -> tuple[Upload, ...]:
        """In the order in which they began."""
        with self._reading() as session:
            rows = select(UploadRow).where(UploadRow.owner == self.owner, UploadRow.batch == batch)
            return tuple(_upload(row) for row in session.scalars(rows.order_by(UploadRow.created, UploadRow.id)))

    def listed_uploads(self, batch: str) -> tuple[Listed, ...]:
        """The whole batch in her order, in one query: ten thousand rows take a tenth of a second."""
        columns = (UploadRow.id, UploadRow.key, UploadRow.name, UploadRow.state, UploadRow.picture_id, PictureRow.pages)
        its_picture = and_(PictureRow.owner == UploadRow.owner, PictureRow.id == UploadRow.picture_id)
        rows = select(*columns, UploadRow.sentence).outerjoin(PictureRow, its_picture)
        with self._reading() as session:
            found = session.execute(rows.where(UploadRow.owner == self.owner, UploadRow.batch == batch)).all()
        listed = (
            Listed(id, key, name, cast(UploadState, state), picture_id, pages or 0, sentence)
            for id, key, name, state, picture_id, pages, sentence in found
        )
        return tuple(
            sorted(listed, key=lambda one: one.key)
        )  # not by the database, which may sort as its language does

    def upload_totals(self, batch: str) -> Totals:
        """Files and bytes of the batch, those still coming at the size they announced; failed ones do not count, nor a
        ZIP beside its files. Takes 3 ms at ten thousand rows."""
        with self._reading() as session:
            counted = UploadRow.state.not_in(("failed", *_OF_ARCHIVES))
            mine = (UploadRow.owner == self.owner, UploadRow.batch == batch, counted)
            found = session.execute(select(func.count(), func.sum(UploadRow.size)).where(*mine)).one()
            return Totals(found[0], int(found[1] or 0))

    def forget_upload(self, upload_id: str) -> None:
        """Removes the row and, if nothing else uses it, the blob. Raises NotThere."""
        with self._writing() as session:
            row = self._row(session, UploadRow, upload_id)
            names = [row.sha256] if row.sha256 else []
            session.execute(delete(UploadRow).where(UploadRow.owner == self.owner, UploadRow.id == upload_id))
        self._forget_blobs(names)

    def forget_uploads_of(self, batch: str, picture_ids: Sequence[str]) -> None:
        """Takes these pictures out of the batch; the pictures themselves stay."""
        mine = (UploadRow.owner == self.owner, UploadRow.batch == batch)
        with self._writing() as session:
            for some in _portions(picture_ids):
                session.execute(delete(UploadRow).where(*mine, UploadRow.picture_id.in_(some)))

    # -- ZIPs ----------------------------------------------------------------------------------------------------

    def begin_unpacking(self, upload_id: str, part: Path, sha256: str, size: int, files: Sequence[Packed]) -> Upload:
        """The bytes of a ZIP are there: ``part`` becomes a blob, and each of its files a row. Those that have one from
        an earlier time keep it. Raises NotThere."""
        self.upload(upload_id)  # before two gigabytes are flushed in vain
        staged = self._blobs.staged(part, sha256)
        with self._writing(alone=True) as session:
            row = self._row(session, UploadRow, upload_id)
            self._blobs.settle(staged)
            row.state, row.sha256, row.size, row.sentence = "unpacking", sha256, size, ""
            prefix = packed_prefix(row.key)
            known = set(session.scalars(select(UploadRow.key).where(*self._of_archive(row))))
            for file in files:
                key = f"{prefix}{file.number:0{_NUMBER}}"
                if key not in known:
                    state = "failed" if file.refusal else "open"
                    facts = {"name": file.name, "size": file.size, "state": state, "sentence": file.refusal}
                    session.add(UploadRow(owner=self.owner, batch=row.batch, key=key, **facts))
            session.flush()
            return _upload(row)

    def archive_file(self, upload_id: str) -> IO[bytes]:
        """The ZIP as an open file that can seek; close it. Raises NotThere, also when it is not being unpacked."""
        row = self.upload(upload_id)
        if row.sha256 is None:
            raise NotThere(GONE[UploadRow])
        return self._blobs.open_file(row.sha256)

    def still_packed(self, upload_id: str) -> tuple[tuple[int, str], ...]:
        """Number in the ZIP and upload id of each file that is not unpacked yet, in its order. Raises NotThere."""
        with self._reading() as session:
            row = self._row(session, UploadRow, upload_id)
            open_ones = select(UploadRow.key, UploadRow.id).where(*self._of_archive(row), UploadRow.state == "open")
            found = ((key[-_NUMBER:], id) for key, id in session.execute(open_ones).all())
            return tuple(sorted((int(number), id) for number, id in found if number.isdecimal()))

    def unpacked_so_far(self, upload_id: str) -> tuple[int, int]:
        """How many files of the ZIP are done, refused ones included, and how many there are. Raises NotThere."""
        with self._reading() as session:
            row = self._row(session, UploadRow, upload_id)
            states = select(UploadRow.state, func.count()).where(*self._of_archive(row)).group_by(UploadRow.state)
            counts = {state: count for state, count in session.execute(states)}  # noqa: C416 - rows, typed
        total = sum(counts.values())
        return total - counts.get("open", 0), total

    def end_unpacking(self, upload_id: str, sentence: str = "") -> Upload:
        """The ZIP is unpacked, or it is stopped and ``sentence`` says why; then what was not unpacked is no part of the
        batch. Its bytes are let go. What has ended before stays as it is. Raises NotThere."""
        with self._writing(alone=True) as session:
            row = self._row(session, UploadRow, upload_id)
            if row.state != "unpacking":
                return _upload(row)
            names = [row.sha256] if row.sha256 else []
            row.state, row.sentence, row.sha256 = ("stopped" if sentence else "unpacked"), sentence, None
            session.execute(delete(UploadRow).where(*self._of_archive(row), UploadRow.state == "open"))
            session.flush()
            upload = _upload(row)
        self._forget_blobs(names)
        return upload

    def _of_archive(self, row: UploadRow) -> tuple[ColumnElement[bool], ...]:
        of_batch = (UploadRow.owner == self.owner, UploadRow.batch == row.batch)
        prefix = packed_prefix(row.key)
        of_archive = UploadRow.key.startswith(prefix, autoescape=True)
        return (*of_batch, of_archive, func.length(UploadRow.key) == len(prefix) + _NUMBER)


def packed_prefix(key: str) -> str:
    """What the keys of a ZIP's files begin with; the rest is the file's number, always of the same length."""
    return _short(key, KEY_LENGTH - 1 - _NUMBER) + "/"


def _short(key: str, longest: int = KEY_LENGTH) -> str:
    """A key that fits an index of any database: a long one keeps its beginning, for order, and gets its hash."""
    if len(key) <= longest:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return key[: longest - len(digest)] + digest


def _portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _upload(row: UploadRow) -> Upload:
    state = cast(UploadState, row.state)
    return Upload(row.id, row.batch, row.key, row.name, row.size, state, row.sha256, row.picture_id, row.sentence)
