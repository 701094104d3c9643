"""Pixels to a Reading: the one OCR engine of this process, and the barcode reader. No rules about what text means.

rapidocr's options leak between threads (its issue #724), so there is one engine with fixed options behind one lock.
It is only ever given arrays: a string that is a URL would be fetched. Its models are named by path, because by name it
downloads what it does not find. Facts of rapidocr 3.10.0 here were measured on 2026-11-22.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont

from vision.reader.codes import CODE_AREA, read_codes
from vision.reader.reading import Code, Line, Quad, Reading, arrange, box_of, overlap, scaled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

# onnxruntime 1.31.1 sends usage data to Microsoft and writes a device id under the home folder unless this is set
# before it is loaded (its Privacy.md; the files were seen here, 2026-11-22).
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

THREADS = 2
READING_EDGE = 2000  # pixels: what a picture for the reader should be prepared to; small print needs them
READING_AREA = 4_000_000  # pixels: lines are cut from a picture of at most this size
DETECTION_AREA = 1_600_000  # pixels: text detection takes about 160 MB per million, and its time grows alike
DETECTION_SHORT = 736  # pixels: a smaller short side is enlarged for detection, as rapidocr does
LONGEST_SHAPE = 4.0  # long side / short side that detection is given
MOST_TILES = 24
THINNEST = 8  # pixels: no print is legible in less
TEXT_SCORE = 0.5  # rapidocr's own: what it is less sure of is noise
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
    """The fixed options, as rapidocr's ``params``. Sizes for detection are chosen here, so its own rule is off."""
    return {
        **_models(),
        "Global.log_level": "critical",
        "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Rec.rec_batch_num": 1,
        "Det.limit_side_len": 32,
    }


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The engine with its three models loaded and run once.

    Call with ``_engine_lock`` held: lru_cache alone would let two threads build one each.
    """
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    import cv2  # noqa: PLC0415 - half a second and 60 MB, only for those who use the reader
    import numpy as np  # noqa: PLC0415
    from rapidocr import RapidOCR  # noqa: PLC0415

    cv2.setNumThreads(THREADS)
    engine: Any = RapidOCR(params=engine_options())
    sample = Image.new("RGB", (256, 64), "white")
    ImageDraw.Draw(sample).text((16, 12), "Total 12.50", fill="black", font=ImageFont.load_default(size=36))
    engine(np.asarray(sample)[:, :, ::-1].copy())
    # As lists they make the engine compute in float64: 130 MB more for a page, and no better.
    engine.text_det.mean = np.full(3, 0.5, np.float32)
    engine.text_det.std = np.full(3, 0.5, np.float32)
    return engine


def warm_up() -> None:
    """Loads the engine and runs all three models once. Meant for a background thread; later calls cost nothing."""
    read_codes(Image.new("L", (64, 64), 255))
    with _engine_lock:
        _engine()


def read_lines(image: Image.Image, size: tuple[int, int] | None = None) -> Reading:
    """Everything printed on ``image`` (any mode; upright as the caller has it), with boxes in its own pixels.

    ``size`` is the size of the picture of which ``image`` is a reduced copy; boxes are then in that picture's pixels.

    A picture with nothing on it gives an empty Reading. A very long strip is read in tiles, and only its first
    ``MOST_TILES``; a strip thinner than print is not read: both say so in ``note``.
    """
    size = size or image.size
    image = image if image.mode in {"RGB", "L"} else image.convert("RGB")
    if min(image.size) < THINNEST:
        return arrange((), (), size, note="The picture is too thin to hold print that can be read.")
    factor = size[0] / image.width, size[1] / image.height
    codes = read_codes(image, factor)
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
    found = ((p.text, scaled(p.quad, factor), p.confidence) for p in pieces)
    return arrange(found, codes, size, turned=turned, note=note)


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
        return [Tile((0, 0, width, height), min(1.0, (READING_AREA / (width * height)) ** 0.5))], True
    # A strip: its short side decides the scale, its long side is cut into overlapping parts of three times that,
    # or of 900 pixels when the strip is thin (the rest of the shape is padding).
    scale = min(1.0, DETECTION_SHORT / short)
    length = max(3 * short, int(900 / scale))
    step = length - max(int(short * 0.2), int(60 / scale))
    starts = list(range(0, max(1, long - length + step), step))
    boxes = [
        (0, at, width, min(at + length, height)) if height >= width else (at, 0, min(at + length, width), height)
        for at in starts[:MOST_TILES]
    ]
    return [Tile(box, scale) for box in boxes], len(starts) <= MOST_TILES


def _read_tile(image: Image.Image, tile: Tile) -> list[Piece]:
    """What ``engine(pixels)`` does, step by step: only the steps tell which lines stood upside down, and let the lines
    be found on a small picture but read from a large one."""
    from rapidocr.main import RapidOCRError  # noqa: PLC0415

    pixels, left, top = _pixels(image, tile)
    engine = _engine()
    _fit_detection(engine.text_det, *pixels.shape[:2])
    try:
        boxes = engine.text_det(pixels).boxes
        if boxes is None:
            return []  # a blank picture
        crops, turns = engine.cls_and_rotate(engine.crop_text_regions(pixels, boxes))
        recognised = engine.recognize_txt(crops)
    except RapidOCRError:
        return []
    upside_down = [label == "180" and score > _SURE for label, score in turns.cls_res]
    flipped = sum(upside_down) * 2 > len(upside_down)
    x, y = tile.box[:2]
    found = []
    for text, corners, score in zip(recognised.txts, boxes, recognised.scores, strict=True):
        if score < TEXT_SCORE or not text.strip():
            continue
        a, b, c, d = [((float(px) - left) / tile.scale + x, (float(py) - top) / tile.scale + y) for px, py in corners]
        found.append(Piece(str(text), (a, b, c, d), float(score), _turn((a, b, c, d), flipped)))
    return found


def _fit_detection(detector: Any, height: int, width: int) -> None:
    """Sets the size at which the detector looks: short side at least 736, but the area bounded. Under the lock only."""
    wanted = max(1.0, DETECTION_SHORT / min(height, width))
    ratio = min(wanted, (DETECTION_AREA / (height * width)) ** 0.5)
    detector.limit_type = "min" if ratio >= 1 else "max"
    side = min(height, width) if ratio >= 1 else max(height, width)
    detector.limit_side_len = max(32, int(side * ratio))


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
    part = part if part.mode == "RGB" else part.convert("RGB")
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


__all__ = ["CODE_AREA", "READING_EDGE", "Code", "Line", "Reading", "engine_options", "read_lines", "warm_up"]
