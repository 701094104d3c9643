"""What the store hands out about durable runs: where one stands, its lines and sums. Frozen, detached, UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from vision.messages import Detail, Json
from vision.store.extract_records import RecordState, Verdict


class RunState(StrEnum):
    """Where a durable run stands. TRIED: its first pictures are done and she is to say how it goes on. CAPPED: one more
    would pass a cap. NEEDS_KEY: the key it began with was typed into a page and is gone."""

    RUNNING = "running"
    PAUSED = "paused"
    TRIED = "tried"
    CAPPED = "capped"
    NEEDS_KEY = "needs_key"
    STOPPED = "stopped"
    DONE = "done"


# From these a run can go on; of a stopped one something has to be tried again first.
STANDS_STILL = frozenset({RunState.PAUSED, RunState.TRIED, RunState.CAPPED, RunState.NEEDS_KEY})


@dataclass(frozen=True, slots=True)
class Terms:
    """On what a durable run is begun; nothing of it but ``cap_usd``, ``parallel`` and ``trial`` changes afterwards.

    ``question`` is what every picture is asked, "" where a set of fields is read. ``cap_usd``: the most that all of it
    may cost, in US dollars, None for no cap of its own. ``parallel``: how many pictures are asked about at once; 1 is
    one after the other, in order. ``trial``: only the first so many for now, None for all. ``key_holder`` names the
    process (``workers.me``) that alone knows the typed key, "" where none is needed. ``again_of``: the run that this
    one repeats otherwise."""

    question: str = ""
    cap_usd: Decimal | None = None
    parallel: int = 8
    trial: int | None = None
    key_holder: str = ""
    again_of: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """The durable side of a run. ``reason`` says why it stands still, "" for no special reason. ``told``: she has seen
    that it ended."""

    state: RunState
    reason: str
    terms: Terms
    ended: datetime | None
    told: bool


@dataclass(frozen=True, slots=True)
class Active:
    """A run that is to be driven, as the engine needs it. ``updated``: when it was last moved or given terms."""

    owner: str
    run_id: str
    choice: str
    detail: Detail
    terms: Terms
    updated: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One item as a row of the run's table. ``picture_id`` is its first picture, "" for a file that is none. ``text``
    is the answer, ``data`` the values. ``cost_usd`` None: unknown."""

    id: str
    position: int
    name: str
    state: RecordState
    verdict: Verdict
    picture_id: str
    text: str
    data: Json
    outcome: str
    sentence: str
    provider: str
    model: str
    cost_usd: Decimal | None
    seconds: float
    score: float
    checked: bool
    same_as: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a table, and how many there are in all that fit what was asked for."""

    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Failed items of one kind: ``outcome`` is the stable word, ``sentence`` one of their reasons."""

    outcome: str
    sentence: str
    count: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the items of a run that were really asked about. ``seconds`` and ``cost_usd`` are those of items with a known
    price, that to a billionth of a dollar; ``unknown`` counts the others. ``recent``: how many ended since the moment
    that was named."""

    asked: int
    seconds: float
    cost_usd: Decimal
    unknown: int
    recent: int


Counts = Mapping[RecordState, int]
