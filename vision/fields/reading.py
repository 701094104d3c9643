"""A set of fields from text that a person gives: JSON Schema, a set that Loupe saved (which is one), an example, or the
shorthand that Loupe began with. All of it is hostile: whatever is wrong ends in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vision.fields.example import from_example
from vision.fields.model import FieldSet
from vision.fields.problems import FieldsInvalid, Problem, check
from vision.fields.schema_reading import from_schema, unwrapped

LARGEST = 1_000_000  # characters
DEEPEST = 64
FORMS = 'a JSON Schema, an example ({"total": 12.5}) or the short form ({"total": "number"})'
_MARKS = ("$schema", "$ref", "$defs", "definitions", "allOf", "anyOf", "oneOf")


def read_fields(text: str, name: str = "") -> FieldSet:
    """``name`` is what the set is called where the text does not say. Raises FieldsInvalid."""
    data = _parsed(text)
    if not isinstance(data, dict):
        what = "a list" if isinstance(data, list) else "one value"
        raise invalid(f"This is {what}, not a set of fields: give an object, as {FORMS}.")
    if is_schema(data):
        return from_schema(data, name)
    made = from_example(data, name)
    problems = check(made)
    if problems:
        raise FieldsInvalid(problems)
    return made


def invalid(sentence: str) -> FieldsInvalid:
    return FieldsInvalid((Problem("", sentence),))


def is_schema(data: Mapping[str, Any]) -> bool:
    """Whether it says of itself that it is a JSON Schema, and is no example that has a field of such a name."""
    data = unwrapped(data)
    if isinstance(data.get("properties"), Mapping):
        return all(isinstance(one, Mapping | bool) for one in data["properties"].values())
    if isinstance(data.get("items"), Mapping) and data.get("type") == "array":
        return True
    if data.get("type") == "object" and "additionalProperties" in data:
        return True
    return any(isinstance(data.get(mark), str | list | Mapping) for mark in _MARKS)


def _parsed(text: str) -> Any:
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise invalid(f"There is nothing here: give {FORMS}.")
    if len(text) > LARGEST:
        raise invalid(f"This is too long for a set of fields: {LARGEST:,} characters at most.")
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise invalid(f"This is not JSON ({where}): give {FORMS}.") from None
    except RecursionError:
        raise invalid(TOO_DEEP) from None
    except ValueError:  # a number of thousands of digits
        raise invalid("A number in it is too long to be read: shorten it.") from None
    if _depth_over(data, DEEPEST):
        raise invalid(TOO_DEEP)
    return data


TOO_DEEP = "This is nested too deep for a set of fields: five levels of lists and groups at most."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise FieldsInvalid((Problem(key, "This name is there twice: give one of them another name."),))
        found[key] = value
    return found


def _no_number(word: str) -> Any:
    raise invalid(f"{word} is not allowed in JSON: write a number, or null.")


def _depth_over(data: Any, most: int) -> bool:
    level = [data]
    for _ in range(most):
        level = [
            child
            for value in level
            for child in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        if not level:
            return False
    return True


__all__ = ["DEEPEST", "LARGEST", "FieldsInvalid", "Problem", "is_schema", "read_fields"]
