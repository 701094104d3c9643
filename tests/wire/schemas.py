"""Which JSON Schemas each service takes (its structured-output page, 2026-11), and an instance of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_ANTHROPIC_NO = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
    "uniqueItems", "if", "then", "else", "not", "dependentRequired", "dependentSchemas",
}  # fmt: skip
_OPENAI_NO = {"allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"}


def complaint(provider: str, schema: Any) -> str | None:
    """Why ``provider`` refuses ``schema``, in a few words, or None."""
    if not isinstance(schema, dict):
        return "schema must be an object"
    if provider == "openai" and (schema.get("type") != "object" or "anyOf" in schema):
        return "schema must be a JSON Schema of 'type: \"object\"' at its root"
    for path, node in _nodes(schema, "root"):
        found = _node_complaint(provider, path, node)
        if found:
            return found
    return None


def _node_complaint(provider: str, path: str, node: Mapping[str, Any]) -> str | None:
    banned = {"anthropic": _ANTHROPIC_NO, "openai": _OPENAI_NO}.get(provider, set()) & node.keys()
    if banned:
        return f"{path}: {sorted(banned)[0]} is not supported"
    if provider == "anthropic" and node.get("minItems", 0) > 1:
        return f"{path}: minItems above 1 is not supported"
    if provider in ("anthropic", "openai") and node.get("type") == "object":
        if node.get("additionalProperties") is not False:
            return f"{path}: additionalProperties must be explicitly set to false"
        missing = set(node.get("properties", {})) - set(node.get("required", []))
        if provider == "openai" and missing:
            return f"{path}: 'required' must list every property; missing {sorted(missing)[0]}"
    return None


def _nodes(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, schema
    for name in ("properties", "$defs", "definitions"):
        for key, child in (schema.get(name) or {}).items():
            if isinstance(child, dict):
                yield from _nodes(child, f"{path}.{key}")
    if isinstance(schema.get("items"), dict):
        yield from _nodes(schema["items"], f"{path}.items")
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for number, child in enumerate(schema.get(name) or []):
            if isinstance(child, dict):
                yield from _nodes(child, f"{path}.{name}[{number}]")


def instance(schema: Mapping[str, Any], text: str) -> Any:
    """The plainest value that ``schema`` allows; strings are ``text``."""
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
    return {"integer": 1, "number": 1.5, "boolean": True, "null": None}.get(str(kind), text)
