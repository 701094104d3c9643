"""The small pictures that pages show, and the master that later work starts from: bytes without any metadata."""

from __future__ import annotations

import io

from PIL import Image

PREVIEW_EDGE = 1000
THUMBNAIL_EDGE = 240
SMALL_QUALITY = 85
MASTER_QUALITY = 95
JPEG_EDGE = 65_500
_SAMPLE_EDGE = 512
# Modes that can be reduced before their colours are converted: every band is a plain quantity of light or ink.
_REDUCIBLE = {"L", "RGB", "RGBA", "LA", "CMYK"}


def fit(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """``size`` reduced so that its longer side is at most ``edge``. Never enlarged, never below one pixel."""
    longest = max(size)
    if longest <= edge:
        return size
    width, height = size
    return max(1, round(width * edge / longest)), max(1, round(height * edge / longest))


def reducible(image: Image.Image) -> bool:
    return image.mode in _REDUCIBLE and "transparency" not in image.info


def shrink(image: Image.Image, edge: int) -> Image.Image:
    """``image`` with its longer side at most ``edge`` pixels. Never enlarged."""
    target = fit(image.size, edge)
    if target == image.size:
        return image
    return image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)


def small(image: Image.Image, edge: int) -> bytes:
    """JPEG, or PNG with a palette where few colours make that smaller. ``image`` is sRGB, ``edge`` in pixels."""
    reduced = shrink(image, edge)
    reduced.info = {}
    photo = jpeg(reduced, SMALL_QUALITY)
    if reduced.getcolors(256) is None:
        return photo
    drawing = png(reduced.quantize(256, dither=Image.Dither.NONE))
    return min(photo, drawing, key=len)


def master(image: Image.Image) -> bytes:
    """The whole picture as PNG where that is nearly as small as JPEG (print, drawings), else as JPEG.

    A piece from the middle decides, because encoding everything twice takes seconds.
    """
    width, height = image.size
    left, top = max(0, (width - _SAMPLE_EDGE) // 2), max(0, (height - _SAMPLE_EDGE) // 2)
    sample = image.crop((left, top, min(width, left + _SAMPLE_EDGE), min(height, top + _SAMPLE_EDGE)))
    if max(image.size) > JPEG_EDGE or len(png(sample)) <= 1.5 * len(jpeg(sample, MASTER_QUALITY)):
        return png(image)
    return jpeg(image, MASTER_QUALITY)


def jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    # 4:4:4 from the master quality on, so that coloured print stays sharp.
    image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= MASTER_QUALITY else 2)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
