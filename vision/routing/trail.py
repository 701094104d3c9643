"""What was tried for one answer: every attempt with its outcome, its price and its ledger row, ended exactly once.

Two threads end attempts: the one that listens, and the one that stops it or runs out of time. Whoever comes first
says how it ended; the other's word changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from vision.errors import StoreError
from vision.messages import Answer, Attempt, Stop, Usage
from vision.models.catalog import READER, Model
from vision.models.prices import price
from vision.store.money_records import Settled

_log = logging.getLogger(__name__)

# Error replies: no vendor bills for them. What may have been worked on before it failed has no known price.
NOT_BILLED = frozenset(
    {
        "rate_limited", "overloaded", "server_error", "bad_key", "no_access", "out_of_credit", "not_found",
        "too_large", "bad_request", "over_cap",
    }
)  # fmt: skip

_STOPPED = Stop.STOPPED.value
Settle = Callable[[str, Settled], object]


@dataclass(frozen=True, slots=True)
class Sending:
    """An attempt about to go out. ``release`` is told its outcome, whoever ends it."""

    model: Model
    sent_sha256: tuple[str, ...]
    waited_seconds: float
    ledger_id: str
    at: datetime
    release: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Open:
    sending: Sending
    began: float
    stage: str


class Trail:
    """``settle`` writes the end of an attempt into the ledger."""

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self._lock = threading.Lock()
        self._attempts: list[Attempt] = []
        self._notes: list[str] = []
        self._stage = ""
        self._open: _Open | None = None
        self._first_asked: float | None = None
        self._rests_since: float | None = None
        self._sent = False
        self._closed = False

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        with self._lock:
            return tuple(self._attempts)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the person on how it came to what it came to, also where no answer came."""
        with self._lock:
            return tuple(self._notes)

    @property
    def stage(self) -> str:
        """What attempts are for just now: "" for the answer itself."""
        return self._stage

    @contextmanager
    def describing(self) -> Iterator[None]:
        """Attempts begun within are for a description, not for the answer itself."""
        self._stage = "description"
        try:
            yield
        finally:
            self._stage = ""

    def note(self, sentence: str) -> None:
        with self._lock:
            if sentence not in self._notes:
                self._notes.append(sentence)

    @property
    def first_asked(self) -> float | None:
        """When the first request to a service went out (monotonic seconds), later by every rest since then."""
        with self._lock:
            if self._first_asked is None or self._rests_since is None:
                return self._first_asked
            return self._first_asked + time.monotonic() - self._rests_since

    @property
    def anything_sent(self) -> bool:
        """Whether anybody was asked at all: an attempt that nothing was sent for (left out just now, too many questions
        before this one, over a cap, pictures too small) is in ``attempts``, and this stays False."""
        with self._lock:
            return self._sent

    @property
    def current(self) -> Model | None:
        """Who is being asked at this moment."""
        with self._lock:
            return self._open.sending.model if self._open else None

    def asked(self, *, service: bool) -> None:
        """A question is about to go out. What runs on this machine is waited for: it starts no clock."""
        with self._lock:
            if service and self._first_asked is None:
                self._first_asked = time.monotonic()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """What passes within is not of the time for the question: a batch waits for its turn."""
        with self._lock:
            self._rests_since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                rested = time.monotonic() - self._rests_since
                self._rests_since = None
                if self._first_asked is not None:
                    self._first_asked += rested

    def time_anew(self) -> None:
        """What is asked from now on has the whole time of a question again: one of several for one document."""
        with self._lock:
            self._first_asked = None

    def begin(self, sending: Sending) -> bool:
        """``sending`` goes out now. False: closed meanwhile; it is given back, and nothing may be sent."""
        with self._lock:
            if not self._closed:
                self._open = _Open(sending, time.monotonic(), self._stage)
                self._sent = True
                return True
        sending.release(_STOPPED)
        self._write(sending.ledger_id, Settled(_STOPPED, cost=Decimal(0)))
        return False

    def answered(self, answer: Answer) -> Attempt | None:
        """The attempt under way came to an answer; None if somebody else has ended it."""
        return self._end(answer.stop.value, answer.usage, answer.request_id, answer.explanation, billed=True)

    def failed(
        self, outcome: str, sentence: str, text: str, *, request_id: str | None = None, unsent: bool = False
    ) -> Attempt | None:
        """The attempt under way failed after ``text``; None if there is none."""
        free = unsent or (outcome in NOT_BILLED and not text)
        return self._end(outcome, Usage(), request_id, sentence, billed=not free, text=text)

    def unsent(self, model: Model, outcome: str, sentence: str, waited: float = 0.0) -> Attempt:
        """An attempt that ended before anything was sent: it costs nothing and is in no ledger."""
        attempt = Attempt(
            model.provider,
            model.id,
            outcome,
            round(waited, 3),
            sentence=sentence,
            cost_usd=Decimal(0),
            stage=self._stage,
        )
        with self._lock:
            if not self._closed:
                self._attempts.append(attempt)
        return attempt

    def put_aside(self, text: str) -> None:
        """Keeps what an attempt had said that was left for another one."""
        with self._lock:
            if self._attempts and text:
                self._attempts[-1] = replace(self._attempts[-1], text=text)

    def found_wanting(self, outcome: str, sentence: str, text: str) -> None:
        """What the last attempt said was whole, but not what was asked for."""
        with self._lock:
            if self._attempts:
                self._attempts[-1] = replace(self._attempts[-1], outcome=outcome, sentence=sentence, text=text)

    def close(self) -> None:
        """No attempt begins or is added after this."""
        with self._lock:
            self._closed = True

    def _end(
        self,
        outcome: str,
        usage: Usage,
        request_id: str | None,
        sentence: str,
        *,
        billed: bool,
        text: str = "",
    ) -> Attempt | None:
        with self._lock:
            ending, self._open = self._open, None
            if ending is None:
                return None
            sending = ending.sending
            cost = _cost(sending.model, usage, sending.at) if billed else Decimal(0)
            attempt = Attempt(
                provider=sending.model.provider,
                model=sending.model.id,
                outcome=outcome,
                waited_seconds=round(sending.waited_seconds, 3),
                seconds=time.monotonic() - ending.began,
                sent_sha256=sending.sent_sha256,
                request_id=request_id,
                sentence=sentence,
                usage=usage,
                cost_usd=cost,
                text=text,
                stage=ending.stage,
            )
            self._attempts.append(attempt)
        sending.release(outcome)
        saving = _cached_saving(sending.model, usage, cost, sending.at)
        self._write(sending.ledger_id, Settled(outcome, usage, cost, saving))
        return attempt

    def _write(self, ledger_id: str, settled: Settled) -> None:
        try:
            self._settle(ledger_id, settled)
        except StoreError as error:  # the reservation stays and counts: no cap is passed because of it
            _log.warning("an attempt could not be written into the ledger: %s %s", error.sentence, error.detail)


def _cost(model: Model, usage: Usage, at: datetime) -> Decimal | None:
    """None where the provider did not say what it counted: that is unknown, not nothing."""
    return None if usage == Usage() and model.provider != READER else price(model, usage, at)


def _cached_saving(model: Model, usage: Usage, cost: Decimal | None, at: datetime) -> Decimal:
    """What the provider's cache saved: below 0 where only the dearer writing was paid so far."""
    if cost is None or not (usage.cached_tokens or usage.cache_write_tokens):
        return Decimal(0)
    without = price(model, replace(usage, cached_tokens=0, cache_write_tokens=0), at)
    return Decimal(0) if without is None else without - cost
