"""What a person set for herself, and how the later questions of a talk see its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select

from vision.errors import SettingsError
from vision.messages import FollowUp
from vision.store.money_records import Preferences
from vision.store.money_tables import PreferenceRow
from vision.store.owned import Owned
from vision.store.records import Description
from vision.store.tables import ConversationRow, DescriptionRow, PictureRow

NO_CAP = "A cap is an amount of US dollars, 0 or more; leave it empty for none."


class OwnedPreferences(Owned):
    def preferences(self) -> Preferences:
        """What she set, or how everybody begins."""
        with self._reading() as session:
            row = session.get(PreferenceRow, self.owner)
            if row is None:
                return Preferences()
            return Preferences(
                choice=row.choice,
                order=tuple(row.providers),
                own_order_first=row.own_order_first,
                local_only=row.local_only,
                local_to_cloud=row.local_to_cloud,
                local_model=row.local_model,
                question_cap=_amount(row.question_cap),
                run_cap=_amount(row.run_cap),
                day_cap=_amount(row.day_cap),
            )

    def set_preferences(self, preferences: Preferences) -> None:
        """All of them at once. Raises SettingsError for a cap that is no amount."""
        with self._writing(alone=True) as session:
            session.merge(
                PreferenceRow(
                    owner=self.owner,
                    choice=preferences.choice,
                    providers=list(preferences.order),
                    own_order_first=preferences.own_order_first,
                    local_only=preferences.local_only,
                    local_to_cloud=preferences.local_to_cloud,
                    local_model=preferences.local_model,
                    question_cap=_text(preferences.question_cap),
                    run_cap=_text(preferences.run_cap),
                    day_cap=_text(preferences.day_cap),
                )
            )

    def set_follow_up(self, conversation_id: str, follow_up: FollowUp) -> None:
        """What later questions of this talk send of its pictures. Raises NotThere."""
        with self._writing() as session:
            self._row(session, ConversationRow, conversation_id).follow_up = follow_up

    def descriptions(self, conversation_id: str) -> Mapping[str, Description]:
        """By picture id: what was written of the pictures of this talk. Raises NotThere."""
        mine = (DescriptionRow.owner == self.owner, DescriptionRow.conversation_id == conversation_id)
        with self._reading() as session:
            self._row(session, ConversationRow, conversation_id)
            rows = session.scalars(select(DescriptionRow).where(*mine))
            return {row.picture_id: Description(row.text, row.model) for row in rows}

    def set_description(self, conversation_id: str, picture_id: str, text: str, model: str = "") -> None:
        """The newest stays: ``model`` wrote ``text`` of this picture. Raises NotThere."""
        with self._writing(alone=True) as session:
            self._row(session, ConversationRow, conversation_id)
            self._row(session, PictureRow, picture_id)
            session.merge(
                DescriptionRow(
                    conversation_id=conversation_id, picture_id=picture_id, owner=self.owner, text=text, model=model
                )
            )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(cap: Decimal | None) -> str | None:
    if cap is not None and not (cap.is_finite() and cap >= 0):
        raise SettingsError(NO_CAP)
    return None if cap is None else str(cap)
