"""Every value of a record against the text read on its pictures: where it is printed, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vision.evidence.leaf import find
from vision.evidence.page import Page
from vision.evidence.scripts import hardly_any, unread_script
from vision.evidence.tables import beside_each_other
from vision.fields.model import Field, FieldSet, Kind, Path
from vision.fields.values import Mark, Support
from vision.messages import Json
from vision.reader.reading import Reading

NOT_FOUND = "This is not in the text read on the picture."
ALMOST_EMPTY = "There is hardly any text on the picture."
_DERIVED = frozenset({Kind.YES_NO, Kind.CHOICE})
_ORDER = {Mark.READ: 2, Mark.SIMILAR: 1}


@dataclass(frozen=True, slots=True)
class _Looking:
    """What is looked through, for which set. ``empty``: so little was read that a value's absence says nothing."""

    set_: FieldSet
    pages: tuple[Page, ...]
    empty: bool


def supports(set_: FieldSet, data: Json, readings: Sequence[Reading]) -> dict[Path, Support]:
    """The support of every value in ``data``, the JSON of one record of ``set_``; empty values have none.

    ``Place.page`` is an index into ``readings``, boxes are in the pixels of that reading's own size. ``data`` need not
    be valid: a value that is not of its field's kind is looked for as the text that it is.
    """
    pages = tuple(Page(number, reading) for number, reading in enumerate(readings))
    empty = hardly_any(line.text for reading in readings for line in reading.lines)
    return dict(_object(_Looking(set_, pages, empty), set_.fields, data, (), ()))


def _object(
    looking: _Looking, fields: Sequence[Field], data: object, path: Path, above: tuple[str, ...]
) -> Iterator[tuple[Path, Support]]:
    if not isinstance(data, Mapping):
        return
    for field in fields:
        value = data.get(field.name)
        here, names = (*path, field.name), (*above, field.name)
        if field.kind is Kind.ROWS and isinstance(value, list):
            yield from _rows(looking, field, value, here, names)
        elif field.kind is Kind.GROUP:
            for at, one in _each(value, here, many=field.many):
                yield from _object(looking, field.fields, one, at, names)
        elif field.kind is not Kind.ROWS:
            for at, one in _each(value, here, many=field.many):
                if one is not None and not isinstance(one, Mapping | list):
                    yield at, _support(looking, field, one, names)


def _each(value: object, path: Path, *, many: bool) -> Iterator[tuple[Path, object]]:
    if many and isinstance(value, list):
        yield from (((*path, number), one) for number, one in enumerate(value))
    else:
        yield path, value


def _rows(
    looking: _Looking, field: Field, records: Sequence[object], path: Path, names: tuple[str, ...]
) -> Iterator[tuple[Path, Support]]:
    """First what has to stand beside each other, then every other value by itself."""
    placed = beside_each_other(field, records, looking.pages)
    for number, record in enumerate(records):
        if isinstance(record, Mapping):
            rest = {name: value for name, value in record.items() if (number, name) not in placed}
            yield from _object(looking, field.fields, rest, (*path, number), names)
    yield from (((*path, number, name), one) for (number, name), one in placed.items())


def _support(looking: _Looking, field: Field, value: object, names: tuple[str, ...]) -> Support:
    """The best that any page says of one value."""
    text = str(value)
    if field.kind in _DERIVED or not any(character.isalnum() for character in text):
        return Support(None)
    found = [one for page in looking.pages if (one := find(page, field, looking.set_, value, names)) is not None]
    if found:
        return max(found, key=_rank)
    if looking.empty:
        return Support(None, (), ALMOST_EMPTY)
    script = unread_script(text)
    if script:
        return Support(None, (), f"The reader cannot read {script} letters.")
    return Support(Mark.NOT_FOUND, (), NOT_FOUND)


def _rank(one: Support) -> int:
    return _ORDER.get(one.mark, 0) if one.mark else 0
