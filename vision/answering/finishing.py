"""What is added to a provider's answer before it is stored. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from vision.answering.requesting import Sent
from vision.messages import Answer, Evidence, Stop
from vision.store.records import StoredAnswer


def finished(answer: Answer, sent: Sent) -> Answer:
    """``answer`` with its evidence in upright original pixels."""
    return replace(answer, evidence=tuple(in_original(found, sent) for found in answer.evidence))


def in_original(found: Evidence, sent: Sent) -> Evidence:
    """Evidence in the pixels of what was sent, moved to the upright original."""
    picture, prepared = sent.pictures[found.picture].picture, sent.prepared[found.picture]
    across, down = picture.width / prepared.width, picture.height / prepared.height
    x0, y0, x1, y1 = found.box
    box = (
        _within(x0 * across, picture.width),
        _within(y0 * down, picture.height),
        _within(x1 * across, picture.width),
        _within(y1 * down, picture.height),
    )
    return replace(found, box=box)


def _within(value: float, edge: int) -> float:
    return round(min(max(value, 0.0), float(edge)), 1)


def continued(earlier: StoredAnswer, answer: Answer) -> Answer:
    """One answer out of two: the text that was cut off and its continuation.

    The content items of two answers cannot stand as one, so the whole is told again as plain text from now on. A
    continuation that did not come (refused, blocked, empty) leaves the answer as it was: cut off.
    """
    went_on = answer.stop in (Stop.COMPLETE, Stop.CUT_OFF, Stop.STOPPED)
    return replace(
        answer,
        stop=answer.stop if went_on else Stop.CUT_OFF,
        text=earlier.text + answer.text,
        usage=earlier.usage + answer.usage,
        seconds=earlier.seconds + answer.seconds,
        first_word_seconds=earlier.first_word_seconds,
        cost_usd=_sum(earlier.cost_usd, answer.cost_usd),
        evidence=earlier.evidence + answer.evidence,
        sent_sha256=answer.sent_sha256 or earlier.sent_sha256,
        items=(),
    )


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
