"""What every part of ``OwnedStore`` stands on: one owner, one way to read, one way to write."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, Update, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vision.errors import NotThere
from vision.store.blobs import Blobs
from vision.store.compare_tables import ContestRow
from vision.store.database import reading, writing
from vision.store.record_tables import RecordRow, RunRow
from vision.store.references import delete_unreferenced
from vision.store.tables import (
    AnswerRow,
    ConversationRow,
    OwnerRow,
    PictureRow,
    TurnRow,
    UploadRow,
)

_Row = TypeVar("_Row", PictureRow, ConversationRow, TurnRow, AnswerRow, UploadRow, ContestRow, RunRow, RecordRow)

GONE = {
    PictureRow: "This picture is no longer there: add it again.",
    ConversationRow: "This talk is no longer there: start a new one.",
    TurnRow: "This question is no longer there: ask it again.",
    AnswerRow: "This answer is no longer there: ask again.",
    UploadRow: "This upload is no longer there: add the file again.",
    ContestRow: "This comparison is no longer there: start a new one.",
    RunRow: "This run is no longer there: start a new one.",
    RecordRow: "This record is no longer there: choose another one.",
}


def change(session: Session, update: Update) -> int:
    """How many rows it changed. Objects that the session holds are not looked through for them (a quarter of the time
    of a small update): none is in use afterwards."""
    found = session.execute(update, execution_options={"synchronize_session": False})
    return int(found.rowcount)  # type: ignore[attr-defined]


class Owned:
    """Rows of ``owner`` and of nobody else."""

    def __init__(self, engine: Engine, blobs: Blobs, owner: str) -> None:
        self._engine = engine
        self._blobs = blobs
        self.owner = owner

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with reading(self._engine) as session:
            yield session

    @contextmanager
    def _writing(self, *, alone: bool = False) -> Iterator[Session]:
        with writing(self._engine, alone=alone) as session:
            if session.get(OwnerRow, self.owner) is None:
                # Another process may be doing the same right now; then its row is as good as ours.
                with contextlib.suppress(IntegrityError), session.begin_nested():
                    session.add(OwnerRow(owner=self.owner))
            yield session

    def _row(self, session: Session, table: type[_Row], key: str, *, locked: bool = False) -> _Row:
        """The row, or NotThere: what does not exist and what is somebody else's look the same.

        ``locked``: whoever else wants it so waits until this transaction ends (on SQLite all writes do anyway).
        """
        rows = select(table).where(table.owner == self.owner, table.id == key)
        row = session.scalars(rows.with_for_update() if locked else rows).one_or_none()
        if row is None:
            raise NotThere(GONE[table])
        return row

    def _forget_blobs(self, names: Sequence[str]) -> None:
        """After the rows are gone for good: removes those blobs that nobody, of any owner, refers to."""
        if names:
            with writing(self._engine, alone=True) as session:
                delete_unreferenced(session, self._blobs, names)
