"""Where picture B lies over picture A: one scale and one offset, found from what both show.

Coarse to fine: a scale is looked for at thumbnail size by phase correlation of the edges, then small patches, whose
offsets are found one by one, vote at growing size. A minority of patches may have changed altogether.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage  # type: ignore[import-untyped]  # ships no types
from skimage.registration import phase_cross_correlation

from vision.comparing.frames import Frame, Placing, Plane, brightness, grey, laid, reduced

Numbers = NDArray[np.float64]

_COARSE_EDGE = 256
_LADDER = tuple(1.05**step for step in range(-20, 21))  # 0.38 to 2.65 times
_LADDER_SHARE = 0.65  # of the thumbnail is enough to climb it
_PATCH = 64
_GRID = 9  # patches along the longer side
_FLAT = 1.5  # levels of 255: standard deviation of a patch in which there is nothing to hold on to
_AGREE = 1.0  # pixels by which an offset may be off and still support the vote
_SURE = 0.75  # share of the offsets that agree: from here on nothing better is looked for
_LIKE = 0.2  # correlation of the edges that has to be reached
_BOTH = 0.33  # support times likeness: lines of other print may fit each other by halves


@dataclass(frozen=True, slots=True)
class Found:
    """``placing`` maps original pixels of B to those of A. ``likeness`` (-1 to 1) correlates the edges of both."""

    placing: Placing
    likeness: float
    support: float


def register(a: Frame, b: Frame, check: Callable[[], None]) -> Found | None:
    """None where nothing that both show could be found. ``check`` is called between the steps and may raise."""
    a, b = grey(a), grey(b)
    found: Found | None = None
    for start in _starts_of(a, b):
        tried = _followed(a, b, start(), check)
        found = max((one for one in (found, tried) if one), key=lambda one: one.likeness, default=None)
        if found and found.support >= _SURE:
            break
        if a.size == b.size and (found is None or found.likeness < _LIKE):
            break  # hardly a part of the other: two different pictures
    if found is None or found.likeness < _LIKE or found.support * found.likeness < _BOTH:
        return None
    return Found(_snapped(found.placing, a, b), found.likeness, found.support)


def _starts_of(a: Frame, b: Frame) -> list[Callable[[], Placing | None]]:
    """Ways to a coarse placing, the most likely first."""
    starts = [lambda: _coarse(a, b, _COARSE_EDGE, _LADDER)]
    if b.size[0] * b.size[1] < 0.9 * a.size[0] * a.size[1]:
        # A crop has more pixels when the whole is looked for around it.
        starts.append(lambda: _turned(_coarse(b, a, _COARSE_EDGE, _LADDER)))
    # Close print is one grey at thumbnail size; at twice that it has words.
    return [*starts, lambda: _coarse(a, b, 2 * _COARSE_EDGE, ())]


def _turned(placing: Placing | None) -> Placing | None:
    """From A to B instead of from B to A."""
    if placing is None:
        return None
    return Placing(1 / placing.scale, -placing.dx / placing.scale, -placing.dy / placing.scale)


def _followed(a: Frame, b: Frame, placing: Placing | None, check: Callable[[], None]) -> Found | None:
    """From the coarse ``placing`` to the one at full working size."""
    if placing:
        a = reduced(a, b.factor / placing.scale)  # no finer than what b shows
    edge = max(a.image.size)
    found: Found | None = None
    steps = [step for step in (edge / 4, edge / 2) if step >= 1.25 * _COARSE_EDGE]
    for step in [*steps, edge, edge]:
        check()
        found = _refined(reduced(a, a.factor * step / edge), b, placing) if placing else None
        if placing and found and step == edge and _near(placing, found.placing, a):
            break
        placing = found.placing if found else None
    return found


def _near(one: Placing, two: Placing, a: Frame) -> bool:
    """Whether two placings differ by less than a quarter of a working pixel anywhere."""
    reach = abs(one.scale / two.scale - 1) * max(a.size)
    return (reach + max(abs(one.dx - two.dx), abs(one.dy - two.dy))) * a.factor < 0.25


def likeness(a: Frame, b: Frame, placing: Placing) -> float:
    """Correlation of the edges (-1 to 1) when ``b`` is laid over ``a`` like that."""
    box = _overlap(a, b, placing.between(b.factor, a.factor))
    return correlation(*(_edges(plane) for plane in _laid_over(a, b, placing, box))) if box else 0.0


def _snapped(placing: Placing, a: Frame, b: Frame) -> Placing:
    """Exactly the same size, and exactly the same place, where the measured ones are not to be told from that."""
    reach = max(b.size) * a.factor
    if abs(placing.scale - 1) * reach < 0.4:
        middle = (placing.scale - 1) / 2
        placing = Placing(1.0, placing.dx + middle * b.size[0], placing.dy + middle * b.size[1])
    if abs(placing.dx) * a.factor < 0.3 and abs(placing.dy) * a.factor < 0.3:
        return Placing(placing.scale, 0.0, 0.0)
    whole = Placing(placing.scale, float(round(placing.dx)), float(round(placing.dy)))
    if placing.scale == 1 and abs(whole.dx - placing.dx) < 0.25 and abs(whole.dy - placing.dy) < 0.25:
        return whole
    return placing


def _coarse(a: Frame, b: Frame, edge: int, ladder: Sequence[float]) -> Placing | None:
    """The best of many scales at thumbnail size, ``edge`` pixels; those of ``ladder`` where no likely one will do."""
    a, b = reduced(a, edge / max(a.size)), reduced(b, 2 * edge / max(b.size))
    likely = {1.0, a.size[0] / b.size[0], a.size[1] / b.size[1], 0.5, 2.0}
    best = _best(a, b, sorted(likely))
    if ladder and _score(best) < 0.5:
        best = max(best, _best(reduced(a, a.factor * _LADDER_SHARE), b, ladder), key=_score)
    best = max(best, _best(a, b, [best[0].scale * (1 + 0.01 * step) for step in range(-4, 5)]), key=_score)
    return best[0] if _score(best) > 0 else None


def _score(tried: tuple[Placing, float]) -> float:
    return tried[1]


def _best(a: Frame, b: Frame, scales: Sequence[float]) -> tuple[Placing, float]:
    target = _edges(brightness(a.image))
    if float(target.std()) < 1e-6:
        return Placing(1.0, 0.0, 0.0), -1.0
    return max((_tried(target, a, b, scale) for scale in scales), key=_score)


def _tried(target: Plane, a: Frame, b: Frame, scale: float) -> tuple[Placing, float]:
    """The offset at this ``scale``, and how alike both are where they overlap (0 to 1, less for a small overlap)."""
    nothing = Placing(scale, 0.0, 0.0), -1.0
    size = b.size[0] * scale * a.factor, b.size[1] * scale * a.factor
    if min(size) < 8 or max(size) > 2.5 * max(target.shape):
        return nothing
    image = reduced(b, scale * a.factor)
    # Enlarged where b has fewer pixels than the thumbnail asks for.
    place = Placing(scale * a.factor / image.factor, 0.0, 0.0)
    other = _edges(brightness(laid(image.image, place, (0, 0, max(8, int(size[0])), max(8, int(size[1]))))))
    if float(other.std()) < 1e-6:
        return nothing
    shape = tuple(fft.next_fast_len(int(max(pair) * 1.25)) for pair in zip(target.shape, other.shape, strict=True))
    shift, _, _ = phase_cross_correlation(_padded(target, shape), _padded(other, shape))  # type: ignore[no-untyped-call]
    down, right = int(shift[0]), int(shift[1])
    likeness, overlap = _likeness(target, other, down, right)
    smaller = min(target.size, other.size)
    return Placing(scale, right / a.factor, down / a.factor), likeness * min(1.0, 2 * overlap / smaller)


def _padded(plane: Plane, shape: tuple[int, ...]) -> Plane:
    out = np.zeros(shape, np.float32)
    out[: plane.shape[0], : plane.shape[1]] = plane - plane.mean()
    return out


def _likeness(one: Plane, two: Plane, down: int, right: int) -> tuple[float, int]:
    """Correlation where ``two``, moved, overlaps ``one``, and on how many pixels."""
    top, left = max(0, down), max(0, right)
    bottom, end = min(one.shape[0], two.shape[0] + down), min(one.shape[1], two.shape[1] + right)
    if bottom - top < 4 or end - left < 4:
        return -1.0, 0
    first = one[top:bottom, left:end]
    second = two[top - down : bottom - down, left - right : end - right]
    return correlation(first, second), first.size


def correlation(one: Plane, two: Plane) -> float:
    """Pearson's, -1 to 1; 0 where one of both is flat."""
    first, second = one - one.mean(), two - two.mean()
    size = float(np.sqrt(np.mean(first**2) * np.mean(second**2)))
    return float(np.mean(first * second)) / size if size > 1e-9 else 0.0


