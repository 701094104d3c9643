"""What a click on the picture fills into a field: the text of the lines there, as data of the field's kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from rapidfuzz.fuzz import ratio

from vision.evidence.edits import ALIKE
from vision.evidence.forms import chosen_date, clock, reads_month_first
from vision.evidence.numbers import numbers_in
from vision.evidence.page import Page, place
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.values import Box, Place
from vision.reader.amounts import find_amounts
from vision.reader.dates import find_dates
from vision.reader.labels import labels_in, row_of
from vision.reader.reading import Code, Reading
from vision.reader.text import folded, squashed
from vision.reader.values import find_emails, find_numbers_of_papers, find_phones, find_times

Value = str | int | float
Spot = tuple[float, float] | Box

_REACH = 0.6  # of a line's height: how far beside a line a click still means it


def lines(reading: Reading, page: int = 0) -> tuple[Place, ...]:
    """Every line as a place, in reading order; boxes in the pixels of the reading's own size."""
    return tuple(place(page, line) for line in reading.lines)


def value_at(field: Field, set_: FieldSet, reading: Reading, spot: Spot, page: int = 0) -> tuple[Value, Place] | None:
    """What ``spot``, a point or a box in the reading's pixels, fills into ``field``, and the place it came from.

    None where nothing there can be a value of that kind. A box takes every line of which it covers most. An amount is
    also looked for to the right in the row, so that a click on "Total" gives the total.
    """
    chosen = lines_at(reading, spot)
    code = _code_at(reading, spot)
    if code is not None and field.kind in {Kind.CODE, Kind.TEXT, Kind.LONG_TEXT}:
        return code.text, Place(page, code.box, code.text)
    if not chosen:
        return None
    value = _value(field, set_, reading, chosen)
    if value is None and field.kind in _FURTHER_RIGHT and len(chosen) == 1:
        row = row_of(reading, chosen[0])
        chosen = row[row.index(chosen[0]) + 1 :]
        value = _value(field, set_, reading, chosen) if chosen else None
    return None if value is None else (value, _around(reading, chosen, page))


_FURTHER_RIGHT = frozenset({Kind.MONEY, Kind.NUMBER, Kind.WHOLE, Kind.DATE, Kind.TIME})


def lines_at(reading: Reading, spot: Spot) -> tuple[int, ...]:
    """The line under a point or hardly beside it; the lines of which a box covers most, in reading order."""
    if len(spot) == 4:
        return tuple(number for number, line in enumerate(reading.lines) if _covered(line.box, spot) > 0.5)
    x, y = spot
    near = [(_away(line.box, x, y), _area(line.box), number) for number, line in enumerate(reading.lines)]
    reach = [one for one in near if one[0] <= _REACH * min(_sides(reading.lines[one[2]].box))]
    return (min(reach)[2],) if reach else ()


