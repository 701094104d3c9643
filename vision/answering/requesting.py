"""From a stored talk to what routing needs: the shape of the next request, and the request for one model.

What of the pictures of earlier turns goes along is the talk's follow-up policy: look at them again, go on from a
description, or drop them. The on-device reader always looks: it costs nothing and cannot do without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vision.answering.talk import (
    SYSTEM,
    Exchange,
    build_request,
    check_pictures,
    exchanges,
    pictures_of,
    system_of,
    without_earlier_pictures,
)
from vision.messages import Detail, FollowUp, Json, Prepared, Request, Turn
from vision.models.catalog import READER, Model
from vision.routing.attempting import Built
from vision.routing.estimating import Before, Shape
from vision.store import OwnedStore, StoredPicture, StoredTurn
from vision.store.records import Kind

DESCRIBE = """Describe this picture for somebody who cannot see it and will be asked about it later. First what it is.
Then all text on it, word for word and in reading order, with every number. Then what else there is to see: things,
people, colours, positions, anything odd. No remark about yourself."""
DESCRIPTION_TOKENS = (300, 900)
DESCRIBED = "[Picture {name}, no longer sent. It was described so:]\n{text}"
DROPPED = "[Picture {name} was here and is no longer sent.]"
LOOKED_AGAIN = "{name} could not be described, so the picture itself was sent again."
# The length of a description that is not written yet, for its price only: a page of text, never sent.
EXPECTED_DESCRIPTION = "x" * 2400


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes out: the pictures in the order of the request, and as which bytes."""

    model: Model
    pictures: tuple[StoredPicture, ...] = ()
    prepared: tuple[Prepared, ...] = ()

    @property
    def picture_ids(self) -> tuple[str, ...]:
        return tuple(picture.id for picture in self.pictures)


def as_sent(
    said: Sequence[Exchange], follow_up: FollowUp, described: Mapping[str, str], *, reader: bool = False
) -> tuple[Exchange, ...]:
    """``said`` as the follow-up policy sends it. ``described``: by picture id; raises KeyError for one that is not."""
    if reader or follow_up is FollowUp.LOOK:
        return tuple(said)

    def words(stored: StoredPicture, letter: str) -> str:
        name = f"{letter} ({stored.picture.name})" if letter else stored.picture.name
        if follow_up is FollowUp.DROP:
            return DROPPED.format(name=name)
        return DESCRIBED.format(name=name, text=described[stored.id])

    return without_earlier_pictures(said, words)


def to_describe(said: Sequence[Exchange], described: Mapping[str, str]) -> tuple[StoredPicture, ...]:
    """The pictures of earlier turns that nobody has described yet, once each."""
    new = {stored.id for stored in pictures_of(as_sent(said, FollowUp.DROP, {}))}
    earlier = {stored.id: stored for stored in pictures_of(said) if stored.id not in new}
    return tuple(stored for key, stored in earlier.items() if key not in described)


def earlier_pictures(turns: Sequence[StoredTurn], described: Collection[str]) -> tuple[StoredPicture, ...]:
    """The pictures of a talk that have to be described before it can go on from their descriptions."""
    return to_describe(exchanges((*turns, next_turn(())), ""), dict.fromkeys(described, ""))


def shape(
    said: Sequence[Exchange],
    detail: Detail,
    follow_up: FollowUp,
    described: Mapping[str, str],
    *,
    kind: Kind = "chat",
    swapped: bool = False,
) -> Shape:
    """Everything the price of the next answer depends on; a description that is not written yet counts as a page."""
    expected = {stored.id: EXPECTED_DESCRIPTION for stored in pictures_of(said)}
    sent = as_sent(said, follow_up, {**expected, **described})
    texts: list[str] = [system_of(kind)]
    before: Before | None = None
    replayed: Counter[tuple[str, str]] = Counter()  # own items go back to their model: no more tokens than it wrote
    for number, one in enumerate(sent):
        texts.extend((*one.labels, one.question))
        if one.answer is not None:
            texts.append(one.answer.text)
            seen = len(pictures_of(sent[: number + 1]))
            if one.answer.swapped == swapped:  # else it was sent another beginning
                before = Before(one.answer.provider, one.answer.model, seen, len(texts) - 1)
            replayed[one.answer.provider, one.answer.model] += one.answer.usage.output_tokens
    sizes = tuple((stored.picture.width, stored.picture.height) for stored in pictures_of(sent))
    kept_back = len(pictures_of(said)) - len(sizes)
    return Shape(sizes, detail, tuple(texts), before=before, in_reach=kept_back, replayed=replayed)


