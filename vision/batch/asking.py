"""One question of one item, through routing like every other question: what came of it, as a reading."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal

from vision.answering.looking import prepared_for_request, shrunk
from vision.answering.talk import SYSTEM, check_pictures
from vision.errors import LoupeError
from vision.extracting.reading import paid
from vision.extraction.prompting import labels
from vision.messages import Answer, Attempt, Detail, Request, Stop, Turn
from vision.models.catalog import Catalogue, Model
from vision.routing.attempting import Built, Hearing
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.router import Question, Router
from vision.settings import Typed
from vision.store import OwnedStore, StoredPicture
from vision.store.extract_records import RecordState
from vision.store.runs import STOPPED_BEFORE, Reading

CUT_OFF = "The answer was cut off at its greatest length."
_ENDINGS = {
    Stop.REFUSED: "{model} declined to answer: ask another model.",
    Stop.BLOCKED: "{model}'s filter blocked the answer: ask another model.",
    Stop.EMPTY: "{model} gave an empty answer: try again, or ask another model.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked, of which pictures. ``id`` names it in the ledger, ``run`` the run, whose cap is ``budget`` (US
    dollars). ``preparing`` is held while its pictures are made ready for a model."""

    id: str
    run: str
    question: str
    choice: str
    detail: Detail
    pictures: tuple[StoredPicture, ...]
    budget: Decimal | None = None
    typed: Typed = field(default_factory=Typed)
    preparing: AbstractContextManager[object] = field(default_factory=nullcontext)


def shape_of(question: str, sizes: tuple[tuple[int, int], ...], detail: Detail) -> Shape:
    """Everything that the price of one item depends on. ``sizes`` are (width, height) of its pictures, in pixels."""
    return Shape(sizes, detail, (SYSTEM, question))


class Asker:
    """Asks about one item. ``ask`` once; ``failure`` is then the error that it came of, None if none."""

    def __init__(self, owned: OwnedStore, item: Item, router: Router, catalogue: Catalogue, hearing: Hearing) -> None:
        self._owned = owned
        self._item = item
        self._router = router
        self._catalogue = catalogue
        self._hearing = hearing
        self._trail = router.trail(owned)
        self.failure: LoupeError | None = None

    def ask(self) -> Reading:
        """Raises nothing of ``LoupeError``."""
        try:
            answer = self._router.ask(
                self._owned, self._question(), build=self._build, hearing=self._hearing, trail=self._trail
            )
        except LoupeError as error:
            self.failure = error
            return self._ended(RecordState.FAILED, error.outcome, error.sentence)
        if answer is None or answer.stop is Stop.STOPPED:
            return self._ended(RecordState.STOPPED, "stopped", STOPPED_BEFORE)
        return self._answered(answer)

    def _question(self) -> Question:
        item = self._item
        sizes = tuple((one.picture.width, one.picture.height) for one in item.pictures)
        return Question(
            id=item.id,
            wanted=wanted(item.choice),
            text=item.question,
            shape=shape_of(item.question, sizes, item.detail),
            typed=item.typed,
            job="batch",
            run=item.run,
            interactive=False,
            run_budget=item.budget,
        )

    def _build(self, model: Model) -> Built:
        item = self._item
        check_pictures(model, len(item.pictures))
        until = self._hearing.stopped
        with item.preparing:
            prepared = prepared_for_request(self._owned, model, item.detail, item.pictures, until=until)
        # No conversation: nothing of it is ever sent again, so nobody should be paid for keeping it.
        request = Request(
            model=model.id,
            turns=(Turn("user", item.question, prepared, labels=labels(len(prepared))),),
            max_output_tokens=model.max_output_tokens,
            system=SYSTEM,
            effort=model.effort,
        )
        sent = tuple(one.sha256 for one in prepared)
        return Built(request, sent, shrunk(model, item.detail, item.pictures, prepared))

    def _answered(self, answer: Answer) -> Reading:
        known = self._catalogue.models.get(answer.model)
        said = _ENDINGS.get(answer.stop)
        if said is not None:
            sentence = answer.explanation or said.format(model=known.label if known else answer.model)
            return self._ended(RecordState.FAILED, answer.stop.value, sentence, answer)
        cut = answer.stop is Stop.CUT_OFF
        return self._ended(RecordState.DONE, answer.stop.value, CUT_OFF if cut else "", answer)

    def _ended(self, state: RecordState, outcome: str, sentence: str, answer: Answer | None = None) -> Reading:
        self._trail.close()
        attempts = self._trail.attempts
        last = attempts[-1] if attempts else Attempt("", "", "")
        return Reading(
            state=state,
            provider=answer.provider if answer else last.provider,
            model=answer.model if answer else last.model,
            cost_usd=paid(attempts),
            seconds=sum(one.seconds + one.waited_seconds for one in attempts),
            attempts=attempts,
            notes=answer.notes if answer else self._trail.notes,
            sent_sha256=answer.sent_sha256 if answer else last.sent_sha256,
            outcome=outcome,
            sentence=sentence,
            text=answer.text if answer else last.text,
        )
