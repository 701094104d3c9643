"""Pixels for later work, from an original that can be decoded in process or from the master that was made of it."""

from __future__ import annotations

from PIL import Image

from vision.images import decoding, previews
from vision.images.colour import to_srgb
from vision.images.limits import OpenLimits
from vision.images.refusals import Refused, refusal
from vision.images.sniffing import kind_of
from vision.images.taking import ALWAYS_ISOLATED

VIEW_QUALITY = 90
# Whatever is loaded here has been through open_picture under the real limits.
_CHECKED = OpenLimits(max_bytes=1 << 40, max_pixels=1 << 40)


def load(source: bytes, *, max_edge: int | None = None) -> Image.Image:
    """Upright 8-bit sRGB in mode RGB, without metadata, transparency on white.

    ``max_edge`` says to how many pixels the caller will reduce the longer side: a JPEG is then decoded at 1/2, 1/4 or
    1/8 where that is still at least as large, and the result may be larger than ``max_edge``. Nothing is resampled.
    Raises PictureError for bytes that ``open_picture`` would not have let through.
    """
    format = kind_of(source).format
    try:
        if format is None or format in ALWAYS_ISOLATED:
            raise Refused("damaged", detail=f"no master for {format}")
        with decoding.hostile(_CHECKED):
            decoded = decoding.read(source, format, _CHECKED, edge=max_edge)
            return to_srgb(decoding.upright(decoded.image, decoded.orientation))[0]
    except Refused as refused:
        raise refusal(refused, "the stored picture") from refused


def view(source: bytes, max_edge: int) -> bytes:
    """A clean JPEG for the browser's zoom, its longer side at most ``max_edge`` pixels and never enlarged."""
    image = load(source, max_edge=max_edge)
    return previews.jpeg(previews.shrink(image, min(max_edge, previews.JPEG_EDGE)), VIEW_QUALITY)
