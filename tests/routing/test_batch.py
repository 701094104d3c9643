"""A question of a batch: nobody sits in front of it, and hundreds of others of its run are under way."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.routing.asked import BALANCED, CATALOGUE, TODAY, Asker, Ear, in_order
from tests.wire import WireServer
from vision.errors import NoAnswer, OverCap
from vision.messages import Detail
from vision.routing.estimating import Shape
from vision.routing.health import FAILURES, LEFT_OUT_SECONDS, TRIAL_SECONDS, Place
from vision.routing.levels import wanted
from vision.routing.pace import LONGEST_WAIT_SECONDS
from vision.routing.plan import Plan
from vision.routing.router import Question
from vision.routing.trail import Trail
from vision.settings import Settings, Typed, credentials
from vision.store import Store
from vision.store.money_records import Caps, Preferences, Settled, Spending

CLAUDE = BALANCED["anthropic"]
RUN: dict[str, Any] = {"job": "batch", "run": "run-1", "interactive": False}
PLENTY = Decimal(1000)


def plan(asker: Asker, word: str = "balanced", **more: Any) -> Plan:
    shape = Shape(((640, 480),), Detail.NORMAL, ("What is the total?",))
    return asker.router.plan(asker.owned, Question("question", wanted(word), "What is the total?", shape, **more))


def upper(asker: Asker, word: str = CLAUDE) -> Decimal:
    """The most that one question can cost."""
    found = plan(asker, word).candidates[0].estimate
    assert found is not None
    assert found.upper is not None
    return found.upper


def under_way(asker: Asker, amount: Decimal, run: str = "run-1") -> str:
    """Another question of the run has so much set aside."""
    spending = Spending("batch", "another", "anthropic", CLAUDE, run=run, upper=amount)
    return asker.owned.reserve(spending, Caps(), TODAY, datetime.now(UTC))


# -- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("run_cap", "own"), [(None, "tight"), (PLENTY, "tight"), ("tight", None), ("tight", PLENTY)])
def test_a_run_keeps_the_smaller_of_its_own_cap_and_the_one_in_settings(
    wire: WireServer, store: Store, run_cap: Decimal | str | None, own: Decimal | str | None
) -> None:
    free = Asker(wire, store, in_order())
    tight = upper(free) * 2
    caps = [tight if cap == "tight" else cap for cap in (run_cap, own)]
    asker = Asker(wire, store, in_order(run_cap=caps[0]))
    under_way(asker, tight / 2)
    assert asker.ask(CLAUDE, more={**RUN, "run_budget": caps[1]}).error is None  # exactly at the cap
    under_way(asker, tight / 2)
    found = asker.ask(CLAUDE, more={**RUN, "run_budget": caps[1]})
    assert isinstance(found.error, OverCap)
    assert found.error.scope == "run"
    assert found.requests == ()
    assert asker.ask(CLAUDE, more={**RUN, "run": "run-2", "run_budget": caps[1]}).error is None


def test_outside_a_run_there_is_no_cap_of_one(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order())
    assert asker.ask(CLAUDE, more={"run_budget": Decimal("0.000001")}).error is None
    compared = {"job": "compare", "run": "round-1", "run_budget": Decimal("0.000001")}
    assert asker.ask(CLAUDE, more=compared).error is None  # a round of a comparison keeps its question's cap


def test_a_cap_does_not_shorten_the_answers_of_a_batch(
    wire: WireServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is only set aside by others of the run: it may be there in a moment."""
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "LOUPE_COMPATIBLE_URL"):
        monkeypatch.delenv(name)
    asker = Asker(wire, store, Preferences())
    most = upper(asker)
    budget: dict[str, Any] = {"run_budget": most * Decimal("1.5")}
    row = under_way(asker, most)
    short = asker.ask(CLAUDE, more={"run": "run-1", **budget})  # a person gets a shorter one, and sees it
    assert short.requests[0].body["max_tokens"] < CATALOGUE.models[CLAUDE].max_output_tokens
    for word in (CLAUDE, "balanced"):
        found = asker.ask(word, more={**RUN, **budget})
        assert isinstance(found.error, OverCap)
        assert (found.error.scope, found.requests) == ("run", ())
    level = {one.model.id: one for one in plan(asker, **RUN, **budget).standings}
    assert (level[CLAUDE].code, level[CLAUDE].output_cap) == ("over_cap", None)
    asker.owned.settle(row, Settled("complete", cost=Decimal(0)))
    whole = asker.ask(CLAUDE, more={**RUN, **budget})
    assert whole.requests[0].body["max_tokens"] == CATALOGUE.models[CLAUDE].max_output_tokens


