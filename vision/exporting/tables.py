"""Records as tables: one line for each record, one table for the rows of each list. Values stay plain JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from vision.exporting.neutral import distinct
from vision.exporting.sheet import CannotExport, Exported, Source
from vision.fields.model import Field, FieldSet, Kind

Value = str | bool | int | float | Decimal | datetime | None

RECORD, ROW, MARK = "record", "row", "mark: "
# Head of the column, kind of what stands in it. Times are in UTC: a spreadsheet's times have no zone.
PROVENANCE: tuple[tuple[str, Kind], ...] = (
    *(("file", Kind.TEXT), ("sha256", Kind.CODE), ("provider", Kind.TEXT), ("model", Kind.TEXT), ("set", Kind.TEXT)),
    *(("set_version", Kind.WHOLE), ("state", Kind.TEXT), ("reviewer", Kind.TEXT), ("reviewed_utc", Kind.TEXT)),
    *(("cost_usd", Kind.NUMBER), ("seconds", Kind.NUMBER)),
)


@dataclass(frozen=True, slots=True)
class Column:
    """``names`` lead to the value through the groups: ("seller", "city") stands under "seller.city"."""

    names: tuple[str, ...]
    field: Field

    @property
    def head(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Table:
    """``kinds`` has the kind of each column, ``heads`` its name, different from all others."""

    name: str
    heads: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: tuple[tuple[Value, ...], ...]


def is_list(field: Field) -> bool:
    """Whether the field's value is a list of objects, which do not fit into one cell."""
    return field.kind is Kind.ROWS or (field.kind is Kind.GROUP and field.many)


def columns(fields: Sequence[Field], above: tuple[str, ...] = ()) -> Iterator[Column]:
    """The columns of ``fields`` in order; a group is opened into its parts, a list of objects is one column."""
    for field in fields:
        if field.kind is Kind.GROUP and not field.many:
            yield from columns(field.fields, (*above, field.name))
        else:
            yield Column((*above, field.name), field)


def list_names(set_: FieldSet) -> tuple[str, ...]:
    """The lists of the set, by the names that ``list_table`` takes: "items", "order.items"."""
    return tuple(column.head for column in columns(set_.fields) if is_list(column.field))


def main_table(set_: FieldSet, records: Sequence[Exported], *, lists: bool, provenance: bool) -> Table:
    """One line for each record, its name first. ``lists``: a list of rows is JSON in a cell, else it is left out."""
    shown = [column for column in columns(set_.fields) if lists or not is_list(column.field)]
    marked = _marked(shown, [record.source.marks for record in records]) if provenance else []
    names = distinct(record.name for record in records)
    lines = []
    for name, record in zip(names, records, strict=True):
        line = [name, *(cell(column.field, at(record.data, column.names)) for column in shown)]
        if provenance:
            line += [*_provenance(record.source), *(mark_of(record.source.marks, column.head) for column in marked)]
        lines.append(tuple(line))
    more = [*PROVENANCE, *((MARK + column.head, Kind.TEXT) for column in marked)] if provenance else []
    return assembled(set_.name, shown, [(RECORD, Kind.TEXT)], more, lines)