def _edges(plane: Plane) -> Plane:
    """Strength of the edges, a little blurred; weak ones count more than their strength, so that no frame decides."""
    if min(plane.shape) < 3:
        return np.zeros_like(plane)
    across, along = ndimage.sobel(plane, 1), ndimage.sobel(plane, 0)
    strength: Plane = ndimage.gaussian_filter(np.sqrt(np.hypot(across, along)), 1.0)
    return strength


def _refined(a: Frame, b: Frame, placing: Placing) -> Found | None:
    """``placing`` made better at the resolution of ``a``."""
    place = placing.between(b.factor, a.factor)
    box = _overlap(a, b, place)
    if box is None:
        return None
    first, second = _laid_over(a, b, placing, box)
    rows = _offsets(first, second)
    if len(rows) < 3:
        return None
    fit, support = _vote(rows)
    # A point (x, y) of the overlap, where B was laid, belongs at (x, y) * (1 + grow) + move.
    grow, right, down = fit
    scale = placing.scale * (1 + grow)
    left, top = box[0] / a.factor, box[1] / a.factor
    dx = (placing.dx - left) * (1 + grow) + left + right / a.factor
    dy = (placing.dy - top) * (1 + grow) + top + down / a.factor
    return Found(Placing(scale, dx, dy), correlation(_edges(first), _edges(second)), support)


