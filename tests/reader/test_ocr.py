"""The true engine on small drawn pictures: text, boxes, turns, strips, codes, blanks."""

from __future__ import annotations

import logging
from itertools import pairwise

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from tests.reader.papers import drawn
from vision.reader import ocr
from vision.reader.fields import find_field
from vision.reader.reading import Reading
from vision.reader.text import squashed

RECEIPT = ["BLUE RIVER TRADING LTD", "12 Market Street", "Date: 25/12/2023", "Bread|2.40", "TOTAL|12.50"]


@pytest.fixture(scope="module")
def receipt() -> Reading:
    return ocr.read_lines(drawn(RECEIPT))


def test_text_is_read_in_order(receipt: Reading) -> None:
    assert squashed(receipt.text) == squashed("".join(RECEIPT))
    assert [len(row) for row in receipt.rows] == [1, 1, 1, 2, 2]


def test_boxes_lie_on_the_print(receipt: Reading) -> None:
    pixels = np.asarray(drawn(RECEIPT).convert("L"))
    for line in receipt.lines:
        x0, y0, x1, y1 = (round(value) for value in line.box)
        assert (pixels[y0:y1, x0:x1] < 128).any()
        outside = pixels.copy()
        outside[y0:y1, x0:x1] = 255
        assert (pixels < 128).sum() > (outside < 128).sum()
    covered = pixels.copy()
    for line in receipt.lines:
        x0, y0, x1, y1 = (round(value) for value in line.box)
        covered[y0:y1, x0:x1] = 255
    assert (covered < 128).sum() < 0.02 * (pixels < 128).sum()


def test_values_from_pixels(receipt: Reading) -> None:
    values = {kind: find_field(receipt, kind)[0].value for kind in ("total", "date", "company")}
    assert values == {"total": "12.50", "date": "2023-12-25", "company": "BLUE RIVER TRADING LTD"}


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_picture_is_read_upright(receipt: Reading, turned: int) -> None:
    picture = drawn(RECEIPT)
    reading = ocr.read_lines(picture.rotate(-turned, expand=True))
    assert reading.turned == turned
    assert squashed(reading.text) == squashed(receipt.text)
    here = next(line for line in reading.lines if squashed(line.text) == "total").box
    there = next(line for line in receipt.lines if squashed(line.text) == "total").box
    width, height = picture.size
    x0, y0, x1, y1 = there
    back = {
        90: (height - y1, x0, height - y0, x1),
        180: (width - x1, height - y1, width - x0, height - y0),
        270: (y0, width - x1, y1, width - x0),
    }[turned]
    assert here == pytest.approx(back, abs=6)


def test_boxes_of_a_reduced_copy_are_in_the_pictures_own_pixels(receipt: Reading) -> None:
    picture = drawn(RECEIPT)
    reading = ocr.read_lines(picture, (picture.width * 3, picture.height * 3))
    assert reading.size == (picture.width * 3, picture.height * 3)
    for one, other in zip(reading.lines, receipt.lines, strict=True):
        assert one.box == pytest.approx([3 * value for value in other.box])


@pytest.mark.parametrize("size", [(1, 60000), (60000, 1), (7, 300), (3000, 5)])
def test_strips_thinner_than_print_are_refused_in_words(size: tuple[int, int]) -> None:
    reading = ocr.read_lines(Image.new("RGB", size, "white"))
    assert reading.lines == ()
    assert "too thin" in reading.note


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_a_blank_picture_is_an_empty_reading(mode: str) -> None:
    reading = ocr.read_lines(Image.new(mode, (200, 300), 1 if mode == "1" else "white"))
    assert (reading.lines, reading.codes, reading.note) == ((), (), "")


def test_a_long_strip_is_read_in_tiles_without_doubles() -> None:
    lines = [f"No {number + 3}: {number}.50" for number in range(18)]
    reading = ocr.read_lines(drawn(lines, size=20, width=145))
    assert reading.size[1] > ocr.LONGEST_SHAPE * reading.size[0]
    assert [squashed(line.text) for line in reading.lines] == [squashed(line) for line in lines]
    assert reading.note == ""


def test_tiles_cover_a_strip_and_no_tile_is_too_long() -> None:
    for size in [(100, 8000), (8000, 100), (9, 500), (400, 1700), (1701, 400)]:
        tiles, whole = ocr._tiles(size)
        assert len(tiles) <= ocr.MOST_TILES
        axis = 1 if size[1] > size[0] else 0
        ends = [(tile.box[axis], tile.box[axis + 2]) for tile in tiles]
        assert ends[0][0] == 0
        assert all(after[0] < before[1] for before, after in pairwise(ends))
        assert not whole or ends[-1][1] == max(size)


def test_codes_are_read_with_their_place() -> None:
    picture = drawn(["Scan this"])
    code = zxingcpp.create_barcode("https://example.com/ticket/7", zxingcpp.BarcodeFormat.QRCode)
    image = Image.fromarray(np.asarray(code.to_image(scale=4))).convert("RGB")
    canvas = Image.new("RGB", (640, 400), "white")
    canvas.paste(picture, (0, 0))
    canvas.paste(image, (300, 150))
    (found,) = ocr.read_lines(canvas).codes
    assert found.text == "https://example.com/ticket/7"
    assert "QR" in found.kind
    assert 295 <= found.box[0] <= 330
    assert 145 <= found.box[1] <= 180


def test_the_models_are_files_of_the_wheel() -> None:
    options = ocr.engine_options()
    for part in ("Det", "Cls", "Rec"):
        assert options[f"{part}.model_path"].endswith(".onnx")
        assert "rapidocr" in options[f"{part}.model_path"]


def test_the_engine_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    ocr.read_lines(drawn(["quiet"]))
    ocr.read_lines(Image.new("RGB", (64, 64), "white"))
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("RapidOCR").level >= logging.CRITICAL
