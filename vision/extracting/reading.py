"""A document is read: as many requests as its fields need, rows of a list in parts where an answer was cut off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from vision.errors import LoupeError
from vision.extracting.parts import Paper, Part, in_order
from vision.extraction.judging import judge_data, missing
from vision.extraction.partial import merge_rows, unfinished, whole_rows
from vision.extraction.prompting import question, rows_after, system
from vision.fields.model import Field, FieldSet, Kind, leaves, path_text
from vision.fields.schema import to_schema
from vision.messages import Answer, Attempt, Detail, Stop
from vision.models.catalog import Catalogue, Model
from vision.routing.attempting import Hearing
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.router import Question, Router
from vision.routing.trail import Trail
from vision.settings import Typed
from vision.store import StoredPicture
from vision.store.extract_records import RecordState
from vision.store.money_records import Job
from vision.store.runs import STOPPED_BEFORE, Reading

ROWS_AT_A_TIME = 20
MOST_PARTS = 100  # of one list: 2,000 rows; a model that repeats itself ends long before
_TOKENS = (8, 40)  # of a value with its key and quotes, short and long
_ROWS = (4, 20)  # rows of a list, for the price only
_ENDINGS: Mapping[Stop, str] = {
    Stop.REFUSED: "{model} declined to read this: ask another model.",
    Stop.BLOCKED: "{model}'s filter blocked the answer: ask another model.",
    Stop.EMPTY: "{model} gave an empty answer: try again, or ask another model.",
    Stop.CUT_OFF: "{model} ran out of room before a single value was whole: choose fewer fields, or another model.",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of routing: the choice word, the caps, whose keys. ``id`` names the record in the ledger, ``run``
    the run; ``budget`` caps the record, ``run_budget`` the run, in US dollars."""

    id: str
    choice: str
    run: str = ""
    typed: Typed = field(default_factory=Typed)
    budget: Decimal | None = None
    run_budget: Decimal | None = None
    job: Job = "extract"
    interactive: bool = False


class Unusable(LoupeError):
    """A model's answer ended in a way that gives no data."""

    def __init__(self, answer: Answer, sentence: str) -> None:
        super().__init__(sentence)
        self.answer = answer
        self.outcome = answer.stop.value  # type: ignore[misc]  # of this instance


class _Stopped(Exception):
    pass


def shape_of(set_: FieldSet, pictures: tuple[StoredPicture, ...], detail: Detail) -> Shape:
    """Everything that the price of reading a document depends on."""
    sizes = tuple((one.picture.width, one.picture.height) for one in pictures)
    texts = (system(set_), question(set_, set_.fields, max(1, len(pictures)), schema_in_words=False))
    short, long = (
        sum(_values(one, rows) for one in set_.fields) * each for rows, each in zip(_ROWS, _TOKENS, strict=True)
    )
    return Shape(sizes, detail, texts, schema=to_schema(set_), output_tokens=(short, long))


def _values(one: Field, rows: int) -> int:
    inside = sum(1 for _ in leaves((one,)))
    return inside * rows if one.kind is Kind.ROWS or one.many else inside


