"""Places in a question: copies take the letter of their picture, whether they stand in its place or beside it."""

from __future__ import annotations

import pytest

from tests.answering.talks import GPT, OWNER, Talks
from tests.wire import WireServer
from vision.answering.engine import Engine
from vision.answering.places import copy_with_places, question_on, waiting_with, waiting_without
from vision.images.limits import OpenLimits
from vision.store import Store, StoredPicture

A, B, C = "Picture A:", "Picture B:", "Picture C:"
PLACE = {1: (20.0, 20.0, 80.0, 60.0)}


class Comparisons(Talks):
    def begin(self) -> tuple[StoredPicture, StoredPicture]:
        self.conversation_id = self.owned.create_conversation(kind="compare").id
        return self.picture("ONE", "TOTAL 12.50"), self.picture("TWO", "TOTAL 21.00")

    def copy(self, stored: StoredPicture, how: str = "marked") -> StoredPicture:
        return copy_with_places(self.owned, stored, PLACE, how, OpenLimits())  # type: ignore[arg-type]


@pytest.fixture
def talks(store: Store, engine: Engine) -> Comparisons:
    return Comparisons(store, engine)


def labels(wire: WireServer) -> list[str]:
    return [part for part in wire.requests[-1].parts if part.startswith("Picture")]


def test_marked_copies_stand_for_their_pictures(wire: WireServer, talks: Comparisons) -> None:
    one, two = talks.begin()
    copies = [talks.copy(one), talks.copy(two)]
    assert waiting_with([one, two], copies, "marked") == [copy.id for copy in copies]
    first = talks.answered("What differs?", *copies)
    assert labels(wire) == [A, B]
    assert first.picture_ids == tuple(copy.id for copy in copies)
    talks.answered("And now?", one, talks.picture("THREE"))
    assert labels(wire) == [A, B, A, C]


def test_a_copy_later_in_the_talk_has_the_letter_of_its_picture(wire: WireServer, talks: Comparisons) -> None:
    one, two = talks.begin()
    talks.answered("What changed?", one, two)
    later = talks.answered("And there?", talks.copy(one), talks.copy(two))
    assert labels(wire) == [A, B, A, B]
    talks.end(talks.engine.ask_again(OWNER, later.turn_id, model=GPT, swapped=True))
    assert labels(wire) == [B, A, B, A]


def test_cut_outs_come_beside_the_pictures(wire: WireServer, talks: Comparisons) -> None:
    one, two = talks.begin()
    copies = [talks.copy(one, "cut_out"), talks.copy(two, "cut_out")]
    assert waiting_with([one, two], copies, "cut_out") == [one.id, two.id, *(copy.id for copy in copies)]
    talks.answered("What differs?", one, two, *copies)
    assert labels(wire) == [A, B, A, B]


def test_taken_out_again_the_pictures_come_back_unless_they_were_sent(wire: WireServer, talks: Comparisons) -> None:
    one, two = talks.begin()
    assert waiting_without((), [talks.copy(one), two]) == [one.id, two.id]
    talks.answered("What changed?", one, two)
    turns = talks.owned.turns(talks.conversation_id)
    three = talks.picture("THREE")
    assert waiting_without(turns, [three, talks.copy(one), talks.copy(two)]) == [three.id]


def test_copies_are_not_among_recent_pictures_and_made_once(talks: Comparisons) -> None:
    one, two = talks.begin()
    copy = talks.copy(one)
    assert talks.copy(one).id == copy.id
    assert copy.original_id == one.id
    assert {stored.id for stored in talks.owned.recent_pictures()} == {one.id, two.id}


def test_the_question_names_the_places() -> None:
    assert question_on([2], "marked") == "Look at the place framed and numbered 2: what differs there?"
    assert question_on([1, 3], "cut_out") == "Look at the cut-outs numbered 1 and 3: what differs there?"
