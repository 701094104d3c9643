"""What follows for the run from how one item went. Pure: the table of a batch, as ``routing.steps`` is that of a
question.

An item fails only when somebody was asked about it, or when it can never be asked about. What nobody was asked waits,
and the run says why it stands still: a thousand pictures never fail one by one for a key that is wrong or a network
that is down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vision.errors import LoupeError, OverCap, StoreError
from vision.messages import Attempt
from vision.routing.steps import TRANSIENT
from vision.store.extract_records import RecordState
from vision.store.runs import Reading

# Nothing comes of asking anybody else the same way: a person has to do something first.
NEEDS_HER = frozenset({"bad_key", "no_access", "out_of_credit", "not_found", "not_set_up", "bad_setting"})

What = Literal["done", "end", "back", "again", "later", "hold", "wait", "cap", "pause"]


@dataclass(frozen=True, slots=True)
class Follows:
    """done, end: it stands as it is, answered or failed. All others let it wait again. back: this process ends. again:
    whoever was asked is in trouble; it may come again while that lasts. later: it was told to come later. hold: nobody
    was asked, and the run waits for ``seconds`` until somebody can be. wait: what others have set aside could pass a
    cap. cap: it would pass a cap. pause: the run stands still with ``reason`` until she goes on with it."""

    what: What
    reason: str = ""
    seconds: float = 0.0


DONE, END = Follows("done"), Follows("end")
TROUBLED = TRANSIENT | {"rate_limited"}  # of a service, not of an item


def follows(reading: Reading, failure: LoupeError | None) -> Follows:
    """``failure`` is the error that ``reading`` came of, None where it came of none. Of "again", "later" and "hold"
    is still to be seen whether it is a matter of time: ``holding``."""
    if reading.state is RecordState.DONE:
        return DONE
    if reading.state is RecordState.STOPPED:
        return Follows("back")
    if isinstance(failure, OverCap) and failure.scope != "question":
        return Follows("wait" if failure.later else "cap", reading.sentence)
    if isinstance(failure, StoreError) or reading.outcome in NEEDS_HER:
        return Follows("pause", reading.sentence)
    return _nobody(reading) if reading.outcome == "no_answer" or reading.outcome in TROUBLED else END


def _nobody(reading: Reading) -> Follows:
    """Nobody answered: whether anybody was asked, and what spoke against those who were."""
    tried = [one for one in reading.attempts if not one.stage]
    asked = [one for one in tried if was_asked(one)]
    if not asked:
        return Follows("hold", reading.sentence)
    others = {one.outcome for one in asked} - NEEDS_HER
    if not others:
        return Follows("pause", reading.sentence)
    if not others <= TROUBLED:
        return END
    return Follows("later" if others == {"rate_limited"} else "again", reading.sentence)


def was_asked(attempt: Attempt) -> bool:
    """Whether its request went out: what was not sent has no identity of what was sent."""
    return bool(attempt.sent_sha256)
