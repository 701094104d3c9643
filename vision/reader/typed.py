"""Text that was read, as the value of a field's kind: ISO dates, JSON numbers, times of day. None where it is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from vision.fields.model import NUMBERS, Field, FieldSet, Kind
from vision.reader.amounts import find_amounts
from vision.reader.candidates import Candidate
from vision.reader.dates import find_dates
from vision.reader.text import squashed
from vision.reader.values import Found, find_emails, find_phones, find_times
from vision.reader.wordlists import phrases_of

Plain = str | int | float | bool
_CLOCK = re.compile(r"(\d{1,2})\s?[:.h]\s?(\d{2})(?:\s?:\s?(\d{2}))?(?:\s?([AaPp])\.?\s?[Mm])?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def typed(text: str, field: Field, set_: FieldSet) -> Plain | None:
    """``text`` is all that stands at the value's place: what does not read as the kind there is no such value."""
    text = text.strip()
    if field.kind is Kind.DATE:
        return date_of(text, set_)
    if field.kind in NUMBERS:
        return number_of(text, field.kind, set_)
    if field.kind is Kind.CHOICE:
        return next((one for one in field.choices if squashed(one) == squashed(text)), None)
    reads = _READS.get(field.kind)
    return reads(text) if reads and text else None


def of_candidate(found: Candidate, field: Field, set_: FieldSet) -> Plain | None:
    """A candidate's value as the field's kind; a date that reads two ways is read as the set says."""
    if found.kind in {"date", "due_date", "order_date"} and _ISO.fullmatch(found.value):
        value = _other_way(found) if found.note and set_.date_order == "month" else found.value
        return value if field.kind in {Kind.DATE, Kind.TEXT, Kind.LONG_TEXT, Kind.CODE} else None
    if found.kind == "time" and field.kind is Kind.TEXT:
        return found.value
    return typed(_whole_number(found), field, set_)


def _whole_number(found: Candidate) -> str:
    """A number that is printed in groups, GB 123 4567 82, is all of them."""
    if found.kind not in {"tax_number", "company_number"}:
        return found.value
    match = re.search(rf"(?:\b[A-Z]{{2}} )?{re.escape(found.value)}(?: \d{{2,4}}\b)+", found.text)
    return match.group() if match else found.value


def _other_way(found: Candidate) -> str:
    """The month first where the print allows it: 03/04/2026 is 4 March."""
    for one in find_dates(found.text):
        if one.other and found.value in {one.value.isoformat(), one.other.isoformat()}:
            return one.other.isoformat()
    return found.value


def date_of(text: str, set_: FieldSet) -> str | None:
    """The first date in ``text``, ISO."""
    for one in find_dates(text):
        return (one.other if set_.date_order == "month" and one.other else one.value).isoformat()
    return None


def clock(text: str) -> str | None:
    """HH:MM or HH:MM:SS of the first time of day in ``text``: "2.05 pm" is 14:05."""
    found = find_times(text)
    match = _CLOCK.search(found[0].value) if found else None
    if match is None:
        return None
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4] in "pP" else 0)
    return f"{hour:02d}:{match[2]}" + (f":{match[3]}" if match[3] else "")


def number_of(text: str, kind: Kind, set_: FieldSet) -> int | float | None:
    """The one number that ``text`` is, as JSON; None for none, for several, and for a broken one of WHOLE."""
    value = decimal_of(text, set_)
    if value is None:
        return None
    return _whole(value) if kind is Kind.WHOLE else plain(value)


def decimal_of(text: str, set_: FieldSet) -> Decimal | None:
    """The one number in ``text``; 1.234 is read as the set's decimal mark says."""
    marks = {"point": ".", "comma": ","}
    if _BARE.fullmatch(text):
        mark = marks.get(set_.decimals)
        if mark is not None and mark in text:
            return _decimal(text.replace(",", "."))
    found = find_amounts(text)
    return found[0].value if len(found) == 1 else _decimal(text)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _whole(value: Decimal) -> int | None:
    return int(value) if value == value.to_integral_value() else None


def plain(value: Decimal) -> int | float:
    """As a JSON number: 10.48, and 12 for 12.00."""
    whole = _whole(value)
    return float(value) if whole is None else whole


def _yes_no(text: str) -> bool | None:
    word = (squashed(text),)
    if word in phrases_of("yes_no", "yes"):
        return True
    return False if word in phrases_of("yes_no", "no") else None


def _first(found: Sequence[Found]) -> str | None:
    return found[0].value if found else None


_READS: Mapping[Kind, Callable[[str], Plain | None]] = {
    Kind.TEXT: lambda text: text,
    Kind.LONG_TEXT: lambda text: text,
    Kind.CODE: lambda text: text if any(map(str.isalnum, text)) else None,
    Kind.TIME: clock,
    Kind.YES_NO: _yes_no,
    Kind.EMAIL: lambda text: _first(find_emails(text)),
    Kind.PHONE: lambda text: _first(find_phones(text)),
}
