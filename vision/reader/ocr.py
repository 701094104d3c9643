"""Pixels to a Reading: the one OCR engine of this process, and the barcode reader. No rules about what text means.

rapidocr's options leak between threads (its issue #724), so there is one engine with fixed options behind one lock.
It is only ever given arrays: a string that is a URL would be fetched. Its models are named by path, because by name it
downloads what it does not find. Facts of rapidocr 3.10.0 here were measured on 2026-11-22.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from vision.reader.reading import Code, Line, Point, Quad, Reading, arrange, box_of, overlap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

THREADS = 2
READING_EDGE = 2000  # pixels: the longest edge that the engine is given (its own limit too)
READING_AREA = 2_800_000  # pixels: bounds the memory of text detection, about 160 MB per million
LONGEST_SHAPE = (
    4.0  # long side / short side: the detector enlarges the short side to 736, whatever the long one becomes
)
MOST_TILES = 24
THINNEST = 8  # pixels: no print is legible in less
CODE_AREA = 6_000_000  # pixels: small codes need more than the reading size
_SURE = 0.9

_engine_lock = threading.Lock()


@lru_cache(maxsize=1)
def _models() -> dict[str, str]:
    """The model files inside rapidocr's wheel, by the engine's own option names."""
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("rapidocr is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "models"
    return {
        "Det.model_path": str(folder / "PP-OCRv6_det_small.onnx"),
        "Cls.model_path": str(folder / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
        "Rec.model_path": str(folder / "PP-OCRv6_rec_small.onnx"),
    }


def engine_options() -> dict[str, Any]:
    """The fixed options, as rapidocr's ``params``; also what the bench gives to bare rapidocr."""
    return {
        **_models(),
        "Global.log_level": "critical",
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Rec.rec_batch_num": 1,
    }


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Call with ``_engine_lock`` held: lru_cache alone would let two threads build one each."""
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    import cv2  # noqa: PLC0415 - half a second and 60 MB, only for those who use the reader
    from rapidocr import RapidOCR  # noqa: PLC0415

    cv2.setNumThreads(THREADS)
    return RapidOCR(params=engine_options())


def warm_up() -> None:
    """Loads the engine and runs all three models once. Meant for a background thread; later calls cost nothing."""
    if _engine.cache_info().currsize:
        return
    read_lines(Image.new("RGB", (320, 240), "white"))
    from PIL import ImageDraw, ImageFont  # noqa: PLC0415

    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).text((20, 90), "Total 12.50", fill="black", font=ImageFont.load_default(size=36))
    read_lines(picture)


def read_lines(image: Image.Image) -> Reading:
    """Everything printed on ``image`` (any mode; upright as the caller has it), with boxes in its own pixels.

    A picture with nothing on it gives an empty Reading. A very long strip is read in tiles, and only its first
    ``MOST_TILES``; a strip thinner than print is not read: both say so in ``note``.
    """
    image = image if image.mode == "RGB" else image.convert("RGB")
    codes = _codes(image)
    if min(image.size) < THINNEST:
        return arrange((), codes, image.size, note="The picture is too thin to hold print that can be read.")
    tiles, whole = _tiles(image.size)
    with _engine_lock:
        pieces = _read_tiles(image, tiles)
        turned = _page_turn(pieces)
        if turned:
            # Read again upright: line by line the engine misses some turns, and "80.00" upside down reads "00.08".
            upright = image.transpose(_UPRIGHT[turned])
            again = _read_tiles(upright, _tiles(upright.size)[0])
            pieces = [replace(piece, quad=_on_turned(piece.quad, turned, image.size)) for piece in again]
    note = "" if whole else "The picture is a very long strip: only its first part was read."
    return arrange(((p.text, p.quad, p.confidence) for p in pieces), codes, image.size, turned=turned, note=note)


def _read_tiles(image: Image.Image, tiles: list[Tile]) -> list[Piece]:
    pieces: list[Piece] = []
    for tile in tiles:
        pieces = _merged(pieces, _read_tile(image, tile))
    return pieces


_UPRIGHT = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


def _on_turned(quad: Quad, turned: int, size: tuple[int, int]) -> Quad:
    """Corners read on the upright copy, in pixels of the turned picture of ``size``."""
    width, height = size
    a, b, c, d = [
        (width - y, x) if turned == 90 else (width - x, height - y) if turned == 180 else (y, height - x)
        for x, y in quad
    ]
    return a, b, c, d


@dataclass(frozen=True, slots=True)
class Piece:
    """One recognised run of text; the first corner of ``quad`` is the top left of the text.

    ``turned`` is its direction on the picture: 0, 90, 180 or 270 degrees clockwise.
    """

    text: str
    quad: Quad
    confidence: float
    turned: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of the picture (pixels, x0, y0, x1, y1) and the factor that makes it the size the engine reads."""

    box: tuple[int, int, int, int]
    scale: float


def _tiles(size: tuple[int, int]) -> tuple[list[Tile], bool]:
    """The parts to read one after the other, and whether they cover the picture."""
    width, height = size
    long, short = max(size), min(size)
    if long <= LONGEST_SHAPE * short:
        scale = min(1.0, READING_EDGE / long, (READING_AREA / (width * height)) ** 0.5)
        return [Tile((0, 0, width, height), scale)], True
    # A strip: its short side decides the scale, its long side is cut into overlapping parts of three times that,
    # or of 900 pixels when the strip is thin (the rest of the shape is padding).
    scale = min(1.0, 736 / short)
    length = max(int(3 * short), int(900 / scale))
    step = length - max(int(short * 0.2), int(60 / scale))
    starts = list(range(0, max(1, long - length + step), step))
    boxes = [
        (0, at, width, min(at + length, height)) if height >= width else (at, 0, min(at + length, width), height)
        for at in starts[:MOST_TILES]
    ]
    return [Tile(box, scale) for box in boxes], len(starts) <= MOST_TILES


