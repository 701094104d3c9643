"""From differing pixels to a few boxes: what lies close together is one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]  # ships no types

from vision.comparing.frames import Plane

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]
Box = tuple[int, int, int, int]

MOST = 50
# A place counts when some of it is clearly above the noise; from there it reaches as far as it is just above.
_CLEAR, _ABOVE = 1.35, 1.0
_SMALLEST = 6  # pixels
_GAP = 0.015  # of the longer side: what lies closer together than this is one place
_EDGE = 2  # pixels by which a box is wider than what differs


@dataclass(frozen=True, slots=True)
class Place:
    """``box`` in working pixels of the common area; ``share`` of that area (0 to 1); ``strength`` 0 to 1."""

    box: Box
    share: float
    strength: float


def differing(times: Plane) -> Mask:
    """Where ``times``, the difference in multiples of the noise, is above it and belongs to something clear."""
    labels, count = ndimage.label(times > _ABOVE, np.ones((3, 3)))
    if not count:
        return np.zeros(times.shape, bool)
    every = np.arange(1, count + 1)
    clear = ndimage.maximum(times, labels, every) > _CLEAR
    large = ndimage.sum_labels(labels > 0, labels, every) >= min(_SMALLEST, max(1, times.size // 8))
    keep = np.concatenate([[False], np.logical_and(clear, large)])
    mask: Mask = keep[labels]
    return mask


def places(mask: Mask, strength: Plane) -> tuple[Place, ...]:
    """The places in ``mask``, largest first, at most ``MOST``: the gaps that are bridged grow until that holds."""
    if not mask.any():
        return ()
    gap = max(2.0, _GAP * max(mask.shape))
    labels = _parts(mask, gap)
    while labels.max() > MOST:
        gap *= 2
        labels = _parts(mask, gap)
    out = []
    for number, part in enumerate(ndimage.find_objects(labels), 1):
        inside = labels[part] == number
        values = strength[part][inside]
        box = (
            max(0, part[1].start - _EDGE),
            max(0, part[0].start - _EDGE),
            min(mask.shape[1], part[1].stop + _EDGE),
            min(mask.shape[0], part[0].stop + _EDGE),
        )
        out.append(Place(box, values.size / mask.size, float(np.percentile(values, 90))))
    return tuple(sorted(out, key=lambda place: (-place.share, place.box)))


def _parts(mask: Mask, gap: float) -> Labels:
    """``mask`` with the number of its place in each pixel, 0 where there is none."""
    near = ndimage.maximum_filter(mask, 2 * round(gap / 2) + 1)
    labels, count = ndimage.label(near, np.ones((3, 3)))
    return _joined(labels, count) * mask if count <= 4 * MOST else labels * mask


def _joined(labels: Labels, count: int) -> Labels:
    """Parts whose boxes overlap become one, until none do. Numbered from 1 without gaps."""
    parts = [
        ((s[1].start, s[0].start, s[1].stop, s[0].stop), [at]) for at, s in enumerate(ndimage.find_objects(labels))
    ]
    done: list[tuple[Box, list[int]]] = []
    while parts:
        box, members = parts.pop()
        touching = [part for part in done if _overlap(box, part[0])]
        if not touching:
            done.append((box, members))
            continue
        for part in touching:
            done.remove(part)
            box, members = _around(box, part[0]), members + part[1]
        parts.append((box, members))
    owner = np.zeros(count + 1, np.int32)
    for number, (_, members) in enumerate(done, 1):
        owner[np.array(members) + 1] = number
    return owner[labels]


def _overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _around(one: Box, two: Box) -> Box:
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])
