"""Whether money stays quick when there is much of it: 100,000 ledger rows against 100, on SQLite.

Both databases hold the same days, models and levels, so that the Costs page shows as many sums; the rows come through
``reserve`` and ``settle`` for 100, and as copies straight into the tables for 100,000, sums included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select, update

from vision.messages import Usage
from vision.store import OwnedStore, Store
from vision.store.database import writing
from vision.store.money_records import Caps, Settled, Spending
from vision.store.money_tables import LedgerRow, SpendDayRow, SpendRunRow
from vision.store.tables import new_id

FEW, MANY = 100, 100_000
GOAL = 2.0
ROUNDS = 60
LAST = datetime(2026, 11, 22, 12, tzinfo=UTC)
MODELS = (("anthropic", "claude-haiku-5-5"), ("openai", "gpt-6-luna"))
DAYS = 25
CAPS = Caps(*map(Decimal, ("1e3", "1e9", "1e9", "1e9")))
PRICE = Decimal("0.0001")


def run() -> None:
    """Prints milliseconds and ratios beside the goal of issue 3."""
    with _filled(FEW) as few, _filled(MANY) as many:
        sums = [len(owned.spend((LAST - timedelta(DAYS)).date(), LAST.date())) for owned in (few, many)]
        print(f"sums of {DAYS} days: {sums[0]} rows of {FEW} attempts, {sums[1]} of {MANY}")
        _compared("spend, 25 days", few, many, _spend)
        _compared("reserve, every cap in force", few, many, _reserve(""))
        _compared("reserve within a run of all rows", few, many, _reserve("run"))
        _compared("reserve and settle", few, many, _settle)
        _compared("left", few, many, lambda owned: owned.left(CAPS, LAST.date(), "q-1", "run"))
        _compared("ledger, newest 50", few, many, lambda owned: owned.ledger(50))


def _compared(what: str, few: OwnedStore, many: OwnedStore, call: Callable[[OwnedStore], object]) -> None:
    """The two in turns, so that whatever else the machine does falls on both."""
    found: dict[OwnedStore, list[float]] = {few: [], many: []}
    for _ in range(ROUNDS):
        for owned, seconds in found.items():
            started = time.perf_counter()
            call(owned)
            seconds.append(time.perf_counter() - started)
    one, other = (median(seconds) * 1000 for seconds in found.values())
    ratio = other / one
    verdict = "met" if ratio <= GOAL else "MISSED"
    print(f"{what}: {one:.2f} ms with {FEW}, {other:.2f} with {MANY}: {ratio:.2f} (goal <= {GOAL:g}: {verdict})")


def _spend(owned: OwnedStore) -> object:
    return owned.spend((LAST - timedelta(DAYS)).date(), LAST.date())


def _reserve(run: str, numbers: Iterator[int] = count()) -> Callable[[OwnedStore], object]:  # noqa: B008 - shared on purpose
    def reserve(owned: OwnedStore) -> str:
        return owned.reserve(_spending(next(numbers), run), CAPS, LAST.date(), LAST)

    return reserve


def _settle(owned: OwnedStore) -> object:
    return owned.settle(str(_reserve("run")(owned)), Settled("complete", Usage(1000, 0, 0, 100), PRICE))


def _spending(number: int, run: str) -> Spending:
    provider, model = MODELS[number % len(MODELS)]
    return Spending("batch", f"asked {number}", provider, model, "quick", run, PRICE, PRICE * 2)


@contextmanager
def _filled(rows: int) -> Iterator[OwnedStore]:
    with TemporaryDirectory() as name:
        store = Store.open(Path(name) / "loupe.db", (Path(name) / "blobs").as_uri())
        yield fill(store, rows)
        store.close()


def fill(store: Store, rows: int) -> OwnedStore:
    """So many settled attempts of one owner, all of one run, spread over the days and models."""
    owned = store.of("local")
    for number in range(FEW):
        at = LAST - timedelta(days=number // len(MODELS) % DAYS)
        ledger_id = owned.reserve(_spending(number, "run"), Caps(), at.date(), at)
        owned.settle(ledger_id, Settled("complete", Usage(1000, 0, 0, 100), PRICE))
    _multiply(store, rows // FEW)
    return owned


def _multiply(store: Store, times: int) -> None:
    """Every ledger row so many times, each copy of a question of its own, and every sum with it."""
    columns = [column for column in LedgerRow.__table__.columns if column.name not in ("id", "question")]
    with writing(store._engine) as session:
        found = session.execute(select(*columns)).mappings().all()
        for copy in range(1, times):
            later = timedelta(milliseconds=copy)
            copies = [
                {**row, "id": new_id(), "question": f"copy {copy} {n}", "at": row["at"] + later}
                for n, row in enumerate(found)
            ]
            session.execute(insert(LedgerRow), copies)
        for table in (SpendDayRow, SpendRunRow):
            session.execute(update(table).values(cost=table.cost * times))
        counts = (SpendDayRow.attempts, SpendDayRow.input_tokens, SpendDayRow.output_tokens)
        session.execute(update(SpendDayRow).values({count.key: count * times for count in counts}))


if __name__ == "__main__":
    run()
