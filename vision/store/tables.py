"""The tables. Every one has the owner; a child carries its parent's owner in the foreign key, so that the database
itself refuses a row of one owner inside another's. No query lives here. What is about money is in ``money_tables``.

A change here needs a migration beside it (``migrations/versions``): a test compares the two.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vision.store.wording import Document, Label, Words

ID_LENGTH = 32
KEY_LENGTH = 300
REQUEST_ID_LENGTH = 200
OWNER_LENGTH = 320  # an e-mail address at its longest


def new_id() -> str:
    """128 random bits: an id in an address cannot be guessed."""
    return secrets.token_hex(ID_LENGTH // 2)


def now() -> datetime:
    return datetime.now(UTC)


class Utc(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides (SQLite keeps no time zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map = {datetime: Utc(), dict[str, Any]: Document(), list[Any]: Document()}  # noqa: RUF012


class OwnerRow(Base):
    __tablename__ = "owner"

    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH), primary_key=True)
    created: Mapped[datetime] = mapped_column(default=now)


def owner_column(*, primary_key: bool = False) -> Mapped[str]:
    parent = ForeignKey("owner.owner", ondelete="CASCADE")
    return mapped_column(String(OWNER_LENGTH), parent, primary_key=primary_key)


def id_column() -> Mapped[str]:
    return mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)


def _sha() -> Mapped[str]:
    return mapped_column(String(64), index=True)


def _sha_or_none() -> Mapped[str | None]:
    return mapped_column(String(64), index=True)


def child_of(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["owner", f"{table}_id"], [f"{table}.owner", f"{table}.id"], ondelete="CASCADE")


class PictureRow(Base):
    """One page of one file. ``master`` is the upright sRGB copy of formats that are decoded only once. ``copy_of`` is
    the picture that this one was made of to show places, "" for one that she added."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("owner", "id"), UniqueConstraint("owner", "sha256", "page"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    sha256: Mapped[str] = _sha()
    page: Mapped[int]
    pages: Mapped[int]
    name: Mapped[str] = mapped_column(Words)
    format: Mapped[str] = mapped_column(Label(32))
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    notes: Mapped[list[Any]]
    master_sha256: Mapped[str | None] = _sha_or_none()
    preview_sha256: Mapped[str] = _sha()
    thumbnail_sha256: Mapped[str] = _sha()
    view_sha256: Mapped[str | None] = _sha_or_none()
    created: Mapped[datetime] = mapped_column(default=now)
    used: Mapped[datetime] = mapped_column(default=now, index=True)
    copy_of: Mapped[str] = mapped_column(Label(ID_LENGTH), default="", server_default="")


class PreparedRow(Base):
    """What one family of models is sent for a picture: made once, kept."""

    __tablename__ = "prepared"
    __table_args__ = (child_of("picture"), UniqueConstraint("owner", "picture_id", "limits_key"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    picture_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    limits_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = _sha()
    mime: Mapped[str] = mapped_column(Label(64))
    width: Mapped[int]
    height: Mapped[int]
    tokens: Mapped[int]
    tokens_exact: Mapped[bool]
    resolution: Mapped[str | None] = mapped_column(Label(64))
    notes: Mapped[list[Any]]
    created: Mapped[datetime] = mapped_column(default=now)


class ConversationRow(Base):
    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("owner", "id"), Index(None, "owner", "updated"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    title: Mapped[str] = mapped_column(Words, default="")
    model: Mapped[str] = mapped_column(Label(200), default="")
    detail: Mapped[str] = mapped_column(String(16), default="")
    follow_up: Mapped[str] = mapped_column(String(16), default="look")
    kind: Mapped[str] = mapped_column(String(16), default="chat")
    created: Mapped[datetime] = mapped_column(default=now)
    updated: Mapped[datetime] = mapped_column(default=now)


class DescriptionRow(Base):
    """What a model wrote of a picture, for the later questions of one talk that go on from it."""

    __tablename__ = "description"
    __table_args__ = (child_of("conversation"), child_of("picture"))

    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    picture_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, index=True)
    owner: Mapped[str] = owner_column()
    text: Mapped[str] = mapped_column(Words)
    model: Mapped[str] = mapped_column(Label(200))


class TurnRow(Base):
    """A question. Its answers are rows of their own, because it may be asked again."""

    __tablename__ = "turn"
    __table_args__ = (
        child_of("conversation"),
        UniqueConstraint("owner", "id"),
        UniqueConstraint("owner", "conversation_id", "position"),
    )

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    position: Mapped[int]
    question: Mapped[str] = mapped_column(Words)
    created: Mapped[datetime] = mapped_column(default=now)


class TurnPictureRow(Base):
    __tablename__ = "turn_picture"
    __table_args__ = (child_of("turn"), child_of("picture"))

    turn_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = owner_column()
    picture_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)


class WaitingPictureRow(Base):
    """A picture that was added to a talk and waits for the next question there."""

    __tablename__ = "waiting_picture"
    __table_args__ = (child_of("conversation"), child_of("picture"))

    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = owner_column()
    picture_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)


