"""One request for fields of a document, put to whichever model is asked, and what its answer is worth."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace

from vision.answering.looking import prepared_for_request, shrunk
from vision.answering.talk import check_pictures
from vision.extraction.dialects import Asked, asked
from vision.extraction.judging import FieldProblem, Judged, judge
from vision.extraction.prompting import labels, question, repair, system
from vision.fields.model import Field, FieldSet
from vision.messages import Answer, Detail, Json, Request, Turn
from vision.models.catalog import COMPATIBLE, Model
from vision.routing.attempting import Built
from vision.store import OwnedStore, StoredPicture

_TOLD = 3  # problems that a failure's sentence names


class InWords:
    """Models of local servers that take no schema: learned from their refusal, asked in words from then on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: set[str] = set()

    def knows(self, model: Model) -> bool:
        with self._lock:
            return model.id in self._models

    def learn(self, model: Model) -> bool:
        """Whether that is new."""
        with self._lock:
            new = model.id not in self._models
            self._models.add(model.id)
            return new


@dataclass(frozen=True, slots=True)
class Paper:
    """What stays the same for all requests about one document. ``pictures`` are its pages in order. ``preparing`` is
    held while they are made ready for a model: who reads many at once says how many of these."""

    owned: OwnedStore
    set_: FieldSet
    pictures: tuple[StoredPicture, ...]
    detail: Detail
    timeout_seconds: float
    stopped: Callable[[], bool]
    in_words: InWords
    preparing: AbstractContextManager[object] = field(default_factory=nullcontext)


@dataclass(slots=True)
class Part:
    """Asks for the first of ``fields``, as many as one request of the asked model may hold. ``more`` is said besides.

    Implements ``routing.mending.Mending`` and builds for ``Router.ask``; one thread uses it.
    """

    paper: Paper
    fields: tuple[Field, ...]
    more: str = ""
    _problems: dict[str, tuple[FieldProblem, ...]] = field(default_factory=dict)

    def asked(self, model: Model) -> Asked:
        return asked(model.provider, self.fields, self.paper.set_)

    def build(self, model: Model) -> Built:
        """Raises TooLarge, BadRequest, PictureError, NotThere and StoreError."""
        paper = self.paper
        check_pictures(model, len(paper.pictures))
        with paper.preparing:
            prepared = prepared_for_request(paper.owned, model, paper.detail, paper.pictures, until=paper.stopped)
        if paper.stopped():
            return Built(Request(model.id, (), model.max_output_tokens), ())
        ask, words = self.asked(model), paper.in_words.knows(model)
        text = question(paper.set_, ask.fields, len(prepared), schema_in_words=words)
        turn = Turn("user", "\n".join(filter(None, (text, self.more))), prepared, labels=labels(len(prepared)))
        request = Request(
            model=model.id,
            turns=(turn,),
            max_output_tokens=model.max_output_tokens,
            system=system(paper.set_),
            effort=model.effort,
            schema=None if words else ask.schema,
            timeout_seconds=paper.timeout_seconds,
        )
        sent = tuple(one.sha256 for one in prepared)
        return Built(request, sent, shrunk(model, paper.detail, paper.pictures, prepared))

    def judged(self, model: Model, answer: Answer) -> Judged:
        return judge(answer.text, self.paper.set_, self.asked(model).fields)

    def fault(self, model: Model, answer: Answer) -> str:
        problems = self.judged(model, answer).problems
        self._problems[model.id] = problems
        if not problems:
            return ""
        told = " ".join(problem.sentence for problem in problems[:_TOLD])
        return f"What {model.label} answered does not fit the fields. {told}"

    def repair(self, model: Model, answer: Answer, fault: str) -> Built:
        """The same request, the answer, and what is wrong with it, in the judge's own words."""
        built = self.build(model)
        said = repair(self._problems.get(model.id) or (FieldProblem((), fault),))
        turns = (*built.request.turns, Turn("assistant", answer.text), Turn("user", said))
        return replace(built, request=replace(built.request, turns=turns))

    def otherwise(self, model: Model) -> bool:
        """A local server that takes no schema is asked in words."""
        return model.provider == COMPATIBLE and self.paper.in_words.learn(model)


def in_order(set_: FieldSet, data: Json) -> Mapping[str, object]:
    """``data`` with its keys as in the set, and null for what is needed and was not even asked for."""
    found: dict[str, object] = {}
    for one in set_.fields:
        if one.name in data:
            found[one.name] = data[one.name]
        elif one.needed:
            found[one.name] = None
    return found
