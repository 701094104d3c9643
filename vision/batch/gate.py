"""How many items are asked about at once: of one run, and in all. No I/O; one lock.

More items than may go on are waiting here, so that a place that gets free is taken at once, not at the next look of the
engine into its queue.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from vision.store.batch_records import Active

LOOK_SECONDS = 0.5
LONGEST_HOLD_SECONDS = 60.0
COME_AGAIN = 3
OUTLAST = 60  # how often, while nobody of its run is answered at all: an hour without a network eats one item, not all


@dataclass(slots=True, eq=False)
class Lane:
    """What is known of ``run`` while it is driven. Changed by the gate only. ``parallel``: how many at once; ``limit``:
    how many just now (fewer where money or a service is short); ``taken``: items that the engine has, those that wait
    here included; ``inside``: those that are asked about; ``told_later``: how often an item met a service in trouble,
    and how many others had been ``answered`` when it first did; ``said``: why it does not get on."""

    run: Active
    parallel: int
    limit: int = 0
    is_open: bool = True
    held_until: float = 0.0
    inside: int = 0
    taken: set[str] = field(default_factory=set)
    answered: int = 0
    said: str = ""
    told_later: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limit = self.parallel


class Gate:
    """Thread-safe. ``most``: at once in all runs together. ``clock`` is monotonic seconds."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False

    def enter(self, lane: Lane) -> bool:
        """Waits for a place; False when the run is not to go on just now."""
        with self._changed:
            while True:
                if self._closed or not lane.is_open or lane.held_until > self._clock():
                    return False
                if lane.inside < lane.limit and self._inside < self._most:
                    lane.inside += 1
                    self._inside += 1
                    return True
                self._changed.wait(LOOK_SECONDS)

    def leave(self, lane: Lane) -> None:
        with self._changed:
            lane.inside -= 1
            self._inside -= 1
            self._changed.notify_all()

    def succeeded(self, lane: Lane) -> None:
        """Somebody answered: what was narrowed is wide again, step by step."""
        with self._changed:
            lane.answered += 1
            lane.limit = min(lane.parallel, lane.limit * 2)
            self._changed.notify_all()

    def hold(self, lane: Lane, seconds: float) -> None:
        """Nobody can be asked for so long; then one item tries it out first."""
        with self._changed:
            lane.held_until = self._clock() + min(max(seconds, LOOK_SECONDS), LONGEST_HOLD_SECONDS)
            lane.limit = 1
            self._changed.notify_all()

    def narrow(self, lane: Lane) -> None:
        """For an item that could pass a cap with what others have set aside: fewer at once from now on, and a moment's
        rest where no other one of its run is under way."""
        with self._changed:
            others = lane.inside - 1
            lane.limit = max(1, min(lane.limit, others))
            if others <= 0:
                lane.held_until = self._clock() + LOOK_SECONDS

    def open(self, lane: Lane, run: Active, parallel: int) -> None:
        """It goes on, on the terms of ``run``. One that was shut, or has another width now, begins at its full
        width."""
        with self._changed:
            lane.run = run
            if not lane.is_open or parallel != lane.parallel:
                lane.parallel = lane.limit = parallel
                lane.held_until = 0.0
            lane.is_open = True
            self._changed.notify_all()

    def shut(self, lane: Lane) -> None:
        """Whoever waits leaves."""
        with self._changed:
            lane.is_open = False
            self._changed.notify_all()

    def may_come_again(self, lane: Lane, record_id: str) -> bool:
        """Whether an item that met a service in trouble may come again: not for ever, or a run would never end; but if
        nobody else is answered meanwhile, it is not for this item's sake."""
        with self._changed:
            count, before = lane.told_later.get(record_id, (0, lane.answered))
            lane.told_later[record_id] = (count + 1, before)
            return count < (COME_AGAIN if lane.answered > before else OUTLAST)

    def is_held(self, lane: Lane) -> bool:
        with self._changed:
            return lane.held_until > self._clock()

    def take(self, lane: Lane, record_id: str) -> None:
        with self._changed:
            lane.taken.add(record_id)

    def give_back(self, lane: Lane, record_id: str) -> None:
        with self._changed:
            lane.taken.discard(record_id)

    def taken(self, lane: Lane) -> frozenset[str]:
        with self._changed:
            return frozenset(lane.taken)

    def close(self) -> None:
        """Whoever waits leaves, and nobody enters any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
