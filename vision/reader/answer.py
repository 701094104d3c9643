"""One question about one reading, answered from the text on it, with the source lines; or the honest sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vision.messages import Evidence, Turn
from vision.reader.amounts import find_amounts
from vision.reader.candidates import SURE, Candidate, candidate
from vision.reader.fields import find_field, find_label
from vision.reader.phrasing import (
    CAN_DO,
    HELLO,
    NEEDS_EYES,
    almost_nothing,
    named,
    not_found,
    source,
    value_text,
)
from vision.reader.questions import Asks, Question, understood
from vision.reader.reading import Reading
from vision.reader.search import find_text

MOST_EVIDENCE = 400


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the picture beside its text: size in pixels as it was given, its type, its place among ``of``."""

    width: int
    height: int
    mime: str = ""
    number: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class ReaderAnswer:
    """``found`` says whether the question was answered from this picture. Boxes are in pixels of the given picture."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    found: bool = False


def answer(question: str, reading: Reading, picture: Facts, history: Sequence[Turn] = ()) -> ReaderAnswer:
    """Answers from the text alone and never guesses. ``history`` is the talk before the question, oldest first."""
    asked = understood(question)
    if asked.asks is Asks.AGAIN:
        return _again(reading, picture, history)
    reply = _REPLIES[asked.asks](asked, reading, picture)
    if not reply.found and len("".join(line.text for line in reading.lines)) < 4 and asked.asks not in _WITHOUT_TEXT:
        return ReaderAnswer(almost_nothing(reading))
    return reply


def _again(reading: Reading, picture: Facts, history: Sequence[Turn]) -> ReaderAnswer:
    """A bare "are you sure?": what the last answer was read from, and what speaks against it."""
    for turn in reversed(history):
        if turn.role != "user" or understood(turn.text).asks in {Asks.AGAIN, Asks.NOTHING, Asks.HELLO}:
            continue
        before = answer(turn.text, reading, picture)
        if not before.found or not before.evidence:
            return ReaderAnswer(f"I only know the text that I read. To “{turn.text.strip()}” I said: {before.text}")
        lowest = min(one.confidence for one in before.evidence)
        doubt = "the print was clear" if lowest >= 0.9 else "the print was hard to read, so check it on the picture"
        lines = "; ".join(f"“{one.text}”" for one in before.evidence[:6])
        return ReaderAnswer(
            f"I read it, I did not judge it. It stands on the picture as {lines} (reading confidence {lowest:.0%}: {doubt}).",
            before.evidence,
            True,
        )
    return ReaderAnswer("There is no answer of mine in this talk yet. " + CAN_DO)


def _nothing(_asked: Question, _reading: Reading, _picture: Facts) -> ReaderAnswer:
    return ReaderAnswer("I did not find a question in that. " + CAN_DO)


def _hello(_asked: Question, _reading: Reading, _picture: Facts) -> ReaderAnswer:
    return ReaderAnswer(HELLO + " " + CAN_DO)


def _find(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    hits = find_text(reading, asked.needle)
    if hits.lines:
        places = "one place" if len(hits.lines) == 1 else f"{len(hits.lines)} places"
        lines = "\n".join(f"“{reading.lines[number].text}”" for number in hits.lines[:10])
        return ReaderAnswer(
            f"Yes, “{asked.needle}” is there, in {places}:\n{lines}", _evidence(reading, hits.lines), True
        )
    if hits.nearest is not None:
        near = reading.lines[hits.nearest].text
        return ReaderAnswer(
            f"I did not find “{asked.needle}” in the text I read. The closest is “{near}”.",
            _evidence(reading, (hits.nearest,)),
        )
    return ReaderAnswer(f"No, I did not find “{asked.needle}” in the {len(reading.lines)} pieces of text I read.")


def _count_times(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    hits = find_text(reading, asked.needle)
    times = "once" if hits.times == 1 else f"{hits.times} times"
    return ReaderAnswer(f"I read “{asked.needle}” {times}.", _evidence(reading, hits.lines), True)


def _count_lines(_asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    return ReaderAnswer(f"I read {len(reading.rows)} lines of text.", (), bool(reading.rows))


def _count_words(_asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    count = sum(len(line.text.split()) for line in reading.lines)
    return ReaderAnswer(f"I read about {count} words; words printed close together may count as one.", (), bool(count))


def _size(_asked: Question, _reading: Reading, picture: Facts) -> ReaderAnswer:
    million = picture.width * picture.height / 1e6
    return ReaderAnswer(
        f"The picture as it reached me is {picture.width} x {picture.height} pixels ({million:.1f} megapixels).",
        (),
        True,
    )


def _orientation(_asked: Question, reading: Reading, picture: Facts) -> ReaderAnswer:
    shape = (
        "square" if picture.width == picture.height else "landscape" if picture.width > picture.height else "portrait"
    )
    text = f"The picture is {shape}: {picture.width} x {picture.height} pixels."
    if reading.lines:
        turned = {0: "stands upright", 90: "is turned a quarter clockwise", 180: "stands upside down"}
        text += f" The text on it {turned.get(reading.turned, 'is turned a quarter anticlockwise')}."
    return ReaderAnswer(text, (), True)


def _format(_asked: Question, _reading: Reading, picture: Facts) -> ReaderAnswer:
    kind = picture.mime.removeprefix("image/").upper() or "an unknown format"
    return ReaderAnswer(
        f"The picture reached me as {kind}; the file it was made from may be of another format.", (), True
    )


def _pictures(_asked: Question, _reading: Reading, picture: Facts) -> ReaderAnswer:
    return ReaderAnswer(
        "I was given one picture." if picture.of == 1 else f"I was given {picture.of} pictures.", (), True
    )


def _all_text(_asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    if not reading.lines and not reading.codes:
        return ReaderAnswer(almost_nothing(reading))
    text = reading.text
    for code in reading.codes:
        text += f"\n{code.kind}: {code.text}"
    codes = tuple(Evidence(code.text, code.box, 1.0) for code in reading.codes)
    if reading.note:
        text += f"\n\n{reading.note}"
    lines = tuple(range(min(len(reading.lines), MOST_EVIDENCE)))
    return ReaderAnswer(text.strip(), _evidence(reading, lines) + codes, True)


def _fields(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    replies = [_field(kind, said, reading) for kind, said in asked.fields]
    hits = [reply for reply in replies if reply.found]
    if not hits:
        labelled = _label_reply(asked.label, reading)
        if labelled:
            return labelled
        if asked.seeing:
            return ReaderAnswer(NEEDS_EYES.format(lines=len(reading.rows)))
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
    if other and kind not in {"company", "address"}:
        text += f"\nAlso printed, and nearly as likely: {value_text(other)} (“{other.text}”)."
    return ReaderAnswer(text, _evidence(reading, best.lines, best), True)


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
    return ReaderAnswer(text, _evidence(reading, near.lines, near) if near is not None else ())


def _several(kind: str, said: str, found: list[Candidate], reading: Reading) -> ReaderAnswer:
    values = list(dict.fromkeys(one.value for one in found))[:10]
    evidence = tuple(piece for one in found[:10] for piece in _evidence(reading, one.lines, one))
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
            evidence += _evidence(reading, best.lines, best)
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
    rows = "\n".join(f"- {reading.lines[number].text}" for number in dict.fromkeys(number for _, number in found))
    lines = tuple(dict.fromkeys(number for _, number in found))
    return ReaderAnswer(f"I read {len(found)} amounts:\n{rows}", _evidence(reading, lines), True)


def _label_reply(label: str, reading: Reading) -> ReaderAnswer | None:
    """The value beside the person's own words, if they are printed as a label; the whole phrase before its parts."""
    words = label.split()
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length, -1, -1):
            part = " ".join(words[start : start + length])
            best = next(iter(find_label(reading, part)), None) if len(part) > 2 else None
            sure = SURE if length == len(words) else 0.7
            if best is not None and best.score >= sure:
                text = f"{part.capitalize()}: {best.value}\n{source(best)}"
                return ReaderAnswer(text, _evidence(reading, best.lines, best), True)
    return None


