"""Who can be asked at a level, in which order, and why each one is in or out: one value for page, terminal, tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from vision.images.preparing import image_limits
from vision.messages import Detail
from vision.models.catalog import COMPATIBLE, READER, Catalogue, Level, Model
from vision.models.image_tokens import Size
from vision.routing.estimating import Estimate, Shape, affordable_output, estimate, usd
from vision.settings import KEY_NAMES, URL_NAMES
from vision.store.money_records import Preferences

# Codes of a candidate that is out because it was never set up for this: only where all are is the reader asked.
_NOT_SET_UP = frozenset({"no_key", "no_address", "no_local_model", "ended", "local_only"})
_DETAIL_WORDS = {Detail.GLANCE: "Glance", Detail.NORMAL: "Normal", Detail.FINE: "Fine print"}

Out = tuple[str, str]  # code and reason


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of "who and why". ``reason`` follows the model's name in words; ``code`` is its stable word, "in" for a
    candidate. ``note`` says what replaced a model that ended. ``estimate`` None: the request does not fit at all.
    ``output_cap`` is the most tokens its answer may have where a cap on money leaves room for fewer than its own."""

    model: Model
    candidate: bool
    reason: str
    code: str
    estimate: Estimate | None = None
    note: str = ""
    output_cap: int | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything but the request. ``set_up`` are the providers with a key or an address; ``out`` says why a model is
    left alone just now (None: healthy); ``cap_left`` is the least that any cap in force leaves, in US dollars (None: no
    cap); ``local_address`` whether the compatible server stands on this machine or in this network; ``interactive``
    whether a person sits in front of it."""

    catalogue: Catalogue
    set_up: frozenset[str]
    preferences: Preferences
    today: date
    at: datetime
    out: Callable[[Model], str | None]
    cap_left: Decimal | None = None
    local_address: bool = False
    interactive: bool = True


def standings(level: Level, shape: Shape, situation: Situation) -> tuple[Standing, ...]:
    """Candidates first, in the order in which they are asked, then those that are out, in the order of the catalogue.

    Cheapest first by the middle of the estimated range; her own order breaks ties, or goes first where she wants that;
    an unknown price comes last. The reader is a candidate only where nothing else is set up.
    """
    found = [_judged(model, note, shape, situation) for model, note in _of_level(level, situation)]
    everyone = _ranked(found, situation)
    everyone.append(_reader(everyone, shape, situation))
    return tuple(sorted(everyone, key=lambda one: not one.candidate))


def limits_differ(one: Model, other: Model) -> bool:
    """Whether what is too large, or put the wrong way, for ``one`` may be right for ``other``."""
    return _limits(one) != _limits(other)


def _limits(model: Model) -> tuple[object, ...]:
    return (model.weights, model.image, model.context_tokens, model.max_pictures, model.pictures, model.schema)


def _of_level(level: Level, situation: Situation) -> list[tuple[Model, str]]:
    """Each provider's model of the level, with a note where a successor stands in, and the local model."""
    catalogue = situation.catalogue
    found: list[tuple[Model, str]] = []
    for provider in catalogue.labels:
        model = catalogue.at(provider, level)
        if model is not None:
            ending = catalogue.usable(model, situation.today)
            if ending is None or ending.successor is None:
                found.append((model, ""))
            else:
                ended = f"{model.label} ended on {day_words(ending.since)}"
                found.append((ending.successor, f"{ended}: {ending.successor.label} stands in for it."))
    name = situation.preferences.local_model.strip()
    if name or COMPATIBLE in situation.set_up:
        label = name or catalogue.labels[COMPATIBLE]
        found.append((replace(catalogue.template, id=name, label=label), ""))
    return found


