"""One answer, from request to end. Two threads: one asks and listens, one keeps.

The listener prepares the pictures, asks the provider and hands every piece to ``Live`` at once; it may hang in a silent
connection. The keeper writes what came to the store, gives the sign of life, and ends the answer: at once when it is
stopped, whatever the listener is doing. The store is never between a piece and the person who reads it.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from vision import bugs
from vision.answering.finishing import Sent, continued, failed, finished
from vision.answering.live import Live
from vision.answering.talk import build_request, check_pictures, exchanges, pictures_of
from vision.answering.workers import HEARTBEAT_SECONDS, me
from vision.errors import DiskFull, LoupeError, ProviderError, StoreError, redacted
from vision.messages import Answer, Attempt, Delta, Detail, Prepared, Stop
from vision.models.catalog import Catalogue, Model, resolve
from vision.providers import Provider
from vision.settings import Typed, credentials
from vision.store import OwnedStore, State, StoredAnswer, StoredPicture

SAVE_SECONDS = 0.15
SAVE_AGAIN_SECONDS = 5.0
SAVE_TRIES = 60
INTERRUPTED = "Loupe was closed before this answer was finished: try again."
_STOPPED = Answer("", "", "", Stop.STOPPED)
_log = logging.getLogger(__name__)

Connect = Callable[[Model, Typed, Catalogue], Provider]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked. ``go_on`` is the earlier state of this very answer when it is to be continued."""

    conversation_id: str
    turn_id: str
    answer_id: str
    model: str
    detail: Detail
    typed: Typed
    go_on: StoredAnswer | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What every worker of an engine shares."""

    catalogue: Catalogue
    connect: Connect
    today: Callable[[], date]
    timeout_seconds: float
    closing: threading.Event


class Worker:
    def __init__(self, owned: OwnedStore, task: Task, tools: Tools) -> None:
        self.owner = owned.owner
        self.live = Live(task.answer_id, task.go_on.text if task.go_on else "")
        self._owned = owned
        self._task = task
        self._tools = tools
        self._began = time.monotonic()
        self._sent: Sent | None = None
        self._result: Answer | LoupeError | None = None
        self._lost = False
        self._keeper = threading.Thread(target=self._keep, name=f"answer-{task.answer_id[:8]}", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """Ends the answer with what has come. Returns at once."""
        self.live.close()

    def alive(self) -> bool:
        """Still writing, or still trying to write its end."""
        return self._keeper.is_alive()

    def join(self, seconds: float) -> None:
        self._keeper.join(seconds)

    # -- the listener --------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        result: Answer | LoupeError
        try:
            result = self._ask()
        except LoupeError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - the end of a thread: anything else would leave the answer running for ever
            _log.error("%s", redacted(traceback.format_exc(), *self._secrets()))
            result = LoupeError(bugs.sentence(error))
        with self.live.cond:
            self._result = result
            self.live.close()

    def _ask(self) -> Answer:
        task, tools = self._task, self._tools
        model = resolve(tools.catalogue, task.model, tools.today())
        said = exchanges(self._owned.turns(task.conversation_id), task.turn_id, go_on=task.go_on)
        pictures = pictures_of(said)
        check_pictures(model, len(pictures))
        provider = tools.connect(model, task.typed, tools.catalogue)
        prepared = tuple(self._prepared(model, pictures))
        if self.live.closed:
            return _STOPPED
        request = build_request(
            said,
            prepared,
            self._owned.answer_items(task.conversation_id, model.provider, model.id),
            model,
            conversation=task.conversation_id,
            timeout_seconds=tools.timeout_seconds,
        )
        self._sent = Sent(model, pictures, prepared)
        stream = provider.stream(request)
        try:
            return self._hear(stream)
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()  # lets the connection go; does nothing at the stream's own end

    def _hear(self, stream: Iterator[Delta | Answer]) -> Answer:
        for event in stream:
            if isinstance(event, Answer):
                return event
            if not self.live.append(event.text):
                return _STOPPED
        raise AssertionError("a provider's stream ended without an Answer")

    def _prepared(self, model: Model, pictures: tuple[StoredPicture, ...]) -> Iterator[Prepared]:
        from vision.images.preparing import image_limits  # noqa: PLC0415 - Pillow is for the first answer, not before
        from vision.ingest import prepared_for  # noqa: PLC0415

        limits = image_limits(model, self._task.detail, len(pictures))
        for picture in pictures:
            if self.live.closed:
                return
            yield prepared_for(self._owned, picture, limits)

    def _secrets(self) -> list[str]:
        return [found.key.get_secret_value() for found in credentials(self._task.typed).values()]

    # -- the keeper ----------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        threading.Thread(target=self._listen, name=f"listen-{self._task.answer_id[:8]}", daemon=True).start()
        saved = len(self.live.text)
        while not self.live.wait_for_news(saved, HEARTBEAT_SECONDS):
            if self.live.wait_for(self._closed, SAVE_SECONDS):  # lets more come before writing
                break
            text = self.live.text
            self._save(text if len(text) > saved else None)
            saved = len(text)
        self._end()

    def _closed(self) -> bool:
        return self.live.closed

    def _save(self, text: str | None) -> None:
        try:
            if not self._owned.save_text(self._task.answer_id, me(), text):
                self._lost = True  # deleted meanwhile: nobody waits for it
                self.live.close()
            elif self.live.error:
                self.live.warn(None)
        except DiskFull as error:
            self.live.warn(error.sentence)
        except StoreError as error:  # busy for long: the next round writes the whole text again
            _log.warning("%s %s", error.sentence, error.detail)

    def _end(self) -> None:
        with self.live.cond:
            text, result = self.live.text, self._result
        if self._lost:
            self.live.finish()
            return
        for _ in range(SAVE_TRIES):
            try:
                self.live.finish(self._write_end(text, result))
                return
            except StoreError as error:
                # The whole answer is still in memory and on the page: keep trying while there may be room again.
                self.live.finish(error.sentence)
                _log.warning("%s %s", error.sentence, error.detail)
                if self._tools.closing.wait(SAVE_AGAIN_SECONDS):
                    return

    def _write_end(self, text: str, result: Answer | LoupeError | None) -> str | None:
        """Writes the end into the store; returns the sentence of a failure."""
        if result is None and self._tools.closing.is_set():
            return self._write_failure("interrupted", INTERRUPTED, text, State.INTERRUPTED)
        if isinstance(result, LoupeError):
            return self._write_failure(result.outcome, result.sentence, text, State.FAILED, result)
        self._write_answer(text, result)
        return None

    def _write_failure(
        self, outcome: str, sentence: str, text: str, state: State, error: LoupeError | None = None
    ) -> str:
        attempts: tuple[Attempt, ...] = ()
        if isinstance(error, ProviderError) and self._sent is not None:
            attempts = (failed(error, self._sent, self._seconds()),)
        if error is not None and error.detail:
            _log.info("%s: %s", outcome, error.detail)
        self._owned.fail_answer(
            self._task.answer_id, me(), outcome=outcome, sentence=sentence, text=text, attempts=attempts, state=state
        )
        return sentence

    def _write_answer(self, text: str, result: Answer | None) -> None:
        earlier, sent = self._task.go_on, self._sent
        if result is None or result.stop is Stop.STOPPED:
            new = text[len(earlier.text) :] if earlier else text
            result = Answer(new, "", "", Stop.STOPPED, seconds=self._seconds())
        if sent is not None:
            now = datetime.now(UTC)
            result = finished(result, sent, datetime.combine(self._tools.today(), now.timetz()))
        if earlier is not None:
            result = continued(earlier, result)
        picture_ids = sent.picture_ids if sent is not None else ()
        self._owned.finish_answer(self._task.answer_id, me(), result, picture_ids)

    def _seconds(self) -> float:
        return time.monotonic() - self._began
