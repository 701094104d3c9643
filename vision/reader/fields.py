"""One door to every look-up: ``find_field(reading, "date")``. Each kind is found by rules of its own module."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vision.reader.addresses import find_addresses
from vision.reader.candidates import SURE, Candidate, candidate
from vision.reader.contacts import everywhere, find_fax_numbers, find_phone_numbers
from vision.reader.dated import find_dates_of
from vision.reader.labelled import find_label, find_numbers, find_texts
from vision.reader.money import MONEY_KINDS, find_money
from vision.reader.names import find_companies, find_persons, is_job_title
from vision.reader.reading import Reading
from vision.reader.text import squashed
from vision.reader.values import find_emails, find_ibans, find_times, find_websites
from vision.reader.wordlists import kind_names, label_kinds

_NUMBER_KINDS = frozenset(
    {
        "invoice_number",
        "receipt_number",
        "order_number",
        "customer_number",
        "tax_number",
        "company_number",
        "bic",
        "table",
        "till",
        "reference",
        "quantity",
        "points",
    }
)
_TEXT_KINDS = frozenset({"customer", "cashier", "payment_method", "seller", "title"})


def find_field(reading: Reading, kind_or_label: str) -> list[Candidate]:
    """Candidates for a kind ("date", "total", "company" ...: see ``KINDS``), best first; empty when nothing fits.

    Any other word is looked for as a label printed on the picture.

    A candidate whose ``score`` is below ``SURE`` is a possibility for a person to check, not an answer.
    """
    if kind_or_label in MONEY_KINDS:
        return find_money(reading, kind_or_label)
    rule = _RULES.get(kind_or_label)
    if rule is not None:
        return rule(reading)
    if kind_or_label in _NUMBER_KINDS:
        return find_numbers(reading, kind_or_label) or _other_numbers(reading, kind_or_label)
    if kind_or_label in _TEXT_KINDS:
        return find_texts(reading, kind_or_label)
    kinds = label_kinds().get(squashed(kind_or_label))
    found = [one for kind in kinds or () for one in find_field(reading, kind)] if kinds else []
    return found or find_label(reading, kind_or_label)


def _other_numbers(reading: Reading, kind: str) -> list[Candidate]:
    """A paper without an invoice number may be known by its receipt, order or booking number: never surely."""
    others = ("receipt_number", "order_number", "reference") if kind == "invoice_number" else ()
    found = [one for other in others for one in find_numbers(reading, other)]
    return [candidate(reading, one.value, one.lines, min(0.45, one.score), kind=kind) for one in found]


def _codes(reading: Reading) -> list[Candidate]:
    return [
        Candidate(code.text, f"{code.kind}: {code.text}", code.box, 1.0, 0.95, (), "code") for code in reading.codes
    ]


def _job_titles(reading: Reading) -> list[Candidate]:
    return [
        candidate(reading, line.text, (number,), 0.65, kind="job_title")
        for number, line in enumerate(reading.lines)
        if is_job_title(line.text)
    ]


def _addresses(reading: Reading) -> list[Candidate]:
    companies = find_companies(reading)
    after = companies[0].lines if companies and companies[0].score >= SURE else ()
    return find_addresses(reading, after)


def _headings(reading: Reading) -> list[Candidate]:
    """The line in the largest type, if one stands out."""
    if len(reading.lines) < 2:
        return []
    order = sorted(range(len(reading.lines)), key=lambda n: -reading.lines[n].height)
    first, second = reading.lines[order[0]], reading.lines[order[1]]
    score = 0.6 if first.height > 1.15 * second.height else 0.4
    return [candidate(reading, first.text, (order[0],), score, kind="heading")]


_RULES: Mapping[str, Callable[[Reading], list[Candidate]]] = {
    "date": lambda reading: find_dates_of(reading, "date"),
    "due_date": lambda reading: find_dates_of(reading, "due_date"),
    "order_date": lambda reading: find_dates_of(reading, "order_date"),
    "company": find_companies,
    "address": _addresses,
    "person": find_persons,
    "job_title": _job_titles,
    "phone": find_phone_numbers,
    "fax": find_fax_numbers,
    "email": everywhere(find_emails, "email"),
    "website": everywhere(find_websites, "website"),
    "iban": everywhere(find_ibans, "iban"),
    "time": everywhere(find_times, "time"),
    "code": _codes,
    "heading": _headings,
}
KINDS = frozenset(_RULES) | MONEY_KINDS | _NUMBER_KINDS | _TEXT_KINDS | kind_names()
