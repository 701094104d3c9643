"""Answers to questions for a value: by kind ("the total") or by the person's own words ("the meter reading")."""

from __future__ import annotations

from vision.messages import Evidence
from vision.reader.amounts import find_amounts
from vision.reader.candidates import SURE, Candidate, candidate
from vision.reader.fields import find_field
from vision.reader.labelled import find_label
from vision.reader.labels import row_of
from vision.reader.phrasing import CAN_DO, named, not_found, source, value_text
from vision.reader.questions import Question
from vision.reader.reading import Reading
from vision.reader.replies import Facts, ReaderAnswer, evidence_on
from vision.reader.search import find_text
from vision.reader.text import words_of
from vision.reader.wordlists import question_fields


def answer_fields(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    """Each kind of value that was asked for, one after the other."""
    replies = [_field(kind, said, reading) for kind, said in asked.fields]
    hits = [reply for reply in replies if reply.found]
    if not hits:
        labelled = _label_reply(asked.label, reading, whole=True)
        if labelled:
            return labelled
    evidence = tuple(one for reply in hits for one in reply.evidence)
    return ReaderAnswer("\n".join(reply.text for reply in replies), evidence, bool(hits))


def _field(kind: str, said: str, reading: Reading) -> ReaderAnswer:
    """One value: the best candidate if the rules are sure of it, else what was not found and what comes near."""
    if kind == "name":
        return _name(reading)
    if kind == "amounts":
        return _amounts(reading)
    kind = {"total_final": "total", "total_weak": "total"}.get(kind, kind)
    found = find_label(reading, said) if kind in {"other_date", "title", "tax_summary"} else find_field(reading, kind)
    best = found[0] if found else None
    if best is None or best.score < SURE:
        return _no_field(kind, said, best, reading)
    if kind in _SEVERAL:
        return _several(kind, said, [one for one in found if one.score >= SURE], reading)
    text = f"{named(kind, said)}: {value_text(best)}\n{source(best)}"
    other = next((c for c in found[1:] if c.value != best.value and c.score >= max(SURE, best.score - 0.06)), None)
    if other and kind != "company":
        text += f"\nAlso printed, and nearly as likely: {value_text(other)} (“{other.text}”)."
    return ReaderAnswer(text, evidence_on(reading, best.lines, best), True)


_SEVERAL = frozenset({"phone", "email", "website", "code", "iban"})
_NEAR = {
    "invoice_number": ("receipt_number", "order_number", "reference"),
    "receipt_number": ("invoice_number", "order_number"),
    "order_number": ("invoice_number", "receipt_number", "reference"),
    "total": ("subtotal",),
    "due_date": ("date",),
    "customer": ("person",),
    "seller": ("company",),
    "title": ("heading",),
}


def _no_field(kind: str, said: str, best: Candidate | None, reading: Reading) -> ReaderAnswer:
    if kind == "seller":
        return _field("company", said, reading)
    text = not_found(named(kind, said), reading)
    near = next((c for other in _NEAR.get(kind, ()) for c in find_field(reading, other)[:1] if c.score >= SURE), None)
    near = near or (best if best is not None and best.score >= 0.35 else None)
    if near is not None:
        text += f" The nearest thing printed there is “{near.text}”."
    return ReaderAnswer(text, evidence_on(reading, near.lines, near) if near is not None else ())


def _several(kind: str, said: str, found: list[Candidate], reading: Reading) -> ReaderAnswer:
    values = list(dict.fromkeys(one.value for one in found))[:10]
    evidence = tuple(piece for one in found[:10] for piece in evidence_on(reading, one.lines, one))
    if len(values) == 1:
        return ReaderAnswer(f"{named(kind, said)}: {values[0]}\n{source(found[0])}", evidence, True)
    listed = "\n".join(f"- {value}" for value in values)
    return ReaderAnswer(f"{named(kind, said)}: I found {len(values)}:\n{listed}", evidence, True)


def _name(reading: Reading) -> ReaderAnswer:
    """ "The name" may be a person's, a customer's or the company's: each that is there, said as what it is."""
    parts: list[str] = []
    evidence: tuple[Evidence, ...] = ()
    for kind, title in (("person", "Person"), ("customer", "Customer"), ("company", "Company")):
        best = next(iter(find_field(reading, kind)), None)
        if best is not None and best.score >= SURE:
            parts.append(f"{title}: {best.value}\n{source(best)}")
            evidence += evidence_on(reading, best.lines, best)
    if not parts:
        return ReaderAnswer(not_found("name", reading))
    return ReaderAnswer("\n".join(parts), evidence, True)


def _amounts(reading: Reading) -> ReaderAnswer:
    found = [
        (amount, number)
        for number, line in enumerate(reading.lines)
        for amount in find_amounts(line.text)
        if amount.money_like
    ]
    if not found:
        return ReaderAnswer(not_found("amounts", reading))
    rows = dict.fromkeys(row_of(reading, number) for _, number in found)
    listed = "\n".join("- " + "  ".join(reading.lines[number].text for number in row) for row in rows)
    lines = tuple(dict.fromkeys(number for _, number in found))
    return ReaderAnswer(f"I read {len(found)} amounts:\n{listed}", evidence_on(reading, lines), True)


def _label_reply(label: str, reading: Reading, *, whole: bool = False) -> ReaderAnswer | None:
    """The value beside the person's own words, if they are printed as a label; the whole phrase before its parts.

    A part that names a kind of value by itself ("date" of "date of sowing") would answer another question.
    """
    words = label.split()
    for length in range(len(words), 0, -1):
        if whole and length < len(words):
            return None
        for start in range(len(words) - length, -1, -1):
            part = " ".join(words[start : start + length])
            if len(part) < 3 or (length < len(words) and words_of(part) in question_fields()):
                continue
            best = next(iter(find_label(reading, part)), None)
            if best is not None and best.score >= (SURE if length == len(words) else 0.7):
                text = f"{part[:1].upper()}{part[1:]}: {best.value}\n{source(best)}"
                return ReaderAnswer(text, evidence_on(reading, best.lines, best), True)
    return None


def _price_beside(label: str, reading: Reading) -> ReaderAnswer | None:
    """The last amount in a row that names the thing: what it comes to."""
    for number in find_text(reading, label).lines:
        row = row_of(reading, number)
        amounts = [(a, n) for n in row for a in find_amounts(reading.lines[n].text) if a.decimals == 2]
        if amounts:
            amount, at = amounts[-1]
            best = candidate(reading, str(amount.value), (*row[: row.index(at)], at), 0.7, currency=amount.currency)
            text = f"{label[:1].upper()}{label[1:]}: {value_text(best)}\n{source(best)}"
            return ReaderAnswer(text, evidence_on(reading, best.lines, best), True)
    return None


def answer_label(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    """A value printed beside the person's own words; the lines that hold them; or that there are none."""
    reply = _price_beside(asked.label, reading) if asked.amount else _label_reply(asked.label, reading)
    if reply:
        return reply
    hits = find_text(reading, asked.label)
    if hits.lines:
        lines = "\n".join(f"“{reading.lines[number].text}”" for number in hits.lines[:10])
        return ReaderAnswer(
            f"“{asked.label}” is printed there, but I found no value beside it:\n{lines}",
            evidence_on(reading, hits.lines),
            True,
        )
    return ReaderAnswer(not_found(f"“{asked.label}”", reading) + " " + CAN_DO)
