"""The door to answers: ask, ask again, go on, edit, stop, follow. One worker per answer; all end with the process.

What a page draws is in the store; ``Engine.live`` is only the quicker view of an answer that is being written here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from vision.answering.choosing import connect as connect_provider
from vision.answering.live import Live
from vision.answering.worker import INTERRUPTED, Connect, Task, Tools, Worker
from vision.answering.workers import SILENT_SECONDS, is_dead, me
from vision.errors import LoupeError, NotThere
from vision.messages import Detail
from vision.models.catalog import Catalogue, resolve
from vision.settings import Settings, Typed
from vision.store import OwnedStore, State, Store, StoredAnswer, StoredTurn

KEEP_DONE_SECONDS = 60.0
CLOSE_SECONDS = 10.0
CAN_GO_ON = frozenset({State.CUT_OFF, State.STOPPED, State.FAILED, State.INTERRUPTED})


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
        connect: Connect = connect_provider,
    ) -> None:
        self._store = store
        self._closing = threading.Event()
        self._tools = Tools(catalogue, connect, today, settings.answer_seconds, self._closing)
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}

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
    ) -> str:
        """Puts a question with its new pictures; returns the id of the answer that is now being written.

        ``model`` is a word for ``models.catalog.resolve``. What goes wrong from here on is the answer's state, not an
        exception. Raises NotThere and StoreError.
        """
        owned = self._store.of(owner)
        turn = owned.add_turn(conversation_id, question, picture_ids)
        return self._answer(owned, turn, model=model, detail=detail, typed=typed)

    def ask_again(
        self, owner: str, turn_id: str, *, model: str, detail: Detail = Detail.NORMAL, typed: Typed | None = None
    ) -> str:
        """Another answer to the same question, perhaps by another model; the earlier ones are kept."""
        owned = self._store.of(owner)
        turn = owned.turn(turn_id)
        return self._answer(owned, turn, model=model, detail=detail, typed=typed)

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
        turn = owned.edit_turn(turn_id, question)
        return self._answer(owned, turn, model=model, detail=detail, typed=typed)

    def go_on(self, owner: str, answer_id: str, *, typed: Typed | None = None) -> str:
        """Continues an answer that broke off, with the same model, in place. Raises NotThere if it cannot be."""
        owned = self._store.of(owner)
        answer = owned.answer(answer_id)
        if answer.state not in CAN_GO_ON or not answer.text.strip():
            raise NotThere("There is nothing to continue here: ask again.")
        turn = owned.turn(answer.turn_id)
        owned.resume_answer(answer_id, me())
        word = self._word(answer)
        self._start(
            owned, Task(turn.conversation_id, turn.id, answer_id, word, answer.detail, typed or Typed(), answer)
        )
        return answer_id

    def stop(self, owner: str, answer_id: str) -> None:
        """Ends an answer that is being written here, at once; what has come stays. Otherwise does nothing."""
        with self._lock:
            found = self._running.get(answer_id)
        if found is not None and found.worker.owner == owner:
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
                if self._is_orphan(answer):
                    count += owned.interrupt_answer(answer, INTERRUPTED)
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

    def _answer(self, owned: OwnedStore, turn: StoredTurn, *, model: str, detail: Detail, typed: Typed | None) -> str:
        owned.set_choice(turn.conversation_id, model, detail)
        try:
            found = resolve(self._tools.catalogue, model, self._tools.today())
            provider, name = found.provider, found.id
        except LoupeError:
            provider, name = "", model  # the worker meets the same error and writes it down
        answer_id = owned.start_answer(turn.id, provider, name, detail, me())
        self._start(owned, Task(turn.conversation_id, turn.id, answer_id, model, detail, typed or Typed()))
        return answer_id

    def _start(self, owned: OwnedStore, task: Task) -> None:
        worker = Worker(owned, task, self._tools)
        with self._lock:
            self._drop_done()
            self._running[task.answer_id] = _Running(worker)
        worker.start()

    def _drop_done(self) -> None:
        now = time.monotonic()
        for key, found in list(self._running.items()):
            if found.worker.live.done and not found.worker.alive():
                found.done_at = found.done_at or now
                if now - found.done_at > KEEP_DONE_SECONDS:
                    del self._running[key]

    def _is_orphan(self, answer: StoredAnswer) -> bool:
        if answer.worker != me():
            return is_dead(answer.worker, answer.updated, datetime.now(UTC))
        with self._lock:
            found = self._running.get(answer.id)
        if found is None:  # just begun, or left over from a disk that was full
            return datetime.now(UTC) - answer.updated > timedelta(seconds=SILENT_SECONDS)
        return not found.worker.alive()

    def _word(self, answer: StoredAnswer) -> str:
        return f"{answer.provider}:{answer.model}" if answer.provider == "compatible" else answer.model
