"""A set of fields filled from what was read, and nothing guessed: a value is there when the rules are sure of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from vision.fields.model import Field, FieldSet, Kind
from vision.reader.candidates import SURE, Candidate
from vision.reader.fields import find_field
from vision.reader.items import fill_rows
from vision.reader.labelled import find_label
from vision.reader.meant import meant
from vision.reader.money import MONEY_KINDS, currency_of
from vision.reader.reading import Reading
from vision.reader.text import squashed
from vision.reader.typed import of_candidate

Data = dict[str, object]
# What may fill which: a field of money takes no invoice number, whatever it is called.
_DATES = frozenset({"date", "due_date", "order_date"})
_NUMERIC = MONEY_KINDS | {"quantity", "points", "table", "till"}
_ONLY: dict[Kind, frozenset[str]] = {
    Kind.DATE: _DATES,
    Kind.MONEY: MONEY_KINDS,
    Kind.NUMBER: _NUMERIC,
    Kind.WHOLE: _NUMERIC,
    Kind.TIME: frozenset({"time"}),
    Kind.EMAIL: frozenset({"email"}),
    Kind.PHONE: frozenset({"phone", "fax"}),
    Kind.YES_NO: frozenset(),
}
_ADDED = ("tax", "discount", "rounding", "shipping", "service_charge", "tip")
_TEXTUAL = {Kind.TEXT, Kind.LONG_TEXT, Kind.CODE, Kind.CHOICE}


def fill(set_: FieldSet, readings: Sequence[Reading]) -> Data:
    """The data of one document, ``readings`` being its pages in order: by the conventions of ``Kind``; an optional
    value that was not found surely is left out, a needed one is None."""
    return _object(set_.fields, _Paper(set_, tuple(readings)), ())


def _find_label(reading: Reading, words: str) -> list[Candidate]:
    """Values of a label that begins its line: the "number" of "Street and number" is another one."""
    found = find_label(reading, words)
    return [one for one in found if squashed(reading.lines[one.lines[0]].text).startswith(squashed(words))]


class _Paper:
    """The pages of one document and the set they are read for; what a look-up found is kept."""

    def __init__(self, set_: FieldSet, readings: tuple[Reading, ...]) -> None:
        self.set_, self.readings = set_, readings
        self._found: dict[tuple[str, bool], tuple[tuple[Candidate, ...], ...]] = {}

    def sure(self, kind: str, look: Callable[[Reading, str], list[Candidate]] = find_field) -> list[Candidate]:
        """What is surely of ``kind``, best first, page by page. What is to be paid stands on the last page that says
        it, everything else on the first."""
        key = kind, look is find_field
        if key not in self._found:
            self._found[key] = tuple(
                tuple(one for one in look(reading, kind) if one.score >= SURE) for reading in self.readings
            )
        pages = self._found[key]
        return [one for page in (reversed(pages) if kind in MONEY_KINDS else pages) for one in page]

    def sums(self) -> frozenset[Decimal]:
        """What the rows of items may add up to: the total or subtotal, or those before what is added to them."""
        firsts = {kind: [Decimal(one.value) for one in self.sure(kind)[:1]] for kind in ("total", "subtotal", *_ADDED)}
        bases = firsts["total"] + firsts["subtotal"]
        before = [base - value for base in firsts["total"] for kind in _ADDED for value in firsts[kind]]
        whole = [base + value for base in firsts["subtotal"] for value in firsts["tax"]]
        full = [base + abs(value) for base in bases for value in firsts["discount"]]
        return frozenset(value for value in bases + before + whole + full if value > 0)


def _object(fields: tuple[Field, ...], paper: _Paper, above: tuple[str, ...]) -> Data:
    data: Data = {}
    for field in fields:
        value = _value(field, paper, above)
        if value is not None:
            data[field.name] = value
        elif field.needed:
            data[field.name] = None
    return data


def _value(field: Field, paper: _Paper, above: tuple[str, ...]) -> object:
    if field.kind is Kind.GROUP:
        inside = _object(field.fields, paper, (*above, field.name))
        return inside if any(value is not None for value in inside.values()) else None
    if field.kind is Kind.ROWS:
        return fill_rows(field, paper.readings, paper.set_, paper.sums()) or None
    values = _values(field, paper, above)
    if field.many:
        every = list(dict.fromkeys(values))
        return every or None
    return next(values, None)


def _values(field: Field, paper: _Paper, above: tuple[str, ...]) -> Iterator[object]:
    """Values of the field, best first."""
    means = meant(field, above)
    if "person" in means.kinds:  # "Name:" says better who is meant than what looks like a name
        yield from (value for label in means.labels for value in _typed(paper.sure(label, _find_label), field, paper))
    for kind in means.kinds:
        if kind == "all_text" and field.kind in {Kind.TEXT, Kind.LONG_TEXT}:
            yield "\n\n".join(reading.text for reading in paper.readings if reading.lines)
        elif kind == "currency" and field.kind in _TEXTUAL:
            yield from _currencies(field, paper)
        elif kind in _ONLY.get(field.kind, {kind}):
            yield from _typed(paper.sure(kind), field, paper)
    for label in means.labels:
        yield from _typed(paper.sure(label, _find_label), field, paper)


def _typed(found: Sequence[Candidate], field: Field, paper: _Paper) -> Iterator[object]:
    values = (of_candidate(one, field, paper.set_) for one in found)
    return (value for value in values if value is not None)


def _currencies(field: Field, paper: _Paper) -> Iterator[str]:
    for reading in paper.readings:
        code = currency_of(reading)
        if code and (not field.choices or code in field.choices):
            yield code
