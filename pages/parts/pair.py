"""Two pictures under one view: what differs between them, the places, and which of these go into the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.parts.answers import evidence_id
from pages.parts.compared import Lettered
from pages.parts.session import owner, runtime
from pages.parts.viewer import Box, Mode, NamedBox, Registration, ViewerEvent, shown, viewer
from vision.answering.differences import Failed
from vision.comparing.result import Difference
from vision.store.records import Conversation, StoredPicture, StoredTurn
from vision.web.differences import heat_url

TALL, WIDE = 520, 380  # of the viewer, in CSS pixels: two pictures that lie need less


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the pair, by number. A side where it does not lie is None. ``own``: she drew it."""

    number: int
    a: Box | None
    b: Box | None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """The two pictures that are looked at, and what is known of their difference: None while it is being computed."""

    talk: Conversation
    one: Lettered
    other: Lettered
    found: Difference | Failed | None

    @property
    def key(self) -> str:
        return f"{self.talk.id}_{self.one.letter}{self.other.letter}"

    @property
    def letters(self) -> tuple[str, str]:
        return self.one.letter, self.other.letter

    @property
    def registration(self) -> Registration | None:
        if not isinstance(self.found, Difference) or self.found.percent is None:
            return None
        return self.found.registration.scale, self.found.registration.dx, self.found.registration.dy

    def ready(self) -> bool:
        """Whether there is more to be drawn than was when this was made."""
        return self.found is None and runtime().differences.ready(owner(), self.one.stored, self.other.stored)

    def forget(self) -> None:
        """After a failure: compute it again."""
        runtime().differences.forget(owner(), self.one.stored, self.other.stored)


def pair_of(talk: Conversation, one: Lettered, other: Lettered) -> Pair:
    return Pair(talk, one, other, runtime().differences.of(owner(), one.stored, other.stored))


def spots(pair: Pair) -> tuple[Spot, ...]:
    """The places that differ, then those that she drew."""
    regions = pair.found.regions if isinstance(pair.found, Difference) else ()
    found = [Spot(number, one.box_a, one.box_b) for number, one in enumerate(regions, start=1)]
    return (*found, *(Spot(len(found) + at, a, b, own=True) for at, (a, b) in enumerate(_drawn(pair), start=1)))


def chosen(pair: Pair) -> tuple[Spot, ...]:
    """Those that a question can be asked about: pressed in the list, or drawn."""
    pressed = st.session_state.get(f"spots_{pair.key}") or ()
    return tuple(spot for spot in spots(pair) if spot.own or spot.number in pressed)


def draw_pair(pair: Pair, turns: Sequence[StoredTurn], originals: Mapping[str, StoredPicture]) -> None:
    """The viewer. ``originals``: by the id of every picture that was sent, the one that is looked at for it."""
    lit = str(st.session_state.get("lit", ""))
    found = pair.found if isinstance(pair.found, Difference) else None
    event = viewer(
        [shown(each.id, each.picture.width, each.picture.height, each.picture.name) for each in _pictures(pair)],
        key=f"viewer_{pair.talk.id}",
        boxes=[*_boxes(pair), *_evidence(turns, lit, originals)],
        highlight=_viewer_id(lit) or None,
        reveal=st.session_state.get("reveal", 0),
        mode=_mode(pair),
        letters=pair.letters,
        registration=pair.registration,
        heat=heat_url(pair.one.stored.id, pair.other.stored.id) if found and found.percent is not None else None,
        drawing=True,
        height=WIDE if all(one.picture.width > one.picture.height for one in _pictures(pair)) else TALL,
    )
    _take_in(pair, event, lit)


def _pictures(pair: Pair) -> tuple[StoredPicture, StoredPicture]:
    return pair.one.stored, pair.other.stored


def _mode(pair: Pair) -> Mode:
    mode: Mode = st.session_state.get(f"mode_{pair.talk.id}", "side-by-side")
    return mode


