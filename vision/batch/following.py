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
from vision.store.extract_records import RecordState
from vision.store.runs import Reading

# Nothing comes of asking anybody else the same way: a person has to do something first.
NEEDS_HER = frozenset({"bad_key", "no_access", "out_of_credit", "not_found", "not_set_up", "bad_setting"})
NOT_NOW = frozenset({"overloaded", "rate_limited"})

What = Literal["end", "back", "again", "hold", "wait", "cap", "pause"]


@dataclass(frozen=True, slots=True)
class Follows:
    """end: it stands as it is. All others let it wait again. back: this process ends. again: it was told to come later
    and may do so a few times. hold: the run waits until somebody can be asked. wait: what others have set aside could
    pass a cap. cap: it would pass a cap. pause: the run stands still with ``reason`` until she goes on with it."""

    what: What
    reason: str = ""


END = Follows("end")


def follows(reading: Reading, failure: LoupeError | None) -> Follows:
    """``failure`` is the error that ``reading`` came of, None where it came of none."""
    if reading.state is RecordState.STOPPED:
        return Follows("back")
    if isinstance(failure, OverCap) and failure.scope != "question":
        return Follows("wait" if failure.later else "cap", reading.sentence)
    if isinstance(failure, StoreError) or reading.outcome in NEEDS_HER:
        return Follows("pause", reading.sentence)
    if reading.outcome == "no_answer" or reading.outcome in NOT_NOW:
        return _nobody(reading)
    return END


def _nobody(reading: Reading) -> Follows:
    """Nobody answered: whether anybody was asked, and what spoke against those who were."""
    tried = [one for one in reading.attempts if not one.stage]
    asked = [one for one in tried if was_asked(one)]
    if not asked:
        return Follows("hold", reading.sentence)
    if all(one.outcome in NEEDS_HER for one in asked):
        return Follows("pause", reading.sentence)
    return Follows("again") if all(one.outcome == "rate_limited" for one in asked) else END


def was_asked(attempt: Attempt) -> bool:
    """Whether its request went out: what was not sent has no identity of what was sent."""
    return bool(attempt.sent_sha256)
