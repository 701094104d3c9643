"""Places in a question: copies of the pictures that show them, in place of the pictures or beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Literal

from vision.images.limits import OpenLimits
from vision.ingest import add_copy
from vision.routing.wording import listed
from vision.store import OwnedStore, StoredPicture, StoredTurn

How = Literal["marked", "cut_out"]
Box = tuple[float, float, float, float]
NAMES: Mapping[How, str] = {"marked": "marked", "cut_out": "places"}


def copy_with_places(
    store: OwnedStore, stored: StoredPicture, places: Mapping[int, Box], how: How, limits: OpenLimits
) -> StoredPicture:
    """A stored copy of ``stored`` that shows ``places`` (boxes in its upright pixels, by number).

    Raises PictureError, NotThere and StoreError.
    """
    from vision.images import marking  # noqa: PLC0415 - Pillow only where pixels are touched

    make = marking.marked if how == "marked" else marking.cut_out
    data = make(store.picture_bytes(stored.id), [marking.Place(number, box) for number, box in places.items()])
    name = f"{PurePath(stored.picture.name).stem} ({NAMES[how]}).png"
    return add_copy(store, data, stored, name, limits)


def waiting_with(waiting: Sequence[StoredPicture], copies: Sequence[StoredPicture], how: How) -> list[str]:
    """The ids that wait once ``copies`` go with the next question. A picture that waits gives its place to its marked
    copy, which shows all of it; cut-outs come after the pictures."""
    plain = [one for one in waiting if not one.copy_of]
    taken = {copy.copy_of: copy.id for copy in copies} if how == "marked" else {}
    ids = [taken.get(one.id, one.id) for one in plain]
    return list(dict.fromkeys([*ids, *(copy.id for copy in copies)]))


def waiting_without(turns: Sequence[StoredTurn], waiting: Sequence[StoredPicture]) -> list[str]:
    """The ids that wait once no copy does: a picture that was never sent comes back for its copy."""
    sent = {one.original_id for turn in turns for one in turn.pictures}
    ids = [one.original_id for one in waiting if not one.copy_of or one.original_id not in sent]
    return list(dict.fromkeys(ids))


def question_on(numbers: Sequence[int], how: How) -> str:
    """What stands in the box to ask in, to be asked as it is or changed."""
    which = listed(str(number) for number in numbers)
    one = len(numbers) == 1
    if how == "marked":
        return f"Look at the {'place' if one else 'places'} framed and numbered {which}: what differs there?"
    return f"Look at the {'cut-out' if one else 'cut-outs'} numbered {which}: what differs there?"
