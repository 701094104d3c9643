"""Every way in which an answer ends is data, not an error."""

from __future__ import annotations

import pytest

from tests.providers.conftest import Connect
from tests.providers.talks import PROVIDERS, WORD, all_of, ask
from tests.wire import Fault, Play, WireServer
from vision.messages import Stop

every = pytest.mark.parametrize("name", PROVIDERS)


@every
@pytest.mark.parametrize(
    ("play", "stop", "text"),
    [
        (Play(chunks=("All", " of it")), Stop.COMPLETE, "All of it"),
        (Play(chunks=("Half of",), ending="max_tokens"), Stop.CUT_OFF, "Half of"),
        (Play(chunks=(), ending="max_tokens", thinking="hm"), Stop.CUT_OFF, ""),
        (Play(ending="empty"), Stop.EMPTY, ""),
        (Play(chunks=(" ", "\n")), Stop.EMPTY, " \n"),
        (Play(ending="empty", thinking="hm"), Stop.EMPTY, ""),
        (Play(chunks=("Found",), thinking="first this, then that"), Stop.COMPLETE, "Found"),
    ],
)
def test_common_endings(name: str, play: Play, stop: Stop, text: str, wire: WireServer, connect: Connect) -> None:
    wire.script(play)
    _, answer = all_of(connect(name), ask(name))
    assert (answer.stop, answer.text) == (stop, text)
    if stop is not Stop.COMPLETE and not text.strip():
        assert WORD[name] in answer.explanation


def test_gemini_is_not_asked_to_go_on_behind_our_back(wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("Half of",), ending="continuation"))
    _, answer = all_of(connect("gemini"), ask("gemini"))
    assert (answer.stop, answer.text) == (Stop.CUT_OFF, "Half of")
    assert len(wire.requests) == 1  # each further request would bill the picture again


@pytest.mark.parametrize("name", ["anthropic", "openai", "compatible"])
def test_a_refusal_with_status_200(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(ending="refusal", refusal="This is not something I do."))
    texts, answer = all_of(connect(name), ask(name))
    assert (texts, answer.stop) == ([], Stop.REFUSED)
    assert "This is not something I do." in answer.explanation
    assert WORD[name] in answer.explanation


def test_a_refusal_in_the_middle_keeps_what_came(wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("So", " far"), ending="refusal"))
    texts, answer = all_of(connect("anthropic"), ask("anthropic"))
    assert texts == ["So", " far"]
    assert (answer.stop, answer.text) == (Stop.REFUSED, "So far")


@pytest.mark.parametrize(
    ("name", "ending"),
    [("gemini", "blocked_prompt"), ("gemini", "blocked_output"), ("openai", "blocked_output"),
     ("compatible", "blocked_output")],
)  # fmt: skip
def test_a_safety_filter(name: str, ending: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play.from_json({"ending": ending}))
    _, answer = all_of(connect(name), ask(name))
    assert (answer.stop, answer.text) == (Stop.BLOCKED, "")
    assert "safety filter" in answer.explanation
    assert WORD[name] in answer.explanation


@pytest.mark.parametrize("name", ["openai", "compatible"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", error="blocked"),
        Fault("error_event", after=0, error="blocked"),
    ],
)
def test_a_filter_that_speaks_as_an_error_is_an_ending(
    name: str, fault: Fault, wire: WireServer, connect: Connect
) -> None:
    wire.script(Play(chunks=("x",), fault=fault))
    _, answer = all_of(connect(name), ask(name))
    assert answer.stop is Stop.BLOCKED
