"""A durable run as the terminal follows it: each answer as it comes, how far it is, and Ctrl-C, which pauses it.

It reads the store alone, so it is the same whether this process asks the questions or another one does.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

from vision.cli.progress import Progress, bar
from vision.routing.estimating import usd
from vision.store.batch_records import Line, RunState
from vision.store.extract_records import RecordState, Run

if TYPE_CHECKING:
    from vision.batch.batches import Batches
    from vision.store import OwnedStore

LOOK_SECONDS = 0.1
CALM_SECONDS = 0.6  # after which whoever drives has seen a pause: its driver looks twice a second
OTHERS_SECONDS = 1.5  # so long nobody says that another process drives: ours may only have begun
MOST_LINES = 200  # looked at together
COST_SECONDS = 1.0  # between two sums of what was paid
OPEN = (RecordState.WAITING, RecordState.RUNNING)
FOLLOWS = "The app is running and asks the questions; this follows."


@dataclass(slots=True)
class Presses:
    """How often Ctrl-C was pressed since this began. The third time it interrupts whatever waits."""

    count: int = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Nothing is torn apart: an answer that is being written out is written to its end."""
        before = signal.signal(signal.SIGINT, self._pressed)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _pressed(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 2:
            raise KeyboardInterrupt


@dataclass(slots=True)
class Watch:
    """Follows one run. ``pending``: positions of the items that were not told yet, in order."""

    owned: OwnedStore
    batches: Batches
    run_id: str
    progress: Progress
    presses: Presses
    pending: list[int]
    begun: float = field(default_factory=time.monotonic)
    _told_of_others: bool = False
    _cost: str = ""
    _cost_at: float = 0.0

    def to_the_end(self) -> bool:
        """Until the run stands still with nothing under way; whether it was paused from here. Raises Gone, and
        NotThere for a run that was deleted meanwhile."""
        paused, calm_since = False, 0.0
        while True:
            looked = time.monotonic()
            run = self.owned.run(self.run_id)
            self._tell(run)
            if self.presses.count and not paused:
                paused = True
                self._pause()
                continue
            if self.presses.count > 1:
                self.batches.hang_up()
                break
            now = time.monotonic()
            if _moves(run):
                calm_since = 0.0
            else:
                calm_since = calm_since or now
                if now - calm_since >= (CALM_SECONDS if _waits(run) else 0):
                    break
            self._who_asks(now)
            time.sleep(max(LOOK_SECONDS, 10 * (now - looked)))  # following a long run takes little of the machine
        self._say_all(self.owned.run(self.run_id), self._fresh(len(self.pending)))
        self.progress.clear()
        return paused

    def _pause(self) -> None:
        self.batches.pause(self.owned.owner, self.run_id)
        count = self.owned.run(self.run_id).counts.get(RecordState.RUNNING, 0)
        if count:
            self.progress.say(f"Finishing {count} that {_are(count)} under way; Ctrl-C again leaves at once.")

    def _who_asks(self, now: float) -> None:
        """Said once, when it is clear that another process has the engine."""
        if not self._told_of_others and now - self.begun > OTHERS_SECONDS and not self.batches.driver.drives:
            self._told_of_others = True
            self.progress.say(FOLLOWS)

    def _tell(self, run: Run) -> None:
        """What ended since the last look, and how far it is."""
        fresh = len(self.pending) - run.open
        if fresh > 0:
            self._say_all(run, self._fresh(fresh))
        if self.progress.on:
            failed = run.counts.get(RecordState.FAILED, 0)
            told = f"{bar(run.total - run.open, run.total)}{f', {failed:,} failed' if failed else ''}"
            self.progress.show(f"{told}{self._spent(run)}")

    def _spent(self, run: Run) -> str:
        now = time.monotonic()
        if now >= self._cost_at:
            spent = self.owned.sums(self.run_id, run.created).cost_usd
            self._cost, self._cost_at = (f", {usd(spent)}" if spent else ""), now + COST_SECONDS
        return self._cost

    def _fresh(self, count: int) -> list[Line]:
        """The lines that ended and were not told yet, about ``count`` of them. Items end nearly in order, so few have
        to be looked at."""
        found: list[Line] = []
        for at in range(0, len(self.pending), MOST_LINES):
            some = self.pending[at : at + MOST_LINES]
            page = self.owned.lines(self.run_id, positions=some, limit=len(some))
            found += [line for line in page.lines if line.state not in OPEN]
            if len(found) >= count:
                break
        told = {line.position for line in found}
        self.pending = [one for one in self.pending if one not in told]
        return found

    def _say_all(self, run: Run, lines: Sequence[Line]) -> None:
        for line in lines:
            self._say(run, line)

    def _say(self, run: Run, line: Line) -> None:
        if line.state is not RecordState.DONE:
            self.progress.say(f"{line.name}: {line.sentence}")
            return
        said = json.dumps(line.data, ensure_ascii=False) if run.fields.fields else line.text.rstrip("\n")
        self.progress.write(f"{line.name}\n{said}\n\n")
        if line.sentence:
            self.progress.say(f"{line.name}: {line.sentence}")


def _moves(run: Run) -> bool:
    return (run.batch is not None and run.batch.state is RunState.RUNNING) or bool(run.counts.get(RecordState.RUNNING))


def _waits(run: Run) -> bool:
    return bool(run.counts.get(RecordState.WAITING))


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
