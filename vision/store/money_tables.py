"""The tables about money. Amounts are whole pico-dollars (``vision.store.pico``): sums in the database are exact.

The ledger and its sums name answers and batches by plain text: edits delete answers, and what was paid stays counted.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vision.store.tables import OWNER_LENGTH, Base, id_column, owner_column
from vision.store.wording import Label

OPEN = "open"  # the outcome of an attempt of which none is known


def _amount() -> Mapped[int]:
    return mapped_column(BigInteger, default=0)


def _amount_or_none() -> Mapped[int | None]:
    return mapped_column(BigInteger)


class PreferenceRow(Base):
    """What a person set for herself. Caps are decimals in text, USD; None: no cap."""

    __tablename__ = "preference"

    owner: Mapped[str] = owner_column(primary_key=True)
    choice: Mapped[str] = mapped_column(Label(200))
    providers: Mapped[list[Any]]
    own_order_first: Mapped[bool]
    local_only: Mapped[bool]
    local_to_cloud: Mapped[bool]
    local_model: Mapped[str] = mapped_column(Label(200))
    question_cap: Mapped[str | None] = mapped_column(String(64))
    run_cap: Mapped[str | None] = mapped_column(String(64))
    day_cap: Mapped[str | None] = mapped_column(String(64))


class LedgerRow(Base):
    """One attempt: reserved before it is sent (outcome "open"), settled once after. ``day`` is the UTC day."""

    __tablename__ = "ledger"
    __table_args__ = (Index(None, "owner", "question"), Index(None, "owner", "run"), Index(None, "owner", "at"))

    id: Mapped[str] = id_column()
    owner: Mapped[str] = owner_column()
    at: Mapped[dt.datetime]
    day: Mapped[dt.date]
    job: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(Label(64))
    run: Mapped[str] = mapped_column(Label(64))
    provider: Mapped[str] = mapped_column(Label(32))
    model: Mapped[str] = mapped_column(Label(200))
    level: Mapped[str] = mapped_column(String(16))
    estimate: Mapped[int | None] = _amount_or_none()
    upper: Mapped[int | None] = _amount_or_none()
    outcome: Mapped[str] = mapped_column(Label(32), default=OPEN, index=True)
    usage: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cost: Mapped[int | None] = _amount_or_none()
    cached_saving: Mapped[int] = _amount()


class _Counted:
    """What counts against a cap: ``cost`` (known), ``unknown_upper`` (what attempts of unknown price can have cost) and
    ``reserved`` (what those under way can cost). ``boundless`` counts attempts of which not even an upper price is
    known: while there is one, no cap can be kept."""

    cost: Mapped[int] = _amount()
    reserved: Mapped[int] = _amount()
    unknown_upper: Mapped[int] = _amount()
    boundless: Mapped[int] = _amount()


class SpendDayRow(_Counted, Base):
    """Sums of one owner's day by provider, model, job and level. No foreign key: they outlive the owner's rows, so that
    no cap begins anew by deleting. Column meanings as in ``money_records.SpendRow``."""

    __tablename__ = "spend_day"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH), primary_key=True)
    provider: Mapped[str] = mapped_column(Label(32), primary_key=True)
    model: Mapped[str] = mapped_column(Label(200), primary_key=True)
    job: Mapped[str] = mapped_column(String(16), primary_key=True)
    level: Mapped[str] = mapped_column(String(16), primary_key=True)
    attempts: Mapped[int] = _amount()
    failures: Mapped[int] = _amount()
    failed_cost: Mapped[int] = _amount()
    failed_upper: Mapped[int] = _amount()
    unknown: Mapped[int] = _amount()
    estimated: Mapped[int] = _amount()
    billed_with_estimate: Mapped[int] = _amount()
    cached_saving: Mapped[int] = _amount()
    input_tokens: Mapped[int] = _amount()
    cached_tokens: Mapped[int] = _amount()
    output_tokens: Mapped[int] = _amount()


class SpendRunRow(_Counted, Base):
    """Sums of one run of a batch, which may have more attempts than can be added up before each of them."""

    __tablename__ = "spend_run"

    owner: Mapped[str] = owner_column(primary_key=True)
    run: Mapped[str] = mapped_column(Label(64), primary_key=True)
