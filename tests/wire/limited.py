"""The loopback provider with a limit: more than so many requests a second are answered "too many requests"."""

from __future__ import annotations

import threading
import time

from tests.wire.plays import Play, fails
from tests.wire.server import WireServer


class LimitedWire(WireServer):
    """``per_second`` on average and ``burst`` at once, all providers together; what is let in gets what is scripted,
    then ``usual``. A refusal says how long to wait, in whole seconds as the services do.

    ``let_in``: of each request when it came (monotonic seconds), and whether it was let in."""

    def __init__(self, per_second: float, burst: int, *, usual: Play | None = None) -> None:
        super().__init__()
        self._per_second, self._burst, self._usual = per_second, burst, usual or Play()
        self._tokens, self._at = float(burst), time.monotonic()
        self._counting = threading.Lock()
        self.let_in: list[tuple[float, bool]] = []

    def next_play(self, provider: str, model: str) -> Play:
        if not self._takes():
            return fails("rate_limited", headers={"retry-after": str(max(1, round(1 / self._per_second)))})
        play = super().next_play(provider, model)
        return self._usual if play == Play() else play

    def refused_share(self, since: float) -> float:
        """Of the requests after ``since`` (monotonic seconds)."""
        found = [let_in for at, let_in in self.let_in if at >= since]
        return found.count(False) / max(1, len(found))

    def _takes(self) -> bool:
        with self._counting:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
            self._at = now
            takes = self._tokens >= 1
            self._tokens -= takes
            self.let_in.append((now, takes))
            return takes
