"""A comparison of pictures: letters through the whole talk, and the same question with the order swapped."""

from __future__ import annotations

import pytest

from tests.answering.talks import CLAUDE, GEMINI, GPT, LOCAL, OWNER, Talks
from tests.wire import Play, WireServer
from vision.answering.engine import Engine
from vision.answering.requesting import shape_of_next
from vision.answering.talk import GO_ON, letter
from vision.messages import FollowUp
from vision.store import State, Store, StoredAnswer, StoredPicture

QUESTION = "Which is better for a flyer?"
A, B, C = "Picture A:", "Picture B:", "Picture C:"


class Comparisons(Talks):
    """A talk of the kind "compare"."""

    def begin(self) -> tuple[StoredPicture, StoredPicture]:
        self.conversation_id = self.owned.create_conversation(kind="compare").id
        return self.picture("ONE", "TOTAL 12.50"), self.picture("TWO", "TOTAL 21.00")

    def swapped(self, answer: StoredAnswer, model: str = GPT) -> StoredAnswer:
        return self.end(self.engine.ask_again(OWNER, answer.turn_id, model=model, swapped=True))


@pytest.fixture
def talks(store: Store, engine: Engine) -> Comparisons:
    return Comparisons(store, engine)


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
def test_letters_go_before_the_pictures_and_the_question_comes_last(
    wire: WireServer, talks: Comparisons, model: str
) -> None:
    one, two = talks.begin()
    answer = talks.answered(QUESTION, one, two, model=model)
    sent = wire.requests[-1]
    assert sent.parts == (A, sent.sha256[0], B, sent.sha256[1], QUESTION)
    assert (answer.picture_ids, answer.sent_sha256) == ((one.id, two.id), sent.sha256)
    assert "by its letter" in sent.raw.decode()
    assert not answer.swapped
    assert {row.spending.job for row in talks.owned.ledger()} == {"compare"}


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
def test_swapped_each_picture_keeps_its_letter(wire: WireServer, talks: Comparisons, model: str) -> None:
    one, two = talks.begin()
    first = talks.answered(QUESTION, one, two, model=model)
    again = talks.swapped(first, model)
    assert wire.requests[-1].parts == (B, first.sent_sha256[1], A, first.sent_sha256[0], QUESTION)
    assert (first.swapped, again.swapped) == (False, True)
    assert (again.picture_ids, again.sent_sha256) == (first.picture_ids[::-1], first.sent_sha256[::-1])
    assert [answer.swapped for answer in talks.owned.turn(first.turn_id).answers] == [False, True]
    assert again.attempts[-1].sent_sha256 == again.sent_sha256


def test_a_model_that_prefers_what_comes_first_says_another_letter(wire: WireServer, talks: Comparisons) -> None:
    wire.script(*[Play(chunks=("{first}", " is better."))] * 2)
    first = talks.answered(QUESTION, *talks.begin())
    assert (first.text, talks.swapped(first).text) == ("Picture A is better.", "Picture B is better.")


def test_a_follow_up_goes_on_from_the_answer_to_the_same_order(wire: WireServer, talks: Comparisons) -> None:
    wire.script(Play(chunks=("Straight.",)), Play(chunks=("Swapped.",)))
    one, two = talks.begin()
    first = talks.answered(QUESTION, one, two)
    talks.swapped(first)
    later = talks.answered("Why?", talks.picture("THREE"))
    sent = wire.requests[-1]
    assert sent.parts == (A, *sent.parts[1:2], B, *sent.parts[3:4], QUESTION, C, sent.sha256[2], "Why?")
    assert sent.sha256[:2] == first.sent_sha256
    assert ("Straight." in sent.raw.decode(), "Swapped." in sent.raw.decode()) == (True, False)
    talks.swapped(later)
    sent = wire.requests[-1]
    assert [part for part in sent.parts if part.startswith("Picture")] == [B, A, C]
    assert ("Straight." in sent.raw.decode(), "Swapped." in sent.raw.decode()) == (False, True)


def test_thinking_of_an_answer_to_the_other_order_is_not_sent_back(wire: WireServer, talks: Comparisons) -> None:
    wire.script(Play(thinking="Let me look.", chunks=("A.",)))
    first = talks.answered(QUESTION, *talks.begin(), model=CLAUDE)
    second = talks.answered("Sure?", model=CLAUDE)
    assert second.turn_id != first.turn_id
    assert "Let me look." in wire.requests[-1].raw.decode()
    assert talks.swapped(second, CLAUDE).state is State.COMPLETE
    assert "Let me look." not in wire.requests[-1].raw.decode()


