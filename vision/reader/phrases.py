"""Visual phrases: pieces of one row that stand close together, and words put apart that the engine glued."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from vision.reader.reading import Box, Reading
from vision.reader.text import folded, words_of
from vision.reader.wordlists import endings, months, phrases


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text`` of one or more neighbouring lines; ``row`` counts the rows from the top; ``place`` is upright."""

    text: str
    lines: tuple[int, ...]
    row: int
    place: Box

    @property
    def height(self) -> float:
        return self.place[3] - self.place[1]

    @property
    def middle(self) -> float:
        return (self.place[1] + self.place[3]) / 2


def phrases_of(reading: Reading) -> list[Phrase]:
    """Row by row, pieces less than 1.2 line heights apart and of like size joined."""
    found: list[Phrase] = []
    for number, row in enumerate(reading.rows):
        group: list[int] = []
        for index in row:
            if group:
                before, here = reading.lines[group[-1]], reading.lines[index]
                apart = here.place[0] - before.place[2] > 1.2 * min(before.height, here.height)
                unlike = max(before.height, here.height) > 2.2 * min(before.height, here.height)
                if apart or unlike:
                    found.append(_phrase(reading, group, number))
                    group = []
            group.append(index)
        if group:
            found.append(_phrase(reading, group, number))
    return found


def _phrase(reading: Reading, group: list[int], row: int) -> Phrase:
    lines = [reading.lines[index] for index in group]
    place = (
        min(line.place[0] for line in lines),
        median(line.place[1] for line in lines),
        max(line.place[2] for line in lines),
        median(line.place[3] for line in lines),
    )
    return Phrase(" ".join(line.text for line in lines), tuple(group), row, place)


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    sections = [
        ("companies", "legal"),
        ("companies", "trade"),
        ("addresses", "street"),
        ("addresses", "place"),
        ("addresses", "unit"),
    ]
    known = {word for table, section in sections for words in phrases(table, section) for word in words}
    return frozenset(word for word in known if len(word) >= 3) | {name for name in months() if len(name) > 3}


def vocabulary(reading: Reading) -> frozenset[str]:
    """Words that may be inside glued ones: those of the lists, and those that stand alone elsewhere on the paper."""
    seen = {word for line in reading.lines for word in words_of(line.text) if 4 <= len(word) <= 9 and word.isalpha()}
    return _vocabulary() | seen


_GLUED_NUMBER = re.compile(r"(?<=\d)(?=[A-Za-z]{4,})|(?<=\d{5})(?=[A-Za-z]{2,})|(?<=[A-Za-z]{4})(?=\d)")
_GLUED_SIGN = re.compile(r"(?<=[,;])(?=[^\s\d])|(?<=[A-Za-z]{3}[.])(?=[A-Za-z]{3,})")
_WORD = re.compile(r"[^\W\d_]{6,}")


def spaced(text: str, known: frozenset[str]) -> str:
    """``text`` with glued words put apart where the parts are certain: known words, numbers beside words, commas."""
    text = _GLUED_SIGN.sub(" ", text)
    text = _GLUED_NUMBER.sub(" ", text)
    text = _WORD.sub(lambda match: _split(match.group(), known), text)
    return re.sub(r"\s+", " ", text).strip()


def _split(word: str, known: frozenset[str]) -> str:
    plain = folded(word)
    if plain in known or plain.endswith(endings()):
        return word  # "Industriestraße" is one word
    if not word.isupper():
        parts = re.findall(r"[^\W\d_a-zß-ÿ]*[a-zß-ÿ]+|[^\W\d_]+", word)
        whole = len(parts) > 1 and "".join(parts) == word and all(len(part) > 2 for part in parts)
        return " ".join(parts) if whole and any(folded(part) in known for part in parts) else word
    # cuts[i]: the cheapest way to write the first i letters; an unknown part costs more than a known one
    cuts: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for end in range(1, len(plain) + 1):
        options = []
        for start in range(max(0, end - 14), end):
            cost, path = cuts[start]
            part = plain[start:end]
            if part in known and len(part) >= 3:
                options.append((cost + 1.0 - 0.02 * len(part), (*path, end)))
            elif len(part) >= 4:
                options.append((cost + 2.6 + 0.05 * len(part), (*path, end)))
        cuts.append(min(options, default=(99.0, ())))
    best = cuts[len(plain)]
    parts, start, unknown = [], 0, 0
    for end in best[1]:
        parts.append(word[start:end])
        unknown += plain[start:end] not in known
        start = end
    longest_known = max((len(part) for part in parts if folded(part) in known), default=0)
    if len(parts) < 2 or unknown > 1 or start != len(word) or longest_known < 4:
        return word
    return " ".join(parts)
