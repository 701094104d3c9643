"""The walk: exact models, levels, Auto with the reader first, the climb from Quick, local models, successors, skips."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.answering.talks import drawn
from tests.providers.talks import picture
from tests.routing.asked import (
    BALANCED,
    CATALOGUE,
    LOCAL,
    NAME,
    PROVIDERS,
    TODAY,
    Asker,
    Ear,
    Fields,
    Outcome,
    built,
    check_identity,
    check_ledger,
    in_order,
)
from tests.wire import Fault, Play, WireServer, fails
from vision.errors import BadRequest, NoAnswer, ProviderError
from vision.messages import Prepared, Request, Stop, Turn
from vision.models.catalog import READER, Model
from vision.routing.attempting import Built
from vision.routing.connecting import NotSetUp
from vision.routing.health import FAILURES, LEFT_OUT_SECONDS, Place
from vision.settings import Settings, Typed, credentials
from vision.store import Store
from vision.store.money_records import Caps, Preferences, Settled, Spending

READS = "What is the total?"  # a question that Auto gives to the reader
LOOKS = "What colour is it?"  # a short one that the reader cannot answer
QUICK = {"anthropic": "claude-haiku-5-5", "openai": "gpt-6-luna", "gemini": "gemini-3.5-flash-lite"}


def asked(found: Outcome) -> list[tuple[str, str, str]]:
    return [(one.provider, one.model, one.outcome) for one in found.attempts]


def check(found: Outcome, asker: Asker) -> None:
    check_ledger(found, asker.owned)
    sent = [one for one in found.sent if one.provider != READER]
    assert [one.sha256 for one in found.requests] == [one.sent_sha256 for one in sent]


def prepared(data: bytes) -> Prepared:
    return replace(picture(), data=data, sha256=hashlib.sha256(data).hexdigest())


def showing(data: bytes, text: str = READS) -> object:
    """A ``Build`` of a question about these bytes, for whoever is asked."""

    def build(model: Model) -> Built:
        sent = prepared(data)
        turns = (Turn("user", text, (sent,)),)
        return Built(Request(model.id, turns, model.max_output_tokens, effort=model.effort), (sent.sha256,))

    return build


# -- one exact model --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_exact_model_never_falls_back(wire: WireServer, store: Store, provider: str) -> None:
    asker = Asker(wire, store, in_order(*PROVIDERS))
    wire.script(*[fails("overloaded")] * 3, provider=provider)
    word = f"compatible:{LOCAL}" if provider == "compatible" else BALANCED[provider]
    found = asker.ask(word)
    assert asked(found) == [(provider, BALANCED[provider], "overloaded")] * 3
    assert found.error is not None
    assert found.error.outcome == "overloaded"
    check_identity(found)
    check(found, asker)


def test_an_exact_model_is_asked_though_it_is_left_out(wire: WireServer, store: Store) -> None:
    """She insists on it: neither the breaker nor what is out for the day keeps her from it."""
    asker = Asker(wire, store, in_order("openai"))
    place = Place.of("anthropic", credentials(Typed())["anthropic"])
    for _ in range(FAILURES):
        asker.router.health.ended(place, object(), "overloaded")
    asker.router.health.leave_out(place, "provider", "", TODAY, "it was out of credit")
    assert asked(asker.ask()) == [("openai", BALANCED["openai"], "complete")]
    assert asked(asker.ask(BALANCED["anthropic"])) == [("anthropic", BALANCED["anthropic"], "complete")]


def test_an_exact_model_without_a_key_is_not_set_up(
    wire: WireServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    asker = Asker(wire, store, in_order(*PROVIDERS))
    found = asker.ask(BALANCED["anthropic"])
    assert isinstance(found.error, NotSetUp)
    assert (found.attempts, found.requests, found.ledger) == ((), (), ())


@pytest.mark.parametrize("word", ["balanced", BALANCED["anthropic"]])
def test_smaller_pictures_than_chosen_are_sent_only_to_who_was_chosen(
    wire: WireServer, store: Store, word: str
) -> None:
    asker = Asker(wire, store, in_order("anthropic", "openai"))

    def build(model: Model) -> Built:
        return replace(built(model), shrunk=model.provider == "anthropic")

    found = asker.ask(word, build=build)
    claude = ("anthropic", BALANCED["anthropic"])
    if word == "balanced":
        assert asked(found) == [(*claude, "too_large"), ("openai", BALANCED["openai"], "complete")]
        assert (found.attempts[0].cost_usd, found.attempts[0].sent_sha256) == (Decimal(0), ())
        assert "smaller pictures" in found.attempts[0].sentence
    else:
        assert asked(found) == [(*claude, "complete")]
    check(found, asker)


def test_a_build_that_does_not_fit_is_an_attempt_that_cost_nothing(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order("anthropic", "openai"))

    def build(model: Model) -> Built:
        if model.provider == "anthropic":
            raise BadRequest("It takes no such thing.", provider="anthropic", model=model.id)
        return built(model)

    found = asker.ask(build=build)
    assert [one.outcome for one in found.attempts] == ["bad_request", "complete"]
    check(found, asker)


# -- levels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "tier"), [("simple", "quick"), ("", "balanced"), ("complex", "best")])
def test_the_cheapest_of_a_level_is_asked(wire: WireServer, store: Store, word: str, tier: str) -> None:
    asker = Asker(wire, store, Preferences())
    found = asker.ask(word)
    ((_, model, outcome),) = asked(found)
    assert outcome == "complete"
    assert CATALOGUE.models[model].level == tier
    assert found.answer is not None
    assert found.answer.notes == ()
    assert [entry.spending.level for entry in found.ledger] == [tier]
    assert found.ledger[0].spending.upper is not None
    assert found.ledger[0].spending.upper >= (found.answer.cost_usd or Decimal(0)) > 0
    check_identity(found)


def test_a_retired_model_is_stood_in_for_with_a_note(
    wire: WireServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = replace(CATALOGUE.models["claude-sonnet-4-5"], level="balanced", retires=date(2026, 11, 1))
    heir = replace(CATALOGUE.models["claude-sonnet-5-5"], level=None)
    models = {**CATALOGUE.models, ended.id: ended, heir.id: heir}
    asker = Asker(wire, store, in_order("anthropic"), catalogue=replace(CATALOGUE, models=models))
    note = "Claude Sonnet 4.5 ended on 1 November 2026: Claude Sonnet 5.5 stands in for it."
    for word in ("balanced", ended.id):
        found = asker.ask(word)
        assert asked(found) == [("anthropic", heir.id, "complete")]
        assert found.answer is not None
        assert found.answer.notes == (note,)


def test_what_failed_today_is_not_asked_again_today(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order("anthropic", "openai", "gemini"))
    wire.script(fails("no_credit"), provider="anthropic")
    wire.script(fails("not_found"), provider="openai")
    assert [one.outcome for one in asker.ask().attempts] == ["out_of_credit", "not_found", "complete"]
    assert asked(asker.ask()) == [("gemini", BALANCED["gemini"], "complete")]
    quick = asker.ask("quick")  # the other models of OpenAI are not gone
    assert asked(quick) == [("openai", QUICK["openai"], "complete")]


def test_five_failures_running_leave_a_provider_out_until_one_request_has_tried_it(
    wire: WireServer, store: Store
) -> None:
    asker = Asker(wire, store, in_order("anthropic", "openai"))
    wire.script(*[fails("server_error")] * 6, provider="anthropic")
    asker.ask()
    second = asker.ask()
    outcomes = ["server_error", "server_error", "overloaded", "complete"]  # the third was not sent any more
    assert [one.outcome for one in second.attempts] == outcomes
    assert second.attempts[2].sent_sha256 == ()
    assert [one.provider for one in asker.ask().attempts] == ["openai"]
    asker.clock.skip(LEFT_OUT_SECONDS)
    trial = asker.ask()  # the sixth failure
    assert [one.outcome for one in trial.attempts] == ["server_error", "overloaded", "complete"]
    asker.clock.skip(LEFT_OUT_SECONDS)
    assert asked(asker.ask()) == [("anthropic", BALANCED["anthropic"], "complete")]
    assert asker.trouble("anthropic", BALANCED["anthropic"]) is None


@pytest.mark.parametrize("why", ["stopped", "over_cap"])
def test_a_trial_that_is_never_sent_leaves_the_trial_to_others(wire: WireServer, store: Store, why: str) -> None:
    """Stopped, or past a cap, between its turn and its sending."""
    asker = Asker(wire, store, replace(in_order("anthropic", "openai"), day_cap=Decimal(10)))
    place = Place.of("anthropic", credentials(Typed())["anthropic"])
    for _ in range(FAILURES):
        asker.router.health.ended(place, object(), "overloaded")
    asker.clock.skip(LEFT_OUT_SECONDS)
    ear = Ear(asker.clock)
    reserved: list[str] = []

    def build(model: Model) -> Built:
        if why == "stopped":
            ear.ended.set()
        else:
            other = Spending("chat", "another", "openai", "gpt-6-luna", upper=Decimal(10))
            reserved.append(asker.owned.reserve(other, Caps(day=Decimal(10)), TODAY, datetime.now(UTC)))
        return built(model)

    outcomes = [one.outcome for one in asker.ask(build=build, ear=ear).attempts]
    assert outcomes == ([] if why == "stopped" else ["over_cap"])
    for row in reserved:
        asker.owned.settle(row, Settled("stopped", cost=Decimal(0)))
    assert asked(asker.ask()) == [("anthropic", BALANCED["anthropic"], "complete")]


def test_nobody_is_left_to_ask(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order(*PROVIDERS))
    for provider in PROVIDERS:
        wire.script(fails("bad_key"), provider=provider)
    first = asker.ask()
    assert isinstance(first.error, NoAnswer)
    assert all(name in first.error.sentence for name in NAME.values())
    assert first.error.sentence.endswith("Check the keys in Settings.")
    second = asker.ask()
    assert isinstance(second.error, NoAnswer)
    assert second.error.sentence.startswith("Nobody can be asked at Balanced just now")
    assert second.requests == ()


# -- local models -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [False, True])
def test_a_local_model_is_followed_by_the_cloud_only_where_she_said_so(
    wire: WireServer, store: Store, allowed: bool
) -> None:
    preferences = replace(in_order("compatible", "openai"), local_to_cloud=allowed)
    asker = Asker(wire, store, preferences)
    wire.script(*[fails("server_error")] * 3, provider="compatible")
    found = asker.ask()
    here = [("compatible", LOCAL, "server_error")] * 3
    assert asked(found) == here + ([("openai", BALANCED["openai"], "complete")] if allowed else [])
    assert (found.error is None) is allowed
    check_identity(found)
    check(found, asker)


def test_local_only_sends_nothing_anywhere(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, replace(in_order("openai", "compatible"), local_only=True, local_to_cloud=True))
    wire.script(*[fails("server_error")] * 3, provider="compatible")
    found = asker.ask()
    assert {one.provider for one in found.requests} == {"compatible"}
    assert found.error is not None


# -- Auto -------------------------------------------------------------------------------------------------------------


def auto(wire: WireServer, store: Store) -> Asker:
    return Asker(wire, store, Preferences(order=("gemini", "openai", "anthropic"), own_order_first=True))


def test_the_reader_answers_for_nothing(wire: WireServer, store: Store) -> None:
    asker = auto(wire, store)
    found = asker.ask("auto", build=showing(drawn("TOTAL 12.50")))  # type: ignore[arg-type]
    assert asked(found) == [(READER, READER, "complete")]
    assert found.answer is not None
    assert "12.50" in found.answer.text
    assert (found.answer.cost_usd, found.requests) == (Decimal(0), ())
    assert found.answer.notes[0].startswith("Auto chose the on-device reader first: ")
    check(found, asker)


def test_what_the_reader_does_not_find_is_asked_for(wire: WireServer, store: Store) -> None:
    asker = auto(wire, store)
    found = asker.ask("auto", build=showing(drawn("Good morning")))  # type: ignore[arg-type]
    assert [outcome for *_, outcome in asked(found)] == ["complete", "complete"]
    assert asked(found)[0][0] == READER
    assert asked(found)[1][:2] == ("gemini", QUICK["gemini"])
    assert found.answer is not None
    assert found.answer.text == found.ear.text
    assert found.answer.notes[1:] == ("The on-device reader did not find it.",)
    assert found.attempts[0].text == found.ear.put_aside[0] != ""
    check(found, asker)


def test_a_reader_that_fails_is_no_stop(wire: WireServer, store: Store) -> None:
    """Its bytes are no picture for it; the service takes them."""
    asker = auto(wire, store)

    def build(model: Model) -> Built:
        if model.provider != READER:
            return built(model)
        return showing(b"no picture")(model)  # type: ignore[operator,no-any-return]

    found = asker.ask("auto", build=build)
    assert asked(found) == [(READER, READER, "bad_request"), ("gemini", QUICK["gemini"], "complete")]
    assert found.answer is not None
    assert found.answer.notes[1] == "The on-device reader could not read it."
    check(found, asker)


def test_a_reader_that_fails_alone_says_why(wire: WireServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "LOUPE_COMPATIBLE_URL"):
        monkeypatch.delenv(name)
    asker = auto(wire, store)
    for word in ("auto", "balanced"):
        found = asker.ask(word, build=showing(b"no picture"))  # type: ignore[arg-type]
        assert found.error is not None
        assert "cannot decode this picture" in found.error.sentence


def test_the_readers_answer_stands_when_nobody_else_can_answer(wire: WireServer, store: Store) -> None:
    asker = auto(wire, store)
    for provider in QUICK:
        wire.script(fails("bad_key"), provider=provider)
    found = asker.ask("auto", build=showing(drawn("Good morning")))  # type: ignore[arg-type]
    assert found.answer is not None
    assert found.answer.provider == READER
    assert found.answer.text == found.ear.text != ""
    assert (found.answer.cost_usd, len(found.attempts)) == (Decimal(0), 4)
    assert found.answer.notes[-1] == "Nobody else could answer, so this is what the on-device reader found."
    assert not any(note.startswith("Answered by") for note in found.answer.notes)


CLIMBS = [
    (Play(ending="empty"), 2, "was empty"),
    (Play(chunks=("Half",), ending="max_tokens"), 1, "was cut off"),
    (Play(chunks=("Wrong",)), 2, "did not fit the fields"),
]


@pytest.mark.parametrize(("play", "times", "why"), CLIMBS)
def test_an_unusable_quick_answer_goes_up_a_level_once(
    wire: WireServer, store: Store, play: Play, times: int, why: str
) -> None:
    asker = auto(wire, store)
    wire.script(*[play] * times, provider="gemini", model=QUICK["gemini"])
    found = asker.ask("auto", text=LOOKS, mending=Fields())
    assert [one.model for one in found.attempts] == [QUICK["gemini"]] * times + [BALANCED["gemini"]]
    assert found.answer is not None
    assert found.answer.notes[1:] == (f"The answer at Quick {why}, so Balanced was asked.",)
    assert found.answer.text == found.ear.text
    assert found.attempts[times - 1].text == "".join(play.chunks or ())
    check_identity(found)
    check(found, asker)


@pytest.mark.parametrize(("play", "times", "why"), CLIMBS)
def test_it_climbs_also_after_somebody_failed(wire: WireServer, store: Store, play: Play, times: int, why: str) -> None:
    asker = auto(wire, store)
    wire.script(fails("not_found"), provider="gemini", model=QUICK["gemini"])
    wire.script(*[play] * times, provider="openai", model=QUICK["openai"])
    found = asker.ask("auto", text=LOOKS, mending=Fields())
    models = [QUICK["gemini"], *[QUICK["openai"]] * times, BALANCED["gemini"]]
    assert [one.model for one in found.attempts] == models
    assert found.answer is not None
    assert found.answer.notes[-1] == f"The answer at Quick {why}, so Balanced was asked."


@pytest.mark.parametrize(("play", "times", "why"), CLIMBS)
def test_it_climbs_no_further(wire: WireServer, store: Store, play: Play, times: int, why: str) -> None:
    asker = auto(wire, store)
    wire.script(*[play] * times, provider="gemini", model=QUICK["gemini"])
    wire.script(*[play] * times, provider="gemini", model=BALANCED["gemini"])
    found = asker.ask("auto", text=LOOKS, mending=Fields())
    assert {CATALOGUE.models[one.model].level for one in found.attempts} == {"quick", "balanced"}
    assert found.answer is not None
    assert found.answer.text == found.ear.text
    said = "".join(play.chunks or ())
    assert (found.answer.text == said) == (play.ending == "max_tokens"), "what cannot be used is no answer"


def test_the_quick_answer_stands_when_nobody_better_can_answer(wire: WireServer, store: Store) -> None:
    asker = auto(wire, store)
    wire.script(Play(chunks=("Half",), ending="max_tokens"), provider="gemini", model=QUICK["gemini"])
    for provider in QUICK:
        wire.script(fails("not_found"), provider=provider, model=BALANCED[provider])
    found = asker.ask("auto", text=LOOKS)
    assert found.answer is not None
    assert (found.answer.model, found.answer.stop, found.answer.text) == (QUICK["gemini"], Stop.CUT_OFF, "Half")
    assert found.ear.text == "Half"
    assert found.answer.cost_usd == found.attempts[0].cost_usd != Decimal(0)
    assert found.answer.notes[-1] == "Balanced could not answer: this is the answer there is."
    assert not any(note.startswith("Answered by") for note in found.answer.notes)


@pytest.mark.parametrize("word", ["quick", QUICK["gemini"]])
def test_only_auto_climbs(wire: WireServer, store: Store, word: str) -> None:
    asker = auto(wire, store)
    wire.script(Play(chunks=("Half",), ending="max_tokens"), provider="gemini")
    found = asker.ask(word, text=LOOKS)
    assert asked(found) == [("gemini", QUICK["gemini"], "cut_off")]


# -- time and money ---------------------------------------------------------------------------------------------------


def test_a_model_that_hangs_leaves_time_for_the_next(wire: WireServer, store: Store) -> None:
    """A second time would take all that is left: the next candidate is asked instead, and answers."""
    asker = Asker(wire, store, in_order("anthropic", "openai"), Settings(answer_seconds=3, silence_seconds=1))
    wire.script(*[Play(fault=Fault("hang"))] * 3, provider="anthropic")
    found = asker.ask()
    assert [one.outcome for one in found.attempts] == ["timeout", "complete"]
    alone = Asker(wire, store, in_order(), Settings(answer_seconds=6, silence_seconds=1))
    wire.script(*[Play(fault=Fault("hang"))] * 3, provider="anthropic")
    found = alone.ask(BALANCED["anthropic"])  # nobody comes after it: it may have all of the time
    assert [one.outcome for one in found.attempts] == ["timeout"] * 3
    assert isinstance(found.error, ProviderError)
    assert sum(one.seconds for one in found.attempts) < 6.5


def test_a_broken_answer_counts_at_its_upper_price(wire: WireServer, store: Store) -> None:
    """What it cost is not known: it may have used the cap up, so nobody else is paid from it."""
    asker = Asker(wire, store, in_order("anthropic", "openai"))
    upper = {one.model.provider: one.estimate for one in asker.plan().candidates}["anthropic"]
    assert upper is not None
    assert upper.upper is not None
    wire.script(Play(chunks=("Half", " of"), fault=Fault("cut", 1)), provider="anthropic")
    found = asker.ask(budget=upper.upper)
    assert [one.outcome for one in found.attempts] == ["connection", "over_cap"]
    assert found.error is not None
    assert found.error.outcome == "over_cap"
    check_identity(found)
    check(found, asker)
