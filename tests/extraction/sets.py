"""Sets of fields for the tests of this folder, records for them, and what an obedient model says for a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from vision.fields.model import HOLDERS, Field, FieldSet, Kind
from vision.messages import Json

COLUMNS = (
    Field("description", meaning="What was sold"),
    Field("quantity", Kind.NUMBER),
    Field("unit", Kind.CHOICE, choices=("piece", "hour", "kg")),
    Field("amount", Kind.MONEY, needed=True),
)
INVOICE = FieldSet(
    "invoice",
    (
        Field("vendor", meaning="Who sells", needed=True),
        Field("date", Kind.DATE, needed=True),
        Field("total", Kind.MONEY, needed=True),
        Field("items", Kind.ROWS, fields=COLUMNS),
        Field("due", Kind.DATE),
        Field("paid", Kind.YES_NO),
        Field("method", Kind.CHOICE, choices=("Cash", "Card", "Bank transfer")),
        Field("time", Kind.TIME),
        Field("e-mail", Kind.EMAIL),
        Field("phones", Kind.PHONE, many=True),
        Field("number", Kind.CODE),
        Field("pages", Kind.WHOLE),
        Field("notes", Kind.LONG_TEXT),
        Field("seller", Kind.GROUP, fields=(Field("city"), Field("vat", Kind.CODE, needed=True))),
    ),
)
_VALUES = tuple(kind for kind in Kind if kind not in HOLDERS)


def long(count: int, name: str = "form") -> FieldSet:
    """A set with ``count`` values of all kinds by turns, every third needed; among them a group of five, one of them a
    group again, and a list of rows of four."""
    inner = (Field("street"), Field("plot", Kind.CODE), Field("registered", Kind.DATE))
    group = Field("place", Kind.GROUP, fields=(Field("town", needed=True), Field("deed", Kind.GROUP, fields=inner),
                                               Field("area", Kind.NUMBER)))  # fmt: skip
    rows = Field("items", Kind.ROWS, needed=True, fields=COLUMNS)
    singles = tuple(_single(number) for number in range(count - 9))
    return FieldSet(name, (*singles[:6], group, rows, *singles[6:]))


def _single(number: int) -> Field:
    kind = _VALUES[number % len(_VALUES)]
    choices = ("Red", "Green", f"Blue {number}") if kind is Kind.CHOICE else ()
    return Field(f"f{number}", kind, f"Value number {number}", number % 3 == 0, choices=choices)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values of one field as they stand in a record, without None."""
    if field.kind in HOLDERS:
        one: st.SearchStrategy[Any] = records(field.fields).filter(
            lambda data: any(value is not None for value in data.values())
        )
    else:
        one = _of_kind(field)
    return st.lists(one, min_size=1, max_size=3) if field.many or field.kind is Kind.ROWS else one


def records(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Data as the conventions want it: an absent optional value left out, an absent needed one null."""
    needed = {one.name: st.none() | values(one) for one in fields if one.needed}
    optional = {one.name: values(one) for one in fields if not one.needed}
    order = [one.name for one in fields]
    made = st.fixed_dictionaries(needed, optional=optional)
    return made.map(lambda data: {name: data[name] for name in order if name in data})


_WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=2, max_size=20)
_PLAIN = _WORDS.map(lambda text: "ä " + " ".join(text.split()) + "!").map(lambda text: " ".join(text.split()))
_CENTS = st.integers(-10_000_000, 10_000_000).map(lambda cents: cents // 100 if cents % 100 == 0 else cents / 100)


def _of_kind(field: Field) -> st.SearchStrategy[Any]:
    kinds: Mapping[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: _PLAIN,
        Kind.LONG_TEXT: _PLAIN | _PLAIN.map(lambda text: f"{text}\n{text}"),
        Kind.WHOLE: st.integers(-1000, 10**9),
        Kind.NUMBER: _CENTS,
        Kind.MONEY: _CENTS,
        Kind.DATE: st.dates().filter(lambda day: 1000 <= day.year <= 2199).map(lambda day: day.isoformat()),
        Kind.TIME: st.times().map(lambda moment: moment.replace(microsecond=0, tzinfo=None).isoformat("seconds")),
        Kind.YES_NO: st.booleans(),
        Kind.CHOICE: st.sampled_from(field.choices or ("-",)),
        Kind.EMAIL: st.sampled_from(("ann@example.com", "jörg.b+x@mail.example.co.uk")),
        Kind.PHONE: st.sampled_from(("+49 30 1234567", "(030) 123-45 67", "112", "555-0100 ext. 12")),
        Kind.CODE: st.sampled_from(("RE-2026/001", "0012", "DE89 3704 0044 0532 0130 00", "1.10")),
    }
    return kinds[field.kind]


def said(schema: Json, fields: tuple[Field, ...], data: Json | None) -> dict[str, Any]:
    """What a model that keeps to ``schema`` says for ``data``: null, "", left out or [] for what is absent."""
    by_name = {field.name: field for field in fields}
    told: dict[str, Any] = {}
    for name, node in schema["properties"].items():
        value = (data or {}).get(name)
        if value is None and name not in schema["required"]:
            continue
        told[name] = _said(node, by_name[name], value)
    return told


def _said(node: Json, field: Field, value: Any) -> Any:
    if node.get("type") == "array":
        items = node["items"]
        return [said(items, field.fields, one) if field.fields else one for one in value or []]
    if node.get("type") == "object":
        return said(node, field.fields, value)
    if value is None:
        return None if "anyOf" in node else ""
    if node.get("type") == "string" and not isinstance(value, str):
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return value
