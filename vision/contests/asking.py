"""One question to all lanes of a contest, each an exact model: nobody falls back, a lane that fails fails alone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from vision.answering.engine import Engine
from vision.errors import LoupeError, NotThere
from vision.messages import Detail
from vision.routing.estimating import Estimate
from vision.routing.levels import wanted
from vision.routing.plan import Plan
from vision.settings import Typed
from vision.store import OwnedStore
from vision.store.records import Contest

LEAST, MOST = 2, 4
HOW_MANY = "Choose two to four different models: {count} {are} chosen."


@dataclass(frozen=True, slots=True)
class Asked:
    """A round that has begun. By lane id: the ``answers`` that are being written, and why the others are not."""

    position: int
    answers: Mapping[str, str]
    failed: Mapping[str, str]


def begin(
    owned: OwnedStore,
    words: Sequence[str],
    picture_ids: Sequence[str] = (),
    *,
    blind: bool = True,
    chance: random.Random,
    title: str = "",
) -> Contest:
    """A contest of these models, its order drawn by ``chance`` where the names are hidden, and kept.

    Raises NotThere for words that are no models, or too few, too many, or the same ones."""
    models = [wanted(word) for word in words]
    for one in models:
        if one.kind != "model":
            raise NotThere(f"{one.word} is a level, not a model: name the models to compare.")
    names = list(dict.fromkeys(one.word for one in models))
    if len(names) != len(models) or not LEAST <= len(names) <= MOST:
        raise NotThere(HOW_MANY.format(count=len(names), are="is" if len(names) == 1 else "are"))
    order = list(range(len(names)))
    if blind:
        chance.shuffle(order)
    return owned.create_contest(names, picture_ids, title, blind=blind, order=order)


def ask_all(
    engine: Engine,
    owned: OwnedStore,
    contest: Contest,
    question: str,
    picture_ids: Sequence[str] | None = None,
    *,
    detail: Detail = Detail.NORMAL,
    typed: Typed | None = None,
    budget: Decimal | None = None,
) -> Asked:
    """Puts the question to every lane, with ``picture_ids`` (None: what waits there). All answer at once, and together
    they cost no more than ``budget``, US dollars.

    Raises StillAnswering while a lane is still answering: then nothing was asked; NotThere and StoreError."""
    engine.recover(owned.owner)
    turns = owned.add_round(contest.id, question, picture_ids)
    answers: dict[str, str] = {}
    failed: dict[str, str] = {}
    for lane in contest.lanes:
        turn = turns[lane.id]
        try:
            answers[lane.id] = engine.ask_again(
                owned.owner, turn.id, model=lane.model, detail=detail, typed=typed, budget=budget
            )
        except LoupeError as error:
            failed[lane.id] = error.sentence
    return Asked(next(iter(turns.values())).position, answers, failed)


def stop_all(engine: Engine, owned: OwnedStore, contest: Contest) -> None:
    """Ends every answer of it that is being written, with what has come."""
    for lane in contest.lanes:
        for turn in owned.turns(lane.conversation_id, last=1):
            if turn.shown is not None:
                engine.stop(owned.owner, turn.shown.id)


def one_per_provider(plan: Plan) -> tuple[str, ...]:
    """The choice words of a level's candidates, the first of each provider, at most four."""
    first: dict[str, str] = {}
    for standing in plan.candidates:
        first.setdefault(standing.model.provider, standing.model.word)
    return tuple(first.values())[:MOST]


def together(estimates: Iterable[Estimate | None]) -> Estimate:
    """The price of a whole round; unknown where one is. ``image_tokens`` and ``text_tokens`` are sums as well."""
    found = list(estimates)
    known = [one for one in found if one is not None]

    def summed(prices: Sequence[Decimal | None]) -> Decimal | None:
        told = [price for price in prices if price is not None]
        return sum(told, Decimal(0)) if len(told) == len(found) else None

    return Estimate(
        sum(one.image_tokens for one in known),
        sum(one.text_tokens for one in known),
        all(one.exact_images for one in known),
        summed([one.low for one in known]),
        summed([one.high for one in known]),
        summed([one.upper for one in known]),
    )
