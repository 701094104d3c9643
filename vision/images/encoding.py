"""From pixels to the bytes that are sent: JPEG or PNG, whichever keeps small print legible for fewer bytes.

A drawn picture (screenshot, chart, rendered page: most neighbours are equal) is tried both ways, PNG against JPEG at
90 without chroma subsampling, and the smaller is taken: PNG loses nothing, and on flat areas it is usually smaller too.
A photo is JPEG at once: its noise makes PNG five to ten times larger.

Settings by measurement (2026-11-22, 9 receipts reduced until print was about 9 pixels high, words read by rapidocr):
uncompressed .941, JPEG 90 .931, 85 .928, 75 .924, 60 .892, 40 .858. So photos get 85; one that is heavier than wished
80, then 75, which reads nearly as well; below 60, fewer pixels are the better way to save bytes. Black print is all
luminance, so 4:2:0 costs a photo nothing but coloured grain. Nothing here depends on time, order or threads: the same
pixels give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops

JPEG = "image/jpeg"
PNG = "image/png"

PHOTO_QUALITY = 85
DRAWN_QUALITY = 90
# What is tried when a photo is heavier than is wished for, though not too heavy: no fewer pixels for that.
WISHED_QUALITIES = (85, 80, 75)
# What is tried when the first encoding is over the limit: coarser down to 60, then ever fewer pixels.
LADDER_QUALITIES = (85, 75, 60)
LADDER_SHRINK = 0.8
MIN_EDGE = 64
# Share of equal horizontal neighbours from which a picture counts as drawn. Measured after reduction: photos .1 to .2,
# screenshots, charts and rendered pages .85 and more, scans anywhere between (trying both ways suits them too).
DRAWN_SHARE = 0.6
_SAMPLED_ROWS = 8


@dataclass(frozen=True, slots=True)
class Encoded:
    """Bytes without any metadata, and the pixels they hold: fewer than were given only when the limit asked for it."""

    data: bytes
    mime: str
    size: tuple[int, int]


def drawn(luma: Image.Image) -> bool:
    """Whether ``luma`` (mode L) is flat in most places, as drawn and rendered pictures are. Reads every eighth row."""
    width, height = luma.size
    if width < 2:
        return False
    rows = luma.resize((width, max(1, height // _SAMPLED_ROWS)), Image.Resampling.NEAREST)
    left = rows.crop((0, 0, width - 1, rows.height))
    right = rows.crop((1, 0, width, rows.height))
    equal = ImageChops.difference(left, right).histogram()[0]
    return equal >= DRAWN_SHARE * left.width * left.height


def encode_photo(image: Image.Image, max_bytes: int, wished_bytes: int | None = None) -> Encoded | None:
    """JPEG with chroma at half size. ``image`` is RGB or YCbCr. None if it cannot be brought under ``max_bytes``.

    Above ``wished_bytes`` it is made coarser, down to 75, where that is enough for ``max_bytes`` too.
    """
    if wished_bytes is not None:
        coarser = [_jpeg(image, WISHED_QUALITIES[0], "4:2:0")]
        for quality in WISHED_QUALITIES[1:]:
            if len(coarser[-1].data) > wished_bytes:
                coarser.append(_jpeg(image, quality, "4:2:0"))
        if len(coarser[-1].data) <= max_bytes:
            return coarser[-1]
    return _first_within(_photo_ladder(image), max_bytes)


def encode_drawn(image: Image.Image, max_bytes: int) -> Encoded | None:
    """PNG or JPEG with full chroma, the smaller; over the limit, as a photo. ``image`` is RGB."""
    best = min(_png(image), _jpeg(image, DRAWN_QUALITY, "4:4:4"), key=lambda encoded: len(encoded.data))
    return best if len(best.data) <= max_bytes else encode_photo(image, max_bytes)


def _photo_ladder(image: Image.Image) -> Iterator[Encoded]:
    for quality in LADDER_QUALITIES:
        yield _jpeg(image, quality, "4:2:0")
    scale = LADDER_SHRINK
    while min(image.size) * scale >= 1 and max(image.size) * scale >= MIN_EDGE:
        size = (round(image.width * scale) or 1, round(image.height * scale) or 1)
        yield _jpeg(image.resize(size, Image.Resampling.LANCZOS), LADDER_QUALITIES[-1], "4:2:0")
        scale *= LADDER_SHRINK


def _first_within(ladder: Iterator[Encoded], max_bytes: int) -> Encoded | None:
    return next((encoded for encoded in ladder if len(encoded.data) <= max_bytes), None)


def _jpeg(image: Image.Image, quality: int, subsampling: str) -> Encoded:
    out = io.BytesIO()
    _bare(image).save(out, "JPEG", quality=quality, subsampling=subsampling)
    return Encoded(out.getvalue(), JPEG, image.size)


def _png(image: Image.Image) -> Encoded:
    out = io.BytesIO()
    _bare(image).save(out, "PNG")
    return Encoded(out.getvalue(), PNG, image.size)


def _bare(image: Image.Image) -> Image.Image:
    """``image`` with nothing that Pillow would write beside the pixels (comments, profiles, resolution)."""
    if not image.info:
        return image
    bare = image.copy()
    bare.info = {}
    return bare
