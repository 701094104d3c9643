"""The loopback services refuse the schemas that the real ones refuse."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire import WireServer
from tests.wire.known import MODELS, WITHOUT_SCHEMAS
from tests.wire.schemas import complaint, instance
from tests.wire.test_strictness import BODIES, HEADERS, PATHS, post

TEXT = {"type": "string"}


def closed(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def many(count: int, child: Any, required: bool = True) -> dict[str, Any]:
    return closed({f"f{number}": child for number in range(count)}, None if required else [])


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = closed({"a": TEXT})
    for _ in range(levels):
        schema = closed({"a": schema})
    return schema


NULLABLE = {"anyOf": [TEXT, {"type": "null"}]}
LOOP = closed({"a": {"$ref": "#/$defs/n"}}) | {"$defs": {"n": closed({"next": {"$ref": "#/$defs/n"}})}}
REFERENCE = closed({"a": {"$ref": "#/$defs/n"}}) | {"$defs": {"n": closed({"b": TEXT})}}


@pytest.mark.parametrize(
    ("provider", "schema", "said"),
    [
        ("anthropic", closed({"a": {"type": "object", "properties": {}}}), "additionalProperties"),
        ("anthropic", closed({"a": {"type": "array", "items": {"type": "object"}}}), "additionalProperties"),
        ("anthropic", closed({"a": {"anyOf": [{"type": "object"}, {"type": "null"}]}}), "additionalProperties"),
        ("anthropic", many(25, TEXT, required=False), "25 optional parameters, 24"),
        ("anthropic", closed({"rows": {"type": "array", "items": many(25, TEXT, False)}}), "25 optional"),
        ("anthropic", many(17, NULLABLE), "17 parameters with union types, 16"),
        ("anthropic", many(17, {"type": ["string", "null"]}), "17 parameters with union types"),
        ("anthropic", closed({"a": {"type": "number", "minimum": 0}}), "minimum"),
        ("anthropic", closed({"a": {"type": "array", "items": TEXT, "maxItems": 3}}), "maxItems"),
        ("anthropic", closed({"a": {"type": "array", "items": TEXT, "minItems": 2}}), "minItems"),
        ("anthropic", closed({"a": {"type": "array", "prefixItems": [TEXT]}}), "prefixItems"),
        ("anthropic", closed({"a": {**TEXT, "x-kind": "money"}}), "x-kind"),
        ("anthropic", closed({"a": {**TEXT, "format": "credit-card"}}), "credit-card"),
        ("anthropic", closed({"a": {"$ref": "https://example.com/a.json"}}), "external"),
        ("anthropic", LOOP, "Recursive"),
        ("anthropic", closed({"a": {"$ref": "#"}}), "Recursive"),
        ("openai", {"type": "array", "items": TEXT}, "at its root"),
        ("openai", {"anyOf": [closed({"a": TEXT})], **closed({})}, "at its root"),
        ("openai", closed({"a": TEXT}, []), "must list every property"),
        ("openai", closed({"a": {"type": ["object", "null"], "properties": {"b": TEXT}}}), "additionalProperties"),
        ("openai", closed({"a": TEXT}, ["a", "b"]), "names b"),
        ("openai", closed({"a": {"allOf": [TEXT]}}), "allOf"),
        ("openai", closed({"a": {"not": TEXT}}), "not"),
        ("openai", closed({"a": TEXT}) | {"if": {}}, "if"),
        ("openai", closed({"a": {"oneOf": [TEXT]}}), "oneOf"),
        ("openai", closed({"a": {**TEXT, "maxLength": 3}}), "maxLength"),
        ("openai", closed({"a": {**TEXT, "default": "b"}}), "default"),
        ("openai", closed({"a": {**TEXT, "format": "uri"}}), "uri"),
        ("openai", deep(10), "11 levels"),
        ("openai", many(5001, TEXT), "5001 object properties"),
        ("openai", closed({f"f{n}": {"enum": [str(k) for k in range(200)]} for n in range(6)}), "1200 enum values"),
        ("openai", closed({"a": {"enum": ["x" * 70 + str(n) for n in range(251)]}}), "15000"),
        ("openai", closed({"x" * 120_001: TEXT}), "characters"),
        ("openai", closed({"a": {"enum": ["b", "b"]}}), "twice"),
        ("gemini", many(201, TEXT), "too many states"),
        ("gemini", deep(8), "too many states"),
        ("gemini", closed({"a": {"enum": [1, 2]}}), "STRING"),
        ("gemini", LOOP, "Recursive"),
        ("compatible", [], "must be an object"),
    ],
)
def test_a_schema_that_the_service_does_not_take(provider: str, schema: Any, said: str) -> None:
    assert said in (complaint(provider, schema) or "taken")


@pytest.mark.parametrize(
    ("provider", "schema"),
    [
        ("anthropic", many(24, TEXT, required=False)),
        ("anthropic", many(16, NULLABLE)),
        ("anthropic", REFERENCE),
        ("anthropic", closed({"a": {"type": "array", "items": {**TEXT, "format": "uri"}, "minItems": 1}})),
        ("openai", deep(9)),
        ("openai", LOOP),
        ("openai", many(5000, TEXT)),
        ("openai", many(100, NULLABLE)),
        ("openai", closed({"a": {"type": "number", "minimum": 0, "maximum": 1}})),
        ("gemini", {"type": "object", "properties": {"a": {**TEXT, "maxLength": 3}}}),
        ("gemini", REFERENCE),
        ("compatible", {"type": "object", "properties": {"a": {**TEXT, "x-kind": "code"}}}),
    ],
)
def test_a_schema_at_the_edge_of_what_is_taken(provider: str, schema: Any) -> None:
    assert complaint(provider, schema) is None


def test_a_server_without_schema_mode_says_so() -> None:
    asked = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": closed({"a": TEXT})}}
    with WireServer(models={**MODELS, **WITHOUT_SCHEMAS}) as wire:
        found = {}
        for model in ("llava:7b", "minicpm-v:8b"):
            body = {**BODIES["compatible"], "model": model, "response_format": asked}
            found[model], answer, _ = post(wire, PATHS["compatible"], body, HEADERS["compatible"])
        assert found == {"llava:7b": 200, "minicpm-v:8b": 400}
        assert "'response_format' of type 'json_schema' is not supported" in answer["error"]["message"]
        body = {**BODIES["compatible"], "model": "minicpm-v:8b"}
        assert post(wire, PATHS["compatible"], body, HEADERS["compatible"])[0] == 200


def test_a_date_of_an_instance_is_one() -> None:
    assert instance(closed({"a": {**TEXT, "format": "date"}, "b": TEXT}), "x") == {"a": "2026-11-22", "b": "x"}
