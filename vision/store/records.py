"""What the store hands out: frozen, detached from the database. Times are aware, UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from vision.messages import Attempt, Detail, Evidence, FollowUp, Picture, Usage

Variant = Literal["source", "preview", "thumbnail", "view"]
# What a conversation is: a talk of Chat, a comparison of pictures, or one model's lane of a comparison of models.
Kind = Literal["chat", "compare", "lane"]


class State(StrEnum):
    """Where an answer stands: running, one of ``messages.Stop``, or a failure."""

    RUNNING = "running"
    COMPLETE = "complete"
    CUT_OFF = "cut_off"
    REFUSED = "refused"
    BLOCKED = "blocked"
    EMPTY = "empty"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


# An answer in these states can be continued: there may be more to come.
CAN_GO_ON = frozenset({State.CUT_OFF, State.STOPPED, State.FAILED, State.INTERRUPTED})


class Standing(StrEnum):
    """What a worker learns when it writes: the answer is its own, its own but to be stopped, or no longer its own."""

    MINE = "mine"
    UNWANTED = "unwanted"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Start:
    """Who is about to answer: ``worker`` is host:pid:token, another token for every answer. ``choice`` is the word that
    was chosen (a level, "auto" or a model); ``provider`` and ``model`` are empty while that is still to be routed.
    ``swapped``: the pictures of the first question are sent in reversed order, each under its own letter."""

    provider: str
    model: str
    detail: Detail
    worker: str
    choice: str = ""
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """``copy_of``: the id of the picture that this one was made of to show places of it, "" for one that she added."""

    id: str
    picture: Picture
    created: datetime
    used: datetime
    copy_of: str = ""

    @property
    def original_id(self) -> str:
        """Of the picture that this is, or is a copy of."""
        return self.copy_of or self.id


@dataclass(frozen=True, slots=True)
class Conversation:
    """``model`` is the word of the last choice ("" for none yet), ``detail`` None likewise."""

    id: str
    title: str
    model: str
    detail: Detail | None
    created: datetime
    updated: datetime
    follow_up: FollowUp = FollowUp.LOOK
    kind: Kind = "chat"


@dataclass(frozen=True, slots=True)
class Description:
    """What ``model`` wrote of a picture, to go on from instead of sending the picture again."""

    text: str
    model: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """``picture_ids`` and ``sent_sha256`` go together: what was sent, in the order in which it was sent.
    ``Evidence.picture`` counts in that order. ``cost_usd`` None: the price is unknown. ``worker`` is host:pid:token.
    ``choice`` is the word it was asked with, ``notes`` say how it came about. ``swapped`` as in ``Start``."""

    id: str
    turn_id: str
    state: State
    text: str
    provider: str
    model: str
    detail: Detail
    usage: Usage
    evidence: tuple[Evidence, ...]
    picture_ids: tuple[str, ...]
    sent_sha256: tuple[str, ...]
    attempts: tuple[Attempt, ...]
    cost_usd: Decimal | None
    explanation: str
    outcome: str
    sentence: str
    first_word_seconds: float | None
    seconds: float
    request_id: str | None
    worker: str
    started: datetime
    updated: datetime
    finished: datetime | None
    choice: str = ""
    notes: tuple[str, ...] = ()
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question with its answers, oldest first."""

    id: str
    conversation_id: str
    position: int
    question: str
    pictures: tuple[StoredPicture, ...]
    answers: tuple[StoredAnswer, ...]
    created: datetime

    @property
    def shown(self) -> StoredAnswer | None:
        """The newest answer."""
        return self.answers[-1] if self.answers else None


UploadState = Literal["open", "stored", "failed", "unpacking", "unpacked", "stopped"]


@dataclass(frozen=True, slots=True)
class Upload:
    """``state`` is "open" (bytes are coming), "stored" or "failed" (``sentence`` says why). ``sha256`` names the raw
    blob once stored; ``picture_id`` the picture made of it. A ZIP is "unpacking", then "unpacked" or "stopped" (before
    its end: ``sentence`` says why); its files are uploads of their own, "open" until they are unpacked."""

    id: str
    batch: str
    key: str
    name: str
    size: int
    state: UploadState
    sha256: str | None
    picture_id: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What a batch of uploads holds: how many files and how many bytes, those still coming included."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One model of a contest: ``model`` is its choice word, the conversation its talk."""

    id: str
    position: int
    conversation_id: str
    model: str


@dataclass(frozen=True, slots=True)
class Contest:
    """Several models before the same questions. ``lanes`` stand in the order in which they are shown, which is not that
    of their positions (the order in which they were chosen). ``revealed``: their names are known to her."""

    id: str
    title: str
    blind: bool
    revealed: bool
    lanes: tuple[Lane, ...]
    created: datetime
    updated: datetime

    @property
    def hidden(self) -> bool:
        """Whether the names are to be kept from her."""
        return self.blind and not self.revealed


TIE, BOTH_BAD = "tie", "both_bad"


@dataclass(frozen=True, slots=True)
class Vote:
    """What she chose in the round at turn ``position``: a lane's id, ``TIE`` or ``BOTH_BAD``. ``shown`` are the lanes'
    ids in the order in which they stood then, ``models`` their choice words in the same order; ``blind``: she did not
    know these. ``seconds`` from the last answer to the vote, None: not measured."""

    contest_id: str
    position: int
    choice: str
    shown: tuple[str, ...]
    models: tuple[str, ...]
    blind: bool
    seconds: float | None
    created: datetime

    @property
    def winner(self) -> str | None:
        """The choice word of the model that was the best, or None."""
        return self.models[self.shown.index(self.choice)] if self.choice in self.shown else None
