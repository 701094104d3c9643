"""Which blobs are in use, by anybody: not asked for one owner, because equal bytes are kept once for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from vision.store.blobs import Blobs
from vision.store.compare_tables import DifferenceRow
from vision.store.tables import PictureRow, PreparedRow, UploadRow

COLUMNS = (
    PictureRow.sha256,
    PictureRow.master_sha256,
    PictureRow.preview_sha256,
    PictureRow.thumbnail_sha256,
    PictureRow.view_sha256,
    PreparedRow.sha256,
    UploadRow.sha256,
    DifferenceRow.heat_sha256,
)
AT_ONCE = 100  # eight columns each: below every database's limit of parameters


def referenced(session: Session, names: Sequence[str]) -> set[str]:
    """Those of ``names`` that a row refers to."""
    found: set[str] = set()
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        rows = session.execute(union(*(select(column).where(column.in_(some)) for column in COLUMNS)))
        found.update(name for name in rows.scalars() if name is not None)
    return found


def delete_unreferenced(session: Session, blobs: Blobs, names: Iterable[str]) -> int:
    """Deletes those of ``names`` that no row refers to. Call it in a transaction that is ``alone``."""
    wanted = sorted(set(names))
    used = referenced(session, wanted)
    unused = [name for name in wanted if name not in used]
    for name in unused:
        blobs.delete(name)
    return len(unused)
