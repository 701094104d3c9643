"""One place of a JSON Schema made plain: references followed, null taken out of unions, one type left.

Whatever would have to be guessed is refused in words. Every schema is hostile: references may run in circles or unfold
into millions, so what is followed is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

MOST_STEPS = 40  # unions and references within each other at one place
TYPES = ("string", "integer", "number", "boolean", "array", "object")
_UNIONS = ("anyOf", "oneOf")
_STRUCTURE = frozenset(
    {"type", "enum", "const", "properties", "required", "items", "format", "$ref", "allOf", *_UNIONS}
)
_REFUSED: Mapping[str, str] = {
    "not": "It says what is not allowed (not)",
    "if": "It depends on another value (if)",
    "dependentRequired": "It depends on another value (dependentRequired)",
    "dependentSchemas": "It depends on another value (dependentSchemas)",
    "dependencies": "It depends on another value (dependencies)",
    "patternProperties": "Its names are not fixed (patternProperties)",
    "prefixItems": "Its places in the list mean different things (prefixItems)",
    "contains": "Only some of its list are described (contains)",
    "$dynamicRef": "It refers to another place in a way that is not followed ($dynamicRef)",
    "$recursiveRef": "It contains itself ($recursiveRef)",
}


class Refused(Exception):
    """Nothing can be made of this place; the text is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Node:
    """``keywords`` hold no $ref, union or list of types; ``kind`` is the one type. ``followed``: the references on the
    way here from the top."""

    keywords: Mapping[str, Any]
    kind: str
    null: bool
    followed: frozenset[str]


def plain(schema: Any, root: Mapping[str, Any], followed: frozenset[str] = frozenset()) -> Node:
    """Raises Refused."""
    null = False
    for _ in range(MOST_STEPS):
        keywords = _mapping(schema)
        if "$ref" in keywords:
            schema, followed = _referred(keywords, root, followed)
        elif "allOf" in keywords:
            schema = _all_of(keywords)
        elif union := next((name for name in _UNIONS if name in keywords), None):
            schema, with_null = _union(keywords, union)
            null = null or with_null
        else:
            for name, sentence in _REFUSED.items():
                if name in keywords:
                    raise Refused(f"{sentence}: describe it without that.")
            kind, with_null = _type(keywords)
            keywords, no_value = _without_null(keywords)
            return Node(keywords, kind, null or with_null or no_value, followed)
    raise Refused("It is a union within a union, again and again: write it down once.")


def _mapping(schema: Any) -> Mapping[str, Any]:
    if not isinstance(schema, Mapping) or not all(isinstance(key, str) for key in schema):
        raise Refused("It is not described: give it a type, as string.")
    return schema


def _referred(
    keywords: Mapping[str, Any], root: Mapping[str, Any], followed: frozenset[str]
) -> tuple[Mapping[str, Any], frozenset[str]]:
    """What $ref stands for; what is written beside it goes before (as Pydantic writes descriptions)."""
    where = keywords["$ref"]
    if not isinstance(where, str) or not where.startswith("#"):
        raise Refused("It refers to another file ($ref): put that part under $defs of this one.")
    if where in followed:
        raise Refused("It contains itself ($ref in a circle): give the levels one by one, as list of rows or group.")
    found = _mapping(_pointed(where[1:], root))
    if found.get("title") == where.rpartition("/")[2]:  # the definition's own name says nothing of this place
        found = {key: value for key, value in found.items() if key != "title"}
    beside = {key: value for key, value in keywords.items() if key != "$ref"}
    return _joined(found, beside, "$ref"), followed | {where}


def _pointed(pointer: str, root: Any) -> Any:
    """By JSON Pointer (RFC 6901) from the top."""
    place = root
    for part in unquote(pointer).split("/")[1:] if pointer else ():
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(place, Mapping) and key in place:
            place = place[key]
        elif isinstance(place, list) and key.isdecimal() and len(key) < 9 and int(key) < len(place):
            place = place[int(key)]
        else:
            raise Refused("It refers to a part that is not there ($ref): add that part under $defs.")
    if pointer and not pointer.startswith("/"):
        raise Refused("It refers to a part by a name of its own ($anchor): refer to it as #/$defs/NAME.")
    return place


