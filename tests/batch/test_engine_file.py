"""The engine's own file: nothing of it is the truth, and nothing stays in it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from filelock import FileLock

from tests.batch.desk import OWNER, BatchDesk
from vision.store.batch_records import RunState


def workflows(folder: Path) -> int:
    connection = sqlite3.connect(folder / "engine.db")
    try:
        return int(connection.execute("SELECT count(*) FROM workflow_status").fetchone()[0])
    finally:
        connection.close()


def test_what_is_over_is_removed_and_results_stay(desk: BatchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.batch.driver.FORGET_SECONDS", 0.1)
    desk.drive()
    run = desk.begin(desk.pictures(8))
    desk.over(run)
    desk.until(lambda: workflows(desk.folder) == 0)
    assert desk.counts(run) == {"done": 8}


def test_a_damaged_file_is_begun_anew(desk: BatchDesk) -> None:
    (desk.folder / "engine.db").write_bytes(b"This is no database. " * 400)
    desk.drive()
    run = desk.begin(desk.pictures(3))
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 3}


def test_who_does_not_hold_the_folder_follows_and_takes_over(desk: BatchDesk) -> None:
    other = FileLock(desk.folder / "engine.lock", thread_local=False)
    other.acquire()
    desk.drive()
    run = desk.begin(desk.pictures(3))
    desk.batches.pause(OWNER, run.id)
    assert desk.batches.go_on(OWNER, run.id)
    assert not desk.batches.driver.drives
    assert desk.counts(run) == {"waiting": 3}
    assert len(desk.wire.requests) == 0
    other.release()
    desk.until_state(run, RunState.DONE)
    assert desk.batches.driver.drives
    assert desk.counts(run) == {"done": 3}
