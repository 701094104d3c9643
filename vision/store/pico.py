"""Money as the database keeps it: whole pico-dollars (a millionth of a millionth), so that sums are exact.

A token of the cheapest model costs tens of thousands of them. What is finer still is rounded up: never too little.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, localcontext
from typing import overload

PLACES = 12
MOST = Decimal(1_000_000)  # US dollars of one attempt: far beyond any price, far below what 64 bits can sum
_DIGITS = 60  # of the arithmetic here, whatever the caller's context says


@overload
def to_pico(amount: Decimal) -> int: ...
@overload
def to_pico(amount: Decimal | None) -> int | None: ...
def to_pico(amount: Decimal | None) -> int | None:
    """``amount`` US dollars in pico-dollars, rounded up; None stays None.

    Raises ValueError for what is no price: negative, not finite, or beyond ``MOST``."""
    if amount is None:
        return None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise ValueError(f"{amount} is no price")
    with localcontext(prec=_DIGITS):
        return int(amount.scaleb(PLACES).to_integral_value(ROUND_CEILING))


def difference_to_pico(amount: Decimal) -> int:
    """A saving, which may be below 0 (a cache that was only written so far), as ``to_pico``."""
    return to_pico(amount) if amount >= 0 else -to_pico(-amount)


@overload
def to_usd(pico: int) -> Decimal: ...
@overload
def to_usd(pico: int | None) -> Decimal | None: ...
def to_usd(pico: int | None) -> Decimal | None:
    """Exactly ``pico`` pico-dollars in US dollars; None stays None."""
    if pico is None:
        return None
    with localcontext(prec=_DIGITS):
        return Decimal(pico).scaleb(-PLACES)
