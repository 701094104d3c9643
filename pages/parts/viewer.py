"""The picture viewer: zoom, pan, turn for viewing, named boxes in and out, one picture or two with a locked view.

One keyed component. Its script and OpenSeadragon come from our own /kit route and are loaded once; what travels with
each run is a few lines of loader, the style and the data. Everything it draws reaches it by URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from pages.parts.mounting import component, nothing
from vision.web.kit import asset_url
from vision.web.pictures import Level, levels

Mode = Literal["single", "side-by-side"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture to look at. ``width`` and ``height`` are upright original pixels; ``levels`` run from small up."""

    id: str
    width: int
    height: int
    alt: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class NamedBox:
    """A place on a picture: ``box`` is [x0, y0, x1, y1] in upright original pixels of the picture with id ``picture``.

    ``kind`` colours it: "" (accent), "ok", "doubt", "problem" or "drawn".
    """

    id: str
    picture: str
    box: Box
    label: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A region she drew, in upright original pixels."""

    picture: str
    box: Box


@dataclass(frozen=True, slots=True)
class ViewerEvent:
    """What she did since the last run; each happens in one run only."""

    picked: str | None = None
    drawn: Drawn | None = None


def shown(picture_id: str, width: int, height: int, alt: str) -> Shown:
    """A stored picture, as the viewer needs it."""
    return Shown(picture_id, width, height, alt, levels(picture_id, width, height))


_mount = component("loupe_viewer", "viewer", "the viewer")


def viewer(
    pictures: Sequence[Shown],
    *,
    key: str,
    boxes: Sequence[NamedBox] = (),
    highlight: str | None = None,
    reveal: int = 0,
    front: str | None = None,
    mode: Mode = "single",
    drawing: bool = False,
    height: int = 520,
) -> ViewerEvent:
    """Draw the viewer and say what she did in it.

    ``highlight`` is the id of a box: it stands out, and the view moves to it if it was not in sight. ``reveal`` counts
    how often she asked to be shown it: with each change the viewer itself scrolls into the window. ``front`` is the id
    of the picture to turn to whenever it changes; she may leaf on. ``height`` is in CSS pixels, at most 60 % of the
    window. "side-by-side" shows the first two pictures as A and B and moves them together. ``drawing`` offers to draw a
    region. Inside ``st.fragment`` a click reruns only that fragment.
    """
    data = {
        "pictures": [asdict(picture) for picture in pictures],
        "boxes": [asdict(box) for box in boxes],
        "highlight": highlight,
        "reveal": reveal,
        "front": front,
        "mode": mode,
        "drawing": drawing,
        "height": height,
        "library": asset_url("openseadragon.min.js"),
    }
    result = _mount(key=key, data=data, on_picked_change=nothing, on_drawn_change=nothing)
    return ViewerEvent(_picked(result.picked, boxes), _drawn(result.drawn, pictures))


def _picked(value: object, boxes: Sequence[NamedBox]) -> str | None:
    """Only ids that were handed out come back: the browser is not trusted."""
    return value if isinstance(value, str) and any(box.id == value for box in boxes) else None


def _drawn(value: object, pictures: Sequence[Shown]) -> Drawn | None:
    """The region, clamped to its picture; None when it is not one."""
    if not isinstance(value, Mapping) or not isinstance(value.get("box"), Sequence):
        return None
    picture = next((each for each in pictures if each.id == value.get("picture")), None)
    numbers = [float(number) for number in value["box"] if isinstance(number, int | float)]
    if picture is None or len(numbers) != 4:
        return None
    x0, x1 = sorted(min(max(x, 0.0), float(picture.width)) for x in (numbers[0], numbers[2]))
    y0, y1 = sorted(min(max(y, 0.0), float(picture.height)) for y in (numbers[1], numbers[3]))
    return Drawn(picture.id, (x0, y0, x1, y1)) if x1 > x0 and y1 > y0 else None
