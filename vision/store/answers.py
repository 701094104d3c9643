"""Answers while they are being written and after, and the attempts behind them.

Only the worker whose name stands in the row may write to it; a row that was given up as interrupted while its worker
was merely slow becomes the worker's again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, defer

from vision.errors import NotThere, StillAnswering
from vision.messages import Answer, Attempt, Detail, Evidence, Json, Usage
from vision.store.owned import Owned
from vision.store.records import CAN_GO_ON, Standing, Start, State, StoredAnswer
from vision.store.tables import REQUEST_ID_LENGTH, AnswerRow, AttemptRow, ConversationRow, TurnRow, now

OPEN = (State.RUNNING, State.INTERRUPTED)
ONE_AT_A_TIME = "One answer at a time: stop it, or wait, then ask again."
NOTHING_TO_CONTINUE = "There is nothing to continue here: ask again."


class OwnedAnswers(Owned):
    def start_answer(self, turn_id: str, start: Start) -> str:
        """A running answer, newest of its turn; returns its id. Raises NotThere, and StillAnswering while another
        answer of the talk is running."""
        with self._writing() as session:
            return begin_answer(session, self.owner, self._row(session, TurnRow, turn_id), start)

    def resume_answer(self, answer_id: str, worker: str) -> StoredAnswer:
        """An ended answer runs again (Continue): its text stays. Of two at once one gets it. Returns it as it was.

        Raises NotThere, also when there is nothing to continue, and StillAnswering as in ``start_answer``."""
        with self._writing() as session:
            turn = self._row(session, TurnRow, self._row(session, AnswerRow, answer_id).turn_id)
            alone(session, self.owner, turn.conversation_id)
            mine = (AnswerRow.owner == self.owner, AnswerRow.id == answer_id)
            before = stored_answers(session, self.owner, AnswerRow.id == answer_id)[0]
            if not before.text.strip():
                raise NotThere(NOTHING_TO_CONTINUE)
            values = {
                "state": State.RUNNING,
                "worker": worker,
                "stop_wanted": False,
                "updated": now(),
                "finished": None,
                **dict.fromkeys(("outcome", "sentence", "explanation"), ""),
            }
            changed = update(AnswerRow).where(*mine, AnswerRow.state.in_(CAN_GO_ON)).values(values)
            if not session.execute(changed).rowcount:  # type: ignore[attr-defined]
                raise NotThere(NOTHING_TO_CONTINUE)
            return before

    def save_text(self, answer_id: str, worker: str, text: str | None = None) -> Standing:
        """The whole text so far, or with None only the sign of life; says whether to go on."""
        values: dict[str, Any] = {"updated": now(), "state": State.RUNNING}
        if text is not None:
            values["text"] = text
        with self._writing() as session:
            mine = (AnswerRow.owner == self.owner, AnswerRow.id == answer_id, AnswerRow.worker == worker)
            kept = update(AnswerRow).where(*mine, AnswerRow.state.in_(OPEN)).values(values)
            unwanted = session.execute(kept.returning(AnswerRow.stop_wanted)).scalar_one_or_none()
            if unwanted is None:
                return Standing.LOST
            return Standing.UNWANTED if unwanted else Standing.MINE

    def answering_with(self, answer_id: str, worker: str, provider: str, model: str) -> bool:
        """Which model is being asked now. False if the row is no longer this worker's."""
        values = {"provider": provider, "model": model, "updated": now()}
        with self._writing() as session:
            mine = (AnswerRow.owner == self.owner, AnswerRow.id == answer_id, AnswerRow.worker == worker)
            asked = session.execute(update(AnswerRow).where(*mine, AnswerRow.state.in_(OPEN)).values(values))
            return bool(asked.rowcount)  # type: ignore[attr-defined]

    def want_stop(self, answer_id: str) -> bool:
        """Asks whoever writes this answer, in whatever process, to stop: it reads this with its next ``save_text``.
        Whether there was one to ask."""
        with self._writing() as session:
            mine = (AnswerRow.owner == self.owner, AnswerRow.id == answer_id, AnswerRow.state == State.RUNNING)
            asked = session.execute(update(AnswerRow).where(*mine).values(stop_wanted=True))
            return bool(asked.rowcount)  # type: ignore[attr-defined]

    def finish_answer(self, answer_id: str, worker: str, answer: Answer, picture_ids: Sequence[str] = ()) -> bool:
        """What came back, whole; ``answer.attempts`` are added to those kept before. False if the
        row is no longer this worker's."""
        with self._writing() as session:
            row = self._mine(session, answer_id, worker)
            if row is None:
                return False
            row.state, row.text, row.explanation = State(answer.stop.value), answer.text, answer.explanation
            row.usage, row.evidence = _usage_json(answer.usage), [_evidence_json(e) for e in answer.evidence]
            row.items = [dict(item) for item in answer.items]
            row.picture_ids, row.sent_sha256 = list(picture_ids), list(answer.sent_sha256)
            row.cost = None if answer.cost_usd is None else str(answer.cost_usd)
            row.first_word_seconds, row.seconds = answer.first_word_seconds, answer.seconds
            row.request_id, row.finished, row.updated = _short(answer.request_id), now(), now()
            row.notes = _with(row.notes, answer.notes)
            self._add_attempts(session, answer_id, answer.attempts)
            return True

    def fail_answer(
        self,
        answer_id: str,
        worker: str,
        *,
        outcome: str,
        sentence: str,
        text: str,
        attempts: Sequence[Attempt] = (),
        state: State = State.FAILED,
        notes: Sequence[str] = (),
    ) -> bool:
        """An answer that did not come to its end; what came of it is kept. False as in
        ``finish_answer``."""
        with self._writing() as session:
            row = self._mine(session, answer_id, worker)
            if row is None:
                return False
            row.state, row.text, row.outcome, row.sentence = state, text, outcome, sentence
            row.finished = row.updated = now()
            row.notes = _with(row.notes, notes)
            self._add_attempts(session, answer_id, attempts)
            return True

    def answer(self, answer_id: str) -> StoredAnswer:
        """Raises NotThere."""
        with self._reading() as session:
            self._row(session, AnswerRow, answer_id)
            return stored_answers(session, self.owner, AnswerRow.id == answer_id)[0]

    def running_answers(self) -> tuple[StoredAnswer, ...]:
        with self._reading() as session:
            return tuple(stored_answers(session, self.owner, AnswerRow.state == State.RUNNING))

    def interrupt_answer(self, seen: StoredAnswer, sentence: str) -> bool:
        """Gives up an answer whose worker is dead, unless it has moved since it was ``seen``; its text stays."""
        with self._writing() as session:
            mine = (AnswerRow.owner == self.owner, AnswerRow.id == seen.id, AnswerRow.worker == seen.worker)
            still = (AnswerRow.state == State.RUNNING, AnswerRow.updated == seen.updated)
            values = {"state": State.INTERRUPTED, "sentence": sentence, "outcome": "interrupted", "finished": now()}
            done = session.execute(update(AnswerRow).where(*mine, *still).values(values))
            return bool(done.rowcount)  # type: ignore[attr-defined]

    def answer_items(self, conversation_id: str, provider: str, model: str) -> Mapping[str, tuple[Json, ...]]:
        """By answer id: the provider's own content items, of the answers of this very model only."""
        with self._reading() as session:
            rows = (
                select(AnswerRow.id, AnswerRow.items)
                .join(TurnRow, TurnRow.id == AnswerRow.turn_id)
                .where(AnswerRow.owner == self.owner, TurnRow.owner == self.owner)
                .where(TurnRow.conversation_id == conversation_id)
                .where(AnswerRow.provider == provider, AnswerRow.model == model)
            )
            return {key: tuple(items) for key, items in session.execute(rows)}

    def _mine(self, session: Session, answer_id: str, worker: str) -> AnswerRow | None:
        mine = (AnswerRow.owner == self.owner, AnswerRow.id == answer_id, AnswerRow.worker == worker)
        rows = select(AnswerRow).where(*mine, AnswerRow.state.in_(OPEN)).with_for_update()
        return session.scalars(rows).one_or_none()

    def _add_attempts(self, session: Session, answer_id: str, attempts: Sequence[Attempt]) -> None:
        mine = (AttemptRow.owner == self.owner, AttemptRow.answer_id == answer_id)
        number = session.scalar(select(func.max(AttemptRow.number)).where(*mine)) or 0
        for attempt in attempts:
            number += 1
            session.add(
                AttemptRow(
                    owner=self.owner,
                    answer_id=answer_id,
                    number=number,
                    provider=attempt.provider,
                    model=attempt.model,
                    outcome=attempt.outcome,
                    waited_seconds=attempt.waited_seconds,
                    seconds=attempt.seconds,
                    sent_sha256=list(attempt.sent_sha256),
                    request_id=_short(attempt.request_id),
                    sentence=attempt.sentence,
                    stage=attempt.stage,
                    usage=_usage_json(attempt.usage),
                    cost=None if attempt.cost_usd is None else str(attempt.cost_usd),
                    text=attempt.text,
                )
            )


