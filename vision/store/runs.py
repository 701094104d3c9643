"""Runs of extraction and their records: begun, listed, deleted. Who reads them stands in ``run_work``, what a reviewer
does in ``reviews``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from vision.errors import NotThere
from vision.fields.model import FieldSet, Path
from vision.fields.schema import from_schema, to_schema
from vision.fields.values import Doubt, Support
from vision.messages import Attempt, Detail, Json
from vision.store.batch_records import Terms
from vision.store.batch_rows import batch_of, terms_values
from vision.store.extract_records import Document, Record, RecordHead, RecordState, Run, Verdict
from vision.store.owned import GONE, Owned
from vision.store.pictures import stored_picture
from vision.store.record_coding import (
    attempts_of,
    cost_of,
    doubts_of,
    supports_of,
)
from vision.store.record_tables import RecordPictureRow, RecordRow, RunRow
from vision.store.tables import PictureRow, new_id
from vision.store.wording import storable

_AT_ONCE = 900  # ids in one statement; SQLite before 3.32 takes 999 values in all, later ones 32,766
STOPPED_BEFORE = "Stopped before it was read."
NO_FIELDS = FieldSet("", ())  # of a run that asks a question
TO_READ_AGAIN = (RecordState.FAILED, RecordState.STOPPED, RecordState.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a document. ``state`` DONE with its data, or FAILED or STOPPED with a sentence. ``text`` is
    what a model said last where it could not be used."""

    state: RecordState
    data: Json = field(default_factory=dict)
    provider: str = ""
    model: str = ""
    cost_usd: Decimal | None = None
    seconds: float = 0.0
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[str, ...] = ()
    sent_sha256: tuple[str, ...] = ()
    outcome: str = ""
    sentence: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """What the pictures and the rules say of a record's data."""

    supports: Mapping[Path, Support]
    doubts: tuple[Doubt, ...]
    score: float