class Reader:
    """Reads one document. ``read`` once; ``trail`` tells what was tried, also while it goes on; ``failure`` is the
    error that nothing was read for, None if none."""

    def __init__(self, paper: Paper, order: Order, router: Router, catalogue: Catalogue, hearing: Hearing) -> None:
        self._paper = paper
        self._order = order
        self._router = router
        self._catalogue = catalogue
        self._hearing = hearing
        self._short: list[str] = []  # lists that are not whole, in words
        self.trail: Trail = router.trail(paper.owned)
        self.failure: LoupeError | None = None

    def read(self) -> Reading:
        """What came of it: data, whole or incomplete, or why there is none. Raises nothing of ``LoupeError``."""
        try:
            data, answer = self._all_fields()
        except _Stopped:
            return self._ended(RecordState.STOPPED, "stopped", STOPPED_BEFORE)
        except LoupeError as error:
            self.failure = error
            return self._ended(RecordState.FAILED, error.outcome, error.sentence)
        absent = missing(self._paper.set_.fields, data)
        lacks = [*self._short, *([f"Needed and not found: {', '.join(map(path_text, absent))}."] if absent else [])]
        whole = self._ended(RecordState.DONE, "incomplete" if lacks else "complete", " ".join(lacks))
        return replace(
            whole, data=data, provider=answer.provider, model=answer.model, sent_sha256=answer.sent_sha256, text=""
        )

    def _all_fields(self) -> tuple[dict[str, Any], Answer]:
        data: dict[str, Any] = {}
        left = self._paper.set_.fields
        first: Answer | None = None
        while left:
            part = Part(self._paper, left)
            answer = self._ask(part, self._order.choice)
            model = self._model(answer)
            if answer.stop is Stop.CUT_OFF:
                found, left = self._after_cut(part, model, answer)
            else:
                found, left = self._data(part, model, answer), part.asked(model).left
            data.update(found)
            first = first or answer
        if first is None:
            raise LoupeError("There are no fields to read: add one.")
        return dict(in_order(self._paper.set_, data)), first

    def _ask(self, part: Part, choice: str) -> Answer:
        paper, order = self._paper, self._order
        shape = shape_of(replace(paper.set_, fields=part.fields), paper.pictures, paper.detail)
        ask = Question(
            id=order.id,
            wanted=wanted(choice),
            text=shape.texts[-1],
            shape=shape,
            typed=order.typed,
            job=order.job,
            run=order.run,
            interactive=order.interactive,
            budget=order.budget,
            run_budget=order.run_budget,
        )
        self.trail.time_anew()
        answer = self._router.ask(
            paper.owned, ask, build=part.build, hearing=self._hearing, trail=self.trail, mending=part
        )
        if answer is None or answer.stop is Stop.STOPPED:
            raise _Stopped
        if answer.stop in (Stop.REFUSED, Stop.BLOCKED, Stop.EMPTY):
            raise self._unusable(answer)
        return answer

    def _data(self, part: Part, model: Model, answer: Answer) -> dict[str, Any]:
        found = part.judged(model, answer).data
        if found is None:  # routing lets only whole data through
            raise AssertionError("an answer that does not fit its fields was let through")
        return dict(found)

    def _after_cut(self, part: Part, model: Model, answer: Answer) -> tuple[dict[str, Any], tuple[Field, ...]]:
        """What is whole in an answer that ran out of room, its list gone on with; and the fields still to be asked."""
        ask = part.asked(model)
        found = self._whole(answer.text, ask.fields)
        rest = unfinished(answer.text, ask.fields)
        broken = next((one for one in rest if one.kind is Kind.ROWS and found.get(one.name)), None)
        if not found or (len(rest) == len(ask.fields) and broken is None):
            raise self._unusable(answer)
        if broken is not None:
            found[broken.name] = self._rest_of_rows(broken, found[broken.name], model)
        still = tuple(one for one in rest if one is not broken)
        for one in still:
            found.pop(one.name, None)
        return found, (*still, *ask.left)

    def _whole(self, text: str, fields: tuple[Field, ...]) -> dict[str, Any]:
        """The values that are whole in ``text`` and fit their fields."""
        judged = judge_data(whole_rows(text, fields) or {}, self._paper.set_, fields)
        found = judged.readable if judged.data is None else judged.data
        return {name: value for name, value in (found or {}).items() if value is not None}

    def _rest_of_rows(self, one: Field, rows: list[Any], model: Model) -> list[Any]:
        """All rows of a list, asked of the same model in parts. Those before a part that fails are kept, and it is
        said."""
        try:
            for _ in range(MOST_PARTS):
                merged = merge_rows(rows, self._more_rows(one, rows, model))
                if len(merged) == len(rows):
                    break
                rows = merged
        except LoupeError as error:
            self._short.append(f"Only the first {len(rows)} rows of {one.name} could be read. {error.sentence}")
        return rows

    def _more_rows(self, one: Field, rows: list[Any], model: Model) -> list[Any]:
        """The next rows, after some that come again; none when there are no more."""
        part = Part(self._paper, (one,), rows_after(one.name, rows, ROWS_AT_A_TIME))
        answer = self._ask(part, model.word)
        if answer.stop is not Stop.CUT_OFF:
            return self._data(part, model, answer).get(one.name) or []
        more: list[Any] = self._whole(answer.text, (one,)).get(one.name, [])
        if not more:
            raise self._unusable(answer)
        return more

    def _model(self, answer: Answer) -> Model:
        known = self._catalogue.models.get(answer.model)
        return known or replace(self._catalogue.template, id=answer.model, label=answer.model)

    def _unusable(self, answer: Answer) -> Unusable:
        said = answer.explanation or _ENDINGS[answer.stop].format(model=self._model(answer).label)
        return Unusable(answer, said)

    def _ended(self, state: RecordState, outcome: str, sentence: str) -> Reading:
        self.trail.close()
        attempts = self.trail.attempts
        last = attempts[-1] if attempts else Attempt("", "", "")
        return Reading(
            state=state,
            provider=last.provider,
            model=last.model,
            cost_usd=paid(attempts),
            seconds=sum(one.seconds + one.waited_seconds for one in attempts),
            attempts=attempts,
            notes=self.trail.notes,
            sent_sha256=last.sent_sha256,
            outcome=outcome,
            sentence=sentence,
            text=last.text,
        )


def paid(attempts: tuple[Attempt, ...]) -> Decimal | None:
    """For all attempts together; None where one of them has no known price."""
    costs = [one.cost_usd for one in attempts]
    return (
        None if any(cost is None for cost in costs) else sum((cost for cost in costs if cost is not None), Decimal(0))
    )
