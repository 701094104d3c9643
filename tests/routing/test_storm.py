"""64 questions at once, a third of the replies 429, 529 or cut: everything ends, and every promise is kept."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.answering.talks import drawn
from tests.routing.asked import TODAY
from tests.wire import KEYS, Fault, Play, WireServer, fails
from vision.answering.engine import Engine
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.routing import health as health_module
from vision.routing.estimating import Shape
from vision.routing.health import FAILURES, Health
from vision.routing.pace import LONGEST_INTERVAL_SECONDS, Pace
from vision.routing.router import Router
from vision.settings import Settings
from vision.store import State, Store, StoredAnswer
from vision.store.money_records import Preferences

QUESTIONS = 64
OWNERS = ("ann", "ben", "cleo", "dan")
FAULTS = (
    fails("rate_limited", headers={"retry-after-ms": "150"}),
    fails("rate_limited"),
    fails("overloaded"),
    fails("unavailable"),
    Play(chunks=("Half ", "of it"), fault=Fault("cut", 1)),
    Play(chunks=("Half ", "of it"), fault=Fault("drop", 1)),
)
GOOD = Play(chunks=("Twelve ", "fifty."))
# What can go wrong once all 64 are under way at the same moment.
STREAM_FAULTS = tuple(
    Play(chunks=("Half ", "of it"), fault=fault)
    for fault in (Fault("error_event", 1, "rate_limited"), Fault("error_event", 1, "overloaded"), Fault("cut", 1))
)


class WatchedPace(Pace):
    """Sees for itself that its limits are kept: it is only changed under the lock."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        super().__init__()

    def sent(self, now: float, request: object | None = None) -> None:
        if now < self.not_before:
            self.broken.append(f"went {self.not_before - now:.3f} s too early")
        if now < self.last + self.interval:
            self.broken.append(f"went {now - self.last:.3f} s after another, not {self.interval:.3f} s")
        super().sent(now, request)

    def refused(self, now: float, wait: float | None, request: object | None = None) -> None:
        super().refused(now, wait, request)
        if not 0 < self.interval <= LONGEST_INTERVAL_SECONDS:
            self.broken.append(f"after a refusal the interval was {self.interval} s")


@dataclass
class Watched(health_module._State):
    """What is known of a place, with a breaker that is watched as well."""

    clock = staticmethod(time.monotonic)
    pace: Pace = field(default_factory=WatchedPace)
    broken: list[str] = field(default_factory=list)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "probe" and value is not None:
            if self.probe is not None:
                self.broken.append("two requests tried it at once")
            if self.left_out_until > self.clock():
                self.broken.append("was tried while it was left out")
        super().__setattr__(name, value)


@dataclass
class Storm:
    store: Store
    engine: Engine
    ids: dict[str, str] = field(default_factory=dict)  # answer id -> owner

    def ask(self, count: int, level: str = "balanced") -> None:
        """All at once: every question in a talk of its own."""
        begin = threading.Barrier(len(OWNERS))

        def person(owner: str) -> None:
            owned = self.store.of(owner)
            picture = add_picture(owned, drawn("TOTAL 12.50"), "receipt.png", OpenLimits())
            begin.wait(20)
            for number in range(count // len(OWNERS)):
                talk = owned.create_conversation().id
                answer_id = self.engine.ask(owner, talk, f"What is total {number}?", [picture.id], model=level)
                self.ids[answer_id] = owner

        people = [threading.Thread(target=person, args=(owner,)) for owner in OWNERS]
        for one in people:
            one.start()
        for one in people:
            one.join(30)
            assert not one.is_alive()

    def wait_until(self, condition: Callable[[int], bool], seconds: float = 60.0) -> None:
        """``condition`` is given how many have ended."""
        until = time.monotonic() + seconds
        while not condition(sum((live := self.engine.live(one)) is None or live.done for one in self.ids)):
            assert time.monotonic() < until
            time.sleep(0.02)

    def end(self, seconds: float = 60.0) -> list[StoredAnswer]:
        until = time.monotonic() + seconds
        for answer_id in self.ids:
            live = self.engine.live(answer_id)
            assert live is not None
            assert live.wait_for(lambda live=live: live.done, until - time.monotonic())  # type: ignore[misc]
        return [self.store.of(owner).answer(answer_id) for answer_id, owner in self.ids.items()]


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'loupe.db'}", (tmp_path / "blobs").as_uri())
    yield opened
    opened.close()


