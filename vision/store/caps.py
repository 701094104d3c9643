"""Whether one more attempt stays within the caps, and the sentence if not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Literal

from vision.errors import OverCap
from vision.store.money_records import Caps, Spending

Scope = Literal["question", "run", "day", "installation"]

_WHOSE: dict[Scope, str] = {
    "question": "your cap of {} for a question",
    "run": "your cap of {} for a run",
    "day": "your cap of {} a day",
    "installation": "this installation's cap of {} a day",
}
_ALL_MODELS = "your cap of {} for a question to all compared models"
_WHERE: dict[Scope, str] = {
    "question": "in Settings (in the terminal: --budget)",
    "run": "of the run, or the one in Settings (in the terminal: --budget)",  # the smaller of the two is in force
    "day": "in Settings",
    "installation": "with LOUPE_INSTALLATION_DAY_CAP",
}
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts against a cap, in US dollars. ``spent`` holds the upper price of what ended with an unknown one,
    ``reserved`` that of attempts under way. ``boundless`` counts attempts that have no upper price either."""

    spent: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    boundless: int = 0


NOTHING = Counted()


def in_force(caps: Caps, run: str) -> list[tuple[Scope, Decimal]]:
    """The caps that there are; that of a run only within one."""
    named: list[tuple[Scope, Decimal | None]] = [
        ("question", caps.question),
        ("run", caps.run if run else None),
        ("day", caps.day),
        ("installation", caps.installation),
    ]
    return [(scope, cap) for scope, cap in named if cap is not None]


def check(spending: Spending, caps: Caps, counted: Callable[[Scope], Counted]) -> None:
    """Raises OverCap if the attempt could pass a cap; to meet one exactly is allowed. What costs nothing is too,
    whatever was spent before: it cannot pass anything."""
    if spending.upper == 0:
        return
    for scope, cap in in_force(caps, spending.run):
        compared = scope == "run" and spending.job == "compare"  # one question, whose cap several models share
        whose = (_ALL_MODELS if compared else _WHOSE[scope]).format(dollars(cap))
        where = _WHERE["question" if compared else scope]
        if spending.upper is None:
            raise OverCap(
                f"The price of {spending.model} is not known, so {whose} cannot be kept: choose a model with a known "
                f"price, or take the cap out {where}.",
                scope=scope,
            )
        so_far = counted(scope)
        if so_far.boundless:
            raise OverCap(
                f"What earlier attempts cost is not known, so {whose} cannot be kept: ask the on-device reader, or "
                f"take the cap out {where}.",
                scope=scope,
            )
        if left(cap, so_far) < spending.upper:
            raise OverCap(
                f"This could pass {whose}: {dollars(so_far.spent)} is spent, {dollars(so_far.reserved)} reserved for "
                f"what is under way, and this can cost up to {dollars(spending.upper)}. Choose something cheaper, or "
                f"raise the cap {where}.",
                scope=scope,
                later=left(cap, Counted(spent=so_far.spent)) >= spending.upper,
            )


def left(cap: Decimal, counted: Counted) -> Decimal:
    """What may still be reserved; nothing while the cap cannot be kept at all."""
    if counted.boundless:
        return Decimal(0)
    with localcontext(prec=60):
        return max(cap - counted.spent - counted.reserved, Decimal(0))


def dollars(amount: Decimal) -> str:
    """``$0.50``, ``$0.000413``: two to six places, rounded up, so that something never looks like nothing."""
    rounded = amount.quantize(_SHOWN, ROUND_CEILING) if amount < 10**12 else amount
    whole, _, places = f"{rounded:f}".partition(".")
    return f"${whole}.{places.rstrip('0').ljust(2, '0')}"
