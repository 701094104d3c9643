"""Pictures that were added to a talk and wait for its next question: what was uploaded outlives a reload."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from vision.store.owned import Owned
from vision.store.pictures import stored_picture
from vision.store.records import StoredPicture
from vision.store.tables import ConversationRow, PictureRow, TurnPictureRow, TurnRow, WaitingPictureRow


class OwnedWaiting(Owned):
    def set_waiting(self, conversation_id: str, picture_ids: Sequence[str]) -> None:
        """Exactly these wait from now on, in this order, each once. Raises NotThere."""
        with self._writing() as session:
            self._row(session, ConversationRow, conversation_id, locked=True)
            mine = (
                WaitingPictureRow.owner == self.owner,
                WaitingPictureRow.conversation_id == conversation_id,
            )
            session.execute(delete(WaitingPictureRow).where(*mine))
            for position, picture_id in enumerate(dict.fromkeys(picture_ids)):
                picture = self._row(session, PictureRow, picture_id)
                session.add(
                    WaitingPictureRow(
                        conversation_id=conversation_id, position=position, owner=self.owner, picture_id=picture.id
                    )
                )

    def waiting(self, conversation_id: str) -> tuple[StoredPicture, ...]:
        """In order. Raises NotThere when the talk is not there."""
        rows = (
            select(PictureRow)
            .join(WaitingPictureRow, WaitingPictureRow.picture_id == PictureRow.id)
            .where(PictureRow.owner == self.owner, WaitingPictureRow.owner == self.owner)
            .where(WaitingPictureRow.conversation_id == conversation_id)
            .order_by(WaitingPictureRow.position)
        )
        with self._reading() as session:
            self._row(session, ConversationRow, conversation_id)
            return tuple(stored_picture(row) for row in session.scalars(rows))

    def cover(self, conversation_id: str) -> StoredPicture | None:
        """The first picture of a talk: of its questions, else of those that wait. Raises NotThere."""
        rows = (
            select(PictureRow)
            .join(TurnPictureRow, TurnPictureRow.picture_id == PictureRow.id)
            .join(TurnRow, TurnRow.id == TurnPictureRow.turn_id)
            .where(PictureRow.owner == self.owner, TurnPictureRow.owner == self.owner, TurnRow.owner == self.owner)
            .where(TurnRow.conversation_id == conversation_id)
            .order_by(TurnRow.position, TurnPictureRow.position)
            .limit(1)
        )
        with self._reading() as session:
            self._row(session, ConversationRow, conversation_id)
            row = session.scalars(rows).first()
            found = None if row is None else stored_picture(row)
        return found or next(iter(self.waiting(conversation_id)), None)
