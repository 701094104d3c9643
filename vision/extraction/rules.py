"""What must hold between the values of a record: what adds up, what does not, in words with the numbers.

A rule whose values are not there says nothing. A list without an amount in one of its rows does not add up to anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import prod

from vision.extraction.check_digits import wrong_digits
from vision.extraction.leaf_values import leaf_values, names_of, number, places_of
from vision.extraction.rule_words import addends, amount, calculation, named, range_words, scheme_words, shown
from vision.fields.model import HOLDERS, Field, FieldSet, Kind, Path, Rule
from vision.messages import Json

CENT = Decimal("0.01")  # what sums and products may be off in any case
HALF_CENT = Decimal("0.005")  # what each addend may be off by its own rounding
HALF_GRAM = Decimal("0.0005")  # what a weighed or timed quantity, 0.348, may be off


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule`` does not hold for the values at ``paths``, all that took part; ``sentence`` says so with the numbers."""

    rule: Rule
    paths: tuple[Path, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Value:
    path: Path
    field: Field
    value: object

    @property
    def number(self) -> Decimal:
        found = number(self.value)
        return Decimal(0) if found is None else found


# name of a field -> its values, in order
_Values = Mapping[str, list[_Value]]


def broken(set_: FieldSet, data: Json, today: date) -> tuple[Finding, ...]:
    """The rules that are on and do not hold, in the order of the rules, then of the rows."""
    return tuple(found for found, holds in _checked(set_, data, today) if not holds)


def holding(set_: FieldSet, data: Json, today: date) -> tuple[Finding, ...]:
    """The sums, products and check digits that come out right, which speaks for each value in them. ``sentence`` is "".

    A range or a date that is not in the future says nothing for a value: nearly any wrong one passes, too. Nor does a
    sum of a single value, which is that value written twice.
    """
    telling = ("sum", "product", "check_digits")
    found = ((one, holds) for one, holds in _checked(set_, data, today) if one.rule.kind in telling)
    return tuple(
        Finding(one.rule, one.paths, "")
        for one, holds in found
        if holds and (one.rule.kind == "check_digits" or len(one.paths) > 2)
    )


def _checked(set_: FieldSet, data: Json, today: date) -> Iterator[tuple[Finding, bool]]:
    values: dict[str, list[_Value]] = {}
    for path, field, value in leaf_values(set_.fields, data):
        values.setdefault(names_of(path), []).append(_Value(path, field, value))
    rows = dict(_row_counts(set_.fields, data, ()))
    for rule in set_.rules:
        if not rule.on:
            continue
        if rule.kind == "sum":
            yield from _sums(rule, values, rows)
        elif rule.kind == "product":
            yield from _products(rule, values)
        else:
            for name in rule.fields:
                for one in values.get(name, []):
                    yield from _single(rule, one, today)


def _row_counts(fields: tuple[Field, ...], data: object, above: Path) -> Iterator[tuple[Path, int]]:
    """How many rows each list has that a person would count."""
    if not isinstance(data, Mapping):
        return
    for field in fields:
        value, path = data.get(field.name), (*above, field.name)
        if field.kind is Kind.ROWS and isinstance(value, list | tuple):
            yield path, len(value)
            for index, row in enumerate(value):
                yield from _row_counts(field.fields, row, (*path, index))
        elif field.kind in HOLDERS:
            yield from _row_counts(field.fields, value, path)


def _sums(rule: Rule, values: _Values, rows: Mapping[Path, int]) -> Iterator[tuple[Finding, bool]]:
    for target in values.get(rule.target, []):
        parts = [_below(target, values.get(name, [])) for name in rule.fields]
        taken = [one for part in parts for one in part]
        if number(target.value) is None or not all(parts) or any(number(one.value) is None for one in taken):
            continue
        if any(_has_gaps(part, rows, target) for part in parts):
            continue
        total = sum((one.number for one in taken), Decimal(0))
        tolerance = max(CENT, HALF_CENT * len(taken))
        sentence = (
            f"{_where(target.path)}{addends([(one.path, one.number) for one in taken])} {amount(total)}, but "
            f"{named(target.path)} says {amount(target.number)}."
        )
        paths = (*(one.path for one in taken), target.path)
        yield Finding(rule, paths, _upper(sentence)), abs(total - target.number) <= tolerance


def _below(target: _Value, candidates: list[_Value]) -> list[_Value]:
    """Those that stand in the target's own row, or anywhere if the target is in no list that they are in."""
    row = _rows_above(target.path)
    return [one for one in candidates if all(one.path[: len(above)] == above for above in _shared(row, one.path))]


def _rows_above(path: Path) -> tuple[Path, ...]:
    """The rows that a value stands in: ("items", 3) for ("items", 3, "amount")."""
    return tuple(path[: index + 1] for index, part in enumerate(path[:-1]) if isinstance(part, int))


def _shared(rows: tuple[Path, ...], path: Path) -> Iterator[Path]:
    """Those of ``rows`` whose list ``path`` is in, too."""
    return (row for row in rows if path[: len(row) - 1] == row[:-1])


def _has_gaps(part: list[_Value], rows: Mapping[Path, int], target: _Value) -> bool:
    """Whether a row of the column has no value: then its sum is not known."""
    own = _rows_above(target.path)
    found = {above[-1] for one in part if (above := _rows_above(one.path)) and above[-1] not in own}
    return len(found) < sum(rows.get(path, 0) for path in {row[:-1] for row in found})


def _products(rule: Rule, values: _Values) -> Iterator[tuple[Finding, bool]]:
    for target in values.get(rule.target, []):
        row = places_of(target.path)
        factors = [[one for one in values.get(name, []) if places_of(one.path) == row] for name in rule.fields]
        taken = [part[0] for part in factors if len(part) == 1 and number(part[0].value) is not None]
        if len(taken) < len(rule.fields) or not taken or number(target.value) is None:
            continue
        total = prod((one.number for one in taken), start=Decimal(1))
        sentence = (
            f"{_where(target.path)}{calculation([(one.path, one.number) for one in taken])} is {amount(total)}, but "
            f"{named(target.path)} says {amount(target.number)}."
        )
        paths = (*(one.path for one in taken), target.path)
        yield Finding(rule, paths, _upper(sentence)), abs(total - target.number) <= _product_tolerance(taken)


def _product_tolerance(factors: list[_Value]) -> Decimal:
    """A cent. A quantity off a scale or a clock is rounded, which its price multiplies."""
    slack = Decimal(0)
    for index, one in enumerate(factors):
        if one.field.kind is not Kind.MONEY and one.number % 1:
            others = (abs(other.number) for place, other in enumerate(factors) if place != index)
            slack += HALF_GRAM * prod(others, start=Decimal(1))
    return max(CENT, slack + HALF_CENT if slack else CENT)


def _single(rule: Rule, one: _Value, today: date) -> Iterator[tuple[Finding, bool]]:
    if rule.kind == "range":
        wrong = _range(rule, one)
    elif rule.kind == "not_future":
        wrong = _future(one, today)
    else:
        wrong = _digits(rule, one)
    if wrong is not None:
        yield Finding(rule, (one.path,), _upper(f"{_where(one.path)}{wrong}") if wrong else ""), not wrong


def _range(rule: Rule, one: _Value) -> str | None:
    """What is wrong, "" for nothing, None where nothing can be said; so the next two."""
    found = number(one.value)
    if found is None:
        return None
    outside = (rule.least is not None and found < rule.least) or (rule.most is not None and found > rule.most)
    return f"{named(one.path)} is {shown(found)}; {range_words(rule)} is expected." if outside else ""


def _future(one: _Value, today: date) -> str | None:
    try:
        found = date.fromisoformat(str(one.value).strip())
    except ValueError:
        return None  # that it is no date is said elsewhere
    return f"{named(one.path)} {found} is in the future: today is {today}." if found > today else ""


def _digits(rule: Rule, one: _Value) -> str | None:
    if isinstance(one.value, bool) or not isinstance(one.value, str | int):
        return None
    wrong = wrong_digits(rule.scheme, str(one.value))
    return f"{named(one.path)} {shown(one.value)} is no {scheme_words(rule.scheme)}: {wrong}." if wrong else ""


def _where(path: Path) -> str:
    """ "Row 2 of items: " before what is said of one row; "" outside lists."""
    rows = _rows_above(path)
    if not rows:
        return ""
    *_, name, index = rows[-1]
    return f"row {int(index) + 1} of {shown(name)}: "


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