def day_words(day: date) -> str:
    """ "30 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def _judged(model: Model, note: str, shape: Shape, situation: Situation) -> Standing:
    """In or out by itself; its place among the others comes later."""
    for check in (_not_set_up, _unfit):
        found = check(model, shape, situation)
        if found is not None:
            return Standing(model, False, found[1], found[0], note=note)
    priced = estimate(model, shape, situation.at)
    found = _too_long(model, priced) or _unhealthy(model, situation)
    if found is not None:
        return Standing(model, False, found[1], found[0], priced, note)
    return within_cap(Standing(model, True, "", "in", priced, note), shape, situation)


def _not_set_up(model: Model, _shape: Shape, situation: Situation) -> Out | None:
    off = switched_off(model, situation)
    if off is not None:
        return off
    if model.provider == COMPATIBLE:
        if COMPATIBLE not in situation.set_up:
            return "no_address", f"no address: set {URL_NAMES[COMPATIBLE]}, or give it in Settings"
        return None if model.id else ("no_local_model", "no model of it is named: name one in Settings")
    if model.provider != READER and model.provider not in situation.set_up:
        return "no_key", f"no key: set {KEY_NAMES[model.provider][0]}, or add one in Settings"
    if model.ended(situation.today) and model.retires is not None:
        return "ended", f"ended on {day_words(model.retires)}, and its provider names no successor"
    return None


def switched_off(model: Model, situation: Situation) -> Out | None:
    """Why nothing may be sent to ``model`` whoever chose it: Local only is on, and it is not in this network."""
    if model.provider == READER or not situation.preferences.local_only or _is_local(model, situation):
        return None
    where = ", and its address is not in this network" if model.provider == COMPATIBLE else ""
    return "local_only", f"switched off: Local only is on in Settings{where}"


def _unfit(model: Model, shape: Shape, _situation: Situation) -> Out | None:
    count = len(shape.pictures)
    if count and not model.pictures:
        return "no_pictures", "cannot look at pictures"
    if shape.schema is not None and not model.schema:
        return "no_schema", "cannot fill a set of fields"
    if count > model.max_pictures:
        return "too_many_pictures", f"takes at most {model.max_pictures} pictures at once, and this would be {count}"
    if _would_shrink(model, shape):
        return "would_shrink", f"would shrink the pictures below {_DETAIL_WORDS[shape.detail]}: too many at once"
    return None


def _would_shrink(model: Model, shape: Shape) -> bool:
    """Whether so many pictures at once leave any of them fewer pixels than it would have alone."""
    alone = image_limits(model, shape.detail, 1)
    together = image_limits(model, shape.detail, max(1, len(shape.pictures)))
    return any(_area(together.size(size)) < _area(alone.size(size)) for size in shape.pictures)


def _area(size: Size) -> int:
    return size[0] * size[1]


def _too_long(model: Model, priced: Estimate) -> Out | None:
    tokens = priced.image_tokens + priced.text_tokens + model.max_output_tokens
    if model.context_tokens is None or tokens <= model.context_tokens:
        return None
    return "too_long", f"holds {model.context_tokens:,} tokens, and this would be about {tokens:,}: start a new talk"


def _unhealthy(model: Model, situation: Situation) -> Out | None:
    reason = situation.out(model)
    return None if reason is None else ("unhealthy", reason)


def within_cap(standing: Standing, shape: Shape, situation: Situation) -> Standing:
    """``standing`` as the caps allow: as it is, with less room for its answer, or out.

    Nobody sees that an answer of a batch had less room, and what is missing now may only be set aside by others of its
    run: it has all of its room or none."""
    model, priced, left = standing.model, standing.estimate, situation.cap_left
    if left is None or priced is None or model.provider == READER or _is_local(model, situation):
        return standing
    if priced.upper is None:
        reason = "cannot keep your cap: price unknown"
        return replace(standing, candidate=False, code="price_unknown_under_cap", reason=reason)
    if priced.upper <= left:
        return standing
    room = affordable_output(model, shape, situation.at, left) if situation.interactive else None
    if room is None:
        reason = f"would pass your cap: it can cost up to {usd(priced.upper)}, and {usd(left)} is left"
        return replace(standing, candidate=False, code="over_cap", reason=reason)
    return replace(standing, estimate=estimate(model, shape, situation.at, room), output_cap=room)


def _is_local(model: Model, situation: Situation) -> bool:
    return model.provider == COMPATIBLE and situation.local_address


def _ranked(found: list[Standing], situation: Situation) -> list[Standing]:
    """In the order in which they are asked, each with the reason for its place. Behind a local model that is set up no
    cloud one, unless she switched that on: also where the local one cannot be asked just now, or not for this."""
    order, first = situation.preferences.order, situation.preferences.own_order_first

    def place(one: Standing) -> tuple[int, bool, Decimal, int]:
        price = one.estimate.middle if one.estimate else None
        own = order.index(one.model.provider) if one.model.provider in order else len(order)
        return (own if first else 0, price is None, price or Decimal(0), own)

    ranked: list[Standing] = []
    by_price = 0
    stays_local = False
    for one in sorted(found, key=place):
        local = _is_local(one.model, situation)
        if stays_local and not local and one.candidate:
            reason = "comes after the local model: Settings must allow going on to the cloud"
            ranked.append(replace(one, candidate=False, code="after_local", reason=reason))
            continue
        if one.code not in _NOT_SET_UP:
            stays_local = stays_local or (local and not situation.preferences.local_to_cloud)
        if not one.candidate:
            ranked.append(one)
            continue
        known = one.estimate is not None and one.estimate.middle is not None
        mine = first and one.model.provider in order
        by_price += known and not mine
        count = sum(other.candidate for other in ranked) + 1
        reason = _place_words(count if mine else by_price, mine=mine, known=known)
        if one.output_cap is not None:
            reason += f"; your cap leaves room for {one.output_cap:,} tokens of answer"
        ranked.append(replace(one, reason=reason))
    return ranked


def _place_words(place: int, *, mine: bool, known: bool) -> str:
    if mine:
        return f"{_ordinal(place)} in your order"
    if not known:
        return "price unknown, so last"
    return "cheapest" if place == 1 else f"{_ordinal(place)} by price"


def _ordinal(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def _reader(others: list[Standing], shape: Shape, situation: Situation) -> Standing:
    model = situation.catalogue.get(READER)
    if not all(one.code in _NOT_SET_UP for one in others):
        return Standing(model, False, "answers by itself only under Auto, or where nothing else is set up", "not_alone")
    found = _judged(model, "", shape, situation)
    if not found.candidate:
        return found
    closed = any(one.code == "local_only" for one in others)
    return replace(
        found, reason="Local only is on, and no local model is set up" if closed else "nothing else is set up"
    )
