"""Walking a record: every value with its place. The record may be anything that a model said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from vision.fields.model import Field, Kind, Path

MOST = 10**15  # no amount on a paper is larger; beyond, a float has no cents left


def leaf_values(fields: tuple[Field, ...], data: Any, above: Path = ()) -> Iterator[tuple[Path, Field, Any]]:
    """Each value that is there, with its path and field, in the order of the fields. Null, "" and [] are not there."""
    if not isinstance(data, Mapping):
        return
    for field in fields:
        value, path = data.get(field.name), (*above, field.name)
        if absent(value):
            continue
        if field.kind is Kind.ROWS:
            for index, row in enumerate(value if isinstance(value, list | tuple) else ()):
                yield from leaf_values(field.fields, row, (*path, index))
        elif field.kind is Kind.GROUP:
            yield from leaf_values(field.fields, value, path)
        elif field.many and isinstance(value, list | tuple):
            yield from (((*path, index), field, one) for index, one in enumerate(value) if not absent(one))
        else:
            yield path, field, value


def absent(value: Any) -> bool:
    """Whether nothing is there: null, empty text, an empty list."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def names_of(path: Path) -> str:
    """The field that a path is of: "items.amount" for ("items", 3, "amount")."""
    return ".".join(part for part in path if isinstance(part, str))


def places_of(path: Path) -> Path:
    """Where in lists a path is: (3,) for ("items", 3, "amount")."""
    return tuple(part for part in path if isinstance(part, int))


def number(value: Any) -> Decimal | None:
    """``value`` as a Decimal without float noise; None for what is no usable number (text, yes/no, NaN, 1e300)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST:
        return None
    return Decimal(str(value))
