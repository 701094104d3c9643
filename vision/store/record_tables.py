"""The tables of extraction: runs over documents, a record for each with its values, changes and second opinions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vision.store.tables import ID_LENGTH, OWNER_LENGTH, Base, child_of, id_column, now, owner_column
from vision.store.wording import Label, Words


class RunRow(Base):
    """One set of fields, or one question, over documents. ``definition`` is the set as it was asked for, for a version
    may be gone. ``state`` is "" for a run that is read at once by whoever began it, else where the durable run stands;
    what follows ``threshold`` is about durable runs only: ``batch_records.Batch`` says what it means."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("owner", "id"), Index(None, "owner", "updated"), Index(None, "state"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    title: Mapped[str] = mapped_column(Words, default="")
    set_name: Mapped[str] = mapped_column(Words)
    set_number: Mapped[int]
    set_version_id: Mapped[str] = mapped_column(String(ID_LENGTH), default="")
    definition: Mapped[dict[str, Any]]
    choice: Mapped[str] = mapped_column(Label(200))
    detail: Mapped[str] = mapped_column(String(16))
    threshold: Mapped[float | None]
    kind: Mapped[str] = mapped_column(String(16), default="fields")
    question: Mapped[str] = mapped_column(Words, default="")
    state: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(Words, default="")
    cap: Mapped[str | None] = mapped_column(String(64))
    parallel: Mapped[int] = mapped_column(default=0)
    trial: Mapped[int | None]
    key_holder: Mapped[str] = mapped_column(String(400), default="")
    again_of: Mapped[str] = mapped_column(String(ID_LENGTH), default="")
    ended: Mapped[dt.datetime | None]
    told: Mapped[bool] = mapped_column(default=True)
    created: Mapped[dt.datetime] = mapped_column(default=now)
    updated: Mapped[dt.datetime] = mapped_column(default=now)


class RecordRow(Base):
    """The values of one document, or the answer about it (``text``). ``first`` is what the model gave, ``data`` what
    stands now; ``version`` counts every change of it. ``score`` is the doubt that orders the queue. ``same_as``: the
    record of the same pictures in this run, whose result is shown here as well. ``page``: of the one picture given, its
    file's page of this number is meant, all of them where it is -1, the picture itself where it is 0. ``choice``: who
    is asked for this one, "" for the run's. ``ended``: when the reading of it did."""

    __tablename__ = "record"
    __table_args__ = (
        child_of("run"),
        UniqueConstraint("owner", "id"),
        UniqueConstraint("owner", "run_id", "position"),
        Index(None, "owner", "state"),
        Index(None, "owner", "run_id", "state", "position"),
        Index(None, "owner", "run_id", "same_as"),
        Index(None, "owner", "run_id", "state", "verdict"),  # the counts of a run come from it alone
    )

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    run_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Words)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    verdict: Mapped[str] = mapped_column(String(16), default="open")
    version: Mapped[int] = mapped_column(default=0)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first: Mapped[dict[str, Any]] = mapped_column(default=dict)
    supports: Mapped[dict[str, Any]] = mapped_column(default=dict)
    doubts: Mapped[list[Any]] = mapped_column(default=list)
    score: Mapped[float] = mapped_column(default=0.0)
    checked: Mapped[bool] = mapped_column(default=False)
    provider: Mapped[str] = mapped_column(Label(32), default="")
    model: Mapped[str] = mapped_column(Label(200), default="")
    cost: Mapped[str | None] = mapped_column(String(64))
    seconds: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[list[Any]] = mapped_column(default=list)
    sent_sha256: Mapped[list[Any]] = mapped_column(default=list)
    outcome: Mapped[str] = mapped_column(Label(32), default="")
    sentence: Mapped[str] = mapped_column(Words, default="")
    text: Mapped[str] = mapped_column(Words, default="")
    worker: Mapped[str] = mapped_column(String(400), default="")
    stop_wanted: Mapped[bool] = mapped_column(default=False)
    reviewer: Mapped[str] = mapped_column(String(OWNER_LENGTH), default="")
    reviewed: Mapped[dt.datetime | None]
    same_as: Mapped[str] = mapped_column(String(ID_LENGTH), default="")
    page: Mapped[int] = mapped_column(default=0)
    choice: Mapped[str] = mapped_column(Label(200), default="")
    ended: Mapped[dt.datetime | None]
    created: Mapped[dt.datetime] = mapped_column(default=now)
    updated: Mapped[dt.datetime] = mapped_column(default=now)


class RecordPictureRow(Base):
    """A page of the document, in order."""

    __tablename__ = "record_picture"
    __table_args__ = (child_of("record"), child_of("picture"))

    record_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = owner_column()
    picture_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)


class ChangeRow(Base):
    """What somebody did to a record: ``path`` is "" for the record as a whole. Never changed, never removed alone."""

    __tablename__ = "change"
    __table_args__ = (child_of("record"), UniqueConstraint("owner", "record_id", "number"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    record_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    path: Mapped[str] = mapped_column(Words, default="")
    who: Mapped[str] = mapped_column(String(OWNER_LENGTH))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created: Mapped[dt.datetime] = mapped_column(default=now)


class OpinionRow(Base):
    """What another model read in the same document."""

    __tablename__ = "opinion"
    __table_args__ = (child_of("record"), UniqueConstraint("owner", "id"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    record_id: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    state: Mapped[str] = mapped_column(String(16), default="running")
    choice: Mapped[str] = mapped_column(Label(200))
    provider: Mapped[str] = mapped_column(Label(32), default="")
    model: Mapped[str] = mapped_column(Label(200), default="")
    hidden: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    chosen: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cost: Mapped[str | None] = mapped_column(String(64))
    sentence: Mapped[str] = mapped_column(Words, default="")
    worker: Mapped[str] = mapped_column(String(400), default="")
    created: Mapped[dt.datetime] = mapped_column(default=now)
    updated: Mapped[dt.datetime] = mapped_column(default=now)


class ReadingRow(Base):
    """What the on-device reader read on a picture, in its upright original pixels: read once, kept."""

    __tablename__ = "reading"
    __table_args__ = (child_of("picture"),)

    picture_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    owner: Mapped[str] = owner_column()
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
