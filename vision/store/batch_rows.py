"""Between the rows of durable runs and what the store hands out of them."""

from __future__ import annotations

from typing import Any

from vision.fields.model import FieldSet
from vision.store.batch_records import Batch, Line, RunState, Terms
from vision.store.extract_records import RecordState, Verdict
from vision.store.record_coding import cost_of, cost_text
from vision.store.record_tables import RunRow
from vision.store.wording import storable

TERMS = (RunRow.question, RunRow.cap, RunRow.parallel, RunRow.trial, RunRow.key_holder, RunRow.again_of)


def terms_values(terms: Terms | None, fields: FieldSet) -> dict[str, Any]:
    """The columns of a new run."""
    if terms is None:
        return {}
    return {
        "kind": "fields" if fields.fields else "question",
        "question": storable(terms.question),
        "state": RunState.RUNNING,
        "cap": cost_text(terms.cap_usd),
        "parallel": terms.parallel,
        "trial": terms.trial,
        "key_holder": terms.key_holder,
        "again_of": terms.again_of,
        "told": False,
    }


def batch_of(row: RunRow) -> Batch | None:
    if not row.state:
        return None
    return Batch(RunState(row.state), row.reason, terms_of(row), row.ended, row.told)


def terms_of(row: Any) -> Terms:
    """``row`` has the columns of ``TERMS``."""
    return Terms(row.question, cost_of(row.cap), max(1, row.parallel), row.trial, row.key_holder, row.again_of)


def line_of(row: Any) -> Line:
    """``row`` has the columns of ``batch_lines.COLUMNS``."""
    return Line(
        id=row.id,
        position=row.position,
        name=row.name,
        state=RecordState(row.state),
        verdict=Verdict(row.verdict),
        picture_id=row.picture_id or "",
        text=row.text,
        data=row.data,
        outcome=row.outcome,
        sentence=row.sentence,
        provider=row.provider,
        model=row.model,
        cost_usd=cost_of(row.cost),
        seconds=row.seconds,
        score=row.score,
        checked=row.checked,
        same_as=row.same_as,
    )
