"""One comparison from bytes to result: lay B over A, take the common part, mark what differs more than noise does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vision.comparing import detecting, regions, tone, wording
from vision.comparing.frames import Common, Frame, Placing, Size, common
from vision.comparing.heatmap import blank, heat
from vision.comparing.registration import Found, likeness, register
from vision.comparing.result import Box, Difference, Region, Registration

# Sides in the same proportion, but for rounding: then the two can be laid edge to edge.
_SAME_ASPECT = 0.02
# Share of the area (percent) up to which pictures laid edge to edge are taken for the same one, changed.
_ALIKE = 35.0
NOTHING_SHARED = "could not be laid over each other: nothing was found that both show"
DIFFERENT = "could not be laid over each other: they seem to show different things"
EDGE_TO_EDGE = "could not be laid over each other by what they show, so they were compared edge to edge"


def compare(first: Frame, second: Frame, check: Callable[[], None]) -> Difference:
    """What differs between A and B. ``check`` is called between the steps and raises when it is to end."""
    found = register(first, second, check)
    edges = _edge_to_edge(first.size, second.size)
    if found is not None and edges is not None and found.support < 0.9:
        # The simplest is taken where it is as good.
        found = found if found.likeness > likeness(first, second, edges) + 0.01 else Found(edges, 1.0, 1.0)
    placing = found.placing if found else edges
    both = common(first, second, placing) if placing else None
    if placing is None or both is None:
        return _incomparable(first)
    check()
    return _measured(first, second, both, placing, confirmed=found is not None)


def _edge_to_edge(size_a: Size, size_b: Size) -> Placing | None:
    across, down = size_a[0] / size_b[0], size_a[1] / size_b[1]
    # One pixel of rounding at small sizes is much in proportion.
    rounding = 1 / min(*size_a, *size_b)
    if abs(across / down - 1) > max(_SAME_ASPECT, 2 * rounding):
        return None
    return Placing(across if size_a[0] >= size_a[1] else down, 0.0, 0.0)


def _incomparable(a: Frame) -> Difference:
    return Difference(
        registration=Registration(1.0, 0.0, 0.0, False, NOTHING_SHARED),
        percent=None,
        regions=(),
        heat=blank(a.image.size),
        tone="",
        same=False,
    )


def _measured(a: Frame, b: Frame, both: Common, placing: Placing, *, confirmed: bool) -> Difference:
    changed = tone.whole(both.a, both.b)
    first, second = (detecting.lab(image) for image in ((changed.a, changed.b) if changed else (both.a, both.b)))
    times, strength = detecting.excess(first, second)
    mask = regions.differing(times)
    percent = 100 * float(mask.mean())
    found = tuple(_region(place, both, placing, a.size, b.size) for place in regions.places(mask, strength))
    good = confirmed or percent <= _ALIKE
    words = wording.placed(placing.scale, placing.dx, placing.dy, _shared(a.size, b.size, placing))
    if not good:
        empty = min(float(plane[0].std()) for plane in (first, second)) < 1.0
        words = EDGE_TO_EDGE if empty else DIFFERENT
        found = found if empty else ()
    return Difference(
        registration=Registration(placing.scale, placing.dx, placing.dy, good, words),
        percent=percent,
        regions=found,
        heat=heat(_map_size(a.size, both.factor), (both.left, both.top), mask, strength),
        tone=changed.words if changed else "",
        same=good and not found and not changed,
    )


def _shared(size_a: Size, size_b: Size, placing: Placing) -> float:
    """The part (0 to 1) of A's area on which B lies."""
    share = 1.0
    for one, two, move in zip(size_a, size_b, (placing.dx, placing.dy), strict=True):
        share *= max(0.0, min(one, two * placing.scale + move) - max(0.0, move)) / one
    return share


def _map_size(size: Size, factor: float) -> Size:
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _region(place: regions.Place, both: Common, placing: Placing, size_a: Size, size_b: Size) -> Region:
    left, top, right, bottom = place.box
    corners = (
        (left + both.left) / both.factor,
        (top + both.top) / both.factor,
        (right + both.left) / both.factor,
        (bottom + both.top) / both.factor,
    )
    moved = tuple((value - (placing.dy if at % 2 else placing.dx)) / placing.scale for at, value in enumerate(corners))
    return Region(_box(corners, size_a), _box(moved, size_b), place.share, place.strength)


def _box(corners: tuple[float, ...], size: Size) -> Box:
    """Whole pixels around ``corners``, inside a picture of ``size`` and never empty."""
    left, top = (min(size[at] - 1, max(0, int(np.floor(corners[at])))) for at in (0, 1))
    right, bottom = (min(size[at], max((left, top)[at] + 1, int(np.ceil(corners[at + 2])))) for at in (0, 1))
    return left, top, right, bottom
