"""Questions that are answered: what goes over the wire, in which order it comes back, what a follow-up repeats."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.providers.conftest import Connect
from tests.providers.talks import MODEL, OTHER_MODEL, PROVIDERS, all_of, ask, credential, picture, then
from tests.wire import Play, WireServer
from vision.messages import Answer, Delta, Stop, Turn, Usage
from vision.models.refreshing import Listed
from vision.providers.clients import Connections

SCHEMA = {
    "type": "object",
    "properties": {"total": {"type": "string"}, "paid": {"type": ["boolean", "null"]}},
    "required": ["total", "paid"],
    "additionalProperties": False,
}
every = pytest.mark.parametrize("name", PROVIDERS)


@every
def test_the_picture_that_arrives_is_the_one_that_was_prepared(name: str, wire: WireServer, connect: Connect) -> None:
    first, second = picture(), picture(300, 200, "olive", "JPEG")
    _, answer = all_of(connect(name), ask(name, pictures=(first, second)))
    asked = wire.requests[-1]
    assert asked.refused == ""
    assert asked.sha256 == (first.sha256, second.sha256)
    assert [(seen.width, seen.height, seen.mime) for seen in asked.pictures] == [
        (640, 480, "image/png"),
        (300, 200, "image/jpeg"),
    ]
    assert answer.text == "I received 2 pictures of 640x480, 300x200 pixels and the question: What is the total?"
    assert (answer.provider, answer.model, answer.stop) == (name, MODEL[name], Stop.COMPLETE)


@every
def test_the_picture_stands_before_the_text(name: str, wire: WireServer, connect: Connect) -> None:
    all_of(connect(name), ask(name))
    raw = wire.requests[-1].raw.decode()
    assert 0 < raw.index("iVBORw0KGgo") < raw.index("What is the total?")


@every
def test_pieces_come_in_order_while_the_rest_is_still_being_written(
    name: str, wire: WireServer, connect: Connect
) -> None:
    wire.script(Play(chunks=("Twelve", " euros", " fifty"), hold_before=(1,)))
    stream = connect(name).stream(ask(name))
    assert next(stream) == Delta("Twelve")  # the second piece does not exist yet
    wire.wait_held()
    wire.release()
    assert next(stream) == Delta(" euros")
    assert next(stream) == Delta(" fifty")
    answer = next(stream)
    assert isinstance(answer, Answer)
    assert answer.text == "Twelve euros fifty"
    with pytest.raises(StopIteration):
        next(stream)


@every
def test_times_are_measured_to_the_first_word_and_to_the_end(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("a", "b", "c"), delay_seconds=0.03))
    _, answer = all_of(connect(name), ask(name))
    assert answer.first_word_seconds is not None
    assert 0 < answer.first_word_seconds <= answer.seconds - 0.05
    assert answer.seconds < 5


@every
def test_tokens_are_those_that_the_service_counted(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("x" * 40,), thinking="y" * 80))
    _, answer = all_of(connect(name), ask(name))
    assert answer.usage.input_tokens == wire.requests[-1].input_tokens > 300
    assert answer.usage.output_tokens == 30  # ten of text and twenty of thinking, wherever the service puts them
    assert answer.usage.reasoning_tokens == 20
    assert answer.text == "x" * 40


@every
def test_no_usage_is_no_tokens(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(usage=False))
    _, answer = all_of(connect(name), ask(name))
    assert answer.usage == Usage()
    assert answer.stop is Stop.COMPLETE


@every
def test_a_follow_up_sends_the_whole_talk_with_the_same_bytes(name: str, wire: WireServer, connect: Connect) -> None:
    provider = connect(name)
    wire.script(Play(chunks=("Twelve",), thinking="the last line says so"), Play(chunks=("No",), thinking="no stamp"))
    first = ask(name)
    _, answer = all_of(provider, first)
    second = then(first, answer, "Is it paid?")
    _, again = all_of(provider, second)
    _, third = all_of(provider, then(second, again, "When was it?"))
    assert [one.refused for one in wire.requests] == ["", "", ""]  # altered items would be refused
    assert [one.sha256 for one in wire.requests] == [(picture().sha256,)] * 3
    turns = [_turns(name, one.body) for one in wire.requests]
    assert json.dumps(turns[1]).startswith(json.dumps(turns[0])[:-1])
    assert json.dumps(turns[2]).startswith(json.dumps(turns[1])[:-1])
    assert third.text.endswith("When was it?")


@every
def test_a_character_cut_in_two_arrives_whole(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("ok \ud83d", "\ude00 done", " \ude00 \ud83d", "x", "\ud83d")))
    texts, answer = all_of(connect(name), ask(name))
    assert "".join(texts) == answer.text == "ok \U0001f600 done ? ?x"


@every
def test_an_answer_without_items_goes_back_as_text(name: str, wire: WireServer, connect: Connect) -> None:
    first = ask(name)
    request = replace(first, turns=(*first.turns, Turn("assistant", "Twelve euros."), Turn("user", "Is it paid?")))
    all_of(connect(name), request)
    asked = wire.requests[-1]
    assert asked.refused == ""
    assert b"Twelve euros." in asked.raw
    assert asked.question == "Is it paid?"


@pytest.mark.parametrize("name", ["anthropic", "openai", "gemini"])
def test_another_model_gets_the_words_and_not_the_thinking(name: str, wire: WireServer, connect: Connect) -> None:
    provider = connect(name)
    wire.script(Play(chunks=("Twelve",), thinking="the last line says so"))
    first = ask(name)
    _, answer = all_of(provider, first)
    assert len(answer.items) >= 2  # the thinking and the text
    all_of(provider, then(first, answer, "Is it paid?", model=OTHER_MODEL[name]))
    asked = wire.requests[-1]
    assert asked.refused == ""
    assert b"Twelve" in asked.raw
    for word in (b"the last line says so", b"signature", b'encrypted_content":', b"thoughtSignature", b"rs_wire"):
        assert word not in asked.raw


@pytest.mark.parametrize("to", PROVIDERS)
def test_another_service_gets_the_words_alone(to: str, wire: WireServer, connect: Connect) -> None:
    came_from = "openai" if to == "anthropic" else "anthropic"
    wire.script(Play(chunks=("Twelve",), thinking="because"))
    first = ask(came_from)
    _, answer = all_of(connect(came_from), first)
    all_of(connect(to), then(first, answer, "Is it paid?", model=MODEL[to]))
    asked = wire.requests[-1]
    assert (asked.refused, asked.provider) == ("", to)
    assert b"Twelve" in asked.raw
    assert b"because" not in asked.raw


@every
def test_an_answer_of_no_words_is_left_out_of_the_talk(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(ending="empty"))
    first = ask(name)
    _, answer = all_of(connect(name), first)
    all_of(connect(name), then(replace(first, effort=None), answer, "Once more?", model=OTHER_MODEL[name]))
    assert wire.requests[-1].refused == ""


@every
def test_the_schema_goes_in_the_services_own_form(name: str, wire: WireServer, connect: Connect) -> None:
    _, answer = all_of(connect(name), replace(ask(name), schema=SCHEMA))
    assert wire.requests[-1].refused == ""
    assert json.loads(answer.text).keys() == {"total", "paid"}


@every
@pytest.mark.parametrize("effort", [None, "medium"])
def test_effort_and_cap_are_said_as_asked(name: str, effort: str | None, wire: WireServer, connect: Connect) -> None:
    request = replace(ask(name), effort=effort, max_output_tokens=1234)
    all_of(connect(name), request)
    raw = wire.requests[-1].raw.decode()
    assert "1234" in raw
    assert ("effort" in raw or "thinking_level" in raw or "thinkingLevel" in raw) is (effort is not None)
    assert ("medium" in raw.lower().replace("media_resolution_", "")) is (effort is not None)


@every
def test_a_model_without_effort_is_sent_none(name: str, wire: WireServer, connect: Connect) -> None:
    bare = {
        "anthropic": "claude-haiku-4-5",
        "openai": "gpt-4.1",
        "gemini": "gemini-2.5-flash",
        "compatible": "llava:7b",
    }
    all_of(connect(name), replace(ask(name), model=bare[name], effort=None))
    assert wire.requests[-1].refused == ""  # the loopback service refuses an effort there


def test_a_deprecated_model_answers_without_chatter(wire: WireServer, connect: Connect) -> None:
    _, answer = all_of(connect("anthropic"), replace(ask("anthropic"), model="claude-sonnet-4-5", effort=None))
    assert answer.stop is Stop.COMPLETE  # warnings are errors in this run: the SDK's would have come out


def test_openai_is_told_to_store_nothing_and_what_the_talk_is(wire: WireServer, connect: Connect) -> None:
    all_of(connect("openai"), ask("openai"))
    body = wire.requests[-1].body
    assert body["store"] is False
    assert body["prompt_cache_key"] == "talk-1"
    assert body["input"][0]["content"][0]["detail"] == "high"


def test_openai_pictures_always_say_their_detail(wire: WireServer, connect: Connect) -> None:
    all_of(connect("openai"), ask("openai", pictures=(replace(picture(), resolution=None),)))
    assert wire.requests[-1].pictures[0].word == "high"


def test_gemini_takes_the_finest_resolution_of_the_talk(wire: WireServer, connect: Connect) -> None:
    pictures = (replace(picture(), resolution="low"), replace(picture(), resolution="medium"))
    _, answer = all_of(connect("gemini"), ask("gemini", pictures=pictures))
    assert [seen.word for seen in wire.requests[-1].pictures] == ["medium", "medium"]
    assert answer.usage.input_tokens > 2 * 560


def test_gemini_is_told_the_timeout_in_its_own_unit(wire: WireServer, connect: Connect) -> None:
    all_of(connect("gemini"), replace(ask("gemini"), timeout_seconds=42))
    assert wire.requests[-1].headers["x-server-timeout"] == "42"


@every
def test_check_lists_the_models_of_the_key(name: str, wire: WireServer, connect: Connect) -> None:
    found = connect(name).check()
    assert MODEL[name] in found
    assert OTHER_MODEL[name] in found
    assert not [model for model in found if model.startswith("models/")]
    assert name != "gemini" or "gemini-embedding-2" not in found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anthropic", Listed("claude-sonnet-4-5", 200_000, 64_000, "deprecated", date(2026, 11, 30), True)),
        ("anthropic", Listed("claude-haiku-5-5", 1_000_000, 128_000, "active", None, True)),
        ("openai", Listed("gpt-5", retires=date(2026, 12, 11))),
        ("openai", Listed("gpt-6-luna")),
        ("gemini", Listed("gemini-4-argon", 1_048_576, 65_536)),
        ("compatible", Listed("llava:7b")),
    ],
)
def test_a_listing_keeps_what_the_service_tells(
    name: str, expected: Listed, wire: WireServer, connections: Connections
) -> None:
    assert expected in connections.connect(credential(wire, name)).listing()


@every
def test_the_request_id_is_kept(name: str, wire: WireServer, connect: Connect) -> None:
    _, answer = all_of(connect(name), ask(name))
    assert answer.request_id is not None
    assert "wire" in answer.request_id


def _turns(name: str, body: Any) -> object:
    """What was said. Claude's cache marks move from turn to turn and are not part of it."""
    if name == "anthropic":
        return [
            {
                **message,
                "content": [{k: v for k, v in block.items() if k != "cache_control"} for block in message["content"]],
            }
            for message in body["messages"]
        ]
    return body[{"openai": "input", "gemini": "contents"}.get(name, "messages")]
