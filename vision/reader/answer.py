"""One question about one reading, answered from the text on it, with the source lines; or the honest sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vision.messages import Evidence, Turn
from vision.reader.field_answers import answer_fields, answer_label
from vision.reader.labelled import find_label
from vision.reader.phrasing import CAN_DO, HELLO, NEEDS_EYES, almost_nothing, source
from vision.reader.questions import Asks, Question, understood
from vision.reader.reading import Reading
from vision.reader.replies import MOST_EVIDENCE, Facts, ReaderAnswer, evidence_on
from vision.reader.search import find_text


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
            f"I read it, I did not judge it. It stands on the picture as {lines} "
            f"(reading confidence {lowest:.0%}: {doubt}).",
            before.evidence,
            True,
        )
    return ReaderAnswer("There is no answer of mine in this talk yet. " + CAN_DO)


def _nothing(_asked: Question, _reading: Reading, _picture: Facts) -> ReaderAnswer:
    return ReaderAnswer("I am not sure which printed value you mean. " + CAN_DO)


def _hello(_asked: Question, _reading: Reading, _picture: Facts) -> ReaderAnswer:
    return ReaderAnswer(HELLO + " " + CAN_DO)


def _find(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    hits = find_text(reading, asked.needle)
    if hits.lines:
        places = "one place" if len(hits.lines) == 1 else f"{len(hits.lines)} places"
        lines = "\n".join(f"“{reading.lines[number].text}”" for number in hits.lines[:10])
        return ReaderAnswer(
            f"Yes, “{asked.needle}” is there, in {places}:\n{lines}", evidence_on(reading, hits.lines), True
        )
    if hits.nearest is not None:
        near = reading.lines[hits.nearest].text
        return ReaderAnswer(
            f"I did not find “{asked.needle}” in the text I read. The closest is “{near}”.",
            evidence_on(reading, (hits.nearest,)),
        )
    return ReaderAnswer(f"No, I did not find “{asked.needle}” in the {len(reading.lines)} pieces of text I read.")


def _count_times(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    hits = find_text(reading, asked.needle)
    times = "once" if hits.times == 1 else f"{hits.times} times"
    return ReaderAnswer(f"I read “{asked.needle}” {times}.", evidence_on(reading, hits.lines), True)


def _count_lines(_asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    return ReaderAnswer(f"I read {len(reading.rows)} lines of text.", (), bool(reading.rows))


def _count_words(_asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    count = sum(len(line.text.split()) for line in reading.lines)
    return ReaderAnswer(f"I read about {count} words; words printed close together may count as one.", (), bool(count))


def _size(_asked: Question, _reading: Reading, picture: Facts) -> ReaderAnswer:
    million = picture.width * picture.height / 1e6
    which = "The picture" if picture.original else "The picture as it reached me"
    text = f"{which} is {picture.width} x {picture.height} pixels ({million:.1f} megapixels)."
    return ReaderAnswer(text, (), True)


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
    if picture.original:
        return ReaderAnswer(f"The file is a {kind} picture.", (), True)
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
    return ReaderAnswer(text.strip(), evidence_on(reading, lines) + codes, True)


def _seeing(asked: Question, reading: Reading, _picture: Facts) -> ReaderAnswer:
    best = next(iter(find_label(reading, asked.label)), None) if len(asked.label) > 2 else None
    if best is not None and best.score >= 0.7:
        text = f"The text says “{asked.label}”: {best.value}\n{source(best)}"
        return ReaderAnswer(text, evidence_on(reading, best.lines, best), True)
    return ReaderAnswer(NEEDS_EYES.format(lines=len(reading.rows)))


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
    Asks.FIELDS: answer_fields,
    Asks.LABEL: answer_label,
    Asks.SEEING: _seeing,
}

__all__ = ["Facts", "ReaderAnswer", "answer"]