def _laid_over(a: Frame, b: Frame, placing: Placing, box: tuple[int, int, int, int]) -> tuple[Plane, Plane]:
    """The brightness of both under ``box`` of ``a``."""
    source = reduced(b, a.factor * placing.scale)
    return brightness(a.image.crop(box)), brightness(laid(source.image, placing.between(source.factor, a.factor), box))


def _overlap(a: Frame, b: Frame, place: Placing) -> tuple[int, int, int, int] | None:
    left, top = max(0, round(place.dx)), max(0, round(place.dy))
    right = min(a.image.width, int(b.image.width * place.scale + place.dx))
    bottom = min(a.image.height, int(b.image.height * place.scale + place.dy))
    return (left, top, right, bottom) if right - left >= _PATCH // 2 and bottom - top >= _PATCH // 2 else None


def _offsets(one: Plane, two: Plane) -> Numbers:
    """For each patch with something in it: its middle (x, y), and by how much ``two`` has to move there (x, y)."""
    height, width = one.shape
    edge = min(_PATCH, height, width)
    step = max(edge / 2, (max(height, width) - edge) / (_GRID - 1), 1.0)
    corners = [(x, y) for y in _starts(height - edge, step) for x in _starts(width - edge, step)]
    first = np.stack([one[y : y + edge, x : x + edge] for x, y in corners])
    second = np.stack([two[y : y + edge, x : x + edge] for x, y in corners])
    held = np.minimum(first.std((1, 2)), second.std((1, 2))) >= _FLAT
    moves = _shifts(first[held], second[held])
    rows = np.concatenate([np.array(corners)[held] + edge / 2, moves], axis=1)
    steady: Numbers = rows[np.abs(moves).max(axis=1, initial=0) < edge / 3]
    return steady