# -- time -------------------------------------------------------------------------------------------------------------


def claude(asker: Asker) -> Place:
    return Place.of("anthropic", credentials(Typed())["anthropic"])


def test_a_batch_waits_for_its_turn_with_patience(wire: WireServer, store: Store) -> None:
    """Longer than a person would, and than the whole time for a question, which begins with its turn."""
    asker = Asker(wire, store, in_order(), Settings(answer_seconds=1, silence_seconds=1))
    asker.router.health.slow_down(claude(asker), 100.0)
    waited = threading.Timer(0.3, asker.clock.skip, [100.0])
    waited.start()
    found = asker.ask(CLAUDE, more=RUN)
    assert [one.outcome for one in found.attempts] == ["complete"]
    assert found.attempts[0].waited_seconds >= 100


def test_a_person_does_not(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order())
    asker.router.health.slow_down(claude(asker), LONGEST_WAIT_SECONDS)
    asker.router.health.slow_down(claude(asker), LONGEST_WAIT_SECONDS * 2)
    asker.clock.skip(LONGEST_WAIT_SECONDS)
    assert asker.ask(CLAUDE).error is None


def test_stop_ends_the_waiting_at_once(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order())
    asker.router.health.slow_down(claude(asker), 500.0)
    ear = Ear(asker.clock)
    threading.Timer(0.2, ear.ended.set).start()
    began = time.monotonic()
    found = asker.ask(CLAUDE, ear=ear, more=RUN)
    assert time.monotonic() - began < 2
    assert (found.answer, found.error, found.requests) == (None, None, ())


def test_rests_are_not_of_the_time_for_a_question(store: Store) -> None:
    trail = Trail(store.of("ann").settle)
    with trail.resting():
        assert trail.first_asked is None
    trail.asked(service=True)
    first = trail.first_asked
    assert first is not None
    with trail.resting():
        time.sleep(0.05)
        resting = trail.first_asked
    time.sleep(0.05)
    after = trail.first_asked
    assert resting is not None
    assert after is not None
    assert first + 0.05 <= resting <= after < time.monotonic() - 0.04


# -- who is left alone ------------------------------------------------------------------------------------------------


def test_a_batch_does_not_insist_on_who_is_left_out(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order())
    for _ in range(FAILURES):
        asker.router.health.ended(claude(asker), object(), "overloaded")
    question = Question("question", wanted(CLAUDE), "What?", Shape((), Detail.NORMAL, ("What?",)), **RUN)
    out = asker.router.seconds_out(asker.owned, question)
    assert out == pytest.approx(LEFT_OUT_SECONDS, abs=1)
    found = asker.ask(CLAUDE, more=RUN)
    assert found.error is not None
    assert (found.error.outcome, found.requests, found.anything_sent) == ("overloaded", (), False)
    asker.clock.skip(LEFT_OUT_SECONDS)
    assert asker.router.seconds_out(asker.owned, question) is None
    found = asker.ask(CLAUDE, more=RUN)
    assert (found.error, found.anything_sent) == (None, True)


def test_how_long_nobody_can_be_asked(wire: WireServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the first of them is out, and only where waiting helps."""
    for name in ("OPENAI_API_KEY", "LOUPE_COMPATIBLE_URL"):
        monkeypatch.delenv(name)
    asker = Asker(wire, store, Preferences())
    question = Question("question", wanted("balanced"), "What?", Shape((), Detail.NORMAL, ("What?",)), **RUN)
    gemini = Place.of("gemini", credentials(Typed())["gemini"])

    def out() -> float | None:
        return asker.router.seconds_out(asker.owned, question)

    assert out() is None
    for _ in range(FAILURES):
        asker.router.health.ended(claude(asker), object(), "overloaded")
    assert out() is None  # Gemini can be asked
    asker.router.health.slow_down(gemini, 30.0)
    assert out() == pytest.approx(30, abs=1)
    asker.router.health.leave_out(gemini, "provider", "", TODAY, "has no credit left")
    assert out() == pytest.approx(LEFT_OUT_SECONDS, abs=1)  # it is not waited for
    trial = object()
    asker.clock.skip(LEFT_OUT_SECONDS)
    assert asker.router.health.admit(claude(asker), trial)
    assert out() == TRIAL_SECONDS
    asker.router.health.leave_out(claude(asker), "provider", "", TODAY, "did not accept the key")
    assert out() is None
    assert {one.reason for one in plan(asker, **RUN).standings} >= {"has no credit left", "did not accept the key"}
    found = asker.ask(more=RUN)
    assert isinstance(found.error, NoAnswer)
    assert not found.anything_sent
