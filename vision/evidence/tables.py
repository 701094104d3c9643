"""Rows of a list: the values of one row belong beside each other, an amount beside its description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from vision.evidence.amounts import OTHER_SIGN, as_decimal
from vision.evidence.page import Page
from vision.evidence.texts import Match, find_text
from vision.fields.model import NUMBERS, Field, Kind
from vision.fields.values import Mark, Support
from vision.reader.text import squashed

NOT_BESIDE = "This number is printed, but not beside the other values of its row."
NOT_IN_TEXT = "This is not in the text read on the picture."
NEARLY = "Nearly this is printed."
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.CODE})
_AFTER = 2  # rows under a description in which its numbers may stand
_LETTERS = 4  # a row with a word of this many letters tells something of its own

Cells = dict[tuple[int, str], Support]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Where a record stands: its page, the rows that are its own, and the text that was found there (or none)."""

    page: Page
    rows: range
    name: str = ""
    match: Match | None = None

    @property
    def order(self) -> tuple[int, int]:
        return self.page.number, self.rows.start


def beside_each_other(field: Field, records: Sequence[object], pages: Sequence[Page]) -> Cells:
    """(number of the record, column) -> Support, for every number and for the text by which its row was found."""
    anchors = _anchors(field, records, pages)
    claimed = {(one.page.number, row) for one in anchors.values() for row in one.rows}
    cells: Cells = {}
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            continue
        anchor = anchors.get(number)
        if anchor is not None and anchor.match is not None:
            mark = Mark.READ if anchor.match.exact else Mark.SIMILAR
            reason = "" if anchor.match.exact else NEARLY
            cells[number, anchor.name] = anchor.page.support(mark, anchor.match.lines, reason)
        for name, value in _numbers(field, record).items():
            cells[number, name] = _cell(value, anchor, claimed, pages)
    return cells


def _numbers(field: Field, record: Mapping[str, object]) -> dict[str, Decimal]:
    found = {one.name: as_decimal(record.get(one.name)) for one in field.fields if one.kind in NUMBERS and not one.many}
    return {name: value for name, value in found.items() if value is not None}


def _text(field: Field, record: Mapping[str, object]) -> tuple[str, str]:
    """The longest text of a record and its column: what tells its row from others."""
    texts = [
        (one.name, str(record[one.name]))
        for one in field.fields
        if one.kind in _TEXTS and not one.many and isinstance(record.get(one.name), str)
    ]
    return max(texts, key=lambda one: len(squashed(one[1])), default=("", ""))


def _anchors(field: Field, records: Sequence[object], pages: Sequence[Page]) -> dict[int, _Anchor]:
    """Record -> its place, each place given once, in the order of the records where there is a choice."""
    anchors: dict[int, _Anchor] = {}
    used: set[tuple[int, int]] = set()
    last = (0, -1)
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            continue
        numbers = tuple(_numbers(field, record).values())
        free = [one for one in _possible(field, record, numbers, pages) if one.order not in used]
        if free:
            best = min(free, key=lambda one: (-_together(one, numbers), one.order <= last, one.order))
            anchors[number] = best
            used.add(best.order)
            last = best.order
    return anchors


def _possible(
    field: Field, record: Mapping[str, object], numbers: Sequence[Decimal], pages: Sequence[Page]
) -> list[_Anchor]:
    name, text = _text(field, record)
    found = [
        _Anchor(page, _rows_of(page, match.lines), name, match) for page in pages for match in find_text(page, text)
    ]
    return found or [one for page in pages for one in _by_numbers(page, numbers)]


def _rows_of(page: Page, lines: Sequence[int]) -> range:
    rows = [page.row_number.get(line, -1) for line in lines]
    return range(min(rows), max(rows) + 1)


def _by_numbers(page: Page, numbers: Sequence[Decimal]) -> Iterator[_Anchor]:
    """Rows in which at least two different numbers of the record stand."""
    for row, printed in page.in_row.items():
        if len(set(numbers) & {value for value, _ in printed}) >= 2:
            yield _Anchor(page, range(row, row + 1))


def _together(anchor: _Anchor, numbers: Sequence[Decimal]) -> int:
    printed = {value for row in anchor.rows for value, _ in anchor.page.in_row.get(row, ())}
    return sum(value in printed for value in set(numbers))


def _cell(value: Decimal, anchor: _Anchor | None, claimed: set[tuple[int, int]], pages: Sequence[Page]) -> Support:
    if anchor is not None:
        for row in _band(anchor, claimed):
            lines = [line for printed, line in anchor.page.in_row.get(row, ()) if printed == value]
            if lines:
                return anchor.page.support(Mark.READ, lines[-1:])
        for row in _band(anchor, claimed):
            lines = [line for printed, line in anchor.page.in_row.get(row, ()) if abs(printed) == abs(value)]
            if lines:
                return anchor.page.support(Mark.SIMILAR, lines[-1:], OTHER_SIGN)
    for page in pages:
        lines = [line for row in page.in_row.values() for printed, line in row if printed == value]
        if lines:
            return page.support(Mark.SIMILAR, lines[:1], NOT_BESIDE)
    return Support(Mark.NOT_FOUND, (), NOT_IN_TEXT)


def _band(anchor: _Anchor, claimed: set[tuple[int, int]]) -> Iterator[int]:
    """The record's own rows, then those around it that tell of nothing else."""
    yield from anchor.rows
    filled = any(row in anchor.page.money_rows for row in anchor.rows)
    following = range(anchor.rows.stop, anchor.rows.stop + _AFTER)
    for rows in (following, range(anchor.rows.start - 1, anchor.rows.start - 2, -1)):
        for row in rows:
            if (anchor.page.number, row) in claimed or _tells(anchor.page, row, strict=filled):
                break
            yield row


def _tells(page: Page, row: int, *, strict: bool) -> bool:
    """Whether a row is about something else: it has words; beside amounts, or of its own when ``strict``."""
    if not 0 <= row < len(page.reading.rows):
        return True
    texts = [page.reading.lines[line].text for line in page.reading.rows[row]]
    words = any(sum(c.isalpha() for c in word) >= _LETTERS for text in texts for word in text.split())
    return words and (strict or row in page.money_rows)
