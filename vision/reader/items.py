"""A field that is a list of rows: which of its columns the table on the paper has, and the rows as values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from vision.fields.model import NUMBERS, Field, FieldSet, Kind
from vision.reader.amounts import find_amounts
from vision.reader.heads import NUMERIC, SUMS, Names, item_names
from vision.reader.loose import adds_up, find_loose
from vision.reader.meant import spaced
from vision.reader.reading import Reading
from vision.reader.rows import Item, find_rows
from vision.reader.text import squashed, words_of
from vision.reader.typed import Plain, decimal_of, plain, typed
from vision.reader.wordlists import column_words, phrases_of

_PERCENT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s?%?")
_LEADING = re.compile(r"^[^\w-]{0,2}(-?\d[\d.,']*)")


def fill_rows(field: Field, readings: Sequence[Reading], set_: FieldSet, sums: frozenset[Decimal]) -> list[object]:
    """The rows of a ROWS field; [] where no table on the paper is surely it. ``sums``: what items may add up to."""
    columns = {one.name: _kinds(one) for one in field.fields}
    if not is_items(field, columns):
        return _filled(field, find_rows(readings, _own_names(field), priced=False), {}, set_)
    headed = find_rows(readings, {**_own_names(field, columns), **item_names()})
    if adds_up(_amounts(headed), sums) and headed:
        return _filled(field, headed, columns, set_)
    loose = find_loose(readings, sums)
    better = not headed or (loose and adds_up(_amounts(loose), sums))
    return _filled(field, loose if better else headed, columns, set_)


def is_items(field: Field, columns: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the list is of what was bought: it says so, or its rows have a description and a price."""
    spoken = words_of(spaced(field.name))
    if spoken in phrases_of("lists", "others"):
        return False
    every = {kind for kinds in columns.values() for kind in kinds}
    named = spoken in phrases_of("lists", "items")
    return (named and bool(every)) or bool(every & {"description", "code"} and every & {*SUMS, "unit_price"})


def _own_names(field: Field, known: Mapping[str, tuple[str, ...]] | None = None) -> Names:
    """The columns' own names as heads; not those that the words of columns.toml know."""
    own: dict[str, tuple[str, ...]] = {}
    for one in field.fields:
        if known is None or not known[one.name]:
            own[squashed(one.name)] = (f"own {one.name}",)
            first = re.split(r"[.,;:(\n]", one.meaning.strip(), maxsplit=1)[0]
            if squashed(first):
                own.setdefault(squashed(first), (f"own {one.name}",))
    return own


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for kind, languages in column_words().items():
        for word in languages.get("columns", ()):
            found.setdefault(squashed(word), []).append(kind)
    return {word: tuple(kinds) for word, kinds in found.items()}


def _kinds(field: Field) -> tuple[str, ...]:
    """The kinds of columns that a field may be filled from, the likeliest first."""
    spoken = words_of(spaced(field.name))
    stripped = spoken[1:] if len(spoken) > 1 and spoken[:1] in phrases_of("lists", "prefix") else spoken
    for words in dict.fromkeys((spoken, stripped)):
        word = "".join(words)
        kinds = _by_name().get(word) or item_names().get(word)
        if kinds:
            return kinds
    first = words_of(re.split(r"[.,;:(\n]", field.meaning.strip(), maxsplit=1)[0])
    while first and first[:1] in phrases_of("meaning", "filler"):
        first = first[1:]
    return _by_name().get("".join(first), ())


def _amounts(rows: Sequence[Item]) -> list[Decimal]:
    """The rows' amounts; of several columns the one with tax, as it is added up at the end."""
    values = []
    for row in rows:
        text = next((row[kind] for kind in SUMS if kind in row), row.get("unit_price", ""))
        values += [one.value for one in find_amounts(text)[-1:]]
    return values


def _filled(field: Field, rows: Sequence[Item], columns: Mapping[str, tuple[str, ...]], set_: FieldSet) -> list[object]:
    there = {kind for row in rows for kind in row}
    source = _sources(field, columns, there)
    filled: list[object] = []
    for row in rows:
        data: dict[str, object] = {}
        for one in field.fields:
            value = _cell(row.get(source.get(one.name, ""), ""), source.get(one.name, ""), one, set_)
            if value is not None:
                data[one.name] = value
            elif one.needed:
                data[one.name] = None
        if any(value is not None for value in data.values()):
            filled.append(data)
    return filled


def _sources(field: Field, columns: Mapping[str, tuple[str, ...]], there: set[str]) -> dict[str, str]:
    """Which column of the paper fills which field; none fills two."""
    source: dict[str, str] = {}
    for one in sorted(field.fields, key=lambda f: len(columns.get(f.name, ()))):
        options = [f"own {one.name}", *_likely(columns.get(one.name, ()), one, there)]
        kind = next((k for k in options if k in there and k not in source.values()), None)
        if kind is not None:
            source[one.name] = kind
    return source


def _likely(kinds: tuple[str, ...], field: Field, there: set[str]) -> list[str]:
    """The kinds, and what stands in for one that the paper has no column of."""
    ordered = list(kinds)
    if "tax_rate" in kinds and "tax_amount" in kinds and field.kind is Kind.MONEY:
        ordered = ["tax_amount"]
    if "amount" in kinds:
        ordered += [one for one in SUMS if one not in ordered]
        ordered += ["unit_price"] if "quantity" not in there and not there & set(SUMS) else []
    if "unit_price" in kinds and "quantity" not in there and "unit_price" not in there:
        ordered += ["amount"] if "price" in squashed(field.name) and len(words_of(spaced(field.name))) == 1 else []
    return ordered


def _cell(text: str, kind: str, field: Field, set_: FieldSet) -> Plain | None:
    if not text:
        return None
    if field.kind in NUMBERS and kind in NUMERIC:
        value = _number(text, kind, set_)
        if value is None or (field.kind is Kind.WHOLE and value != value.to_integral_value()):
            return None
        return plain(value)
    return typed(text, field, set_)


def _number(text: str, kind: str, set_: FieldSet) -> Decimal | None:
    """The number of a cell: 2 of "2 pcs", 19 of "19 %", 1939 of "Rs 1939 x 1 night"."""
    if kind in {"tax_rate", "discount"} and "%" in text:
        match = _PERCENT.search(text)
        return Decimal(match[1].replace(",", ".")) if match else None
    value = decimal_of(text, set_)
    if value is not None:
        return value
    amounts = [one for one in find_amounts(text) if one.money_like]
    if kind in {"quantity", "position"}:
        match = _LEADING.match(text)
        return decimal_of(match[1].rstrip(".,'"), set_) if match else None
    return amounts[0].value if len({one.value for one in amounts}) == 1 else None
