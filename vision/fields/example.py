"""A set from an example of the data, or from the shorthand: an example in which every value is the name of a kind.

{"vendor": "string", "date": "YYYY-MM-DD", "total": "number", "items": [{"description": "string", "amount": "number"}]}

Everything that is listed is needed. Where words of kinds and real values are mixed, nobody can tell which is which.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from vision.fields.model import DateOrder, Field, FieldSet, Kind
from vision.fields.problems import MOST_DEPTH, MOST_FIELDS, FieldsInvalid, Problem
from vision.fields.schema_reading import UNNAMED

_HERE = Path(__file__).parent
_LONGEST_WORD = 2_000  # "red|green|..."
_MOST_VALUES = 20_000  # of an example: more of the same teach nothing

_SHAPES: Sequence[tuple[Kind, re.Pattern[str]]] = (
    (Kind.DATE, re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}([./-])\d{1,2}\1(\d{4}|\d{2})")),
    (Kind.TIME, re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?")),
    (Kind.EMAIL, re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")),
    (Kind.PHONE, re.compile(r"\+\d[\d ()/.-]{5,30}")),
    (Kind.MONEY, re.compile(r"(?:[$€£¥]\s?-?\d[\d.,' ]*|-?\d[\d.,' ]*\s?[$€£¥])")),
    (Kind.CODE, re.compile(r"0\d+|(?=\S*\d)(?=\S*[A-Z])[A-Z0-9][A-Z0-9/_-]{3,}")),
)
_PRINTED_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}")


@dataclass(frozen=True, slots=True)
class _Word:
    """What a text of the shorthand says; ``plain`` are words that may as well be an example's value."""

    kind: Kind
    plain: bool = True
    choices: tuple[str, ...] = ()
    needed: bool = True


@lru_cache(maxsize=1)
def _words() -> Mapping[str, _Word]:
    data = tomllib.loads((_HERE / "shorthand.toml").read_text(encoding="utf-8"))
    return {
        word: _Word(Kind(kind), plain == "plain")
        for plain in ("notation", "plain")
        for kind, words in data[plain].items()
        for word in words
    }


def _word(text: str) -> _Word | None:
    """ "string", "string?" and "string | null" (not needed), "red|green" (a choice)."""
    if known := _words().get(text.strip().lower()):
        return known
    parts = [part.strip() for part in text.split("|")] if len(text) < _LONGEST_WORD else []
    kept = [part for part in parts if part.lower() != "null"]
    said = kept[0].removesuffix("?").lower() if len(kept) == 1 else ""
    if known := _words().get(said):
        return replace(known, needed=False)
    if len(kept) > 1 and all(kept) and not any(part.lower() in _words() for part in kept):
        return _Word(Kind.CHOICE, choices=tuple(kept), needed=len(kept) == len(parts))
    return None


def from_example(data: Mapping[str, Any], name: str = "") -> FieldSet:
    """Raises FieldsInvalid; whether the set can be used is for ``problems.check``."""
    values = list(_values(data, ""))
    if len(values) > _MOST_VALUES:
        raise FieldsInvalid((Problem("", "The example is too long: one record of a few rows says enough."),))
    texts = [(where, value) for where, value in values if isinstance(value, str)]
    words = [one for _, value in texts if (one := _word(value))]
    others = [where for where, value in texts if value.strip() and not _word(value)]
    if others and any(not one.plain for one in words):
        raise FieldsInvalid(tuple(Problem(where, MIXED) for where in others[:20]))
    reader = _Example(as_words=not others)
    fields = reader.fields(data, "", 1)
    if reader.problems:
        raise FieldsInvalid(tuple(reader.problems))
    return FieldSet(name.strip() or UNNAMED, fields, _order(value for _, value in texts))


MIXED = (
    "Other fields say what kind they are, and this is no kind that is known: write string, number, integer, boolean, "
    "YYYY-MM-DD, HH:MM, email, phone, money or code; or give an example's value in all of them."
)


