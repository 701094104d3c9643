"""Which piece of a row stands in which column of a table. Pure geometry, and what a column can hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vision.reader.amounts import find_amounts
from vision.reader.heads import NUMERIC, Column
from vision.reader.reading import Line

_MONEY = frozenset({"unit_price", "amount", "net_amount", "gross_amount", "tax_amount"})
_NUMBER = re.compile(r"[^\w\s]{0,2}[\d.,'’\s]+(?:%|[-–])?(?:\s?[A-Za-z]{1,2})?")
_PURE = re.compile(r"[^\w\s]{0,2}\d[\d.,'’]*[^\w\s]{0,2}")
_ASKEW = 2.5  # line heights
_FAR = 14.0  # line heights: a piece further from its column than this belongs to none


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of line number ``line`` from ``left`` to ``right``, upright pixels."""

    text: str
    left: float
    right: float
    line: int


def pieces_of(lines: Sequence[Line], row: Sequence[int], columns: Sequence[Column]) -> list[Piece]:
    """The pieces of one row; what the engine read as one although it stands in several columns is cut."""
    found: list[Piece] = []
    for number in row:
        line = lines[number]
        left, right = line.place[0], line.place[2]
        covered = [column for column in columns if left < (column.left + column.right) / 2 < right]
        found += _cut(line.text, left, right, number, len(covered) - 1)
    return found


def _cut(text: str, left: float, right: float, line: int, cuts: int) -> list[Piece]:
    """``text`` with at most ``cuts`` numbers at its end cut off, each where it stands."""
    words = list(re.finditer(r"\S+", text))
    step = (right - left) / max(1, len(text))
    ends: list[Piece] = []
    while cuts > 0 and len(words) > 1 and _PURE.fullmatch(words[-1].group()):
        word = words.pop()
        ends.insert(0, Piece(word.group(), left + word.start() * step, left + word.end() * step, line))
        cuts -= 1
    rest = text[: words[-1].end()] if words else ""
    return [Piece(rest, left, left + len(rest) * step, line), *ends]


def assigned(pieces: Sequence[Piece], columns: Sequence[Column], height: float) -> list[tuple[Piece, Column | None]]:
    """Each piece with its column, or None: from left to right, at the least distance in all."""
    # best[c]: the cost and choice of the pieces so far when the last one stands in column c or before it
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * len(columns)
    for piece in pieces:
        costs = [cost_of(piece, columns, at, height) for at in range(len(columns))]
        following: list[tuple[float, tuple[int, ...]]] = []
        for at in range(len(columns)):
            before, chosen = best[at]
            again = 4.0 if chosen and chosen[-1] == at and columns[at].kind in NUMERIC else 0.0
            here = before + costs[at] + again, (*chosen, at)
            following.append(min(following[-1], here) if following else here)
        best = following
    chosen = best[-1][1]
    costs = [cost_of(piece, columns, at, height) for piece, at in zip(pieces, chosen, strict=True)]
    found = [(p, columns[at] if cost < _FAR else None) for p, at, cost in zip(pieces, chosen, costs, strict=True)]
    return _counted_off(pieces, columns) or found if max(costs, default=0.0) > _ASKEW else found


def _counted_off(pieces: Sequence[Piece], columns: Sequence[Column]) -> list[tuple[Piece, Column | None]]:
    """Where the print stands askew of its heads: as many numbers at the end as there are columns of numbers there
    belong to these in order. [] where they are not as many."""
    numeric = 0
    while numeric < len(columns) and columns[-1 - numeric].kind in NUMERIC:
        numeric += 1
    first = len(pieces) - numeric
    if numeric < 2 or first < 1 or not all(_NUMBER.fullmatch(piece.text) for piece in pieces[first:]):
        return []
    text = next((column for column in columns if column.kind == "description"), None)
    return [*((piece, text) for piece in pieces[:first]), *zip(pieces[first:], columns[-numeric:], strict=True)]


def cost_of(piece: Piece, columns: Sequence[Column], at: int, height: float) -> float:
    """How badly the piece fits the column, in line heights."""
    column = columns[at]
    nearest = min(
        abs(piece.left - column.left),
        abs(piece.right - column.right),
        abs(piece.left + piece.right - column.left - column.right) / 2,
    )
    low = columns[at - 1].right if at else float("-inf")
    high = columns[at + 1].left if at + 1 < len(columns) else float("inf")
    middle = (piece.left + piece.right) / 2
    outside = max(low - middle, middle - high, 0.0)
    if column.kind in NUMERIC:
        outside = max(outside, nearest)
    return (0.2 * nearest + outside) / height + _strange(piece.text, column.kind)


def _strange(text: str, kind: str) -> float:
    """What a column does not hold."""
    if kind in NUMERIC and not any(character.isdigit() for character in text):
        return 20.0
    if kind in _MONEY and not find_amounts(text):
        return 6.0
    if kind == "tax_rate" and "%" not in text and any(one.decimals == 2 for one in find_amounts(text)):
        return 3.0
    if kind not in {"tax_rate", "discount"} and text.rstrip().endswith("%"):
        return 6.0
    if kind in {"quantity", "position"} and sum(map(str.isdigit, text)) > 7:
        return 6.0  # the number of the article
    return 4.0 if kind == "description" and _NUMBER.fullmatch(text) else 0.0
