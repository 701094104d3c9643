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
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from vision import bugs
from vision.answering.finishing import Sent, continued, failed, finished
from vision.answering.live import Live
from vision.answering.talk import build_request, check_pictures, exchanges, pictures_of
from vision.answering.workers import HEARTBEAT_SECONDS
from vision.errors import DiskFull, LoupeError, ProviderError, StoreError, TimedOut, redacted
from vision.messages import Answer, Attempt, Delta, Detail, Stop
from vision.models.catalog import Catalogue, Model, resolve
from vision.providers import Provider
from vision.providers.failures import failure
from vision.providers.line import Line, listening_on
from vision.providers.services import SERVICES
from vision.settings import Typed, credentials
from vision.store import OwnedStore, State, StoredAnswer
from vision.store.records import Standing

SAVE_SECONDS = 0.15
SAVE_AGAIN_SECONDS = 5.0
SAVE_TRIES = 60
INTERRUPTED = "Loupe was closed before this answer was finished: try again."
_log = logging.getLogger(__name__)

Connect = Callable[[Model, Typed, Catalogue], Provider]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, and the name under which it is answered. ``go_on`` is the earlier state of this very answer when
    it is to be continued."""

    conversation_id: str
    turn_id: str
    answer_id: str
    worker: str
    model: str
    detail: Detail
    typed: Typed
    go_on: StoredAnswer | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What every worker of an engine shares. ``timeout_seconds`` is for a whole answer, from its request on."""

    catalogue: Catalogue
    connect: Connect
    today: Callable[[], date]
    timeout_seconds: float
    closing: threading.Event