def test_a_swapped_answer_that_broke_off_goes_on_swapped(wire: WireServer, talks: Comparisons) -> None:
    wire.script(Play(chunks=("A.",)), Play(chunks=("B is ",), ending="max_tokens"), Play(chunks=("better.",)))
    one, two = talks.begin()
    cut = talks.swapped(talks.answered(QUESTION, one, two, model=LOCAL), LOCAL)
    assert cut.state is State.CUT_OFF
    whole = talks.end(talks.engine.go_on(OWNER, cut.id))
    assert (whole.text, whole.state, whole.swapped) == ("B is better.", State.COMPLETE, True)
    sent = wire.requests[-1].parts
    assert (sent[0], sent[2], sent[4:]) == (B, A, (QUESTION, GO_ON))
    assert whole.picture_ids == (two.id, one.id)


def test_evidence_is_of_the_right_picture_in_both_orders(nothing_set_up: None, talks: Comparisons) -> None:
    one, two = talks.begin()
    first = talks.answered("What is the total?", one, two, model="reader")
    again = talks.swapped(first, "reader")
    assert first.text == again.text
    for answer in (first, again):
        found = {answer.picture_ids[evidence.picture]: evidence.text for evidence in answer.evidence}
        assert "12.50" in found[one.id]
        assert "21.00" in found[two.id]


def test_a_picture_can_be_held_against_itself(wire: WireServer, talks: Comparisons) -> None:
    one, _ = talks.begin()
    answer = talks.answered("Are these the same?", one, one)
    assert answer.picture_ids == (one.id, one.id)
    sha = answer.sent_sha256[0]
    assert wire.requests[-1].parts == (A, sha, B, sha, "Are these the same?")


def test_letters_stay_when_the_first_question_had_no_answer(wire: WireServer, talks: Comparisons) -> None:
    wire.script(Play(ending="refusal"))
    one, two = talks.begin()
    assert talks.answered(QUESTION, one, two).state is State.REFUSED
    talks.answered("And now?", talks.picture("THREE"), one)
    assert [part for part in wire.requests[-1].parts if part.startswith("Picture")] == [A, B, C]


def test_a_picture_that_is_described_has_its_letter(wire: WireServer, talks: Comparisons) -> None:
    talks.answered(QUESTION, *talks.begin())
    talks.owned.set_follow_up(talks.conversation_id, FollowUp.DROP)
    talks.answered("Why?")
    assert "[Picture A (receipt.png) was here and is no longer sent.]" in wire.requests[-1].parts[-2]
    assert "[Picture B (receipt.png) was here" in wire.requests[-1].parts[-2]
    assert wire.requests[-1].pictures == ()


def test_the_price_knows_of_letters_and_of_the_order(wire: WireServer, talks: Comparisons) -> None:
    pictures = talks.begin()
    first = talks.answered(QUESTION, *pictures)
    turns = talks.owned.turns(talks.conversation_id)
    chat = shape_of_next(turns, (), first.detail, question="Why?")
    compare = shape_of_next(turns, (), first.detail, question="Why?", kind="compare")
    assert (A in compare.texts, B in compare.texts, A in chat.texts) == (True, True, False)
    assert len(compare.texts[0]) > len(chat.texts[0])
    assert compare.before is not None
    assert chat.before is not None
    assert compare.before.texts == chat.before.texts + 2


def test_chat_says_nothing_of_letters(wire: WireServer, talks: Comparisons) -> None:
    talks.conversation_id = talks.owned.create_conversation().id
    talks.answered(QUESTION, talks.picture("ONE"), talks.picture("TWO"))
    assert len(wire.requests[-1].parts) == 3
    assert "letter" not in wire.requests[-1].raw.decode()
    assert {row.spending.job for row in talks.owned.ledger()} == {"chat"}


def test_letters_go_on_after_z() -> None:
    assert [letter(number) for number in (0, 5, 25, 26, 51, 52, 701, 702)] == [
        *("A", "F", "Z", "AA", "AZ", "BA", "ZZ", "AAA"),
    ]
