"""Reading order: rows, columns, tilt and quarter turns. Geometry only."""

from __future__ import annotations

import math

import pytest

from tests.reader.papers import HEIGHT, STEP, placed, quad
from vision.reader.reading import Point, Quad, arrange


def test_rows_are_read_across_and_down() -> None:
    reading = placed(("12.50", 400, 3), ("Total", 0, 0), ("Cash", 0, 30), ("20.00", 400, 28))
    assert reading.text == "Total  12.50\nCash  20.00"
    assert reading.rows == ((0, 1), (2, 3))


def test_prose_in_two_columns_is_read_column_by_column() -> None:
    left = [f"the left column, line number {n}" for n in range(6)]
    right = [f"and the right column, line {n}" for n in range(6)]
    pieces = [(text, 0.0, n * 30.0) for n, text in enumerate(left)] + [
        (text, 500.0, n * 30.0 + 4) for n, text in enumerate(right)
    ]
    reading = placed(("A heading that stands over both of the columns, as headings do", 100.0, -40.0), *pieces)
    assert reading.text.split("\n")[1:] == left + right


def test_a_table_is_not_taken_for_columns() -> None:
    pieces = [(f"Item {n}", 0.0, n * 30.0) for n in range(6)] + [(f"{n}.50", 500.0, n * 30.0) for n in range(6)]
    assert placed(*pieces).text.split("\n")[2] == "Item 2  2.50"


def _turned(one: Quad, degrees: float) -> Quad:
    angle = math.radians(degrees)
    points: list[Point] = [
        (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in one
    ]
    return points[0], points[1], points[2], points[3]


@pytest.mark.parametrize("degrees", [-15, -4, 4, 15])
def test_tilted_text_keeps_its_rows(degrees: float) -> None:
    pieces = []
    for number in range(8):
        for text, x in ((f"label number {number}", 0.0), (f"value number {number}", 400.0)):
            pieces.append((text, _turned(quad(x, 300 + number * STEP, text), degrees), 0.9))
    reading = arrange(reversed(pieces), (), (1000, 1000))
    assert [len(row) for row in reading.rows] == [2] * 8
    assert reading.text.startswith("label number 0  value number 0\n")
    assert all(line.height == pytest.approx(HEIGHT, rel=0.05) for line in reading.lines)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_picture_reads_like_the_upright_one(turned: int) -> None:
    texts = [("Total", 0.0, 0.0), ("12.50", 400.0, 0.0), ("Cash", 0.0, 30.0), ("20.00", 400.0, 30.0)]
    width, height = 600, 100

    def place(point: Point) -> Point:
        x, y = point
        return {90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turned]

    pieces = []
    for text, x, y in texts:
        a, b, c, d = (place(point) for point in quad(x, y, text))
        pieces.append((text, (a, b, c, d), 0.9))
    size = (width, height) if turned == 180 else (height, width)
    reading = arrange(pieces, (), size, turned=turned)
    assert reading.text == "Total  12.50\nCash  20.00"
    assert reading.lines[0].place[2] < reading.lines[1].place[0]
    x0, y0, x1, y1 = reading.lines[0].box
    assert 0 <= x0 < x1 <= size[0]
    assert 0 <= y0 < y1 <= size[1]


def test_nothing_and_blanks() -> None:
    assert arrange([], (), (10, 10)).text == ""
    assert arrange([("  ", quad(0, 0, "ab"), 0.9)], (), (10, 10)).lines == ()
