"""Where a reviewer is in a run: what may die with the session. What she saved is in the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from pages.parts.session import mine, owner, runtime
from vision.errors import LoupeError
from vision.evidence.clicking import value_at
from vision.extracting.placing import field_at, value_of
from vision.extracting.reviewing import Desk, Edit, Reviewed, add_row, next_open, remove_row, review, undo
from vision.extracting.showing import name_in_words, value_text
from vision.fields.model import HOLDERS, Field, Path, parse_path, path_text
from vision.store.extract_records import Record, Run, Verdict
from vision.store.reviews import Stale

NOT_THERE = "Nothing there can be a value of this field: press another place, or type it."
NO_BACK = "This is where you began."
LAST = "No other document is open."


@dataclass(slots=True)
class Conflict:
    """What she typed while somebody else saved: by place, her text."""

    record: str
    texts: dict[str, str]


@dataclass(slots=True)
class At:
    """``heard``: the number of her last act that was done. ``trail``: records she came from, the last one last.
    ``passed``: records she left for later. ``own``: by record, the versions from which only she went on,
    and the newest of them."""

    run: str
    record: str = ""
    heard: int = 0
    trail: list[str] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    said: str = ""
    unfit: dict[str, dict[str, str]] = field(default_factory=dict)
    conflict: Conflict | None = None
    own: dict[str, tuple[set[int], int]] = field(default_factory=dict)


def at(run_id: str) -> At:
    """This session's place in the run."""
    found: At | None = st.session_state.get("review_at")
    if found is None or found.run != run_id:
        found = st.session_state["review_at"] = At(run_id)
    return found


def desk_of(run: Run) -> Desk:
    return Desk(mine(), runtime().extractor.checker, run, owner())


def go_to(here: At, record_id: str | None) -> None:
    """Opens a record; None: there is none left."""
    if here.record and here.record != record_id:
        here.trail.append(here.record)
    here.record, here.unfit, here.conflict = record_id or "", {}, None


def hear(run: Run, acts: object) -> None:
    """Does what the form says she did: each act once, in order."""
    here, desk = at(run.id), desk_of(run)
    for act in acts if isinstance(acts, list) else []:
        if not isinstance(act, Mapping) or not isinstance(act.get("n"), int) or act["n"] <= here.heard:
            continue
        here.heard, here.said = act["n"], ""
        try:
            _do(here, desk, act)
        except Stale as error:
            texts = _texts(act.get("texts"))
            here.conflict = Conflict(error.current.id, texts)
        except LoupeError as error:
            here.said = error.sentence


def _do(here: At, desk: Desk, act: Mapping[str, Any]) -> None:
    record_id, what = str(act.get("record", "")), act.get("act")
    if what == "theirs":
        _let_theirs(here, str(act.get("path", "")))
        return
    version = _version(here, desk, record_id, act)
    edit = _edit(act)
    if what == "undo":
        _undo(here, desk, record_id, version)
        return
    if what == "point":
        edit = _pointed(desk, record_id, act)
    elif what == "remove":
        _kept(here, version, remove_row(desk, record_id, version, parse_path(str(act["path"]))))
        return
    if edit.verdict is Verdict.ACCEPTED and record_id == here.record:  # what did not fit is not passed over
        still = {parse_path(path): one["text"] for path, one in here.unfit.items()}
        edit = replace(edit, texts={**still, **edit.texts})
    found = review(desk, record_id, version, edit)
    _kept(here, version, found.record)
    if record_id != here.record and found.unfit:  # she was shown the next one already
        here.said = f"{found.record.name}: {next(iter(found.unfit.values()))}"
        go_to(here, record_id)
    _say_unfit(here, found, {path_text(path): text or "" for path, text in edit.texts.items()})
    if what == "mine":
        for typed in _texts(act.get("texts")):
            _let_theirs(here, typed)
    if what == "add":
        _kept(here, found.record.version, add_row(desk, record_id, found.record.version, parse_path(str(act["path"]))))
    if what == "open" or (edit.verdict not in (None, Verdict.OPEN) and not found.unfit):
        _leave(here, desk, str(act.get("to", "on")), record_id)


def _edit(act: Mapping[str, Any]) -> Edit:
    looked = act.get("looked")
    verdict = act.get("verdict")
    return Edit(
        {parse_path(path): text for path, text in _texts(act.get("texts")).items()},
        tuple(parse_path(path) for path in looked if isinstance(path, str)) if isinstance(looked, list) else (),
        Verdict(verdict) if verdict in set(Verdict) else None,
    )


