"""What is wrong with a set of fields, in words, at the field it is about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vision.errors import LoupeError
from vision.fields.model import HOLDERS, Field, FieldSet, Kind
from vision.fields.rule_problems import rule_problems

MOST_FIELDS = 200  # columns and parts counted
MOST_CHOICES = 500  # OpenAI takes 1,000 for a whole schema
MOST_DEPTH = 5  # "a.b.c.d.e"; OpenAI takes 10 levels, of which a list of rows takes two
LONGEST_NAME = 64
LONGEST_MEANING = 2_000
LONGEST_CHOICE = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """``field`` is the name that it is about ("items.amount" for a column), "" for the set as a whole. ``row`` is its
    place in the editor's table, from 0, where it was found there."""

    field: str
    sentence: str
    row: int | None = None


class FieldsInvalid(LoupeError):
    """What was given is no set of fields. ``str(error)`` is all sentences, the first ones first."""

    outcome = "bad_fields"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        problems = tuple(replace(one, field=_short(one.field)) for one in problems)
        self.problems = problems
        shown = [f"{one.field}: {one.sentence}" if one.field else one.sentence for one in problems[:5]]
        more = [f"And {len(problems) - 5} more."] if len(problems) > 5 else []
        super().__init__(" ".join([*shown, *more]))


def _short(name: str) -> str:
    return name if len(name) <= 3 * LONGEST_NAME else f"{name[: 3 * LONGEST_NAME]} ..."


def check(fields: FieldSet) -> tuple[Problem, ...]:
    """Everything that keeps the set from being used; () for a good one."""
    return tuple(_problems(fields))


def _problems(fields: FieldSet) -> Iterator[Problem]:
    if not fields.name.strip():
        yield Problem("", "Give the set a name.")
    elif len(fields.name) > LONGEST_CHOICE or not _kept(fields.name, lines=False):
        yield Problem("", f"The set's name can be one line of {LONGEST_CHOICE} characters at most.")
    if not fields.fields:
        yield Problem("", "There is no field: add at least one.")
    if len(fields.instruction) > 5 * LONGEST_MEANING:
        yield Problem("", f"What is said to the model is too long: {5 * LONGEST_MEANING:,} characters at most.")
    if not _kept(fields.instruction, lines=True):
        yield Problem("", f"What is said to the model {ODD}")
    count = _count(fields.fields)
    if count > MOST_FIELDS:
        yield Problem("", f"There are {count} fields; {MOST_FIELDS} can be read at most: make two sets of them.")
        return
    yield from _level(fields.fields, "", 1)
    for rule, sentence in rule_problems(fields):
        yield Problem(rule, sentence)


def _count(fields: tuple[Field, ...]) -> int:
    return len(fields) + sum(_count(field.fields) for field in fields)


def _level(fields: tuple[Field, ...], above: str, depth: int) -> Iterator[Problem]:
    seen: set[str] = set()
    for field in fields:
        name = f"{above}{field.name}"
        wrong = name_problem(field.name)
        if wrong:
            yield Problem(name, wrong)
        same = unicodedata.normalize("NFC", field.name)
        if field.name and same in seen:
            yield Problem(name, "This name is there twice: give one of them another name.")
        seen.add(same)
        yield from (Problem(name, sentence) for sentence in _own(field))
        if field.fields and depth >= MOST_DEPTH:
            yield Problem(name, f"This is nested too deep: {MOST_DEPTH} levels at most.")
        else:
            yield from _level(field.fields, f"{name}.", depth + 1)


ODD = "holds signs that cannot be kept (control characters): remove them."


def _kept(text: str, *, lines: bool) -> bool:
    """Whether every database keeps it as it is: no control characters but line ends and tabs, no half characters."""
    return not any(unicodedata.category(one) in ("Cc", "Cs") and not (lines and one in "\n\r\t") for one in text)


def name_problem(name: str) -> str:
    """Why ``name`` cannot be a field's, "" if it can. A dot divides names, and digits alone are a place in a list."""
    if not name.strip():
        return "The name is empty: say what the field is called."
    if len(name) > LONGEST_NAME:
        return f"The name is too long: {LONGEST_NAME} characters at most."
    if name != name.strip():
        return "The name begins or ends with a space: remove it."
    if any(not _usual(character) for character in name):
        return "The name may hold letters, digits, spaces, - and _ only."
    if name.isdecimal():
        return "The name is only digits: put a word before them."
    return ""


def _usual(character: str) -> bool:
    return character in " -_" or unicodedata.category(character)[0] in "LMN"


def _own(field: Field) -> Iterator[str]:
    if len(field.meaning) > LONGEST_MEANING:
        yield f"What it means is too long: {LONGEST_MEANING:,} characters at most."
    if not _kept(field.meaning, lines=True):
        yield f"What it means {ODD}"
    if field.kind is Kind.CHOICE:
        yield from _choices(field.choices)
    elif field.choices:
        yield f"Only a choice has choices, and this is of the kind {field.kind.value}: change the kind, or remove them."
    if field.kind in HOLDERS and not field.fields:
        what = "columns" if field.kind is Kind.ROWS else "parts"
        yield f"A {field.kind.value} needs {what}: add them as {field.name or 'name'}.NAME."
    if field.fields and field.kind not in HOLDERS:
        yield f"A field of the kind {field.kind.value} holds no other fields: change the kind to list of rows or group."
    if field.many and field.kind in HOLDERS:
        yield "Many of it is a list of rows: choose that kind, and not many."


def _choices(choices: tuple[str, ...]) -> Iterator[str]:
    if not choices:
        yield "A choice needs choices: write them with commas between, as red, green."
    if any(not choice.strip() for choice in choices):
        yield "One of the choices is empty: remove it."
    elif any(choice != choice.strip() or not _kept(choice, lines=False) for choice in choices):
        yield "One of the choices begins or ends with a space, or has several lines: correct it."
    if len(set(choices)) < len(choices):
        yield "One of the choices is there twice: remove one."
    if len(choices) > MOST_CHOICES or any(len(choice) > LONGEST_CHOICE for choice in choices):
        yield f"There can be {MOST_CHOICES} choices at most, of {LONGEST_CHOICE} characters each."
