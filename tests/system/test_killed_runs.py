"""A server that is killed in the middle of a run and started again, with no page open: nothing is lost, nothing is
written twice, and no more is paid twice than was under way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.batch.desk import BatchDesk, picture
from tests.browser.conftest import Server, clean_environment
from tests.wire import Play, WireServer
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.settings import ROOT, Settings
from vision.store.batch_records import RunState
from vision.store.extract_records import Document

ITEMS, PARALLEL = 300, 16
KILLED_AT = ITEMS * 2 // 5
CHECKPOINTS = 8  # answers that came and were not written down yet


@pytest.fixture
def wire() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, wire: WireServer) -> Iterator[Server]:
    data = tmp_path / "data"
    environment = clean_environment(data, {"PYTHONPATH": str(ROOT), **wire.environment()})
    made = Server(ROOT / "app.py", data, tmp_path / "server.log", environment)
    yield made
    made.stop()
    assert "Traceback" not in made.output()


def documents(desk: BatchDesk, count: int) -> list[Document]:
    found = []
    for number in range(count):
        stored = add_picture(desk.owned, picture(number), f"{number}.png", OpenLimits())
        found.append(Document(f"{number}.png", (stored.id,)))
    return found


@pytest.mark.long
def test_a_killed_server_goes_on_by_itself(server: Server, wire: WireServer, tmp_path: Path) -> None:
    data = tmp_path / "data"
    desk = BatchDesk(wire, data, Settings(data_dir=data))  # it follows: the server asks
    wire.always(Play(chunks=("Yes.",), delay_seconds=0.2))
    run = desk.begin(documents(desk, ITEMS), parallel=PARALLEL)
    server.start()
    wire.wait_requests(KILLED_AT, timeout=60)
    server.kill()
    time.sleep(0.5)  # what was on its way to the service has come there
    asked = len(wire.requests)
    done = desk.counts(run).get("done", 0)
    assert 0 < done < ITEMS
    assert asked - done <= PARALLEL + CHECKPOINTS
    server.start()
    desk.until_state(run, RunState.DONE, 120)
    assert desk.counts(run) == {"done": ITEMS}
    assert len(wire.requests) - ITEMS <= PARALLEL + CHECKPOINTS
    with desk.store._engine.connect() as connection:
        written = connection.execute(text("SELECT DISTINCT version FROM record")).scalars().all()
    assert written == [1]  # every record was written once
    pictures = [one.pictures[0].sha256 for one in wire.requests]
    assert len(set(pictures)) == ITEMS
    desk.store.close()
