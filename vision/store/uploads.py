"""Files that come through the upload route, remembered by batch and by the browser's own key for each file, so that a
refresh or a second try never stores one twice."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, cast

from sqlalchemy import delete, func, select

from vision.errors import NotThere
from vision.store.owned import GONE, Owned
from vision.store.records import Totals, Upload
from vision.store.tables import KEY_LENGTH, PictureRow, UploadRow
from vision.store.wording import storable


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
            if row.state != "stored":
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

    def upload_totals(self, batch: str) -> Totals:
        """Files and bytes of the batch, those still coming at the size they announced; failed ones do not count."""
        with self._reading() as session:
            mine = (UploadRow.owner == self.owner, UploadRow.batch == batch, UploadRow.state != "failed")
            found = session.execute(select(func.count(), func.sum(UploadRow.size)).where(*mine)).one()
            return Totals(found[0], int(found[1] or 0))

    def forget_upload(self, upload_id: str) -> None:
        """Removes the row and, if nothing else uses it, the blob. Raises NotThere."""
        with self._writing() as session:
            row = self._row(session, UploadRow, upload_id)
            names = [row.sha256] if row.sha256 else []
            session.execute(delete(UploadRow).where(UploadRow.owner == self.owner, UploadRow.id == upload_id))
        self._forget_blobs(names)


def _short(key: str) -> str:
    """A key that fits an index of any database: a long one keeps its beginning, for order, and gets its hash."""
    if len(key) <= KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return key[: KEY_LENGTH - len(digest)] + digest


def _upload(row: UploadRow) -> Upload:
    state = cast(Literal["open", "stored", "failed"], row.state)
    return Upload(row.id, row.batch, row.key, row.name, row.size, state, row.sha256, row.picture_id, row.sentence)
