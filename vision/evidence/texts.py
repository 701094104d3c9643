"""Where a text is printed: as it is, nearly so (guarded), or piece by piece; over line ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from vision.evidence.edits import ALIKE, guarded, words_squashed
from vision.evidence.page import GRAM, Page, Stream
from vision.reader.text import is_wide, squashed, squashed_map

_SHORTEST_FUZZY = 6  # characters: in a shorter text one other letter makes another word
_GLUED = 6  # letters from which a text may be glued to its neighbours: the engine loses spaces
_SURE_GLUED = 12
_LOOKED_AT = 3  # likeliest places that are compared letter by letter
_IN_NUMBERS = frozenset({"", ".", ",", "/", "-", ":", "'"})  # stand inside 12.50, 23/1, 43-45
_MOST = 12  # occurrences that are told apart


@dataclass(frozen=True, slots=True)
class Match:
    """The ``lines`` that hold a text, in order. ``exact``: letter by letter, accents, case, spaces and signs aside."""

    lines: tuple[int, ...]
    exact: bool


def find_text(page: Page, text: str, *, fuzzy: bool = True) -> list[Match]:
    """Where ``text`` stands on ``page``: exact places first, in reading order; a guarded one only if there is none."""
    wanted = squashed(text)
    if not wanted:
        return []
    for stream in page.streams:
        found = list(_exact(page, stream, text, wanted))
        if found:
            return sorted(found, key=lambda match: not match.exact)
    if not fuzzy or len(wanted) < _SHORTEST_FUZZY:
        return []
    words = words_squashed(text)
    for stream in page.streams:
        lines = _alike(page, stream, wanted, words)
        if lines:
            return [Match(lines, False)]
    return []


def _exact(page: Page, stream: Stream, text: str, wanted: str) -> Iterator[Match]:
    position, count = stream.text.find(wanted), 0
    while position >= 0 and count < _MOST:
        end = position + len(wanted)
        edges = _edge(page, stream, position - 1, position), _edge(page, stream, end - 1, end)
        if max(edges) == 0 or (max(edges) == 1 and len(wanted) >= _GLUED):
            sure = max(edges) == 0 or len(wanted) >= _SURE_GLUED
            yield Match(stream.lines(position, end), sure and _same_marks(page, stream, position, text))
            count += 1
        position = stream.text.find(wanted, position + 1)


def _edge(page: Page, stream: Stream, before: int, after: int) -> int:
    """What is between two neighbours of a stream: 0 an end of a word, 1 none, 2 the middle of a number."""
    if before < 0 or after >= len(stream.at):
        return 0
    (line, start), (other, end) = stream.at[before], stream.at[after]
    if line != other:
        return 0
    text = page.reading.lines[line].text
    one, two, between = text[start], text[end], text[start + 1 : end]
    if one.isdigit() and two.isdigit():
        return 2 if between in _IN_NUMBERS else 0
    if between or one.isdigit() or two.isdigit() or is_wide(one) or is_wide(two):
        return 0
    return 0 if one.islower() and two.isupper() else 1


def _cut_off(page: Page, stream: Stream, before: int, after: int, mine: str) -> bool:
    """Whether a stretch ends inside a number, or in a word whose letter would have to pass for a digit (``mine``)."""
    edge = _edge(page, stream, before, after)
    return edge == 2 or (edge == 1 and mine.isdigit())


def _same_marks(page: Page, stream: Stream, position: int, text: str) -> bool:
    """Whether signs stand between the same digits: 1.5 is not 15, and 1/23 not 12/3."""
    _, kept = squashed_map(text)
    for step in range(len(kept) - 1):
        a, b = kept[step], kept[step + 1]
        if not (text[a].isdigit() and text[b].isdigit()) or position + step + 1 >= len(stream.at):
            continue
        (line, start), (other, end) = stream.at[position + step], stream.at[position + step + 1]
        if line != other:
            continue
        mine, theirs = text[a + 1 : b].strip(), page.reading.lines[line].text[start + 1 : end].strip()
        if bool(mine) != bool(theirs):
            return False
    return True


def _alike(page: Page, stream: Stream, wanted: str, words: tuple[str, ...]) -> tuple[int, ...]:
    """The lines of the best guarded match, or ()."""
    for start in _likely(stream, wanted):
        found = _best_span(stream.text, wanted, start)
        if found is None:
            continue
        begin, end = found
        cut = _cut_off(page, stream, begin - 1, begin, wanted[0]) or _cut_off(page, stream, end - 1, end, wanted[-1])
        if not cut and guarded(wanted, words, stream.text[begin:end]):
            return stream.lines(begin, end)
    return ()


def _likely(stream: Stream, wanted: str) -> list[int]:
    """Where ``wanted`` would begin according to the most of its runs of three characters."""
    votes: Counter[int] = Counter()
    for offset in range(len(wanted) - GRAM + 1):
        for position in stream.grams.get(wanted[offset : offset + GRAM], ()):
            start = (position - offset) // 4
            votes[start] += 1
            votes[start + 1] += 1
    fewest = max(1, len(wanted) // 4)
    ranked = sorted(votes.items(), key=lambda one: (-one[1], one[0]))
    starts: list[int] = []
    for bucket, count in ranked:
        if count < fewest or len(starts) == _LOOKED_AT:
            break
        if all(abs(bucket - other) > 1 for other in starts):
            starts.append(bucket)
    return [bucket * 4 for bucket in starts]


def _best_span(text: str, wanted: str, around: int) -> tuple[int, int] | None:
    """Begin and end of the stretch near ``around`` that is most like ``wanted``; the longest of
    equally good ones, or a letter in place of a digit at the end would count as one that is missing."""
    slack = 3 + min(len(wanted) // 12, 4)
    best, span = len(wanted), None
    if not ratio(wanted, text[max(0, around - slack) : around + len(wanted) + slack], score_cutoff=ALIKE - 25):
        return None
    for begin in range(max(0, around - slack - 1), around + slack + 4):
        for length in range(len(wanted) + slack, max(0, len(wanted) - slack - 1), -1):
            edits = Levenshtein.distance(wanted, text[begin : begin + length], score_cutoff=best)
            if begin + length <= len(text) and edits < best:
                best, span = edits, (begin, begin + length)
    return span


_PIECES = re.compile(r"[,;\n\r|]+|(?<=[^\W\d_]{4})\.\s+")  # not the point of "No. 12"
_SHORT_PIECE = 4  # characters: a shorter piece goes with the one before it
_LONG_PIECE = 90


def pieces_of(text: str) -> list[str]:
    """``text`` cut at commas, ends of lines and sentences; long ones between words. What is too short to be told from
    chance goes with the next."""
    found: list[str] = []
    short = ""
    for piece in _PIECES.split(text):
        for part in _cut(f"{short} {piece}".strip()):
            short = part if len(squashed(part)) < _SHORT_PIECE else ""
            if not short:
                found.append(part)
    if short and found:
        found[-1] = f"{found[-1]} {short}"
    return found


def _cut(piece: str) -> Iterator[str]:
    if len(piece) <= _LONG_PIECE:
        yield piece
        return
    part = ""
    for word in piece.split():
        if part and len(part) + len(word) > _LONG_PIECE:
            yield part
            part = word
        else:
            part = f"{part} {word}".strip()
    yield part


def numbers_dropped(page: Page, text: str, lines: Sequence[int], piece: str) -> bool:
    """Whether right beside ``piece`` a number is printed that ``text`` has nowhere: "Section" out of "Section 9"."""
    kept = set(re.findall(r"\d+", text))
    for line in lines:
        printed = page.reading.lines[line].text
        plain, at = squashed_map(printed)
        begin = plain.find(squashed(piece))
        if begin < 0:
            continue
        first, last = at[begin], at[begin + len(squashed(piece)) - 1]
        beside = (*re.findall(r"(\d+)[\s.:-]*$", printed[:first]), *re.findall(r"^[\s.:-]*(\d+)", printed[last + 1 :]))
        if any(number not in kept for number in beside):
            return True
    return False