def _shifts(one: Plane, two: Plane) -> Numbers:
    """(right, down) for each pair of square patches, to about a tenth of a pixel: phase correlation, all at once.

    Weighting the phases by a bell makes of the peak a bell, whose top three logarithms give exactly.
    """
    edge = one.shape[1]
    window = np.outer(np.hanning(edge), np.hanning(edge)).astype(np.float32)
    spectra = [fft.rfft2((patch - patch.mean((1, 2), keepdims=True)) * window) for patch in (one, two)]
    cross = spectra[0] * spectra[1].conj()
    cross /= np.maximum(np.abs(cross), 1e-6)
    squares = fft.fftfreq(edge)[:, None] ** 2 + fft.rfftfreq(edge)[None, :] ** 2
    surface = fft.irfft2(cross * np.exp(-2 * np.pi**2 * squares), s=(edge, edge))
    peaks = surface.reshape(len(one), -1).argmax(axis=1)
    down, right = np.unravel_index(peaks, (edge, edge))
    every = np.arange(len(one))
    fine_x = _top(*(surface[every, down, (right + side) % edge] for side in (-1, 0, 1)))
    fine_y = _top(*(surface[every, (down + side) % edge, right] for side in (-1, 0, 1)))
    half = edge // 2
    return np.stack([(right + half) % edge - half + fine_x, (down + half) % edge - half + fine_y], axis=1)


def _top(before: Plane, at: Plane, after: Plane) -> Plane:
    """Where between -0.5 and 0.5 the top of a bell lies, of which three neighbours are given."""
    low, middle, high = (np.log(np.maximum(value, 1e-9)) for value in (before, at, after))
    top: Plane = (low - high) / np.minimum(2 * (low + high - 2 * middle), -1e-9)
    return np.clip(top, -0.5, 0.5)


def _starts(room: int, step: float) -> list[int]:
    count = int(room / step) + 1
    return [round(room * at / max(1, count - 1)) for at in range(count)] if count > 1 else [room // 2]


def _vote(rows: Numbers) -> tuple[tuple[float, float, float], float]:
    """(grow, right, down) on which most offsets agree, and their share. Every pair of patches makes a proposal."""
    x, y, right, down = rows.T
    one, two = np.triu_indices(len(rows), 1)
    apart = (x[one] - x[two]) ** 2 + (y[one] - y[two]) ** 2
    along = (right[one] - right[two]) * (x[one] - x[two]) + (down[one] - down[two]) * (y[one] - y[two])
    grow = np.append(along / apart, 0.0)
    move_x = np.append((right[one] + right[two] - grow[:-1] * (x[one] + x[two])) / 2, np.median(right))
    move_y = np.append((down[one] + down[two] - grow[:-1] * (y[one] + y[two])) / 2, np.median(down))
    off_x = np.abs(right - grow[:, None] * x - move_x[:, None])
    off_y = np.abs(down - grow[:, None] * y - move_y[:, None])
    votes = np.sum(np.minimum(off_x, _AGREE) + np.minimum(off_y, _AGREE), axis=1)
    best = int(np.argmin(votes))
    good_x, good_y = off_x[best] < _AGREE, off_y[best] < _AGREE
    support = float(good_x.mean() + good_y.mean()) / 2
    matrix = np.zeros((int(good_x.sum() + good_y.sum()), 3))
    matrix[:, 0] = np.concatenate([x[good_x], y[good_y]])
    matrix[: good_x.sum(), 1] = 1
    matrix[good_x.sum() :, 2] = 1
    wanted = np.concatenate([right[good_x], down[good_y]])
    if min(good_x.sum(), good_y.sum()) < 2:
        return (float(grow[best]), float(move_x[best]), float(move_y[best])), support
    fit, *_ = np.linalg.lstsq(matrix, wanted, rcond=None)
    return (float(fit[0]), float(fit[1]), float(fit[2])), support
