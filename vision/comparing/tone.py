"""Whether the picture as a whole has become lighter, darker or of another tint; and the two made alike in that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Numbers = NDArray[np.float64]

_BLOCK = 16
_BIN = 8  # levels of 255 that are one kind of brightness
# Levels of 255. Closer than this a block is as it was; closer than that one change explains it.
_SAME, _EXPLAINED = 3.0, 5.0
# A change is one of the whole picture when most of it has changed, and nearly all of that by the same rule.
_MOST_SAME, _WHOLE = 0.4, 0.85


@dataclass(frozen=True, slots=True)
class Toned:
    """Both pictures, the one that lost less changed to be like the other in tone. ``words`` is a phrase."""

    a: Image.Image
    b: Image.Image
    words: str


def whole(a: Image.Image, b: Image.Image) -> Toned | None:
    """None where the picture as a whole is as it was, or where no one change explains most of it."""
    if min(a.size) < 2 * _BLOCK:
        return None
    first, second = _blocks(a), _blocks(b)
    if np.mean(np.abs(first - second).max(axis=1) < _SAME) > _MOST_SAME:
        return None
    # What is clipped at white or black cannot be brought back, so the change is tried both ways.
    forward, back = _curves(first, second), _curves(second, first)
    gained, returned = _explained(forward, first, second), _explained(back, second, first)
    if max(gained, returned) < _WHOLE:
        return None
    words = _words(np.median(second - first, axis=0))
    return Toned(_applied(forward, a), b, words) if gained >= returned else Toned(a, _applied(back, b), words)


def _blocks(image: Image.Image) -> Numbers:
    """(blocks, 3): the mean colours."""
    small = image.reduce(_BLOCK)
    return np.asarray(small, dtype=np.float64).reshape(-1, 3)


def _curves(x: Numbers, y: Numbers) -> list[Numbers]:
    """For each colour a polynomial that takes most of ``x`` to ``y``."""
    return [_curve(x[:, band], y[:, band]) for band in range(3)]


def _curve(x: Numbers, y: Numbers) -> Numbers:
    """Least squares over those that were near, again and again, from the same light and from the same contrast.

    Each kind of brightness counts once: white paper is not to outvote what is printed on it.
    """
    bins = (x / _BIN).astype(int)
    x, y = (np.array([np.median(values[bins == kind]) for kind in np.unique(bins)]) for values in (x, y))
    starts = [np.array([1.0, float(np.median(y - x))]), np.array([float(np.median((y + 1) / (x + 1))), 0.0])]
    return min((_followed(start, x, y) for start in starts), key=lambda fit: _missed(fit, x, y))


def _followed(fit: Numbers, x: Numbers, y: Numbers) -> Numbers:
    for _ in range(12):
        off = np.abs(y - np.polyval(fit, x))
        near = off <= max(_EXPLAINED, 1.5 * float(np.median(off)))
        # What few kinds of brightness cannot tell is not fitted.
        spread = float(np.ptp(x[near]))
        if spread < 3 * _BIN:
            return fit
        fit = np.polyfit(x[near], y[near], 2 if spread > 12 * _BIN else 1)
    return fit


def _missed(fit: Numbers, x: Numbers, y: Numbers) -> float:
    return float(np.minimum(np.abs(y - np.polyval(fit, x)), 2 * _EXPLAINED).sum())


def _explained(curves: list[Numbers], x: Numbers, y: Numbers) -> float:
    """The share of the blocks that ``curves`` take to where they are, if they rise: an inverted picture is another."""
    levels = np.arange(256)
    if any(np.polyval(curve, levels[230]) <= np.polyval(curve, levels[25]) for curve in curves):
        return 0.0
    fitted = np.stack([np.clip(np.polyval(curve, x[:, band]), 0, 255) for band, curve in enumerate(curves)], 1)
    return float(np.mean(np.abs(fitted - y).max(axis=1) < _EXPLAINED))


def _applied(curves: list[Numbers], image: Image.Image) -> Image.Image:
    table = [np.clip(np.rint(np.polyval(curve, np.arange(256))), 0, 255).astype(int) for curve in curves]
    return image.point([int(value) for band in table for value in band])


def _words(change: Numbers) -> str:
    """``change``: by how many levels red, green and blue have risen."""
    light = float(change @ (0.299, 0.587, 0.114))
    said = [("lighter" if light > 0 else "darker")] if abs(light) >= 2 else []
    warm = float(change[0] - change[2])
    green = float(change[1] - (change[0] + change[2]) / 2)
    # A picture made darker loses most where it has most: that is no tint.
    if abs(warm) >= max(6, abs(light) / 2):
        said.append("warmer" if warm > 0 else "cooler")
    elif abs(green) >= max(6, abs(light) / 2):
        said.append("greener" if green > 0 else "pinker")
    return "the whole of B is " + " and ".join(said or ["a little different in tone"])