def _sides(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _area(box: Box) -> float:
    width, height = _sides(box)
    return width * height


def _away(box: Box, x: float, y: float) -> float:
    return max(box[0] - x, x - box[2], box[1] - y, y - box[3], 0.0)


def _covered(box: Box, by: Box) -> float:
    """The part of ``box`` that lies in ``by``, which may be drawn from any corner."""
    left, right = sorted((by[0], by[2]))
    top, bottom = sorted((by[1], by[3]))
    width = min(box[2], right) - max(box[0], left)
    height = min(box[3], bottom) - max(box[1], top)
    return width * height / _area(box) if width > 0 and height > 0 and _area(box) > 0 else 0.0


def _code_at(reading: Reading, spot: Spot) -> Code | None:
    if len(spot) == 4:
        return next((code for code in reading.codes if _covered(code.box, spot) > 0.5), None)
    return next((code for code in reading.codes if _away(code.box, *spot) == 0), None)


def _around(reading: Reading, chosen: Sequence[int], page: int) -> Place:
    found = [reading.lines[number] for number in chosen]
    boxes = [line.box for line in found]
    box = min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
    return Place(page, box, "\n".join(line.text for line in found), min(line.confidence for line in found))


def _value(field: Field, set_: FieldSet, reading: Reading, chosen: Sequence[int]) -> Value | None:
    texts = [reading.lines[number].text for number in chosen]
    if field.kind is Kind.DATE:
        return _date(set_, reading, texts)
    if field.kind in {Kind.NUMBER, Kind.WHOLE}:
        return _number(field, set_, texts)
    if field.kind is Kind.CHOICE:
        return _choice(field, " ".join(texts))
    rule = _RULES.get(field.kind)
    return rule(texts) if rule else None


def _date(set_: FieldSet, reading: Reading, texts: Sequence[str]) -> str | None:
    found = find_dates(" ".join(texts))
    if not found:
        return None
    return chosen_date(found[0], reads_month_first(Page(0, reading), set_.date_order)).isoformat()


def _money(texts: Sequence[str]) -> int | float | None:
    found = [one for text in texts for one in find_amounts(text)]
    likely = [one for one in found if one.money_like] or found
    return as_json(likely[-1].value) if likely else None


def _number(field: Field, set_: FieldSet, texts: Sequence[str]) -> int | float | None:
    found = [one.values for text in texts for one in numbers_in(text)]
    values = [_read(one, set_) for one in found]
    if field.kind is Kind.WHOLE:
        whole = [int(value) for value in values if value == value.to_integral_value()]
        return whole[0] if whole else None
    if values:
        return as_json(values[-1])
    return _money(texts)  # RM8.10: no bare number


def _read(values: Sequence[Decimal], set_: FieldSet) -> Decimal:
    """Of two readings of 1.234 the whole number, unless the set's decimal mark could be that point: then the other."""
    return values[-1] if len(values) == 2 and values[0] > values[1] > 0 and set_.decimals == "point" else values[0]


def as_json(value: Decimal) -> int | float:
    """A JSON number without noise: 12.50 is 12.5, 250.00 is 250."""
    return int(value) if value == value.to_integral_value() else float(value)


def _time(texts: Sequence[str]) -> str | None:
    found = find_times(" ".join(texts))
    at = clock(found[0].value) if found else None
    if at is None:
        return None
    return f"{at[0]:02}:{at[1]:02}" + (f":{at[2]:02}" if at[2] is not None else "")


def _email(texts: Sequence[str]) -> str | None:
    found = find_emails(" ".join(texts)) or find_emails("".join(texts))
    return found[0].value if found else None


def _phone(texts: Sequence[str]) -> str | None:
    found = find_phones(" ".join(texts))
    return found[0].value if found else None


def _code(texts: Sequence[str]) -> str | None:
    text = without_label(" ".join(texts))
    found = find_numbers_of_papers(text)
    return found[0].value.strip("#") or None if found else text or None


def _text(texts: Sequence[str]) -> str | None:
    return without_label(" ".join(texts)) or None


def _long_text(texts: Sequence[str]) -> str | None:
    return "\n".join([without_label(texts[0]), *texts[1:]]).strip() or None


def _choice(field: Field, text: str) -> str | None:
    """The choice that is printed there, or nearly so; None when two fit."""
    wanted = squashed(without_label(text))
    same = [choice for choice in field.choices if squashed(choice) == wanted]
    near = [choice for choice in field.choices if wanted and ratio(squashed(choice), wanted) >= ALIKE]
    words = re.findall(r"\w+", folded(text))
    within = [choice for choice in field.choices if len(words) > 1 and folded(choice) in words]
    for found in (same, near, within):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def without_label(text: str) -> str:
    """ "Invoice No: CS-00912" without its label; a text that is nothing but a label stays."""
    for _, start, end, _ in labels_in(text):
        rest = text[end:].lstrip()
        if start == 0 and rest[:1] in {":", "=", "#"}:
            return rest[1:].strip() or text.strip()
    return text.strip()


_RULES: Mapping[Kind, Callable[[Sequence[str]], Value | None]] = {
    Kind.MONEY: _money,
    Kind.TIME: _time,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.CODE: _code,
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
}
