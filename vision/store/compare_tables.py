"""The tables of comparisons: contests of models with their votes, and differences between pictures, once made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vision.store.tables import ID_LENGTH, Base, child_of, id_column, now, owner_column
from vision.store.wording import Label, Words


def _picture(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["owner", column], ["picture.owner", "picture.id"], ondelete="CASCADE")


class ContestRow(Base):
    """Several models before one question. ``shown`` are the ids of its lanes, as they stand on the page."""

    __tablename__ = "contest"
    __table_args__ = (UniqueConstraint("owner", "id"), Index(None, "owner", "updated"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    title: Mapped[str] = mapped_column(Words, default="")
    blind: Mapped[bool]
    revealed: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[list[Any]]
    created: Mapped[dt.datetime] = mapped_column(default=now)
    updated: Mapped[dt.datetime] = mapped_column(default=now)


class LaneRow(Base):
    """One model in a contest: a conversation of its own, of the kind "lane"."""

    __tablename__ = "lane"
    __table_args__ = (
        child_of("contest"),
        child_of("conversation"),
        UniqueConstraint("owner", "contest_id", "position"),
    )

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    contest_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    position: Mapped[int]
    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    model: Mapped[str] = mapped_column(Label(200))


class VoteRow(Base):
    """What she chose in one round (the turns at ``position`` of all lanes): a lane's id, "tie" or "both_bad".
    ``blind``: the names were hidden from her when she did."""

    __tablename__ = "vote"
    __table_args__ = (child_of("contest"), UniqueConstraint("owner", "contest_id", "position"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    contest_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    position: Mapped[int]
    choice: Mapped[str] = mapped_column(String(ID_LENGTH))
    shown: Mapped[list[Any]]
    blind: Mapped[bool]
    seconds: Mapped[float | None]
    created: Mapped[dt.datetime] = mapped_column(default=now)


class DifferenceRow(Base):
    """What differs between two pictures, as ``version`` of the comparison found it; the heat map is a blob."""

    __tablename__ = "difference"
    __table_args__ = (_picture("one_id"), _picture("other_id"))

    one_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    other_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, index=True)
    owner: Mapped[str] = owner_column()
    version: Mapped[int]
    found: Mapped[dict[str, Any]]
    heat_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    created: Mapped[dt.datetime] = mapped_column(default=now)
