"""Keeps runs going: hands items to the engine, a few more than are asked about at once, and says where each run stands.

One process drives a data folder: the one that holds its lock. The others write what they want into the run's row
(begin, pause, stop, go on) and follow; the driver looks there twice a second, and at once when it is told to in its own
process.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from vision.answering.workers import is_dead, is_ours, me
from vision.batch.following import Follows
from vision.batch.gate import Gate, Lane
from vision.batch.items import work
from vision.batch.kit import Kit
from vision.errors import LoupeError
from vision.models.catalog import READER
from vision.store import Store
from vision.store.batch_records import Active, RunState

if TYPE_CHECKING:
    from vision.batch.workflows import Workflows

LOOK_SECONDS = 0.5
REST_SECONDS = 0.03  # between two looks: items that end together are looked at together
FORGET_SECONDS = 60.0
FINISH_SECONDS = 3.0  # that calls under way have when the process ends
FREE_SECONDS = 5.0
STILL: Mapping[str, RunState] = {"cap": RunState.CAPPED, "pause": RunState.PAUSED}
KEY_IS_GONE = (
    "The key it began with was typed into a page and is gone, or known to another Loupe only: give it once more."
)
READER_AT_ONCE = 2  # it reads one picture after the other: more would only wait, and be counted as slow
_log = logging.getLogger(__name__)

Read = Callable[[Active, str], None]


class Driver:
    """One per process. ``folder`` is where the lock and the engine's own file are. ``read`` is told of every item that
    was asked about (its run, its record id)."""

    def __init__(self, store: Store, folder: Path, kit: Kit, *, at_once: int, read: Read) -> None:
        self._store = store
        self._folder = folder
        self._kit = kit
        self._at_once = at_once
        self._read = read
        self._lock = FileLock(
            folder / "engine.lock", timeout=0, thread_local=False
        )  # taken here, asked after elsewhere
        self._gate = Gate(at_once)
        self._lanes: dict[str, Lane] = {}
        self._engine: Workflows | None = None
        self._wake = threading.Event()
        self._closing = False
        self._wanted = False
        self._forget_at = self._free_at = 0.0
        self._thread = threading.Thread(target=self._keep_going, name="batch-driver", daemon=True)

    def start(self) -> None:
        """Returns at once; what was left over goes on."""
        self._thread.start()

    @property
    def drives(self) -> bool:
        """Whether this process is the one that asks. Another one may be, or nobody yet."""
        return bool(self._lock.is_locked)

    def wake(self) -> None:
        """Something changed: it is looked at now."""
        self._wake.set()

    def get_ready(self) -> None:
        """A run is about to begin: the engine is loaded before it does."""
        self._wanted = True
        self._wake.set()

    def under_way(self, run_id: str) -> int:
        """Items of a run that are being asked about in this process."""
        lane = self._lanes.get(run_id)
        return 0 if lane is None else lane.inside

    def may_come_again(self, run_id: str, record_id: str) -> bool:
        """As ``Gate.may_come_again``."""
        lane = self._lanes.get(run_id)
        return lane is not None and self._gate.may_come_again(lane, record_id)

    def hang_up(self) -> None:
        """No further item begins, and what is under way ends now and waits again: it may be paid for twice."""
        self._gate.close()
        self._kit.ears.close()

    def close(self) -> None:
        """No further item begins; what is under way has a few seconds, then it is put back to wait."""
        self._closing = True
        self._gate.close()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(FINISH_SECONDS)
        until = time.monotonic() + FINISH_SECONDS
        while self._busy() and time.monotonic() < until:
            time.sleep(0.02)
        self._kit.ears.close()
        if self._engine is not None:
            self._engine.close(FINISH_SECONDS if self._busy() else 0)  # it looks once a second only
        self._lock.release()

    def _busy(self) -> bool:
        return any(lane.inside for lane in self._lanes.values())

    # -- the thread ------------------------------------------------------------------------------------------------

    def _keep_going(self) -> None:
        trouble = ""
        while not self._closing:
            try:
                self._look()
                trouble = ""
            except LoupeError as error:  # a busy or damaged store: the next look may find it well
                trouble = self._told(trouble, f"{error.sentence} {error.detail}")
            except Exception as error:  # noqa: BLE001 - the end of a thread: runs would stand still without a word
                trouble = self._told(trouble, "".join(traceback.format_exception(error)))
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()
            time.sleep(REST_SECONDS)

    @staticmethod
    def _told(before: str, now: str) -> str:
        """What lasts is logged once, not twice a second."""
        if now != before:
            _log.error("runs could not be driven: %s", now)
        return now

    def _look(self) -> None:
        if not self._is_ours():
            return
        if time.monotonic() >= self._free_at:
            self._free()
            self._free_at = time.monotonic() + FREE_SECONDS
        found = self._store.active_runs()
        there = {one.run_id for one in found}
        for run_id, lane in list(self._lanes.items()):
            if run_id not in there:
                self._gate.shut(lane)
                if not lane.taken:
                    del self._lanes[run_id]
        if (found or self._wanted) and self._engine is None:
            self._engine = self._begun(found)
        driven = [one for one in found if self._may_drive(one)]
        for one in driven:
            self._gate.open(self._lane(one), one, self._width(one))
        for one in driven:
            self._feed(one)
        self._forget()

    def _is_ours(self) -> bool:
        if not self._lock.is_locked:
            try:
                self._lock.acquire()
            except Timeout:
                return False
        return True

    def _begun(self, found: Sequence[Active]) -> Workflows:
        """The engine, loaded when there is something to do for it: a server that never runs a batch never pays for
        it."""
        from vision.batch.workflows import Workflows  # noqa: PLC0415

        for one in found:  # known before the engine starts: what it brings back finds its run
            self._lane(one)
        engine = Workflows(self._folder / "engine.db", self._work, at_once=2 * self._at_once)
        engine.start()
        left = engine.left_over()
        for one in found:  # what the engine brings back by itself is not handed to it a second time
            for record_id in self._store.of(one.owner).next_items(one.run_id, 2 * self._at_once):
                if record_id in left:
                    self._gate.take(self._lane(one), record_id)
        return engine

    def _free(self) -> None:
        """Items that nobody has in hand who lives: they wait again, also in a run that stands still. What was reserved
        for them counts as unknown."""
        for owner in self._store.owners():
            owned = self._store.of(owner)
            for record_id, worker, updated in owned.in_hand():
                ours = is_ours(worker)
                lost = worker not in self._kit.at_work if ours else is_dead(worker, updated, datetime.now(UTC))
                if lost and owned.put_back(record_id, worker):
                    owned.close_open(datetime.now(UTC), question=record_id)

    def _may_drive(self, one: Active) -> bool:
        """A key that was typed into a page is known to its own process alone, and only this one asks."""
        if one.terms.key_holder in ("", me()):
            return True
        self._store.of(one.owner).move_run(one.run_id, RunState.NEEDS_KEY, [RunState.RUNNING], reason=KEY_IS_GONE)
        return False

    def _lane(self, one: Active) -> Lane:
        if one.run_id not in self._lanes:
            self._lanes[one.run_id] = Lane(one, self._width(one))
        return self._lanes[one.run_id]

    def _width(self, one: Active) -> int:
        most = READER_AT_ONCE if one.choice == READER else self._at_once
        return max(1, min(one.terms.parallel, most))

    def _feed(self, one: Active) -> None:
        """Hands the next items to the engine when it has less than half of what it should; the end of the run, where
        there are none."""
        lane, engine = self._lane(one), self._engine
        if engine is None or self._gate.is_held(lane):
            return
        taken = self._gate.taken(lane)
        # One after the other and in order: the next begins when the one before has ended. Else as many more as are
        # asked about at once wait at the gate, for the engine looks into its queue a few times a second only.
        most = 1 if lane.parallel == 1 else min(2 * lane.parallel, self._room(lane))
        if len(taken) > most // 2:
            return
        owned = self._store.of(one.owner)
        waiting = owned.next_items(one.run_id, most + len(taken), below=one.terms.trial)
        fresh = [record_id for record_id in waiting if record_id not in taken][: most - len(taken)]
        for record_id in fresh:
            self._gate.take(lane, record_id)
            try:
                engine.add(one.owner, one.run_id, record_id)
            except Exception:
                self._gate.give_back(lane, record_id)  # it was not handed over: the next look does so again
                raise
        if not waiting and not taken:
            owned.end_run(one.run_id, one.terms.trial)

    def _room(self, lane: Lane) -> int:
        """The share of a run in what the engine may have at once."""
        others = sum(1 for other in self._lanes.values() if other.is_open and other is not lane)
        return max(2, 2 * self._at_once // (1 + others))

    def _forget(self) -> None:
        if self._engine is not None and time.monotonic() >= self._forget_at:
            while self._engine.forget_finished():
                continue
            self._forget_at = time.monotonic() + FORGET_SECONDS

    # -- the engine's threads --------------------------------------------------------------------------------------

    def _work(self, owner: str, run_id: str, record_id: str) -> None:
        lane = self._lanes.get(run_id)
        if lane is None:
            return  # it does not run any more; the row waits
        if not self._gate.enter(lane):
            self._gate.give_back(lane, record_id)
            return
        asked = lane.run
        try:
            self._follow(lane, asked, record_id, work(self._store.of(owner), asked, record_id, self._kit))
        except LoupeError as error:  # where the run stands could not be written: the next item finds the same
            _log.warning("%s %s", error.sentence, error.detail)
        finally:
            self._gate.give_back(lane, record_id)
            self._gate.leave(lane)
            self._wake.set()

    def _follow(self, lane: Lane, asked: Active, record_id: str, then: Follows) -> None:
        """``asked``: the run on the terms that the item was asked on."""
        owned = self._store.of(asked.owner)
        if then.what in ("done", "end"):
            if then.what == "done":
                self._gate.succeeded(lane)
                self._say(lane, "")
            self._read(asked, record_id)
        elif then.what == "hold":
            self._gate.hold(lane, then.seconds)
            self._say(lane, then.reason)
        elif then.what == "wait":
            self._gate.narrow(lane)
        elif then.what in STILL:
            moved = owned.move_run(
                asked.run_id, STILL[then.what], [RunState.RUNNING], reason=then.reason, as_of=asked.updated
            )
            if moved:  # else she has changed the terms since, and it is to be seen how it goes on these
                self._gate.shut(lane)

    def _say(self, lane: Lane, reason: str) -> None:
        """Why a run that goes on does not get on; each only once."""
        if lane.said != reason:
            lane.said = reason
            self._store.of(lane.run.owner).say_of_run(lane.run.run_id, reason)
