"""The form of the review desk beside its picture: one component for all records of a run (kit/review-form.js)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from pages.parts.mounting import component
from pages.parts.review_state import At, conflict_of, hear, place_in_words
from pages.parts.session import mine, owner
from pages.parts.viewer import NamedBox, shown, viewer
from pages.parts.viewer import Shown as ShownPicture
from vision.extracting.checking import READING_VERSION
from vision.extracting.form import form
from vision.extracting.reviewing import is_open, next_open, settled
from vision.extracting.showing import spots
from vision.fields.model import path_text
from vision.store.extract_records import Change, Record, RecordHead, RecordState, Run, Verdict
from vision.web.pictures import levels

SHOWN_IN_QUEUE = 40
SHOWN_CHANGES = 30
DOUBTFUL = 0.3  # from here on a document is called doubtful in the queue, as a mark "similar" makes it
HEIGHT = 640

_mount = component("loupe_review_form", "review-form", "the form")


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with what was done to it and the queue it stands in."""

    run: Run
    record: Record
    changes: tuple[Change, ...]
    queue: tuple[RecordHead, ...]


def draw_picture(one: Shown) -> None:
    """The pages of the document, with a box for every value and a faint one for every line that can be pressed."""
    viewer(
        _pages(one.record),
        key=f"review_viewer_{one.run.id}",
        boxes=_boxes(one.run, one.record, one.changes),
        link=one.run.id,
        height=HEIGHT,
    )


def _pages(record: Record) -> list[ShownPicture]:
    return [shown(p.id, p.picture.width, p.picture.height, p.picture.name) for p in record.pictures]


def _boxes(run: Run, record: Record, changes: Sequence[Change]) -> list[NamedBox]:
    done = {path_text(path) for path in settled(record.data, changes)}
    readings = [mine().reading(stored.id, READING_VERSION) for stored in record.pictures]
    boxes = [
        NamedBox(f"line-{page}-{number}", record.pictures[page].id, line.box, "", "line")
        for page, reading in enumerate(readings)
        if reading is not None
        for number, line in enumerate(reading.lines)
    ]
    boxes += [
        NamedBox(
            spot.id,
            record.pictures[spot.page].id,
            spot.box,
            spot.label,
            "ok" if spot.id in done else "" if spot.tone == "quiet" else spot.tone,
        )
        for spot in spots(run.fields, record)
    ]
    return boxes


def draw_form(here: At, one: Shown) -> None:
    """What she does in it is done before the page is drawn again (``hear``)."""
    key = f"review_form_{one.run.id}"
    run, record = one.run, one.record
    data = {
        **_document(run, record, one.changes),
        "link": run.id,
        "heard": here.heard,
        "unfit": here.unfit,
        "said": here.said,
        "conflict": conflict_of(here, run, record, name_of),
        "history": [_told(change) for change in one.changes[: -SHOWN_CHANGES - 1 : -1]],
        "queue": [_line(head, record.id) for head in _window(one.queue, record.id)],
        "counts": counts(one.queue),
        **_next(one, here.passed),
    }
    _mount(key=key, data=data, on_acts_change=_hear_from(key, run))


def _document(run: Run, record: Record, changes: Sequence[Change]) -> dict[str, Any]:
    """What the form needs to know of one record."""
    return {
        "record": record.id,
        "version": record.version,
        "name": record.name,
        "verdict": record.verdict.value,
        "state": _state(record),
        "blocks": form(run.fields, record, changes, run.threshold, owner()),
        "places": {spot.id: {"page": spot.page, "box": spot.box} for spot in spots(run.fields, record)},
        "pages": [_page(p.id, p.picture.width, p.picture.height) for p in record.pictures],
    }


def _hear_from(key: str, run: Run) -> Callable[[], None]:
    def heard() -> None:
        hear(run, st.session_state[key].acts)

    return heard


def _page(picture_id: str, width: int, height: int) -> dict[str, Any]:
    largest = levels(picture_id, width, height)[-1]
    return {"url": largest.url, "width": width, "height": height}


def _next(one: Shown, passed: Collection[str]) -> dict[str, Any]:
    """The document that comes next, whole: the form shows it at once when she is done with this one."""
    following = next_open(one.queue, one.record.id, passed)
    if following is None:
        return {"next": None, "preload": []}
    record, changes = mine().record(following), mine().changes(following)
    pages = _pages(record)
    found = {
        **_document(one.run, record, changes),
        "viewer": {
            "pictures": [asdict(page) for page in pages],
            "boxes": [asdict(box) for box in _boxes(one.run, record, changes)],
        },
    }
    return {"next": found, "preload": [level.url for page in pages[:2] for level in page.levels]}


def counts(queue: Sequence[RecordHead]) -> dict[str, int]:
    done = sum(head.verdict is not Verdict.OPEN for head in queue)
    left = sum(is_open(head) for head in queue)
    return {"done": done, "left": left, "total": len(queue)}


def _window(queue: Sequence[RecordHead], record_id: str) -> Sequence[RecordHead]:
    at = next((number for number, head in enumerate(queue) if head.id == record_id), 0)
    start = max(0, min(at - 5, len(queue) - SHOWN_IN_QUEUE))
    return queue[start : start + SHOWN_IN_QUEUE]


def _line(head: RecordHead, current: str) -> dict[str, Any]:
    tone, words = _standing(head)
    return {"id": head.id, "name": head.name, "tone": tone, "words": words, "current": head.id == current}


def _standing(head: RecordHead) -> tuple[str, str]:
    if head.verdict is Verdict.ACCEPTED:
        return "ok", "✓ accepted"
    if head.verdict is Verdict.REJECTED:
        return "quiet", "✕ rejected"
    if head.state in (RecordState.WAITING, RecordState.RUNNING):
        return "quiet", "… being read"
    if head.state is not RecordState.DONE:
        return "problem", "! could not be read"
    if not head.checked:
        return "quiet", "… being checked"
    return ("problem", "! doubtful") if head.score >= DOUBTFUL else ("quiet", "few doubts")


def _state(record: Record) -> str:
    if record.verdict is Verdict.ACCEPTED:
        return f"Accepted by {name_of(record.reviewer)}."
    if record.verdict is Verdict.REJECTED:
        return f"Rejected by {name_of(record.reviewer)}."
    if record.state is not RecordState.DONE:
        return f"{record.sentence} You can fill it in by hand, or reject it."
    return "" if record.checked else "The picture is still being searched for these values."


def name_of(who: str) -> str:
    return "you" if who == owner() else who


def _told(change: Change) -> dict[str, str]:
    who = name_of(change.who)
    return {"words": f"{who[:1].upper()}{who[1:]} {_done(change)}", "when": _when(change.created)}


def _done(change: Change) -> str:
    what = place_in_words(change.path)
    if not change.path:
        verb = {"accepted": "accepted the document", "rejected": "rejected the document"}.get(change.kind)
        return verb or ("opened it again" if change.kind == "reopened" else f"took back: {change.before}")
    if change.kind == "accepted":
        return f"accepted {what}"
    if change.kind == "undone":
        return f"took back {what}" + (f": {_text(change.after)}" if change.before != change.after else "")
    return f"changed {what} from {_text(change.before)} to {_text(change.after)}"


def _text(value: Any) -> str:
    if value is None or value == []:
        return "nothing"
    if isinstance(value, list):
        return f"{len(value)} {'row' if len(value) == 1 else 'rows'}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"“{text[:60]}{'…' if len(text) > 60 else ''}”"


def _when(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %H:%M} UTC"
