"""Pictures and what was made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from vision.errors import NotThere
from vision.messages import Picture, Prepared
from vision.store.blobs import Staged
from vision.store.owned import GONE, Owned
from vision.store.records import StoredPicture, Variant
from vision.store.tables import PictureRow, PreparedRow, now
from vision.store.wording import storable

if TYPE_CHECKING:
    from vision.images.opening import Opened

VIEW_EDGE = 3000  # long edge in pixels of what the deep zoom shows
_AT_ONCE = 900  # ids in one statement


class OwnedPictures(Owned):
    def add_picture(self, opened: Opened, data: bytes | Path, *, copy_of: str = "") -> StoredPicture:
        """Keeps an opened picture. The same content and page again gives the same row, under its newest name.
        ``copy_of`` as in ``StoredPicture``; a row keeps the one it began with."""
        content = data.read_bytes() if isinstance(data, Path) else data
        made = [part for part in (content, opened.master, opened.preview, opened.thumbnail) if part is not None]
        with self._settled(*made) as (session, names):
            original, preview, thumbnail = names[0], names[-2], names[-1]
            master = names[1] if opened.master is not None else None
            picture = opened.picture
            row = self._find(session, original, picture.page)
            if row is None:
                row = PictureRow(owner=self.owner, sha256=original, page=picture.page, copy_of=copy_of)
                session.add(row)
            row.name, row.used, row.notes = storable(picture.name), now(), list(picture.notes)
            row.format, row.width, row.height = picture.format, picture.width, picture.height
            row.pages, row.size_bytes = picture.pages, picture.size_bytes
            row.master_sha256, row.preview_sha256, row.thumbnail_sha256 = master, preview, thumbnail
            session.flush()
            return stored_picture(row)

    def find_picture(self, sha256: str, page: int = 1, *, name: str | None = None) -> StoredPicture | None:
        """The picture if this very content is kept already; with ``name`` it counts as used now, under that name.

        None also when its files were lost: adding it again brings them back."""
        if name is None:
            with self._reading() as session:
                row = self._find(session, sha256, page)
                return None if row is None else stored_picture(row)
        with self._writing() as session:
            row = self._find(session, sha256, page)
            if row is None or not all(self._blobs.exists(blob) for blob in _names(row)):
                return None
            row.name, row.used = storable(name), now()
            return stored_picture(row)

    def picture(self, picture_id: str) -> StoredPicture:
        """Raises NotThere."""
        with self._reading() as session:
            return stored_picture(self._row(session, PictureRow, picture_id))

    def picture_sizes(self, picture_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """Upright width and height by id, however many they are; one that is not there is left out."""
        ids, found = list(dict.fromkeys(picture_ids)), {}
        for at in range(0, len(ids), _AT_ONCE):
            columns = select(PictureRow.id, PictureRow.width, PictureRow.height)
            rows = columns.where(PictureRow.owner == self.owner, PictureRow.id.in_(ids[at : at + _AT_ONCE]))
            with self._reading() as session:
                found.update({row.id: (row.width, row.height) for row in session.execute(rows)})
        return found

    def recent_pictures(self, limit: int = 20) -> tuple[StoredPicture, ...]:
        """Last used first, without copies that were made to show places."""
        with self._reading() as session:
            rows = select(PictureRow).where(PictureRow.owner == self.owner, PictureRow.copy_of == "")
            rows = rows.order_by(PictureRow.used.desc(), PictureRow.id).limit(limit)
            return tuple(stored_picture(row) for row in session.scalars(rows))

    def picture_bytes(self, picture_id: str, variant: Variant = "source") -> bytes:
        """``source`` is what all work starts from (the original, or the upright copy of formats that are decoded once)
        and may hold metadata; the others are clean JPEG or PNG for the browser. Raises NotThere."""
        with self._reading() as session:
            row = self._row(session, PictureRow, picture_id)
            source = row.master_sha256 or row.sha256
            found = {
                "source": source,
                "preview": row.preview_sha256,
                "thumbnail": row.thumbnail_sha256,
                "view": row.view_sha256,
            }
        name = found[variant]
        return self._make_view(picture_id, source) if name is None else self._blobs.get(name)

    def original_bytes(self, picture_id: str) -> bytes:
        """The file as it was added, metadata and all: to read another page of it, not to hand out. Raises NotThere."""
        with self._reading() as session:
            name = self._row(session, PictureRow, picture_id).sha256
        return self._blobs.get(name)

    def prepared(self, picture_id: str, limits_key: str) -> Prepared | None:
        """What was made earlier for these limits, or None."""
        with self._reading() as session:
            row = session.scalars(self._prepared_row(picture_id, limits_key)).one_or_none()
            if row is None:
                return None
            facts = (row.sha256, row.mime, row.width, row.height, row.tokens, row.tokens_exact)
            resolution, notes = row.resolution, tuple(row.notes)
        try:
            return Prepared(self._blobs.get(facts[0]), *facts, resolution=resolution, notes=notes)
        except NotThere:
            return None  # the file was lost; making it again gives the same bytes

    def sent_bytes(self, picture_id: str, sha256: str) -> bytes:
        """What some model is or was sent for this picture, by the hash of its bytes. Raises NotThere."""
        mine = (PreparedRow.owner == self.owner, PreparedRow.picture_id == picture_id, PreparedRow.sha256 == sha256)
        with self._reading() as session:
            self._row(session, PictureRow, picture_id)
            if session.scalars(select(PreparedRow.id).where(*mine).limit(1)).first() is None:
                raise NotThere(GONE[PictureRow])
        return self._blobs.get(sha256)

    def keep_prepared(self, picture_id: str, limits_key: str, prepared: Prepared) -> Prepared:
        """Keeps ``prepared`` (preparing is deterministic: of two workers at once both keep the same bytes)."""
        with self._settled(prepared.data) as (session, names):
            self._row(session, PictureRow, picture_id)
            row = session.scalars(self._prepared_row(picture_id, limits_key)).one_or_none()
            if row is not None and row.sha256 == names[0]:
                return prepared
            if row is None:
                row = PreparedRow(owner=self.owner, picture_id=picture_id, limits_key=limits_key)
                session.add(row)
            row.sha256, row.mime = names[0], prepared.mime
            row.width, row.height, row.notes = prepared.width, prepared.height, list(prepared.notes)
            row.tokens, row.tokens_exact = prepared.tokens, prepared.tokens_exact
            row.resolution = prepared.resolution
        return prepared

    @contextmanager
    def _settled(self, *contents: bytes) -> Iterator[tuple[Session, list[str]]]:
        """A write transaction in which all ``contents`` are on the disk under their names. The slow part, writing,
        comes before the lock; the names are given under it, so that no deletion can come between name and row."""
        names = [hashlib.sha256(content).hexdigest() for content in contents]
        staged: dict[str, Staged] = {}
        try:
            for name, content in zip(names, contents, strict=True):
                if name not in staged and not self._blobs.exists(name):
                    staged[name] = self._blobs.stage(content)
            with self._writing(alone=True) as session:
                for name, content in zip(names, contents, strict=True):
                    if name in staged:
                        self._blobs.settle(staged.pop(name))
                    elif not self._blobs.exists(name):
                        self._blobs.put(content)
                yield session, names
        finally:
            for left in staged.values():
                self._blobs.drop(left)

    def _make_view(self, picture_id: str, source: str) -> bytes:
        from vision.images.pixels import view  # noqa: PLC0415 - Pillow only where pixels are touched

        data: bytes = view(self._blobs.get(source), VIEW_EDGE)
        with self._settled(data) as (session, names):
            mine = (PictureRow.owner == self.owner, PictureRow.id == picture_id)
            if session.scalars(select(PictureRow.id).where(*mine)).first() is None:
                raise NotThere(GONE[PictureRow])
            session.execute(update(PictureRow).where(*mine).values(view_sha256=names[0]))
        return data

    def _find(self, session: Session, sha256: str, page: int) -> PictureRow | None:
        mine = (PictureRow.owner == self.owner, PictureRow.sha256 == sha256, PictureRow.page == page)
        return session.scalars(select(PictureRow).where(*mine)).one_or_none()

    def _prepared_row(self, picture_id: str, limits_key: str) -> Select[PreparedRow]:
        return select(PreparedRow).where(
            PreparedRow.owner == self.owner, PreparedRow.picture_id == picture_id, PreparedRow.limits_key == limits_key
        )


def _names(row: PictureRow) -> list[str]:
    names = (row.sha256, row.master_sha256, row.preview_sha256, row.thumbnail_sha256, row.view_sha256)
    return [name for name in names if name is not None]


def stored_picture(row: PictureRow) -> StoredPicture:
    picture = Picture(
        sha256=row.sha256,
        name=row.name,
        format=row.format,
        width=row.width,
        height=row.height,
        size_bytes=row.size_bytes,
        page=row.page,
        pages=row.pages,
        notes=tuple(row.notes),
    )
    return StoredPicture(row.id, picture, row.created, row.used, row.copy_of)
