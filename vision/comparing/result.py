"""What a comparison finds. Plain data, so that pages and the terminal can name it without loading any mathematics."""

from __future__ import annotations

from dataclasses import dataclass, field

# Which version of the mathematics found it: what was kept of another one is computed again.
VERSION = 1

Box = tuple[int, int, int, int]  # left, top, right, bottom in upright pixels; right and bottom lie outside


@dataclass(frozen=True, slots=True)
class Registration:
    """How picture B lies over picture A: its point (x, y) is A's point (x * scale + dx, y * scale + dy).

    All in upright pixels of the originals. ``good`` says whether what the pictures show confirms it; ``words`` say it
    to the person, also why not.
    """

    scale: float
    dx: float
    dy: float
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Region:
    """One place that differs, in upright pixels of A and of B.

    ``share`` (0 to 1) is its part of the common area, ``strength`` (0 to 1) how far apart the colours are.
    """

    box_a: Box
    box_b: Box
    share: float
    strength: float


@dataclass(frozen=True, slots=True)
class Difference:
    """``percent`` (0 to 100) is the share of the common area that differs, None where nothing could be compared.

    ``regions`` come largest first. ``heat`` is a transparent PNG to be laid over the whole of A. ``tone`` is a phrase
    where the picture as a whole has changed ("the whole of B is darker"); regions are what differs besides.
    ``same``: nothing was found, whatever the place and the size.
    """

    registration: Registration
    percent: float | None
    regions: tuple[Region, ...]
    heat: bytes = field(repr=False)
    tone: str
    same: bool
