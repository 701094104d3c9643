"""Which JSON Schemas each service takes (its structured-output page, 2026-11), and an instance of one.

Where a page lists what is supported, everything else is refused here, so that nothing is sent in the hope that it is
passed over. ``_GEMINI_TOO_COMPLEX`` is a stand-in: that service says "too complex" and no numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]

_COMMON = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs",
     "definitions", "title", "description", "format", "pattern", "minItems"}
)  # fmt: skip
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_TAKEN: Mapping[str, frozenset[str]] = {
    "anthropic": _COMMON | {"allOf", "oneOf", "default"},
    "openai": _COMMON | _NUMBERS | {"maxItems"},
}
_FORMATS: Mapping[str, frozenset[str]] = {
    "anthropic": frozenset(
        {"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"}
    ),
    "openai": frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}),
}
_CLOSED = ("anthropic", "openai")
_ANTHROPIC_OPTIONAL, _ANTHROPIC_UNIONS = 24, 16
_OPENAI_LEVELS, _OPENAI_PROPERTIES, _OPENAI_CHOICES, _OPENAI_CHARACTERS = 10, 5000, 1000, 120_000
_OPENAI_LONG_ENUM, _OPENAI_ENUM_CHARACTERS = 250, 15_000
_GEMINI_TOO_COMPLEX = {"properties": 200, "levels": 8, "choices": 800}


@dataclass(slots=True)
class _Sizes:
    """What the limits of the services count, over the whole schema."""

    properties: int = 0
    optional: int = 0
    unions: int = 0
    choices: int = 0
    characters: int = 0
    levels: int = 0


def complaint(provider: str, schema: Any) -> str | None:
    """Why ``provider`` refuses ``schema``, in a few words, or None."""
    if not isinstance(schema, dict):
        return "schema must be an object"
    if provider == "openai" and (schema.get("type") != "object" or "anyOf" in schema):
        return "schema must be a JSON Schema of 'type: \"object\"' at its root"
    sizes = _Sizes()
    for path, node, level in _nodes(schema, "root", 1):
        _count(sizes, node, level)
        found = _node_complaint(provider, path, node)
        if found:
            return found
    return _recursion(provider, schema) or _size_complaint(provider, sizes)


def _node_complaint(provider: str, path: str, node: Node) -> str | None:
    unknown = sorted(node.keys() - _TAKEN.get(provider, node.keys()))
    if unknown:
        return f"{path}: {unknown[0]} is not supported"
    if provider in _FORMATS and node.get("format", "date") not in _FORMATS[provider]:
        return f"{path}: format '{node['format']}' is not supported"
    if provider == "anthropic" and node.get("minItems", 0) > 1:
        return f"{path}: minItems above 1 is not supported"
    if provider == "gemini" and any(not isinstance(one, str) for one in node.get("enum", ())):
        return f"{path}: enum: only allowed for STRING type"
    if not str(node.get("$ref", "#")).startswith("#"):
        return f"{path}: external $ref is not supported"
    return _object_complaint(provider, path, node) or _enum_complaint(provider, path, node)


def _object_complaint(provider: str, path: str, node: Node) -> str | None:
    absent = sorted(set(node.get("required", ())) - node.get("properties", {}).keys())
    if absent:
        return f"{path}: 'required' names {absent[0]}, which is no property"
    if provider not in _CLOSED or "object" not in _types(node):
        return None
    if node.get("additionalProperties") is not False:
        return f"{path}: additionalProperties must be explicitly set to false"
    missing = node.get("properties", {}).keys() - set(node.get("required", []))
    if provider == "openai" and missing:
        return f"{path}: 'required' must list every property; missing {sorted(missing)[0]}"
    return None


def _enum_complaint(provider: str, path: str, node: Node) -> str | None:
    choices = node.get("enum")
    if choices is None:
        return None
    if not choices or any(isinstance(one, dict | list) for one in choices):
        return f"{path}: enum must hold one plain value at least"
    if len({str(one) for one in choices}) < len(choices):
        return f"{path}: enum has a value twice"
    characters = sum(len(str(one)) for one in choices)
    if provider == "openai" and len(choices) > _OPENAI_LONG_ENUM and characters > _OPENAI_ENUM_CHARACTERS:
        return f"{path}: the enum's values have {characters} characters, {_OPENAI_ENUM_CHARACTERS} are allowed"
    return None


def _types(node: Node) -> list[str]:
    given = node.get("type")
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]


def _count(sizes: _Sizes, node: Node, level: int) -> None:
    properties = node.get("properties") or {}
    choices = node.get("enum") or ()
    sizes.properties += len(properties)
    sizes.optional += len(properties.keys() - set(node.get("required", ())))
    sizes.unions += isinstance(node.get("type"), list) or "anyOf" in node
    sizes.choices += len(choices)
    sizes.characters += sum(map(len, properties)) + sum(len(str(one)) for one in choices)
    if {"object", "array"} & set(_types(node)):
        sizes.levels = max(sizes.levels, level)


def _size_complaint(provider: str, sizes: _Sizes) -> str | None:
    over: list[tuple[str, int, int]] = []
    if provider == "anthropic":
        over = [
            ("optional parameters", sizes.optional, _ANTHROPIC_OPTIONAL),
            ("parameters with union types", sizes.unions, _ANTHROPIC_UNIONS),
        ]
    if provider == "openai":
        over = [
            ("levels of nesting", sizes.levels, _OPENAI_LEVELS),
            ("object properties", sizes.properties, _OPENAI_PROPERTIES),
            ("enum values", sizes.choices, _OPENAI_CHOICES),
            ("characters of names and enum values", sizes.characters, _OPENAI_CHARACTERS),
        ]
    found = next((f"{count} {what}, {most} are allowed" for what, count, most in over if count > most), None)
    if provider == "gemini" and any(getattr(sizes, name) > most for name, most in _GEMINI_TOO_COMPLEX.items()):
        return "The specified schema produces a constraint that has too many states for serving."
    return found


def _recursion(provider: str, schema: Node) -> str | None:
    """Whether a $ref leads back into itself. Only OpenAI takes that."""
    if provider not in ("anthropic", "gemini"):
        return None
    names = {f"#/{group}/{name}": child for group in ("$defs", "definitions") for name, child in
             (schema.get(group) or {}).items()}  # fmt: skip
    leads = {name: {str(node["$ref"]) for _, node, _ in _nodes(child, "", 1) if "$ref" in node}
             for name, child in names.items()}  # fmt: skip
    for name, first in leads.items():
        seen: set[str] = set()
        waiting = set(first)
        while waiting:
            one = waiting.pop()
            if one in (name, "#"):
                return "Recursive schemas are not supported"
            waiting |= leads.get(one, set()) - seen
            seen.add(one)
    if any(node.get("$ref") == "#" for _, node, _ in _nodes(schema, "", 1)):
        return "Recursive schemas are not supported"
    return None


def _nodes(schema: Node, path: str, level: int) -> Iterator[tuple[str, Node, int]]:
    """Every schema in it with its path and how many objects and lists it stands in."""
    yield path, schema, level
    for name in ("properties", "$defs", "definitions"):
        for key, child in (schema.get(name) or {}).items():
            if isinstance(child, dict):
                yield from _nodes(child, f"{path}.{key}", level + (name == "properties"))
    if isinstance(schema.get("items"), dict):
        yield from _nodes(schema["items"], f"{path}.items", level + 1)
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for number, child in enumerate(schema.get(name) or []):
            if isinstance(child, dict):
                yield from _nodes(child, f"{path}.{name}[{number}]", level)


def instance(schema: Node, text: str) -> Any:
    """The plainest value that ``schema`` allows; strings without a format are ``text``."""
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("anyOf", "oneOf"):
        if schema.get(name):
            return instance(schema[name][0], text)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: instance(child, text) for key, child in (schema.get("properties") or {}).items()}
    if kind == "array":
        return [instance(schema.get("items") or {}, text)]
    if schema.get("format") == "date":
        return "2026-11-22"
    return {"integer": 1, "number": 1.5, "boolean": True, "null": None}.get(str(kind), text)
