"""Hundreds of questions of a batch by 32 threads, over sockets, at a service that refuses what is too much."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import pytest

from tests.routing.asked import BALANCED, TODAY, Ear, built
from tests.routing.asked import Clock as SkippedClock
from tests.wire import Fault, Play, fails
from tests.wire.limited import LimitedWire
from vision.errors import LoupeError
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.router import Question, Router
from vision.settings import KEY_NAMES, URL_NAMES, Settings
from vision.store import OwnedStore, Store

THREADS = 32
TROUBLE = (fails("overloaded"), Play(chunks=("Half ", "of it"), fault=Fault("cut", 1)), Play(fault=Fault("drop")))
USUAL = Play(chunks=("Twelve ", "fifty."), delay_seconds=0.3)
TEXT = "What is the total?"


class PatientEar(Ear):
    """Waits are waited out."""

    def pause(self, seconds: float) -> bool:
        return not self.ended.wait(seconds)


@dataclass
class Batch:
    """What a driver of batches does: asks, and asks again later where nothing was sent."""

    router: Router
    owned: OwnedStore
    outcomes: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    unsent: int = 0

    def run(self, count: int) -> None:
        items: SimpleQueue[str] = SimpleQueue()
        for number in range(count):
            items.put(f"item-{number}")
        threads = [threading.Thread(target=self._work, args=(items,), daemon=True) for _ in range(THREADS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(400)
            assert not one.is_alive()

    def _work(self, items: SimpleQueue[str]) -> None:
        while True:
            try:
                name = items.get_nowait()
            except Empty:
                return
            shape = Shape(((640, 480),), Detail.NORMAL, (TEXT,))
            question = Question(
                name, wanted(BALANCED["anthropic"]), TEXT, shape, job="batch", run="run-1", interactive=False
            )
            while not self._asked(question):
                time.sleep(self.router.seconds_out(self.owned, question) or 0.1)

    def _asked(self, question: Question) -> bool:
        trail = self.router.trail(self.owned)
        try:
            answer = self.router.ask(self.owned, question, build=built, hearing=PatientEar(SkippedClock()), trail=trail)
        except LoupeError as error:
            if not trail.anything_sent:
                self.unsent += 1
                return False
            self.outcomes.append(error.outcome)
            self.sentences.append(error.sentence)
            return True
        assert answer is not None
        assert answer.text == "Twelve fifty."
        self.outcomes.append("complete")
        return True


@pytest.fixture
def limited(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LimitedWire]:
    for names in (*KEY_NAMES.values(), URL_NAMES.values()):
        for name in names:
            monkeypatch.delenv(name, raising=False)
    per_second, burst = request.param
    with LimitedWire(per_second, burst, usual=USUAL) as wire:
        for name, value in wire.environment("anthropic").items():
            monkeypatch.setenv(name, value)
        yield wire


@pytest.mark.long
@pytest.mark.timeout(500)
@pytest.mark.parametrize(
    ("limited", "count"),
    [((12.0, 5), 40), ((3.0, 5), 300)],
    indirect=["limited"],
)
def test_a_storm_ends_with_every_item_done_or_failed_in_words(limited: LimitedWire, store: Store, count: int) -> None:
    chance = random.Random(count)
    limited.script(*[chance.choice(TROUBLE) if chance.random() < 0.06 else USUAL for _ in range(count * 2)])
    router = Router(load_catalogue(), Settings(answer_seconds=60), today=lambda: TODAY)
    batch = Batch(router, store.of(f"storm-{count}"))
    began = time.monotonic()
    batch.run(count)
    took = time.monotonic() - began
    found = Counter(batch.outcomes)
    assert found.total() == count
    assert found["complete"] >= count * 0.9
    assert all(sentence.endswith(".") for sentence in batch.sentences)
    assert all(row.settled is not None for row in batch.owned.ledger())
    assert len(batch.owned.ledger()) == len(limited.requests)
    assert limited.refused_share(began + 60) <= 0.05
    if took > 60:
        assert sum(let_in for at, let_in in limited.let_in if at > began + 60) >= 0.7 * 3.0 * (took - 60)
