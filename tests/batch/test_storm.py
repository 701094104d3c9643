"""A whole run at a service that refuses what is too much, is overloaded now and then and cuts connections: it ends with
every item done or failed in words, and hardly anything is asked in vain once the pace is found."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.desk import BatchDesk
from tests.wire import Fault, Play, fails
from tests.wire.limited import LimitedWire
from vision.settings import KEY_NAMES, URL_NAMES, Settings
from vision.store.batch_records import RunState

TROUBLE = (fails("overloaded"), Play(chunks=("Half ", "of it"), fault=Fault("cut", 1)), Play(fault=Fault("drop")))
USUAL = Play(chunks=("Twelve fifty.",), delay_seconds=0.3)
COUNT = 300


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[LimitedWire]:
    for names in (*KEY_NAMES.values(), URL_NAMES.values()):
        for name in names:
            monkeypatch.delenv(name, raising=False)
    with LimitedWire(3.0, 5, usual=USUAL) as wire:
        for name, value in wire.environment("openai").items():
            monkeypatch.setenv(name, value)
        yield wire


@pytest.mark.long
@pytest.mark.timeout(500)
def test_every_item_of_a_storm_ends(limited: LimitedWire, tmp_path: Path) -> None:
    desk = BatchDesk(limited, tmp_path, Settings(data_dir=tmp_path, answer_seconds=60), waits=None)
    chance = random.Random(COUNT)
    limited.script(*[chance.choice(TROUBLE) if chance.random() < 0.06 else USUAL for _ in range(COUNT * 2)])
    desk.drive()
    began = time.monotonic()
    run = desk.begin(desk.pictures(COUNT), parallel=32)
    desk.over(run, 400)
    counts, lines = desk.counts(run), list(desk.owned.all_lines(run.id))
    share = limited.refused_share(began + 60)
    print(f"storm: {counts} in {time.monotonic() - began:.0f} s, {share:.1%} refused after the first minute")
    assert desk.state(run) is RunState.DONE
    assert counts.get("done", 0) + counts.get("failed", 0) == COUNT
    assert counts["done"] >= COUNT * 0.95
    assert all(one.sentence.endswith(".") for one in lines if one.state == "failed")
    assert share <= 0.05
    assert not desk.owned.spent_in_run(run.id).reserved
    desk.close()
