"""A conversation once more, to go on with: a lane of a comparison becomes a talk of Chat and stays what it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from vision.store.conversations import conversation_of
from vision.store.owned import Owned
from vision.store.records import Conversation, Kind, State
from vision.store.tables import AnswerRow, AttemptRow, Base, ConversationRow, TurnPictureRow, TurnRow, new_id, now

_Row = TypeVar("_Row", bound=Base)


class OwnedCopies(Owned):
    def copy_conversation(self, conversation_id: str, *, kind: Kind = "chat", title: str = "") -> Conversation:
        """A new conversation with the same questions, pictures and finished answers, as paid for once. ``title`` in
        place of its own, or of none. Raises NotThere."""
        with self._writing() as session:
            source = self._row(session, ConversationRow, conversation_id)
            fresh = {"kind": kind, "created": now(), "updated": now()}
            copy = _again(session, source, **fresh, title=title or source.title)
            for turn in self._all(session, TurnRow, conversation_id=conversation_id):
                asked = _again(session, turn, conversation_id=copy.id)
                for link in self._all(session, TurnPictureRow, turn_id=turn.id):
                    _again(session, link, turn_id=asked.id)
                for answer in self._all(session, AnswerRow, turn_id=turn.id):
                    if answer.state == State.RUNNING:
                        continue
                    kept = _again(session, answer, turn_id=asked.id)
                    for attempt in self._all(session, AttemptRow, answer_id=answer.id):
                        _again(session, attempt, answer_id=kept.id)
            return conversation_of(copy)

    def _all(self, session: Session, table: type[_Row], **parent: str) -> list[_Row]:
        return list(session.scalars(select(table).filter_by(owner=self.owner, **parent)).all())


def _again(session: Session, row: _Row, **changed: Any) -> _Row:
    """The same row under an id of its own, with what is ``changed``."""
    mapper = row.__mapper__
    values: Mapping[str, Any] = {one.key: getattr(row, one.key) for one in mapper.column_attrs}
    own = {"id": new_id()} if "id" in values else {}
    copy = type(row)(**{**values, **own, **changed})
    session.add(copy)
    session.flush()
    return copy
