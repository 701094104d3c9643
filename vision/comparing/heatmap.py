"""The heat map: a transparent PNG over the whole of picture A, coloured where something differs."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from vision.comparing.frames import Plane, Size
from vision.comparing.regions import Mask

LONGEST = 2000
# From amber over red to violet: apart from most pictures, and to be told apart in brightness alone.
_RAMP = ((0.0, (255, 190, 0), 130), (0.5, (235, 40, 40), 170), (1.0, (120, 0, 140), 200))


def heat(size: Size, corner: tuple[int, int], mask: Mask, strength: Plane) -> bytes:
    """``size`` is that of the map, ``corner`` where ``mask`` lies in it. Coloured by ``strength`` (0 to 1)."""
    indices = np.zeros((size[1], size[0]), np.uint8)
    height, width = mask.shape
    levels = 1 + np.minimum(strength * 255, 254).astype(np.uint8)
    indices[corner[1] : corner[1] + height, corner[0] : corner[0] + width] = np.where(mask, levels, 0)
    image = Image.fromarray(indices)
    palette, alpha = _palette()
    image.putpalette(palette)
    if max(size) > LONGEST:
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.save(out, "PNG", transparency=alpha, compress_level=6)
    return out.getvalue()


def blank(size: Size) -> bytes:
    """A map of ``size``, or smaller, on which nothing lies."""
    factor = min(1.0, LONGEST / max(size))
    small = max(1, round(size[0] * factor)), max(1, round(size[1] * factor))
    return heat(small, (0, 0), np.zeros((1, 1), bool), np.zeros((1, 1), np.float32))


def _palette() -> tuple[bytes, bytes]:
    """Red, green, blue of 256 colours, and their opacity. The first is nothing."""
    at = np.linspace(0, 1, 255)
    stops = [stop for stop, _, _ in _RAMP]
    colours = [np.interp(at, stops, [colour[band] for _, colour, _ in _RAMP]) for band in range(3)]
    opacity = np.interp(at, stops, [alpha for _, _, alpha in _RAMP])
    palette = np.concatenate([np.zeros((1, 3)), np.stack(colours, 1)]).astype(np.uint8)
    return palette.tobytes(), bytes([0]) + opacity.astype(np.uint8).tobytes()
