"""A record as the terminal tells it: whether it is good, and everything known of it as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vision.fields.model import path_text
from vision.store.extract_records import RecordState

if TYPE_CHECKING:
    from vision.store.extract_records import Record


def good(record: Record, *, strict: bool) -> bool:
    """Whether there is valid data; with ``strict`` also whole."""
    return record.state is RecordState.DONE and not (strict and record.outcome == "incomplete")


def as_json(record: Record) -> dict[str, Any]:
    """``state`` is done, failed, stopped or interrupted; ``data`` is null where there is none.

    ``evidence`` by path: its mark (read, similar, not_found or null), the places in upright original pixels, pages
    counted from 1; ``doubt`` by path: 0 to 1, with the reasons."""
    return {
        "file": record.name,
        "state": record.state.value,
        "complete": record.outcome == "complete",
        "data": dict(record.data) if record.state is RecordState.DONE else None,
        "error": record.sentence or None,
        "provider": record.provider,
        "model": record.model,
        "cost_usd": None if record.cost_usd is None else float(record.cost_usd),
        "seconds": round(record.seconds, 3),
        "notes": list(record.notes),
        "evidence": {
            path_text(path): {
                "mark": support.mark.value if support.mark else None,
                "reason": support.reason or None,
                "places": [{"page": one.page + 1, "box": list(one.box), "text": one.text} for one in support.places],
            }
            for path, support in record.supports.items()
        },
        "doubt": {
            path_text(doubt.path): {"score": round(doubt.score, 3), "reasons": [said for _, said in doubt.reasons]}
            for doubt in record.doubts
        },
        "attempts": [
            {"provider": one.provider, "model": one.model, "outcome": one.outcome, "seconds": round(one.seconds, 3)}
            for one in record.attempts
        ],
        "sent_sha256": list(record.sent_sha256),
    }
