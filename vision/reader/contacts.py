"""Values of fixed form, anywhere on a paper: phones, mail and web addresses, IBANs, times."""

from __future__ import annotations

import re
from collections.abc import Callable

from vision.reader.candidates import Candidate, candidate
from vision.reader.dates import find_dates
from vision.reader.labels import labels_in
from vision.reader.reading import Reading
from vision.reader.values import Found, find_phones


def everywhere(find: Callable[[str], list[Found]], kind: str) -> Callable[[Reading], list[Candidate]]:
    """Values of fixed form: anywhere, but better beside their label; beside another kind's label hardly."""

    def rule(reading: Reading) -> list[Candidate]:
        found = []
        for number, line in enumerate(reading.lines):
            for one in find(line.text):
                mine, other = _labels_before(reading, number, one.start, kind)
                other = other and kind in {"phone", "fax"}
                score = 0.6 + (0.3 if mine else 0.0) - (0.5 if other and not mine else 0.0) - 0.002 * number
                found.append(candidate(reading, one.value, (number,), score, kind=kind))
        return sorted(found, key=lambda one: -one.score)

    return rule


_LIKE_PHONES = frozenset(
    {
        "phone",
        "fax",
        "tax_number",
        "company_number",
        "invoice_number",
        "receipt_number",
        "order_number",
        "customer_number",
        "iban",
        "bic",
        "till",
        "reference",
        "card",
        "cashier",
        "title",
        "tax",
    }
)


def _labels_before(reading: Reading, number: int, start: int, kind: str) -> tuple[bool, bool]:
    """Whether the nearest label before a value is of its kind, or of another that also has long numbers."""
    before = [one for one in labels_in(reading.lines[number].text) if one[2] <= start]
    if not before:
        row = next((row for row in reading.rows if number in row), (number,))
        left = row[: row.index(number)]
        before = [one for other in left[-1:] for one in labels_in(reading.lines[other].text)]
    if not before:
        return False, False
    kinds = frozenset(before[-1][0])
    return kind in kinds, bool(kinds & _LIKE_PHONES)


def find_phone_numbers(reading: Reading) -> list[Candidate]:
    """A number without any label counts as a phone number only when it is written like one."""
    found = everywhere(find_phones, "phone")(reading)
    sure = []
    for one in found:
        digits = re.sub(r"\D", "", one.value)
        dated = any(find_dates(reading.lines[number].text) for number in one.lines)
        written = not dated and bool(re.search(r"[+() \-–/.]", one.value)) and len(digits) >= 8
        sure.append(one if one.score > 0.8 or written else candidate(reading, one.value, one.lines, 0.3, kind="phone"))
    return sorted(sure, key=lambda one: -one.score)


def find_fax_numbers(reading: Reading) -> list[Candidate]:
    return [one for one in everywhere(find_phones, "fax")(reading) if one.score > 0.7]
