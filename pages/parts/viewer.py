"""The picture viewer: zoom, pan, turn for viewing, named boxes in and out; one picture, or two compared under one view.

One keyed component. Its script and OpenSeadragon come from our own /kit route and are loaded once; what travels with
each run is a few lines of loader, the style and the data. Everything it draws reaches it by URL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, cast, get_args

import streamlit as st

from pages.parts.mounting import component, nothing
from vision.web.kit import asset_url
from vision.web.pictures import Level, levels

Mode = Literal["single", "side-by-side", "blink", "slider", "difference"]
Box = tuple[float, float, float, float]
# (scale, dx, dy): the point (x, y) of the second picture lies at (x * scale + dx, y * scale + dy) of the first, both in
# upright original pixels.
Registration = tuple[float, float, float]


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

    ``kind`` colours it: "" (accent), "ok", "doubt", "problem" or "drawn" (a region of hers, which she may delete).
    Where two pictures are compared, ids with the same part before the last ":" ("r3:a", "r3:b") are one place: both
    light up when either is pressed or highlighted.
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
    """What she did since the last run; each happens in one run only.

    ``removed`` is the id of a box of kind "drawn" that she deleted. ``mode`` is what she chose to compare by.
    """

    picked: str | None = None
    drawn: Drawn | None = None
    removed: str | None = None
    mode: Mode | None = None


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
    letters: tuple[str, str] = ("A", "B"),
    registration: Registration | None = None,
    heat: str | None = None,
    drawing: bool = False,
    link: str | None = None,
    height: int = 520,
) -> ViewerEvent:
    """Draw the viewer and say what she did in it.

    ``highlight`` is the id of a box: it stands out, and the view moves to it if it was not in sight. ``reveal`` counts
    how often she asked to be shown it: with each change the viewer itself scrolls into the window. ``front`` is the id
    of the picture to turn to whenever it changes; she may leaf on. ``height`` is in CSS pixels, at most 60 % of the
    window. Inside ``st.fragment`` what she does reruns only that fragment.

    Every ``mode`` but "single" compares the first two pictures, called ``letters``, under one viewport: next to each
    other, in turns, on two sides of a divider, or as one of them under the heat map at the URL ``heat``, a transparent
    picture of the whole of the first. She changes between these in the viewer itself, which reloads nothing and keeps
    the viewport; keep ``ViewerEvent.mode`` and hand it in again. ``registration`` says where the second picture lies
    over the first; None lays them over each other with the same width and the same top left corner.

    ``drawing`` offers to draw regions. Each is told once as ``drawn``; hand it in again as a box of kind "drawn", and
    it stays to be seen and can be deleted.

    ``link`` names a form on the same page that works with this viewer without a run of the script: it says which box is
    lit, and is told which place she pressed (viewer-link.js). Boxes of kind "line" are drawn faintly, to be pressed.
    """
    heard = f"{key}_heard"
    data = {
        "pictures": [asdict(picture) for picture in pictures],
        "boxes": [asdict(box) for box in boxes],
        "highlight": highlight,
        "reveal": reveal,
        "front": front,
        "mode": mode,
        "heard": st.session_state.get(heard, 0),
        "letters": letters,
        "registration": registration,
        "heat": heat,
        "drawing": drawing,
        "link": link,
        "height": height,
        "library": asset_url("openseadragon.min.js"),
    }
    result = _mount(
        key=key,
        data=data,
        on_picked_change=nothing,
        on_drawn_change=nothing,
        on_removed_change=nothing,
        on_mode_change=nothing,
    )
    own = [box for box in boxes if box.kind == "drawn"]
    chosen, told = _chosen(result.mode)
    if chosen:  # a mode from before her latest choice must not undo it: the viewer is told which choices are known
        st.session_state[heard] = told
    return ViewerEvent(
        _picked(result.picked, boxes), _drawn(result.drawn, pictures), _picked(result.removed, own), chosen
    )


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


def _chosen(value: object) -> tuple[Mode | None, int]:
    """The way to compare that she chose ("single" is not hers to choose), and the number of this choice."""
    if not isinstance(value, Mapping):
        return None, 0
    mode, told = value.get("mode"), value.get("told")
    if mode not in get_args(Mode)[1:] or not isinstance(told, int):
        return None, 0
    return cast(Mode, mode), told
