"""Whether the Costs page stays quick when much was spent: 100,000 ledger rows against 100, on SQLite.

Measured is all that the page does by itself: the rerun of its script in this process, with the store behind it, and the
part of that which is ours (the sums read and worked out).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pytest
from streamlit.testing.v1 import AppTest

from tests.bench.ledger import FEW, GOAL, LAST, MANY, PRICE, fill
from vision import runtime
from vision.models.catalog import load_catalogue
from vision.routing.estimating import usd
from vision.settings import LOCAL_OWNER, ROOT
from vision.spending import days_of, overview
from vision.spending_words import cards
from vision.store import OwnedStore, Store

BLOCKS, ROUNDS = 6, 6
DAY = LAST.date()
WORK, RERUN = "sums of 30 days read and worked out", "rerun of the page"


def run() -> None:
    """Prints milliseconds and ratios beside the goal of issue 3."""
    logging.disable(logging.WARNING)  # the page runs without a server, which Streamlit says at every turn
    found = _measured()
    logging.disable(logging.NOTSET)
    for what in (WORK, RERUN):
        one, other = (median(found[rows][what]) * 1000 for rows in (FEW, MANY))
        verdict = "met" if other / one <= GOAL else "MISSED"
        times = f"{one:.2f} ms with {FEW} ledger rows, {other:.2f} with {MANY}"
        print(f"{what}: {times}: {other / one:.2f} (goal <= {GOAL:g}: {verdict})")


def _measured() -> dict[int, dict[str, list[float]]]:
    """Seconds by the number of ledger rows: the two in turns, so that whatever else the machine does falls on both."""
    found: dict[int, dict[str, list[float]]] = {rows: {WORK: [], RERUN: []} for rows in (FEW, MANY)}
    with TemporaryDirectory() as name:
        for rows in found:
            folder = Path(name) / str(rows)
            folder.mkdir()
            store = Store.open(folder / "loupe.db", (folder / "blobs").as_uri())
            fill(store, rows)
            store.close()
        for _ in range(BLOCKS):
            for rows, seconds in found.items():
                with _opened(Path(name) / str(rows)) as owned:
                    page = _page(owned, rows)
                    _timed(seconds[WORK], partial(_worked_out, owned))
                    _timed(seconds[RERUN], page.run)
    return found


def _worked_out(owned: OwnedStore) -> object:
    since, until = days_of("days", DAY)
    return cards(overview(owned.spend(since, until), load_catalogue(), since, until))


def _page(owned: OwnedStore, rows: int) -> AppTest:
    """The page, drawn once. Raises AssertionError where it does not show every row."""
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    page.switch_page("costs.py").run()
    if page.exception:
        raise AssertionError(page.exception[0].value)
    attempts = sum(row.attempts for row in owned.spend(*days_of("days", DAY)))
    spent = next(one.value for one in page.metric if one.label == "Spent")
    if attempts != rows or spent != usd(PRICE * rows):
        raise AssertionError(f"the page shows {attempts} of {rows} attempts, {spent}")
    return page


def _timed(seconds: list[float], call: Callable[[], object]) -> None:
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)


@contextmanager
def _opened(folder: Path) -> Iterator[OwnedStore]:
    """The runtime of the pages on this data folder, on the day of the newest rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOUPE_DATA_DIR", str(folder))
        patch.setattr(runtime.Runtime, "today", lambda self: DAY)
        runtime.stop()
        yield runtime.current().store.of(LOCAL_OWNER)
        runtime.stop()


if __name__ == "__main__":
    run()