def alone(session: Session, owner: str, conversation_id: str) -> None:
    """Holds the talk for this transaction. Raises StillAnswering if an answer of it is running."""
    talk = select(ConversationRow.id).where(ConversationRow.owner == owner, ConversationRow.id == conversation_id)
    session.execute(talk.with_for_update())
    running = (
        select(AnswerRow.id)
        .join(TurnRow, TurnRow.id == AnswerRow.turn_id)
        .where(AnswerRow.owner == owner, TurnRow.owner == owner, TurnRow.conversation_id == conversation_id)
        .where(AnswerRow.state == State.RUNNING)
    )
    if session.scalars(running.limit(1)).first() is not None:
        raise StillAnswering(ONE_AT_A_TIME)


def begin_answer(session: Session, owner: str, turn: TurnRow, start: Start) -> str:
    """The row of a new answer to ``turn``; returns its id. Raises StillAnswering."""
    alone(session, owner, turn.conversation_id)
    talk = (ConversationRow.owner == owner, ConversationRow.id == turn.conversation_id)
    session.execute(update(ConversationRow).where(*talk).values(updated=now()))
    last = select(func.max(AnswerRow.number)).where(AnswerRow.owner == owner, AnswerRow.turn_id == turn.id)
    row = AnswerRow(
        owner=owner,
        turn_id=turn.id,
        number=(session.scalar(last) or 0) + 1,
        state=State.RUNNING,
        provider=start.provider,
        model=start.model,
        detail=start.detail,
        worker=start.worker,
        choice=start.choice,
        swapped=start.swapped,
    )
    session.add(row)
    session.flush()
    return row.id


