"""What was found, in words, under the letters of the two pictures."""

from __future__ import annotations

import pytest

from vision.comparing.result import Difference, Region, Registration
from vision.comparing.saying import in_words, lies

REGION = Region((0, 0, 4, 4), (0, 0, 4, 4), 0.1, 0.5)
PLAIN = Registration(1.0, 0.0, 0.0, True, "the same size and place")
APART = Registration(1.0, 0.0, 0.0, False, "could not be laid over each other: they seem to show different things")


def found(
    percent: float | None, places: int = 0, tone: str = "", registration: Registration = PLAIN, *, same: bool = False
) -> Difference:
    return Difference(registration, percent, (REGION,) * places, b"", tone, same)


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (found(0.0, same=True), "No difference was found."),
        (found(3.21, 4), "3.2 % differs, in 4 places."),
        (found(0.02, 1), "Less than 0.1 % differs, in one place."),
        (found(38.4, 2, "the whole of B is darker"), "The whole of D is darker. 38 % differs besides, in 2 places."),
        (found(0.0, 0, "the whole of B is warmer"), "The whole of D is warmer. Nothing else differs."),
        (found(0.3), "0.3 % differs, nowhere enough to be a place."),
        (found(81.0, 0, "", APART), "The two could not be laid over each other: they seem to show different things."),
        (found(None, 0, "", APART), "The two could not be laid over each other: they seem to show different things."),
    ],
)
def test_what_was_found(difference: Difference, words: str) -> None:
    assert in_words(difference, ("C", "D")) == words


def test_how_the_second_was_laid_over_the_first() -> None:
    placed = Registration(0.98, 0.0, 0.0, True, "B is 2 % larger; B shows 40 % of A")
    edges = Registration(1.0, 0.0, 0.0, False, "could not be laid over each other by what they show")
    assert lies(found(1.0, 1, "", placed)) == "B is 2 % larger; B shows 40 % of A: laid over A."
    assert lies(found(1.0, 1, "", placed), ("A", "C")) == "C is 2 % larger; C shows 40 % of A: laid over A."
    assert lies(found(1.0, 1)) == ""
    assert lies(found(1.0, 1, "", edges)) == "The two could not be laid over each other by what they show."
    assert lies(found(81.0, 0, "", APART)) == ""
