"""The door to answers: ask, ask again, go on, edit, stop, follow. One worker per answer; all end with the process.

What a page draws is in the store; ``Engine.live`` is only the quicker view of an answer that is being written here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from vision.answering.inquiry import Task, Tools
from vision.answering.live import Live
from vision.answering.worker import INTERRUPTED, Worker
from vision.answering.workers import SILENT_SECONDS, is_dead, is_ours, new_worker
from vision.errors import LoupeError, StillAnswering
from vision.messages import Detail
from vision.models.catalog import COMPATIBLE, Catalogue
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.plan import Plan, standing_in
from vision.routing.router import Question, Router
from vision.routing.wording import labels_of
from vision.settings import Settings, Typed
from vision.store import OwnedStore, Store, StoredAnswer, StoredTurn
from vision.store.records import Start

KEEP_DONE_SECONDS = 60.0
CLOSE_SECONDS = 10.0
_Begun = TypeVar("_Begun")


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(slots=True)
class _Running:
    worker: Worker
    done_at: float | None = None


class Engine:
    """One per process. Every method is quick; what takes time happens in the worker."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        catalogue: Catalogue,
        *,
        today: Callable[[], date] = _today,
        router: Router | None = None,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._today = today
        self._closing = threading.Event()
        self.router = router or Router(catalogue, settings, today=today)
        self._tools = Tools(self.router, labels_of(catalogue), settings.answer_seconds, self._closing)
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._starting: set[str] = set()

    def ask(
        self,
        owner: str,
        conversation_id: str,
        question: str,
        picture_ids: Sequence[str] = (),
        *,
        model: str,
        detail: Detail = Detail.NORMAL,
        typed: Typed | None = None,
        budget: Decimal | None = None,
        swapped: bool = False,
    ) -> str:
        """Puts a question with its new pictures; returns the id of the answer that is now being written.

        ``model`` is a level, "auto", or a word for ``models.catalog.resolve``; ``budget`` caps this question, in US
        dollars; ``swapped``: the first pictures of the talk are sent in reversed order, each under its own letter.
        What goes wrong from here on is the answer's state, not an exception. Raises NotThere and StoreError, and
        StillAnswering while another answer of the talk is being written: then nothing was asked, and the pictures wait
        as before. So do ``ask_again``, ``edit`` and ``go_on``.
        """
        owned = self._store.of(owner)
        with self._begun(model, detail, swapped=swapped) as start:
            owned.set_choice(conversation_id, model, detail)
            turn, answer_id = self._alone(owned, lambda: owned.ask(conversation_id, question, picture_ids, start))
            self._start(owned, replace(_task(turn, answer_id, start, model, typed), budget=budget))
        return answer_id

    def ask_again(
        self,
        owner: str,
        turn_id: str,
        *,
        model: str,
        detail: Detail = Detail.NORMAL,
        typed: Typed | None = None,
        budget: Decimal | None = None,
        swapped: bool = False,
    ) -> str:
        """Another answer to the same question, perhaps by another model or with the order of the pictures ``swapped``;
        the earlier ones are kept."""
        owned = self._store.of(owner)
        turn = owned.turn(turn_id)
        with self._begun(model, detail, swapped=swapped) as start:
            owned.set_choice(turn.conversation_id, model, detail)
            answer_id = self._alone(owned, lambda: owned.start_answer(turn.id, start))
            self._start(owned, replace(_task(turn, answer_id, start, model, typed), budget=budget))
        return answer_id

    def edit(
        self,
        owner: str,
        turn_id: str,
        question: str,
        *,
        model: str,
        detail: Detail = Detail.NORMAL,
        typed: Typed | None = None,
    ) -> str:
        """Puts ``question`` in place of an earlier one, forgets what came after it, and asks."""
        owned = self._store.of(owner)
        turn = owned.turn(turn_id)
        for later in owned.turns(turn.conversation_id):
            if later.position >= turn.position:
                for answer in later.answers:
                    self.stop(owner, answer.id)
        with self._begun(model, detail) as start:
            owned.set_choice(turn.conversation_id, model, detail)
            turn, answer_id = self._alone(owned, lambda: owned.ask_instead(turn_id, question, start))
            self._start(owned, _task(turn, answer_id, start, model, typed))
        return answer_id

    def go_on(self, owner: str, answer_id: str, *, typed: Typed | None = None) -> str:
        """Continues an answer that broke off, with the same model, in place. Raises NotThere if it cannot be."""
        owned = self._store.of(owner)
        answer = owned.answer(answer_id)
        turn = owned.turn(answer.turn_id)
        word = f"{answer.provider}:{answer.model}" if answer.provider == COMPATIBLE else answer.model
        with self._begun(word, answer.detail, swapped=answer.swapped) as start:
            before = self._alone(owned, lambda: owned.resume_answer(answer_id, start.worker))
            self._start(owned, replace(_task(turn, answer_id, start, word, typed), go_on=before))
        return answer_id

    def plan(
        self,
        owner: str,
        word: str,
        shape: Shape,
        *,
        text: str = "",
        typed: Typed | None = None,
        budget: Decimal | None = None,
    ) -> Plan:
        """Who would be asked for a question of this shape, in which order, at what price and why. Cheap: for every
        drawing of a page. Raises NotThere and ModelNotFound for a model that cannot be asked."""
        question = Question("", wanted(word), text, shape, typed or Typed(), budget=budget)
        return self.router.plan(self._store.of(owner), question)

    def stop(self, owner: str, answer_id: str) -> None:
        """Ends an answer that is being written, with what has come: here at once, in another process within seconds.
        Otherwise does nothing. Raises StoreError when that process cannot be told."""
        with self._lock:
            found = self._running.get(answer_id)
        if found is None or found.worker.live.done:
            self._store.of(owner).want_stop(answer_id)
        elif found.worker.owner == owner:
            found.worker.stop()

    def live(self, answer_id: str) -> Live | None:
        """The answer while it is being written in this process, and for a minute after; else None: read the store."""
        with self._lock:
            self._drop_done()
            found = self._running.get(answer_id)
            return None if found is None else found.worker.live

    def recover(self, owner: str | None = None) -> int:
        """Marks answers of dead workers as interrupted, their text kept, and returns how many. Cheap; for page starts.

        Without ``owner``: everybody's.
        """
        count = 0
        for name in self._store.owners() if owner is None else (owner,):
            owned = self._store.of(name)
            for answer in owned.running_answers():
                if self._is_orphan(answer) and owned.interrupt_answer(answer, INTERRUPTED):
                    owned.close_open(datetime.now(UTC), question=answer.id)  # what it had reserved counts as unknown
                    count += 1
        return count

    def close(self) -> None:
        """Ends every running answer as interrupted, with its text, and waits until that is written."""
        self._closing.set()
        with self._lock:
            workers = [found.worker for found in self._running.values()]
        for worker in workers:
            worker.stop()
        until = time.monotonic() + CLOSE_SECONDS
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()))

    @contextmanager
    def _begun(self, word: str, detail: Detail, *, swapped: bool = False) -> Iterator[Start]:
        """A new worker's name, which counts as alive from before its row is there until its thread is."""
        choice = wanted(word)
        try:
            exact = standing_in(self._catalogue, choice.word, self._today())[0] if choice.kind == "model" else None
            provider, name = (exact.provider, exact.id) if exact else ("", "")
        except LoupeError:
            provider, name = "", word  # the worker meets the same error and writes it down
        start = Start(provider, name, detail, new_worker(), choice.word, swapped)
        with self._lock:
            self._starting.add(start.worker)
        try:
            yield start
        finally:
            with self._lock:
                self._starting.discard(start.worker)

    def _alone(self, owned: OwnedStore, begin: Callable[[], _Begun]) -> _Begun:
        """``begin``; if a dead worker's answer is in the way, once more without it."""
        try:
            return begin()
        except StillAnswering:
            if not self.recover(owned.owner):
                raise
        return begin()

    def _start(self, owned: OwnedStore, task: Task) -> None:
        worker = Worker(owned, task, self._tools)
        with self._lock:
            self._drop_done()
            self._running[task.answer_id] = _Running(worker)
        try:
            worker.start()
        except RuntimeError as error:  # no more threads
            worker.give_up(error)

    def _drop_done(self) -> None:
        now = time.monotonic()
        for key, found in list(self._running.items()):
            if not found.worker.alive():
                found.done_at = found.done_at or now
                if now - found.done_at > KEEP_DONE_SECONDS:
                    del self._running[key]

    def _is_orphan(self, answer: StoredAnswer) -> bool:
        if not is_ours(answer.worker):
            return is_dead(answer.worker, answer.updated, datetime.now(UTC))
        with self._lock:
            found = self._running.get(answer.id)
            if answer.worker in self._starting:
                return False
        if found is None or found.worker.name != answer.worker:  # left over from a disk that was full
            return datetime.now(UTC) - answer.updated > timedelta(seconds=SILENT_SECONDS)
        return not found.worker.alive()


def _task(turn: StoredTurn, answer_id: str, start: Start, word: str, typed: Typed | None) -> Task:
    typed = typed or Typed()
    return Task(
        turn.conversation_id, turn.id, answer_id, start.worker, word, start.detail, typed, swapped=start.swapped
    )
