"""Where two records of one picture differ: amounts by their number, text but for spaces and case, rows by match."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vision.extraction.leaf_values import absent, leaf_values, number
from vision.fields.model import NUMBERS, Field, FieldSet, Kind, Path
from vision.messages import Json

MOST_PAIRS = 40_000  # rows of one times rows of the other; more are compared in their order

_LINE_END = re.compile(r",?\s*\n\s*|,\s+|,$")


@dataclass(frozen=True, slots=True)
class Difference:
    """``path`` is the place in the first record. A row that only the other has gets the numbers after the first's last
    row; ``other_path`` is the place in the other. ``one`` and ``other`` are the values, None where there is none."""

    path: Path
    other_path: Path
    one: Any
    other: Any


def differing(set_: FieldSet, one: Json, other: Json) -> tuple[Path, ...]:
    """The places, in ``one``'s numbers of rows, whose values differ; those that only one of them has among them."""
    return tuple(found.path for found in differences(set_, one, other))


def differences(set_: FieldSet, one: Json, other: Json) -> tuple[Difference, ...]:
    """What differs, in the order of the fields."""
    return tuple(_fields(set_.fields, one, other, (), ()))


def same_value(kind: Kind, one: Any, other: Any) -> bool:
    """Whether two values of one kind say the same."""
    return bool(_plain(kind, one) == _plain(kind, other))


def _fields(fields: tuple[Field, ...], one: Any, other: Any, here: Path, there: Path) -> list[Difference]:
    found: list[Difference] = []
    one, other = (data if isinstance(data, Mapping) else {} for data in (one, other))
    for field in fields:
        first, second = one.get(field.name), other.get(field.name)
        paths = (*here, field.name), (*there, field.name)
        if field.kind is Kind.ROWS or field.many:
            found += _lists(field, _list(first), _list(second), *paths)
        elif field.kind is Kind.GROUP:
            found += _fields(field.fields, first, second, *paths)
        elif not same_value(field.kind, first, second):
            found.append(Difference(*paths, _there(first), _there(second)))
    return found


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _there(value: Any) -> Any:
    return None if absent(value) else value


def _lists(field: Field, one: Sequence[Any], other: Sequence[Any], here: Path, there: Path) -> list[Difference]:
    pairs = aligned(field, one, other)
    taken = {second for _, second in pairs if second is not None}
    extra = [number for number in range(len(other)) if number not in taken]
    found: list[Difference] = []
    for first, second in pairs:
        found += _pair(
            field,
            one[first],
            None if second is None else other[second],
            (*here, first),
            (*there, len(other) if second is None else second),
        )
    for step, second in enumerate(extra):
        found += _pair(field, None, other[second], (*here, len(one) + step), (*there, second))
    return found


def _pair(field: Field, first: Any, second: Any, here: Path, there: Path) -> list[Difference]:
    if field.kind is Kind.ROWS:
        return _fields(field.fields, first, second, here, there)
    return [] if same_value(field.kind, first, second) else [Difference(here, there, _there(first), _there(second))]


def aligned(field: Field, one: Sequence[Any], other: Sequence[Any]) -> list[tuple[int, int | None]]:
    """For each row of ``one`` the row of ``other`` that is most like it, None where none is: equal rows first, then
    by how many values they share, then by place. Rows that share nothing meet only when they stand at one place."""
    keys = [[_key(field, row) for row in rows] for rows in (one, other)]
    match: dict[int, int] = {}
    left = _equal(keys[0], keys[1], match)
    firsts = [number for number in range(len(one)) if number not in match]
    if len(firsts) * len(left) <= MOST_PAIRS:
        ranked = sorted(
            (-_shared(keys[0][first], keys[1][second]), abs(first - second), first, second)
            for first in firsts
            for second in left
        )
        for shared, _, first, second in ranked:
            if shared and first not in match and second in left:
                match[first] = second
                left.remove(second)
    for first in firsts:
        if first not in match and first in left:
            match[first] = first
            left.remove(first)
    return [(first, match.get(first)) for first in range(len(one))]


_Key = frozenset[tuple[Path, Any]]


def _equal(ones: list[_Key], others: list[_Key], match: dict[int, int]) -> set[int]:
    """Fills ``match`` with equal rows, the first with the first; returns the other's rows that are left."""
    waiting: dict[_Key, list[int]] = {}
    for second in reversed(range(len(others))):
        waiting.setdefault(others[second], []).append(second)
    for first, key in enumerate(ones):
        if waiting.get(key):
            match[first] = waiting[key].pop()
    return {second for seconds in waiting.values() for second in seconds}


def _key(field: Field, row: Any) -> _Key:
    """All that a row says, in plain form."""
    if field.kind is not Kind.ROWS:
        return frozenset({((), _plain(field.kind, row))})
    return frozenset((path, _plain(leaf.kind, value)) for path, leaf, value in leaf_values(field.fields, row))


def _shared(one: _Key, other: _Key) -> int:
    return len(one & other)


def _plain(kind: Kind, value: Any) -> Any:
    """What is compared; equal for two ways of writing the same, and usable as a key."""
    if absent(value):
        return None
    found = number(value) if kind in NUMBERS else None
    if found is not None:
        return found.normalize()
    if isinstance(value, bool):
        return ("yes/no", value)  # True is no 1
    text = unicodedata.normalize("NFC", str(value))
    if kind is Kind.CODE:
        return "".join(text.split())  # its case may count: a booking reference, a key
    if kind is Kind.PHONE:
        return "".join(c for c in text if c.isdigit() or c == "+") or " ".join(text.split())
    if kind is Kind.TIME and text.count(":") == 1:
        text = f"{text}:00"
    if kind is Kind.LONG_TEXT:  # where the lines of an address end is no part of it: a break, a comma, or both
        text = _LINE_END.sub(" ", text)
    return " ".join(text.split()).casefold()
