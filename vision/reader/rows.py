"""Tables of items: rows under column heads, over several pages, down to the totals. Texts as printed, by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from vision.reader.amounts import find_amounts
from vision.reader.cells import Piece, assigned, pieces_of
from vision.reader.heads import NUMERIC, SUMS, Column, Heads, Names, find_heads
from vision.reader.labels import TOTALS, labels_in
from vision.reader.reading import Reading
from vision.reader.text import words_of
from vision.reader.wordlists import carried_words, contains

Item = dict[str, str]  # kind of column -> text
_ADDED = frozenset({"tax", "subtotal", "discount", "rounding", "shipping", "service_charge", "tip"})
_PAID = frozenset({"cash", "card", "change", "balance", "payment_method"})
_NEAR = 1.6  # line heights between a row and what goes on under it


@dataclass(slots=True)
class Row:
    """One row of a page while its table is put together: ``cells`` by kind of column, ``top`` and ``bottom`` in upright
    pixels. ``anchor``: it holds what makes an item of its own; the others go on with one."""

    cells: dict[str, list[str]]
    top: float
    bottom: float
    anchor: bool
    page: int = 0
    wide: bool = False
    more: list[Row] = field(default_factory=list)


def find_rows(readings: Sequence[Reading], names: Names, *, priced: bool = True) -> list[Item]:
    """The rows of the table under the heads that ``names`` knows, page after page; [] where there are none."""
    rows: list[Row] = []
    heads: Heads | None = None
    ended = False
    for page, reading in enumerate(readings):
        found = find_heads(reading, names, priced=priced)
        if heads is not None:
            # further on in the paper only the same table: other tables list taxes, payments, terms
            found = [one for one in found if _alike(one, heads)]
        if found:
            heads, start = found[0], found[0].row + 1
        elif heads is None or ended:
            continue
        else:
            start = 0
        more, ended = _body(reading, heads, start, page, repeated=bool(found) or not rows)
        rows += more
    return [item_of(row) for row in joined(rows)]


def _alike(one: Heads, other: Heads) -> bool:
    return [column.kind for column in one.columns] == [column.kind for column in other.columns]


def _body(reading: Reading, heads: Heads, start: int, page: int, *, repeated: bool) -> tuple[list[Row], bool]:
    """The rows of one page under ``heads``, and whether its totals came. Without heads of its own (not ``repeated``) a
    page goes on with the table only where a row fills two of its columns of numbers."""
    rows: list[Row] = []
    for numbers in reading.rows[start:]:
        text = "  ".join(reading.lines[at].text for at in numbers)
        row = _row(reading, numbers, heads, page)
        numeric = sum(kind in NUMERIC and kind != "position" for kind in row.cells)
        if ends_items(text, counted=bool(row.cells.keys() & {"quantity", "unit_price"})):
            return rows, True
        if _skipped(text, numeric) or (not repeated and row.anchor and numeric < 2):
            continue
        rows.append(row)
    return rows, False


def ends_items(text: str, *, counted: bool = False) -> bool:
    """Whether a row says a total, or what leads to it. ``counted``: it has a quantity or a price of its own, so that
    only a bare "Total" ends the items."""
    labels = labels_in(text)
    if not labels or not any(character.isdigit() for character in text):
        return False
    kinds, start, end, _ = labels[0]
    if is_carried(text) or start > 2 or not frozenset(kinds) & (TOTALS | {"subtotal", "tax"}):
        return False
    return bare(text) or (not counted and "tax" not in kinds and len(words_of(text[end:])) < 8)


def bare(text: str) -> bool:
    """Whether a row says nothing but labels, numbers and signs."""
    labels = labels_in(text)
    rest = "".join(
        " " if any(start <= at < end for _, start, end, _ in labels) else character for at, character in enumerate(text)
    )
    taken = {at for one in find_amounts(rest) for at in range(one.start, one.end)}
    left = "".join(" " if at in taken else character for at, character in enumerate(rest))
    return not any(word.isalpha() and len(word) > 3 for word in words_of(left))


def is_carried(text: str) -> bool:
    return contains(words_of(text)[:6], carried_words()) is not None


def _skipped(text: str, numeric: int) -> bool:
    """Rows between items that are none: carried over, or a charge that stands beside the items."""
    if is_carried(text):
        return True
    labels = labels_in(text)
    kinds = frozenset(labels[0][0]) if labels and labels[0][1] <= 2 else frozenset()
    return bool(kinds & (_ADDED | _PAID)) and numeric == 1 and bare(text)


def _row(reading: Reading, numbers: Sequence[int], heads: Heads, page: int) -> Row:
    lines = reading.lines
    height = median(lines[at].height for at in numbers) or 1.0
    pieces = pieces_of(lines, numbers, heads.columns)
    cells: dict[str, list[str]] = {}
    for piece, column in assigned(pieces, heads.columns, height):
        if column is not None:
            # a number where the description stands is the code of what the row above or below names
            bare_code = column.kind == "description" and not any(map(str.isalpha, piece.text)) and not heads.has("code")
            cells.setdefault("code" if bare_code else column.kind, []).append(piece.text)
    tops, bottoms = [lines[at].place[1] for at in numbers], [lines[at].place[3] for at in numbers]
    text = "  ".join(lines[at].text for at in numbers)
    wide = any(_crosses(piece, heads.columns) for piece in pieces) or _says_label(text)
    return Row(cells, min(tops), max(bottoms), _is_item(cells, heads), page, wide)


def _says_label(text: str) -> bool:
    """ "Total Qty: 4" and "Date: 3 May" under an item are no part of its description."""
    labels = labels_in(text)
    return bool(labels) and labels[0][1] <= 2 and (bare(text) or text[labels[0][2] :].lstrip()[:1] == ":")


def _crosses(piece: Piece, columns: Sequence[Column]) -> bool:
    """A sentence over the whole width is no part of a description."""
    numeric = [column for column in columns if column.kind in NUMERIC and column.kind != "position"]
    return sum(piece.left < column.left and piece.right > column.right for column in numeric) > 1


def _is_item(cells: dict[str, list[str]], heads: Heads) -> bool:
    sums = [kind for kind in SUMS if heads.has(kind)] or [kind for kind in ("unit_price",) if heads.has(kind)]
    if not sums:  # no table of money: each row that fills more than one column
        return len(cells) > 1
    return any(find_amounts(text) for kind in sums for text in cells.get(kind, ()))


def joined(rows: Sequence[Row]) -> list[Row]:
    """Each item with what goes on above or under it: a description of several lines."""
    items: list[Row] = []
    waiting: list[Row] = []
    for row in rows:
        if not row.anchor:
            waiting.append(row)
            continue
        _share(items[-1] if items else None, waiting, row)
        items.append(row)
        waiting = []
    if items:
        _share(items[-1], waiting, None)
    return items


def _share(before: Row | None, between: list[Row], after: Row | None) -> None:
    """Gives the rows between two items to the one above or the one below."""
    headed = after is not None and not after.cells.get("description")
    if headed and after is not None and (before is None or before.cells.get("description") or before.more):
        after.more = [*_chain(list(reversed(between)), after)[::-1]]
        return
    cut = (
        len(between)
        if after is None or before is None or before.page != after.page
        else _widest(before, between, after)
    )
    if before is not None:
        before.more += _chain(between[:cut], before)
    if after is not None and cut < len(between):
        after.more = [*_chain(list(reversed(between[cut:])), after)[::-1]]


def _widest(before: Row, between: list[Row], after: Row) -> int:
    """Where the space between two rows is clearly widest: what is above it goes with the item above."""
    stack = [before, *between, after]
    gaps = [max(0.0, low.top - high.bottom) for high, low in pairwise(stack)]
    height = before.bottom - before.top
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    return widest if gaps[widest] > min(gaps) + 0.5 * height else len(between)


def _chain(rows: Sequence[Row], item: Row) -> list[Row]:
    """The rows that go on from the item without a gap."""
    kept: list[Row] = []
    last = item
    for row in rows:
        gap = max(row.top - last.bottom, last.top - row.bottom)
        if row.wide or row.page != last.page or gap > _NEAR * (row.bottom - row.top):
            break
        kept.append(row)
        last = row
    return kept


def item_of(row: Row) -> Item:
    """The cells as text; only texts go on from row to row, numbers stand where the item stands."""
    parts: dict[str, list[str]] = {kind: texts for kind, texts in row.cells.items() if kind in NUMERIC}
    for one in sorted([row, *row.more], key=lambda part: (part.page, part.top)):
        for kind, texts in one.cells.items():
            if kind not in NUMERIC:
                parts[kind] = [*parts.get(kind, ()), *texts]
    return {kind: " ".join(texts) for kind, texts in parts.items()}
