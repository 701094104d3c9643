"""What was read on one picture: lines, rows, codes. Frozen data and the geometry of reading order; no OCR, no rules.

Two frames: ``box`` and ``quad`` are pixels of the picture that was given; ``place`` is the same line in the frame in
which the text stands upright and level, which is what "above", "right of" and "same row" mean for the rules.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Quad = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Line:
    """One run of printed text. ``box`` is (x0, y0, x1, y1), ``quad`` its four corners from the top left of the text,
    clockwise, both in pixels of the given picture; ``confidence`` is 0 to 1."""

    text: str
    box: Box
    confidence: float
    quad: Quad
    place: Box

    @property
    def height(self) -> float:
        return self.place[3] - self.place[1]

    @property
    def middle(self) -> float:
        return (self.place[1] + self.place[3]) / 2


@dataclass(frozen=True, slots=True)
class Code:
    """A barcode or QR code: its text, its kind in words ("QR Code", "EAN-13") and its box in the given picture."""

    text: str
    kind: str
    box: Box


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read on one picture of ``size`` (width, height). ``lines`` stand in reading order.

    ``rows`` are indexes into ``lines``: what stands side by side at one height, left to right, top to bottom.
    ``turned`` is how many degrees clockwise the text is turned on the picture: 0, 90, 180 or 270.
    ``note`` is a sentence for the person when the picture could not be read whole, or "".
    """

    lines: tuple[Line, ...]
    codes: tuple[Code, ...]
    size: tuple[int, int]
    rows: tuple[tuple[int, ...], ...] = ()
    turned: int = 0
    note: str = ""

    @property
    def text(self) -> str:
        """All text in reading order: side-by-side pieces in one line, two spaces apart."""
        number_of_row = {index: number for number, row in enumerate(self.rows) for index in row}
        pieces: list[str] = []
        last = -1
        for index, line in enumerate(self.lines):
            row = number_of_row.get(index, -2 - index)
            joint = "" if not pieces else ("  " if row == last else "\n")
            pieces.append(joint + line.text)
            last = row
        return "".join(pieces)


def box_of(quad: Quad) -> Box:
    """The upright box around four points."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    return min(xs), min(ys), max(xs), max(ys)


def scaled(quad: Quad, factor: tuple[float, float]) -> Quad:
    """The corners in a picture that is ``factor`` (x, y) times as large."""
    a, b, c, d = [(x * factor[0], y * factor[1]) for x, y in quad]
    return a, b, c, d


def arrange(
    pieces: Iterable[tuple[str, Quad, float]],
    codes: Iterable[Code],
    size: tuple[int, int],
    *,
    turned: int = 0,
    note: str = "",
) -> Reading:
    """A Reading from unordered (text, quad, confidence): finds the upright frame, then rows, then columns."""
    found = [(text, quad, confidence) for text, quad, confidence in pieces if text.strip()]
    level = [_turn_back(quad, turned, size) for _, quad, _ in found]
    slope = _slope(level)
    lines = [
        Line(text.strip(), box_of(quad), confidence, quad, _place(upright, slope))
        for (text, quad, confidence), upright in zip(found, level, strict=True)
    ]
    rows = _column_order(lines, _rows(lines))
    order = [index for row in rows for index in row]
    position = {old: new for new, old in enumerate(order)}
    return Reading(
        tuple(lines[index] for index in order),
        tuple(codes),
        size,
        tuple(tuple(position[index] for index in row) for row in rows),
        turned,
        note,
    )


def _turn_back(quad: Quad, turned: int, size: tuple[int, int]) -> Quad:
    """The corners in the frame in which the text stands upright; the first is the top left of the text."""
    width, height = size
    if turned == 90:
        points = [(y, width - x) for x, y in quad]
    elif turned == 180:
        points = [(width - x, height - y) for x, y in quad]
    elif turned == 270:
        points = [(height - y, x) for x, y in quad]
    else:
        return quad
    a, b, c, d = points
    return a, b, c, d


def _slope(quads: Sequence[Quad]) -> float:
    """Radians by which the lines run downhill: the median over wide lines; 0 when they do not agree on a tilt."""
    angles = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in quads:
        width = math.hypot(bx - ax, by - ay)
        height = math.hypot(dx - ax, dy - ay)
        if width > 3 * height:
            angles.append(math.atan2((by - ay) + (cy - dy), (bx - ax) + (cx - dx)))
    if len(angles) < 3:
        return 0.0
    tilt = median(angles)
    return tilt if abs(tilt) < math.radians(40) else 0.0


def _place(quad: Quad, slope: float) -> Box:
    """The line's box after the tilt is taken out; its own height, not that of the box around a tilted line."""
    cosine, sine = math.cos(-slope), math.sin(-slope)
    turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in quad]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = turned
    return min(ax, dx), (ay + by) / 2, max(bx, cx), (cy + dy) / 2


