"""One read picture made ready for looking values up: its text without spaces, in reading order and down its columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from vision.evidence.numbers import Number, numbers_in
from vision.fields.values import Mark, Place, Support
from vision.reader.amounts import Amount, find_amounts
from vision.reader.candidates import Candidate
from vision.reader.dates import FoundDate, find_dates, month_first
from vision.reader.money import find_money
from vision.reader.reading import Line, Reading, overlap
from vision.reader.text import squashed_map

GRAM = 3
_AHEAD = 12  # lines looked at for the next one of a column


@dataclass(frozen=True)
class Stream:
    """Squashed text of some lines, one after the other. ``at`` is, for each character, its line and its index there."""

    text: str
    at: tuple[tuple[int, int], ...]

    @cached_property
    def grams(self) -> dict[str, list[int]]:
        """Every run of three characters and where it begins."""
        found: dict[str, list[int]] = {}
        for position in range(len(self.text) - GRAM + 1):
            found.setdefault(self.text[position : position + GRAM], []).append(position)
        return found

    def lines(self, start: int, end: int) -> tuple[int, ...]:
        return tuple(dict.fromkeys(line for line, _ in self.at[start:end]))


@dataclass(frozen=True)
class Page:
    """Picture ``number`` (0-based) with what its reading holds, worked out once and only when asked for."""

    number: int
    reading: Reading

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """Reading order first; then down the columns, where lines stand side by side."""
        across = _stream(self.reading, range(len(self.reading.lines)))
        if all(len(row) == 1 for row in self.reading.rows):
            return (across,)
        return across, _stream(self.reading, _down(self.reading.lines))

    @cached_property
    def dates(self) -> tuple[tuple[int, FoundDate], ...]:
        return tuple((number, one) for number, line in self._lines for one in find_dates(line.text))

    @cached_property
    def month_first(self) -> bool:
        """Whether this paper shows that it writes the month first."""
        text = self.reading.text
        return any(one.other for _, one in self.dates) and month_first(find_dates(text), text)

    @cached_property
    def amounts(self) -> tuple[tuple[int, Amount], ...]:
        return tuple((number, one) for number, line in self._lines for one in find_amounts(line.text))

    @cached_property
    def numbers(self) -> tuple[tuple[int, Number], ...]:
        return tuple((number, one) for number, line in self._lines for one in numbers_in(line.text))

    @cached_property
    def in_row(self) -> dict[int, tuple[tuple[Decimal, int], ...]]:
        """Row -> every number printed in it, with its line; a number that can be read two ways twice."""
        found: dict[int, list[tuple[Decimal, int]]] = {}
        for line, amount in self.amounts:
            found.setdefault(self.row_number.get(line, -1), []).append((amount.value, line))
        for line, number in self.numbers:
            found.setdefault(self.row_number.get(line, -1), []).extend((value, line) for value in number.values)
        return {row: tuple(dict.fromkeys(values)) for row, values in found.items()}

    @cached_property
    def money_rows(self) -> frozenset[int]:
        """Rows in which an amount of money is printed."""
        return frozenset(self.row_number.get(line, -1) for line, one in self.amounts if one.money_like)

    @cached_property
    def row_number(self) -> dict[int, int]:
        """Line -> the number of the row in which it stands."""
        return {line: number for number, row in enumerate(self.reading.rows) for line in row}

    @cached_property
    def _labelled(self) -> dict[str, tuple[Candidate, ...]]:
        return {}

    def labelled(self, kind: str) -> tuple[Candidate, ...]:
        """The amounts beside a label of ``kind`` ("total", "tax" ...), best first."""
        if kind not in self._labelled:
            self._labelled[kind] = tuple(find_money(self.reading, kind))
        return self._labelled[kind]

    def printed(self, value: Decimal, *, sign: bool = True) -> tuple[int, ...]:
        """The lines on which ``value`` is printed as an amount."""
        wanted = value if sign else abs(value)
        return tuple(
            dict.fromkeys(line for line, one in self.amounts if (one.value if sign else abs(one.value)) == wanted)
        )

    def places(self, lines: Iterable[int]) -> tuple[Place, ...]:
        return tuple(place(self.number, self.reading.lines[line]) for line in dict.fromkeys(lines))

    def support(self, mark: Mark, lines: Iterable[int], reason: str = "") -> Support:
        return Support(mark, self.places(lines), reason)

    @property
    def _lines(self) -> Iterable[tuple[int, Line]]:
        return enumerate(self.reading.lines)


def place(page: int, line: Line) -> Place:
    return Place(page, line.box, line.text, line.confidence)


def _stream(reading: Reading, order: Iterable[int]) -> Stream:
    text: list[str] = []
    at: list[tuple[int, int]] = []
    for number in order:
        plain, indexes = squashed_map(reading.lines[number].text)
        text.append(plain)
        at += [(number, index) for index in indexes]
    return Stream("".join(text), tuple(at))


def _down(lines: Sequence[Line]) -> list[int]:
    """Every line once, each followed by the one right under it in its column."""
    order = sorted(range(len(lines)), key=lambda number: lines[number].middle)
    after: dict[int, int] = {}
    taken: set[int] = set()
    for step, number in enumerate(order):
        for other in order[step + 1 : step + 1 + _AHEAD]:
            if other not in taken and _follows(lines[number], lines[other]):
                after[number] = other
                taken.add(other)
                break
    chained: list[int] = []
    for number in order:
        if number in taken:
            continue
        at: int | None = number
        while at is not None:
            chained.append(at)
            at = after.get(at)
    return chained


def _follows(line: Line, other: Line) -> bool:
    gap = other.place[1] - line.place[3]
    near = -0.5 * line.height < gap < 1.5 * max(line.height, other.height)
    return near and other.middle > line.middle + 0.5 * line.height and overlap(line.place[::2], other.place[::2]) > 0.3
