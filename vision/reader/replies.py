"""What an answer is made of: its text and the places that it was read from. No rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vision.messages import Evidence
from vision.reader.candidates import Candidate, candidate
from vision.reader.reading import Reading

MOST_EVIDENCE = 400


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the picture beside its text: size in upright pixels, its type, its place; of the ``original``
    file, or else of what the reader was given."""

    width: int
    height: int
    mime: str = ""
    number: int = 1
    of: int = 1
    original: bool = False


@dataclass(frozen=True, slots=True)
class ReaderAnswer:
    """``found`` says whether the question was answered from this picture. Boxes are in pixels of the given picture."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    found: bool = False


def evidence_on(reading: Reading, lines: Sequence[int], best: Candidate | None = None) -> tuple[Evidence, ...]:
    """The source lines, side-by-side pieces joined; a value comes before its label."""
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
