"""What a reviewer does to a record: correct, accept field by field or as a whole, reject, take back. Every act is kept.

All of it is one save onto the version she saw; whoever saved meanwhile is not overwritten (``Stale``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from vision.errors import LoupeError, NotThere, PictureError, ProviderError
from vision.extracting.checking import Checker
from vision.extracting.placing import NO_SUCH_PLACE, empty_row, field_at, is_list, put, value_of
from vision.extraction.doubt import record_doubt
from vision.extraction.judging import judge_data
from vision.fields.model import HOLDERS, Field, FieldSet, Kind, Path
from vision.messages import Json
from vision.models.catalog import READER
from vision.store import OwnedStore
from vision.store.extract_records import Change, ChangeKind, Record, RecordHead, RecordState, Run, Verdict
from vision.store.reviews import Act, Saved, Stale
from vision.store.runs import Checks

NOTHING_TO_UNDO = "Nothing was done to this record yet."
UNSEEN = "accepted without looking"  # who accepted what nobody looked at
TO_REVIEW = frozenset({RecordState.DONE, RecordState.FAILED, RecordState.STOPPED, RecordState.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Desk:
    """Who reviews which run, with what."""

    owned: OwnedStore
    checker: Checker
    run: Run
    who: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What is saved at once. ``texts``: what was typed, by place; None or "" takes the value away. ``looked``: values
    she accepted as they stand. ``verdict``: on the record as a whole; None leaves it."""

    texts: Mapping[Path, str | None] = field(default_factory=dict)
    looked: tuple[Path, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """``unfit``: by place, why what was typed is no such value; none of those was saved, and then no verdict either."""

    record: Record
    unfit: Mapping[Path, str] = field(default_factory=dict)


def review(desk: Desk, record_id: str, version: int, edit: Edit) -> Reviewed:
    """Saves ``edit``. Raises Stale, NotThere and StoreError."""
    record = _seen(desk, record_id, version)
    data, acts, unfit = _typed(desk.run.fields, record.data, edit.texts)
    for path in edit.looked:
        value = value_of(data, path)
        if path not in unfit and path not in {act.path for act in acts}:
            acts.append(Act("accepted", path, value, value))
    verdict = record.verdict if edit.verdict is None or unfit else edit.verdict
    if verdict is Verdict.ACCEPTED and record.verdict is not Verdict.ACCEPTED:
        data, more = _without_empty_rows(desk.run.fields, data)
        acts += more
    if verdict is not record.verdict:
        acts.append(Act(_KINDS[verdict], (), record.verdict.value, verdict.value))
    return Reviewed(_save(desk, record, data, verdict, acts), unfit)


_KINDS: Mapping[Verdict, ChangeKind] = {
    Verdict.ACCEPTED: "accepted",
    Verdict.REJECTED: "rejected",
    Verdict.OPEN: "reopened",
}


def add_row(desk: Desk, record_id: str, version: int, path: Path) -> Record:
    """An empty row, or value, at the end of the list at ``path``. Raises as ``review``."""
    record = _seen(desk, record_id, version)
    one = field_at(desk.run.fields, path)
    before = value_of(record.data, path)
    after = [*(before or []), empty_row(one)] if one.kind is Kind.ROWS else before
    return _put_list(desk, record, path, before, after)


def remove_row(desk: Desk, record_id: str, version: int, path: Path) -> Record:
    """Without the row at ``path``, ("items", 2). Raises as ``review``."""
    record = _seen(desk, record_id, version)
    before = value_of(record.data, path[:-1])
    after = [row for number, row in enumerate(before or []) if number != path[-1]] or None
    return _put_list(desk, record, path[:-1], before, after)


def _put_list(desk: Desk, record: Record, path: Path, before: Any, after: Any) -> Record:
    if before == after:
        return record
    data = put(desk.run.fields.fields, record.data, path, after)
    return _save(desk, record, data, record.verdict, [Act("corrected", path, before, after)])


def undo(desk: Desk, record_id: str, version: int) -> Record:
    """Takes back what was done last and was not taken back yet. Raises as ``review``, and LoupeError where there is
    nothing."""
    record = _seen(desk, record_id, version)
    done = standing(desk.owned.changes(record_id))
    if not done:
        raise LoupeError(NOTHING_TO_UNDO)
    last = done[-1]
    act = Act("undone", last.path, last.after, last.before)
    if not last.path:
        return _save(desk, record, record.data, Verdict(last.before), [act])
    data = record.data
    if last.kind == "corrected":
        data = put(desk.run.fields.fields, data, last.path, last.before)
    return _save(desk, record, data, record.verdict, [act])


def standing(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What was done and not taken back, oldest first."""
    stack: list[Change] = []
    for change in changes:
        if change.kind != "undone":
            stack.append(change)
        elif stack:
            stack.pop()
    return tuple(stack)


def settled(data: Json, changes: Iterable[Change]) -> dict[Path, Change]:
    """The values that somebody accepted or corrected, and that are still so: by place, what was done last."""
    last: dict[Path, Change] = {}
    for one in standing(changes):
        if one.path and not (one.kind == "accepted" and one.path in last and last[one.path].after == one.after):
            last[one.path] = one
    return {path: one for path, one in last.items() if value_of(data, path) == one.after}


# -- the queue ------------------------------------------------------------------------------------------------------


def is_open(head: RecordHead) -> bool:
    """Whether it is there to be reviewed and nobody has judged it."""
    return head.verdict is Verdict.OPEN and head.state in TO_REVIEW


def next_open(queue: Sequence[RecordHead], current: str = "", passed: Collection[str] = ()) -> str | None:
    """The most doubtful open record besides ``current``; those she ``passed`` come last. None: there is no other."""
    ids = [head.id for head in queue if is_open(head) and head.id != current]
    return next((one for one in ids if one not in passed), ids[0] if ids else None)


# -- saving ---------------------------------------------------------------------------------------------------------


def _seen(desk: Desk, record_id: str, version: int) -> Record:
    record = desk.owned.record(record_id)
    if record.version != version:
        raise Stale(record)
    return record


def _save(desk: Desk, record: Record, data: Json, verdict: Verdict, acts: Sequence[Act]) -> Record:
    if not acts:
        return record
    before = settled(record.data, desk.owned.changes(record.id))
    undone = {act.path for act in acts if act.kind == "undone"}
    looked = {act.path for act in acts if act.path} | {
        path for path, one in before.items() if value_of(data, path) == one.after
    }
    checks = record_checks(record) if data == record.data else _checked(desk, record, data)
    open_ = (one for one in checks.doubts if one.path not in looked - undone)
    checks = replace(checks, score=record_doubt(open_))
    saved = Saved(data, verdict, checks)
    desk.owned.save_review(record.id, record.version, saved, acts, who=desk.who)
    return desk.owned.record(record.id)


def record_checks(record: Record) -> Checks:
    return Checks(record.supports, record.doubts, record.score)


def _checked(desk: Desk, record: Record, data: Json) -> Checks:
    opinion = desk.owned.opinion(record.id)
    others = (opinion.data,) if opinion is not None and opinion.state is RecordState.DONE else ()
    fields = desk.run.fields
    try:
        own = record.provider == READER
        return desk.checker.check(desk.owned, fields, data, record.pictures, others=others, own=own)
    except (PictureError, ProviderError):  # a picture that cannot be read any more: her word counts all the same
        return desk.checker.judge(fields, data, others=others)


def _typed(
    set_: FieldSet, data: Json, texts: Mapping[Path, str | None]
) -> tuple[dict[str, Any], list[Act], dict[Path, str]]:
    """The data with what was typed, what that did, and what does not fit. Later places of a list go first, so that one
    that is taken away moves none of the others."""
    new, acts, unfit = dict(data), list[Act](), dict[Path, str]()
    for path in sorted(texts, key=lambda one: [-part for part in one if isinstance(part, int)]):
        one = field_at(set_, path)
        if one.kind in HOLDERS or is_list(one) is not isinstance(path[-1], int):
            raise NotThere(NO_SUCH_PLACE)
        value, why = as_value(set_, one, texts[path])
        if why:
            unfit[path] = why
            continue
        whole = path[:-1] if isinstance(path[-1], int) and is_list(one) else path
        before = value_of(new, whole)
        if value == value_of(new, path) and isinstance(value, bool) == isinstance(value_of(new, path), bool):
            continue
        new = put(set_.fields, new, path, value)
        after = value_of(new, whole)
        if whole != path and len(before or ()) == len(after or ()):  # one value of a list for another
            acts.append(Act("corrected", path, value_of({"": before}, ("", path[-1])), value))
        else:
            acts.append(Act("corrected", whole, before, after))
    return new, acts, unfit


def as_value(set_: FieldSet, one: Field, text: str | None) -> tuple[Any, str]:
    """What was typed as a value of ``one``, None for nothing; or, second, why it is none."""
    if text is None or not text.strip():
        return None, ""
    single = replace(one, needed=False, many=False)
    judged = judge_data({one.name: text}, set_, (single,))
    if judged.data is None:
        return None, "; ".join(problem.sentence.partition(": ")[2] for problem in judged.problems)
    return judged.data.get(one.name), ""


def _without_empty_rows(set_: FieldSet, data: Json) -> tuple[dict[str, Any], list[Act]]:
    """Rows that she added and left empty go when the record is accepted."""
    new, acts = dict(data), list[Act]()
    for one in set_.fields:
        rows = new.get(one.name)
        if one.kind is Kind.ROWS and isinstance(rows, list):
            kept = [row for row in rows if any(value is not None for value in row.values())] or None
            if kept != rows:
                new = put(set_.fields, new, (one.name,), kept)
                acts.append(Act("corrected", (one.name,), rows, kept))
    return new, acts