def _values(data: Any, above: str) -> Iterator[tuple[str, Any]]:
    """Every value that holds no others, with the names that lead to it."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _values(value, f"{above}.{name}" if above else name)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value, above)
    else:
        yield above, data


def _order(texts: Iterator[str]) -> DateOrder:
    """The month is first only if a date of the example cannot be read the other way."""
    dates = [(int(found[1]), int(found[2])) for text in texts if (found := _PRINTED_DATE.fullmatch(text.strip()))]
    first_over, second_over = any(one > 12 for one, _ in dates), any(two > 12 for _, two in dates)
    return "month" if second_over and not first_over else "day"


class _Example:
    """One example being read. ``as_words``: its texts are names of kinds."""

    def __init__(self, *, as_words: bool) -> None:
        self.as_words = as_words
        self.problems: list[Problem] = []
        self.count = 0

    def fields(self, data: Mapping[str, Any], above: str, depth: int) -> tuple[Field, ...]:
        found: list[Field] = []
        for name, value in data.items():
            self.count += 1
            if self.count > MOST_FIELDS:
                break
            full = f"{above}{name}"
            try:
                found.append(self._field(name, value, full, depth))
            except _Unclear as unclear:
                self.problems.append(Problem(full, str(unclear)))
        if self.count == MOST_FIELDS + 1:
            self.count += 1
            self.problems.append(Problem("", f"There are more than {MOST_FIELDS} fields: make two sets of them."))
        return tuple(found)

    def _field(self, name: str, value: Any, full: str, depth: int) -> Field:
        if isinstance(value, Mapping | list) and depth > MOST_DEPTH:
            raise _Unclear(f"This is nested too deep: {MOST_DEPTH} levels at most.")
        if isinstance(value, Mapping):
            return Field(name, Kind.GROUP, needed=True, fields=self.fields(value, f"{full}.", depth + 1))
        if not isinstance(value, list):
            word = self._kind(value)
            return Field(name, word.kind, needed=word.needed, choices=word.choices)
        if not value:
            raise _Unclear("An empty list does not say what is in it: give one example.")
        if all(isinstance(one, Mapping) for one in value):
            columns = self.fields(_together(value), f"{full}.", depth + 1)
            always = {column for column in value[0] if all(column in row for row in value)}
            columns = tuple(replace(one, needed=one.needed and one.name in always) for one in columns)
            return Field(name, Kind.ROWS, needed=True, fields=columns)
        if any(isinstance(one, Mapping | list) for one in value):
            raise _Unclear("The list holds lists, or different things: make each of them an object or a value.")
        return self._many(name, value)

    def _many(self, name: str, values: list[Any]) -> Field:
        words = {self._kind(one) for one in values}
        word = words.pop()
        if words:
            kinds = {word.kind, *(one.kind for one in words)}
            if kinds <= {Kind.WHOLE, Kind.NUMBER}:
                word = _Word(Kind.NUMBER)
            elif all(isinstance(one, str) for one in values) and not self.as_words:
                word = _Word(Kind.LONG_TEXT if Kind.LONG_TEXT in kinds else Kind.TEXT)
            else:
                raise _Unclear("The list holds different kinds of values: give values of one kind.")
        return Field(name, word.kind, needed=word.needed, many=True, choices=word.choices)

    def _kind(self, value: Any) -> _Word:
        if value is None:
            raise _Unclear("null does not say what belongs here: give an example, or the name of a kind.")
        for kind_of_value, kind in ((bool, Kind.YES_NO), (int, Kind.WHOLE), (float, Kind.NUMBER)):
            if isinstance(value, kind_of_value):
                return _Word(kind)
        return (_word(value) if self.as_words else None) or _Word(_shape(value))


class _Unclear(Exception):
    """The example does not say what a field is; the text is the sentence for the person."""


def _together(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """One row with every column that any of them has; a value that says more goes before null and nothing."""
    found: dict[str, Any] = {}
    for row in rows:
        for name, value in row.items():
            known = found.get(name)
            if known in (None, "", []) or (isinstance(value, float) and isinstance(known, int)):
                found[name] = value
    return found


def _shape(text: str) -> Kind:
    said = text.strip()
    if "\n" in said or len(said) > 150:
        return Kind.LONG_TEXT
    return next((kind for kind, shape in _SHAPES if shape.fullmatch(said)), Kind.TEXT)
