"""Her own votes, added up per model. Pure: the same votes in any order give the same table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from vision.intervals import wilson
from vision.store.records import BOTH_BAD, TIE, Vote

ENOUGH = 10  # decided votes; before, even ten wins of ten leave room down to 69 %


@dataclass(frozen=True, slots=True)
class Score:
    """``model`` is a choice word. Of the rounds in which it stood: ``wins`` (it was the best), ``losses`` (another
    was), ``ties`` and ``bad`` (all were bad). ``low`` to ``high``, 0 to 1, is the Wilson interval (95 %) of its share
    of the decided ones; 0 to 1 while there are none.

    Among four models the best wins one round in four by chance alone, so shares compare only between models that met.
    """

    model: str
    wins: int
    ties: int
    losses: int
    bad: int
    low: float
    high: float

    @property
    def decided(self) -> int:
        return self.wins + self.losses

    @property
    def votes(self) -> int:
        return self.decided + self.ties + self.bad

    @property
    def share(self) -> float | None:
        """Wins of the decided rounds; None before there is one."""
        return self.wins / self.decided if self.decided else None

    @property
    def enough(self) -> bool:
        """Whether the share says anything yet."""
        return self.decided >= ENOUGH


def scores(votes: Iterable[Vote]) -> tuple[Score, ...]:
    """One for each model that was voted on: those with enough votes first, the likeliest best before."""
    counts: dict[str, Counter[str]] = {}
    for vote in votes:
        for model in vote.models:
            if model:  # "": its lane is gone
                counts.setdefault(model, Counter())[_outcome(vote, model)] += 1
    found = (_score(model, count) for model, count in counts.items())
    return tuple(sorted(found, key=lambda one: (not one.enough, -one.low, -one.wins, one.losses, one.model)))


def _outcome(vote: Vote, model: str) -> str:
    if vote.choice in (TIE, BOTH_BAD):
        return vote.choice
    return "win" if vote.winner == model else "loss"


def _score(model: str, count: Counter[str]) -> Score:
    wins, losses = count["win"], count["loss"]
    return Score(model, wins, count[TIE], losses, count[BOTH_BAD], *wilson(wins, wins + losses))