class AnswerRow(Base):
    """One answer to a turn; the one with the highest ``number`` is shown. ``cost`` is a decimal in text, USD."""

    __tablename__ = "answer"
    __table_args__ = (
        child_of("turn"),
        UniqueConstraint("owner", "id"),
        UniqueConstraint("owner", "turn_id", "number"),
    )

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    turn_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), index=True)
    text: Mapped[str] = mapped_column(Words, default="")
    provider: Mapped[str] = mapped_column(Label(32))
    model: Mapped[str] = mapped_column(Label(200))
    detail: Mapped[str] = mapped_column(String(16))
    explanation: Mapped[str] = mapped_column(Words, default="")
    usage: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    items: Mapped[list[Any]] = mapped_column(default=list)
    picture_ids: Mapped[list[Any]] = mapped_column(default=list)
    sent_sha256: Mapped[list[Any]] = mapped_column(default=list)
    cost: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(Label(32), default="")
    sentence: Mapped[str] = mapped_column(Words, default="")
    first_word_seconds: Mapped[float | None]
    seconds: Mapped[float] = mapped_column(default=0.0)
    request_id: Mapped[str | None] = mapped_column(Label(REQUEST_ID_LENGTH))
    worker: Mapped[str] = mapped_column(String(400))
    stop_wanted: Mapped[bool] = mapped_column(default=False)
    started: Mapped[datetime] = mapped_column(default=now)
    updated: Mapped[datetime] = mapped_column(default=now)
    finished: Mapped[datetime | None]
    choice: Mapped[str] = mapped_column(Label(200), default="")
    notes: Mapped[list[Any]] = mapped_column(default=list)
    swapped: Mapped[bool] = mapped_column(default=False)


class AttemptRow(Base):
    """One try at one model, in order, as shown under its answer and gone with it; what was paid is in the ledger."""

    __tablename__ = "attempt"
    __table_args__ = (child_of("answer"), UniqueConstraint("owner", "answer_id", "number"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    answer_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    number: Mapped[int]
    provider: Mapped[str] = mapped_column(Label(32))
    model: Mapped[str] = mapped_column(Label(200))
    outcome: Mapped[str] = mapped_column(Label(32))
    waited_seconds: Mapped[float]
    seconds: Mapped[float]
    sent_sha256: Mapped[list[Any]]
    request_id: Mapped[str | None] = mapped_column(Label(REQUEST_ID_LENGTH))
    sentence: Mapped[str] = mapped_column(Words)
    stage: Mapped[str] = mapped_column(String(16), default="")
    created: Mapped[datetime] = mapped_column(default=now)
    usage: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cost: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Words, default="")


class UploadRow(Base):
    """One file of a batch that comes through the upload route. ``key`` is the browser's own name for the file."""

    __tablename__ = "upload"
    __table_args__ = (child_of("picture"), UniqueConstraint("owner", "batch", "key"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    batch: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    name: Mapped[str] = mapped_column(Words)
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16), default="open")
    sha256: Mapped[str | None] = _sha_or_none()
    picture_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    sentence: Mapped[str] = mapped_column(Words, default="")
    created: Mapped[datetime] = mapped_column(default=now)