def _texts(found: object) -> dict[str, str]:
    given = found if isinstance(found, Mapping) else {}
    return {str(path): text for path, text in given.items() if isinstance(text, str) and path}


def _version(here: At, desk: Desk, record_id: str, act: Mapping[str, Any]) -> int:
    """The version she saw, or her own last one where only she saved since."""
    if act.get("act") == "mine":  # she has seen what stands there now
        return desk.owned.record(record_id).version
    seen = act.get("version")
    seen = seen if isinstance(seen, int) else -1
    versions, last = here.own.get(record_id, (set(), -1))
    return last if seen in versions else seen


def _kept(here: At, version: int, record: Record) -> None:
    versions, last = here.own.get(record.id, (set(), version))
    if last != version:  # somebody else came between: what she saw before is no longer hers to go on from
        versions = set()
    here.own[record.id] = versions | {version}, record.version


def _say_unfit(here: At, found: Reviewed, texts: Mapping[str, str]) -> None:
    for path in texts:
        here.unfit.pop(path, None)
    for place, sentence in found.unfit.items():
        key = path_text(place)
        here.unfit[key] = {"text": texts.get(key, ""), "sentence": sentence}


def _let_theirs(here: At, path: str) -> None:
    if here.conflict is not None:
        here.conflict.texts.pop(path, None)
        if not here.conflict.texts:
            here.conflict = None


def _undo(here: At, desk: Desk, record_id: str, version: int) -> None:
    """Here, or where nothing was done here, on the record she came from."""
    try:
        _kept(here, version, undo(desk, record_id, version))
        here.unfit = {}
    except Stale:
        raise
    except LoupeError:
        if not here.trail:
            raise
        before = desk.owned.record(here.trail[-1])
        _kept(here, before.version, undo(desk, before.id, before.version))
        here.record, here.unfit = here.trail.pop(), {}


def _pointed(desk: Desk, record_id: str, act: Mapping[str, Any]) -> Edit:
    """The field filled with what stands where she pressed. Raises LoupeError where nothing fits."""
    record, path = desk.owned.record(record_id), parse_path(str(act["path"]))
    one = field_at(desk.run.fields, path)
    page = next((n for n, stored in enumerate(record.pictures) if stored.id == act.get("picture")), None)
    x, y = act.get("x"), act.get("y")
    if page is None or not isinstance(x, int | float) or not isinstance(y, int | float) or one.kind in HOLDERS:
        raise LoupeError(NOT_THERE)
    reading = desk.checker.reading(desk.owned, record.pictures[page])
    found = value_at(replace(one, many=False), desk.run.fields, reading, (float(x), float(y)), page)
    if found is None:
        raise LoupeError(NOT_THERE)
    return Edit({path: value_text(one, found[0])}, looked=(path,))


def _leave(here: At, desk: Desk, to: str, record_id: str) -> None:
    queue = desk.owned.queue(desk.run.id)
    if to == "back":
        if not here.trail:
            here.said = NO_BACK
            return
        here.record, here.unfit, here.conflict = here.trail.pop(), {}, None
    elif to in ("on", "next"):
        if to == "next":
            here.passed.add(record_id)
        found = next_open(queue, record_id, here.passed)
        if found in here.passed:  # the second time round
            here.passed.clear()
        if found is None and to == "next":
            here.said = LAST
            return
        go_to(here, found)
    elif any(head.id == to for head in queue):
        go_to(here, to)


def conflict_of(here: At, run: Run, record: Record, who: Callable[[str], str]) -> dict[str, Any] | None:
    """Both values, for the form."""
    if here.conflict is None or here.conflict.record != record.id:
        return None
    values = []
    for text, typed in here.conflict.texts.items():
        path: Path = parse_path(text)
        one = field_at(run.fields, path)
        values.append({"id": text, "label": place_in_words(path), "mine": typed, "theirs": _stands(record, path, one)})
    name = who(record.reviewer)
    told = f"{name} saved this document meanwhile. " + (
        "Nothing was overwritten: choose which value stays." if values else "Look at what stands there now."
    )
    return {"sentence": told, "values": values}


def _stands(record: Record, path: Path, one: Field) -> str:
    return value_text(one, value_of(record.data, path))


def place_in_words(path: Path) -> str:
    """ "Amount, row 2" for items.1.amount."""
    names = [part for part in path if isinstance(part, str)]
    rows = [part + 1 for part in path if isinstance(part, int)]
    return name_in_words(names[-1]) + "".join(f", row {row}" for row in rows) if names else "the document"
