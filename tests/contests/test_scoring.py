"""Votes make the table, the same in any order; the interval against known values."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.contests.scoring import ENOUGH, scores
from vision.intervals import wilson
from vision.store import Store
from vision.store.records import BOTH_BAD, TIE, Vote

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MODELS = ("claude-x", "gpt-x", "gemini-x", "compatible:llava", "reader")


def vote(choice: str, *models: str, contest: str = "c", position: int = 1) -> Vote:
    """``choice`` is a model, TIE or BOTH_BAD."""
    shown = tuple(f"lane of {model}" for model in models)
    chosen = f"lane of {choice}" if choice in models else choice
    return Vote(contest, position, chosen, shown, models, True, None, AT)


@st.composite
def votes(draw: st.DrawFn) -> list[Vote]:
    found: list[Vote] = []
    for number in range(draw(st.integers(0, 8))):
        models = draw(st.permutations(MODELS))[: draw(st.integers(2, 4))]
        for position in range(1, draw(st.integers(1, 4)) + 1):
            choice = draw(st.sampled_from([*models, TIE, BOTH_BAD]))
            found.append(vote(choice, *models, contest=str(number), position=position))
    return found


@given(votes(), st.randoms(use_true_random=False))
def test_the_same_votes_in_any_order_make_the_same_table(cast: list[Vote], chance: random.Random) -> None:
    table = scores(cast)
    again = list(cast)
    chance.shuffle(again)
    assert scores(again) == table


@given(votes())
def test_the_table_is_the_votes_counted(cast: list[Vote]) -> None:
    table = {one.model: one for one in scores(cast)}
    assert set(table) == {model for one in cast for model in one.models}
    for model, one in table.items():
        mine = Counter(one.choice for one in cast if model in one.models)
        assert (one.wins, one.ties, one.bad) == (mine[f"lane of {model}"], mine[TIE], mine[BOTH_BAD])
        assert one.votes == mine.total()
        assert 0 <= one.low <= (one.share or one.low) <= one.high <= 1
        assert one.enough == (one.wins + one.losses >= ENOUGH)
    assert sum(one.wins for one in table.values()) == sum(one.winner is not None for one in cast)


@pytest.mark.parametrize(
    ("wins", "decided", "low", "high"),
    [  # Newcombe 1998, table I, method 3 (81/263, 15/148, 0/20, 1/29); Brown, Cai and DasGupta 2001 agree
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_interval(wins: int, decided: int, low: float, high: float) -> None:
    found = wilson(wins, decided)
    assert found == pytest.approx((low, high), abs=0.00006)


@given(st.integers(0, 500), st.integers(0, 500))
def test_winning_and_losing_are_mirrored(wins: int, losses: int) -> None:
    low, high = wilson(wins, wins + losses)
    other_low, other_high = wilson(losses, wins + losses)
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low))


def test_who_has_enough_votes_comes_first() -> None:
    cast = [vote("claude-x", "claude-x", "gpt-x", contest=str(number)) for number in range(ENOUGH)]
    cast.append(vote("reader", "reader", "gemini-x"))
    table = scores(cast)
    assert [one.model for one in table] == ["claude-x", "gpt-x", "reader", "gemini-x"]
    assert [one.enough for one in table] == [True, True, False, False]
    assert (table[0].share, table[1].share) == (1.0, 0.0)
    assert scores([vote(TIE, "claude-x", "gpt-x")])[0].share is None


def test_a_lane_that_is_gone_is_nobody() -> None:
    assert [one.model for one in scores([vote(TIE, "claude-x", "")])] == ["claude-x"]


def test_stored_votes_reproduce_the_table(store: Store) -> None:
    owned = store.of("local")
    contests = [owned.create_contest(MODELS[:3], order=[2, 0, 1]), owned.create_contest(MODELS[2:])]
    cast = [(0, "gpt-x"), (0, TIE), (1, "reader"), (1, BOTH_BAD), (0, "gpt-x")]
    for position, (which, choice) in enumerate(cast, start=1):
        lanes = {lane.model: lane.id for lane in contests[which].lanes}
        owned.vote(contests[which].id, position, lanes.get(choice, choice))
    expected = [vote(choice, *[lane.model for lane in contests[which].lanes]) for which, choice in cast]
    assert scores(owned.votes()) == scores(expected)
    table = {one.model: (one.wins, one.ties, one.losses, one.bad) for one in scores(owned.votes())}
    assert table == {
        "claude-x": (0, 1, 2, 0),
        "gpt-x": (2, 1, 0, 0),
        "gemini-x": (0, 1, 3, 1),
        "compatible:llava": (0, 0, 1, 1),
        "reader": (1, 0, 0, 1),
    }
    owned.delete_contest(contests[0].id)
    assert {one.model for one in scores(owned.votes())} == set(MODELS[2:])
