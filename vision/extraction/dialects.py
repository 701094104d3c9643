"""A set of fields as the JSON Schema that each provider takes, for as many of the fields as one request may hold.

What a dialect cannot say is said in the description, and judged afterwards (``judging``). A value that is not printed
comes back as null, left out, or "" by what the dialect allows; ``judging`` reads all three as absent.

Sources, vendors' structured-output pages as of 2026-11-22. Anthropic: every object closed, at most 24 parameters that
may be left out and 16 with a union type, no length or range keywords. OpenAI (and what imitates it): every object
closed, every property required, absent is null, an object at the root. Gemini: ranges and lengths ignored.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from vision.extraction.wording import KIND_WORDS
from vision.fields.model import HOLDERS, NUMBERS, Field, FieldSet, Kind, leaves
from vision.fields.schema import to_schema
from vision.messages import Json

_LONGEST_ENUM = 15_000  # characters of one enum's values, OpenAI 2026-11; more is said in words


@dataclass(frozen=True, slots=True)
class Asked:
    """``schema`` asks for ``fields``; ``left`` are for the next request. None: nothing is left to ask for."""

    schema: Json | None
    fields: tuple[Field, ...]
    left: tuple[Field, ...]


def asked(provider: str, fields: tuple[Field, ...], set_: FieldSet) -> Asked:
    """The schema in ``provider``'s dialect for the first of ``fields``, as many as one request may hold.

    The reader takes our own schema, with the set's date order and decimals, and all fields at once.
    """
    if not fields:
        return Asked(None, (), ())
    if provider == "reader":
        return Asked(to_schema(replace(set_, fields=fields, rules=())), fields, ())
    limits = _limits()[provider]
    held = _held(fields, limits["leaves"])
    schema = _Writer(provider, held, limits).schema()
    return Asked(schema, held, fields[len(held) :])


@lru_cache(maxsize=1)
def _limits() -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = tomllib.loads(
        Path(__file__).with_name("limits.toml").read_text(encoding="utf-8")
    )
    return found


def _held(fields: tuple[Field, ...], most: int) -> tuple[Field, ...]:
    """The first fields with no more than ``most`` values in all; always one."""
    held, values = 0, 0
    for field in fields:
        values += sum(1 for _ in leaves((field,)))
        if held and values > most:
            break
        held += 1
    return fields[:held]


class _Writer:
    """One request's schema. How an absent value is said is settled before anything is written: Anthropic allows only so
    many of each way."""

    def __init__(self, provider: str, fields: tuple[Field, ...], limits: Mapping[str, int]) -> None:
        self._fields = fields
        self._provider = provider
        self._choices = limits["choices"]
        self._absent = _ways(fields, limits) if provider == "anthropic" else {}

    def schema(self) -> Json:
        return self._object(self._fields, ())

    def _object(self, fields: tuple[Field, ...], above: tuple[str, ...]) -> dict[str, Any]:
        required = [field.name for field in fields if self._absent.get((*above, field.name)) != "left out"]
        properties = {field.name: self._property(field, (*above, field.name)) for field in fields}
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}

    def _property(self, field: Field, names: tuple[str, ...]) -> dict[str, Any]:
        if field.kind in HOLDERS:
            inside = self._object(field.fields, names)
            if field.kind is Kind.GROUP and not field.many:
                return {**_described(field, "Give null for each part that is not printed"), **inside}
            return {**_described(field, "One for each row, an empty list where there is none"), **_list(inside)}
        if field.many:
            return {**_described(field, "Give an empty list where there is none"), **_list(self._value(field))}
        way = self._absent.get(names, "null")
        if way == "null":
            return {**_described(field, "Give null where it is not printed"), **_or_null(self._value(field))}
        if way == "left out":
            return {**_described(field, "Leave it out where it is not printed"), **self._value(field)}
        return {**_described(field, 'Give "" where it is not printed', plain=True), **self._plain(field)}

    def _value(self, field: Field) -> dict[str, Any]:
        if field.kind is Kind.CHOICE and self._fits(field.choices):
            return {"type": "string", "enum": list(field.choices)}
        # No other "format": a time's would ask for a time zone, an e-mail's would bend what is printed.
        if field.kind is Kind.DATE and self._provider in ("anthropic", "openai"):
            return {"type": "string", "format": "date"}
        return {"type": _TYPES.get(field.kind, "string")}

    def _plain(self, field: Field) -> dict[str, Any]:
        """Without a union, and still able to say that there is nothing."""
        if field.kind is Kind.CHOICE and self._fits(field.choices):
            return {"type": "string", "enum": [*field.choices, ""]}
        if field.kind is Kind.YES_NO:
            return {"type": "string", "enum": ["yes", "no", ""]}
        return {"type": "string"}

    def _fits(self, choices: tuple[str, ...]) -> bool:
        """Whether these choices may still stand in an enum; what does not fit is in the description alone."""
        if len(choices) >= self._choices or sum(map(len, choices)) > _LONGEST_ENUM:
            return False
        self._choices -= len(choices) + 1
        return True


_TYPES: Mapping[Kind, str] = {
    Kind.WHOLE: "integer",
    Kind.NUMBER: "number",
    Kind.MONEY: "number",
    Kind.YES_NO: "boolean",
}


def _described(field: Field, absent: str, *, plain: bool = False) -> dict[str, str]:
    # A number as text is read by the set's decimal mark, which is that of the print.
    kind = "The number exactly as printed" if plain and field.kind in NUMBERS else KIND_WORDS[field.kind]
    said = [field.meaning.strip().rstrip("."), kind, absent]
    if field.kind is Kind.CHOICE:
        said.insert(2, "one of: " + ", ".join(field.choices)[:4000])
    return {"description": ". ".join(part for part in said if part)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [value, {"type": "null"}]}


def _ways(fields: tuple[Field, ...], limits: Mapping[str, int]) -> dict[tuple[str, ...], str]:
    """How each single value says that it is absent: needed ones as null, the others left out, while there is room for
    either in the other's place too. The rest are plain text, "" when absent: that costs Anthropic's limits nothing.
    Numbers come first, because text says them least well."""
    singles = [(names, field) for names, field in leaves(fields) if not field.many]
    rest: dict[str, int] = {"null": limits["unions"], "left out": limits["optional"]}
    ways: dict[tuple[str, ...], str] = {}
    first: Callable[[Field], bool]
    for first in (lambda one: one.kind in _TYPES, lambda one: one.kind not in _TYPES):
        for names, field in singles:
            if not first(field):
                continue
            liked = ("null", "left out") if field.needed else ("left out", "null")
            ways[names] = next((way for way in liked if rest[way]), "text")
            if ways[names] != "text":
                rest[ways[names]] -= 1
    return ways
