"""How fast one place may be asked after "too many requests": a pure state machine over a clock that its caller reads.

Until a refusal there is no pace at all. A refusal cuts the rate of starts to a part of what the place really answered;
answers let it grow again, quickly up to what is known to be too much, slowly around that, quickly again beyond it. Some
services limit not how often they are asked but how many questions are under way, so their number is learned as well:
the first refusal says how many were, and it grows only where it was what held a question back. Nothing waits here:
``health`` does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

FIRST_INTERVAL_SECONDS = 0.25
LONGEST_INTERVAL_SECONDS = 4.0
# Waits that a service asks for: what a person would sit through, and what a batch sleeps before it looks again.
LONGEST_WAIT_SECONDS = 20.0
LONGEST_HOLD_SECONDS = 3600.0
FORGOTTEN_SECONDS = 180.0  # after so long with nobody refused or held back, nothing is left of it
STALE_SECONDS = 900.0  # longer than any question takes: whoever is still under way was lost

CUT = 0.7
LEAST = 0.5  # and at once never to less than this part of the rate before
LATE = 1.25  # a start so many intervals after the last one was not held back by the rate
# Growth of the rate, for each second that passes and at most for each answer. The slower a place, the more its
# answers count: one refusal in five calls would be too many at one call in two seconds.
FAST = (0.08, 0.03)
SLOW = (0.01, 0.004)
NEAR = (0.9, 1.15)  # around the rate that was too much, as parts of it: here growth is slow
# Answers after which one more may be under way: while the number is a guess, and where a refusal confirmed it.
GUESSED, CONFIRMED = 8, 30
# What was achieved is counted over so many seconds and answers at least, and is unknown with fewer than ENOUGH.
WINDOW_SECONDS, WINDOW_ANSWERS, ENOUGH = 4.0, 12, 4

_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class _Sent:
    """When a request went out, how many others were under way, and whether it went as soon as the rate allowed."""

    at: float
    beside: int
    at_once: bool


class Pace:
    """Of one place. All times are seconds of one monotonic clock. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self.interval = 0.0  # between two starts; 0.0: no pace
        self.last = _NEVER  # start
        self.not_before = _NEVER  # for those who sit in front of it
        self.held_until = _NEVER  # for a batch
        self.most: int | None = None  # under way at once
        self._confirmed = False
        self._answers_at_most = 0
        self._cut_at = _NEVER
        self._refused_at = _NEVER
        self._felt_at = _NEVER  # when it last held somebody back
        self._grown_at = _NEVER
        self._too_much = float("inf")  # starts a second
        self._answers: deque[float] = deque(maxlen=1000)
        self._under_way: dict[object, _Sent] = {}

    def ready_at(self, now: float, *, patient: bool = False) -> float:
        """When the next request may go; in the past: at once. ``patient``: nobody sits in front of it."""
        if now - max(self._refused_at, self._felt_at) > FORGOTTEN_SECONDS:
            self.interval, self.most, self._too_much = 0.0, None, float("inf")
        return max(self.held_until if patient else self.not_before, self.last + self.interval)

    def full(self, now: float) -> bool:
        """Whether so many are under way that one more would be too much; ``ready_at`` cannot know how long."""
        if self.most is None or len(self._under_way) < self.most:
            return False
        lost = [request for request, sent in self._under_way.items() if now - sent.at > STALE_SECONDS]
        for request in lost:
            del self._under_way[request]
        return len(self._under_way) >= self.most

    def sent(self, now: float, request: object | None = None) -> None:
        """A request goes out. ``request`` (any object, for itself) counts as under way until it ``ended``."""
        beside = len(self._under_way)
        at_once = now <= self.last + LATE * self.interval
        at_most = self.most is not None and beside + 1 >= self.most
        if (self.interval and at_once) or at_most:
            self._felt_at = now
        if request is not None:
            self._under_way[request] = _Sent(now, beside, at_once)
        self.last = now

    def ended(self, request: object) -> None:
        """``request`` is over without an answer that says anything of the pace."""
        self._under_way.pop(request, None)

    def answered(self, now: float, request: object | None = None) -> None:
        """``request`` was let in and answered: what is allowed grows."""
        self._answers.append(now)
        if self.most is not None and len(self._under_way) >= self.most:
            self._answers_at_most += 1
            if self._answers_at_most >= (CONFIRMED if self._confirmed else GUESSED):
                self.most, self._answers_at_most, self._confirmed = self.most + 1, 0, False
        sent = self._under_way.pop(request, None)
        if self.interval and (sent is None or sent.at_once):
            near = NEAR[0] <= 1 / self.interval / self._too_much <= NEAR[1]
            each_second, each_answer = SLOW if near else FAST
            self.interval /= 1 + min(each_answer, each_second * (now - self._grown_at))
            self._grown_at = now

    def refused(self, now: float, wait: float | None, request: object | None = None) -> None:
        """ "Too many requests", with the wait in seconds that was asked for (None: none was)."""
        if wait is not None:
            self.held_until = max(self.held_until, now + min(wait, LONGEST_HOLD_SECONDS))
            if wait <= LONGEST_WAIT_SECONDS:
                self.not_before = max(self.not_before, now + wait)
        sent = self._under_way.pop(request, None) if request is not None else None
        self._refused_at = now
        # Many that were sent together count once: what went out before the cut says nothing of the rate after it.
        if now - self._cut_at >= self.interval if sent is None else sent.at > self._cut_at:
            at_most = sent is not None and self.most is not None and sent.beside + 1 >= self.most
            self._cut(now, CUT if at_most else LEAST)  # perhaps it is not the rate: their number is cut, too
            if sent is not None and (at_most or self.most is None):
                self.most, self._answers_at_most, self._confirmed = max(1, sent.beside), 0, at_most
        elif sent is not None and self.most is not None:
            self.most = max(1, min(self.most, sent.beside))  # the first to be refused says it best

    def _cut(self, now: float, least: float) -> None:
        """To a part of what was achieved, though not to less than ``least`` of the rate that there is."""
        achieved = self._achieved(now)
        if not self.interval:  # a first burst says little of what is too much
            rate = max(CUT * (achieved or 0.0), 1 / FIRST_INTERVAL_SECONDS)
        elif achieved is None:
            rate, self._too_much = least / self.interval, CUT / self.interval
        else:
            before = 1 / self.interval
            rate = min(max(CUT * achieved, least * before), NEAR[0] * before)
            self._too_much = min(achieved, before)
        self.interval = min(1 / rate, LONGEST_INTERVAL_SECONDS)
        self._cut_at = self._grown_at = now

    def _achieved(self, now: float) -> float | None:
        """Answers a second lately, as far back as this pace reaches; None: too few to say."""
        began = max(self._cut_at, min(self.held_until, now))
        lately = [at for at in self._answers if at > began]
        if len(lately) < ENOUGH:
            return None
        since = min(now - WINDOW_SECONDS, lately[-min(WINDOW_ANSWERS, len(lately))])
        since = max(since, began)
        return sum(at > since for at in lately) / max(now - since, 1.0)
