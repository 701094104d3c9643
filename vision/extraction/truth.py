"""What corrections tell: how often each field of each model was right, and below which doubt nobody needs to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vision.intervals import wilson

ENOUGH = 20  # values; twenty right of twenty still leave room down to 84 %
ENOUGH_TO_ACCEPT = 30  # values below a threshold; before, it is not one of the documents but of chance
WANTED = 0.99


@dataclass(frozen=True, slots=True)
class Judgement:
    """A value that somebody looked at. ``field``: its name ("items.amount"). ``model``: who read it."""

    field: str
    model: str
    right: bool


@dataclass(frozen=True, slots=True)
class Rightness:
    """``right`` of ``count`` values of ``field`` that ``model`` read; ``field`` "" is all of its fields together.
    ``low`` to ``high``, 0 to 1, is the Wilson interval (95 %)."""

    field: str
    model: str
    right: int
    count: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        return self.right / self.count if self.count else None

    @property
    def enough(self) -> bool:
        """Whether the share says anything yet."""
        return self.count >= ENOUGH

    @property
    def words(self) -> str:
        """ "94 % right (47 of 50; 84 % to 98 %)", "not enough yet (3 of 4 right)"."""
        if not self.enough:
            return f"not enough yet ({self.right} of {self.count} right)"
        share = self.right / self.count
        return f"{share:.0%} right ({self.right} of {self.count}; {self.low:.0%} to {self.high:.0%})".replace("%", " %")


def rightness(judged: Iterable[Judgement]) -> tuple[Rightness, ...]:
    """By model and field: each model's fields together first, then field by field, both in order of name."""
    count: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for one in judged:
        for key in ((one.model, ""), (one.model, one.field)):
            count[key] += 1
            right[key] += one.right
    return tuple(
        Rightness(field, model, right[model, field], count[model, field], *wilson(right[model, field], number))
        for (model, field), number in sorted(count.items())
    )


@dataclass(frozen=True, slots=True)
class Threshold:
    """Values whose doubt is ``score`` or less were right in ``right`` of ``count`` cases."""

    score: float
    right: int
    count: int


def threshold(judged: Sequence[tuple[float, bool]], wanted: float = WANTED) -> Threshold | None:
    """The largest doubt under which at least ``wanted`` of the values were right; None if there is none, or fewer than
    ``ENOUGH_TO_ACCEPT`` values lie under it. ``judged``: (doubt, right) of values that somebody looked at.

    It is set on the values it is chosen from, so expect a little less on others: measure it there with ``accepted``.
    """
    found: Threshold | None = None
    right = count = 0
    ordered = sorted(judged)
    for place, (score, good) in enumerate(ordered):
        right, count = right + good, count + 1
        whole = place + 1 == len(ordered) or ordered[place + 1][0] > score  # equal scores are taken or left together
        if whole and count >= ENOUGH_TO_ACCEPT and right >= wanted * count - 1e-9:
            found = Threshold(score, right, count)
    return found


@dataclass(frozen=True, slots=True)
class Accepted:
    """Of ``values``, ``count`` had a doubt below the threshold, and ``right`` of these were right. ``low`` to ``high``
    is the Wilson interval (95 %) of that share."""

    values: int
    count: int
    right: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.count / self.values if self.values else 0.0

    @property
    def share_right(self) -> float | None:
        return self.right / self.count if self.count else None


def accepted(judged: Iterable[tuple[float, bool]], score: float) -> Accepted:
    """What accepting without a look all whose doubt is ``score`` or less would come to."""
    every = list(judged)
    taken = [right for doubt, right in every if doubt <= score]
    return Accepted(len(every), len(taken), sum(taken), *wilson(sum(taken), len(taken)))
