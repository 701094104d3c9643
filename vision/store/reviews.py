"""What reviewers do to records: every change kept with who, when, from and to; nothing saved onto a newer version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from vision.errors import LoupeError
from vision.fields.model import Path, parse_path, path_text
from vision.messages import Json
from vision.store.extract_records import Change, ChangeKind, Opinion, Record, RecordState, Verdict
from vision.store.record_coding import cost_of, cost_text, doubts_json, supports_json
from vision.store.record_tables import ChangeRow, OpinionRow, RecordRow, RunRow
from vision.store.run_work import OwnedRunWork
from vision.store.runs import Checks, Reading
from vision.store.tables import now

CHANGED_MEANWHILE = "Somebody saved this record meanwhile: both values are shown, choose one."


class Stale(LoupeError):
    """Saving would have overwritten what somebody else saved. ``current`` is the record as it stands."""

    outcome = "stale"

    def __init__(self, current: Record) -> None:
        super().__init__(CHANGED_MEANWHILE)
        self.current = current


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done: ``path`` () for the record as a whole. None: no value there."""

    kind: ChangeKind
    path: Path
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Saved:
    """A record as it is to stand."""

    data: Json
    verdict: Verdict
    checks: Checks


class OwnedReviews(OwnedRunWork):
    def save_review(self, record_id: str, version: int, saved: Saved, acts: Sequence[Act], *, who: str) -> int:
        """Keeps ``saved`` and what was done; returns the new version. Raises NotThere, and Stale when the record is no
        longer at ``version``."""
        values = {
            "data": dict(saved.data),
            "verdict": saved.verdict,
            "supports": supports_json(saved.checks.supports),
            "doubts": doubts_json(saved.checks.doubts),
            "score": saved.checks.score,
            "version": version + 1,
            "reviewer": who,
            "reviewed": now(),
            "updated": now(),
        }
        mine = (RecordRow.owner == self.owner, RecordRow.id == record_id, RecordRow.version == version)
        with self._writing() as session:
            row = self._row(session, RecordRow, record_id, locked=True)
            if not session.execute(update(RecordRow).where(*mine).values(values)).rowcount:  # type: ignore[attr-defined]
                raise Stale(self._records(session, [row])[0])
            self._add_changes(session, record_id, acts, who)
            session.execute(
                update(RunRow).where(RunRow.owner == self.owner, RunRow.id == row.run_id).values(updated=now())
            )
            return version + 1

    def _add_changes(self, session: Session, record_id: str, acts: Sequence[Act], who: str) -> None:
        mine = (ChangeRow.owner == self.owner, ChangeRow.record_id == record_id)
        number = session.scalar(select(func.max(ChangeRow.number)).where(*mine)) or 0
        for count, act in enumerate(acts, start=number + 1):
            path = path_text(act.path)
            before, after = {"value": act.before}, {"value": act.after}
            session.add(
                ChangeRow(
                    owner=self.owner, record_id=record_id, number=count, kind=act.kind, path=path, who=who,
                    before=before, after=after,
                )
            )  # fmt: skip

    def changes(self, record_id: str) -> tuple[Change, ...]:
        """Oldest first."""
        rows = select(ChangeRow).where(ChangeRow.owner == self.owner, ChangeRow.record_id == record_id)
        with self._reading() as session:
            return tuple(_change(row) for row in session.scalars(rows.order_by(ChangeRow.number)))

    def judged_records(self, limit: int = 2000) -> tuple[Record, ...]:
        """Records that were accepted, newest first: what stands in them is ground truth."""
        mine = (RecordRow.owner == self.owner, RecordRow.verdict == Verdict.ACCEPTED)
        rows = select(RecordRow).where(*mine).order_by(RecordRow.reviewed.desc(), RecordRow.id).limit(limit)
        with self._reading() as session:
            return tuple(self._records(session, session.scalars(rows).all()))

    # -- second opinions -----------------------------------------------------------------------------------------

    def start_opinion(self, record_id: str, choice: str, worker: str, *, hidden: bool) -> str:
        """A second opinion under way; returns its id. Those before on this record are replaced. Raises NotThere."""
        with self._writing() as session:
            self._row(session, RecordRow, record_id)
            mine = (OpinionRow.owner == self.owner, OpinionRow.record_id == record_id)
            session.execute(delete(OpinionRow).where(*mine))
            row = OpinionRow(owner=self.owner, record_id=record_id, choice=choice, hidden=hidden, worker=worker)
            session.add(row)
            session.flush()
            return row.id

    def end_opinion(self, opinion_id: str, reading: Reading) -> None:
        """What came of it; nothing where it was deleted meanwhile."""
        mine = (OpinionRow.owner == self.owner, OpinionRow.id == opinion_id)
        values = {
            "state": reading.state,
            "data": dict(reading.data),
            "provider": reading.provider,
            "model": reading.model,
            "cost": cost_text(reading.cost_usd),
            "sentence": reading.sentence,
            "updated": now(),
        }
        with self._writing() as session:
            session.execute(update(OpinionRow).where(*mine).values(values))

    def choose_opinion(self, opinion_id: str, chosen: Mapping[str, str]) -> None:
        """Keeps what she took where the two differ: by path text, "first" or "other"."""
        mine = (OpinionRow.owner == self.owner, OpinionRow.id == opinion_id)
        with self._writing() as session:
            row = session.scalars(select(OpinionRow).where(*mine)).one_or_none()
            if row is not None:
                row.chosen, row.updated = {**row.chosen, **chosen}, now()

    def opinion(self, record_id: str) -> Opinion | None:
        """The newest second opinion on a record."""
        rows = select(OpinionRow).where(OpinionRow.owner == self.owner, OpinionRow.record_id == record_id)
        with self._reading() as session:
            row = session.scalars(rows.order_by(OpinionRow.created.desc()).limit(1)).one_or_none()
            return None if row is None else _opinion(row)

    def opinions(self) -> tuple[Opinion, ...]:
        """All that were chosen from, oldest first: her votes, field by field."""
        rows = select(OpinionRow).where(OpinionRow.owner == self.owner).order_by(OpinionRow.created)
        with self._reading() as session:
            return tuple(one for one in map(_opinion, session.scalars(rows)) if one.chosen)


def _change(row: ChangeRow) -> Change:
    path = parse_path(row.path) if row.path else ()
    kind: ChangeKind = row.kind  # type: ignore[assignment]  # written by us alone
    return Change(row.number, kind, path, row.who, row.before.get("value"), row.after.get("value"), row.created)


def _opinion(row: OpinionRow) -> Opinion:
    return Opinion(
        id=row.id,
        record_id=row.record_id,
        state=RecordState(row.state),
        choice=row.choice,
        provider=row.provider,
        model=row.model,
        hidden=row.hidden,
        data=row.data,
        chosen=row.chosen,
        cost_usd=cost_of(row.cost),
        sentence=row.sentence,
        worker=row.worker,
        created=row.created,
    )