def _label(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    reply = _label_reply(asked.label, reading)
    if reply:
        return reply
    hits = find_text(reading, asked.label)
    if hits.lines:
        lines = "\n".join(f"“{reading.lines[number].text}”" for number in hits.lines[:10])
        return ReaderAnswer(
            f"“{asked.label}” is printed there, but I found no value beside it:\n{lines}",
            _evidence(reading, hits.lines),
            True,
        )
    return ReaderAnswer(not_found(f"“{asked.label}”", reading) + " " + CAN_DO)


def _seeing(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    best = next(iter(find_label(reading, asked.label)), None) if len(asked.label) > 2 else None
    if best is not None and best.score >= 0.7:
        text = f"The text says “{asked.label}”: {best.value}\n{source(best)}"
        return ReaderAnswer(text, _evidence(reading, best.lines, best), True)
    return ReaderAnswer(NEEDS_EYES.format(lines=len(reading.rows)))


def _evidence(reading: Reading, lines: Sequence[int], best: Candidate | None = None) -> tuple[Evidence, ...]:
    """The source lines, side-by-side pieces joined; the line with the value first unless the order is the text's own."""
    if best is not None and not lines:
        return (Evidence(best.text, best.box, best.confidence),)
    rows: dict[tuple[int, ...], list[int]] = {}
    alone = best is None
    for number in lines:
        row = (number,) if alone else next((row for row in reading.rows if number in row), (number,))
        rows.setdefault(row, []).append(number)
    pieces = [candidate(reading, "", tuple(sorted(numbers)), 1.0) for numbers in rows.values()]
    if best is not None and best.kind not in {"address", "company"}:
        pieces.reverse()
    return tuple(Evidence(piece.text, piece.box, piece.confidence) for piece in pieces[:MOST_EVIDENCE])


_WITHOUT_TEXT = frozenset(
    {Asks.HELLO, Asks.NOTHING, Asks.SEEING, Asks.SIZE, Asks.ORIENTATION, Asks.FORMAT, Asks.PICTURES}
)
_REPLIES: Mapping[Asks, Callable[[Question, Reading, Facts], ReaderAnswer]] = {
    Asks.NOTHING: _nothing,
    Asks.HELLO: _hello,
    Asks.FIND: _find,
    Asks.COUNT_TIMES: _count_times,
    Asks.COUNT_LINES: _count_lines,
    Asks.COUNT_WORDS: _count_words,
    Asks.SIZE: _size,
    Asks.ORIENTATION: _orientation,
    Asks.FORMAT: _format,
    Asks.PICTURES: _pictures,
    Asks.ALL_TEXT: _all_text,
    Asks.FIELDS: _fields,
    Asks.LABEL: _label,
    Asks.SEEING: _seeing,
}

__all__ = ["Facts", "ReaderAnswer", "answer"]