def shape_of_next(
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    detail: Detail,
    *,
    question: str = "",
    follow_up: FollowUp = FollowUp.LOOK,
    described: Mapping[str, str] | None = None,
    kind: Kind = "chat",
) -> Shape:
    """The shape of the question that may come next in a talk, with the pictures that wait for it."""
    said = exchanges((*turns, next_turn(waiting, question)), "", kind=kind)
    return shape(said, detail, follow_up, described or {}, kind=kind)


def next_turn(waiting: Sequence[StoredPicture], question: str = "") -> StoredTurn:
    """The question that is not asked yet; its id is ""."""
    return StoredTurn("", "", 0, question, tuple(waiting), (), datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in one talk up to the question, and how it is to be sent. ``swapped`` as in ``exchanges``."""

    id: str
    said: tuple[Exchange, ...]
    detail: Detail
    follow_up: FollowUp
    described: Mapping[str, str]
    timeout_seconds: float
    kind: Kind = "chat"
    swapped: bool = False


def request_for(owned: OwnedStore, talk: Talk, model: Model, until: Callable[[], bool]) -> tuple[Built, Sent]:
    """The request of ``talk`` for ``model``. Raises TooLarge, BadRequest, PictureError, NotThere and StoreError."""
    from vision.answering.looking import prepared_for_request, shrunk  # noqa: PLC0415 - Pillow is for the first answer

    reader = model.provider == READER
    said = as_sent(talk.said, talk.follow_up, talk.described, reader=reader)
    pictures = pictures_of(said)
    check_pictures(model, len(pictures))
    prepared = prepared_for_request(owned, model, talk.detail, pictures, until=until)
    if until():  # stopped meanwhile: what is built now is not sent
        return Built(Request(model.id, (), model.max_output_tokens), ()), Sent(model)
    request = build_request(
        said,
        prepared,
        _items(owned, talk, model),
        model,
        conversation=talk.id,
        timeout_seconds=talk.timeout_seconds,
        system=system_of(talk.kind),
    )
    sha256 = tuple(one.sha256 for one in prepared)
    return Built(request, sha256, shrunk(model, talk.detail, pictures, prepared)), Sent(model, pictures, prepared)


def _items(owned: OwnedStore, talk: Talk, model: Model) -> Mapping[str, tuple[Json, ...]]:
    """Own items by answer id. A talk told otherwise than it was lived, or in another order, would make those of an
    answer (its thinking) stand in another context."""
    if talk.follow_up is not FollowUp.LOOK:
        return {}
    lived = {one.answer.id for one in talk.said if one.answer is not None and one.answer.swapped == talk.swapped}
    items = owned.answer_items(talk.id, model.provider, model.id)
    return {key: kept for key, kept in items.items() if key in lived}


def description_shape(stored: StoredPicture, detail: Detail) -> Shape:
    """What the price of a description depends on: it is a page, seldom two."""
    size = stored.picture.width, stored.picture.height
    return Shape((size,), detail, (SYSTEM, DESCRIBE), output_tokens=DESCRIPTION_TOKENS)


def description_request(
    owned: OwnedStore, stored: StoredPicture, talk: Talk, model: Model, until: Callable[[], bool]
) -> Built:
    """The request for a description of one picture. Raises as ``request_for``."""
    from vision.answering.looking import prepared_for_request, shrunk  # noqa: PLC0415 - as above

    check_pictures(model, 1)
    prepared = prepared_for_request(owned, model, talk.detail, [stored], until=until)
    # No conversation: nothing of it is ever sent again, so nobody should be paid for keeping it.
    request = Request(
        model=model.id,
        turns=(Turn("user", DESCRIBE, prepared),),
        max_output_tokens=model.max_output_tokens,
        system=SYSTEM,
        effort=model.effort,
        timeout_seconds=talk.timeout_seconds,
    )
    return Built(request, tuple(one.sha256 for one in prepared), shrunk(model, talk.detail, [stored], prepared))
