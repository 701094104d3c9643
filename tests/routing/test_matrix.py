"""The fault matrix: every row of the attempts table, at every provider, before the reply and within the stream, as the
first, a middle and the last candidate. The real SDKs, over real sockets; waits are recorded and skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.routing.asked import (
    BALANCED,
    CATALOGUE,
    NAME,
    PROVIDERS,
    TODAY,
    Asker,
    Ear,
    Outcome,
    built,
    check_identity,
    check_ledger,
    in_order,
)
from tests.routing.faults import CLOUD, HANGS, ROWS, Row
from tests.wire import Fault, Play, WireServer, fails
from vision.errors import NoAnswer, OverCap
from vision.messages import Attempt, Stop, Usage
from vision.models.catalog import Catalogue, Model
from vision.models.prices import price
from vision.routing.attempting import Built
from vision.routing.steps import OUTCOMES
from vision.settings import Settings
from vision.store import Store
from vision.store.money_records import Caps, Spending

PLACES = ("first", "middle", "last")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def order(faulty: str, place: str) -> tuple[str, ...]:
    """All four, the faulty one in its place."""
    others = [one for one in PROVIDERS if one != faulty]
    others.insert({"first": 0, "middle": 2, "last": 3}[place], faulty)
    return tuple(others)


def cells() -> Iterator[object]:
    for row in ROWS:
        for provider in row.providers:
            for place in PLACES:
                marks = () if place == "first" or row.core else (pytest.mark.long,)
                yield pytest.param(row, provider, place, id=f"{row.name}-{provider}-{place}", marks=marks)


def play_out(asker: Asker, row: Row, faulty: str, place: str) -> Outcome:
    """Those before it do not have the model; it fails as ``row`` says, whenever it is asked; those after it answer."""
    before = order(faulty, place)[: order(faulty, place).index(faulty)]
    for one in before:
        asker.wire.script(fails("not_found"), provider=one)
    asker.wire.script(*[row.play] * (row.again + 2), provider=faulty)
    return asker.ask()


@pytest.mark.parametrize(("row", "faulty", "place"), list(cells()))
def test_a_cell(wire: WireServer, store: Store, row: Row, faulty: str, place: str) -> None:
    asker = Asker(wire, store, in_order(*order(faulty, place)))
    found = play_out(asker, row, faulty, place)
    check_walk(asker, found, row, faulty, place)
    check_identity(found)
    check_ledger(found, asker.owned)
    check_left_out(asker, row, faulty)
    check_words(found, row, faulty, place)


@pytest.mark.parametrize("row", HANGS, ids=lambda row: row.name)
@pytest.mark.parametrize("faulty", CLOUD)
def test_a_cell_of_silence(wire: WireServer, store: Store, row: Row, faulty: str) -> None:
    asker = Asker(wire, store, in_order(*order(faulty, "first")), Settings(answer_seconds=60, silence_seconds=0.5))
    found = play_out(asker, row, faulty, "first")
    check_walk(asker, found, row, faulty, "first")
    check_identity(found)
    check_ledger(found, asker.owned)
    check_words(found, row, faulty, "first")
    assert all(0.4 < one.seconds < 5 for one in found.of(faulty))


def check_walk(asker: Asker, found: Outcome, row: Row, faulty: str, place: str) -> None:
    """Who was asked, how often, with which outcome, after which wait, at which price; what was on the screen."""
    providers = order(faulty, place)
    at = providers.index(faulty)
    answered = providers[at + 1 : at + 2] if row.then == "next" else ()
    expected = [
        *[(one, "not_found") for one in providers[:at]],
        *[(faulty, row.outcome)] * (row.again + 1),
        *[(one, "complete") for one in answered],
    ]
    assert [(one.provider, one.outcome) for one in found.attempts] == expected
    assert [one.model for one in found.attempts] == [BALANCED[one] for one, _ in expected]
    assert found.ear.waits == pytest.approx(list(row.waits))
    waited = [0.0, *(row.waits or [0.0] * row.again)]
    assert [one.waited_seconds for one in found.of(faulty)] == pytest.approx(waited, abs=0.4)
    assert all(one.waited_seconds < 0.4 for one in found.attempts if one.provider != faulty)
    for one in found.of(faulty):
        check_price(one, row.price)
        assert one.text == (row.came if row.waits else "")  # of what broke off; an ending's text is the answer's
    for one in found.attempts:
        if one.outcome in ("complete", "not_found"):
            check_price(one, "free" if one.outcome == "not_found" else "known")


def check_price(attempt: Attempt, expected: str) -> None:
    if expected == "free":
        assert attempt.cost_usd == Decimal(0)
        assert attempt.usage == Usage()
    elif expected == "unknown" or attempt.provider == "compatible":
        assert attempt.cost_usd is None
    else:
        worth = price(CATALOGUE.models[attempt.model], attempt.usage, NOW)
        assert attempt.cost_usd == worth is not None
        assert worth > 0
        assert attempt.usage.input_tokens > 0


def check_left_out(asker: Asker, row: Row, faulty: str) -> None:
    """What is out until the day ends: the model, or all of the provider's; a few failures put nobody out."""
    here, elsewhere = asker.trouble(faulty, BALANCED[faulty]), asker.trouble(faulty, "another model")
    assert (here is not None, elsewhere is not None) == (row.out != "", row.out == "provider")


