"""Services that refuse what is too much, and a batch that asks them: simulated, without any waiting."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from vision.routing.pace import Pace

REFUSAL_SECONDS = 0.1  # until "too many requests" is heard
LOOK_SECONDS = 0.05  # a batch that finds its place full looks again


class Service(Protocol):
    def takes(self, now: float) -> bool:
        """Whether a request is let in."""

    def gone(self) -> None:
        """One that was let in is over."""

    def wait(self, now: float) -> float | None:
        """The wait that a refusal asks for."""


class Bucket:
    """``rate`` a second on average (it may change with time), ``burst`` at once. It refuses without a charge."""

    def __init__(self, rate: float | Callable[[float], float], burst: float, *, says_wait: bool = False) -> None:
        self.rate = rate if callable(rate) else lambda now: rate
        self._burst, self._tokens, self._at, self._says_wait = burst, burst, 0.0, says_wait

    def takes(self, now: float) -> bool:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self.rate(now))
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def gone(self) -> None:
        pass

    def wait(self, now: float) -> float | None:
        return (1 - self._tokens) / self.rate(now) if self._says_wait else None


class Desk:
    """So many at once."""

    def __init__(self, places: int) -> None:
        self._free = places

    def takes(self, now: float) -> bool:
        if not self._free:
            return False
        self._free -= 1
        return True

    def gone(self) -> None:
        self._free += 1

    def wait(self, now: float) -> float | None:
        return None


@dataclass
class Seen:
    """Every call of a simulation: when it was sent, and whether it was let in."""

    calls: list[tuple[float, bool]] = field(default_factory=list)

    def refused_share(self, since: float, until: float = float("inf")) -> float:
        found = [let_in for at, let_in in self.calls if since <= at < until]
        return found.count(False) / max(1, len(found))

    def rate(self, since: float, until: float) -> float:
        """Calls a second that were let in."""
        return sum(let_in for at, let_in in self.calls if since <= at < until) / (until - since)


def simulate(pace: Pace, service: Service, *, seconds: float, seed: int, workers: int = 32) -> Seen:
    """What ``workers`` see who ask one question after the other, each of which takes 0.3 to 2 s."""
    chance, seen, numbers = random.Random(seed), Seen(), itertools.count()
    events: list[tuple[float, int, Callable[[float], None]]] = []
    waiting = [object() for _ in range(workers)]

    def at(when: float, what: Callable[[float], None]) -> None:
        heapq.heappush(events, (when, next(numbers), what))

    def look(now: float) -> None:
        """Sends whoever may go; looks again when the next one may."""
        while waiting and (ready := pace.ready_at(now, patient=True)) <= now and not pace.full(now):
            send(now, waiting.pop(0))
        at(max(ready, now + LOOK_SECONDS) if waiting else now + LOOK_SECONDS, look)

    def send(now: float, request: object) -> None:
        pace.sent(now, request)
        let_in = service.takes(now)
        seen.calls.append((now, let_in))

        def ended(then: float) -> None:
            if let_in:
                service.gone()
                pace.answered(then, request)
            else:
                pace.refused(then, wait, request)
            waiting.append(object())

        wait = None if let_in else service.wait(now)
        at(now + (chance.uniform(0.3, 2.0) if let_in else REFUSAL_SECONDS), ended)

    at(0.0, look)
    while events[0][0] <= seconds:
        now, _, what = heapq.heappop(events)
        what(now)
    return seen
