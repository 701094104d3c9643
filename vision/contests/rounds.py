"""A contest as it is read: round by round, the answers of all lanes side by side."""

from __future__ import annotations

from dataclasses import dataclass

from vision.store import OwnedStore, State, StoredAnswer, StoredPicture
from vision.store.records import Contest, Lane, StoredTurn, Vote


@dataclass(frozen=True, slots=True)
class Column:
    """One lane in one round. ``turn`` None: the question did not reach it."""

    lane: Lane
    turn: StoredTurn | None

    @property
    def answer(self) -> StoredAnswer | None:
        """The newest."""
        return self.turn.shown if self.turn else None

    @property
    def running(self) -> bool:
        return self.answer is not None and self.answer.state is State.RUNNING


@dataclass(frozen=True, slots=True)
class Round:
    """One question to all lanes. ``columns`` stand in the order in which they are shown."""

    position: int
    question: str
    pictures: tuple[StoredPicture, ...]
    columns: tuple[Column, ...]
    vote: Vote | None

    @property
    def running(self) -> bool:
        return any(column.running for column in self.columns)


def rounds(owned: OwnedStore, contest: Contest) -> tuple[Round, ...]:
    """Oldest first. Raises NotThere."""
    turns = {lane.id: {turn.position: turn for turn in owned.turns(lane.conversation_id)} for lane in contest.lanes}
    votes = {vote.position: vote for vote in owned.votes(contest.id)}
    found = []
    for position in sorted({position for mine in turns.values() for position in mine}):
        columns = tuple(Column(lane, turns[lane.id].get(position)) for lane in contest.lanes)
        asked = next(column.turn for column in columns if column.turn is not None)
        found.append(Round(position, asked.question, asked.pictures, columns, votes.get(position)))
    return tuple(found)
