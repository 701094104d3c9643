"""What the store hands out about extraction: runs, records, what was done to them. Frozen, detached, times in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from vision.fields.model import FieldSet, Path
from vision.fields.values import Doubt, Support
from vision.messages import Attempt, Detail, Json
from vision.store.records import StoredPicture

if TYPE_CHECKING:
    from vision.store.batch_records import Batch

ALL_PAGES = -1

ChangeKind = Literal["corrected", "accepted", "rejected", "reopened", "undone"]


class RecordState(StrEnum):
    """Where the reading of a document stands. DONE: there is data, whole or incomplete, or an answer. SKIPPED: nothing
    was asked, for the file is no picture."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What the reviewer said of a record."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be read as one: its pages in order. ``page``: of the file that the one picture is a page of, the page
    of this number is meant, ``ALL_PAGES`` for all of them, 0 for the pictures as they are: other pages are opened only
    when it is their turn. ``sentence``: why there is no picture; then it is a line of the run and nothing else."""

    name: str
    picture_ids: tuple[str, ...]
    page: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """``fields`` is the set as it was asked for. ``threshold``: values with no more doubt than this count as accepted
    without being looked at; None (the default): all are looked at. ``counts``: records by state, ``judged`` by
    verdict. ``batch``: how a durable run stands, None for one that is read at once."""

    id: str
    title: str
    fields: FieldSet
    set_number: int
    set_version_id: str
    choice: str
    detail: Detail
    threshold: float | None
    counts: Mapping[RecordState, int]
    judged: Mapping[Verdict, int]
    created: datetime
    updated: datetime
    batch: Batch | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """Records that are still to come."""
        return self.counts.get(RecordState.WAITING, 0) + self.counts.get(RecordState.RUNNING, 0)


@dataclass(frozen=True, slots=True)
class RecordHead:
    """A record as a line of the queue. ``cost_usd`` None: unknown."""

    id: str
    position: int
    name: str
    state: RecordState
    verdict: Verdict
    score: float
    checked: bool
    sentence: str
    cost_usd: Decimal | None
    provider: str


@dataclass(frozen=True, slots=True)
class Record:
    """``data`` is what stands now, ``first`` what the model gave; ``supports`` and ``doubts`` are about ``data``.

    ``version`` counts the changes: who saves names the one she saw. ``checked`` False: the pictures were not searched
    for the values yet. ``cost_usd`` None: unknown."""

    id: str
    run_id: str
    position: int
    name: str
    pictures: tuple[StoredPicture, ...]
    state: RecordState
    verdict: Verdict
    version: int
    data: Json
    first: Json
    supports: Mapping[Path, Support]
    doubts: tuple[Doubt, ...]
    score: float
    checked: bool
    provider: str
    model: str
    cost_usd: Decimal | None
    seconds: float
    attempts: tuple[Attempt, ...]
    notes: tuple[str, ...]
    sent_sha256: tuple[str, ...]
    outcome: str
    sentence: str
    text: str
    worker: str
    reviewer: str
    reviewed: datetime | None
    created: datetime
    updated: datetime
    same_as: str = ""
    page: int = 0
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` and ``after`` are values of ``path`` (None: not there), or verdicts where ``path`` is empty."""

    number: int
    kind: ChangeKind
    path: Path
    who: str
    before: Any
    after: Any
    created: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another model read. ``chosen``: by path text, "first" or "other", what she took where they differ.
    ``hidden``: the names were, until she chose."""

    id: str
    record_id: str
    state: RecordState
    choice: str
    provider: str
    model: str
    hidden: bool
    data: Json
    chosen: Mapping[str, str]
    cost_usd: Decimal | None
    sentence: str
    worker: str
    created: datetime
