"""Numbers in text that are no amounts of money as well: quantities, rates, years. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = re.compile(r"(?<![A-WYZa-wyz\d_.,])[-–−]?\s?(?P<digits>\d+(?:[.,'’\u00a0\u202f]\d+)*)(?![.,]?\d)")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed between ``start`` and ``end``. ``values`` are what it can mean: 1.234 is two numbers."""

    values: tuple[Decimal, ...]
    start: int
    end: int


def numbers_in(text: str) -> list[Number]:
    """Every number in ``text``, units and per cent signs aside. Digits in a word ("B12") are none; "x2" is 2."""
    found = []
    for match in _NUMBER.finditer(text):
        values = _values(match["digits"])
        if match.group()[0] in "-–−":
            values = tuple(-value for value in values) + values  # a dash may be one between words
        found.append(Number(values, match.start(), match.end()))
    return found


def _values(digits: str) -> tuple[Decimal, ...]:
    parts = re.split(r"\D", digits)
    marks = re.findall(r"\D", digits)
    whole = Decimal("".join(parts))
    if not marks:
        return (whole,)
    broken = Decimal("".join(parts[:-1]) + "." + parts[-1])
    grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and len(set(marks)) == 1
    if len(marks) == 1 and grouped and marks[0] in ".,":
        return whole, broken
    if grouped:
        return (whole,)
    return (broken,) if marks[-1] in ".," else ()