def check_words(found: Outcome, row: Row, faulty: str, place: str) -> None:
    providers = order(faulty, place)
    if row.then == "end":
        assert found.answer is not None
        assert (found.answer.provider, found.answer.stop) == (faulty, Stop(row.outcome))
        assert found.answer.text == found.ear.text == row.came
        assert found.answer.attempts == found.attempts
        assert found.answer.sent_sha256 == found.attempts[-1].sent_sha256
        assert found.answer.cost_usd == found.attempts[-1].cost_usd
        assert (found.answer.explanation != "") is (row.outcome in ("refused", "blocked"))
        return
    if place == "last":
        assert found.answer is None
        assert isinstance(found.error, NoAnswer)
        said = found.error.sentence
        assert said.startswith("Nobody could answer: ")
    else:
        assert found.answer is not None
        winner = providers[providers.index(faulty) + 1]
        assert found.answer.provider == winner
        assert found.answer.text == found.ear.text
        assert "I received 1 picture of 640x480 pixels" in found.answer.text
        (said,) = found.answer.notes
        assert said.startswith(f"Answered by {NAME[winner]} because ")
    assert NAME[faulty] in said
    if row.outcome != "not_found":  # else told together with those before it
        assert f"{NAME[faulty]} {row.reason}" in said
        assert "tried three times" in said or row.again != 2
    assert "sk-" not in said
    assert "AIza" not in said


def test_the_matrix_has_every_row() -> None:
    played = {row.outcome for row in ROWS}
    assert played | {"stopped", "over_cap", "invalid"} == OUTCOMES  # those have tests of their own (invalid: mending)
    for outcome in played - {"refused", "blocked"}:
        assert {one for row in ROWS if row.outcome == outcome for one in row.providers} == set(PROVIDERS)


# -- rows that a service does not play --------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("faulty", PROVIDERS)
def test_stopped_in_the_middle_of_its_stream(wire: WireServer, store: Store, faulty: str, place: str) -> None:
    asker = Asker(wire, store, in_order(*order(faulty, place)))
    for one in order(faulty, place)[: order(faulty, place).index(faulty)]:
        wire.script(fails("not_found"), provider=one)
    wire.script(Play(chunks=("one", " two", " three"), hold_before=(2,)), provider=faulty)
    found = asker.ask(ear=Ear(asker.clock, stop_at=2))
    assert (found.answer, found.error) == (None, None)
    assert found.attempts[-1].provider == faulty
    assert found.attempts[-1].outcome == "stopped"
    assert found.attempts[-1].cost_usd is None
    assert found.ear.text == "one two"
    assert wire.requests[-1].left.wait(5)
    check_identity(found)
    check_ledger(found, asker.owned)


@pytest.mark.parametrize("faulty", PROVIDERS)
def test_stopped_while_it_waits(wire: WireServer, store: Store, faulty: str) -> None:
    asker = Asker(wire, store, in_order(*order(faulty, "first")))
    wire.script(fails("rate_limited", headers={"retry-after": "15"}), provider=faulty)
    found = asker.ask(ear=Ear(asker.clock, during_wait=True))
    assert (found.answer, found.error, found.ear.waits) == (None, None, [15.0])
    assert [one.outcome for one in found.attempts] == ["rate_limited"]
    check_identity(found)
    check_ledger(found, asker.owned)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("faulty", CLOUD)  # a server of one's own costs nothing: it passes no cap