def stored_answers(session: Session, owner: str, which: ColumnElement[bool]) -> list[StoredAnswer]:
    """The answers of ``owner`` that ``which`` picks, oldest first, with their attempts; never with replay items."""
    rows = select(AnswerRow).options(defer(AnswerRow.items, raiseload=True)).where(AnswerRow.owner == owner, which)
    found = session.scalars(rows.order_by(AnswerRow.turn_id, AnswerRow.number)).all()
    tries = select(AttemptRow).where(AttemptRow.owner == owner, AttemptRow.answer_id.in_([row.id for row in found]))
    attempts: dict[str, list[Attempt]] = {}
    for row in session.scalars(tries.order_by(AttemptRow.number)):
        attempts.setdefault(row.answer_id, []).append(_attempt(row))
    return [_stored_answer(row, tuple(attempts.get(row.id, ()))) for row in found]


def _stored_answer(row: AnswerRow, attempts: tuple[Attempt, ...]) -> StoredAnswer:
    return StoredAnswer(
        id=row.id,
        turn_id=row.turn_id,
        state=State(row.state),
        text=row.text,
        provider=row.provider,
        model=row.model,
        detail=Detail(row.detail),
        usage=Usage(**row.usage),
        evidence=tuple(_evidence(found) for found in row.evidence),
        picture_ids=tuple(row.picture_ids),
        sent_sha256=tuple(row.sent_sha256),
        attempts=attempts,
        cost_usd=None if row.cost is None else Decimal(row.cost),
        explanation=row.explanation,
        outcome=row.outcome,
        sentence=row.sentence,
        first_word_seconds=row.first_word_seconds,
        seconds=row.seconds,
        request_id=row.request_id,
        worker=row.worker,
        started=row.started,
        updated=row.updated,
        finished=row.finished,
        choice=row.choice,
        notes=tuple(row.notes),
        swapped=row.swapped,
    )


def _attempt(row: AttemptRow) -> Attempt:
    return Attempt(
        provider=row.provider,
        model=row.model,
        outcome=row.outcome,
        waited_seconds=row.waited_seconds,
        seconds=row.seconds,
        sent_sha256=tuple(row.sent_sha256),
        request_id=row.request_id,
        sentence=row.sentence,
        stage=row.stage,
        usage=Usage(**row.usage),
        cost_usd=None if row.cost is None else Decimal(row.cost),
        text=row.text,
    )


def _with(before: Sequence[str], notes: Sequence[str]) -> list[str]:
    """A continued answer keeps what was said of it, each sentence once."""
    return list(dict.fromkeys((*before, *notes)))


def _short(request_id: str | None) -> str | None:
    return None if request_id is None else request_id[:REQUEST_ID_LENGTH]


def _usage_json(usage: Usage) -> dict[str, int]:
    return {name: getattr(usage, name) for name in Usage.__dataclass_fields__}


def _evidence_json(found: Evidence) -> dict[str, Any]:
    return {"text": found.text, "box": list(found.box), "confidence": found.confidence, "picture": found.picture}


def _evidence(found: Mapping[str, Any]) -> Evidence:
    x0, y0, x1, y1 = found["box"]
    return Evidence(found["text"], (x0, y0, x1, y1), found["confidence"], found["picture"])
