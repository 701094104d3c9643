"""What a follow-up reads from the service's prompt cache, and what a question without one does not pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tests.providers.conftest import Connect
from tests.providers.talks import MODEL, OTHER_MODEL, all_of, ask, picture, then
from tests.wire import Play, WireServer
from tests.wire.plays import words
from vision.messages import Answer, Prepared, Request, Turn, Usage
from vision.providers import Provider

TURNS = 10
WORDS = "The receipt shows a total of 12.80 euros, with 19 percent tax included and paid by card at noon. "
paying = pytest.mark.parametrize("name", ["anthropic", "openai"])


def big(colour: str = "teal") -> Prepared:
    """Large enough: below the least that a service keeps, nothing would be cached."""
    return picture(1568, 1176, colour, "JPEG")


def marks(body: Any) -> list[tuple[int, int]]:
    """Where Claude's cache marks are: message and block."""
    return [
        (number, place)
        for number, message in enumerate(body["messages"])
        for place, block in enumerate(message["content"])
        if "cache_control" in block
    ]


def talk(provider: Provider, wire: WireServer, request: Request, turns: int = TURNS) -> list[Usage]:
    """Question after question with answers of 40 to 80 words; the usage of each."""
    used: list[Usage] = []
    for number in range(turns):
        wire.script(Play(chunks=words((WORDS * 5)[: 260 + 25 * number])))
        _, answer = all_of(provider, request)
        used.append(answer.usage)
        request = then(request, answer, f"And what about line {number + 2}, who signed it?")
    return used


@paying
def test_ten_turns_read_four_fifths_from_the_cache(name: str, wire: WireServer, connect: Connect) -> None:
    used = talk(connect(name), wire, ask(name, pictures=(big(),)))
    whole = sum((one for one in used), Usage())
    assert [one.refused for one in wire.requests] == [""] * TURNS
    assert [one.sha256 for one in wire.requests] == [(big().sha256,)] * TURNS
    assert [one.input_tokens for one in wire.requests] == [one.input_tokens for one in used]
    assert used[0].cached_tokens == 0
    assert whole.cached_tokens >= 0.8 * whole.input_tokens
    for before, after in pairwise(used):
        assert after.cached_tokens == before.cached_tokens + before.cache_write_tokens  # all that was kept is read


def test_claude_writes_what_is_new_and_nothing_twice(wire: WireServer, connect: Connect) -> None:
    used = talk(connect("anthropic"), wire, ask("anthropic", pictures=(big(),)), 4)
    for one in used:
        assert one.cached_tokens + one.cache_write_tokens == one.input_tokens  # up to the last block of the question
    assert sum(one.cache_write_tokens for one in used) == used[-1].input_tokens


def test_the_marks_are_on_the_picture_and_on_the_newest_question(wire: WireServer, connect: Connect) -> None:
    talk(connect("anthropic"), wire, ask("anthropic", pictures=(picture(), big())), 3)
    assert [marks(one.body) for one in wire.requests] == [
        [(0, 1), (0, 2)],
        [(0, 1), (2, 0)],
        [(0, 1), (4, 0)],
    ]


def test_a_picture_without_words_has_one_mark(wire: WireServer, connect: Connect) -> None:
    request = replace(ask("anthropic"), turns=(Turn("user", " ", (picture(),)),))
    all_of(connect("anthropic"), request)
    assert marks(wire.requests[-1].body) == [(0, 0)]


def test_a_talk_without_pictures_is_marked_at_its_end(wire: WireServer, connect: Connect) -> None:
    talk(connect("anthropic"), wire, ask("anthropic", pictures=()), 2)
    assert [marks(one.body) for one in wire.requests] == [[(0, 0)], [(2, 0)]]


@pytest.mark.parametrize("name", ["anthropic", "openai"])
def test_what_no_follow_up_can_read_is_not_written(name: str, wire: WireServer, connect: Connect) -> None:
    _, answer = all_of(connect(name), replace(ask(name, pictures=(big(),)), conversation=""))
    assert wire.requests[-1].refused == ""
    assert (answer.usage.cached_tokens, answer.usage.cache_write_tokens) == (0, 0)
    assert b"cache_control" not in wire.requests[-1].raw
    assert b"prompt_cache_key" not in wire.requests[-1].raw


@pytest.mark.parametrize("model", ["gpt-5", "gpt-4.1"])
def test_a_model_that_writes_for_nothing_is_not_told_to_stop(model: str, wire: WireServer, connect: Connect) -> None:
    request = replace(ask("openai"), model=model, effort=None, conversation="")
    all_of(connect("openai"), request)
    assert wire.requests[-1].refused == ""  # the loopback service refuses the setting there
    assert "prompt_cache_options" not in wire.requests[-1].body


def _other_picture(request: Request) -> Request:
    first, *rest = request.turns
    return replace(request, turns=(replace(first, pictures=(big("olive"),)), *rest))


def _other_model(request: Request) -> Request:
    return replace(request, model=OTHER_MODEL["anthropic" if request.model == MODEL["anthropic"] else "openai"])


@paying
@pytest.mark.parametrize(
    "change",
    [
        _other_picture,
        _other_model,
        lambda request: replace(request, system="You look at pictures closely."),
        lambda request: replace(request, schema={"type": "object", "properties": {"a": {"type": "string"}},
                                                 "required": ["a"], "additionalProperties": False}),
    ],
    ids=["picture", "model", "system", "schema"],
)  # fmt: skip
def test_what_is_changed_early_is_not_found_again(
    name: str, change: Callable[[Request], Request], wire: WireServer, connect: Connect
) -> None:
    first = ask(name, pictures=(big(),))
    _, answer = all_of(connect(name), first)
    _, again = all_of(connect(name), change(then(first, answer, "Is it paid?")))
    assert wire.requests[-1].refused == ""
    assert again.usage.cached_tokens == 0


def test_another_effort_is_another_prompt_at_claude(wire: WireServer, connect: Connect) -> None:
    first = ask("anthropic", pictures=(big(),))
    _, answer = all_of(connect("anthropic"), first)
    _, again = all_of(connect("anthropic"), replace(then(first, answer, "Is it paid?"), effort="medium"))
    assert again.usage.cached_tokens == 0


def test_openai_reads_only_what_the_same_talk_wrote(wire: WireServer, connect: Connect) -> None:
    first = ask("openai", pictures=(big(),))
    _, answer = all_of(connect("openai"), first)
    follow = then(first, answer, "Is it paid?")
    _, elsewhere = all_of(connect("openai"), replace(follow, conversation="talk-2"))
    _, here = all_of(connect("openai"), follow)
    assert elsewhere.usage.cached_tokens == 0
    assert here.usage.cached_tokens == answer.usage.cache_write_tokens > 1024
    assert here.usage.cached_tokens % 128 == 0


def test_gemini_keeps_nothing_of_one_picture_and_much_of_many(wire: WireServer, connect: Connect) -> None:
    def second(count: int) -> tuple[Answer, Answer]:
        first = ask("gemini", pictures=(big(),) * count)
        _, answer = all_of(connect("gemini"), first)
        return answer, all_of(connect("gemini"), then(first, answer, "Is it paid?"))[1]

    assert second(1)[1].usage.cached_tokens == 0  # 1,120 tokens, and nothing below 4,096 is kept
    first, again = second(4)
    assert again.usage.cached_tokens == first.usage.input_tokens > 4096
    assert again.usage.cache_write_tokens == 0
