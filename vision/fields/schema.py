"""A set as JSON Schema (draft 2020-12) and back: our own form, from which every other view of a set can be made.

What the standard has no word for is kept in keywords that begin with "x-", which every validator passes over:
"x-kind" at a field (the kind, where type, format and enum do not say it), and at the top "x-date-order", "x-decimals",
"x-instruction" and "x-rules". ``required`` lists what is needed. A time is no ``format: time``: by the standard (RFC
3339) that wants seconds and an offset, and models write what it says.
"""

from __future__ import annotations

from typing import Any

from vision.fields.model import Field, FieldSet, Kind
from vision.fields.rule_text import rule_json
from vision.fields.schema_reading import from_schema

Json = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TIME_PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"

_VALUES: dict[Kind, Json] = {
    Kind.TEXT: {"type": "string"},
    Kind.LONG_TEXT: {"type": "string", "x-kind": "long text"},
    Kind.WHOLE: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.MONEY: {"type": "number", "x-kind": "money"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.TIME: {"type": "string", "pattern": TIME_PATTERN, "x-kind": "time"},
    Kind.YES_NO: {"type": "boolean"},
    Kind.EMAIL: {"type": "string", "format": "email"},
    Kind.PHONE: {"type": "string", "x-kind": "phone"},
    Kind.CODE: {"type": "string", "x-kind": "code"},
}


def to_schema(fields: FieldSet) -> Json:
    """The set as JSON Schema; ``from_schema`` makes the same set of it again. Raises nothing: for a set with problems
    it is a schema with the same problems."""
    return _top(fields, null=False)


def record_schema(fields: FieldSet) -> Json:
    """The schema that a record's data is valid against: the same, but what is needed may be null where it is not
    there."""
    return _top(fields, null=True)


def _top(fields: FieldSet, *, null: bool) -> Json:
    schema = {"$schema": DRAFT, "title": fields.name, **_object(fields.fields, null=null)}
    schema["x-date-order"] = fields.date_order
    schema["x-decimals"] = fields.decimals
    if fields.instruction:
        schema["x-instruction"] = fields.instruction
    if fields.rules:
        schema["x-rules"] = [rule_json(rule) for rule in fields.rules]
    return schema


def _object(fields: tuple[Field, ...], *, null: bool) -> Json:
    return {
        "type": "object",
        "properties": {field.name: _field(field, null=null) for field in fields},
        "required": [field.name for field in fields if field.needed],
        "additionalProperties": False,
    }


def _field(field: Field, *, null: bool) -> Json:
    schema = _value(field, null=null)
    if field.many or field.kind is Kind.ROWS:
        schema = {"type": "array", "items": schema}
    if field.meaning:
        schema = {"type": schema["type"], "description": field.meaning, **schema}
    return _nullable(schema) if null and field.needed else schema


def _value(field: Field, *, null: bool) -> Json:
    if field.kind is Kind.CHOICE:
        return {"type": "string", "enum": list(field.choices)}
    if field.kind in _VALUES:
        return dict(_VALUES[field.kind])
    return _object(field.fields, null=null)


def _nullable(schema: Json) -> Json:
    found = {**schema, "type": [schema["type"], "null"]}
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


__all__ = ["DRAFT", "TIME_PATTERN", "Json", "from_schema", "record_schema", "to_schema"]
