"""Field, FieldSet and Rule: what the editor's table, JSON Schema, the shorthand and the ready sets are all views of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

# A place in the data: ("items", 0, "amount"). Names of fields alone, ("items", "amount"), name the column.
Path = tuple[str | int, ...]
DateOrder = Literal["day", "month"]  # what stands first in 03/04/2026
Decimals = Literal["auto", "point", "comma"]  # what is before the cents: 1,234.50 or 1.234,50


class Kind(StrEnum):
    """What a value is. In the data: text kinds, DATE (ISO), TIME (HH:MM or HH:MM:SS), EMAIL, PHONE and CODE are
    strings, WHOLE an integer, NUMBER and MONEY numbers, YES_NO a boolean, CHOICE one of the field's choices as written
    there, ROWS a list of objects, GROUP an object."""

    TEXT = "text"
    LONG_TEXT = "long text"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    YES_NO = "yes/no"
    CHOICE = "choice"
    ROWS = "list of rows"
    EMAIL = "e-mail"
    PHONE = "phone"
    CODE = "code"
    GROUP = "group"


NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.MONEY})
HOLDERS = frozenset({Kind.ROWS, Kind.GROUP})  # hold other fields


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` is the key in the JSON, ``meaning`` what it is in words, for the model and the person. ``needed``: a
    record without it is incomplete. ``many``: a list of such values. ``fields``: the columns of ROWS, the parts of a
    GROUP."""

    name: str
    kind: Kind = Kind.TEXT
    meaning: str = ""
    needed: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold between values. ``fields`` and ``target`` are names, "items.amount" for a column of rows.

    sum: ``fields`` add up to ``target`` (a column counts row by row). product: the ``fields`` of one row multiply to
    its ``target``. range: each of ``fields`` lies within ``least`` and ``most``. not_future: a date is not after today.
    check_digits: each of ``fields`` is valid by python-stdnum's module ``scheme`` ("iban", "ean", "eu.vat").
    """

    kind: Literal["sum", "product", "range", "not_future", "check_digits"]
    fields: tuple[str, ...]
    target: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    scheme: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class FieldSet:
    """``date_order`` and ``decimals`` say how what is printed is read where it can be read two ways. ``instruction`` is
    said to the model besides the fields."""

    name: str
    fields: tuple[Field, ...]
    date_order: DateOrder = "day"
    decimals: Decimals = "auto"
    instruction: str = ""
    rules: tuple[Rule, ...] = ()


def leaves(fields: tuple[Field, ...], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field that holds a value itself, with the names that lead to it, in order."""
    for field in fields:
        names = (*above, field.name)
        if field.kind in HOLDERS:
            yield from leaves(field.fields, names)
        else:
            yield names, field


def path_text(path: Path) -> str:
    """ "items.0.amount": for keys in the store, addresses and logs."""
    return ".".join(str(part) for part in path)


def parse_path(text: str) -> Path:
    """The reverse of ``path_text``; a part of digits alone is a place in a list."""
    return tuple(int(part) if part.isdecimal() else part for part in text.split("."))