def test_over_cap_once_others_have_spent_it(wire: WireServer, store: Store, faulty: str, place: str) -> None:
    """It was a candidate; when its turn has come, another question of hers has used the cap up."""
    asker = Asker(wire, store, replace(in_order(*order(faulty, place)), day_cap=Decimal(10)))
    before = order(faulty, place)[: order(faulty, place).index(faulty)]
    for one in before:
        wire.script(fails("not_found"), provider=one)

    def late(model: Model) -> Built:
        if model.provider == faulty:
            other = Spending("chat", "another", "openai", "gpt-6-luna", upper=Decimal(10))
            asker.owned.reserve(other, Caps(day=Decimal(10)), TODAY, NOW)
        return built(model)

    found = asker.ask(build=late)
    assert isinstance(found.error, OverCap)
    assert "your cap of $10.00 a day" in found.error.sentence
    assert "Settings" in found.error.sentence
    assert [(one.provider, one.outcome) for one in found.attempts] == [
        *[(one, "not_found") for one in before],
        (faulty, "over_cap"),
    ]
    assert (found.attempts[-1].cost_usd, found.attempts[-1].sent_sha256) == (Decimal(0), ())
    check_identity(found)  # nothing was sent to it
    assert len(found.ledger) == len(before) + 1


@pytest.mark.parametrize("outcome", ["too_large", "bad_request"])
@pytest.mark.parametrize("faulty", PROVIDERS)
def test_nobody_with_the_same_limits_is_asked(wire: WireServer, store: Store, faulty: str, outcome: str) -> None:
    """The next candidate has the same limits and is passed over; where all have, it stops."""
    first, twin, other, last = order(faulty, "first")
    asker = Asker(wire, store, in_order(first, twin, other, last), catalogue=_alike(first, twin))
    wire.script(fails(outcome), provider=faulty)
    found = asker.ask()
    assert [(one.provider, one.outcome) for one in found.attempts] == [(faulty, outcome), (other, "complete")]
    asker = Asker(wire, store, in_order(first, twin, other, last), catalogue=_alike(first, twin, other, last))
    wire.script(fails(outcome), provider=faulty)
    found = asker.ask()
    assert [(one.provider, one.outcome) for one in found.attempts] == [(faulty, outcome)]
    assert found.error is not None
    assert found.error.outcome == outcome
    check_identity(found)
    check_ledger(found, asker.owned)


def _alike(*providers: str) -> Catalogue:
    """A catalogue in which the models of Balanced at these providers take just the same."""
    models = dict(CATALOGUE.models)
    template = CATALOGUE.template
    like = template if providers[0] == "compatible" else models[BALANCED[providers[0]]]
    for one in providers:
        was = template if one == "compatible" else models[BALANCED[one]]
        made = replace(
            was, weights=like.weights, image=like.image, context_tokens=like.context_tokens,
            max_pictures=like.max_pictures, pictures=like.pictures, schema=like.schema,
        )  # fmt: skip
        if one == "compatible":
            template = made
        else:
            models[made.id] = made
    return replace(CATALOGUE, models=models, template=template)


def test_what_was_never_sent_costs_nothing(wire: WireServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at the address: no attempt reached anybody."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    asker = Asker(wire, store, in_order("anthropic", "openai"))
    found = asker.ask()
    assert [one.outcome for one in found.attempts] == ["connection"] * 3 + ["complete"]
    assert [one.cost_usd for one in found.attempts[:3]] == [Decimal(0)] * 3
    assert [one.provider for one in found.requests] == ["openai"]
    check_ledger(found, asker.owned)


@pytest.mark.parametrize("faulty", PROVIDERS)
def test_another_fault_each_time(wire: WireServer, store: Store, faulty: str) -> None:
    """Attempts at one model are counted together, whatever went wrong; then it answers at the third try."""
    asker = Asker(wire, store, in_order(faulty))
    wire.script(fails("rate_limited", headers={"retry-after": "3"}), provider=faulty)
    wire.script(Play(chunks=("Half", " of"), fault=Fault("cut", 1)), provider=faulty)
    found = asker.ask()
    assert [one.outcome for one in found.attempts] == ["rate_limited", "connection", "complete"]
    assert found.ear.waits == pytest.approx([3.0, 1.5])
    assert (found.attempts[1].text, found.ear.put_aside) == ("Half", ["Half"])
    assert found.answer is not None
    assert found.answer.notes[0].startswith(f"Answered by {NAME[faulty]} at the third try")
    check_identity(found)
    check_ledger(found, asker.owned)