class Worker:
    def __init__(self, owned: OwnedStore, task: Task, tools: Tools) -> None:
        self.owner = owned.owner
        self.name = task.worker
        self.live = Live(task.answer_id, task.go_on.text if task.go_on else "")
        self._owned = owned
        self._task = task
        self._tools = tools
        self._began = time.monotonic()
        self._asked_at: float | None = None
        self._sent: Sent | None = None
        self._result: Answer | LoupeError | None = None
        self._lost = False
        self._line = Line()
        self._keeper = threading.Thread(target=self._keep, name=f"answer-{task.answer_id[:8]}", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """Ends the answer with what has come, and the connection over which more would. Returns at once."""
        self.live.close()
        self._line.hang_up()

    def alive(self) -> bool:
        """Not begun yet, still writing, or still trying to write its end."""
        return not self.live.done and (self._keeper.ident is None or self._keeper.is_alive())

    def join(self, seconds: float) -> None:
        if self._keeper.ident is not None:
            self._keeper.join(seconds)

    def give_up(self, error: Exception) -> None:
        """After what nobody expected: whatever it was, the answer does not stay running."""
        _log.error("%s", redacted("".join(traceback.format_exception(error)), *self._secrets()))
        self.stop()
        sentence = bugs.sentence(error)
        unsaved = True
        try:
            self._write_failure(LoupeError.outcome, sentence, self.live.text, State.FAILED)
            unsaved = False
        except Exception:  # noqa: BLE001 - nothing is left to try: the row is found without its worker later
            _log.error("%s", redacted(traceback.format_exc(), *self._secrets()))
        self.live.finish(sentence, unsaved=unsaved)

    # -- the listener --------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        result: Answer | LoupeError | None
        try:
            with listening_on(self._line):
                result = self._ask()
        except LoupeError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - the end of a thread: anything else would leave the answer running for ever
            result = LoupeError(bugs.sentence(error))
            if not self.live.closed:  # else: what a connection that was hung up does to those who read from it
                _log.error("%s", redacted(traceback.format_exc(), *self._secrets()))
        self._conclude(result)

    def _conclude(self, result: Answer | LoupeError | None) -> None:
        """The end, unless it has come already: after Stop, what the connection still says changes nothing."""
        with self.live.cond:
            if not self.live.closed:
                self._result = result
                self.live.close()

    def _ask(self) -> Answer | None:
        """The answer; None when it was stopped before it was whole."""
        from vision.answering.looking import prepared_for_request  # noqa: PLC0415 - Pillow is for the first answer

        task, tools = self._task, self._tools
        model = resolve(tools.catalogue, task.model, tools.today())
        said = exchanges(self._owned.turns(task.conversation_id), task.turn_id, go_on=task.go_on)
        pictures = pictures_of(said)
        check_pictures(model, len(pictures))
        provider = tools.connect(model, task.typed, tools.catalogue)
        prepared = prepared_for_request(self._owned, model, task.detail, pictures, until=self._closed)
        if self.live.closed:
            return None
        request = build_request(
            said,
            prepared,
            self._owned.answer_items(task.conversation_id, model.provider, model.id),
            model,
            conversation=task.conversation_id,
            timeout_seconds=tools.timeout_seconds,
        )
        self._asked_at = time.monotonic()
        self._sent = Sent(model, pictures, prepared)
        stream = provider.stream(request)
        try:
            return self._hear(stream)
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()  # lets the connection go; does nothing at the stream's own end

    def _hear(self, stream: Iterator[Delta | Answer]) -> Answer | None:
        for event in stream:
            if isinstance(event, Answer):
                return event
            if not self.live.append(event.text):
                return None
        raise AssertionError("a provider's stream ended without an Answer")

    def _secrets(self) -> list[str]:
        return [found.key.get_secret_value() for found in credentials(self._task.typed).values()]

    # -- the keeper ----------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        try:
            threading.Thread(target=self._listen, name=f"listen-{self._task.answer_id[:8]}", daemon=True).start()
            self._keep_up()
            self._end()
        except Exception as error:  # noqa: BLE001 - the end of a thread, as above
            self.give_up(error)

    def _keep_up(self) -> None:
        saved = len(self.live.text)
        while not self.live.wait_for_news(saved, min(HEARTBEAT_SECONDS, self._seconds_left())):
            if self._seconds_left() <= 0:
                self._time_out()
                return
            if self.live.wait_for(self._closed, SAVE_SECONDS):  # lets more come before writing
                return
            text = self.live.text
            self._save(text if len(text) > saved else None)
            saved = len(text)

    def _closed(self) -> bool:
        return self.live.closed

    def _seconds_left(self) -> float:
        """Until the whole answer has taken too long: a service that sends a word or a ping now and then is never
        silent. What runs on this machine is waited for."""
        asked_at, sent = self._asked_at, self._sent
        if asked_at is None or sent is None or sent.model.provider not in SERVICES:
            return self._tools.timeout_seconds
        return asked_at + self._tools.timeout_seconds - time.monotonic()

    def _time_out(self) -> None:
        assert self._sent is not None  # noqa: S101 - there is no deadline before
        model = self._sent.model
        self._conclude(failure(TimedOut, SERVICES[model.provider], model.id))
        self._line.hang_up()

    def _save(self, text: str | None) -> None:
        try:
            standing = self._owned.save_text(self._task.answer_id, self.name, text)
        except DiskFull as error:
            self.live.warn(error.sentence)
        except StoreError as error:  # busy for long: the next round writes the whole text again
            _log.warning("%s %s", error.sentence, error.detail)
        else:
            self._lost = standing is Standing.LOST  # deleted meanwhile: nobody waits for it
            if standing is not Standing.MINE:
                self.stop()
            elif self.live.error:
                self.live.warn(None)

    def _end(self) -> None:
        with self.live.cond:
            text, result = self.live.text, self._result
        if self._lost:
            self.live.finish()
            return
        sentence = ""
        for _ in range(SAVE_TRIES):
            try:
                self.live.finish(self._write_end(text, result))
                return
            except StoreError as error:
                # The whole answer is still in memory and on the page: keep trying while there may be room again.
                sentence = error.sentence
                self.live.warn(sentence, unsaved=True)
                _log.warning("%s %s", error.sentence, error.detail)
                if self._tools.closing.wait(SAVE_AGAIN_SECONDS):
                    break
        self.live.finish(sentence, unsaved=True)

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
            self._task.answer_id, self.name, outcome=outcome, sentence=sentence, text=text, attempts=attempts,
            state=state,
        )  # fmt: skip
        return sentence

    def _write_answer(self, text: str, result: Answer | None) -> None:
        earlier, sent = self._task.go_on, self._sent
        if result is None:
            new = text[len(earlier.text) :] if earlier else text
            result = Answer(new, "", "", Stop.STOPPED, seconds=self._seconds())
        if sent is None:
            result = replace(result, cost_usd=Decimal(0))  # stopped before anything went out
        else:
            now = datetime.now(UTC)
            result = finished(result, sent, datetime.combine(self._tools.today(), now.timetz()))
        picture_ids = sent.picture_ids if sent is not None else ()
        if earlier is not None:
            result = continued(earlier, result)
            picture_ids = picture_ids or earlier.picture_ids
        self._owned.finish_answer(self._task.answer_id, self.name, result, picture_ids)

    def _seconds(self) -> float:
        return time.monotonic() - self._began
