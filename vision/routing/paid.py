"""What an answer cost in all: every attempt counts, and what is not known is said, never taken for nothing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from vision.messages import Attempt
from vision.routing.estimating import usd


@dataclass(frozen=True, slots=True)
class Paid:
    """``known`` US dollars, and the number of attempts whose price is ``unknown``."""

    known: Decimal
    unknown: int

    @property
    def usd(self) -> Decimal | None:
        """The whole, or None while a part of it is not known."""
        return None if self.unknown else self.known

    @property
    def words(self) -> str:
        """ "$0.0012", "free", "price unknown", "$0.0012 and 1 attempt of unknown price"."""
        if not self.unknown:
            return usd(self.known) if self.known else "free"
        if not self.known:
            return "price unknown"
        return f"{usd(self.known)} and {self.unknown} attempt{'s' if self.unknown > 1 else ''} of unknown price"


def paid(attempts: Sequence[Attempt], cost: Decimal | None) -> Paid:
    """``cost`` is an answer's own, from before attempts had prices; it counts where no attempt has one. What was never
    asked cost nothing."""
    known = [attempt.cost_usd for attempt in attempts]
    if cost is not None and not any(one is not None for one in known):
        known = [*known[:-1], cost]
    return Paid(sum((one for one in known if one is not None), Decimal(0)), sum(one is None for one in known))