def _take_in(pair: Pair, event: ViewerEvent, lit: str) -> None:
    if event.mode:
        st.session_state[f"mode_{pair.talk.id}"] = event.mode
    if event.picked and _known_id(event.picked) != lit:
        st.session_state["lit"] = _known_id(event.picked)
        st.rerun()
    if event.drawn:
        both = _mapped(pair, event.drawn.picture, event.drawn.box)
        st.session_state[f"drawn_{pair.key}"] = (*_drawn(pair), both)
        st.rerun()
    if event.removed:
        number = int(event.removed.partition(":")[0].removeprefix("r"))
        kept = [(spot.a, spot.b) for spot in spots(pair) if spot.own and spot.number != number]
        st.session_state[f"drawn_{pair.key}"] = tuple(kept)
        st.rerun()


def _boxes(pair: Pair) -> list[NamedBox]:
    """Each place on both pictures, under one name."""
    marked = {spot.number for spot in chosen(pair)}
    boxes = []
    for spot in spots(pair):
        kind = "drawn" if spot.own else "doubt" if spot.number in marked else ""
        for side, stored, box in (("a", pair.one.stored, spot.a), ("b", pair.other.stored, spot.b)):
            if box is not None:
                boxes.append(NamedBox(f"r{spot.number}:{side}", stored.id, box, str(spot.number), kind))
    return boxes


def _evidence(turns: Sequence[StoredTurn], lit: str, originals: Mapping[str, StoredPicture]) -> list[NamedBox]:
    """Where the answer was read whose place is lit; only that one's, for the places that differ are there as well."""
    answers = [answer for turn in turns for answer in turn.answers if answer.id == lit.partition(":")[0]]
    boxes = []
    for answer in answers:
        for number, found in enumerate(answer.evidence):
            original = (
                originals.get(answer.picture_ids[found.picture]) if found.picture < len(answer.picture_ids) else None
            )
            if original is not None:
                name = _viewer_id(evidence_id(answer, number))
                boxes.append(NamedBox(name, original.id, found.box, found.text, "ok"))
    return boxes


def _viewer_id(place: str) -> str:
    """What the viewer calls a place. What stands before the last colon is one place on both pictures, so that each
    piece of evidence needs a name of its own there."""
    answer, colon, number = place.partition(":")
    return f"{answer}-{number}:" if colon and number.isdigit() else place


def _known_id(place: str) -> str:
    answer, dash, number = place.rstrip(":").rpartition("-")
    return f"{answer}:{number}" if dash and place.endswith(":") else place


def _drawn(pair: Pair) -> tuple[tuple[Box | None, Box | None], ...]:
    """What she drew, on both pictures."""
    drawn: tuple[tuple[Box | None, Box | None], ...] = st.session_state.get(f"drawn_{pair.key}", ())
    return drawn


def _mapped(pair: Pair, picture_id: str, box: Box) -> tuple[Box | None, Box | None]:
    """The place on both pictures, of a box on one of them."""
    first, second = (stored.picture for stored in _pictures(pair))
    scale, dx, dy = pair.registration or (first.width / second.width, 0.0, 0.0)
    x0, y0, x1, y1 = box
    if picture_id == pair.one.stored.id:
        there = ((x0 - dx) / scale, (y0 - dy) / scale, (x1 - dx) / scale, (y1 - dy) / scale)
        return box, _inside(there, second.width, second.height)
    here = (x0 * scale + dx, y0 * scale + dy, x1 * scale + dx, y1 * scale + dy)
    return _inside(here, first.width, first.height), box


def _inside(box: Box, width: int, height: int) -> Box | None:
    x0, x1 = (min(max(value, 0.0), float(width)) for value in (box[0], box[2]))
    y0, y1 = (min(max(value, 0.0), float(height)) for value in (box[1], box[3]))
    return (x0, y0, x1, y1) if x1 - x0 >= 1 and y1 - y0 >= 1 else None