def overlap(a: tuple[float, float], b: tuple[float, float]) -> float:
    """How much two intervals share, as a part of the shorter one (0 to 1)."""
    shorter = min(a[1] - a[0], b[1] - b[0])
    if shorter <= 0:
        return 0.0
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0])) / shorter


def _rows(lines: Sequence[Line]) -> list[list[int]]:
    """Rows by vertical overlap, top to bottom; within a row left to right.

    A line joins the row whose last members it stands beside; two lines that overlap sideways never share a row.
    """
    rows: list[list[int]] = []
    for index in sorted(range(len(lines)), key=lambda number: lines[number].middle):
        line = lines[index]
        best, most = None, 0.5
        for row in rows[-6:]:
            shares = [overlap(line.place[1::2], lines[other].place[1::2]) for other in row]
            beside = all(overlap(line.place[0::2], lines[other].place[0::2]) < 0.3 for other in row)
            near = min(range(len(row)), key=lambda at: _sideways_gap(line, lines[row[at]]))
            if beside and shares[near] > most:
                best, most = row, shares[near]
        if best is None:
            rows.append([index])
        else:
            best.append(index)
    for row in rows:
        row.sort(key=lambda number: lines[number].place[0])
    rows.sort(key=lambda row: sum(lines[number].middle for number in row) / len(row))
    return rows


def _sideways_gap(a: Line, b: Line) -> float:
    return max(a.place[0] - b.place[2], b.place[0] - a.place[2], 0.0)


_PROSE = 22  # characters: shorter pieces side by side are a table or a form, read across


def _column_order(lines: Sequence[Line], rows: list[list[int]]) -> list[list[int]]:
    """Rows again, but text set in two columns of prose is read down one column, then down the other."""
    ordered: list[list[int]] = []
    start = 0
    while start < len(rows):
        end, gutter = _column_run(lines, rows, start)
        if end - start >= 4:
            left = [[i for i in row if lines[i].place[2] <= gutter] for row in rows[start:end]]
            right = [[i for i in row if lines[i].place[2] > gutter] for row in rows[start:end]]
            ordered += [row for row in left if row]
            ordered += _column_order(lines, [row for row in right if row])
            start = end
        else:
            ordered.append(rows[start])
            start += 1
    return ordered


def _column_run(lines: Sequence[Line], rows: list[list[int]], start: int) -> tuple[int, float]:
    """How far from ``start`` one gutter holds with prose on both sides: (end row, x of the gutter)."""
    low, high = -math.inf, math.inf
    end = start
    left: list[int] = []
    right: list[int] = []
    for number in range(start, len(rows)):
        row = rows[number]
        if len(row) > 3:
            break
        split = _first_gap(lines, row, low, high)
        if split is None:
            break
        (low, high), one, two = split
        left += one
        right += two
        end = number + 1
    if len(left) < 4 or len(right) < 4:
        return start, 0.0
    typical = min(median(len(lines[i].text) for i in left), median(len(lines[i].text) for i in right))
    return (end, (low + high) / 2) if typical >= _PROSE else (start, 0.0)


def _first_gap(
    lines: Sequence[Line], row: list[int], low: float, high: float
) -> tuple[tuple[float, float], list[int], list[int]] | None:
    """Narrows the gutter (low, high) so that this row leaves it free; None if the row crosses it."""
    for cut in range(len(row) + 1):
        before, after = row[:cut], row[cut:]
        left = max([low] + [lines[i].place[2] for i in before])
        right = min([high] + [lines[i].place[0] for i in after])
        one_sided = (not before or not after) and math.isinf(low)
        if left < right and not one_sided:
            return (left, right), before, after
    return None
