"""The vocabulary of extracted data: what supports a value, what casts doubt on it. Frozen data, no rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vision.fields.model import Path

Box = tuple[float, float, float, float]


class Mark(StrEnum):
    """What the text read on the pictures says of a value."""

    READ = "read"
    SIMILAR = "similar"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Place:
    """``box`` is [x0, y0, x1, y1] in upright original pixels of the document's picture number ``page`` (0-based);
    ``confidence`` is the reader's, 0 to 1."""

    page: int
    box: Box
    text: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Support:
    """``mark`` None: nothing can be said, and ``reason`` is why, in words ("" where nothing is to be said at all)."""

    mark: Mark | None
    places: tuple[Place, ...] = ()
    reason: str = ""


class Reason(StrEnum):
    """Why somebody should look at a value."""

    NOT_FOUND = "not_found"
    SIMILAR = "similar"
    RULE = "rule"
    DISAGREE = "disagree"
    FORMAT = "format"
    MISSING = "missing"
    FAINT = "faint"  # the reader itself is not sure of what is printed there
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Doubt:
    """``score`` 0 (none) to 1; ``reasons`` strongest first, each with its sentence for the person."""

    path: Path
    score: float
    reasons: tuple[tuple[Reason, str], ...] = ()
