"""Conversations and the questions in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from vision.messages import Detail, FollowUp
from vision.store.answers import begin_answer, stored_answers
from vision.store.owned import Owned
from vision.store.pictures import stored_picture
from vision.store.records import Conversation, Kind, Start, StoredPicture, StoredTurn
from vision.store.tables import AnswerRow, ConversationRow, PictureRow, TurnPictureRow, TurnRow, WaitingPictureRow, now
from vision.store.wording import storable

TITLE_LENGTH = 60


class OwnedConversations(Owned):
    def create_conversation(
        self, title: str = "", model: str = "", detail: Detail | None = None, *, kind: Kind = "chat"
    ) -> Conversation:
        with self._writing() as session:
            row = ConversationRow(owner=self.owner, title=storable(title), model=model, detail=detail or "", kind=kind)
            session.add(row)
            session.flush()
            return conversation_of(row)

    def conversation(self, conversation_id: str) -> Conversation:
        """Raises NotThere."""
        with self._reading() as session:
            return conversation_of(self._row(session, ConversationRow, conversation_id))

    def conversations(
        self, limit: int = 50, search: str = "", *, asked: bool = False, kind: Kind = "chat"
    ) -> tuple[Conversation, ...]:
        """Last used first; ``search`` looks for these letters, in any case, in titles, questions and answers.

        ``asked`` leaves out talks in which nothing was asked yet; other kinds than ``kind`` are left out as well."""
        rows = select(ConversationRow).where(ConversationRow.owner == self.owner, ConversationRow.kind == kind)
        if search.strip():
            rows = rows.where(self._found(search.strip()))
        if asked:
            mine = (TurnRow.owner == self.owner, TurnRow.conversation_id == ConversationRow.id)
            rows = rows.where(exists().where(*mine))
        rows = rows.order_by(ConversationRow.updated.desc(), ConversationRow.id).limit(limit)
        with self._reading() as session:
            return tuple(conversation_of(row) for row in session.scalars(rows))

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        """Raises NotThere."""
        with self._writing() as session:
            self._row(session, ConversationRow, conversation_id).title = storable(title.strip())

    def set_choice(self, conversation_id: str, model: str, detail: Detail) -> None:
        """Remembers what the next question is asked with. Raises NotThere."""
        with self._writing() as session:
            row = self._row(session, ConversationRow, conversation_id)
            row.model, row.detail = model, detail

    def delete_conversation(self, conversation_id: str) -> None:
        """Removes the talk with its questions and answers; its pictures stay. Raises NotThere."""
        with self._writing() as session:
            self._row(session, ConversationRow, conversation_id)
            mine = (ConversationRow.owner == self.owner, ConversationRow.id == conversation_id)
            session.execute(delete(ConversationRow).where(*mine))

    def add_turn(self, conversation_id: str, question: str, picture_ids: Sequence[str] = ()) -> StoredTurn:
        """Appends a question; its pictures wait no longer, and the first one names a talk that has no name.

        Raises NotThere."""
        with self._writing() as session:
            return self._turns(session, [self._add_turn(session, conversation_id, question, picture_ids)])[0]

    def ask(
        self, conversation_id: str, question: str, picture_ids: Sequence[str], start: Start
    ) -> tuple[StoredTurn, str]:
        """A question and its running answer at once: the turn, and the id of the answer.

        Raises NotThere, and StillAnswering while another answer of the talk is running: then nothing has changed."""
        with self._writing() as session:
            row = self._add_turn(session, conversation_id, question, picture_ids)
            answer_id = begin_answer(session, self.owner, row, start)
            return self._turns(session, [row])[0], answer_id

    def _add_turn(self, session: Session, conversation_id: str, question: str, picture_ids: Sequence[str]) -> TurnRow:
        conversation = self._row(session, ConversationRow, conversation_id, locked=True)
        last = select(func.max(TurnRow.position)).where(
            TurnRow.owner == self.owner, TurnRow.conversation_id == conversation_id
        )
        row = TurnRow(
            owner=self.owner,
            conversation_id=conversation_id,
            position=(session.scalar(last) or 0) + 1,
            question=storable(question),
        )
        session.add(row)
        session.flush()
        for position, picture_id in enumerate(picture_ids):
            picture = self._row(session, PictureRow, picture_id)
            picture.used = now()
            link = TurnPictureRow(turn_id=row.id, position=position, owner=self.owner, picture_id=picture.id)
            session.add(link)
        waiting = (
            WaitingPictureRow.conversation_id == conversation_id,
            WaitingPictureRow.picture_id.in_(picture_ids),
        )
        session.execute(delete(WaitingPictureRow).where(WaitingPictureRow.owner == self.owner, *waiting))
        conversation.updated = now()
        conversation.title = conversation.title or title_of(question)
        session.flush()
        return row

    def turn(self, turn_id: str) -> StoredTurn:
        """Raises NotThere."""
        with self._reading() as session:
            return self._turns(session, [self._row(session, TurnRow, turn_id)])[0]

    def turns(self, conversation_id: str, last: int | None = None) -> tuple[StoredTurn, ...]:
        """The questions in order, or the ``last`` so many, each with its answers. Raises NotThere."""
        with self._reading() as session:
            self._row(session, ConversationRow, conversation_id)
            rows = select(TurnRow).where(TurnRow.owner == self.owner, TurnRow.conversation_id == conversation_id)
            rows = rows.order_by(TurnRow.position.desc())
            found = session.scalars(rows if last is None else rows.limit(last)).all()
            return tuple(self._turns(session, found[::-1]))

    def ask_instead(self, turn_id: str, question: str, start: Start) -> tuple[StoredTurn, str]:
        """Puts ``question`` in place, with a running answer; its answers and everything after it are gone.

        Raises and returns as ``ask``."""
        with self._writing() as session:
            row = self._row(session, TurnRow, turn_id)
            later = (TurnRow.conversation_id == row.conversation_id, TurnRow.position > row.position)
            session.execute(delete(TurnRow).where(TurnRow.owner == self.owner, *later))
            session.execute(delete(AnswerRow).where(AnswerRow.owner == self.owner, AnswerRow.turn_id == turn_id))
            row.question = storable(question)
            answer_id = begin_answer(session, self.owner, row, start)
            return self._turns(session, [row])[0], answer_id

    def _turns(self, session: Session, rows: Sequence[TurnRow]) -> list[StoredTurn]:
        ids = [row.id for row in rows]
        answers = stored_answers(session, self.owner, AnswerRow.turn_id.in_(ids))
        pictures = self._pictures(session, ids)
        return [
            StoredTurn(
                id=row.id,
                conversation_id=row.conversation_id,
                position=row.position,
                question=row.question,
                pictures=tuple(pictures.get(row.id, ())),
                answers=tuple(answer for answer in answers if answer.turn_id == row.id),
                created=row.created,
            )
            for row in rows
        ]

    def _pictures(self, session: Session, turn_ids: Sequence[str]) -> dict[str, list[StoredPicture]]:
        links: Select[TurnPictureRow, PictureRow] = (
            select(TurnPictureRow, PictureRow)
            .join(PictureRow, PictureRow.id == TurnPictureRow.picture_id)
            .where(TurnPictureRow.owner == self.owner, PictureRow.owner == self.owner)
            .where(TurnPictureRow.turn_id.in_(turn_ids))
            .order_by(TurnPictureRow.position)
        )
        found: dict[str, list[StoredPicture]] = {}
        for link, picture in session.execute(links):
            found.setdefault(link.turn_id, []).append(stored_picture(picture))
        return found

    def _found(self, words: str) -> ColumnElement[bool]:
        like = "%" + storable(words).lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        in_turn = exists().where(
            TurnRow.owner == self.owner,
            TurnRow.conversation_id == ConversationRow.id,
            func.lower(TurnRow.question).like(like, escape="\\"),
        )
        in_answer = exists().where(
            TurnRow.owner == self.owner,
            AnswerRow.owner == self.owner,
            TurnRow.conversation_id == ConversationRow.id,
            AnswerRow.turn_id == TurnRow.id,
            func.lower(AnswerRow.text).like(like, escape="\\"),
        )
        return or_(func.lower(ConversationRow.title).like(like, escape="\\"), in_turn, in_answer)


def title_of(question: str) -> str:
    """The first line of a question, cut at a word."""
    line = " ".join(next((line for line in question.splitlines() if line.strip()), "").split())
    if len(line) <= TITLE_LENGTH:
        return storable(line)
    cut = line[:TITLE_LENGTH].rsplit(" ", 1)[0]
    return storable(cut.rstrip(" ,;:.") + "…")


def conversation_of(row: ConversationRow) -> Conversation:
    detail = Detail(row.detail) if row.detail else None
    follow_up, kind = FollowUp(row.follow_up), cast(Kind, row.kind)
    return Conversation(row.id, row.title, row.model, detail, row.created, row.updated, follow_up, kind)
