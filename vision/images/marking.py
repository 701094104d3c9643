"""Copies of a picture that show places: numbered frames drawn on it, or the places alone, cut out and numbered.

Pure, and the same bytes every time: a copy made twice is one picture in the store.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from vision.images.pixels import load

Box = tuple[float, float, float, float]

INK, HALO = "#d5006d", "#ffffff"  # a colour that documents seldom have, with a light edge against dark ground
LOSSLESS_PIXELS = 4_000_000  # above this a copy is a JPEG: a photograph as PNG weighs ten times as much
QUALITY = 95
MARGIN = 0.15  # of the longer side of a place, shown around it
LEAST_MARGIN = 16
LEAST_SIDE = 200  # a smaller cut-out is enlarged: models see little of a few pixels
SHEET_WIDTH = 1400
GAP = 24


@dataclass(frozen=True, slots=True)
class Place:
    """``box`` is [x0, y0, x1, y1] in upright pixels of the picture, ``number`` what it is called."""

    number: int
    box: Box


def marked(source: bytes, places: Sequence[Place]) -> bytes:
    """The whole picture, each place in a frame that lies around it, its number in a tag outside the frame.

    ``source`` as ``pixels.load`` takes it. Raises PictureError.
    """
    image = load(source)
    pen = ImageDraw.Draw(image)
    stroke = max(2, round(max(image.size) / 450))
    font = ImageFont.load_default(size=max(14, round(max(image.size) / 60)))
    for place in places:
        _frame(pen, image.size, place, stroke, font)
    return _encoded(image)


def cut_out(source: bytes, places: Sequence[Place]) -> bytes:
    """The places alone, with a little of what is around them, under their numbers on one sheet.

    Raises as ``marked``, and ValueError where there is no place.
    """
    if not places:
        raise ValueError("nothing to cut out")
    image = load(source)
    font = ImageFont.load_default(size=26)
    cuts = [(place.number, _cut(image, place.box)) for place in places]
    tag = 40
    spots, size = _laid_out([cut.size for _, cut in cuts], tag)
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    for (number, cut), (x, y) in zip(cuts, spots, strict=True):
        pen.text((x, y), str(number), fill=INK, font=font)
        sheet.paste(cut, (x, y + tag))
        pen.rectangle((x - 1, y + tag - 1, x + cut.width, y + tag + cut.height), outline="#888888")
    return _encoded(sheet)


def laid_over(source: bytes, heat: bytes) -> bytes:
    """The whole picture with a heat map (a transparent PNG of any size) over it, as a PNG. Raises as ``marked``."""
    image = load(source)
    with Image.open(io.BytesIO(heat)) as map_:
        over = map_.convert("RGBA").resize(image.size, Image.Resampling.NEAREST)
    image.paste(over.convert("RGB"), (0, 0), over.getchannel("A"))
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _frame(
    pen: ImageDraw.ImageDraw,
    size: tuple[int, int],
    place: Place,
    stroke: int,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    width, height = size
    x0, y0, x1, y1 = place.box
    around = 2 * stroke + 2
    frame = (max(0, x0 - around), max(0, y0 - around), min(width - 1, x1 + around), min(height - 1, y1 + around))
    pen.rectangle(frame, outline=HALO, width=stroke + 2)
    pen.rectangle(frame, outline=INK, width=stroke)
    words = str(place.number)
    left, top, right, bottom = pen.textbbox((0, 0), words, font=font)
    wide, high = right - left + 4 * stroke, bottom - top + 4 * stroke
    x = min(max(0, frame[0]), width - wide)
    # above the frame; without room there below it, and inside only where it fills the picture from top to bottom
    y = frame[1] - high if frame[1] >= high else frame[3] if frame[3] + high <= height else frame[1]
    pen.rectangle((x, y, x + wide, y + high), fill=INK, outline=HALO)
    pen.text((x + 2 * stroke - left, y + 2 * stroke - top), words, fill=HALO, font=font)


def _cut(image: Image.Image, box: Box) -> Image.Image:
    x0, y0, x1, y1 = box
    margin = max(LEAST_MARGIN, MARGIN * max(x1 - x0, y1 - y0))
    left, top = max(0, int(x0 - margin)), max(0, int(y0 - margin))
    right, bottom = min(image.width, round(x1 + margin)), min(image.height, round(y1 + margin))
    cut = image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))
    factor = LEAST_SIDE / max(cut.size)
    if factor <= 1:
        return cut
    return cut.resize((round(cut.width * factor) or 1, round(cut.height * factor) or 1), Image.Resampling.LANCZOS)


def _laid_out(sizes: Sequence[tuple[int, int]], tag: int) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Where each lies, in rows from the top left, and how large the sheet is."""
    most = max(SHEET_WIDTH, *(width + 2 * GAP for width, _ in sizes))
    spots: list[tuple[int, int]] = []
    x, y, row, widest = GAP, GAP, 0, 0
    for width, height in sizes:
        if x > GAP and x + width + GAP > most:
            x, y, row = GAP, y + row + GAP, 0
        spots.append((x, y))
        x, row = x + width + GAP, max(row, height + tag)
        widest = max(widest, x)
    return spots, (widest, y + row + GAP)


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    if image.width * image.height <= LOSSLESS_PIXELS:
        image.save(out, "PNG", compress_level=6)
    else:
        image.save(out, "JPEG", quality=QUALITY, subsampling=0)
    return out.getvalue()
