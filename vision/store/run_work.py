"""Records while they are being made: who reads which document, what came of it, what is to be done after a start.

Only the worker whose name stands in the row may write the end of a reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, select, update

from vision.store.extract_records import RecordState, Verdict
from vision.store.owned import change
from vision.store.record_coding import attempts_json, cost_text, doubts_json, supports_json
from vision.store.record_tables import RecordRow, RunRow
from vision.store.runs import STOPPED_BEFORE, TO_READ_AGAIN, Checks, OwnedRuns, Reading, batched
from vision.store.tables import now


@dataclass(frozen=True, slots=True)
class Unfinished:
    """``worker``: who reads it, or, while it waits, which process alone may; "" for anybody."""

    run_id: str
    record_id: str
    state: RecordState
    worker: str
    updated: datetime


def run_of(record_id: str) -> ScalarSelect[str]:
    """The run of a record, inside a statement: an index finds the others of it."""
    return select(RecordRow.run_id).where(RecordRow.id == record_id).scalar_subquery()


class OwnedRunWork(OwnedRuns):
    def claim_record(self, record_id: str, worker: str) -> bool:
        """Whether ``worker`` may read this document: it was waiting, and nobody else has taken it."""
        values = {"state": RecordState.RUNNING, "worker": worker, "stop_wanted": False, "updated": now()}
        return self._changed(record_id, (RecordState.WAITING,), values)

    def end_record(self, record_id: str, worker: str, reading: Reading) -> bool:
        """Writes what came of it, also for the records of the same pictures; False if it is no longer this worker's."""
        data = dict(reading.data)
        values = {
            "state": reading.state,
            "data": data,
            "first": data,
            "provider": reading.provider,
            "model": reading.model,
            "cost": cost_text(reading.cost_usd),
            "seconds": reading.seconds,
            "attempts": attempts_json(reading.attempts),
            "notes": list(reading.notes),
            "sent_sha256": list(reading.sent_sha256),
            "outcome": reading.outcome,
            "sentence": reading.sentence,
            "text": reading.text,
            "supports": {},
            "doubts": [],
            "score": 0.0,
            "checked": False,
            "verdict": Verdict.OPEN,
            "version": RecordRow.version + 1,
            "ended": now(),
            "updated": now(),
        }
        open_states = (RecordState.RUNNING, RecordState.INTERRUPTED)
        again = {**values, "cost": cost_text(Decimal(0)), "seconds": 0.0, "attempts": []}
        with self._writing() as session:
            mine = (RecordRow.owner == self.owner, RecordRow.id == record_id, RecordRow.worker == worker)
            done = update(RecordRow).where(*mine, RecordRow.state.in_(open_states)).values(**values)
            if not change(session, done):
                return False
            # of the same pictures, but for those that somebody has filled in or judged meanwhile
            waiting = (
                RecordRow.owner == self.owner,
                RecordRow.same_as == record_id,
                RecordRow.state.in_((RecordState.WAITING, RecordState.STOPPED)),
                RecordRow.verdict == Verdict.OPEN,
            )
            change(session, update(RecordRow).where(*waiting, RecordRow.run_id == run_of(record_id)).values(**again))
            return True

    def keep_checks(self, record_id: str, version: int, checks: Checks) -> bool:
        """What was found about the data of ``version``; False if that has changed meanwhile."""
        values = {
            "supports": supports_json(checks.supports),
            "doubts": doubts_json(checks.doubts),
            "score": checks.score,
            "checked": True,
            "updated": now(),
        }
        mine = (RecordRow.owner == self.owner, RecordRow.id == record_id, RecordRow.version == version)
        with self._writing() as session:
            return bool(change(session, update(RecordRow).where(*mine).values(values)))

    def read_again(self, run_id: str, states: Iterable[RecordState] = TO_READ_AGAIN) -> tuple[str, ...]:
        """Records of a run in one of ``states`` wait again; returns their ids. What somebody judged or filled in by
        hand stays as it is: reading it again would write over that."""
        mine = (RecordRow.owner == self.owner, RecordRow.run_id == run_id, RecordRow.state.in_(list(states)))
        fresh = {"state": RecordState.WAITING, "worker": "", "sentence": "", "outcome": "", "stop_wanted": False}
        rows = select(RecordRow.id, RecordRow.data).where(*mine, RecordRow.verdict == Verdict.OPEN)
        with self._writing() as session:
            found = session.execute(rows.order_by(RecordRow.position)).all()
            ids = tuple(row.id for row in found if all(value is None for value in row.data.values()))
            for some in batched(ids):
                change(session, update(RecordRow).where(*mine, RecordRow.id.in_(some)).values(**fresh, updated=now()))
            return ids

    def hold_waiting(self, run_id: str, worker: str) -> None:
        """What waits in the run is for the process of ``worker`` alone: the terms it is read on are known there."""
        mine = (RecordRow.owner == self.owner, RecordRow.run_id == run_id, RecordRow.state == RecordState.WAITING)
        with self._writing() as session:
            change(session, update(RecordRow).where(*mine).values(worker=worker, updated=now()))

    def stop_run(self, run_id: str) -> None:
        """What waits is stopped at once; who reads is told so."""
        mine = (RecordRow.owner == self.owner, RecordRow.run_id == run_id)
        with self._writing() as session:
            waiting = update(RecordRow).where(*mine, RecordRow.state == RecordState.WAITING)
            session.execute(waiting.values(state=RecordState.STOPPED, sentence=STOPPED_BEFORE, updated=now()))
            session.execute(
                update(RecordRow).where(*mine, RecordRow.state == RecordState.RUNNING).values(stop_wanted=True)
            )

    def stop_wanted(self, record_id: str) -> bool:
        """Also for a record that was deleted meanwhile: nobody waits for it."""
        rows = select(RecordRow.stop_wanted).where(RecordRow.owner == self.owner, RecordRow.id == record_id)
        with self._reading() as session:
            found = session.scalars(rows).one_or_none()
        return found is None or found

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Records that wait or are being read, in the order of their documents; not those of durable runs."""
        states = (RecordState.WAITING, RecordState.RUNNING)
        rows = select(RecordRow.run_id, RecordRow.id, RecordRow.state, RecordRow.worker, RecordRow.updated)
        rows = rows.join(RunRow, RunRow.id == RecordRow.run_id).where(RunRow.owner == self.owner, RunRow.state == "")
        rows = rows.where(RecordRow.owner == self.owner, RecordRow.state.in_(states))
        with self._reading() as session:
            found = session.execute(rows.order_by(RecordRow.created, RecordRow.position))
            return tuple(Unfinished(row.run_id, row.id, RecordState(row.state), *row[3:]) for row in found)

    def interrupt_record(self, record_id: str, worker: str, sentence: str) -> bool:
        """The ``worker`` that read it, or was alone to read it, is gone."""
        values = {"state": RecordState.INTERRUPTED, "sentence": sentence, "updated": now()}
        return self._changed(record_id, (RecordState.RUNNING, RecordState.WAITING), values, worker=worker)

    def unchecked(self) -> tuple[tuple[str, str], ...]:
        """Records with data whose pictures were not searched for it yet: (run id, record id)."""
        mine = (RecordRow.owner == self.owner, RecordRow.state == RecordState.DONE, RecordRow.checked.is_(False))
        rows = select(RecordRow.run_id, RecordRow.id).join(RunRow, RunRow.id == RecordRow.run_id)
        rows = rows.where(RunRow.owner == self.owner, RunRow.kind == "fields", *mine)
        rows = rows.order_by(RecordRow.created, RecordRow.position)
        with self._reading() as session:
            return tuple((row.run_id, row.id) for row in session.execute(rows))

    def _changed(
        self, record_id: str, states: Sequence[RecordState], values: Mapping[str, Any], worker: str | None = None
    ) -> bool:
        mine = [RecordRow.owner == self.owner, RecordRow.id == record_id, RecordRow.state.in_(states)]
        if worker is not None:
            mine.append(RecordRow.worker == worker)
        with self._writing() as session:
            return bool(change(session, update(RecordRow).where(*mine).values(**values)))
