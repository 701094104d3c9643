"""The two pictures at working size, and the part that both show, laid over each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vision.images import pixels

Size = tuple[int, int]
Plane = NDArray[np.float32]

# Enough for print in a photographed page; twice as much takes twice the time.
WORK_PIXELS = 1_500_000
# Resampling by less than this shows nothing that the tolerance of the comparison does not take.
_NEAR = 1.1
# Within so many working pixels of its rim a resampled picture mixes with what lies outside.
_RIM = 4


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture reduced for work, of ``size`` upright; ``factor`` is working pixels per original pixel."""

    image: Image.Image
    size: Size
    factor: float


@dataclass(frozen=True, slots=True)
class Placing:
    """Maps points of one picture into another: (x * scale + dx, y * scale + dy). Corners, not pixel centres, count."""

    scale: float
    dx: float
    dy: float

    def moved(self, dx: float, dy: float) -> Placing:
        return Placing(self.scale, self.dx + dx, self.dy + dy)

    def between(self, factor_from: float, factor_to: float) -> Placing:
        """The same placing where the first picture is reduced by ``factor_from`` and the second by ``factor_to``."""
        return Placing(self.scale * factor_to / factor_from, self.dx * factor_to, self.dy * factor_to)


@dataclass(frozen=True, slots=True)
class Common:
    """What both pictures show, at the same size: two images, and where they lie.

    ``left, top`` is the corner of both in A reduced by ``factor``.
    """

    a: Image.Image
    b: Image.Image
    left: int
    top: int
    factor: float


def frame(source: bytes, size: Size) -> Frame:
    """``source`` as ``vision.images.pixels.load`` takes it. Raises PictureError as that does."""
    factor = min(1.0, (WORK_PIXELS / (size[0] * size[1])) ** 0.5)
    target = max(1, int(size[0] * factor)), max(1, int(size[1] * factor))
    image = pixels.load(source, max_edge=max(target))
    # A decoder that reduces does so by exactly 1, 2, 4 or 8, and fills up the last column and row.
    return Frame(_scaled(image, target, factor * round(size[0] / image.width)), size, factor)


def grey(one: Frame) -> Frame:
    """``one`` in brightness only: a third of the work where colour does not matter."""
    return Frame(one.image.convert("L"), one.size, one.factor)


def reduced(one: Frame, factor: float) -> Frame:
    """``one`` with ``factor`` working pixels per original pixel. Never enlarged."""
    if factor >= one.factor:
        return one
    step = factor / one.factor
    target = max(1, int(one.image.width * step)), max(1, int(one.image.height * step))
    return Frame(_scaled(one.image, target, step), one.size, factor)


def _scaled(image: Image.Image, target: Size, factor: float) -> Image.Image:
    """Exactly by ``factor``: of what makes no whole pixel at the right and at the bottom nothing is kept."""
    if image.size == target:
        return image
    box = 0.0, 0.0, min(image.width, target[0] / factor), min(image.height, target[1] / factor)
    return image.resize(target, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def brightness(image: Image.Image) -> Plane:
    """0 to 255, as 32-bit floats."""
    return np.asarray(image.convert("L"), dtype=np.float32)


def common(a: Frame, b: Frame, placing: Placing) -> Common | None:
    """The part that both show, at the resolution of the coarser one. None where that is nothing."""
    place = placing.between(b.factor, a.factor)
    if place.scale > _NEAR:
        a = reduced(a, a.factor / place.scale)
    elif place.scale < 1 / _NEAR:
        b = reduced(b, b.factor * place.scale)
    place = placing.between(b.factor, a.factor)
    exact = place == Placing(1.0, 0.0, 0.0)
    rim = 0 if exact else _RIM
    left = max(0, int(np.ceil(place.dx)) + rim)
    top = max(0, int(np.ceil(place.dy)) + rim)
    right = min(a.image.width, int(np.floor(b.image.width * place.scale + place.dx)) - rim)
    bottom = min(a.image.height, int(np.floor(b.image.height * place.scale + place.dy)) - rim)
    if right <= left or bottom <= top:
        return None
    box = left, top, right, bottom
    return Common(a.image.crop(box), laid(b.image, place, box), left, top, a.factor)


def laid(image: Image.Image, place: Placing, box: tuple[int, int, int, int]) -> Image.Image:
    """The part of the plane under ``box`` when ``image`` is put into it by ``place``."""
    left, top, right, bottom = box
    step = 1 / place.scale
    if step == 1 and place.dx.is_integer() and place.dy.is_integer():
        moved = left - int(place.dx), top - int(place.dy)
        return image.crop((*moved, moved[0] + right - left, moved[1] + bottom - top))
    return image.transform(
        (right - left, bottom - top),
        Image.Transform.AFFINE,
        (step, 0, (left - place.dx) * step, 0, step, (top - place.dy) * step),
        Image.Resampling.BICUBIC,
    )
