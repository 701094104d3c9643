"""Whether the table of a run stays quick when it is long: 10,000 rows against 100, on SQLite.

Measured is all that the page does by itself: the rerun of its script in this process, with the store behind it; and the
parts of that which grow with the run (its lines, its counts, a search through all of them).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import String, cast, literal, update
from streamlit.testing.v1 import AppTest

from tests.store.rows import opened as made
from vision import runtime
from vision.messages import Detail
from vision.settings import LOCAL_OWNER, ROOT
from vision.store import OwnedStore, Store
from vision.store.batch_records import RunState, Terms
from vision.store.database import writing
from vision.store.extract_records import Document, RecordState
from vision.store.record_tables import RecordRow
from vision.store.runs import NO_FIELDS
from vision.store.tables import now

FEW, MANY = 100, 10_000
GOAL = 2.0
BLOCKS, ROUNDS = 4, 6
RERUN = "rerun of the page"


def run() -> None:
    """Prints milliseconds and ratios beside the goal of issue 6."""
    logging.disable(logging.WARNING)  # the page runs without a server, which Streamlit says at every turn
    with TemporaryDirectory() as folder:
        runs = {rows: _filled(Path(folder) / str(rows), rows) for rows in (FEW, MANY)}
        found: dict[int, dict[str, list[float]]] = {rows: {} for rows in runs}
        for _ in range(BLOCKS):
            for rows, run_id in runs.items():
                with _opened(Path(folder) / str(rows)) as owned:
                    for what, call in _calls(owned, run_id).items():
                        _timed(found[rows].setdefault(what, []), call)
    logging.disable(logging.NOTSET)
    for what in found[FEW]:
        one, other = (median(found[rows][what]) * 1000 for rows in (FEW, MANY))
        goal = f" (goal <= {GOAL:g}: {'met' if other / one <= GOAL else 'MISSED'})" if what == RERUN else ""
        print(f"{what}: {one:.2f} ms with {FEW} rows, {other:.2f} with {MANY:,}: {other / one:.2f}{goal}")


def _calls(owned: OwnedStore, run_id: str) -> dict[str, Callable[[], object]]:
    return {
        RERUN: _page(run_id).run,
        "a hundred lines": lambda: owned.lines(run_id),
        "counts by state": lambda: owned.run(run_id),
        "a search that finds little": lambda: owned.lines(run_id, search="number 77"),
    }


def _page(run_id: str) -> AppTest:
    """The page, drawn once. Raises AssertionError where it does not show the run."""
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    page.query_params["r"] = run_id
    page.switch_page("batch.py").run()
    if page.exception:
        raise AssertionError(page.exception[0].value)
    if not page.dataframe:
        raise AssertionError("the page shows no table")
    return page


def _filled(folder: Path, rows: int) -> str:
    """A run that is done, with an answer in every row; its id."""
    folder.mkdir()
    store = Store.open(folder / "loupe.db", folder / "blobs")
    owned = store.of(LOCAL_OWNER)
    pictures = [owned.add_picture(made(f"{number}".encode()), f"{number}".encode()) for number in range(FEW)]
    documents = [
        Document(f"scans/{number}.jpg", (pictures[number % FEW].id,), page=number // FEW) for number in range(rows)
    ]
    terms = Terms("What is the total?")
    run = owned.create_run(NO_FIELDS, documents, choice="quick", detail=Detail.NORMAL, title="Scans", terms=terms)
    owned.move_run(run.id, RunState.DONE, [RunState.RUNNING], told=True)
    answered = {
        "state": RecordState.DONE,
        "text": literal("The total is 12.50, number ") + cast(RecordRow.position, String),
        "provider": "openai",
        "model": "gpt-6-luna",
        "cost": "0.0004",
        "seconds": 2.5,
        "outcome": "complete",
        "ended": now(),
    }
    with writing(store._engine) as session:
        session.execute(
            update(RecordRow).where(RecordRow.run_id == run.id).values(answered),
            execution_options={"synchronize_session": False},
        )
    store.close()
    return run.id


def _timed(seconds: list[float], call: Callable[[], object]) -> None:
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)


@contextmanager
def _opened(folder: Path) -> Iterator[OwnedStore]:
    """The runtime of the pages on this data folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOUPE_DATA_DIR", str(folder))
        runtime.stop()
        yield runtime.current().store.of(LOCAL_OWNER)
        runtime.stop()


if __name__ == "__main__":
    run()
