"""A whole answer that is not what was asked for is sent back once, with its fault; then the next candidate is asked."""

from __future__ import annotations

import pytest

from tests.routing.asked import CATALOGUE, Asker, Fields, check_identity, in_order
from tests.wire import Play, WireServer, fails
from vision.errors import BadRequest, InvalidAnswer
from vision.store import Store

WRONG = Play(chunks=("Wrong",))
CLOUD = ("anthropic", "openai", "gemini")


def asker(wire: WireServer, store: Store, *order: str) -> Asker:
    return Asker(wire, store, preferences=in_order(*order))


@pytest.mark.parametrize("first", CLOUD)
def test_the_repair_goes_to_the_same_model_with_the_fault(wire: WireServer, store: Store, first: str) -> None:
    her = asker(wire, store, first, *[other for other in CLOUD if other != first])
    wire.script(WRONG, Play(chunks=("Right",)), provider=first)
    fields = Fields()
    found = her.ask("balanced", mending=fields)
    assert found.answer is not None
    assert (found.answer.provider, found.answer.text, found.ear.text) == (first, "Right", "Right")
    assert [one.outcome for one in found.attempts] == ["invalid", "complete"]
    assert found.attempts[0].text == "Wrong"
    assert found.attempts[0].sentence == "The total is no number."
    assert fields.sent_back == ["Wrong"]
    assert "The total is no number." in found.requests[-1].raw.decode()
    assert "at the second try: before, it gave an answer that does not fit the fields." in found.answer.notes[-1]
    check_identity(found)


def test_invalid_twice_goes_to_the_next_candidate(wire: WireServer, store: Store) -> None:
    her = asker(wire, store, *CLOUD)
    wire.script(WRONG, WRONG, provider="anthropic")
    wire.script(Play(chunks=("Right",)), provider="openai")
    found = her.ask("balanced", mending=Fields())
    assert [(one.provider, one.outcome) for one in found.attempts] == [
        ("anthropic", "invalid"),
        ("anthropic", "invalid"),
        ("openai", "complete"),
    ]
    assert found.answer is not None
    assert "because Claude gave an answer that does not fit the fields (tried twice)" in found.answer.notes[-1]
    check_identity(found)


def test_the_repair_itself_may_meet_trouble(wire: WireServer, store: Store) -> None:
    """An overloaded moment between does not lose what was sent back, and takes no second repair."""
    her = asker(wire, store, *CLOUD)
    wire.script(WRONG, fails("overloaded"), Play(chunks=("Right",)), provider="anthropic")
    found = her.ask("balanced", mending=Fields())
    assert [one.outcome for one in found.attempts] == ["invalid", "overloaded", "complete"]
    assert all("The total is no number." in one.raw.decode() for one in found.requests[1:])
    check_identity(found)


@pytest.mark.parametrize("provider", CLOUD)
def test_an_exact_model_keeps_its_repair_and_its_failure(wire: WireServer, store: Store, provider: str) -> None:
    her = asker(wire, store)
    model = next(one.id for one in CATALOGUE.models.values() if one.provider == provider and one.level == "balanced")
    wire.script(WRONG, WRONG, provider=provider)
    found = her.ask(model, mending=Fields())
    assert isinstance(found.error, InvalidAnswer)
    assert found.error.sentence == "The total is no number."
    assert {one.provider for one in found.attempts} == {provider}
    assert len(found.attempts) == 2


def test_what_is_not_accepted_is_put_another_way_once(wire: WireServer, store: Store) -> None:
    her = asker(wire, store)
    model = next(one.id for one in CATALOGUE.models.values() if one.provider == "openai" and one.level == "balanced")
    wire.script(fails("bad_request"), Play(chunks=("Right",)), provider="openai")
    found = her.ask(model, mending=Fields(otherwise=1))
    assert found.answer is not None
    assert [one.outcome for one in found.attempts] == ["bad_request", "complete"]
    wire.script(fails("bad_request"), provider="openai")
    assert isinstance(her.ask(model, mending=Fields()).error, BadRequest)
