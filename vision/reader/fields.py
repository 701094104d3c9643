"""One door to every look-up: ``find_field(reading, "date")``. Each kind is found by rules of its own module."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from vision.reader.addresses import find_addresses
from vision.reader.candidates import SURE, Candidate, candidate
from vision.reader.dates import FoundDate, find_dates, month_first
from vision.reader.labels import Beside, Label, below, find_labels, is_label_line, labels_in, right_of
from vision.reader.money import MONEY_KINDS, find_money
from vision.reader.names import find_companies, find_persons, is_job_title
from vision.reader.reading import Reading
from vision.reader.text import squashed, squashed_map, words_of
from vision.reader.values import (
    Found,
    find_emails,
    find_ibans,
    find_numbers_of_papers,
    find_phones,
    find_times,
    find_websites,
)
from vision.reader.wordlists import kind_names, label_kinds

_DATE_KINDS = frozenset({"date", "due_date", "other_date", "order_date"})
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
        return _numbers(reading, kind_or_label)
    if kind_or_label in _TEXT_KINDS:
        return _texts(reading, kind_or_label)
    kinds = label_kinds().get(squashed(kind_or_label))
    found = [one for kind in kinds or () for one in find_field(reading, kind)] if kinds else []
    return found or find_label(reading, kind_or_label)


def find_dates_of(reading: Reading, kind: str = "date") -> list[Candidate]:
    """Dates of one kind (date, due_date, other_date), best first; unlabelled dates count for "date" only."""
    everything = [(number, one) for number, line in enumerate(reading.lines) for one in find_dates(line.text)]
    text = "\n".join(line.text for line in reading.lines)
    american = month_first(find_dates(text), text)
    claimed = {other: _claims(reading, other) for other in _DATE_KINDS}
    alone = 0.1 if kind == "date" and len({one.value for _, one in everything}) == 1 else 0.0
    found = []
    for number, one in everything:
        score = _date_score(reading, number, one, kind, claimed) + alone
        if score > 0:
            value = one.other if american and one.other else one.value
            note = "day and month may be the other way round" if one.other and one.value.day <= 12 else ""
            found.append(candidate(reading, value.isoformat(), (number,), score, kind=kind, note=note))
    return sorted(found, key=lambda one: -one.score)


def _claims(reading: Reading, kind: str) -> dict[tuple[int, int], float]:
    """(line, start of a date in it) -> how strongly a label of ``kind`` claims it."""
    claims: dict[tuple[int, int], float] = {}
    for label in find_labels(reading, {kind}):
        weight = 0.3 if len(label.words) > 2 else 0.1
        pieces = list(right_of(reading, label, through=frozenset({"time", "date"})))
        found = [(p, d) for p in pieces for d in find_dates(p.text)]
        if not found:
            found = [(p, d) for p in below(reading, label) for d in find_dates(p.text)]
        for piece, one in found[:1]:
            place = piece.line, piece.offset + one.start
            claims[place] = max(claims.get(place, 0.0), weight - 0.005 * piece.distance)
    return claims


def _date_score(
    reading: Reading, number: int, one: FoundDate, kind: str, claimed: Mapping[str, Mapping[tuple[int, int], float]]
) -> float:
    mine = claimed[kind].get((number, one.start), 0.0)
    others = max((claimed[other].get((number, one.start), 0.0) for other in _DATE_KINDS - {kind}), default=0.0)
    if kind != "date":
        return 0.5 + mine if mine else 0.0
    text = reading.lines[number].text
    ordered = claimed["order_date"].get((number, one.start), 0.0)
    others = max(others if others != ordered else 0.0, 0.0)
    score = 0.55 + max(mine, 0.4 * ordered) - (0.4 if others > mine else 0.0)
    score += 0.05 if find_times(text[one.end :]) or find_times(text[: one.start]) else 0.0
    score -= 0.1 * number / max(1, len(reading.lines))
    if one.layout == "compact":
        score -= 0.0 if mine else 0.3
    return score


def _numbers(reading: Reading, kind: str) -> list[Candidate]:
    found = []
    for label in find_labels(reading, {kind}):
        text = reading.lines[label.line].text
        pieces = [piece for piece in right_of(reading, label) if piece.text.strip(" :.#-")]
        numbers = [(p, one) for p in pieces[:2] for one in _papers_numbers(p.text)[:1] if one.start <= 8]
        if not numbers:
            pieces = list(below(reading, label))
            numbers = [(p, one) for p in pieces for one in _papers_numbers(p.text)[:1] if not labels_in(p.text)]
        for piece, one in numbers[:1]:
            score = 0.75 - 0.02 * piece.distance - (0.1 if label.start > 12 else 0.0)
            score -= 0.2 if _bare_title(label, text) else 0.0
            score += 0.05 if len(one.value) > 3 else 0.0
            found.append(candidate(reading, one.value.strip("#:."), (label.line, piece.line), score, kind=kind))
    return sorted(found, key=lambda one: -one.score)


def _papers_numbers(text: str) -> list[Found]:
    return [one for one in find_numbers_of_papers(text) if not one.value.endswith("%")]


def _bare_title(label: Label, text: str) -> bool:
    """ "Invoice" or "Receipt" alone names the paper; it labels a number only when a sign says so."""
    bare = label.words in {
        "invoice",
        "receipt",
        "order",
        "rechnung",
        "facture",
        "factura",
        "fattura",
        "fatura",
        "gst",
        "table",
    }
    return bare and text[label.end :].lstrip()[:1] not in {":", "#"}


_NEED_COLON = frozenset(
    {"nombre", "name", "nom", "nome", "nama", "naam", "from", "ms", "guest", "client", "server", "store"}
)


def _texts(reading: Reading, kind: str) -> list[Candidate]:
    found = []
    for label in find_labels(reading, {kind}):
        text = reading.lines[label.line].text
        colon = text[label.end :].lstrip()[:1] == ":"
        if label.start > 2 or (not colon and (label.words in _NEED_COLON or text[label.end :].strip())):
            continue
        pieces = [piece for piece in right_of(reading, label) if _value(piece.text)]
        if not pieces:
            pieces = [piece for piece in below(reading, label) if _value(piece.text) and not is_label_line(piece.text)]
        for piece in pieces[:1]:
            score = 0.7 - 0.02 * piece.distance + (0.1 if colon else 0)
            found.append(candidate(reading, _value(piece.text), (label.line, piece.line), score, kind=kind))
    return sorted(found, key=lambda one: -one.score)


def _value(text: str) -> str:
    return text.strip(" :;=.#-–|*_\t")


def _everywhere(find: Callable[[str], list[Found]], kind: str) -> Callable[[Reading], list[Candidate]]:
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


def _phones(reading: Reading) -> list[Candidate]:
    """A number without any label counts as a phone number only when it is written like one."""
    found = _everywhere(find_phones, "phone")(reading)
    sure = []
    for one in found:
        digits = re.sub(r"\D", "", one.value)
        dated = any(find_dates(reading.lines[number].text) for number in one.lines)
        written = not dated and bool(re.search(r"[+() \-–/.]", one.value)) and len(digits) >= 8
        sure.append(one if one.score > 0.8 or written else candidate(reading, one.value, one.lines, 0.3, kind="phone"))
    return sorted(sure, key=lambda one: -one.score)


def _fax(reading: Reading) -> list[Candidate]:
    return [one for one in _everywhere(find_phones, "fax")(reading) if one.score > 0.7]


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
    "phone": _phones,
    "fax": _fax,
    "email": _everywhere(find_emails, "email"),
    "website": _everywhere(find_websites, "website"),
    "iban": _everywhere(find_ibans, "iban"),
    "time": _everywhere(find_times, "time"),
    "code": _codes,
    "heading": _headings,
}
KINDS = frozenset(_RULES) | MONEY_KINDS | _NUMBER_KINDS | _TEXT_KINDS | kind_names()


def find_label(reading: Reading, words: str) -> list[Candidate]:
    """The value beside or under text that says ``words`` ("flight", "meter reading"): label first, never a likeness."""
    wanted = squashed(words)
    if len(wanted) < 2:
        return []
    found = []
    for number, line in enumerate(reading.lines):
        plain, at = squashed_map(line.text)
        position = plain.find(wanted)
        if position < 0:
            continue
        start, end = at[position], at[position + len(wanted) - 1] + 1
        whole = (start == 0 or not line.text[start - 1].isalnum()) and (
            end == len(line.text) or not line.text[end].isalnum()
        )
        if not whole:
            continue
        label = Label((), number, start, end, wanted)
        beside = _label_value(reading, label)
        if beside:
            text = line.text[end:].lstrip()
            sign = text[:1] in {":", "=", "#"} or (not text and 0 < beside.distance < 10)
            score = (
                0.55
                + (0.2 if sign else 0.0)
                - (0.15 if len(words_of(line.text[:start])) > 2 else 0.0)
                - 0.01 * beside.distance
            )
            found.append(candidate(reading, _value(beside.text), (number, beside.line), score, kind=words))
    return sorted(found, key=lambda one: -one.score)


def _label_value(reading: Reading, label: Label) -> Beside | None:
    for piece in right_of(reading, label):
        if _value(piece.text):
            return piece
    for piece in below(reading, label):
        if _value(piece.text) and not is_label_line(piece.text):
            return piece
    return None
