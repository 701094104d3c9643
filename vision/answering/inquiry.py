"""What is asked for one answer: the talk as it is to be sent, a description where it goes on from one, the answer.

Runs in the listening thread; the worker gives it an ear and ends what is under way when it is stopped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from vision.answering.finishing import finished
from vision.answering.live import Live
from vision.answering.requesting import (
    DESCRIBE,
    LOOKED_AGAIN,
    Sent,
    Talk,
    description_request,
    description_shape,
    request_for,
    shape,
    to_describe,
)
from vision.answering.talk import exchanges
from vision.errors import ProviderError, StoreError
from vision.messages import Answer, Detail, FollowUp, Stop
from vision.models.catalog import READER, Model
from vision.routing.attempting import Built, Skipped
from vision.routing.estimating import Shape
from vision.routing.levels import Wanted, wanted
from vision.routing.router import Question, Router
from vision.routing.trail import Trail
from vision.settings import Typed
from vision.store import OwnedStore, StoredAnswer, StoredPicture

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


class Ear:
    """Who listens to an answer: the page, through ``live``. With ``quiet`` nothing of the text is shown."""

    def __init__(self, live: Live, asking: Callable[[Model], None], *, quiet: bool = False) -> None:
        self._live = live
        self._quiet = quiet
        self.asking = asking

    def status(self, sentence: str) -> None:
        self._live.say("Describing the picture" if self._quiet and not sentence else sentence)

    def hear(self, piece: str) -> bool:
        return not self.stopped() if self._quiet else self._live.append(piece)

    def start_over(self) -> None:
        if not self._quiet:
            self._live.begin_anew()

    def stopped(self) -> bool:
        return self._live.closed

    def pause(self, seconds: float) -> bool:
        return not self._live.wait_for(self.stopped, seconds)


class Inquiry:
    """``answer`` once. ``sent`` is what went out last for the answer itself."""

    def __init__(self, owned: OwnedStore, task: Task, tools: Tools, live: Live, trail: Trail) -> None:
        self.sent: Sent | None = None
        self._owned = owned
        self._task = task
        self._tools = tools
        self._live = live
        self._trail = trail

    def answer(self) -> Answer | None:
        """The answer; None when it was stopped before it was whole. Raises LoupeError."""
        task, talk = self._task, self._talk()
        question = Question(
            id=task.answer_id,
            wanted=wanted(task.choice),
            text=talk.said[-1].question,
            shape=_shape(talk),
            typed=task.typed,
            job="chat" if talk.kind == "chat" else "compare",
            run=self._owned.round_of(task.turn_id) if talk.kind == "lane" else "",
            budget=task.budget,
        )
        answer = self._tools.router.ask(
            self._owned,
            question,
            build=partial(self._built, talk, question),
            hearing=Ear(self._live, self._asking),
            trail=self._trail,
        )
        return answer if answer is None or self.sent is None else finished(answer, self.sent)

    def _talk(self) -> Talk:
        task = self._task
        conversation = self._owned.conversation(task.conversation_id)
        turns = self._owned.turns(conversation.id)
        said = exchanges(turns, task.turn_id, go_on=task.go_on, kind=conversation.kind, swapped=task.swapped)
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

    def _built(self, talk: Talk, question: Question, model: Model) -> Built:
        """The request for ``model``: the one to be paid for a description is the one that would go on from it."""
        plain = talk.follow_up is not FollowUp.DESCRIBE or model.provider == READER
        told = talk if plain else self._described(talk, question, model)
        built, self.sent = request_for(self._owned, told, model, self._stopped)
        return built if plain else replace(built, shape=_shape(told))

    def _described(self, talk: Talk, question: Question, model: Model) -> Talk:
        """``talk`` with a description of every earlier picture; those that are missing are asked for now, and kept."""
        described = dict(talk.described)
        for stored in to_describe(talk.said, described):
            answer = self._description(stored, talk, question, model)
            if answer is None:
                return talk  # stopped
            if answer.stop is not Stop.COMPLETE or not answer.text.strip():
                self._trail.note(LOOKED_AGAIN.format(name=stored.picture.name))
                return replace(talk, follow_up=FollowUp.LOOK)
            described[stored.id] = answer.text
            self._owned.set_description(talk.id, stored.id, answer.text, answer.model)
        return replace(talk, described=described)

    def _description(self, stored: StoredPicture, talk: Talk, question: Question, model: Model) -> Answer | None:
        """What ``model`` says of the picture. Raises Skipped when it says nothing: the next candidate may."""

        def build(describing: Model) -> Built:
            return description_request(self._owned, stored, talk, describing, self._stopped)

        alone = description_shape(stored, talk.detail)
        with self._trail.describing():
            try:
                return self._tools.router.ask(
                    self._owned,
                    replace(question, wanted=Wanted("model", None, model.word), text=DESCRIBE, shape=alone),
                    build=build,
                    hearing=Ear(self._live, self._asking, quiet=True),
                    trail=self._trail,
                )
            except ProviderError as error:
                raise Skipped(error.outcome, error.sentence, model, told=True) from None

    def _asking(self, model: Model) -> None:
        """``model`` is asked from now on: the row says so, for whoever follows it from elsewhere."""
        try:
            self._owned.answering_with(self._task.answer_id, self._task.worker, model.provider, model.id)
        except StoreError as error:  # only the name on the page: the answer will say it again
            _log.warning("%s %s", error.sentence, error.detail)

    def _stopped(self) -> bool:
        return self._live.closed


def _shape(talk: Talk) -> Shape:
    return shape(talk.said, talk.detail, talk.follow_up, talk.described, kind=talk.kind, swapped=talk.swapped)
