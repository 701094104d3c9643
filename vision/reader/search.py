"""Whether and where some words stand in a reading: without spaces, accents and case; near misses are named as such."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from vision.reader.reading import Reading
from vision.reader.text import squashed, squashed_map, words_of


@dataclass(frozen=True, slots=True)
class Hits:
    """``lines`` hold the words (indexes into the reading), ``times`` counts them.

    ``nearest`` is a line that comes close when none holds them.
    """

    lines: tuple[int, ...]
    times: int
    nearest: int | None = None


def find_text(reading: Reading, needle: str) -> Hits:
    """Words of four letters and more are also found inside glued ones, shorter ones only as whole words."""
    wanted = squashed(needle)
    if not wanted:
        return Hits((), 0)
    lines: list[int] = []
    times = 0
    for number, line in enumerate(reading.lines):
        count = _count(line.text, needle, wanted)
        if count:
            lines.append(number)
            times += count
    if not lines:
        for row in reading.rows:
            joined = " ".join(reading.lines[number].text for number in row)
            if len(row) > 1 and _count(joined, needle, wanted):
                lines += row
                times += 1
    return Hits(tuple(lines), times) if lines else Hits((), 0, _nearest(reading, wanted))


def _count(text: str, needle: str, wanted: str) -> int:
    if len(wanted) >= 4:
        return squashed_map(text)[0].count(wanted)
    words, sought = words_of(text), words_of(needle)
    return sum(words[at : at + len(sought)] == sought for at in range(len(words) - len(sought) + 1))


def _nearest(reading: Reading, wanted: str) -> int | None:
    if len(wanted) < 5:
        return None
    best, score = None, 84.0
    for number, line in enumerate(reading.lines):
        plain = squashed(line.text)
        if len(plain) >= len(wanted) - 1:
            alike = fuzz.partial_ratio(wanted, plain)
            if alike > score:
                best, score = number, alike
    return best
