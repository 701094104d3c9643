"""How B lies over A, in words."""

from __future__ import annotations

import pytest

from vision.comparing.wording import placed


@pytest.mark.parametrize(
    ("scale", "dx", "dy", "shared", "words"),
    [
        (1, 0, 0, 1, "the same size and place"),
        (1, -3, 0, 0.99, "B lies 3 pixels to the right"),
        (1, 1, -2, 0.99, "B lies 1 pixel to the left and 2 pixels further down"),
        (1 / 1.02, 0, 0, 1, "B is 2 % larger"),
        (1 / 1.02, -3 / 1.02, 0, 1, "B is 2 % larger and 3 pixels to the right"),
        (1 / 0.985, -3 / 0.985, 4 / 0.985, 1, "B is 1.5 % smaller, 3 pixels to the right and 4 pixels further up"),
        (0.5, 0, 0, 1, "B is 2 times as large"),
        (1.0001, 0.2, 0.2, 1, "the same size and place"),
        (1, 20, 30, 0.314, "B lies 20 pixels to the left and 30 pixels further up; B shows 31 % of A"),
    ],
)
def test_words(scale: float, dx: float, dy: float, shared: float, words: str) -> None:
    assert placed(scale, dx, dy, shared) == words
