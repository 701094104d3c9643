"""``--explain``: who is asked in which order at what price, who is not, and why. The plan as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vision.routing.estimating import in_words
from vision.routing.levels import LEVEL_WORDS

if TYPE_CHECKING:
    from vision.messages import Json
    from vision.models.catalog import Model
    from vision.routing.candidates import Standing
    from vision.routing.estimating import Estimate
    from vision.routing.plan import Plan


def name(model: Model) -> str:
    """The model as a line names it: its label, and its id where there is one and it is another word."""
    alone = model.id in ("", model.label) or model.provider == "reader"
    return model.label if alone else f"{model.label} ({model.id})"


def first(plan: Plan) -> Standing | None:
    """Who is asked first; None when nobody can be."""
    return next(iter(_asked(plan)), None)


def notes(plan: Plan) -> tuple[str, ...]:
    """What is to be known of who is asked first: that it stands in for a model that ended."""
    standing = first(plan)
    return (standing.note,) if standing is not None and standing.note else ()


def asking(plan: Plan) -> str:
    """The line before an answer: who is asked first, at which level, at what price. "" when nobody can be asked."""
    standing = first(plan)
    if standing is None:
        return ""
    at_level = f" at {LEVEL_WORDS[plan.level]}" if plan.level and standing.model.provider != "reader" else ""
    price = in_words(standing.estimate) if standing.estimate else "price unknown"
    return f"Asking {name(standing.model)}{at_level}, {price}."


def lines(plan: Plan) -> Iterator[str]:
    """The plan in words, a line for each model."""
    if plan.reason:
        chosen = "the on-device reader first" if plan.reader else LEVEL_WORDS[plan.level or "balanced"]
        yield f"Auto chose {chosen}: {plan.reason}."
    for place, standing in enumerate(_asked(plan), 1):
        price = in_words(standing.estimate) if standing.estimate else "price unknown"
        yield f"{place}. {name(standing.model)}: {price}; {_why(plan, standing)}"
        if standing.note:
            yield standing.note
    for standing in _not_asked(plan):
        price = f" ({in_words(standing.estimate)})" if standing.estimate else ""
        yield f"Not asked: {name(standing.model)}{price}: {standing.reason}"


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan under ``--json``. ``place`` counts from 1 in the order of asking; null: not asked."""
    asked, others = _asked(plan), _not_asked(plan)
    return {
        "choice": plan.wanted.word,
        "level": plan.level,
        "reason": plan.reason or None,
        "models": [_standing_json(plan, standing, place) for place, standing in enumerate(asked, 1)]
        + [_standing_json(plan, standing, None) for standing in others],
    }


def prices(found: Estimate | None) -> Json | None:
    """An estimate in US dollars; None: nothing of it is known."""
    if found is None or (found.low is None and found.upper is None):
        return None
    each = {"low": found.low, "high": found.high, "upper": found.upper}
    return {key: None if amount is None else float(amount) for key, amount in each.items()}


def _asked(plan: Plan) -> tuple[Standing, ...]:
    return (plan.reader, *plan.candidates) if plan.reader else plan.candidates


def _not_asked(plan: Plan) -> tuple[Standing, ...]:
    asked = {standing.model.id for standing in _asked(plan)}
    return tuple(one for one in plan.standings if not one.candidate and one.model.id not in asked)


def _why(plan: Plan, standing: Standing) -> str:
    return "costs nothing, so it may try first" if standing is plan.reader else standing.reason


def _standing_json(plan: Plan, standing: Standing, place: int | None) -> dict[str, Any]:
    model = standing.model
    return {
        "place": place,
        "provider": model.provider,
        "model": model.id,
        "code": standing.code,
        "reason": _why(plan, standing),
        "note": standing.note or None,
        "estimate": prices(standing.estimate),
    }
