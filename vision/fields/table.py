"""A set as the rows of the editor's table, and back. A column of a list and a part of a group are rows of their own,
with a dot in the name ("items.amount"), below the row of the list or group."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vision.fields.model import HOLDERS, Field, FieldSet, Kind
from vision.fields.problems import MOST_DEPTH, FieldsInvalid, Problem, check, name_problem

_QUOTED = frozenset(',"\n\r')


@dataclass(frozen=True, slots=True)
class Row:
    """``kind`` is a kind's own word. ``choices`` are words with commas between; one with a comma in it is quoted."""

    name: str
    kind: str = Kind.TEXT.value
    meaning: str = ""
    needed: bool = False
    many: bool = False
    choices: str = ""

    @property
    def empty(self) -> bool:
        return not (self.name.strip() or self.meaning.strip() or self.choices.strip())


def to_rows(fields: FieldSet) -> list[Row]:
    """Lists and groups first, then what they hold."""
    return list(_rows(fields.fields, ""))


def _rows(fields: tuple[Field, ...], above: str) -> Iterator[Row]:
    for field in fields:
        name = f"{above}{field.name}"
        yield Row(name, field.kind.value, field.meaning, field.needed, field.many, choices_text(field.choices))
        yield from _rows(field.fields, f"{name}.")


def from_rows(rows: Sequence[Row], around: FieldSet) -> FieldSet:
    """The set with the fields of ``rows``; everything else is that of ``around``. Empty rows are passed over; spaces
    around names are too. Raises FieldsInvalid, whose problems name the row."""
    found: dict[str, tuple[int, Field]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows):
        if row.empty:
            continue
        name = row.name.strip()
        try:
            field = _field(name, row)
        except ValueError as wrong:
            problems.append(Problem(name, str(wrong), number))
            continue
        if name in found:
            problems.append(Problem(name, "This name is there twice: give one of them another name.", number))
        found.setdefault(name, (number, field))
    for name, (number, _) in found.items():
        above = name.rpartition(".")[0]
        if "." in name and not problems and (above not in found or found[above][1].kind not in HOLDERS):
            sentence = f"There is no list or group named {above}: add a row of that name and kind, or rename this one."
            problems.append(Problem(name, sentence, number))
    if not problems:
        made = replace(around, fields=_below(found, ""))
        numbers = {name: number for name, (number, _) in found.items()}
        problems = [replace(one, row=numbers.get(one.field)) for one in check(made)]
    if problems:
        raise FieldsInvalid(tuple(problems))
    return made


def _field(name: str, row: Row) -> Field:
    """Raises ValueError with the sentence. A name without end or beginning, or of very many parts, goes no further."""
    if wrong := name_problem(name.rpartition(".")[2]):
        raise ValueError(wrong)
    if name.count(".") >= MOST_DEPTH:
        raise ValueError(f"This is nested too deep: {MOST_DEPTH} levels at most.")
    kind = next((kind for kind in Kind if kind.value == row.kind.strip().lower()), None)
    if kind is None:
        raise ValueError(f"Choose a kind: {', '.join(kind.value for kind in Kind)}.")
    return Field(name.rpartition(".")[2], kind, row.meaning, row.needed, row.many, choices_of(row.choices))


def _below(found: dict[str, tuple[int, Field]], above: str) -> tuple[Field, ...]:
    """The fields right below the name ``above``. No name is empty, so names only grow, and this ends."""
    return tuple(
        replace(field, fields=_below(found, name) if field.kind in HOLDERS else ())
        for name, (_, field) in found.items()
        if name.rpartition(".")[0] == above and (above or "." not in name)
    )


def choices_text(choices: tuple[str, ...]) -> str:
    quoted = (f'"{one.replace(chr(34), chr(34) * 2)}"' if _QUOTED & set(one) else one for one in choices)
    return ", ".join(quoted)


def choices_of(text: str) -> tuple[str, ...]:
    """What stands between commas or on lines of its own. Raises ValueError with a sentence."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True))
    except csv.Error:
        sentence = 'The choices cannot be read: put quotation marks around one with a comma in it, as "1,5 l", 2 l.'
        raise ValueError(sentence) from None
    return tuple(choice.strip() for line in lines for choice in line if choice.strip())
