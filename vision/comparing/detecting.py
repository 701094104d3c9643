"""How far apart two pictures of the same place are, point by point, and where that is more than noise.

Compared are the three planes of CIE Lab, each against the range that the other picture has around the point, so that
a fraction of a pixel of displacement and the blur of resampling count for nothing. Fine structure is looked for in
brightness at full working size; colour, and what differs by little over a larger place, at a half and at a quarter,
where the noise of compression averages out.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage  # type: ignore[import-untyped]  # ships no types
from skimage.color import rgb2lab

from vision.comparing.frames import Plane

Planes = NDArray[np.float32]  # (3, height, width): L 0 to 100, a and b about -100 to 100


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution. A difference counts from ``floor`` (Lab units) plus ``busy`` times the unrest around it."""

    step: int
    blur: float
    bright: float  # floor for brightness
    colour: float  # floor for colour; inf: not looked at
    busy: float


LEVELS = (
    Level(step=1, blur=1.0, bright=7.0, colour=float("inf"), busy=0.5),
    Level(step=2, blur=1.0, bright=5.0, colour=9.0, busy=0.5),
    Level(step=4, blur=1.0, bright=3.0, colour=5.0, busy=0.5),
)
_BAND = 64
FULL = 60.0  # Lab units that count as wholly different


def lab(image: Image.Image) -> Planes:
    planes: Planes = np.empty((3, image.height, image.width), np.float32)
    # In bands that stay in the processor's cache: half the time, a tenth of the memory.
    for top in range(0, image.height, _BAND):
        band = image.crop((0, top, image.width, min(image.height, top + _BAND)))
        planes[:, top : top + _BAND] = np.moveaxis(rgb2lab(np.asarray(band, dtype=np.float32) / 255), 2, 0)
    return planes


def excess(a: Planes, b: Planes) -> tuple[Plane, Plane]:
    """(how many times the noise the difference is, how far the colours are apart from 0 to 1), pixel by pixel."""
    height, width = a.shape[1:]
    most = np.zeros((height, width), np.float32)
    apart = np.zeros((height, width), np.float32)
    levels = [level for level in LEVELS if level.step == 1 or min(height, width) >= 2 * level.step]
    with ThreadPoolExecutor(2) as pool:
        like = pool.submit(_unlike, a, b)
        measured = list(pool.map(_at, levels, [a] * len(levels), [b] * len(levels)))
        unlike = like.result()
    for level, planes in zip(levels, measured, strict=True):
        for out, plane in zip((most, apart), planes, strict=True):
            grown = _grown(plane, level.step, (height, width))
            np.maximum(out, grown if level.step == 1 else grown * unlike, out=out)
    return most, np.minimum(apart / FULL, 1.0)


def _unlike(a: Planes, b: Planes) -> NDArray[np.bool_]:
    """Where the point itself differs a little: coarse pixels and their blur reach over the edges of what changed."""
    bright, *colours = (ndimage.gaussian_filter(one - two, 1.5, truncate=3) for one, two in zip(a, b, strict=True))
    unlike: NDArray[np.bool_] = np.abs(bright) > LEVELS[-1].bright / 2
    for colour in colours:
        unlike |= np.abs(colour) > LEVELS[-1].colour / 2
    return unlike


def _at(level: Level, a: Planes, b: Planes) -> tuple[Plane, Plane]:
    bright, unrest = _distance(_smooth(a[0], level), _smooth(b[0], level))
    times = bright / (level.bright + level.busy * unrest)
    if np.isinf(level.colour):
        return times, bright
    colour = np.zeros_like(bright)
    unrest = np.zeros_like(bright)
    for plane in (1, 2):
        distance, restless = _distance(_smooth(a[plane], level), _smooth(b[plane], level))
        colour = np.hypot(colour, distance)
        unrest = np.maximum(unrest, restless)
    np.maximum(times, colour / (level.colour + level.busy * unrest), out=times)
    return times, np.hypot(bright, colour)


def _distance(one: Plane, two: Plane) -> tuple[Plane, Plane]:
    """How far each picture lies outside the other's range around the point, and the unrest: deviation around it."""
    apart: Plane = np.zeros_like(one)
    for first, second in ((one, two), (two, one)):
        np.maximum(apart, first - ndimage.maximum_filter(second, 3), out=apart)
        np.maximum(apart, ndimage.minimum_filter(second, 3) - first, out=apart)
    return apart, np.minimum(_deviation(one), _deviation(two))


def _deviation(plane: Plane) -> Plane:
    mean = ndimage.uniform_filter(plane, 9)
    square = ndimage.uniform_filter(plane * plane, 9)
    deviation: Plane = np.sqrt(np.maximum(square - mean * mean, 0))
    return deviation


def _smooth(plane: Plane, level: Level) -> Plane:
    smooth: Plane = ndimage.gaussian_filter(halved(plane, level.step), level.blur, truncate=3)
    return smooth


def halved(plane: Plane, step: int) -> Plane:
    """Means of ``step`` x ``step`` pixels; what is left over at the right and at the bottom joins none."""
    if step == 1:
        return plane
    height, width = plane.shape[0] // step, plane.shape[1] // step
    blocks = plane[: height * step, : width * step].reshape(height, step, width, step)
    means: Plane = blocks.mean(axis=(1, 3))
    return means


def _grown(plane: Plane, step: int, shape: tuple[int, int]) -> Plane:
    if step == 1:
        return plane
    grown = plane.repeat(step, axis=0).repeat(step, axis=1)
    return np.pad(grown, ((0, shape[0] - grown.shape[0]), (0, shape[1] - grown.shape[1])), mode="edge")
