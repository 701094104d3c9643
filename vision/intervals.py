"""How far a share of few can be trusted: counted votes, counted corrections, counted receipts."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054  # the normal quantile of 97.5 %: an interval of 95 %


def wilson(wins: int, decided: int) -> tuple[float, float]:
    """The 95 % interval of a share of ``wins`` in ``decided``, good for small numbers, too (E. B. Wilson, 1927)."""
    if not decided:
        return 0.0, 1.0
    share, square = wins / decided, Z_95 * Z_95
    middle = (share + square / (2 * decided)) / (1 + square / decided)
    reach = Z_95 * sqrt(share * (1 - share) / decided + square / (4 * decided * decided)) / (1 + square / decided)
    low = 0.0 if wins == 0 else max(0.0, middle - reach)
    return low, 1.0 if wins == decided else min(1.0, middle + reach)
