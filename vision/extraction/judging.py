"""What a model's answer is worth: parsed, normalised, checked against the fields; or in words what is the matter.

Hostile text. Data that comes out holds only the asked fields, each of its kind, as ``vision.fields.model.Kind`` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vision.extraction import normalising as normal
from vision.extraction.moments import date_text, time_text
from vision.extraction.parsing import NotJson, one_document
from vision.extraction.wording import EXPECTED
from vision.fields.model import NUMBERS, Field, FieldSet, Kind, Path, path_text
from vision.messages import Json
from vision.reader.text import squashed


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """``path`` () is the answer as a whole. The sentence names the value and what is expected."""

    path: Path
    sentence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """``data`` is None when there are ``problems``; ``readable`` is then what else could be read, for a person: data
    with the values that have a problem absent, or None when nothing could be."""

    data: Json | None
    problems: tuple[FieldProblem, ...] = ()
    readable: Json | None = None


class _Absent:
    """No value: the key is left out, or null when needed."""


_ABSENT: Final = _Absent()


def judge(text: str, set_: FieldSet, fields: tuple[Field, ...]) -> Judged:
    """The data for ``fields`` in a model's answer. Fences, chatter and loose commas are looked past."""
    try:
        found = one_document(text)
    except NotJson as error:
        return Judged(None, (FieldProblem((), f"The answer cannot be used: {error}."),))
    return judge_data(found, set_, fields)


def judge_data(found: Any, set_: FieldSet, fields: tuple[Field, ...]) -> Judged:
    """The same for what is parsed already."""
    given = _object_for(found, fields)
    if given is None:
        names = ", ".join(one.name for one in fields[:8])
        wanted = f"an object with the fields {names}{' ...' if len(fields) > 8 else ''}"
        return Judged(None, (FieldProblem((), f"The answer cannot be used: {wanted} is expected."),))
    judging = _Judging(set_)
    data = judging.object(given, fields, ())
    problems = tuple(judging.problems)
    return Judged(None, problems, data) if problems else Judged(data)


def missing(fields: tuple[Field, ...], data: Json) -> tuple[Path, ...]:
    """Needed values that are not there: the record is incomplete."""
    return tuple(_missing(fields, data, ()))


def _missing(fields: tuple[Field, ...], data: Json, above: Path) -> Iterator[Path]:
    for one in fields:
        value, path = data.get(one.name), (*above, one.name)
        if value is None:
            if one.needed:
                yield path
        elif isinstance(value, Mapping):
            yield from _missing(one.fields, value, path)
        elif one.fields and isinstance(value, list):
            for number, row in enumerate(value):
                yield from _missing(one.fields, row, (*path, number))


def _object_for(found: Any, fields: tuple[Field, ...]) -> Json | None:
    """The object that holds the fields: the answer, the only element of its list, or under its only key."""
    if isinstance(found, list):
        only = fields[0] if len(fields) == 1 else None
        if only is not None and _is_list(only) and all(not _names(row, fields) for row in found):
            return {only.name: found}
        found = found[0] if len(found) == 1 else None
    if not isinstance(found, Mapping):
        return None
    if not found or _names(found, fields):
        return found
    inside = next(iter(found.values())) if len(found) == 1 else None
    return inside if isinstance(inside, Mapping) and _names(inside, fields) else None


def _names(found: Any, fields: tuple[Field, ...]) -> bool:
    """Whether at least one of the fields is a key of it."""
    return isinstance(found, Mapping) and bool(_by_name(found, fields))


def _by_name(found: Json, fields: tuple[Field, ...]) -> dict[str, Any]:
    """Field name -> value. A key of another spelling ("Invoice Number" for invoice_number) counts where it can mean
    only one field and that is not there itself."""
    by = {one.name: found[one.name] for one in fields if one.name in found}
    for one in fields:
        if one.name in by or not squashed(one.name):
            continue
        if sum(squashed(other.name) == squashed(one.name) for other in fields) > 1:
            continue
        alike = [key for key in found if key not in by and squashed(str(key)) == squashed(one.name)]
        if len(alike) == 1:
            by[one.name] = found[alike[0]]
    return by


def _is_list(one: Field) -> bool:
    return one.many or one.kind is Kind.ROWS


@dataclass(slots=True)
class _Judging:
    set_: FieldSet
    problems: list[FieldProblem] = field(default_factory=list)

    def object(self, given: Json, fields: tuple[Field, ...], above: Path) -> dict[str, Any]:
        by = _by_name(given, fields)
        data: dict[str, Any] = {}
        for one in fields:
            value = self._field(by.get(one.name), one, (*above, one.name))
            if value is not _ABSENT:
                data[one.name] = value
            elif one.needed:
                data[one.name] = None
        return data

    def _field(self, value: Any, one: Field, path: Path) -> Any:
        if not _is_list(one):
            return self._one(value, one, path)
        if not isinstance(value, list):
            value = [] if _absent(value, one) else [value]
        found = [self._one(each, one, (*path, number)) for number, each in enumerate(value)]
        return [each for each in found if each is not _ABSENT] or _ABSENT

    def _one(self, value: Any, one: Field, path: Path) -> Any:
        if _absent(value, one):
            return _ABSENT
        if one.fields:
            return self._holder(value, one, path)
        read = _read(value, one, self.set_)
        if read is None or read == "":
            self._wrong(value, one, path)
            return _ABSENT
        return read

    def _holder(self, value: Any, one: Field, path: Path) -> Any:
        if not isinstance(value, Mapping):
            self._wrong(value, one, path)
            return _ABSENT
        before = len(self.problems)
        data = self.object(value, one.fields, path)
        if len(self.problems) == before and value and not _by_name(value, one.fields):
            self._wrong(value, one, path)
        return data if any(each is not None for each in data.values()) else _ABSENT

    def _wrong(self, value: Any, one: Field, path: Path) -> None:
        expected = EXPECTED[one.kind]
        if one.kind is Kind.CHOICE:
            expected = f"one of {', '.join(one.choices[:20])}{' ...' if len(one.choices) > 20 else ''}"
        elif one.fields:
            inside = ", ".join(part.name for part in one.fields[:8])
            expected = f"an object with {inside}{' ...' if len(one.fields) > 8 else ''}"
        said = f'{path_text(path)}: "{_shown(value)}" is not what is expected here, {expected}.'
        self.problems.append(FieldProblem(path, said))


def _absent(value: Any, one: Field) -> bool:
    if one.kind is Kind.CHOICE and normal.choice(value, one.choices) is not None:
        return False
    return normal.is_absent(value)


def _shown(value: Any) -> str:
    shown = normal.text(value) if isinstance(value, str) else str(value)
    return f"{shown[:60]}..." if shown and len(shown) > 60 else shown or ""


_READERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: normal.text,
    Kind.LONG_TEXT: normal.lines,
    Kind.TIME: time_text,
    Kind.YES_NO: normal.yes_no,
    Kind.EMAIL: normal.email,
    Kind.PHONE: normal.phone,
    Kind.CODE: normal.text,
}


def _read(value: Any, one: Field, set_: FieldSet) -> Any:
    """The value as its kind, or None. A list of rows or a group without fields is refused by ``vision.fields``; should
    one come, nothing is of its kind."""
    if one.kind in NUMBERS:
        return normal.number(value, one.kind, set_.decimals)
    if one.kind is Kind.DATE:
        return date_text(value, set_.date_order)
    if one.kind is Kind.CHOICE:
        return normal.choice(value, one.choices)
    return _READERS[one.kind](value) if one.kind in _READERS else None
