"""A second opinion: another model reads the same document, and only where the two differ has anybody to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from vision.answering.workers import is_dead
from vision.extraction.comparing import Difference, differences
from vision.fields.model import path_text
from vision.models.catalog import COMPATIBLE
from vision.store import OwnedStore
from vision.store.extract_records import Opinion, Record, RecordState, Run
from vision.store.records import BOTH_BAD, Vote

Side = Literal["first", "other"]
WAS_CLOSED = "Loupe was closed before the second opinion was there: ask for it again."


@dataclass(frozen=True, slots=True)
class Second:
    """Where an opinion stands: still running, failed in words, or with what differs and was not chosen yet."""

    running: bool
    sentence: str
    open: tuple[Difference, ...]
    agreed: bool


def second(run: Run, record: Record, opinion: Opinion, now: datetime | None = None) -> Second:
    """``now`` is for whose process is gone."""
    if opinion.state is RecordState.RUNNING:
        gone = is_dead(opinion.worker, opinion.created, now or datetime.now(UTC))
        return Second(not gone, WAS_CLOSED if gone else "", (), agreed=False)
    if opinion.state is not RecordState.DONE:
        return Second(running=False, sentence=opinion.sentence, open=(), agreed=False)
    found = differences(run.fields, record.data, opinion.data)
    left = tuple(one for one in found if path_text(one.path) not in opinion.chosen)
    return Second(running=False, sentence="", open=left, agreed=not found)


def votes_of(owned: OwnedStore) -> tuple[Vote, ...]:
    """Her choices between two models that read the same document, each as a vote."""
    opinions = owned.opinions()
    return votes(opinions, {one.record_id: _first(owned, one.record_id) for one in opinions})


def _first(owned: OwnedStore, record_id: str) -> str:
    record = owned.record(record_id)
    return word_of(record.provider, record.model)


def word_of(provider: str, model: str) -> str:
    """The choice word of a model that answered."""
    return f"{COMPATIBLE}:{model}" if provider == COMPATIBLE and model else model


def votes(opinions: Sequence[Opinion], first: Mapping[str, str]) -> tuple[Vote, ...]:
    """Her choices as votes between two models, a choice each. ``first``: by record id, the word of who read it."""
    found: list[Vote] = []
    for opinion in opinions:
        reader, other = first.get(opinion.record_id, ""), word_of(opinion.provider, opinion.model)
        if not reader or not other or reader == other:
            continue
        for position, side in enumerate(opinion.chosen.values()):
            choice = {"first": "first", "other": "other"}.get(side, BOTH_BAD)
            found.append(
                Vote(
                    contest_id=opinion.id, position=position, choice=choice, shown=("first", "other"),
                    models=(reader, other), blind=opinion.hidden, seconds=None, created=opinion.created,
                )
            )  # fmt: skip
    return tuple(found)
