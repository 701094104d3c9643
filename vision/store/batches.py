"""Durable runs: where each stands, what of it is next, and who has it. The engine drives; the rows here are the truth.

Every change of a state names the states that it may come from, so that of two who change it at once one is told no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Double, case, cast, func, select, update
from sqlalchemy.orm import Session

from vision.fields.model import FieldSet
from vision.messages import Detail
from vision.store.batch_records import STANDS_STILL, Active, Batch, Failure, RunState, Sums
from vision.store.batch_rows import TERMS, batch_of, terms_of
from vision.store.caps import Counted
from vision.store.extract_records import RecordState, Verdict
from vision.store.installation import counted
from vision.store.money_tables import SpendRunRow
from vision.store.owned import change
from vision.store.record_coding import cost_text
from vision.store.record_tables import RecordPictureRow, RecordRow, RunRow
from vision.store.run_work import OwnedRunWork, run_of
from vision.store.runs import TO_READ_AGAIN, batched, fields_of
from vision.store.tables import now
from vision.store.wording import storable

STOPPED_RUN = "The run was stopped before this was asked."
_FRESH = {
    "state": RecordState.WAITING,
    "worker": "",
    "sentence": "",
    "outcome": "",
    "stop_wanted": False,
    "ended": None,
}


def active(session: Session) -> tuple[Active, ...]:
    """Runs of everybody that are to be driven, the oldest first."""
    columns = RunRow.owner, RunRow.id, RunRow.choice, RunRow.detail, RunRow.updated, *TERMS
    rows = select(*columns).where(RunRow.state == RunState.RUNNING).order_by(RunRow.created, RunRow.id)
    return tuple(
        Active(row.owner, row.id, row.choice, Detail(row.detail), terms_of(row), row.updated)
        for row in session.execute(rows)
    )


def _stopped() -> dict[str, Any]:
    return {"state": RecordState.STOPPED, "sentence": STOPPED_RUN, "outcome": "stopped", "updated": now()}


class OwnedBatches(OwnedRunWork):
    def batch(self, run_id: str) -> Batch | None:
        """Where the run stands; None for one that is read at once. Raises NotThere."""
        with self._reading() as session:
            return batch_of(self._row(session, RunRow, run_id))

    def run_fields(self, run_id: str) -> FieldSet:
        """What is read in a run; it never changes. Raises NotThere."""
        with self._reading() as session:
            return fields_of(self._row(session, RunRow, run_id))

    # -- where a run stands ----------------------------------------------------------------------------------------

    def move_run(
        self,
        run_id: str,
        to: RunState,
        come_from: Iterable[RunState],
        *,
        reason: str = "",
        as_of: datetime | None = None,
        **changes: Any,
    ) -> bool:
        """Whether the run stood in one of ``come_from`` and is now ``to``. ``as_of``: only if nobody has moved it since
        it was ``updated`` then. ``changes`` are columns set with it."""
        values = {"state": to, "reason": storable(reason), "updated": now(), **changes}
        if to is not RunState.RUNNING:
            values["ended"] = now()
        mine = [RunRow.owner == self.owner, RunRow.id == run_id, RunRow.state.in_(list(come_from))]
        mine += [] if as_of is None else [RunRow.updated == as_of]
        with self._writing() as session:
            return bool(change(session, update(RunRow).where(*mine).values(**values)))

    def go_on_with_run(
        self,
        run_id: str,
        *,
        key_holder: str = "",
        cap_usd: Decimal | None = None,
        new_cap: bool = False,
        parallel: int | None = None,
        whole: bool = False,
        again: bool = False,
    ) -> bool:
        """A run that stands still is driven from now on; one that runs gets the new terms. ``new_cap``: ``cap_usd``
        takes the place of its cap. ``whole``: a trial goes on with all of its items. ``again``: also a run that was
        over, for something of it waits again."""
        values: dict[str, Any] = {"key_holder": key_holder, "told": False, "ended": None}
        values |= {"trial": None} if whole else {}
        values |= {"cap": cost_text(cap_usd)} if new_cap else {}
        values |= {"parallel": parallel} if parallel else {}
        over = (RunState.STOPPED, RunState.DONE) if again else ()
        come_from = (*STANDS_STILL, RunState.RUNNING, *over)
        return self.move_run(run_id, RunState.RUNNING, come_from, **values)

    def say_of_run(self, run_id: str, reason: str) -> None:
        """What is the matter with a run that goes on all the same, "" for nothing."""
        mine = (RunRow.owner == self.owner, RunRow.id == run_id, RunRow.state == RunState.RUNNING)
        with self._writing() as session:
            change(
                session, update(RunRow).where(*mine, RunRow.reason != storable(reason)).values(reason=storable(reason))
            )

    def end_run(self, run_id: str, trial: int | None) -> bool:
        """Whether the run is over, or its ``trial`` is: nothing of it waits or is under way. In one statement, for
        something may wait again at this very moment."""
        items = select(RecordRow.id).where(RecordRow.owner == self.owner, RecordRow.run_id == run_id)
        under_way = items.where(RecordRow.state == RecordState.RUNNING)
        waiting = items.where(RecordRow.state == RecordState.WAITING)
        ends = [(RunState.DONE, (under_way, waiting))]
        if trial is not None:
            ends.append(
                (RunState.TRIED, (under_way, waiting.where(RecordRow.position < trial, RecordRow.same_as == "")))
            )
        mine = (RunRow.owner == self.owner, RunRow.id == run_id, RunRow.state == RunState.RUNNING)
        with self._writing() as session:
            for state, left in ends:
                over = update(RunRow).where(*mine, *(~one.exists() for one in left))
                if change(session, over.values(state=state, reason="", ended=now(), updated=now())):
                    return True
        return False

    def stop_batch(self, run_id: str) -> None:
        """What waits is not asked any more; what is under way finishes and counts."""
        come_from = (*STANDS_STILL, RunState.RUNNING)
        run = (RunRow.owner == self.owner, RunRow.id == run_id, RunRow.state.in_(come_from))
        items = (RecordRow.owner == self.owner, RecordRow.run_id == run_id, RecordRow.state == RecordState.WAITING)
        stopped = {"state": RunState.STOPPED, "reason": "", "ended": now(), "updated": now()}
        with self._writing() as session:
            if change(session, update(RunRow).where(*run).values(**stopped)):
                change(session, update(RecordRow).where(*items).values(**_stopped()))

    def tell_ended(self, run_id: str) -> None:
        """She has seen that it ended."""
        with self._writing() as session:
            self._row(session, RunRow, run_id).told = True

    def untold(self) -> tuple[tuple[str, str, RunState], ...]:
        """Runs that ended or stand still and that she was not told of: (id, title, state), the newest first."""
        ends = [RunState.DONE, RunState.CAPPED, RunState.NEEDS_KEY, RunState.PAUSED]
        rows = select(RunRow.id, RunRow.title, RunRow.state).where(
            RunRow.owner == self.owner, RunRow.told.is_(False), RunRow.state.in_(ends)
        )
        rows = rows.where((RunRow.state != RunState.PAUSED) | (RunRow.reason != "")).order_by(RunRow.ended.desc())
        with self._reading() as session:
            return tuple((row.id, row.title, RunState(row.state)) for row in session.execute(rows.limit(20)))

    # -- items -----------------------------------------------------------------------------------------------------

    def next_items(self, run_id: str, limit: int, *, below: int | None = None) -> tuple[str, ...]:
        """The first ``limit`` that wait, in order; of the first ``below`` positions where that is given."""
        rows = select(RecordRow.id).where(
            RecordRow.owner == self.owner,
            RecordRow.run_id == run_id,
            RecordRow.state == RecordState.WAITING,
            RecordRow.same_as == "",
        )
        if below is not None:
            rows = rows.where(RecordRow.position < below)
        with self._reading() as session:
            return tuple(session.scalars(rows.order_by(RecordRow.position).limit(limit)))

    def claim_item(self, record_id: str, worker: str) -> bool:
        """Whether ``worker`` may ask about this item: it was waiting, its run is to go on, and nobody else has it."""
        running = select(RunRow.id).where(RunRow.owner == self.owner, RunRow.state == RunState.RUNNING)
        mine = (RecordRow.owner == self.owner, RecordRow.id == record_id, RecordRow.state == RecordState.WAITING)
        values = {"state": RecordState.RUNNING, "worker": worker, "stop_wanted": False, "updated": now()}
        with self._writing() as session:
            claimed = update(RecordRow).where(*mine, RecordRow.run_id.in_(running)).values(**values)
            return bool(change(session, claimed))

    def put_back(self, record_id: str, worker: str) -> bool:
        """It waits again, or is stopped like its run: nobody was asked, or what was asked will never be heard. False if
        it is no longer ``worker``'s."""
        stopped = select(RunRow.id).where(RunRow.owner == self.owner, RunRow.state == RunState.STOPPED)
        mine = (RecordRow.owner == self.owner, RecordRow.id == record_id, RecordRow.worker == worker)
        back = update(RecordRow).where(*mine, RecordRow.state == RecordState.RUNNING)
        with self._writing() as session:
            if change(session, back.where(RecordRow.run_id.in_(stopped)).values(**_stopped())):
                return True
            return bool(change(session, back.values(**_FRESH, updated=now())))

    def twins(self, record_id: str) -> tuple[str, ...]:
        """Records of the same pictures that were given the result of this one."""
        rows = select(RecordRow.id).where(RecordRow.owner == self.owner, RecordRow.same_as == record_id)
        with self._reading() as session:
            return tuple(session.scalars(rows.where(RecordRow.run_id == run_of(record_id))))

    def in_hand(self) -> tuple[tuple[str, str, datetime], ...]:
        """Items of durable runs that somebody has: (record id, worker, last sign of life)."""
        rows = select(RecordRow.id, RecordRow.worker, RecordRow.updated).join(RunRow, RunRow.id == RecordRow.run_id)
        rows = rows.where(
            RecordRow.owner == self.owner,
            RunRow.owner == self.owner,
            RunRow.state != "",
            RecordRow.state == RecordState.RUNNING,
        )
        with self._reading() as session:
            return tuple((row.id, row.worker, row.updated) for row in session.execute(rows))

    def set_pages(self, record_id: str, picture_ids: Sequence[str]) -> None:
        """The pages of its file are opened: these are what it is about from now on. Raises NotThere."""
        with self._writing() as session:
            row = self._row(session, RecordRow, record_id)
            self._check_pictures(session, picture_ids)
            again = (RecordRow.owner == self.owner, RecordRow.run_id == row.run_id, RecordRow.same_as == record_id)
            for key in (record_id, *session.scalars(select(RecordRow.id).where(*again))):
                for old in session.scalars(
                    select(RecordPictureRow).where(
                        RecordPictureRow.owner == self.owner, RecordPictureRow.record_id == key
                    )
                ):
                    session.delete(old)
                session.flush()
                session.add_all(
                    RecordPictureRow(owner=self.owner, record_id=key, position=at, picture_id=one)
                    for at, one in enumerate(picture_ids)
                )
                session.execute(
                    update(RecordRow).where(RecordRow.owner == self.owner, RecordRow.id == key).values(page=0)
                )

    def retry(
        self,
        run_id: str,
        *,
        outcomes: Collection[str] | None = None,
        ids: Collection[str] | None = None,
        choice: str = "",
    ) -> int:
        """Items that failed, were stopped or broke off wait again: all, those of some ``outcomes``, or these ``ids``;
        asked of ``choice`` where that is given. How many. What somebody judged or filled in stays as it is. One that
        waited for the same picture of another record is asked about by itself where that other one is not."""
        rows = select(RecordRow.id, RecordRow.data, RecordRow.same_as).where(
            RecordRow.owner == self.owner,
            RecordRow.run_id == run_id,
            RecordRow.state.in_(list(TO_READ_AGAIN)),
            RecordRow.verdict == Verdict.OPEN,
        )
        if outcomes is not None:
            rows = rows.where(RecordRow.outcome.in_(list(outcomes)))
        values: dict[str, Any] = {**_FRESH, "updated": now()} | ({"choice": choice} if choice else {})
        with self._writing() as session:
            found = {
                row.id: row.same_as
                for row in session.execute(rows)
                if all(value is None for value in row.data.values()) and (ids is None or row.id in ids)
            }
            alone = [key for key, same_as in found.items() if same_as not in found]
            for part, more in ((list(found), {}), (alone, {"same_as": ""})):
                for some in batched(part):
                    mine = (RecordRow.owner == self.owner, RecordRow.id.in_(some))
                    change(session, update(RecordRow).where(*mine).values(**values, **more))
            return len(found)

    # -- sums ------------------------------------------------------------------------------------------------------

    def failures(self, run_id: str) -> tuple[Failure, ...]:
        """What failed, was stopped or broke off, by kind, the most frequent first."""
        count = func.count().label("count")
        rows = select(RecordRow.outcome, func.min(RecordRow.sentence).label("sentence"), count).where(
            RecordRow.owner == self.owner, RecordRow.run_id == run_id, RecordRow.state.in_(list(TO_READ_AGAIN))
        )
        with self._reading() as session:
            found = session.execute(rows.group_by(RecordRow.outcome).order_by(count.desc(), RecordRow.outcome))
            return tuple(Failure(row.outcome, row.sentence, row[2]) for row in found)

    def sums(self, run_id: str, since: datetime) -> Sums:
        """Of a run's items so far; ``recent`` counts those that ended after ``since``."""
        mine = (RecordRow.owner == self.owner, RecordRow.run_id == run_id, RecordRow.ended.is_not(None))
        own = RecordRow.same_as == ""
        columns = (
            func.count(case((own, 1))),
            func.coalesce(func.sum(RecordRow.seconds).filter(own), 0.0),
            func.coalesce(func.sum(cast(RecordRow.cost, Double)).filter(own), 0.0),
            func.count(case((own & RecordRow.cost.is_(None), 1))),
            func.count(case((RecordRow.ended > since, 1))),
        )
        with self._reading() as session:
            asked, seconds, cost, unknown, recent = session.execute(select(*columns).where(*mine)).one()
        return Sums(asked, seconds, Decimal(str(round(cost, 9))), unknown, recent)

    def spent_in_run(self, run_id: str) -> Counted:
        """What counts against the run's cap: paid, and reserved for what is under way."""
        with self._reading() as session:
            return counted(session, SpendRunRow, SpendRunRow.owner == self.owner, SpendRunRow.run == run_id)