def list_table(set_: FieldSet, records: Sequence[Exported], name: str, *, provenance: bool) -> Table:
    """One line for each row of the list ``name``: the record's name, the row's number from 1, its values. Raises
    CannotExport where the set has no such list."""
    found = next((one for one in columns(set_.fields) if is_list(one.field) and one.head == name), None)
    if found is None:
        known = ", ".join(list_names(set_)) or "none"
        raise CannotExport(f'The set "{set_.name}" has no list of rows named "{name}". It has: {known}.')
    shown = list(columns(found.field.fields))
    names = distinct(record.name for record in records)
    lines: list[tuple[Value, ...]] = []
    sources: list[tuple[Exported, str]] = []
    for record_name, record in zip(names, records, strict=True):
        rows = at(record.data, found.names)
        for place, row in enumerate(rows if isinstance(rows, Sequence) and not isinstance(rows, str) else ()):
            values = (cell(column.field, at(row, column.names)) for column in shown)
            lines.append((record_name, place + 1, *values))
            sources.append((record, f"{found.head}.{place}."))
    more: list[tuple[str, Kind]] = []
    if provenance:
        each = [_below(record.source.marks, prefix) for record, prefix in sources]
        marked = _marked(shown, each)
        marks = [tuple(mark_of(one, column.head) for column in marked) for one in each]
        told = [_provenance(record.source) for record, _ in sources]
        lines = [(*line, *one, *two) for line, one, two in zip(lines, told, marks, strict=True)]
        more = [*PROVENANCE, *((MARK + column.head, Kind.TEXT) for column in marked)]
    return assembled(found.head, shown, [(RECORD, Kind.TEXT), (ROW, Kind.WHOLE)], more, lines)


def at(data: Any, names: Sequence[str]) -> Any:
    """The value that ``names`` lead to, None where there is none."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def cell(field: Field, value: Any) -> Value:
    """A field's value for one cell. Several plain values stand with "; " between them, or as JSON where one of them
    holds a semicolon or a line break itself; rows and anything odd are JSON."""
    if isinstance(value, (list, tuple)) and field.many and not is_list(field):
        if len(value) == 1:
            value = value[0]
        elif all(isinstance(one, str) and not {";", "\n", "\r"} & set(one) for one in value):
            return "; ".join(value) or None
        elif all(isinstance(one, (bool, int, float, Decimal)) for one in value):
            return "; ".join(as_json(one) for one in value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if value is None or isinstance(value, (str, bool, int, Decimal)):
        return None if value == "" else value
    return as_json(value)


def as_json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def plain(value: Any) -> Any:
    """``value`` as json can write it: Decimal by its shortest digits, what is no number (NaN) as null."""
    if isinstance(value, Decimal):
        value = int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # a lone surrogate is in no file
    if isinstance(value, Mapping):
        return {plain(str(name)): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def assembled(
    name: str,
    shown: Sequence[Column],
    before: Sequence[tuple[str, Kind]],
    after: Sequence[tuple[str, Kind]],
    lines: Sequence[tuple[Value, ...]],
) -> Table:
    """The fields keep their names; a column of ours of the same name gives way."""
    heads = distinct(column.head for column in shown)
    ours = distinct([head for head, _ in (*before, *after)], heads)
    kinds = (*(kind for _, kind in before), *(column.field.kind for column in shown), *(kind for _, kind in after))
    return Table(name, (*ours[: len(before)], *heads, *ours[len(before) :]), kinds, tuple(lines))


def _provenance(source: Source) -> tuple[Value, ...]:
    return (
        source.file,
        source.sha256,
        source.provider,
        source.model,
        source.set_name,
        source.set_version,
        source.state,
        source.reviewer or None,
        in_utc(source.reviewed),
        source.cost_usd,
        source.seconds,
    )


def in_utc(moment: datetime | None) -> datetime | None:
    """``moment`` in UTC; one without a zone is taken to be in UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _below(marks: Mapping[str, str], prefix: str) -> Mapping[str, str]:
    return {path.removeprefix(prefix): mark for path, mark in marks.items() if path.startswith(prefix)}


def _marked(shown: Sequence[Column], marks: Sequence[Mapping[str, str]]) -> list[Column]:
    """The columns of which any value has a mark."""
    return [column for column in shown if any(mark_of(one, column.head) for one in marks)]


def mark_of(marks: Mapping[str, str], head: str) -> str | None:
    """The mark of a value; of a value of several parts, each of their marks once."""
    found = [mark for path, mark in marks.items() if path == head or path.startswith(f"{head}.")]
    return "; ".join(dict.fromkeys(found)) or None
