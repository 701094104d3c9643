"""Corrections counted; where accepting without a look is safe, and that it is not said too early."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.extraction.truth import ENOUGH, ENOUGH_TO_ACCEPT, Judgement, Threshold, accepted, rightness, threshold


def test_counts_by_model_and_field() -> None:
    judged = [Judgement("date", "a", True)] * 3 + [Judgement("date", "a", False), Judgement("total", "b", True)]
    table = [(one.model, one.field, one.right, one.count) for one in rightness(judged)]
    assert table == [("a", "", 3, 4), ("a", "date", 3, 4), ("b", "", 1, 1), ("b", "total", 1, 1)]


@pytest.mark.parametrize(
    ("right", "count", "words"),
    [
        (3, 4, "not enough yet (3 of 4 right)"),
        (ENOUGH - 1, ENOUGH - 1, "not enough yet (19 of 19 right)"),
        (47, 50, "94 % right (47 of 50; 84 % to 98 %)"),
        (20, 20, "100 % right (20 of 20; 84 % to 100 %)"),
    ],
)
def test_few_are_not_enough(right: int, count: int, words: str) -> None:
    judged = [Judgement("date", "a", number < right) for number in range(count)]
    assert {one.words for one in rightness(judged)} == {words}


def test_the_largest_doubt_under_which_enough_are_right() -> None:
    judged = [(0.01, True)] * 50 + [(0.02, True)] * 49 + [(0.02, False)] + [(0.03, False)] * 5
    assert threshold(judged) == Threshold(0.02, 99, 100)
    assert threshold(judged, wanted=1.0) == Threshold(0.01, 50, 50)


def test_equal_doubts_are_taken_together_or_left() -> None:
    assert threshold([(0.1, True)] * 99 + [(0.1, False)] * 2) is None


def test_few_set_no_threshold() -> None:
    assert threshold([(0.1, True)] * (ENOUGH_TO_ACCEPT - 1)) is None
    assert threshold([]) is None


def test_what_accepting_comes_to() -> None:
    got = accepted([(0.1, True), (0.1, False), (0.2, True), (0.3, True)], 0.2)
    assert (got.values, got.count, got.right, got.share, got.share_right) == (4, 3, 2, 0.75, 2 / 3)
    none = accepted([], 0.5)
    assert (none.share, none.share_right, none.low, none.high) == (0.0, None, 0.0, 1.0)


pairs = st.lists(st.tuples(st.integers(0, 20).map(lambda n: n / 20), st.booleans()), max_size=120)


@given(pairs, st.sampled_from([0.5, 0.9, 0.99, 1.0]), st.randoms(use_true_random=False))
def test_the_threshold_keeps_its_promise_on_its_own_values_in_any_order(
    judged: list[tuple[float, bool]], wanted: float, chance: random.Random
) -> None:
    found = threshold(judged, wanted)
    shuffled = judged.copy()
    chance.shuffle(shuffled)
    assert threshold(shuffled, wanted) == found
    if found is not None:
        got = accepted(judged, found.score)
        assert (got.right, got.count) == (found.right, found.count)
        assert got.right >= wanted * got.count - 1e-9
        assert got.count >= ENOUGH_TO_ACCEPT
