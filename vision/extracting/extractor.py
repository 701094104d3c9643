"""Runs under way: who reads which document when, and who looks for the evidence afterwards. All end with the process.

Two kinds of threads: some read documents through routing, one looks for values on pictures, so that the on-device
reader never holds up an answer. What is to do stands in the store; here is only the order of doing it.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from queue import Empty, SimpleQueue

from vision import bugs
from vision.answering.workers import is_dead, me, new_worker
from vision.errors import LoupeError, NotThere, redacted
from vision.extracting.checking import Checker
from vision.extracting.hearing import Ear
from vision.extracting.parts import InWords, Paper
from vision.extracting.reading import Order, Reader
from vision.models.catalog import READER, Catalogue
from vision.providers.line import listening_on
from vision.routing.router import Router
from vision.settings import Settings, Typed, credentials
from vision.store import OwnedStore, Store
from vision.store.extract_records import Record, RecordState, Run
from vision.store.runs import Reading

PARALLEL = 4
INTERRUPTED = "Loupe was closed before this was read: read it again."
_CLOSE_SECONDS = 5.0
_TRIES = 5  # a check takes a second or two, a reviewer longer than that
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    owner: str
    run_id: str
    record_id: str
    typed: Typed = field(default_factory=Typed)
    budget: Decimal | None = None
    opinion: str = ""  # asked for: the choice word of another model
    opinion_id: str = ""


class Extractor:
    """One per process. ``begin`` and ``go_on`` return at once."""

    def __init__(
        self, store: Store, settings: Settings, catalogue: Catalogue, router: Router, *, today: Callable[[], date]
    ) -> None:
        self._store = store
        self._settings = settings
        self._catalogue = catalogue
        self._router = router
        self.checker = Checker(catalogue, today)
        self._in_words = InWords()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._to_read: SimpleQueue[_Job] = SimpleQueue()
        self._to_check: SimpleQueue[_Job] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._busy = 0
        self._ears: dict[str, set[Ear]] = {}

    # -- what pages and the terminal call ------------------------------------------------------------------------

    def begin(
        self, owner: str, run: Run, *, typed: Typed | None = None, budget: Decimal | None = None, alone: bool = False
    ) -> None:
        """Everything that waits in the run is read. ``alone``: by this process or not at all, for nobody else knows
        the budget, or is to spend money on it when this process is gone."""
        owned = self._store.of(owner)
        if alone:
            owned.hold_waiting(run.id, me())
        waiting = [one.id for one in owned.queue(run.id) if one.state is RecordState.WAITING]
        self._put([_Job(owner, run.id, one, typed or Typed(), budget) for one in waiting])

    def read_again(self, owner: str, run: Run, *, typed: Typed | None = None) -> int:
        """What failed, was stopped or broke off, and nobody judged or filled in, is read again; how many that are."""
        ids = self._store.of(owner).read_again(run.id)
        self._put([_Job(owner, run.id, one, typed or Typed()) for one in ids])
        return len(ids)

    def stop(self, owner: str, run_id: str) -> None:
        """What waits is not read; who reads stops: here at once, in another process at the next word."""
        self._store.of(owner).stop_run(run_id)
        with self._lock:
            for ear in self._ears.get(run_id, ()):
                ear.stop()

    def go_on(self) -> None:
        """After a start: what waited is read, what a process that died was reading (or alone to read) is marked, what
        was not checked is checked."""
        for owner in self._store.owners():
            owned = self._store.of(owner)
            for one in owned.unfinished():
                if one.state is RecordState.WAITING and not one.worker:
                    self._put([_Job(owner, one.run_id, one.record_id)])
                elif is_dead(one.worker, one.updated, datetime.now(UTC)):
                    owned.interrupt_record(one.record_id, one.worker, INTERRUPTED)
            for run_id, record_id in owned.unchecked():
                self._recheck(_Job(owner, run_id, record_id))

    def check_later(self, owner: str, run_id: str, record_id: str) -> None:
        """What was read elsewhere is looked for on its pictures, when nothing else is."""
        self._recheck(_Job(owner, run_id, record_id))

    def ask_opinion(
        self, owner: str, record: Record, choice: str, *, hidden: bool = False, typed: Typed | None = None
    ) -> str:
        """Another model reads the document of ``record``; returns the opinion's id. Raises NotThere."""
        found = self._store.of(owner).start_opinion(record.id, choice, me(), hidden=hidden)
        job = _Job(owner, record.run_id, record.id, typed or Typed(), opinion=choice, opinion_id=found)
        self._put([job])
        return found

    def idle(self) -> bool:
        """Whether nothing is being read or checked."""
        with self._lock:
            return self._busy == 0

    def close(self) -> None:
        """What is being read ends as interrupted; a connection that is silent is not waited for."""
        self._closing.set()
        with self._lock:
            for ear in chain.from_iterable(self._ears.values()):
                ear.line.hang_up()
        for thread in self._threads:
            thread.join(_CLOSE_SECONDS)

    # -- threads -------------------------------------------------------------------------------------------------

    def _recheck(self, job: _Job) -> None:
        with self._lock:
            self._busy += 1
        self._to_check.put(job)
        self._start()

    def _put(self, jobs: Sequence[_Job]) -> None:
        with self._lock:
            self._busy += len(jobs)
        for job in jobs:
            self._to_read.put(job)
        if jobs:
            self._start()

    def _start(self) -> None:
        work = [("extract", self._to_read, self._one)] * PARALLEL + [("extract-check", self._to_check, self._check)]
        with self._lock:
            if self._threads:
                return
            for number, (name, jobs, do) in enumerate(work):
                thread = threading.Thread(target=self._work, args=(jobs, do), name=f"{name}-{number}", daemon=True)
                self._threads.append(thread)
            for thread in self._threads:
                thread.start()

    def _work(self, jobs: SimpleQueue[_Job], do: Callable[[_Job], None]) -> None:
        while not self._closing.is_set():
            try:
                job = jobs.get(timeout=0.2)
            except Empty:
                continue
            try:
                do(job)
            except Exception as error:  # noqa: BLE001 - the end of a thread: the next document is read all the same
                secrets = [found.key.get_secret_value() for found in credentials(job.typed).values()]
                _log.error("%s", redacted("".join(traceback.format_exception(error)), *secrets))
                self._done()

    def _done(self) -> None:
        with self._lock:
            self._busy -= 1

    def _one(self, job: _Job) -> None:
        """Reads one document; what came of it goes on to be checked."""
        if job.opinion:
            self._opinion(job)
            return
        owned, worker = self._store.of(job.owner), new_worker()
        if not owned.claim_record(job.record_id, worker):
            self._done()
            return
        try:
            record, run = owned.record(job.record_id), owned.run(job.run_id)
            order = Order(record.id, run.choice, run.id, job.typed, job.budget)
            reading = self._read(owned, run, record, order, lambda: owned.stop_wanted(record.id))
        except Exception as error:
            owned.end_record(job.record_id, worker, _broken(error))
            raise
        if reading.state is RecordState.STOPPED and self._closing.is_set():
            owned.interrupt_record(job.record_id, worker, INTERRUPTED)
        elif owned.end_record(job.record_id, worker, reading) and reading.state is RecordState.DONE:
            self._to_check.put(job)
            return
        self._done()

    def _opinion(self, job: _Job) -> None:
        owned = self._store.of(job.owner)
        try:
            record, run = owned.record(job.record_id), owned.run(job.run_id)
            order = Order(job.opinion_id, job.opinion, run.id, job.typed, interactive=True)
            reading = self._read(owned, run, record, order, lambda: False)
        except Exception as error:
            owned.end_opinion(job.opinion_id, _broken(error))
            raise
        owned.end_opinion(job.opinion_id, reading)
        if reading.state is RecordState.DONE:
            self._to_check.put(job)  # where the two differ is a doubt of its own
            return
        self._done()

    def _read(self, owned: OwnedStore, run: Run, record: Record, order: Order, unwanted: Callable[[], bool]) -> Reading:
        ear = Ear(unwanted, self._closing)
        seconds = self._settings.answer_seconds
        paper = Paper(owned, run.fields, record.pictures, run.detail, seconds, ear.stopped, self._in_words)
        with self._listening(run.id, ear):
            return Reader(paper, order, self._router, self._catalogue, ear).read()

    @contextmanager
    def _listening(self, run_id: str, ear: Ear) -> Iterator[None]:
        """Whoever stops the run finds ``ear`` meanwhile."""
        with self._lock:
            self._ears.setdefault(run_id, set()).add(ear)
        try:
            with listening_on(ear.line):
                yield
        finally:
            with self._lock:
                self._ears[run_id].discard(ear)
                if not self._ears[run_id]:
                    del self._ears[run_id]

    def _check(self, job: _Job) -> None:
        owned = self._store.of(job.owner)
        try:
            fields = owned.run(job.run_id).fields
            for _ in range(_TRIES):  # a reviewer who saves meanwhile has made a new version of it
                record, opinion = owned.record(job.record_id), owned.opinion(job.record_id)
                others = (opinion.data,) if opinion is not None and opinion.state is RecordState.DONE else ()
                own = record.provider == READER
                checks = self.checker.check(owned, fields, record.data, record.pictures, others=others, own=own)
                if owned.keep_checks(record.id, record.version, checks):
                    break
        except NotThere:
            _log.info("a record was deleted before it was checked")
        except LoupeError as error:  # it stays unchecked, and says so; the data stands
            _log.warning("a record could not be checked: %s %s", error.sentence, error.detail)
        self._done()


def _broken(error: Exception) -> Reading:
    """Nothing was read, and the reason is no failure of a provider."""
    sentence = error.sentence if isinstance(error, LoupeError) else bugs.sentence(error)
    return Reading(RecordState.FAILED, outcome="error", sentence=sentence)
