"""Two pictures and their letters: each label is sent as text right before its picture, at every provider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.providers.conftest import Connect
from tests.providers.talks import PROVIDERS, all_of, ask, picture, then
from tests.wire import WireServer
from vision.messages import Request, Turn

QUESTION = "What changed?"
ONE, TWO, THREE = picture(), picture(colour="white"), picture(colour="navy")


def compared(provider: str, *letters: str) -> Request:
    """Both pictures in the order of ``letters``, each under its own."""
    shown = {"A": ONE, "B": TWO}
    labels = tuple(f"Picture {letter}:" for letter in letters)
    turn = Turn("user", QUESTION, tuple(shown[letter] for letter in letters), labels=labels)
    return replace(ask(provider), turns=(turn,))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("letters", [("A", "B"), ("B", "A")])
def test_each_label_stands_right_before_its_picture(
    wire: WireServer, connect: Connect, provider: str, letters: tuple[str, ...]
) -> None:
    all_of(connect(provider), compared(provider, *letters))
    said = wire.requests[-1]
    found = {"A": ("Picture A:", ONE.sha256), "B": ("Picture B:", TWO.sha256)}
    assert said.parts == (*found[letters[0]], *found[letters[1]], QUESTION)
    assert said.question == QUESTION
    assert not said.refused


@pytest.mark.parametrize("provider", PROVIDERS)
def test_letters_stay_through_the_talk(wire: WireServer, connect: Connect, provider: str) -> None:
    first = compared(provider, "A", "B")
    _, answer = all_of(connect(provider), first)
    further = then(first, answer, "And now?")
    added = Turn("user", "And this one?", (THREE,), labels=("Picture C:",))
    all_of(connect(provider), replace(further, turns=(*further.turns[:-1], added)))
    before, now = wire.requests[-2:]
    assert now.parts == (*before.parts, "Picture C:", THREE.sha256, "And this one?")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_labels_nothing_is_said_of_the_pictures(wire: WireServer, connect: Connect, provider: str) -> None:
    all_of(connect(provider), ask(provider, QUESTION, pictures=(ONE, TWO)))
    assert wire.requests[-1].parts == (ONE.sha256, TWO.sha256, QUESTION)


def test_claude_marks_the_last_picture_not_a_label(wire: WireServer, connect: Connect) -> None:
    all_of(connect("anthropic"), compared("anthropic", "A", "B"))
    content = wire.requests[-1].body["messages"][0]["content"]
    assert [block["type"] for block in content] == ["text", "image", "text", "image", "text"]
    assert ["cache_control" in block for block in content] == [False, False, False, True, True]


def test_labels_go_with_the_pictures_one_for_one() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = Turn("user", QUESTION, (ONE, TWO), labels=("Picture A:",)).labelled
