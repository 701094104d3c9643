"""What is paid: every attempt is reserved at its upper price before it is sent and settled once it has ended.

Of everything that runs at once, in however many threads and processes, one at a time looks at the sums and reserves: so
spent and reserved never pass a cap, as long as no provider bills more than the upper price. An attempt whose process
died stays open and counts at its upper price on that day (``SpendRow.reserved`` shows it); ``close_open`` makes it one
of unknown price, which counts the same. One whose owner deletes everything while it is under way stays reserved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session

from vision.messages import Stop, Usage
from vision.store.caps import Counted, Scope, check, in_force, left
from vision.store.database import writing
from vision.store.installation import counted, spent_by_everybody
from vision.store.money_records import Caps, Job, LedgerEntry, Settled, Spending, SpendRow
from vision.store.money_tables import OPEN, LedgerRow, SpendDayRow, SpendRunRow
from vision.store.owned import Owned
from vision.store.pico import difference_to_pico, to_pico, to_usd

# Every other outcome of an attempt is a failure: an error, or an answer without a word, after which another is asked.
ANSWERED = frozenset(stop.value for stop in Stop) - {Stop.EMPTY.value}
GAVE_UP = "interrupted"


class OwnedLedger(Owned):
    def reserve(self, spending: Spending, caps: Caps, day: date, at: datetime) -> str:
        """Sets the upper price of an attempt aside, before it is sent; returns the id to settle it with.

        Raises OverCap when that could pass one of ``caps``, also when its price is not known: then nothing is reserved
        and nothing may be sent. ``day`` is the UTC day that it counts for."""
        row = _ledger_row(self.owner, spending, day, at)
        with self._writing(alone=True) as session:
            check(spending, caps, lambda scope: self._counted(session, scope, spending.question, spending.run, day))
            session.add(row)
            session.flush()
            _add(session, row, _reserved(row), attempts=1)
            return row.id

    def settle(self, ledger_id: str, settled: Settled) -> bool:
        """What became of a reserved attempt. The first word on it stands: False, and nothing changes, when it is
        settled already or its owner has deleted everything."""
        cost, saving = to_pico(settled.cost), difference_to_pico(settled.cached_saving)
        values: dict[str, Any] = {
            "outcome": settled.outcome,
            "usage": _usage_json(settled.usage),
            "cost": cost,
            "cached_saving": saving,
        }
        with writing(self._engine) as session:
            mine = (LedgerRow.owner == self.owner, LedgerRow.id == ledger_id, LedgerRow.outcome == OPEN)
            done = session.execute(
                update(LedgerRow).where(*mine).values(values).execution_options(synchronize_session=False)
            )
            if not done.rowcount:  # type: ignore[attr-defined]
                return False
            row = session.scalars(
                select(LedgerRow).where(LedgerRow.owner == self.owner, LedgerRow.id == ledger_id)
            ).one()
            _add(session, row, _settled(row), **_told(row, settled))
            return True

    def close_open(self, before: datetime, question: str | None = None) -> int:
        """Gives up attempts reserved before ``before`` that nobody will settle, because their process is dead; with
        ``question`` only those of it. They count at their upper price as before, now as unknown. Returns how many."""
        rows = select(LedgerRow.id).where(LedgerRow.owner == self.owner, LedgerRow.outcome == OPEN)
        rows = rows.where(LedgerRow.at < before)
        if question is not None:
            rows = rows.where(LedgerRow.question == question)
        with self._reading() as session:
            found = session.scalars(rows).all()
        return sum(self.settle(ledger_id, Settled(GAVE_UP)) for ledger_id in found)

    def left(self, caps: Caps, day: date, question: str = "", run: str = "") -> Decimal | None:
        """What may still be reserved, US dollars, of the cap that leaves least; None: no cap is in force."""
        with self._reading() as session:
            each = [left(cap, self._counted(session, scope, question, run, day)) for scope, cap in in_force(caps, run)]
        return min(each, default=None)

    def spend(self, since: date, until: date) -> tuple[SpendRow, ...]:
        """Sums of the days from ``since`` to ``until``, both included, by day, provider, model, job and level."""
        key = (SpendDayRow.day, SpendDayRow.provider, SpendDayRow.model, SpendDayRow.job, SpendDayRow.level)
        rows = select(SpendDayRow).where(SpendDayRow.owner == self.owner, SpendDayRow.day.between(since, until))
        with self._reading() as session:
            return tuple(_spend_row(row) for row in session.scalars(rows.order_by(*key)))

    def ledger(
        self,
        limit: int = 1000,
        *,
        question: str | None = None,
        run: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> tuple[LedgerEntry, ...]:
        """Attempts, newest first: all, or those of a question, of a run, of the days ``since`` to ``until``."""
        wanted: list[ColumnElement[bool]] = [LedgerRow.owner == self.owner]
        wanted += [] if question is None else [LedgerRow.question == question]
        wanted += [] if run is None else [LedgerRow.run == run]
        wanted += [] if since is None else [LedgerRow.day >= since]
        wanted += [] if until is None else [LedgerRow.day <= until]
        rows = select(LedgerRow).where(*wanted).order_by(LedgerRow.at.desc(), LedgerRow.id).limit(limit)
        with self._reading() as session:
            return tuple(_entry(row) for row in session.scalars(rows))

    def _counted(self, session: Session, scope: Scope, question: str, run: str, day: date) -> Counted:
        if scope == "installation":
            return spent_by_everybody(session, day)
        if scope == "day":
            return counted(session, SpendDayRow, SpendDayRow.owner == self.owner, SpendDayRow.day == day)
        if scope == "run":
            return counted(session, SpendRunRow, SpendRunRow.owner == self.owner, SpendRunRow.run == run)
        return _of_question(session, self.owner, question)


def _of_question(session: Session, owner: str, question: str) -> Counted:
    """A question has few attempts: its rows themselves are added up."""
    counts = func.coalesce(LedgerRow.cost, LedgerRow.upper)
    under_way = LedgerRow.outcome == OPEN
    spent, reserved, boundless = session.execute(
        select(
            func.coalesce(func.sum(case((under_way, 0), else_=counts)), 0),
            func.coalesce(func.sum(case((under_way, counts), else_=0)), 0),
            func.coalesce(func.sum(case((counts.is_(None), 1), else_=0)), 0),
        ).where(LedgerRow.owner == owner, LedgerRow.question == question)
    ).one()
    return Counted(to_usd(int(spent)), to_usd(int(reserved)), int(boundless))


def _ledger_row(owner: str, spending: Spending, day: date, at: datetime) -> LedgerRow:
    return LedgerRow(
        owner=owner,
        at=at,
        day=day,
        job=spending.job,
        question=spending.question,
        run=spending.run,
        provider=spending.provider,
        model=spending.model,
        level=spending.level,
        estimate=to_pico(spending.estimate),
        upper=to_pico(spending.upper),
    )


def _reserved(row: LedgerRow) -> dict[str, int]:
    """What an open attempt adds to every sum."""
    return {"boundless": 1} if row.upper is None else {"reserved": row.upper}


def _settled(row: LedgerRow) -> dict[str, int]:
    """How settling moves every sum: what was reserved goes, the price comes, or the upper price as unknown."""
    if row.cost is not None:
        return {"cost": row.cost, **{name: -amount for name, amount in _reserved(row).items()}}
    return {} if row.upper is None else {"reserved": -row.upper, "unknown_upper": row.upper}


def _told(row: LedgerRow, settled: Settled) -> dict[str, int]:
    """What settling adds to the sums of the day besides."""
    known = row.cost is not None and row.estimate is not None
    failed = settled.outcome not in ANSWERED
    return {
        "failures": int(failed),
        "failed_cost": row.cost or 0 if failed else 0,
        "failed_upper": row.upper or 0 if failed and row.cost is None else 0,
        "unknown": int(row.cost is None),
        "estimated": row.estimate or 0 if known else 0,
        "billed_with_estimate": row.cost or 0 if known else 0,
        "cached_saving": row.cached_saving,
        "input_tokens": settled.usage.input_tokens,
        "cached_tokens": settled.usage.cached_tokens,
        "output_tokens": settled.usage.output_tokens,
    }


def _add(session: Session, row: LedgerRow, moved: Mapping[str, int], **more: int) -> None:
    """Adds to the sums that ``row`` belongs to. Rows are made only by ``reserve``, which is alone."""
    key = {name: getattr(row, name) for name in ("day", "owner", "provider", "model", "job", "level")}
    _raise(session, SpendDayRow, key, {**moved, **more})
    if row.run:
        _raise(session, SpendRunRow, {"owner": row.owner, "run": row.run}, moved)


def _raise(
    session: Session, table: type[SpendDayRow] | type[SpendRunRow], key: Mapping[str, Any], by: Mapping[str, int]
) -> None:
    which = [getattr(table, name) == value for name, value in key.items()]
    raised = {name: getattr(table, name) + amount for name, amount in by.items() if amount}
    if not raised:
        return
    changed = update(table).where(*which).values(raised).execution_options(synchronize_session=False)
    if not session.execute(changed).rowcount:  # type: ignore[attr-defined]
        session.add(table(**key, **by))
        session.flush()


def _spend_row(row: SpendDayRow) -> SpendRow:
    amounts = (
        *("cost", "reserved", "unknown_upper", "failed_cost", "failed_upper"),
        *("estimated", "billed_with_estimate", "cached_saving"),
    )
    counts = ("attempts", "failures", "unknown", "boundless", "input_tokens", "cached_tokens", "output_tokens")
    words = ("provider", "model", "job", "level")
    return SpendRow(
        day=row.day,
        **{name: getattr(row, name) for name in (*words, *counts)},
        **{name: to_usd(getattr(row, name)) for name in amounts},
    )


def _entry(row: LedgerRow) -> LedgerEntry:
    spending = Spending(
        job=cast("Job", row.job),
        question=row.question,
        provider=row.provider,
        model=row.model,
        level=row.level,
        run=row.run,
        estimate=to_usd(row.estimate),
        upper=to_usd(row.upper),
    )
    settled = Settled(row.outcome, Usage(**row.usage), to_usd(row.cost), to_usd(row.cached_saving))
    return LedgerEntry(row.id, row.at, row.day, spending, None if row.outcome == OPEN else settled)


def _usage_json(usage: Usage) -> dict[str, int]:
    return {name: getattr(usage, name) for name in Usage.__dataclass_fields__}
