"""What else on the pictures speaks for a date or a total, or against it: what was paid, what adds up, what is repeated.

It is looked for in what is printed and not in the record, so it speaks for a model's value and the reader's alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate, combinations

from vision.extraction.leaf_values import leaf_values, number
from vision.fields.model import FieldSet, Kind, Path
from vision.messages import Json
from vision.reader.amounts import find_amounts
from vision.reader.candidates import Candidate
from vision.reader.dates import find_dates
from vision.reader.fields import find_field
from vision.reader.labels import TOTALS, find_labels, row_of
from vision.reader.meant import meant
from vision.reader.reading import Reading
from vision.reader.values import find_times

NEAR = 0.12  # candidates whose scores lie no further apart are rivals
CENT = Decimal("0.01")
ROUNDED = Decimal("0.02")  # cash rounding to 0.05 moves a total by so much at most


class Sign(StrEnum):
    """What speaks for a value."""

    PAID = "paid"
    ADDS_UP = "adds_up"
    REPEATED = "repeated"
    LABELLED = "labelled"
    TIMED = "timed"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Signs:
    """``rival`` is another value printed in the same role, "" if there is none."""

    found: frozenset[Sign] = frozenset()
    rival: str = ""


def signs(set_: FieldSet, data: Json, readings: Sequence[Reading]) -> dict[Path, Signs]:
    """For each date and total of the record, not of its rows, for which the reader has a rule."""
    found: dict[Path, Signs] = {}
    for path, field, value in leaf_values(set_.fields, data):
        if any(isinstance(part, int) for part in path) or field.kind not in (Kind.DATE, Kind.MONEY):
            continue
        kinds = meant(field, tuple(str(part) for part in path[:-1])).kinds
        amount = number(value)
        if field.kind is Kind.MONEY and "total" in kinds and amount is not None:
            found[path] = _of_total(amount, readings)
        elif field.kind is Kind.DATE and "date" in kinds and (day := _day(value)) is not None:
            found[path] = _of_date(day, readings)
    return found


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _of_total(value: Decimal, readings: Sequence[Reading]) -> Signs:
    found: set[Sign] = set()
    rivals: list[Candidate] = []
    for reading in readings:
        amounts = {kind: _values(reading, kind) for kind in ("cash", "change", "card", "subtotal", "tax", "rounding")}
        if _was_paid(value, amounts["cash"], amounts["change"], amounts["card"]):
            found.add(Sign.PAID)
        if _adds_up(value, amounts["subtotal"], amounts["tax"]) or _rows_add_up(value, reading):
            found.add(Sign.ADDS_UP)
        rows = _total_rows(value, reading)
        found |= {Sign.LABELLED} if rows else set()
        found |= {Sign.REPEATED} if len(rows) > 1 else set()
        rivals += find_field(reading, "total")
    return Signs(frozenset(found), _rival(rivals, lambda one: Decimal(one.value) == value))


def _values(reading: Reading, kind: str) -> frozenset[Decimal]:
    return frozenset(abs(Decimal(one.value)) for one in find_field(reading, kind))


def _was_paid(value: Decimal, cash: Iterable[Decimal], change: Iterable[Decimal], card: Iterable[Decimal]) -> bool:
    return value in card or any(given - back == value and back for given in cash for back in change)


def _adds_up(value: Decimal, before: Iterable[Decimal], taxes: Iterable[Decimal]) -> bool:
    """Amount before tax and tax, both printed and neither nothing."""
    return any(one and tax and abs(one + tax - value) <= ROUNDED for one in before for tax in taxes)


def _rows_add_up(value: Decimal, reading: Reading) -> bool:
    """Whether the last amounts of two or more rows above the first total come to ``value``, all of them in a run."""
    totals = {number for label in find_labels(reading, TOTALS | {"subtotal"}) for number in row_of(reading, label.line)}
    ends: list[Decimal] = []
    for row in reading.rows:
        if totals & set(row) and len(ends) > 1:
            break
        amounts = [one for number in row for one in find_amounts(reading.lines[number].text) if one.decimals == 2]
        if amounts and amounts[-1].value:
            ends.append(amounts[-1].value)
    sums = list(accumulate(ends, initial=Decimal(0)))
    return any(
        abs(sums[end] - sums[start] - value) <= CENT
        for start, end in combinations(range(len(sums)), 2)
        if end - start > 1
    )


def _total_rows(value: Decimal, reading: Reading) -> frozenset[tuple[int, ...]]:
    """The rows that are labelled as a total and show ``value``."""
    rows = {row_of(reading, label.line) for label in find_labels(reading, TOTALS)}
    shown = {
        row
        for row in rows
        if any(one.value == value for number in row for one in find_amounts(reading.lines[number].text))
    }
    return frozenset(shown)


def _of_date(day: date, readings: Sequence[Reading]) -> Signs:
    found: set[Sign] = set()
    rivals: list[Candidate] = []
    printed: list[date] = []
    for reading in readings:
        rivals += find_field(reading, "date")
        for line in reading.lines:
            for one in find_dates(line.text):
                same = day in (one.value, one.other)
                printed.append(day if same else one.value)
                if same and (find_times(line.text[one.end :]) or find_times(line.text[: one.start])):
                    found.add(Sign.TIMED)
        found |= {Sign.LABELLED} if _label_in_line(day, reading) else set()
    found |= {Sign.REPEATED} if printed.count(day) > 1 else set()
    found |= {Sign.ALONE} if set(printed) == {day} else set()
    return Signs(frozenset(found), _rival(rivals, lambda one: one.value == day.isoformat()))


def _label_in_line(day: date, reading: Reading) -> bool:
    lines = {label.line for label in find_labels(reading, {"date"})}
    rows = {number for line in lines for number in row_of(reading, line)}
    return any(day in (one.value, one.other) for number in rows for one in find_dates(reading.lines[number].text))


def _rival(candidates: Sequence[Candidate], same: Callable[[Candidate], bool]) -> str:
    """The best candidate of another value that fits nearly as well or better."""
    own = max((one.score for one in candidates if same(one)), default=0.0)
    others = [one for one in candidates if not same(one) and one.score > own - NEAR]
    return max(others, key=lambda one: one.score).value if others else ""
