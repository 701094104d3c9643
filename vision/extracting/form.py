"""A record as a form: a box for every field of the set, also those without a value, and where a reviewer stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from vision.extracting.placing import value_of
from vision.extracting.reviewing import settled
from vision.extracting.showing import ShownRecord, ShownValue, name_in_words, shown_record, value_text
from vision.fields.model import HOLDERS, NUMBERS, Field, FieldSet, Kind, Path, path_text
from vision.fields.values import Doubt
from vision.messages import Json
from vision.store.extract_records import Change, Record

YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Entry:
    """A box to type in. ``control``: "text", "long", "number", "choice" or "fixed" (shown only). ``marks`` are pairs of
    tone and words. ``stop``: Enter halts here. ``done``: "accepted" or "corrected" ``by`` a person; ``was`` is then
    what the model gave. ``row``: the row that a cell is in, "items.2", or ""."""

    id: str
    label: str
    control: str
    text: str
    meaning: str = ""
    needed: bool = False
    choices: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    stop: bool = False
    done: str = ""
    by: str = ""
    was: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """``kind``: "field" (one entry), "many" (a list of values, an empty box at its end), "rows" (a grid: ``heads`` and
    a tuple of entries a row) or "group" (a head for what follows)."""

    kind: str
    id: str
    label: str
    entries: tuple[Entry, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[Entry, ...], ...] = ()


def form(
    set_: FieldSet, record: Record, changes: Sequence[Change], threshold: float | None = None, me: str = ""
) -> list[Json]:
    """The blocks, ready for JSON. ``threshold``: values with no more doubt need no look; None: every reason to doubt is
    a reason to stop. ``me`` is called "you"."""
    shown = {one.id: one for one in _flat(shown_record(set_, record))}
    known = _Known(
        record, shown, {one.path: one for one in record.doubts}, settled(record.data, changes), threshold, me
    )
    return [asdict(block) for block in _blocks(set_.fields, (), known)]


def needs_a_look(doubt: Doubt, threshold: float | None) -> bool:
    return any(sentence for _, sentence in doubt.reasons) if threshold is None else doubt.score > threshold


@dataclass(frozen=True, slots=True)
class _Known:
    record: Record
    shown: Mapping[str, ShownValue]
    doubts: Mapping[Path, Doubt]
    settled: Mapping[Path, Change]
    threshold: float | None
    me: str


def _blocks(fields: tuple[Field, ...], above: Path, known: _Known) -> Iterator[Block]:
    for one in fields:
        path, label = (*above, one.name), name_in_words(one.name)
        if one.kind is Kind.GROUP and not one.many:
            yield Block("group", path_text(path), label)
            yield from _blocks(one.fields, path, known)
        elif one.kind is Kind.ROWS:
            yield _rows(one, path, label, known)
        elif one.many and one.kind not in HOLDERS:
            count = len(value_of(known.record.data, path) or ())
            entries = (_entry(one, (*path, at), f"{label} {at + 1}", known) for at in range(count + 1))
            yield Block("many", path_text(path), label, tuple(entries))
        else:
            yield Block("field", path_text(path), label, (_entry(one, path, label, known),))


def _rows(of: Field, path: Path, label: str, known: _Known) -> Block:
    rows = value_of(known.record.data, path) or ()
    return Block(
        "rows",
        path_text(path),
        label,
        heads=tuple(name_in_words(one.name) for one in of.fields),
        rows=tuple(
            tuple(
                _entry(one, (*path, at, one.name), f"{name_in_words(one.name)}, row {at + 1}", known, (*path, at))
                for one in of.fields
            )
            for at in range(len(rows))
        ),
    )


def _entry(of: Field, path: Path, label: str, known: _Known, row: Path = ()) -> Entry:
    value, doubt, shown = value_of(known.record.data, path), known.doubts.get(path), known.shown.get(path_text(path))
    fixed = isinstance(value, list | Mapping) or of.kind in HOLDERS or (bool(row) and of.many)
    change = known.settled.get(path)
    first = value_of(known.record.first, path)
    return Entry(
        path_text(path),
        label,
        "fixed" if fixed else _control(of),
        _plain(of, value),
        of.meaning,
        of.needed,
        YES_NO if of.kind is Kind.YES_NO else of.choices,
        tuple((mark.tone, mark.words) for mark in shown.marks) if shown else (),
        shown.notes if shown else (),
        stop=change is None and not fixed and doubt is not None and needs_a_look(doubt, known.threshold),
        done=change.kind if change else "",
        by="" if change is None else "you" if change.who == known.me else change.who,
        was=_plain(of, first) if change and change.kind == "corrected" and first != value else "",
        row=path_text(row),
    )


def _plain(of: Field, value: Any) -> str:
    return ", ".join(value_text(of, one) for one in value) if isinstance(value, list) else value_text(of, value)


def _control(of: Field) -> str:
    if of.kind in (Kind.CHOICE, Kind.YES_NO):
        return "choice"
    if of.kind is Kind.LONG_TEXT:
        return "long"
    return "number" if of.kind in NUMBERS else "text"


def _flat(shown: ShownRecord) -> Iterator[ShownValue]:
    for one in shown.values:
        if isinstance(one, ShownValue):
            yield one
        else:
            yield from (cell for row in one.rows for cell in row)


def words_of_names(names: str) -> str:
    """ "Items: amount" for items.amount."""
    first, *rest = names.split(".")
    return ": ".join([name_in_words(first), *(one.replace("_", " ") for one in rest)])
