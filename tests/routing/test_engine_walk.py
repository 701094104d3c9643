"""The same through the engine: what a person sees while one attempt breaks and the next begins, what is stored of it,
silence, the time for the whole question, and Stop at every moment."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.answering.conftest import engine_of
from tests.answering.talks import OWNER, Talks
from tests.routing.asked import BALANCED, NAME, PROVIDERS, TODAY, in_order
from tests.routing.faults import CLOUD
from tests.wire import Fault, Play, WireServer, fails
from vision.answering.engine import Engine
from vision.settings import Settings
from vision.store import State, Store, StoredAnswer
from vision.store.money_records import LedgerEntry, Preferences

SAID = ("It says ", "twelve ", "fifty.")


@dataclass
class Person:
    """With a talk, a picture and four candidates in an order of her own."""

    talks: Talks

    @classmethod
    def with_order(cls, store: Store, engine: Engine, preferences: Preferences) -> Person:
        talks = Talks(store, engine)
        talks.owned.set_preferences(preferences)
        return cls(talks)

    def asks(self) -> str:
        return self.talks.ask("What is the total?", self.talks.picture(), model="balanced")

    def ledger(self) -> tuple[LedgerEntry, ...]:
        return self.talks.owned.ledger()


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'loupe.db'}", (tmp_path / "blobs").as_uri())
    yield opened
    opened.close()


@pytest.fixture
def engines(own_store: Store, wire: WireServer) -> Iterator[list[Engine]]:
    wire.reset()
    made: list[Engine] = []
    yield made
    for engine in made:
        engine.close()


def person(
    store: Store,
    engines: list[Engine],
    order: tuple[str, ...],
    *,
    answer_seconds: float = 30.0,
    silence_seconds: float = 30.0,
) -> Person:
    engine = engine_of(store, Settings(answer_seconds=answer_seconds, silence_seconds=silence_seconds))
    engines.append(engine)
    return Person.with_order(store, engine, in_order(*order))


def rotated(first: str) -> tuple[str, ...]:
    at = PROVIDERS.index(first)
    return PROVIDERS[at:] + PROVIDERS[:at]


def outcomes(answer: StoredAnswer) -> list[tuple[str, str]]:
    return [(one.provider, one.outcome) for one in answer.attempts]


def check_kept(answer: StoredAnswer, her: Person, wire: WireServer) -> None:
    """Pictures as they were sent, and a settled row for each attempt."""
    sent = [one for one in answer.attempts if one.sent_sha256]
    assert [one.sha256 for one in wire.requests] == [one.sent_sha256 for one in sent]
    rows = Counter((row.spending.model, row.settled.outcome, row.settled.cost) for row in her.ledger() if row.settled)
    assert rows == Counter((one.model, one.outcome, one.cost_usd) for one in sent)
    assert len(her.ledger()) == len(sent)
    assert {row.spending.question for row in her.ledger()} <= {answer.id}


BREAKS = {
    "error": (Fault("error_event", 2, "overloaded"), "overloaded"),
    "cut": (Fault("cut", 2), "connection"),
    "drop": (Fault("drop", 2), "connection"),
    "bad json": (Fault("bad_json", 2), "broken_answer"),
}


@pytest.mark.parametrize("way", [pytest.param(one, marks=() if one == "cut" else pytest.mark.long) for one in BREAKS])
@pytest.mark.parametrize("faulty", PROVIDERS)
def test_a_broken_stream_begins_anew_on_the_screen(
    wire: WireServer, own_store: Store, engines: list[Engine], faulty: str, way: str
) -> None:
    fault, outcome = BREAKS[way]
    her = person(own_store, engines, rotated(faulty))
    winner = rotated(faulty)[1]
    wire.script(*[Play(chunks=SAID, fault=fault)] * 3, provider=faulty)
    wire.script(Play(chunks=("Twelve ", "fifty."), hold_before=(1,)), provider=winner)
    answer_id = her.asks()
    live = her.talks.live(answer_id)
    wire.wait_held(timeout=20)
    assert live.wait_for(lambda: live.text == "Twelve ", 10)  # nothing of what broke off
    assert live.begun_anew == 3
    wire.release()
    answer = her.talks.end(answer_id)
    assert (answer.state, answer.text, answer.provider) == (State.COMPLETE, "Twelve fifty.", winner)
    assert outcomes(answer) == [(faulty, outcome)] * 3 + [(winner, "complete")]
    assert [one.text for one in answer.attempts] == ["It says twelve "] * 3 + [""]
    assert [one.cost_usd for one in answer.attempts[:3]] == [None] * 3
    assert answer.sent_sha256 == answer.attempts[-1].sent_sha256 == wire.requests[-1].sha256
    (note,) = answer.notes
    assert note.startswith(f"Answered by {NAME[winner]} because {NAME[faulty]} ")
    assert "tried three times" in note
    check_kept(answer, her, wire)


@pytest.mark.parametrize("faulty", PROVIDERS)
def test_when_all_break_what_came_last_is_kept(
    wire: WireServer, own_store: Store, engines: list[Engine], faulty: str
) -> None:
    her = person(own_store, engines, rotated(faulty))
    for provider in rotated(faulty)[:-1]:
        wire.script(*[fails("server_error")] * 3, provider=provider)
    last = rotated(faulty)[-1]
    wire.script(*[Play(chunks=SAID, fault=Fault("cut", 2))] * 3, provider=last)
    answer = her.talks.end(her.asks())
    assert (answer.state, answer.outcome, answer.text) == (State.FAILED, "no_answer", "It says twelve ")
    assert answer.sentence.startswith("Nobody could answer: ")
    assert all(name in answer.sentence for name in NAME.values())
    assert len(answer.attempts) == 12
    check_kept(answer, her, wire)
    again = her.talks.engine.ask_again(OWNER, answer.turn_id, model="balanced")  # Try again
    assert her.talks.end(again).state is State.COMPLETE


# -- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces", [None, pytest.param(1, marks=pytest.mark.long)], ids=["before the reply", "in the stream"]
)
@pytest.mark.parametrize("faulty", CLOUD)
def test_who_is_silent_is_given_up(
    wire: WireServer, own_store: Store, engines: list[Engine], faulty: str, pieces: int | None
) -> None:
    her = person(own_store, engines, rotated(faulty), silence_seconds=0.6, answer_seconds=15.0)
    wire.script(*[Play(chunks=SAID, fault=Fault("hang", pieces))] * 3, provider=faulty)
    began = time.monotonic()
    answer = her.talks.end(her.asks(), seconds=15)
    assert (answer.state, answer.provider) == (State.COMPLETE, rotated(faulty)[1])
    assert outcomes(answer)[:-1] == [(faulty, "timeout")] * 3
    assert all(0.5 < one.seconds < 4 for one in answer.attempts[:-1])
    assert [one.cost_usd for one in answer.attempts[:-1]] == [None] * 3
    assert time.monotonic() - began < 15
    check_kept(answer, her, wire)


def test_the_time_is_for_all_attempts_together(wire: WireServer, own_store: Store, engines: list[Engine]) -> None:
    """All are silent: it ends in time, with every attempt told."""
    her = person(own_store, engines, PROVIDERS, silence_seconds=0.5, answer_seconds=2.5)
    for provider in PROVIDERS:
        wire.script(*[Play(fault=Fault("hang"))] * 3, provider=provider)
    began = time.monotonic()
    answer = her.talks.end(her.asks(), seconds=15)
    assert 1.5 < time.monotonic() - began < 8
    assert (answer.state, answer.outcome) == (State.FAILED, "no_answer")
    assert {one.outcome for one in answer.attempts} == {"timeout"}
    assert len(answer.attempts) >= 3
    assert "did not answer in time" in answer.sentence
    check_kept(answer, her, wire)


@pytest.mark.parametrize("faulty", PROVIDERS)
def test_a_stream_that_only_drips_has_no_longer_either(
    wire: WireServer, own_store: Store, engines: list[Engine], faulty: str
) -> None:
    """Never silent, never done: what came is kept, and it says so."""
    her = person(own_store, engines, rotated(faulty), answer_seconds=1.5)
    wire.script(Play(chunks=("on ",) * 400, delay_seconds=0.05), provider=faulty)
    answer = her.talks.end(her.asks(), seconds=15)
    assert (answer.state, answer.outcome) == (State.FAILED, "timeout")
    assert answer.text.startswith("on on ")
    assert outcomes(answer) == [(faulty, "timeout")]
    assert wire.requests[-1].left.wait(5)
    check_kept(answer, her, wire)


# -- Stop -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [None, 1], ids=["before the reply", "in the stream"])
@pytest.mark.parametrize("faulty", PROVIDERS)
def test_stop_while_it_hangs(
    wire: WireServer, own_store: Store, engines: list[Engine], faulty: str, pieces: int | None
) -> None:
    """After another one has failed: both attempts are told, and what the second cost is not known."""
    order = (*[one for one in PROVIDERS if one != faulty][:1], faulty)
    her = person(own_store, engines, order)
    wire.script(fails("not_found"), provider=order[0])
    wire.script(Play(chunks=SAID, fault=Fault("hang", pieces)), provider=faulty)
    answer_id = her.asks()
    wire.wait_held(timeout=20)
    live = her.talks.live(answer_id)
    assert live.wait_for(lambda: live.text == ("" if pieces is None else SAID[0]), 10)
    began = time.monotonic()
    her.talks.engine.stop(OWNER, answer_id)
    answer = her.talks.end(answer_id, seconds=5)
    assert time.monotonic() - began < 3
    assert (answer.state, answer.text) == (State.STOPPED, live.text)
    assert outcomes(answer) == [(order[0], "not_found"), (faulty, "stopped")]
    assert answer.attempts[-1].cost_usd is answer.cost_usd is None
    wire.release()
    time_left = time.monotonic() + 5
    while any(row.settled is None for row in her.ledger()) and time.monotonic() < time_left:
        time.sleep(0.02)
    check_kept(answer, her, wire)


@pytest.mark.parametrize("faulty", CLOUD)
def test_stop_while_it_waits_to_ask_again(
    wire: WireServer, own_store: Store, engines: list[Engine], faulty: str
) -> None:
    her = person(own_store, engines, (faulty,))
    wire.script(fails("rate_limited", headers={"retry-after": "15"}), provider=faulty)
    answer_id = her.asks()
    live = her.talks.live(answer_id)
    assert live.wait_for(lambda: "asking again in 15 s" in live.status, 20)
    began = time.monotonic()
    her.talks.engine.stop(OWNER, answer_id)
    answer = her.talks.end(answer_id, seconds=5)
    assert time.monotonic() - began < 3
    assert (answer.state, outcomes(answer)) == (State.STOPPED, [(faulty, "rate_limited")])
    assert answer.cost_usd == 0  # an error reply before any word
    check_kept(answer, her, wire)


def test_stop_while_it_waits_for_its_turn(wire: WireServer, own_store: Store, engines: list[Engine]) -> None:
    """Another question was told to wait: this one would go at a time of its own, and never went."""
    her = person(own_store, engines, ("anthropic",))
    wire.script(fails("rate_limited", headers={"retry-after": "15"}), provider="anthropic")
    first = her.asks()
    live = her.talks.live(first)
    assert live.wait_for(lambda: "asking again in 15 s" in live.status, 20)
    second = replace(her.talks, conversation_id="")
    answer_id = second.ask("And this?", second.picture(), model=BALANCED["anthropic"])
    waiting = second.live(answer_id)
    assert not waiting.wait_for(lambda: waiting.done, 0.3)
    for one in (answer_id, first):
        her.talks.engine.stop(OWNER, one)
    stopped = second.end(answer_id, seconds=5)
    assert (stopped.state, stopped.attempts) == (State.STOPPED, ())
    assert her.talks.end(first, seconds=5).state is State.STOPPED
    assert len(wire.requests) == 1


def test_pictures_of_a_talk_go_whole_to_whoever_answers(
    wire: WireServer, own_store: Store, engines: list[Engine]
) -> None:
    """Each provider is sent its own bytes of the picture, and the same ones whenever it is asked."""
    her = person(own_store, engines, PROVIDERS)
    for provider in PROVIDERS[:2]:
        wire.script(*[fails("overloaded")] * 3, provider=provider)
    first = her.talks.end(her.asks())
    second = her.talks.end(her.talks.ask("And the date?", model="balanced"))
    assert [first.provider, second.provider] == ["gemini", "anthropic"]
    assert [len(sent.sha256) for sent in wire.requests] == [1] * 8
    assert len({(sent.model, sent.sha256) for sent in wire.requests}) == 3
    assert {row.day for row in her.ledger()} == {TODAY}
