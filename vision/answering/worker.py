"""One answer, from question to end. Two threads: one asks and listens, one keeps.

The listener takes the question through routing and hands every piece to ``Live`` at once; it may hang in a silent
connection. The keeper writes what came to the store, gives the sign of life, and ends the answer: at once when it is
stopped, whatever the listener is doing. The store is never between a piece and the person who reads it.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from decimal import Decimal

from vision import bugs
from vision.answering.finishing import continued
from vision.answering.inquiry import Inquiry, Task, Tools
from vision.answering.live import Live
from vision.answering.workers import HEARTBEAT_SECONDS
from vision.errors import DiskFull, LoupeError, NoAnswer, StoreError, TimedOut, redacted
from vision.messages import Answer, Attempt, Stop
from vision.providers.failures import failure
from vision.providers.line import Line, listening_on
from vision.providers.services import SERVICES
from vision.routing.wording import all_failed
from vision.settings import credentials
from vision.store import OwnedStore, State
from vision.store.records import Standing

SAVE_SECONDS = 0.15
SAVE_AGAIN_SECONDS = 5.0
SAVE_TRIES = 60
INTERRUPTED = "Loupe was closed before this answer was finished: try again."
_log = logging.getLogger(__name__)


class Worker:
    def __init__(self, owned: OwnedStore, task: Task, tools: Tools) -> None:
        self.owner = owned.owner
        self.name = task.worker
        self.live = Live(task.answer_id, task.go_on.text if task.go_on else "")
        self._owned = owned
        self._task = task
        self._tools = tools
        self._began = time.monotonic()
        self._trail = tools.router.trail(owned)
        self._inquiry = Inquiry(owned, task, tools, self.live, self._trail)
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
                result = self._inquiry.answer()
        except LoupeError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - the end of a thread: anything else would leave the answer running for ever
            result = LoupeError(bugs.sentence(error))
            if not self.live.closed:  # else: what a connection that was hung up does to those who read from it
                _log.error("%s", redacted(traceback.format_exc(), *self._secrets()))
        if result is not None:  # None: somebody else has ended it, and says how
            self._conclude(result)

    def _conclude(self, result: Answer | LoupeError) -> None:
        """The end, unless it has come already: after Stop, what the connection still says changes nothing."""
        with self.live.cond:
            if not self.live.closed:
                self._result = result
                self.live.close()

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
        saved = self.live.text
        while not self.live.wait_for_news(saved, min(HEARTBEAT_SECONDS, self._seconds_left())):
            if self._seconds_left() <= 0:
                self._time_out()
                return
            if self.live.wait_for(self._closed, SAVE_SECONDS):  # lets more come before writing
                return
            text = self.live.text
            self._save(text if text != saved else None)
            saved = text

    def _closed(self) -> bool:
        return self.live.closed

    def _seconds_left(self) -> float:
        """Until the whole answer has taken too long: a service that sends a word or a ping now and then is never
        silent. What runs on this machine is waited for."""
        asked_at, asked = self._trail.first_asked, self._trail.current
        if asked_at is None or (asked is not None and asked.provider not in SERVICES):
            return self._tools.timeout_seconds
        return asked_at + self._tools.timeout_seconds - time.monotonic()

    def _time_out(self) -> None:
        attempts = self._trail.attempts
        asked = self._trail.current
        error: LoupeError = TimedOut("No answer came in time: try again, or choose a quicker level.", provider="")
        if asked is not None:
            error = failure(TimedOut, SERVICES[asked.provider], asked.id)
            self._trail.failed(TimedOut.outcome, error.sentence, self._new_text(self.live.text))
        if attempts:  # before this one
            error = NoAnswer(all_failed(self._trail.attempts, self._tools.labels))
        self._conclude(error)
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
        self._cut_off("connection" if state is State.FAILED else "stopped", sentence)
        if error is not None and error.detail:
            _log.info("%s: %s", outcome, error.detail)
        attempts = self._trail.attempts
        text = text or next((one.text for one in reversed(attempts) if one.text and not one.stage), "")
        self._owned.fail_answer(
            self._task.answer_id, self.name, outcome=outcome, sentence=sentence, text=text, attempts=attempts,
            state=state, notes=self._trail.notes,
        )  # fmt: skip
        return sentence

    def _cut_off(self, outcome: str, sentence: str = "") -> None:
        """Ends the attempt under way, if there is one: nobody listens to it any more."""
        self._trail.failed(outcome, sentence, "")
        self._trail.close()

    def _write_answer(self, text: str, result: Answer | None) -> None:
        earlier, sent = self._task.go_on, self._inquiry.sent
        if result is None:
            self._cut_off(Stop.STOPPED.value)
            result = self._stopped(self._new_text(text))
        picture_ids = sent.picture_ids if sent is not None else ()
        if earlier is not None:
            result = continued(earlier, result)
            picture_ids = picture_ids or earlier.picture_ids
        self._owned.finish_answer(self._task.answer_id, self.name, result, picture_ids)

    def _new_text(self, text: str) -> str:
        """What this worker added to an answer that goes on."""
        return text[len(self._task.go_on.text) :] if self._task.go_on else text

    def _stopped(self, text: str) -> Answer:
        """What came until she stopped it; it was paid for, but how much the provider counted is not known."""
        attempts = self._trail.attempts
        last = (
            attempts[-1] if attempts else Attempt("", "", "", cost_usd=Decimal(0))
        )  # stopped before anything went out
        return Answer(
            text,
            last.provider,
            last.model,
            Stop.STOPPED,
            seconds=self._seconds(),
            cost_usd=last.cost_usd,
            sent_sha256=last.sent_sha256,
            attempts=attempts,
            notes=self._trail.notes,
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._began
