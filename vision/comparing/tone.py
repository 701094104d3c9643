"""Whether the picture as a whole has become lighter, darker, flatter or of another tint, and what B is without that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.comparing.detecting import Planes, halved

_BLOCK = 16
_NOTICED = 2.0  # Lab units: less is not said, and left to the comparison
_NEAR = 2.0  # a block counts as explained when it is as near as this
_WHOLE = 0.85  # share of the blocks that has to be explained


@dataclass(frozen=True, slots=True)
class Tone:
    """What has to be done to B's planes to get A's: L * gain + light, a + red, b + yellow. ``words`` is a phrase."""

    gain: float
    light: float
    red: float
    yellow: float
    words: str

    def applied(self, planes: Planes) -> Planes:
        planes = planes.copy()
        planes[0] = planes[0] * np.float32(self.gain) + np.float32(self.light)
        planes[1] += np.float32(self.red)
        planes[2] += np.float32(self.yellow)
        return planes


def whole(a: Planes, b: Planes) -> Tone | None:
    """None where the picture as a whole is as it was, or where no one change explains most of it."""
    if min(a.shape[1:]) < 2 * _BLOCK:
        return None
    first = np.stack([halved(plane, _BLOCK).ravel() for plane in a]).astype(np.float64)
    second = np.stack([halved(plane, _BLOCK).ravel() for plane in b]).astype(np.float64)
    gain, light = _line(second[0], first[0])
    red, yellow = (float(np.median(first[band] - second[band])) for band in (1, 2))
    fitted = np.stack([second[0] * gain + light, second[1] + red, second[2] + yellow])
    now, before = np.abs(first - fitted).max(axis=0), np.abs(first - second).max(axis=0)
    if np.mean(now < _NEAR) < _WHOLE or np.mean(before < _NOTICED) > 1 - _WHOLE:
        return None
    lighter = float(np.median(second[0] - first[0]))
    return Tone(gain, light, red, yellow, _words(lighter, 1 / gain, -red, -yellow))


def _line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """y = x * gain + light for most points: least squares over those that were near, again and again."""
    gain, light = 1.0, float(np.median(y - x))
    for _ in range(10):
        off = np.abs(y - x * gain - light)
        near = off <= max(_NEAR, float(np.median(off)))
        if float(x[near].std()) < 5:  # too few kinds of brightness to tell contrast from light
            return 1.0, float(np.median(y - x))
        gain, light = (float(value) for value in np.polyfit(x[near], y[near], 1))
    return (gain, light) if 0.4 < gain < 2.5 else (1.0, float(np.median(y - x)))


def _words(lighter: float, contrast: float, red: float, yellow: float) -> str:
    said = []
    if abs(lighter) >= 1:
        said.append("lighter" if lighter > 0 else "darker")
    if abs(contrast - 1) > 0.05:
        said.append("richer in contrast" if contrast > 1 else "flatter in contrast")
    if max(abs(red), abs(yellow)) >= 1:
        names = ("redder", "greener") if abs(red) > abs(yellow) else ("yellower", "bluer")
        said.append(names[0] if (red if abs(red) > abs(yellow) else yellow) > 0 else names[1])
    return "the whole of B is " + " and ".join(said or ["a little different in tone"])
