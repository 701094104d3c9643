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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from vision import bugs
from vision.answering.finishing import continued, finished
from vision.answering.live import Live
from vision.answering.requesting import DESCRIBE, Sent, Talk, description_request, request_for, shape, to_describe
from vision.answering.talk import SYSTEM, exchanges
from vision.answering.workers import HEARTBEAT_SECONDS
from vision.errors import DiskFull, LoupeError, NoAnswer, StoreError, TimedOut, redacted
from vision.messages import Answer, Attempt, Detail, FollowUp, Stop
from vision.models.catalog import READER, Model
from vision.providers.failures import failure
from vision.providers.line import Line, listening_on
from vision.providers.services import SERVICES
from vision.routing.attempting import Built
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.router import Question, Router
from vision.routing.wording import all_failed
from vision.settings import Typed, credentials
from vision.store import OwnedStore, State, StoredAnswer
from vision.store.records import Standing

SAVE_SECONDS = 0.15
SAVE_AGAIN_SECONDS = 5.0
SAVE_TRIES = 60
INTERRUPTED = "Loupe was closed before this answer was finished: try again."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked, and the name under which it is answered. ``choice`` is a level, "auto" or a model. ``go_on`` is
    the earlier state of this very answer when it is to be continued. ``budget`` caps the whole question, US dollars.
    ``swapped``: the first pictures of the talk are sent in reversed order."""

    conversation_id: str
    turn_id: str
    answer_id: str
    worker: str
    choice: str
    detail: Detail
    typed: Typed
    go_on: StoredAnswer | None = None
    budget: Decimal | None = None
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What every worker of an engine shares. ``timeout_seconds`` is for a whole answer, from its first request on."""

    router: Router
    labels: Mapping[str, str]
    timeout_seconds: float
    closing: threading.Event


class _Ear:
    """Who listens to an answer: the page and the store. With ``quiet`` nothing of the text is shown."""

    def __init__(self, worker: Worker, *, quiet: bool = False) -> None:
        self._worker = worker
        self._quiet = quiet

    def asking(self, model: Model) -> None:
        self._worker.asking(model)

    def status(self, sentence: str) -> None:
        self._worker.live.say("Describing the picture" if self._quiet and not sentence else sentence)

    def hear(self, piece: str) -> bool:
        return not self.stopped() if self._quiet else self._worker.live.append(piece)

    def start_over(self) -> None:
        if not self._quiet:
            self._worker.live.begin_anew()

    def stopped(self) -> bool:
        return self._worker.live.closed

    def pause(self, seconds: float) -> bool:
        return not self._worker.live.wait_for(self.stopped, seconds)


class Worker:
    def __init__(self, owned: OwnedStore, task: Task, tools: Tools) -> None:
        self.owner = owned.owner
        self.name = task.worker
        self.live = Live(task.answer_id, task.go_on.text if task.go_on else "")
        self._owned = owned
        self._task = task
        self._tools = tools
        self._began = time.monotonic()
        self._sent: Sent | None = None
        self._trail = tools.router.trail(owned)
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
        task, tools = self._task, self._tools
        talk = self._talk()
        question = Question(
            id=task.answer_id,
            wanted=wanted(task.choice),
            text=talk.said[-1].question,
            shape=shape(talk.said, talk.detail, talk.follow_up, talk.described, kind=talk.kind, swapped=talk.swapped),
            typed=task.typed,
            job="chat" if talk.kind == "chat" else "compare",
            budget=task.budget,
        )
        if talk.follow_up is FollowUp.DESCRIBE:
            talk = self._described(talk, question)
        answer = tools.router.ask(
            self._owned, question, build=partial(self._built, talk), hearing=_Ear(self), trail=self._trail
        )
        return answer if answer is None or self._sent is None else finished(answer, self._sent)

    def _talk(self) -> Talk:
        task = self._task
        conversation = self._owned.conversation(task.conversation_id)
        said = exchanges(
            self._owned.turns(conversation.id),
            task.turn_id,
            go_on=task.go_on,
            kind=conversation.kind,
            swapped=task.swapped,
        )
        found = self._owned.descriptions(conversation.id) if conversation.follow_up is FollowUp.DESCRIBE else {}
        return Talk(
            conversation.id,
            said,
            task.detail,
            conversation.follow_up,
            {key: one.text for key, one in found.items()},
            self._tools.timeout_seconds,
            conversation.kind,
            task.swapped,
        )

    def _described(self, talk: Talk, question: Question) -> Talk:
        """``talk`` with a description of every earlier picture; those that are missing are asked for now, and kept."""
        if wanted(self._task.choice).word == READER:
            return talk
        described = dict(talk.described)
        for stored in to_describe(talk.said, described):
            alone = Shape(((stored.picture.width, stored.picture.height),), talk.detail, (SYSTEM, DESCRIBE))
            answer = self._tools.router.ask(
                self._owned,
                replace(question, text=DESCRIBE, shape=alone),
                build=lambda model, stored=stored: self._kept(  # type: ignore[misc]
                    description_request(self._owned, stored, talk, model, self._closed)
                ),
                hearing=_Ear(self, quiet=True),
                trail=self._trail,
            )
            if answer is None:
                break
            if answer.text.strip():
                described[stored.id] = answer.text
                self._owned.set_description(talk.id, stored.id, answer.text, answer.model)
        return replace(talk, described=described)

    def _built(self, talk: Talk, model: Model) -> Built:
        return self._kept(request_for(self._owned, talk, model, self._closed))

    def _kept(self, made: tuple[Built, Sent]) -> Built:
        built, self._sent = made
        return built

    def asking(self, model: Model) -> None:
        """``model`` is asked from now on: the row says so, for whoever follows it from elsewhere."""
        try:
            self._owned.answering_with(self._task.answer_id, self.name, model.provider, model.id)
        except StoreError as error:  # only the name on the page: the answer will say it again
            _log.warning("%s %s", error.sentence, error.detail)

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
            self._trail.failed(TimedOut.outcome, error.sentence, self.live.text)
        if attempts:
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
        text = text or next((one.text for one in reversed(attempts) if one.text), "")
        self._owned.fail_answer(
            self._task.answer_id, self.name, outcome=outcome, sentence=sentence, text=text, attempts=attempts,
            state=state,
        )  # fmt: skip
        return sentence

    def _cut_off(self, outcome: str, sentence: str = "") -> None:
        """Ends the attempt under way, if there is one: nobody listens to it any more."""
        self._trail.failed(outcome, sentence, "")
        self._trail.close()

    def _write_answer(self, text: str, result: Answer | None) -> None:
        earlier, sent = self._task.go_on, self._sent
        if result is None:
            self._cut_off(Stop.STOPPED.value)
            result = self._stopped(text[len(earlier.text) :] if earlier else text)
        picture_ids = sent.picture_ids if sent is not None else ()
        if earlier is not None:
            result = continued(earlier, result)
            picture_ids = picture_ids or earlier.picture_ids
        self._owned.finish_answer(self._task.answer_id, self.name, result, picture_ids)

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
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._began
