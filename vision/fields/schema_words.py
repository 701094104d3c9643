"""What one plain place of a JSON Schema says: the kind of the value, and the rest of it in words for the meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vision.fields.model import HOLDERS, Kind
from vision.fields.schema_nodes import Node, Refused, type_of

_BY_TYPE: Mapping[str, Kind] = {
    "string": Kind.TEXT,
    "integer": Kind.WHOLE,
    "number": Kind.NUMBER,
    "boolean": Kind.YES_NO,
    "object": Kind.GROUP,
}
_BY_FORMAT: Mapping[str, Kind] = {
    "date": Kind.DATE,
    "time": Kind.TIME,
    "email": Kind.EMAIL,
    "idn-email": Kind.EMAIL,
    "phone": Kind.PHONE,
    "tel": Kind.PHONE,
    "uri": Kind.CODE,
    "url": Kind.CODE,
    "uuid": Kind.CODE,
    "textarea": Kind.LONG_TEXT,
    "date-time": Kind.TEXT,
}
# Which x-kind may stand at which type.
_X_KINDS: Mapping[str, frozenset[Kind]] = {
    "string": frozenset(Kind) - HOLDERS - {Kind.WHOLE, Kind.NUMBER, Kind.MONEY, Kind.YES_NO, Kind.CHOICE},
    "integer": frozenset({Kind.WHOLE, Kind.NUMBER, Kind.MONEY}),
    "number": frozenset({Kind.NUMBER, Kind.MONEY}),
}
# Said in words after the description. "{}" is the value of the keyword.
_WORDS: Mapping[str, str] = {
    "pattern": "Written as the pattern {}.",
    "minLength": "At least {} characters.",
    "maxLength": "At most {} characters.",
    "exclusiveMinimum": "More than {}.",
    "exclusiveMaximum": "Less than {}.",
}
_LIST_WORDS: Mapping[str, str] = {"minItems": "At least {} of them.", "maxItems": "At most {} of them."}


def kind_of(node: Node) -> tuple[Kind, tuple[str, ...]]:
    """The kind of one value, and its choices. Raises Refused."""
    if node.kind == "array":
        raise Refused("It is a list of lists: make the inner list an object with a name.")
    if "x-kind" in node.keywords:
        return _own_kind(node), ()
    values = _values(node)
    if node.kind == "object" and values is None:
        if "properties" not in node.keywords and node.keywords.get("additionalProperties") not in (None, False):
            raise Refused("Its names are not fixed (additionalProperties): say which fields it holds.")
        return Kind.GROUP, ()
    if values is not None:
        if not all(_fits(value, node.kind) for value in values):
            raise Refused("Its choices (enum) do not fit its type: write all of them as text, or all as numbers.")
        if node.kind == "string":
            return Kind.CHOICE, tuple(dict.fromkeys(values))
        if node.kind not in ("integer", "number"):
            raise Refused("Its choices (enum) are neither texts nor numbers: leave them out.")
    if node.kind == "string":
        return _BY_FORMAT.get(_format(node), Kind.TEXT), ()
    if node.kind == "number" and _format(node) in ("currency", "money"):
        return Kind.MONEY, ()
    return _BY_TYPE[node.kind], ()


def _own_kind(node: Node) -> Kind:
    said = node.keywords["x-kind"]
    found = next((kind for kind in Kind if kind.value == said), None)
    if found is None:
        raise Refused(f'Its "x-kind" is not known; known are {", ".join(kind.value for kind in Kind)}.')
    if found not in _X_KINDS.get(node.kind, frozenset()):
        raise Refused(f'Its "x-kind" {found.value} does not fit its type {node.kind}: change one of them.')
    return found


def _values(node: Node) -> list[Any] | None:
    if "const" in node.keywords:
        return [node.keywords["const"]]
    values = node.keywords.get("enum")
    if values is not None and (not isinstance(values, list) or not values):
        raise Refused("Its list of choices (enum) is empty: add the choices.")
    return values


def _fits(value: Any, kind: str) -> bool:
    return type_of(value) == kind or (kind == "number" and type_of(value) == "integer")


def number_choices(node: Node) -> list[Any]:
    """The numbers it may be, [] where it may be any."""
    return (_values(node) or []) if node.kind in ("integer", "number") else []


def _format(node: Node) -> str:
    said = node.keywords.get("format")
    return said.lower() if isinstance(said, str) else ""


def meaning_of(outer: Node, inner: Node, name: str) -> str:
    """The description (of the list, else of what it holds; else a title that says more than the name), and after it
    what only words can say. A field that is in our own form is left as it is."""
    said = _text(outer, "description") or _text(inner, "description") or _title(outer, name) or _title(inner, name)
    if "x-kind" in inner.keywords:
        return said
    extra = [*_said(inner.keywords, _WORDS), *(_said(outer.keywords, _LIST_WORDS) if outer is not inner else ())]
    if choices := number_choices(inner):
        extra.append(f"One of {', '.join(str(value) for value in choices)}.")
    if inner.kind == "string" and (form := _format(inner)) and form not in _BY_FORMAT:
        extra.append(f"Written as {form}.")
    if inner.kind == "string" and _format(inner) == "date-time":
        extra.append("Date and time, as YYYY-MM-DDTHH:MM:SS.")
    return " ".join([said, *extra]).strip() if extra else said


def _said(keywords: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    for keyword, sentence in words.items():
        value = keywords.get(keyword)
        if value is not None and type_of(value) in ("string", "integer", "number"):
            yield sentence.format(value)


def _text(node: Node, keyword: str) -> str:
    said = node.keywords.get(keyword)
    return said if isinstance(said, str) else ""


def _title(node: Node, name: str) -> str:
    """Pydantic makes titles of names ("Invoice Number"): those say nothing new."""
    title = _text(node, "title").strip()
    same = re.sub(r"[\W_]+", "", title).lower() == re.sub(r"[\W_]+", "", name).lower()
    return "" if same else title
