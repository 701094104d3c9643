"""What a choice word asks for."""

from __future__ import annotations

import pytest

from vision.errors import LoupeError
from vision.models.catalog import Level
from vision.routing.levels import LEVEL_WORDS, LEVELS, Wanted, above, level_of, wanted


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("", Wanted("level", "balanced", "balanced")),
        ("  ", Wanted("level", "balanced", "balanced")),
        ("quick", Wanted("level", "quick", "quick")),
        ("Best", Wanted("level", "best", "best")),
        ("simple", Wanted("level", "quick", "quick")),
        ("medium", Wanted("level", "balanced", "balanced")),
        (" COMPLEX ", Wanted("level", "best", "best")),
        ("Auto", Wanted("auto", None, "auto")),
        ("claude-haiku-5-5", Wanted("model", None, "claude-haiku-5-5")),
        (" compatible:LLaVA ", Wanted("model", None, "compatible:LLaVA")),
        ("reader", Wanted("model", None, "reader")),
    ],
)
def test_a_choice_word(word: str, expected: Wanted) -> None:
    assert wanted(word) == expected
    assert wanted(expected.word) == expected


@pytest.mark.parametrize("word", ["quick", "balanced", "best", "simple", "medium", "complex", "auto"])
def test_every_level_word_of_the_terminal(word: str) -> None:
    assert level_of(word) == wanted(word)


@pytest.mark.parametrize("word", ["", "cheap", "claude-haiku-5-5", "x" * 500])
def test_another_word_is_no_level(word: str) -> None:
    with pytest.raises(LoupeError) as raised:
        level_of(word)
    sentence = raised.value.sentence
    assert "quick, balanced, best, auto" in sentence
    assert "simple, medium, complex" in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(("level", "higher"), [("quick", "balanced"), ("balanced", "best"), ("best", None)])
def test_the_next_level_up(level: Level, higher: Level | None) -> None:
    assert above(level) == higher


def test_every_level_has_its_word() -> None:
    assert tuple(LEVEL_WORDS) == LEVELS
