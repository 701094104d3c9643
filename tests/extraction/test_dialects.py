"""Every set fits every provider's dialect, in parts where needed, and what comes back by it is the record again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.extraction.sets import INVOICE, long, records, said
from tests.providers.talks import PROVIDERS, all_of, ask, credential
from tests.wire import Play, WireServer
from tests.wire.schemas import complaint
from vision.errors import BadRequest
from vision.extraction.dialects import asked
from vision.extraction.judging import judge
from vision.fields.model import Field, FieldSet, Kind, leaves
from vision.fields.schema import from_schema
from vision.messages import Stop
from vision.providers.clients import Connections

WIDE = FieldSet(
    "wide", (Field("rows", Kind.ROWS, fields=tuple(Field(f"c{n}", Kind.NUMBER, needed=n % 2 == 0) for n in range(90))),)
)
NUMBERS = FieldSet("numbers", tuple(Field(f"n{n}", Kind.MONEY, needed=n < 30) for n in range(60)))
CHOICES = FieldSet(
    "choices", tuple(Field(f"c{n}", Kind.CHOICE, choices=tuple(f"{n}-{k}" for k in range(300))) for n in range(5))
)
SETS = {
    "invoice": INVOICE,
    "40": long(40),
    "60": long(60),
    "200": long(200),
    "wide": WIDE,
    "numbers": NUMBERS,
    "choices": CHOICES,
}


def parts(provider: str, set_: FieldSet) -> Iterator[tuple[Any, tuple[Field, ...]]]:
    """Schema and fields of each request that the set takes."""
    left = set_.fields
    while left:
        part = asked(provider, left, set_)
        assert part.schema is not None
        assert part.fields + part.left == left
        assert part.fields
        yield part.schema, part.fields
        left = part.left


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_part_is_a_schema_that_the_service_takes(provider: str, name: str) -> None:
    for schema, _ in parts(provider, SETS[name]):
        Draft202012Validator.check_schema(schema)
        assert complaint(provider, schema) is None
        # a server behind the compatible endpoint may be OpenAI itself
        assert provider != "compatible" or complaint("openai", schema) is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_forty_fields_are_one_request(provider: str) -> None:
    assert len(list(leaves(long(40).fields))) == 40
    assert len(list(parts(provider, long(40)))) == 1


def test_a_very_long_set_is_asked_for_in_parts() -> None:
    assert [len(list(parts(name, long(200)))) for name in (*PROVIDERS, "reader")] == [2, 1, 2, 1, 1]


def test_nothing_is_asked_for_no_fields() -> None:
    part = asked("anthropic", (), INVOICE)
    assert (part.schema, part.fields, part.left) == (None, (), ())


def test_the_reader_is_given_our_own_schema_with_the_order_of_dates() -> None:
    set_ = replace(INVOICE, date_order="month", decimals="comma")
    part = asked("reader", set_.fields[:3], set_)
    assert part.schema is not None
    assert part.left == ()
    assert from_schema(part.schema) == replace(set_, fields=set_.fields[:3])


def test_the_description_says_what_the_dialect_cannot() -> None:
    schema = asked("anthropic", INVOICE.fields, INVOICE).schema
    assert schema is not None
    words = {name: node["description"] for name, node in schema["properties"].items()}
    assert "Who sells" in words["vendor"]
    assert "YYYY-MM-DD" in words["date"]
    assert "Bank transfer" in words["method"]
    assert "Give null" in words["total"]
    assert "Leave it out" in words["due"]
    many = asked("openai", CHOICES.fields, CHOICES).schema
    assert many is not None
    assert "enum" not in many["properties"]["c4"]
    assert "4-299" in many["properties"]["c4"]["description"]


def test_claude_is_told_numbers_by_type_before_text() -> None:
    schema = asked("anthropic", long(90).fields, long(90)).schema
    assert schema is not None
    numbers = [node for node in schema["properties"].values() if "amount of money" in node["description"]]
    assert numbers
    assert all(node.get("type") == "number" or node["anyOf"][0]["type"] == "number" for node in numbers)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", ["invoice", "40", "200", "numbers"])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_comes_back_by_the_schema_is_the_record(provider: str, name: str, data: st.DataObject) -> None:
    set_ = SETS[name]
    record = data.draw(records(set_.fields[:30]))
    found: dict[str, Any] = {}
    for schema, fields in parts(provider, replace(set_, fields=set_.fields[:30])):
        told = said(schema, fields, record)
        Draft202012Validator(schema).validate(told)
        judged = judge(json.dumps(told), set_, fields)
        assert judged.problems == ()
        assert judged.data is not None
        found |= judged.data
    assert found == record


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture(scope="module")
def connections() -> Iterator[Connections]:
    found = Connections()
    yield found
    found.close()


RECORD = {
    "f0": "Ärzte & Söhne",
    "f6": "14:05",
    "items": [{"description": "a", "amount": 12.5}, {"unit": "kg", "amount": -3}],
    "place": {"town": "Ulm", "deed": {"registered": "1938-03-31"}},
}


@pytest.mark.parametrize("name", ["40", "200", "wide", "numbers", "choices"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_hard_set_passes_through_the_real_sdk(
    provider: str, name: str, wire: WireServer, connections: Connections
) -> None:
    set_ = SETS[name]
    wire.reset()
    for schema, fields in parts(provider, set_):
        told = said(schema, fields, RECORD)
        wire.script(Play(chunks=(json.dumps(told)[:20], json.dumps(told)[20:])), provider=provider)
        _, answer = all_of(connections.connect(credential(wire, provider)), replace(ask(provider), schema=schema))
        assert wire.requests[-1].refused == ""
        assert answer.stop is Stop.COMPLETE
        judged = judge(answer.text, set_, fields)
        assert judged.problems == ()
        assert judged.data is not None
        assert {key: value for key, value in judged.data.items() if value is not None} == {
            key: value for key, value in RECORD.items() if key in {field.name for field in fields}
        }


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_our_own_schema_would_be_refused(provider: str, wire: WireServer, connections: Connections) -> None:
    """What the dialects are for: the services do not take the canonical form as it is."""
    schema = asked("reader", INVOICE.fields, INVOICE).schema
    with pytest.raises(BadRequest):
        all_of(connections.connect(credential(wire, provider)), replace(ask(provider), schema=schema))