def _all_of(keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """One part alone is that part (older Pydantic writes so); several would have to be merged."""
    parts = keywords["allOf"]
    if not isinstance(parts, list) or len(parts) != 1:
        raise Refused("It is put together of several parts (allOf): write them down as one.")
    return _joined(_mapping(parts[0]), {key: value for key, value in keywords.items() if key != "allOf"}, "allOf")


def _union(keywords: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], bool]:
    branches = keywords[name]
    if not isinstance(branches, list) or not branches:
        raise Refused(f"It is a union of nothing ({name}): give it a type, as string.")
    beside = {key: value for key, value in keywords.items() if key != name}
    kept = [_mapping(branch) for branch in branches if not _is_null(branch)]
    null = len(kept) < len(branches)
    if not kept:
        raise Refused("It can only be null: give it a type, as string.")
    one = kept[0] if len(kept) == 1 else _choices_of(kept) or _decimal_of(kept)
    if one is None:
        raise Refused(f"It may be one of several things ({name}): say which one it is, or make a field of each.")
    return _joined(one, beside, name), null


def _joined(inner: Mapping[str, Any], beside: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Both at once; the words beside go before those inside, and what the value is may be said twice but not two
    ways."""
    if any(key in beside and beside[key] != inner[key] for key in _STRUCTURE & inner.keys()):
        raise Refused(f"It is described twice, beside and inside {where}: describe it in one place.")
    return {**inner, **beside}


def _is_null(branch: Any) -> bool:
    if not isinstance(branch, Mapping):
        return False
    return (
        branch.get("type") == "null" or ("const" in branch and branch["const"] is None) or branch.get("enum") == [None]
    )


def _choices_of(branches: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Branches that are one constant or enum of texts each are one enum."""
    found: list[str] = []
    for branch in branches:
        values = [branch["const"]] if "const" in branch else branch.get("enum")
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            return None
        found.extend(values)
    return {"type": "string", "enum": list(dict.fromkeys(found))}


def _decimal_of(branches: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """A number, or any text of it: so Pydantic writes Decimal (2.14, run 2026-11-22; others add a pattern)."""
    numbers = [branch for branch in branches if branch.get("type") in ("number", "integer")]
    texts = [branch for branch in branches if branch.get("type") == "string" and branch.keys() <= {"type", "pattern"}]
    return numbers[0] if len(branches) == 2 and len(numbers) == len(texts) == 1 else None


def _type(keywords: Mapping[str, Any]) -> tuple[str, bool]:
    """The one type, and whether null is allowed beside it."""
    said = keywords.get("type")
    names = said if isinstance(said, list) else [said]
    if said is None:
        names = _implied(keywords)
    lower = [name.lower() if isinstance(name, str) else "" for name in names]  # Gemini's own form says STRING
    kinds = list(dict.fromkeys(name for name in lower if name != "null"))
    if set(kinds) == {"integer", "number"}:
        kinds = ["number"]
    if any(kind not in TYPES for kind in kinds):
        raise Refused(f"Its type is not known; known are {', '.join(TYPES)}.")
    if not kinds:
        raise Refused("It has no type: say what it is, as string or number.")
    if len(kinds) > 1:
        raise Refused(f"It may be {' or '.join(kinds)}: say which one it is.")
    return kinds[0], "null" in lower or keywords.get("nullable") is True


def items_of(node: Node, root: Mapping[str, Any]) -> Node:
    """What a list holds, one of it. Raises Refused."""
    items = node.keywords.get("items")
    if items is None:
        raise Refused("It is a list and does not say of what: describe one of it under items.")
    return plain(items, root, node.followed)


def _implied(keywords: Mapping[str, Any]) -> list[str]:
    """The type where other keywords leave no doubt of it."""
    values = [keywords["const"]] if "const" in keywords else keywords.get("enum")
    if isinstance(values, list):
        names = {"null" if value is None else type_of(value) for value in values}
        return sorted(names)
    if "properties" in keywords:
        return ["object"]
    if "items" in keywords:
        return ["array"]
    return ["string"] if isinstance(keywords.get("format"), str) else []


def type_of(value: Any) -> str:
    """JSON Schema's name for the type of a JSON value."""
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((str, "string"), (int, "integer"), (float, "number"), (list, "array"), (Mapping, "object")):
        if isinstance(value, kind):
            return name
    return "null"


def _without_null(keywords: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    values = keywords.get("enum")
    if not isinstance(values, list) or None not in values:
        return keywords, False
    return {**keywords, "enum": [value for value in values if value is not None]}, True