def _read_tile(image: Image.Image, tile: Tile) -> list[Piece]:
    pixels, left, top = _pixels(image, tile)
    engine = _engine()
    try:
        # What engine(pixels) does, step by step, because only the steps tell which lines stood upside down.
        sized, record = engine.preprocess_img(pixels)
        detected, turns, recognised, crops = engine.run_ocr_steps(sized, record)
        upside_down = [label == "180" and score > _SURE for label, score in (turns.cls_res or ())]
        result = engine.build_final_output(pixels, detected, turns, recognised, crops, record)
    except _shape_errors():
        return []
    texts, boxes, scores = (getattr(result, name, None) for name in ("txts", "boxes", "scores"))
    if not texts or boxes is None or not scores:
        return []  # rapidocr gives None for a blank picture
    flipped = sum(upside_down) * 2 > len(upside_down)
    x, y = tile.box[0], tile.box[1]
    found = []
    for text, corners, score in zip(texts, boxes, scores, strict=True):
        a, b, c, d = [((float(px) - left) / tile.scale + x, (float(py) - top) / tile.scale + y) for px, py in corners]
        found.append(Piece(str(text), (a, b, c, d), float(score), _turn((a, b, c, d), flipped)))
    return found


def _shape_errors() -> tuple[type[Exception], ...]:
    """What rapidocr raises for shapes it cannot resize; its two classes share a name."""
    from rapidocr.ch_ppocr_det import utils as detection  # noqa: PLC0415
    from rapidocr.utils import process_img  # noqa: PLC0415

    return detection.ResizeImgError, process_img.ResizeImgError


def _pixels(image: Image.Image, tile: Tile) -> tuple[Pixels, int, int]:
    """The tile as the engine wants it: BGR, sized, padded to a shape it can bear; and the padding (left, top)."""
    import numpy as np  # noqa: PLC0415

    x0, y0, x1, y1 = tile.box
    size = max(1, round((x1 - x0) * tile.scale)), max(1, round((y1 - y0) * tile.scale))
    if size != (x1 - x0, y1 - y0):
        part = image.resize(
            size, Image.Resampling.BOX if tile.scale < 0.4 else Image.Resampling.BICUBIC, box=tile.box, reducing_gap=2.0
        )
    else:
        part = image if tile.box == (0, 0, *image.size) else image.crop(tile.box)
    pixels: Pixels = np.ascontiguousarray(np.asarray(part)[:, :, ::-1])
    height, width = pixels.shape[:2]
    wanted = int(max(height, width) / LONGEST_SHAPE + 0.999)
    left, top = max(0, (wanted - width) // 2), max(0, (wanted - height) // 2)
    if left or top:
        pixels = np.pad(pixels, ((top, top), (left, left), (0, 0)), mode="edge")
    return pixels, left, top


def _turn(quad: Quad, upside_down: bool) -> int:
    """A line that stands taller than 1.5 times its width was turned a quarter by the engine before reading."""
    (ax, ay), (bx, by), _, (dx, dy) = quad
    across, down = abs(bx - ax) + abs(by - ay), abs(dx - ax) + abs(dy - ay)
    return (90 if down >= 1.5 * across else 0) + (180 if upside_down else 0)


def _page_turn(pieces: list[Piece]) -> int:
    """The direction of most of the text; single characters say nothing about it."""
    weight = {0: 0.0, 90: 0.0, 180: 0.0, 270: 0.0}
    for piece in pieces:
        if len(piece.text) > 2:
            weight[piece.turned] += len(piece.text)
    best = max(weight, key=lambda turn: weight[turn])
    return best if weight[best] > 0 else 0


def _merged(before: list[Piece], new: list[Piece]) -> list[Piece]:
    """Tiles overlap: of two readings of one place, the longer text stays."""
    kept = list(before)
    for piece in new:
        box = box_of(piece.quad)
        same = [
            other
            for other in kept
            if overlap(box[0::2], box_of(other.quad)[0::2]) > 0.5 and overlap(box[1::2], box_of(other.quad)[1::2]) > 0.5
        ]
        if any(len(other.text) >= len(piece.text) for other in same):
            continue
        kept = [other for other in kept if other not in same] + [piece]
    return kept


def _codes(image: Image.Image) -> list[Code]:
    import numpy as np  # noqa: PLC0415
    import zxingcpp  # noqa: PLC0415

    width, height = image.size
    scale = min(1.0, (CODE_AREA / (width * height)) ** 0.5)
    grey = image.convert("L")
    if scale < 1:
        grey = grey.resize((max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX)
    found = []
    for barcode in zxingcpp.read_barcodes(np.asarray(grey)):
        at = barcode.position
        corners: list[Point] = [
            (point.x / scale, point.y / scale) for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        ]
        a, b, c, d = corners
        if barcode.text:
            found.append(Code(barcode.text, str(barcode.format), box_of((a, b, c, d))))
    return found


__all__ = ["READING_EDGE", "Code", "Line", "Reading", "engine_options", "read_lines", "warm_up"]
