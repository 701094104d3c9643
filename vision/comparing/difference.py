"""The difference of two pictures: where B lies over A, how much differs, and where. The door of this package."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from vision.comparing import wording
from vision.comparing.result import Box, Difference, Region, Registration

__all__ = ["Box", "Difference", "Region", "Registration", "Stopped", "difference"]


class Stopped(Exception):
    """Nobody wants the difference any more."""


def never() -> bool:
    return False


def difference(
    a: bytes, size_a: tuple[int, int], b: bytes, size_b: tuple[int, int], *, stopped: Callable[[], bool] = never
) -> Difference:
    """What differs between ``a`` and ``b``: originals or masters as ``vision.images.pixels.load`` takes them.

    Sizes are upright pixels. The same bytes in give the same result. About a second of one processor; ``stopped`` is
    asked between the steps. Raises PictureError for bytes that cannot be decoded, and Stopped.
    """
    # Numpy, scipy and scikit-image: most of a second and 70 MB, only for those who compare.
    from vision.comparing.frames import frame  # noqa: PLC0415

    def check() -> None:
        if stopped():
            raise Stopped

    if a == b and size_a == size_b:
        from vision.comparing.heatmap import blank  # noqa: PLC0415

        return Difference(Registration(1.0, 0.0, 0.0, True, wording.SAME), 0.0, (), blank(size_a), "", same=True)
    with ThreadPoolExecutor(2) as pool:
        frames = [pool.submit(frame, source, size) for source, size in ((a, size_a), (b, size_b))]
        from vision.comparing.laying import compare  # noqa: PLC0415 - while both are decoded

        first, second = (one.result() for one in frames)
    check()
    return compare(first, second, check)
