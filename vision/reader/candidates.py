"""What a look-up gives: a value with its source, and how sure the rules are. Frozen data."""

from __future__ import annotations

from dataclasses import dataclass

from vision.reader.reading import Box, Reading


@dataclass(frozen=True, slots=True)
class Candidate:
    """``value`` in plain form (ISO date, decimal with a point, text as printed); ``text`` is the source line or lines.

    ``box`` covers them, in pixels of the given picture; ``confidence`` is the lowest of theirs; ``score`` (0 to 1)
    orders candidates, and below ``SURE`` none is given as an answer. ``lines`` are indexes into the reading.
    ``currency`` is an ISO code or a sign; ``note`` says what is uncertain ("day and month may be the other way round").
    """

    value: str
    text: str
    box: Box
    confidence: float
    score: float
    lines: tuple[int, ...]
    kind: str = ""
    currency: str = ""
    note: str = ""


SURE = 0.5


def candidate(
    reading: Reading,
    value: str,
    lines: tuple[int, ...],
    score: float,
    *,
    kind: str = "",
    currency: str = "",
    note: str = "",
) -> Candidate:
    """A candidate read on ``lines``; the source text is theirs in order."""
    sources = [reading.lines[number] for number in dict.fromkeys(lines)]
    boxes = [line.box for line in sources]
    return Candidate(
        value,
        "  ".join(line.text for line in sources),
        (
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        ),
        min(line.confidence for line in sources),
        max(0.0, min(1.0, score)),
        tuple(dict.fromkeys(lines)),
        kind,
        currency,
        note,
    )
