"""What needs no look, and what reviews tell: a threshold that is hers, and how often each model was right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vision.extracting.reviewing import UNSEEN, Desk, Edit, is_open, review
from vision.extraction.comparing import differences
from vision.extraction.leaf_values import leaf_values, names_of
from vision.extraction.truth import Judgement
from vision.fields.model import FieldSet
from vision.store.extract_records import Record, RecordState, Verdict
from vision.store.reviews import Stale


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of ``values`` in the open records ``covered`` have no more doubt than the threshold; in ``whole`` of the
    ``records`` all of them."""

    values: int
    covered: int
    records: int
    whole: int


def coverage(records: Iterable[Record], threshold: float) -> Coverage:
    """What a threshold would take out of the queue."""
    ready = [one for one in records if _ready(one)]
    scores = [doubt.score for one in ready for doubt in one.doubts]
    return Coverage(
        len(scores),
        sum(score <= threshold for score in scores),
        len(ready),
        sum(below(one, threshold) for one in ready),
    )


def below(record: Record, threshold: float) -> bool:
    """Whether nobody needs to look at any value of ``record``."""
    return _ready(record) and bool(record.doubts) and all(doubt.score <= threshold for doubt in record.doubts)


def _ready(record: Record) -> bool:
    return record.verdict is Verdict.OPEN and record.state is RecordState.DONE and record.checked


def accept_unseen(desk: Desk, threshold: float) -> int:
    """Accepts every open record all of whose values lie within the threshold, and says in each that nobody looked; how
    many that were. Raises NotThere and StoreError."""
    unseen, count = replace(desk, who=UNSEEN), 0
    for head in desk.owned.queue(desk.run.id):
        record = desk.owned.record(head.id) if is_open(head) else None
        if record is None or not below(record, threshold):
            continue
        try:
            review(unseen, record.id, record.version, Edit(verdict=Verdict.ACCEPTED))
        except Stale:  # somebody is at it: then it is looked at
            continue
        count += 1
    return count


def judgements(set_: FieldSet, records: Sequence[Record]) -> tuple[Judgement, ...]:
    """Each value of accepted records that somebody looked at: was it right as the model gave it?

    A value the model missed, or gave where there is none, counts as wrong.
    """
    return tuple(
        one
        for record in records
        if record.verdict is Verdict.ACCEPTED and record.reviewer != UNSEEN and record.model
        for one in _judged(set_, record)
    )


def _judged(set_: FieldSet, record: Record) -> Iterable[Judgement]:
    wrong = [names_of(one.path) for one in differences(set_, record.first, record.data)]
    places = [names_of(path) for path, _, _ in leaf_values(set_.fields, record.first)]
    missed = [one for one in differences(set_, record.first, record.data) if one.one is None]
    for name in dict.fromkeys([*places, *wrong]):
        count = places.count(name) + sum(names_of(one.path) == name for one in missed)
        for number in range(count):
            yield Judgement(name, record.model, right=number >= wrong.count(name))


def looked_at(records: Iterable[Record]) -> tuple[int, int]:
    """Of accepted records: how many a person looked at, how many nobody did."""
    accepted = [one for one in records if one.verdict is Verdict.ACCEPTED]
    unseen = sum(one.reviewer == UNSEEN for one in accepted)
    return len(accepted) - unseen, unseen