class OwnedRuns(Owned):
    def create_run(
        self,
        fields: FieldSet,
        documents: Sequence[Document],
        *,
        choice: str,
        detail: Detail,
        title: str = "",
        set_number: int = 0,
        set_version_id: str = "",
        terms: Terms | None = None,
    ) -> Run:
        """A record for each of ``documents``, all waiting but for what is no picture. With ``terms`` it is a durable
        run, which the engine drives from now on. Raises NotThere for a picture."""
        with self._writing() as session:
            row = RunRow(
                owner=self.owner,
                title=storable(title.strip()),
                set_name=fields.name,
                set_number=set_number,
                set_version_id=set_version_id,
                definition=dict(to_schema(fields)),
                choice=choice,
                detail=detail,
                **terms_values(terms, fields),
            )
            session.add(row)
            session.flush()
            self._add_records(session, row.id, documents, once=terms is not None)
            return self._runs(session, [row])[0]

    def _add_records(self, session: Session, run_id: str, documents: Sequence[Document], *, once: bool) -> None:
        """In a few statements however many there are: whoever else wants to write waits. ``once``: what comes twice is
        read once, the second record waits for the first."""
        self._check_pictures(session, {one for document in documents for one in document.picture_ids})
        mine = {"owner": self.owner, "run_id": run_id}
        first: dict[object, str] = {}
        records: list[dict[str, Any]] = []
        pages: list[dict[str, Any]] = []
        for at, document in enumerate(documents):
            key, same = new_id(), ""
            if once and document.picture_ids:
                found = first.setdefault((document.picture_ids, document.page), key)
                same = "" if found == key else found
            given = {"name": storable(document.name), "page": document.page, "same_as": same, **_skipped(document)}
            records.append({**mine, "id": key, "position": at, **given})
            pages += [
                {"owner": self.owner, "record_id": key, "position": number, "picture_id": picture_id}
                for number, picture_id in enumerate(document.picture_ids)
            ]
        # not as objects: of ten thousand of those the session would keep track one by one, 6 s instead of 1
        session.execute(insert(RecordRow), records)
        if pages:
            session.execute(insert(RecordPictureRow), pages)

    def _check_pictures(self, session: Session, ids: Iterable[str]) -> None:
        """Raises NotThere for one that is not this owner's."""
        for some in batched(sorted(ids)):
            rows = select(func.count()).where(PictureRow.owner == self.owner, PictureRow.id.in_(some))
            if session.scalar(rows) != len(some):
                raise NotThere(GONE[PictureRow])

    def run(self, run_id: str) -> Run:
        """Raises NotThere."""
        with self._reading() as session:
            return self._runs(session, [self._row(session, RunRow, run_id)])[0]

    def runs(self, limit: int = 50, *, durable: bool | None = None, kind: str | None = None) -> tuple[Run, ...]:
        """Last used first: all, or only those that are ``durable`` (or are not), or of one ``kind`` ("fields",
        "question")."""
        rows = select(RunRow).where(RunRow.owner == self.owner)
        if durable is not None:
            rows = rows.where(RunRow.state != "" if durable else RunRow.state == "")
        if kind is not None:
            rows = rows.where(RunRow.kind == kind)
        rows = rows.order_by(RunRow.updated.desc(), RunRow.id).limit(limit)
        with self._reading() as session:
            return tuple(self._runs(session, session.scalars(rows).all()))

    def delete_run(self, run_id: str) -> None:
        """Removes it with its records; the pictures stay. Raises NotThere."""
        with self._writing() as session:
            self._row(session, RunRow, run_id)
            session.execute(delete(RunRow).where(RunRow.owner == self.owner, RunRow.id == run_id))

    def set_threshold(self, run_id: str, threshold: float | None) -> None:
        """Values with no more doubt count as accepted without a look; None: none do. Raises NotThere."""
        with self._writing() as session:
            self._row(session, RunRow, run_id).threshold = threshold

    def queue(self, run_id: str) -> tuple[RecordHead, ...]:
        """The records of a run: those that are open before those that are judged, the most doubtful first."""
        columns = (
            RecordRow.id, RecordRow.position, RecordRow.name, RecordRow.state, RecordRow.verdict, RecordRow.score,
            RecordRow.checked, RecordRow.sentence, RecordRow.cost, RecordRow.provider,
        )  # fmt: skip
        rows = select(*columns).where(RecordRow.owner == self.owner, RecordRow.run_id == run_id)
        with self._reading() as session:
            found = [
                RecordHead(
                    row.id, row.position, row.name, RecordState(row.state), Verdict(row.verdict), row.score,
                    row.checked, row.sentence, cost_of(row.cost), row.provider,
                )
                for row in session.execute(rows)
            ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.verdict is not Verdict.OPEN, -one.score, one.position)))

    def record(self, record_id: str) -> Record:
        """Raises NotThere."""
        with self._reading() as session:
            return self._records(session, [self._row(session, RecordRow, record_id)])[0]

    def records(self, run_id: str) -> tuple[Record, ...]:
        """All of a run, in the order of its documents."""
        rows = select(RecordRow).where(RecordRow.owner == self.owner, RecordRow.run_id == run_id)
        with self._reading() as session:
            return tuple(self._records(session, session.scalars(rows.order_by(RecordRow.position)).all()))

    # -- rows to records -----------------------------------------------------------------------------------------

    def _runs(self, session: Session, rows: Sequence[RunRow]) -> list[Run]:
        ids = [row.id for row in rows]
        groups = (RecordRow.run_id, RecordRow.state, RecordRow.verdict)
        counted = select(*groups, func.count().label("count")).where(RecordRow.run_id.in_(ids)).group_by(*groups)
        counts: dict[str, Counter[RecordState]] = {key: Counter() for key in ids}
        judged: dict[str, Counter[Verdict]] = {key: Counter() for key in ids}
        for found in session.execute(counted.where(RecordRow.owner == self.owner)):
            counts[found.run_id][RecordState(found.state)] += found._mapping["count"]
            judged[found.run_id][Verdict(found.verdict)] += found._mapping["count"]
        return [
            Run(
                id=row.id,
                title=row.title,
                fields=fields_of(row),
                set_number=row.set_number,
                set_version_id=row.set_version_id,
                choice=row.choice,
                detail=Detail(row.detail),
                threshold=row.threshold,
                counts=counts[row.id],
                judged=judged[row.id],
                created=row.created,
                updated=row.updated,
                batch=batch_of(row),
            )
            for row in rows
        ]

    def _records(self, session: Session, rows: Sequence[RecordRow]) -> list[Record]:
        pages = select(RecordPictureRow.record_id, PictureRow).join(
            PictureRow, PictureRow.id == RecordPictureRow.picture_id
        )
        pages = pages.where(RecordPictureRow.owner == self.owner).order_by(RecordPictureRow.position)
        pictures: dict[str, list[PictureRow]] = {row.id: [] for row in rows}
        for some in batched(list(pictures)):
            for key, picture in session.execute(pages.where(RecordPictureRow.record_id.in_(some))):
                pictures[key].append(picture)
        return [_record(row, pictures[row.id]) for row in rows]


def _skipped(document: Document) -> dict[str, Any]:
    """The columns of a line that is no picture; the same names for all, for they go into one statement."""
    skipped = bool(document.sentence)
    return {
        "state": RecordState.SKIPPED if skipped else RecordState.WAITING,
        "outcome": "skipped" if skipped else "",
        "sentence": storable(document.sentence),
    }


def fields_of(row: RunRow) -> FieldSet:
    return from_schema(row.definition) if row.kind == "fields" else NO_FIELDS


def batched(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """``ids`` in parts that a statement can name: every database has a limit."""
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))


def _record(row: RecordRow, pictures: Sequence[PictureRow]) -> Record:
    return Record(
        id=row.id,
        run_id=row.run_id,
        position=row.position,
        name=row.name,
        pictures=tuple(stored_picture(picture) for picture in pictures),
        state=RecordState(row.state),
        verdict=Verdict(row.verdict),
        version=row.version,
        data=row.data,
        first=row.first,
        supports=supports_of(row.supports),
        doubts=doubts_of(row.doubts),
        score=row.score,
        checked=row.checked,
        provider=row.provider,
        model=row.model,
        cost_usd=cost_of(row.cost),
        seconds=row.seconds,
        attempts=attempts_of(row.attempts),
        notes=tuple(row.notes),
        sent_sha256=tuple(row.sent_sha256),
        outcome=row.outcome,
        sentence=row.sentence,
        text=row.text,
        worker=row.worker,
        reviewer=row.reviewer,
        reviewed=row.reviewed,
        created=row.created,
        updated=row.updated,
        same_as=row.same_as,
        page=row.page,
        choice=row.choice,
    )
