"""The table of a run's items, some lines at a time: ten thousand of them are never read at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, func, or_, select

from vision.store.batch_records import Line, Page
from vision.store.batch_rows import line_of
from vision.store.extract_records import RecordState
from vision.store.owned import Owned
from vision.store.record_tables import RecordPictureRow, RecordRow

_PICTURE = (
    select(RecordPictureRow.picture_id)
    .where(RecordPictureRow.record_id == RecordRow.id, RecordPictureRow.position == 0)
    .correlate(RecordRow)
    .scalar_subquery()
    .label("picture_id")
)
COLUMNS = (
    RecordRow.id, RecordRow.position, RecordRow.name, RecordRow.state, RecordRow.verdict, _PICTURE, RecordRow.text,
    RecordRow.data, RecordRow.outcome, RecordRow.sentence, RecordRow.provider, RecordRow.model, RecordRow.cost,
    RecordRow.seconds, RecordRow.score, RecordRow.checked, RecordRow.same_as,
)  # fmt: skip
_AT_ONCE = 500


class OwnedBatchLines(Owned):
    def lines(
        self,
        run_id: str,
        *,
        states: Collection[RecordState] | None = None,
        search: str = "",
        offset: int = 0,
        limit: int = 100,
        positions: Collection[int] | None = None,
    ) -> Page:
        """Lines of a run in order, those in one of ``states`` and with ``search`` in name, answer or reason, whatever
        the case; ``positions`` picks some of them."""
        wanted = self._wanted(run_id, states, search)
        if positions is not None:
            wanted.append(RecordRow.position.in_(list(positions)))
        rows = select(*COLUMNS).where(*wanted).order_by(RecordRow.position).offset(offset).limit(limit)
        with self._reading() as session:
            total = session.scalar(select(func.count()).select_from(RecordRow).where(*wanted)) or 0
            return Page(tuple(line_of(row) for row in session.execute(rows)), total)

    def all_lines(self, run_id: str) -> Iterator[Line]:
        """Every line in order, some hundred in memory at a time; a line that changes meanwhile comes as it then is."""
        last = -1
        while True:
            rows = select(*COLUMNS).where(*self._wanted(run_id, None, ""), RecordRow.position > last)
            with self._reading() as session:
                some = [line_of(row) for row in session.execute(rows.order_by(RecordRow.position).limit(_AT_ONCE))]
            if not some:
                return
            yield from some
            last = some[-1].position

    def _wanted(self, run_id: str, states: Collection[RecordState] | None, search: str) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = [RecordRow.owner == self.owner, RecordRow.run_id == run_id]
        if states is not None:
            wanted.append(RecordRow.state.in_(list(states)))
        words = search.strip().lower()
        if words:
            held = (RecordRow.name, RecordRow.text, RecordRow.sentence)
            wanted.append(or_(*(func.lower(column).contains(words, autoescape=True) for column in held)))
        return wanted
