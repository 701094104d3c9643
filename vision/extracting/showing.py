"""A record as it is shown: each value with its name, its text, its marks in words, and its place. Draws nothing.

The marks are worded as in the readme: what the text read on the picture says of a value, and what speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vision.extraction.leaf_values import absent, number
from vision.extraction.rule_words import amount
from vision.fields.model import NUMBERS, Field, FieldSet, Kind, Path, path_text
from vision.fields.values import Box, Doubt, Mark, Reason, Support
from vision.store.extract_records import Record

Tone = Literal["ok", "doubt", "problem", "quiet"]


@dataclass(frozen=True, slots=True)
class MarkWords:
    """``tone`` colours it, ``words`` say it."""

    tone: Tone
    words: str


READ = MarkWords("ok", "read on the picture")
_OF_SUPPORT: Mapping[Mark, MarkWords] = {
    Mark.READ: READ,
    Mark.SIMILAR: MarkWords("doubt", "similar text is printed"),
    Mark.NOT_FOUND: MarkWords("problem", "not found on the picture: check this"),
}
# In the order in which they are shown; NOT_FOUND and SIMILAR are told by the support.
_OF_REASON: Mapping[Reason, MarkWords] = {
    Reason.DISAGREE: MarkWords("problem", "models disagree"),
    Reason.RULE: MarkWords("problem", "does not add up"),
    Reason.FORMAT: MarkWords("problem", "wrong form"),
    Reason.MISSING: MarkWords("problem", "needed, and not found"),
    Reason.FAINT: MarkWords("doubt", "hard to read"),
}
_SAID_BY_ITS_MARK = frozenset({Reason.NOT_FOUND, Reason.MISSING})


@dataclass(frozen=True, slots=True)
class ShownValue:
    """``id`` is the path as text. ``notes`` are sentences for the person. ``lit``: it has a place on a picture."""

    id: str
    label: str
    text: str
    marks: tuple[MarkWords, ...] = ()
    notes: tuple[str, ...] = ()
    lit: bool = False


@dataclass(frozen=True, slots=True)
class ShownRows:
    """A list of rows as a table: every row has a cell for each of ``columns``."""

    id: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[ShownValue, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """``absent``: the names of what may be left out and is not there."""

    values: tuple[ShownValue | ShownRows, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: ``box`` in upright original pixels of the document's picture number ``page`` (0-based)."""

    id: str
    page: int
    box: Box
    label: str
    tone: Tone


def name_in_words(name: str) -> str:
    """ "Invoice number" for invoice_number."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def value_text(of: Field, value: Any) -> str:
    """A value of ``of`` as a person writes it; "" where nothing is there."""
    if absent(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    found = number(value) if of.kind in NUMBERS else None
    if found is None:
        return str(value)
    return amount(found) if of.kind is Kind.MONEY else f"{found:f}"


def shown_record(set_: FieldSet, record: Record) -> ShownRecord:
    """What stands in ``record`` now, in the order of the fields."""
    known = _Known(record.supports, {one.path: one for one in record.doubts}, checked=record.checked)
    return ShownRecord(tuple(_values(set_.fields, record.data, (), "", known)), tuple(known.left_out))


def spots(set_: FieldSet, record: Record) -> tuple[Spot, ...]:
    """The place of every value that has one, the lines of a value as one box, on the first page it was found."""
    shown = {one.id: one for one in _flat(shown_record(set_, record).values)}
    found = []
    for path, support in record.supports.items():
        one = shown.get(path_text(path))
        if one is None or not support.places:
            continue
        page = support.places[0].page
        boxes = [place.box for place in support.places if place.page == page]
        found.append(Spot(one.id, page, _around(boxes), one.label, _worst(one.marks)))
    return tuple(found)


def _around(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


@dataclass(frozen=True, slots=True)
class _Known:
    """``left_out`` takes the names of what is not there."""

    supports: Mapping[Path, Support]
    doubts: Mapping[Path, Doubt]
    checked: bool
    left_out: list[str] = field(default_factory=list)


def _values(
    fields: tuple[Field, ...], data: Any, above: Path, before: str, known: _Known
) -> Iterator[ShownValue | ShownRows]:
    data = data if isinstance(data, Mapping) else {}
    for of in fields:
        path, label = (*above, of.name), f"{before}{name_in_words(of.name)}"
        value = data.get(of.name)
        if of.kind is Kind.GROUP and not absent(value):
            yield from _values(of.fields, value, path, f"{label}: ", known)
        elif absent(value) and not of.needed:
            known.left_out.append(label)
        elif of.kind is Kind.ROWS and isinstance(value, list) and value:
            yield _rows(of, path, label, value, known)
        elif of.many and isinstance(value, list) and value:
            for number_, one in enumerate(value):
                yield _value(of, (*path, number_), label if number_ == 0 else f"{label} {number_ + 1}", one, known)
        else:
            yield _value(of, path, label, value, known)


def _rows(of: Field, path: Path, label: str, rows: list[Any], known: _Known) -> ShownRows:
    """Columns that hold nothing in any row are left out."""
    dicts = [row if isinstance(row, Mapping) else {} for row in rows]
    used = [one for one in of.fields if any(not absent(row.get(one.name)) for row in dicts)]
    return ShownRows(
        path_text(path),
        label,
        tuple(name_in_words(one.name) for one in used),
        tuple(
            tuple(_cell(one, (*path, at, one.name), row.get(one.name), at, known) for one in used)
            for at, row in enumerate(dicts)
        ),
    )


def _cell(of: Field, path: Path, value: Any, row: int, known: _Known) -> ShownValue:
    label = f"{name_in_words(of.name)}, row {row + 1}"
    if isinstance(value, list):  # several values in one cell
        value = ", ".join(value_text(of, one) for one in value)
    return _value(of, path, label, value, known)


def _value(of: Field, path: Path, label: str, value: Any, known: _Known) -> ShownValue:
    support, doubt = known.supports.get(path), known.doubts.get(path)
    reasons = doubt.reasons if doubt else ()
    said = {reason for reason, _ in reasons}
    marks = [_OF_SUPPORT[support.mark]] if support and support.mark else []
    marks += [words for reason, words in _OF_REASON.items() if reason in said]
    notes = [sentence for reason, sentence in reasons if sentence and reason not in _SAID_BY_ITS_MARK]
    if not known.checked:
        marks, notes = [], []
    return ShownValue(
        path_text(path),
        label,
        value_text(of, value),
        tuple(marks),
        tuple(dict.fromkeys(notes)),
        bool(support and support.places),
    )


def _flat(values: tuple[ShownValue | ShownRows, ...]) -> Iterator[ShownValue]:
    for one in values:
        if isinstance(one, ShownValue):
            yield one
        else:
            yield from (cell for row in one.rows for cell in row)


def _worst(marks: tuple[MarkWords, ...]) -> Tone:
    tones = {one.tone for one in marks}
    return next((tone for tone in _BY_WEIGHT if tone in tones), "quiet")


_BY_WEIGHT: tuple[Tone, ...] = ("problem", "doubt", "ok")
