"""Contests and votes: kept as they were shown, revealed by a vote, gone with everything of theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.rows import START, WORKER, answer, opened
from vision.errors import NotThere, StillAnswering
from vision.store import OwnedStore, Store
from vision.store.records import BOTH_BAD, TIE, Contest

MODELS = ("claude-x", "gpt-x", "compatible:llava")


@pytest.fixture
def owned(store: Store) -> OwnedStore:
    return store.of("local")


def contest(owned: OwnedStore, *, blind: bool = True) -> Contest:
    return owned.create_contest(MODELS, blind=blind, order=[2, 0, 1])


def test_it_comes_back_in_the_order_in_which_it_is_shown(owned: OwnedStore) -> None:
    made = contest(owned)
    assert [lane.model for lane in made.lanes] == ["compatible:llava", "claude-x", "gpt-x"]
    assert [lane.position for lane in made.lanes] == [2, 0, 1]
    assert owned.contest(made.id) == made
    assert owned.contests() == (made,)
    assert [lane.model for lane in owned.create_contest(MODELS).lanes] == list(MODELS)


@pytest.mark.parametrize("order", [[0, 1], [0, 1, 1], [0, 1, 3], []])
def test_an_order_shows_each_model_once(owned: OwnedStore, order: list[int]) -> None:
    with pytest.raises(ValueError, match="does not order 3 models"):
        owned.create_contest(MODELS, order=order)
    assert owned.contests() == ()


def test_each_lane_is_a_conversation_in_which_the_pictures_wait(owned: OwnedStore) -> None:
    one, two = (owned.add_picture(opened(data), data) for data in (b"one", b"two"))
    made = owned.create_contest(MODELS, [two.id, one.id, two.id])
    for lane in made.lanes:
        talk = owned.conversation(lane.conversation_id)
        assert (talk.kind, talk.model) == ("lane", lane.model)
        assert [stored.id for stored in owned.waiting(talk.id)] == [two.id, one.id]


def test_lists_of_talks_hold_one_kind(owned: OwnedStore) -> None:
    chat = owned.create_conversation("Total of the flyer")
    compare = owned.create_conversation("Flyers compared", kind="compare")
    lane = contest(owned).lanes[0]
    owned.ask(lane.conversation_id, "Which flyer?", [], START)
    assert owned.conversations() == owned.conversations(search="flyer") == (chat,)
    assert owned.conversations(kind="compare", search="flyer") == (compare,)
    assert compare.kind == "compare"
    assert [talk.id for talk in owned.conversations(kind="lane", asked=True)] == [lane.conversation_id]


def test_the_first_question_names_it_and_every_one_brings_it_up(owned: OwnedStore) -> None:
    first, second = contest(owned), contest(owned)
    owned.add_round(first.id, "Which is better?\nSay why.")
    owned.add_round(first.id, "And now?")
    assert [one.id for one in owned.contests()] == [first.id, second.id]
    assert owned.contests(limit=1)[0].title == "Which is better?"


def test_names_are_hidden_until_the_vote(owned: OwnedStore) -> None:
    made = contest(owned)
    assert made.hidden
    vote = owned.vote(made.id, 1, made.lanes[0].id, 3.25)
    assert (vote.winner, vote.blind, vote.seconds) == ("compatible:llava", True, 3.25)
    assert vote.models == ("compatible:llava", "claude-x", "gpt-x")
    assert vote.shown == tuple(lane.id for lane in made.lanes)
    assert not owned.contest(made.id).hidden
    assert not owned.vote(made.id, 2, TIE).blind  # she knows them now
    assert [one.winner for one in owned.votes(made.id)] == ["compatible:llava", None]


def test_names_shown_without_a_vote_make_it_no_blind_one(owned: OwnedStore) -> None:
    peeked, open_ = contest(owned), contest(owned, blind=False)
    owned.set_revealed(peeked.id)
    assert not owned.contest(peeked.id).hidden
    assert not open_.hidden
    assert not owned.vote(peeked.id, 1, BOTH_BAD).blind
    assert not owned.vote(open_.id, 1, BOTH_BAD).blind


def test_a_later_vote_on_the_same_round_counts_in_place_of_the_first(owned: OwnedStore) -> None:
    made = contest(owned)
    owned.vote(made.id, 1, made.lanes[0].id)
    owned.vote(made.id, 1, made.lanes[1].id)
    (vote,) = owned.votes()
    assert (vote.winner, vote.blind) == ("claude-x", False)


def test_only_what_is_there_can_be_chosen(owned: OwnedStore) -> None:
    made, other = contest(owned), contest(owned)
    for choice in (other.lanes[0].id, "", "TIE"):
        with pytest.raises(NotThere, match="choose one"):
            owned.vote(made.id, 1, choice)
    assert owned.votes() == ()
    assert owned.contest(made.id).hidden


def test_deleted_it_is_gone_with_lanes_votes_and_answers(owned: OwnedStore) -> None:
    picture = owned.add_picture(opened(b"one"), b"one")
    made, kept = owned.create_contest(MODELS, [picture.id]), contest(owned)
    for one in (made, kept):
        owned.vote(one.id, 1, TIE)
    lane = made.lanes[0]
    turn, _ = owned.ask(lane.conversation_id, "Which?", [picture.id], START)
    owned.delete_contest(made.id)
    for gone in (lambda: owned.contest(made.id), lambda: owned.turn(turn.id)):
        with pytest.raises(NotThere):
            gone()
    assert [one.id for one in owned.conversations(kind="lane")] != []
    assert {one.id for one in owned.conversations(kind="lane")} == {lane.conversation_id for lane in kept.lanes}
    assert [vote.contest_id for vote in owned.votes()] == [kept.id]
    assert owned.picture(picture.id) == owned.recent_pictures()[0]


def test_a_swapped_answer_says_so(owned: OwnedStore) -> None:
    _, answer_id = owned.ask(owned.create_conversation(kind="compare").id, "Which?", [], replace(START, swapped=True))
    assert owned.answer(answer_id).swapped


def test_a_round_is_asked_in_every_lane_or_in_none(owned: OwnedStore) -> None:
    picture = owned.add_picture(opened(b"one"), b"one")
    made = owned.create_contest(MODELS, [picture.id])
    turns = owned.add_round(made.id, "Which reads best?")
    assert list(turns) == [lane.id for lane in made.lanes]
    assert {(turn.position, turn.question) for turn in turns.values()} == {(1, "Which reads best?")}
    assert {turn.pictures[0].id for turn in turns.values()} == {picture.id}
    assert not any(owned.waiting(lane.conversation_id) for lane in made.lanes)
    assert {owned.round_of(turn.id) for turn in turns.values()} == {f"{made.id}:1"}
    assert owned.round_of(owned.add_turn(owned.create_conversation().id, "?").id) == ""
    owned.start_answer(turns[made.lanes[2].id].id, START)
    with pytest.raises(StillAnswering):
        owned.add_round(made.id, "And now?")
    assert [len(owned.turns(lane.conversation_id)) for lane in made.lanes] == [1, 1, 1]


def test_a_lane_goes_on_in_chat_as_a_copy(owned: OwnedStore) -> None:
    picture = owned.add_picture(opened(b"one"), b"one")
    made = owned.create_contest(MODELS, [picture.id])
    lane = made.lanes[0]
    turn = owned.add_round(made.id, "Which reads best?")[lane.id]
    done = owned.start_answer(turn.id, START)
    owned.finish_answer(done, WORKER, answer("The first."), [picture.id])
    owned.start_answer(turn.id, START)  # still running: it belongs to its worker alone
    copy = owned.copy_conversation(lane.conversation_id, title="Which reads best?")
    assert (copy.kind, copy.title, copy.model) == ("chat", "Which reads best?", lane.model)
    assert owned.conversations() == (copy,)
    (copied,) = owned.turns(copy.id)
    assert (copied.question, copied.pictures[0].id) == ("Which reads best?", picture.id)
    (kept,) = copied.answers
    assert replace(kept, id=done, turn_id=turn.id) == owned.answer(done)
    assert list(owned.answer_items(copy.id, "openai", "m-1").values()) == [answer().items]
    owned.delete_contest(made.id)
    assert owned.answer(kept.id) == kept