def storm(store: Store, **settings: Any) -> Storm:
    chance = random.Random(11)
    lock = threading.Lock()

    def jitter(seconds: float) -> float:
        with lock:
            return chance.uniform(0, seconds) / 10  # waits are a tenth: a storm is not for waiting

    catalogue = load_catalogue()
    options = Settings(answer_seconds=60, silence_seconds=30, **settings)
    router = Router(catalogue, options, today=lambda: TODAY, jitter=jitter, health=Health())
    return Storm(store, Engine(store, options, catalogue, today=lambda: TODAY, router=router))


def a_third(chance: random.Random, faults: tuple[Play, ...], good: Play, count: int) -> Iterator[Play]:
    """Of every three replies one goes wrong; which, and how, says ``chance``."""
    for _ in range(count // 3):
        three = [chance.choice(faults), good, good]
        chance.shuffle(three)
        yield from three


def scripted(wire: WireServer, seed: int, *, held: bool = False) -> None:
    """A third of as many replies as may ever be asked for goes wrong. ``held``: the first 64 wait for each other."""
    wire.reset()
    chance = random.Random(seed)
    if held:
        first = list(a_third(chance, STREAM_FAULTS, GOOD, QUESTIONS + 2))[:QUESTIONS]
        wire.script(*[replace(play, hold_before=(0,)) for play in first])
    wire.script(*a_third(chance, FAULTS, GOOD, QUESTIONS * 9))


def check_ended(answers: list[StoredAnswer]) -> None:
    """Answered or failed in words, and told whole."""
    for answer in answers:
        if answer.state is State.COMPLETE:
            assert answer.text == "Twelve fifty."
            assert answer.attempts[-1].outcome == "complete"
            assert answer.cost_usd is not None
            assert answer.sent_sha256 == answer.attempts[-1].sent_sha256
        else:
            assert answer.state is State.FAILED
            assert answer.sentence.endswith(".")
            assert "inside Loupe" not in answer.sentence
            assert answer.outcome in ("no_answer", "over_cap", "rate_limited", "overloaded", "timeout", "connection")


def check_books(found: Storm, answers: list[StoredAnswer], wire: WireServer) -> None:
    """As many rows as requests, all settled; what each owner spent is what the answers say."""
    sent = [one for answer in answers for one in answer.attempts if one.sent_sha256]
    assert len(sent) == len(wire.requests)
    rows = [row for owner in OWNERS for row in found.store.of(owner).ledger()]
    assert len(rows) == len(sent)
    assert all(row.settled is not None for row in rows)
    sums = [row for owner in OWNERS for row in found.store.of(owner).spend(TODAY, TODAY)]
    assert sum(row.reserved for row in sums) == 0
    assert sum(row.attempts for row in sums) == len(sent)
    assert sum(row.cost for row in sums) == sum(one.cost_usd or Decimal(0) for one in sent)
    assert sum(row.unknown for row in sums) == sum(one.cost_usd is None for one in sent)
    carried = {(request.model, request.sha256) for request in wire.requests}
    assert carried == {(one.model, one.sent_sha256) for one in sent}
    assert all(len(sha256) == 1 for _, sha256 in carried)


def check_nothing_left(found: Storm, before: set[threading.Thread]) -> None:
    found.engine.close()
    until = time.monotonic() + 10

    def left() -> list[str]:
        ours = ("answer-", "listen-")
        return [one.name for one in threading.enumerate() if one not in before and one.name.startswith(ours)]

    while left() and time.monotonic() < until:
        time.sleep(0.02)
    assert left() == []
    assert [answer for owner in OWNERS for answer in found.store.of(owner).running_answers()] == []


def check_no_key(caplog: pytest.LogCaptureFixture) -> None:
    secrets = [key for key in KEYS.values() if key]
    for record in caplog.records:
        said = f"{record.getMessage()} {record.exc_text or ''} {record.args!r}"
        assert not [key for key in secrets if key in said], record.name


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_a_storm(
    wire: WireServer,
    own_store: Store,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(health_module, "_State", Watched)
    before = set(threading.enumerate())
    scripted(wire, seed, held=True)
    found = storm(own_store)
    with caplog.at_level(logging.DEBUG):
        found.ask(QUESTIONS)
        wire.wait_held(QUESTIONS, timeout=60)  # all of them at once
        wire.release()
        answers = found.end()
    assert len(answers) == QUESTIONS
    check_ended(answers)
    check_books(found, answers, wire)
    assert sum(answer.state is State.COMPLETE for answer in answers) > QUESTIONS * 0.9
    failed = [one for answer in answers for one in answer.attempts if one.outcome != "complete"]
    assert len(failed) >= QUESTIONS / 3 - 1
    assert {"rate_limited", "overloaded", "connection"} <= {one.outcome for one in failed}
    places = found.engine.router.health._states.values()
    watched = [one for one in places if isinstance(one, Watched) and isinstance(one.pace, WatchedPace)]
    assert [one.broken + one.pace.broken for one in watched] == [[]] * len(places)  # type: ignore[attr-defined]
    check_no_key(caplog)
    check_nothing_left(found, before)


def test_a_storm_under_caps(wire: WireServer, own_store: Store) -> None:
    """Each person's day and the whole installation's hold, at every moment, and bite."""
    scripted(wire, 5, held=True)
    before = set(threading.enumerate())
    upper = _upper(own_store)
    day, installation = upper * 8, upper * 24
    for owner in OWNERS:
        own_store.of(owner).set_preferences(Preferences(day_cap=day))
    found = storm(own_store, installation_day_cap=installation)
    seen: list[tuple[Decimal, ...]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            seen.append(tuple(_counted(own_store, owner) for owner in OWNERS))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        found.ask(QUESTIONS)
        found.wait_until(lambda done: done + wire.held == QUESTIONS)  # who got nothing of the cap has ended
        under_way = wire.held

        def all_ended(done: int) -> bool:
            wire.release()  # what is left of the replies that wait
            return done == QUESTIONS

        found.wait_until(all_ended)
        answers = found.end()
    finally:
        over.set()
        watching.join(10)
    seen.append(tuple(_counted(own_store, owner) for owner in OWNERS))
    assert len(seen) > 10
    assert all(each <= day for moment in seen for each in moment)
    assert all(sum(moment) <= installation for moment in seen)
    assert max(max(moment) for moment in seen) > day / 2
    assert 8 <= under_way <= 30  # so many upper prices fit
    check_ended(answers)
    check_books(found, answers, wire)
    capped = [answer for answer in answers if answer.outcome == "over_cap"]
    assert capped
    assert any(answer.state is State.COMPLETE for answer in answers)
    assert all("cap" in answer.sentence for answer in capped)
    check_nothing_left(found, before)


def _upper(store: Store) -> Decimal:
    """The most that an attempt of the storm can cost at the cheapest candidate."""
    engine = storm(store).engine
    shape = Shape(((640, 480),), Detail.NORMAL, ("What?" * 200,))
    plan = engine.plan("ann", "balanced", shape, text="What is total 1?")
    uppers = [one.estimate.upper for one in plan.candidates if one.estimate and one.estimate.upper]
    assert len(uppers) == 3
    return min(uppers)


def _counted(store: Store, owner: str) -> Decimal:
    """What counts against the day cap at this moment: one statement, so one moment."""
    rows = store.of(owner).spend(TODAY, TODAY)
    return sum((row.cost + row.reserved + row.unknown_upper for row in rows), Decimal(0))


def test_a_provider_that_is_down_is_soon_left_alone(wire: WireServer, own_store: Store) -> None:
    """All are asked of it before anybody knows; after that nobody, and its time is not waited out."""
    wire.reset()
    wire.script(*[fails("overloaded")] * QUESTIONS * 4, provider="anthropic")
    for owner in OWNERS:
        own_store.of(owner).set_preferences(Preferences(order=("anthropic", "openai"), own_order_first=True))
    found = storm(own_store)
    found.ask(QUESTIONS // 2)
    first = found.end()
    asked = [request.provider for request in wire.requests]
    assert asked.count("anthropic") <= QUESTIONS // 2 + FAILURES - 1
    assert all(answer.state is State.COMPLETE for answer in first)
    found.ids.clear()
    wire.requests.clear()
    found.ask(16)
    assert all(answer.state is State.COMPLETE for answer in found.end())
    assert {request.provider for request in wire.requests} == {"openai"}
    found.engine.close()
