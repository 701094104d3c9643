"""Who is to be left alone for now, and how fast the others may be asked. One object for the process, shared by all.

A place is a provider with one key at one address. Three things are remembered of it: a breaker (failed five times
running: left out for a minute, then tried with one request), what is out until the key changes or the day ends, and
the pace after "too many requests" (``pace`` says how fast; here it is waited for). Nothing here is stored: with several
processes it moves into the database behind these same methods.
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

from vision.routing.pace import Pace
from vision.settings import Credential

FAILURES = 5
LEFT_OUT_SECONDS = 60.0
PATIENCE_SECONDS = 600.0  # what a question of a batch waits for its turn, where a person would have left
TRIAL_SECONDS = 1.0  # until somebody looks again how a trial went: nobody knows how long it takes
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
    pace: Pace = field(default_factory=Pace)
    people: deque[object] = field(default_factory=deque)  # questions that wait for their turn, these first
    batch: deque[object] = field(default_factory=deque)
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
            reason = _left_out(state, model, today)
            if reason is not None:
                return reason
            now = self._clock()
            if state.left_out_until > now:
                return f"failed {FAILURES} times running: left out for {state.left_out_until - now:.0f} s more"
            if state.running_failures >= FAILURES and state.probe is not None:
                return "failed before: being tried with one question just now"
            return None

    def left_out(self, place: Place, model: str, today: date) -> str | None:
        """As ``trouble``, but only what no waiting ends before the key changes or the day is over."""
        with self._changed:
            state = self._states.get(place)
            return None if state is None else _left_out(state, model, today)

    def seconds_out(self, place: Place, *, interactive: bool = False) -> float:
        """How long the breaker, or the wait that the service asked for, keeps everybody away from ``place``; 0.0: it
        may be asked now. What waits in turn behind others is not counted."""
        with self._changed:
            state = self._states.get(place)
            if state is None:
                return 0.0
            now = self._clock()
            held = state.pace.not_before if interactive else state.pace.held_until
            trial = TRIAL_SECONDS if state.running_failures >= FAILURES and state.probe is not None else 0.0
            return max(held - now, state.left_out_until - now, trial, 0.0)

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
                state.pace.answered(self._clock(), request)
            state.pace.ended(request)
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
            state.pace = Pace()
            state.out.clear()
            self._changed.notify_all()

    def slow_down(self, place: Place, wait_seconds: float | None, request: object | None = None) -> None:
        """ "Too many requests": everybody who uses this place goes slower, and waits as long as was asked for, though
        people not longer than anybody would sit through. Said before ``request`` is said to have ended, for when it
        went out tells whether it is news."""
        with self._changed:
            self._states.setdefault(place, _State()).pace.refused(self._clock(), wait_seconds, request)
            self._changed.notify_all()

    def turn(
        self,
        place: Place,
        *,
        interactive: bool,
        seconds: float,
        stopped: Callable[[], bool],
        request: object | None = None,
    ) -> float | None:
        """Waits until it is this request's turn, interactive ones first; how long that took.

        None: stopped, or it would take longer than ``seconds``. ``request`` (any object, for itself) counts as under
        way until it ``ended``, so whoever had a turn and then sends nothing says "stopped"."""
        me = object()
        began = self._clock()
        with self._changed:
            state = self._states.setdefault(place, _State())
            queue = state.people if interactive else state.batch
            queue.append(me)
            try:
                while True:
                    now = self._clock()
                    ready = state.pace.ready_at(now, patient=not interactive)
                    mine = queue[0] is me and (interactive or not (state.people or state.pace.full(now)))
                    if ready <= now and mine:
                        state.pace.sent(now, request)
                        return now - began
                    if stopped() or max(ready - now, 0.0) > began + seconds - now:
                        return None
                    self._changed.wait(min(max(ready - now, 0.001), LOOK_SECONDS) if mine else LOOK_SECONDS)
            finally:
                queue.remove(me)
                self._changed.notify_all()


def _left_out(state: _State, model: str, today: date) -> str | None:
    for name in ("", model):
        day, reason = state.out.get(name, (None, ""))
        if day == today:
            return reason
    return None
