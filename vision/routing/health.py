"""Who is to be left alone for now, and how fast the others may be asked. One object for the process, shared by all.

A place is a provider with one key at one address. Three things are remembered of it: a breaker (failed five times
running: left out for a minute, then tried with one request), what is out until the key changes or the day ends, and
the pace after "too many requests". Nothing here is stored: with several processes it moves into the database behind
these same methods.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from vision.settings import Credential

FAILURES = 5
LEFT_OUT_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 20.0
FIRST_INTERVAL_SECONDS = 0.25
LONGEST_INTERVAL_SECONDS = 4.0
LOOK_SECONDS = 0.05

# A provider in trouble. "Too many requests" is not: that is what the pace is for.
TROUBLE = frozenset({"overloaded", "server_error", "timeout", "connection", "broken_answer"})
# Neither for nor against: nothing was learned of the provider.
SILENT = frozenset({"stopped", "over_cap", "rate_limited"})

Clock = Callable[[], float]
Scope = Literal["model", "provider"]


@dataclass(frozen=True, slots=True)
class Place:
    """A provider with one key at one address; the key itself is not in it, its hash is."""

    provider: str
    key: str = ""

    @classmethod
    def of(cls, provider: str, found: Credential | None) -> Place:
        if found is None:
            return cls(provider)
        said = f"{found.base_url or ''}\n{found.key.get_secret_value()}"
        return cls(provider, hashlib.sha256(said.encode()).hexdigest())


@dataclass(slots=True)
class _State:
    running_failures: int = 0
    left_out_until: float = 0.0
    probe: object | None = None  # the one request that tries a place out after a pause of the breaker
    not_before: float = 0.0
    interval: float = 0.0
    slowed_at: float = float("-inf")
    last: float = float("-inf")
    queue: deque[object] = field(default_factory=deque)  # interactive questions that wait for their turn
    out: dict[str, tuple[date, str]] = field(default_factory=dict)  # model id or "" for all: the day, the reason


class Health:
    """Thread-safe. ``clock`` is monotonic seconds."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._states: dict[Place, _State] = {}

    def trouble(self, place: Place, model: str, today: date) -> str | None:
        """Why ``model`` is not to be asked now, in words to follow its name; None: it may be."""
        with self._changed:
            state = self._states.get(place)
            if state is None:
                return None
            for name in ("", model):
                day, reason = state.out.get(name, (None, ""))
                if day == today:
                    return reason
            now = self._clock()
            if state.left_out_until > now:
                return f"failed {FAILURES} times running: left out for {state.left_out_until - now:.0f} s more"
            if state.running_failures >= FAILURES and state.probe is not None:
                return "failed before: being tried with one question just now"
            return None

    def admit(self, place: Place, request: object) -> bool:
        """Whether ``request`` (any object, for itself) may go out now. After a pause of the breaker one may, until
        ``ended`` says how it went; so whoever is admitted and then sends nothing says "stopped"."""
        with self._changed:
            state = self._states.setdefault(place, _State())
            if state.running_failures < FAILURES:
                return True
            if state.left_out_until > self._clock() or state.probe is not None:
                return False
            state.probe = request
            return True

    def ended(self, place: Place, request: object, outcome: str) -> None:
        """How ``request`` ended. Others that were still under way do not end the trial of the one that is on trial."""
        with self._changed:
            state = self._states.setdefault(place, _State())
            if state.probe is request:
                state.probe = None
            if outcome in TROUBLE:
                state.running_failures += 1
                if state.running_failures >= FAILURES:
                    state.left_out_until = self._clock() + LEFT_OUT_SECONDS
            elif outcome not in SILENT:
                state.running_failures = 0
                state.left_out_until = 0.0
                state.interval = state.interval / 2 if state.interval > FIRST_INTERVAL_SECONDS else 0.0
            self._changed.notify_all()

    def leave_out(self, place: Place, scope: Scope, model: str, today: date, reason: str) -> None:
        """Out until the key changes (then it is another place) or the day ends."""
        with self._changed:
            state = self._states.setdefault(place, _State())
            state.out["" if scope == "provider" else model] = (today, reason)

    def heal(self, place: Place) -> None:
        """It has just been shown to answer: outages, breaker and pace are forgotten, and who waits goes in turn."""
        with self._changed:
            state = self._states.get(place)
            if state is None:
                return
            state.running_failures, state.left_out_until, state.probe = 0, 0.0, None
            state.not_before, state.interval, state.slowed_at = 0.0, 0.0, float("-inf")
            state.out.clear()
            self._changed.notify_all()

    def slow_down(self, place: Place, wait_seconds: float | None) -> None:
        """ "Too many requests": everybody who uses this place goes slower, and waits as long as was asked for, unless
        that is longer than anybody would sit through."""
        with self._changed:
            state = self._states.setdefault(place, _State())
            now = self._clock()
            if wait_seconds is not None and wait_seconds <= LONGEST_WAIT_SECONDS:
                state.not_before = max(state.not_before, now + wait_seconds)
            if now - state.slowed_at >= state.interval:  # many that were sent together count once
                state.interval = min(max(state.interval * 2, FIRST_INTERVAL_SECONDS), LONGEST_INTERVAL_SECONDS)
                state.slowed_at = now
            self._changed.notify_all()

    def turn(self, place: Place, *, interactive: bool, seconds: float, stopped: Callable[[], bool]) -> float | None:
        """Waits until it is this request's turn, interactive ones first; how long that took.

        None: stopped, or it would take longer than ``seconds``."""
        me = object()
        began = self._clock()
        with self._changed:
            state = self._states.setdefault(place, _State())
            if interactive:
                state.queue.append(me)
            try:
                while True:
                    now = self._clock()
                    ready = max(state.not_before, state.last + state.interval)
                    mine = state.queue[0] is me if interactive else not state.queue
                    if ready <= now and mine:
                        state.last = now
                        return now - began
                    if stopped() or max(ready - now, 0.0) > began + seconds - now:
                        return None
                    self._changed.wait(min(max(ready - now, 0.001), LOOK_SECONDS))
            finally:
                if interactive:
                    state.queue.remove(me)
                self._changed.notify_all()
