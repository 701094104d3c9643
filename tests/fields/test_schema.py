"""A set as JSON Schema and back, and the schemas of other people."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given, settings
from pydantic import AnyUrl, BaseModel
from pydantic import Field as PydanticField

from tests.fields.sets import HARD, SETS
from vision.fields.model import Field, FieldSet, Kind, Rule
from vision.fields.problems import FieldsInvalid
from vision.fields.schema import from_schema, record_schema, to_schema

STRICT = jsonschema.Draft202012Validator
TEXT = {"type": "string"}


@given(fields=SETS)
@settings(max_examples=150, deadline=None)
def test_a_set_is_the_same_after_its_schema(fields: FieldSet) -> None:
    schema = to_schema(fields)
    STRICT.check_schema(schema)
    assert from_schema(json.loads(json.dumps(schema))) == fields


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.ROWS, Kind.GROUP, Kind.CHOICE)])
def test_every_kind_says_what_it_is(kind: Kind) -> None:
    fields = FieldSet("One", (Field("a", kind, "What it means", True), Field("b", kind, many=True)))
    assert from_schema(to_schema(fields)) == fields


def test_our_own_form() -> None:
    schema = to_schema(HARD)
    assert schema["title"] == "Delivery note"
    assert schema["required"] == ["sender", "items", "total"]
    assert schema["properties"]["total"] == {"type": "number", "description": "After tax", "x-kind": "money"}
    assert schema["properties"]["items"]["items"]["required"] == ["amount"]
    assert schema["x-rules"][1] == {
        **{"kind": "range", "fields": ["total"], "least": "0.10", "most": "1E+3", "on": False},
    }
    assert not schema["additionalProperties"]


RECORD = {
    "sender": {"name": None},
    "phones": ["+49 30 1234"],
    "items": [{"amount": -1.5, "parts": [{"code": "AB-1", "at": "17:42"}]}, {"amount": None}],
    "total": None,
}


def test_a_record_is_valid_with_null_for_what_is_needed_only() -> None:
    checked = STRICT(record_schema(HARD))
    assert not list(checked.iter_errors(RECORD))
    wrong: tuple[dict[str, Any], ...] = (
        {**RECORD, "phones": None},
        {**RECORD, "items": [{}]},
        {**RECORD, "state": "shut"},
        {**RECORD, "items": [{"amount": 1, "parts": [{"at": "5:42 pm"}]}]},
        {**RECORD, "more": 1},
    )
    for broken in wrong:
        assert list(checked.iter_errors(broken))
    assert list(STRICT(to_schema(HARD)).iter_errors(RECORD))


# Schemas as they come from elsewhere.


class Rate(Enum):
    FULL = "full"
    LOW = "low"


class Party(BaseModel):
    name: str
    email: str | None = PydanticField(None, description="To send the answer to")


class Line(BaseModel):
    description: str
    amount: Decimal
    quantity: int | None = None


class Bill(BaseModel):
    """Read the second page as well."""

    seller: Party
    buyer: Party | None = None
    issued: date
    at: clock | None = None
    stamped: datetime | None = None
    paid: bool = False
    rate: Rate = Rate.FULL
    state: Literal["open", "paid"] | None = None
    lines: list[Line]
    tags: list[str] = []
    site: AnyUrl | None = None
    total: Annotated[float, PydanticField(ge=0, le=100_000, title="What is to be paid")]


def test_what_pydantic_writes() -> None:
    made = from_schema(Bill.model_json_schema())
    party = (Field("name", needed=True), Field("email", meaning="To send the answer to"))
    line = (
        Field("description", needed=True),
        Field("amount", Kind.NUMBER, needed=True),
        Field("quantity", Kind.WHOLE),
    )
    stamped = "Date and time, as YYYY-MM-DDTHH:MM:SS."
    assert made.fields == (
        Field("seller", Kind.GROUP, needed=True, fields=party),
        Field("buyer", Kind.GROUP, fields=party),
        Field("issued", Kind.DATE, needed=True),
        Field("at", Kind.TIME),
        Field("stamped", Kind.TEXT, stamped),
        Field("paid", Kind.YES_NO),
        Field("rate", Kind.CHOICE, choices=("full", "low")),
        Field("state", Kind.CHOICE, choices=("open", "paid")),
        Field("lines", Kind.ROWS, needed=True, fields=line),
        Field("tags", many=True),
        Field("site", Kind.CODE, "At least 1 characters."),
        Field("total", Kind.NUMBER, "What is to be paid", True),
    )
    assert (made.name, made.instruction) == ("Bill", "Read the second page as well.")
    assert made.rules == (Rule("range", ("total",), least=Decimal(0), most=Decimal(100_000)),)
    assert from_schema(to_schema(made)) == made


def schema(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def only(value: Any, **more: Any) -> Field:
    """The field that a property ``a`` becomes."""
    (field,) = from_schema(schema({"a": value}, "a", **more)).fields
    return field


def test_openai_strict_is_all_required_with_null() -> None:
    strict = {
        "name": "bill",
        "strict": True,
        "schema": schema(
            {
                "no": TEXT,
                "tax": {"type": ["number", "null"]},
                "kind": {"type": ["string", "null"], "enum": ["a", None]},
            },
            *("no", "tax", "kind"),
            additionalProperties=False,
        ),
    }
    for wrapped in (strict, {"type": "json_schema", "json_schema": strict}, {"type": "json_schema", **strict}):
        made = from_schema(wrapped, "Bill")
        assert made.name == "Bill"
        assert made.fields == (
            Field("no", needed=True),
            Field("tax", Kind.NUMBER),
            Field("kind", Kind.CHOICE, choices=("a",)),
        )


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"$ref": "#/$defs/x", "description": "Here"}, Field("a", Kind.DATE, "Here", True)),
        ({"$ref": "#/definitions/y~1z"}, Field("a", Kind.WHOLE, needed=True)),
        ({"allOf": [{"$ref": "#/$defs/x"}], "description": "Old"}, Field("a", Kind.DATE, "Old", True)),
        ({"anyOf": [{"$ref": "#/$defs/x"}, {"type": "null"}]}, Field("a", Kind.DATE, "There")),
        ({"oneOf": [{"const": "l"}, {"const": "r"}]}, Field("a", Kind.CHOICE, needed=True, choices=("l", "r"))),
        ({"enum": ["l", None]}, Field("a", Kind.CHOICE, choices=("l",))),
        ({"const": "only"}, Field("a", Kind.CHOICE, needed=True, choices=("only",))),
        ({"enum": [1, 2]}, Field("a", Kind.WHOLE, "One of 1, 2.", True)),
        ({"type": "STRING", "nullable": True}, Field("a")),
        ({"type": "string", "format": "email"}, Field("a", Kind.EMAIL, needed=True)),
        ({"type": "string", "format": "x-odd"}, Field("a", Kind.TEXT, "Written as x-odd.", True)),
        ({"type": "string", "pattern": "^A"}, Field("a", Kind.TEXT, "Written as the pattern ^A.", True)),
        ({"type": ["integer", "number"]}, Field("a", Kind.NUMBER, needed=True)),
        ({"type": "array", "items": TEXT, "maxItems": 2}, Field("a", Kind.TEXT, "At most 2 of them.", True, True)),
        (
            {"type": "array", "items": {"type": "string", "enum": ["l", "r"]}},
            Field("a", Kind.CHOICE, needed=True, many=True, choices=("l", "r")),
        ),
        (
            {"type": "array", "items": {**schema({"b": TEXT}), "description": "Each"}},
            Field("a", Kind.ROWS, "Each", True, fields=(Field("b"),)),
        ),
        ({"properties": {"b": TEXT}}, Field("a", Kind.GROUP, needed=True, fields=(Field("b"),))),
    ],
)
def test_schemas_from_the_wild(value: dict[str, Any], field: Field) -> None:
    definitions = {"x": {"type": "string", "format": "date", "description": "There"}}
    assert only(value, **{"$defs": definitions, "definitions": {"y/z": {"type": "integer"}}}) == field


def test_a_reference_at_the_top() -> None:
    made = from_schema({"$ref": "#/$defs/Bill", "$defs": {"Bill": schema({"a": TEXT}, "a", title="Bill")}}, "Mine")
    assert made == FieldSet("Bill", (Field("a", needed=True),))


REFUSED = [
    ({"allOf": [TEXT, TEXT]}, "put together of several parts"),
    ({"anyOf": [TEXT, {"type": "boolean"}]}, "one of several things"),
    ({"anyOf": [TEXT, {"type": "null"}], "type": "number"}, "described twice"),
    ({"anyOf": [{"type": "null"}]}, "only be null"),
    ({"anyOf": []}, "union of nothing"),
    ({"type": ["string", "number"]}, "may be string or number"),
    ({"type": "date"}, "type is not known"),
    ({"type": 5}, "type is not known"),
    ({"description": "?"}, "has no type"),
    (True, "is not described"),
    ("string", "is not described"),
    (None, "is not described"),
    ({"not": TEXT, "type": "string"}, "what is not allowed"),
    ({"if": TEXT, "type": "string"}, "depends on another value"),
    ({"type": "object", "patternProperties": {"x": TEXT}}, "names are not fixed"),
    ({"type": "object", "additionalProperties": TEXT}, "names are not fixed"),
    ({"type": "array", "prefixItems": [TEXT]}, "places in the list"),
    ({"type": "array"}, "does not say of what"),
    ({"type": "array", "items": {"type": "array", "items": TEXT}}, "list of lists"),
    ({"type": "object"}, "no properties"),
    ({"type": "string", "enum": []}, "is empty"),
    ({"type": "string", "enum": ["a", 1]}, "do not fit"),
    ({"enum": ["a", 1]}, "may be integer or string"),
    ({"enum": [[1]]}, "does not say of what"),
    ({"enum": [True]}, "neither texts nor numbers"),
    ({"type": "number", "x-kind": "date"}, "does not fit"),
    ({"type": "string", "x-kind": ["date"]}, "not known"),
    ({"type": "number", "minimum": "low"}, "no number"),
    ({"$ref": "other.json#/x"}, "another file"),
    ({"$ref": "#/$defs/none"}, "not there"),
    ({"$ref": "#anchor"}, "name of its own"),
    ({"$ref": 4}, "another file"),
    ({"$ref": "#"}, "contains itself|nested too deep"),
]


@pytest.mark.parametrize(("value", "words"), REFUSED)
def test_what_would_be_a_guess_is_refused_at_the_field(value: Any, words: str) -> None:
    with pytest.raises(FieldsInvalid, match=words) as raised:
        from_schema(schema({"good": TEXT, "a": value}))
    assert raised.value.problems[0].field.startswith("a")
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ({"type": "array", "items": TEXT}, "describes a list"),
        ({"type": "string"}, "describes one string"),
        (schema({}), "no properties"),
        (schema({"a": TEXT}, "b"), '"required"'),
        (schema({"a": TEXT}, **{"x-rules": [{"kind": "sum"}]}), "x-rules"),
        (schema({"a": TEXT}, **{"x-rules": "all"}), "x-rules"),
        (schema({"a": TEXT}, **{"x-date-order": "year"}), "x-date-order"),
        (schema({"a.b": TEXT}), "letters, digits"),
        (schema({f"a{number}": TEXT for number in range(201)}), "more than 200"),
    ],
)
def test_what_is_wrong_with_the_whole(whole: dict[str, Any], words: str) -> None:
    with pytest.raises(FieldsInvalid, match=words):
        from_schema(whole)


def test_circles_and_bombs_end_in_words() -> None:
    circle = {"node": schema({"next": {"$ref": "#/$defs/node"}})}
    with pytest.raises(FieldsInvalid, match="contains itself") as raised:
        from_schema({**schema({"a": {"$ref": "#/$defs/node"}}), "$defs": circle})
    assert raised.value.problems[0].field == "a.next"
    two = {"one": {"$ref": "#/$defs/two"}, "two": {"$ref": "#/$defs/one"}}
    with pytest.raises(FieldsInvalid, match="contains itself"):
        from_schema({**schema({"a": {"$ref": "#/$defs/one"}}), "$defs": two})
    wide = {f"d{n}": schema({f"p{k}": {"$ref": f"#/$defs/d{n + 1}"} for k in range(40)}) for n in range(30)}
    with pytest.raises(FieldsInvalid, match=r"more than 200|nested too deep"):
        from_schema({**schema({"a": {"$ref": "#/$defs/d0"}}), "$defs": wide})
    union: dict[str, Any] = TEXT
    for _ in range(60):
        union = {"anyOf": [union, {"type": "null"}]}
    with pytest.raises(FieldsInvalid, match="again and again"):
        from_schema(schema({"a": union}))


def test_a_field_may_be_called_as_a_keyword() -> None:
    made = from_schema(schema({"schema": TEXT, "properties": TEXT, "type": TEXT}, "type"))
    assert [field.name for field in made.fields] == ["schema", "properties", "type"]


def test_names_of_another_form_are_one_name_only() -> None:
    with pytest.raises(FieldsInvalid, match="twice"):
        from_schema(schema({"\u00e4": TEXT, "a\u0308": TEXT}))


def test_a_changed_set_is_another_schema() -> None:
    for changed in (
        replace(HARD, decimals="point"),
        replace(HARD, rules=HARD.rules[1:]),
        replace(HARD, fields=(replace(HARD.fields[0], meaning="Who?"), *HARD.fields[1:])),
    ):
        assert to_schema(changed) != to_schema(HARD)
