"""What a model is sent of the pictures of a talk: the very bytes, for the request and for who wants to see them before.

Every picture is prepared as if it were alone, so that the same picture stays the same bytes through the whole talk.
Only where they are really too heavy together must the heaviest be made lighter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vision.answering.requesting import as_sent, next_turn
from vision.answering.talk import check_pictures, exchanges, pictures_of
from vision.images.preparing import image_limits, request_bytes, shared
from vision.ingest import prepared_for
from vision.messages import Detail, FollowUp, Prepared
from vision.models.catalog import READER, Model
from vision.store import OwnedStore, StoredPicture, StoredTurn
from vision.store.records import Kind


def prepared_for_request(
    store: OwnedStore,
    model: Model,
    detail: Detail,
    pictures: Sequence[StoredPicture],
    *,
    until: Callable[[], bool] = lambda: False,
) -> tuple[Prepared, ...]:
    """One for each of ``pictures``, which are those of the request in its order; fewer once ``until`` says stop.

    Raises TooLarge when they are too many, PictureError, NotThere and StoreError.
    """
    limits = image_limits(model, detail, max(1, len(pictures)))
    prepared: list[Prepared] = []
    for picture in pictures:
        if until():
            return tuple(prepared)
        prepared.append(prepared_for(store, picture, limits))
    if sum(map(limits.weight, prepared)) <= request_bytes(model):
        return tuple(prepared)
    share = shared(limits, model, len(pictures))
    for number, picture in enumerate(pictures):
        if until():
            break
        if share.weight(prepared[number]) > share.max_bytes:
            prepared[number] = prepared_for(store, picture, share)
    return tuple(prepared)


def shrunk(model: Model, detail: Detail, pictures: Sequence[StoredPicture], prepared: Sequence[Prepared]) -> bool:
    """Whether any picture came out with fewer pixels than this detail gives it when it is sent alone."""
    alone = image_limits(model, detail)
    return any(
        one.width * one.height < width * height
        for stored, one in zip(pictures, prepared, strict=False)
        for width, height in [alone.size((stored.picture.width, stored.picture.height))]
    )


def what_is_sent(
    store: OwnedStore,
    model: Model,
    detail: Detail,
    turns: Sequence[StoredTurn],
    waiting: Sequence[StoredPicture],
    *,
    follow_up: FollowUp = FollowUp.LOOK,
    kind: Kind = "chat",
) -> Mapping[str, Prepared]:
    """By picture id: what the next question of a talk sends to ``model``, with the pictures that wait.

    Raises LoupeError with a sentence where asking would fail as well.
    """
    said = exchanges((*turns, next_turn(waiting)), "", kind=kind)
    pictures = pictures_of(as_sent(said, follow_up, {}, reader=model.provider == READER))
    check_pictures(model, len(pictures))
    prepared = prepared_for_request(store, model, detail, pictures)
    return {picture.id: one for picture, one in zip(pictures, prepared, strict=True)}
