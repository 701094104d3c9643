"""A talk that goes on from a description: asked for once by who would go on from it, kept, and never made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.answering.talks import CLAUDE, GEMINI, OWNER, Talks
from tests.wire import Play, WireServer, fails
from tests.wire.plays import Fault, words
from vision.answering.requesting import DESCRIBE, EXPECTED_DESCRIPTION
from vision.messages import FollowUp
from vision.store import State, StoredAnswer
from vision.store.money_records import Preferences

FIRST = "A receipt with a total of 12.50 on a wooden table."


@pytest.fixture
def begun(wire: WireServer, talks: Talks) -> Talks:
    """One question about one picture was answered; from now on the talk goes on from a description."""
    talks.answered("What is it?", talks.picture(), model=CLAUDE)
    talks.owned.set_follow_up(talks.conversation_id, FollowUp.DESCRIBE)
    return talks


def described(talks: Talks) -> list[str]:
    return [one.text for one in talks.owned.descriptions(talks.conversation_id).values()]


def tried(answer: StoredAnswer) -> list[tuple[str, str]]:
    return [(one.stage, one.outcome) for one in answer.attempts]


def test_described_once_and_sent_in_place_of_the_picture(wire: WireServer, begun: Talks) -> None:
    wire.script(Play(chunks=words(FIRST)), Play(chunks=("Wood.",)), Play(chunks=("Paper.",)))
    answer = begun.answered("What is the table made of?", model=CLAUDE)
    assert (answer.state, answer.text) == (State.COMPLETE, "Wood.")
    assert tried(answer) == [("description", "complete"), ("", "complete")]
    asked, gone_on = wire.requests[-2:]
    assert asked.question == DESCRIBE
    assert len(asked.pictures) == 1
    assert gone_on.pictures == ()
    assert FIRST in gone_on.raw.decode()
    assert answer.sent_sha256 == ()
    assert answer.notes == ()
    assert described(begun) == [FIRST]
    assert begun.answered("And the receipt?", model=CLAUDE).text == "Paper."
    assert sum(request.question == DESCRIBE for request in wire.requests) == 1


def test_every_attempt_is_paid_and_in_the_ledger(wire: WireServer, begun: Talks) -> None:
    answer = begun.answered("And now?", model=CLAUDE)
    rows = begun.owned.ledger(question=answer.id)
    assert [row.settled.outcome for row in rows if row.settled] == ["complete", "complete"]
    assert all(row.settled and row.settled.cost for row in rows)
    assert answer.cost_usd == answer.attempts[-1].cost_usd


@pytest.mark.parametrize(
    ("play", "outcome"),
    [
        (Play(ending="refusal", chunks=("I can", "not")), "refused"),
        (Play(ending="max_tokens", chunks=("A receipt with",)), "cut_off"),
    ],
)
def test_what_is_no_whole_description_is_not_kept_and_the_picture_is_sent_again(
    wire: WireServer, begun: Talks, play: Play, outcome: str
) -> None:
    wire.script(play)
    answer = begun.answered("What is the table made of?", model=CLAUDE)
    assert tried(answer) == [("description", outcome), ("", "complete")]
    assert described(begun) == []
    assert len(wire.requests[-1].pictures) == 1
    assert "the picture itself was sent again" in answer.notes[0]
    assert not any(EXPECTED_DESCRIPTION[:50] in request.raw.decode() for request in wire.requests)


def test_who_cannot_describe_is_followed_by_who_can(wire: WireServer, begun: Talks) -> None:
    begun.owned.set_preferences(Preferences(order=("anthropic", "gemini"), own_order_first=True))
    wire.script(fails("bad_key"), provider="anthropic")
    wire.script(Play(chunks=words(FIRST)), Play(chunks=("Wood.",)), provider="gemini")
    answer = begun.answered("What is the table made of?", model="balanced")
    assert (answer.text, answer.provider) == ("Wood.", "gemini")
    assert tried(answer) == [("description", "bad_key"), ("description", "complete"), ("", "complete")]
    assert [one.model for one in begun.owned.descriptions(begun.conversation_id).values()] == [GEMINI]


def test_a_failed_description_is_a_failed_question_and_its_half_is_no_answer(wire: WireServer, begun: Talks) -> None:
    wire.script(*[Play(chunks=("It is a ", "rec", "eipt"), fault=Fault("cut", after=2))] * 3)
    failed = begun.answered("What is the table made of?", model=CLAUDE)
    assert (failed.state, failed.text) == (State.FAILED, "")
    assert tried(failed) == [("description", "connection")] * 3
    assert [one.text for one in failed.attempts] == ["It is a rec"] * 3
    assert described(begun) == []


def test_stopped_while_describing(wire: WireServer, begun: Talks) -> None:
    wire.script(Play(chunks=("A ", "receipt"), hold_before=(1,)))
    answer_id = begun.ask("What is the table made of?", model=CLAUDE)
    wire.wait_held()
    begun.engine.stop(OWNER, answer_id)
    stopped = begun.end(answer_id)
    wire.release()
    assert (stopped.state, stopped.text) == (State.STOPPED, "")
    assert tried(stopped) == [("description", "stopped")]
    assert described(begun) == []


def test_the_reader_looks_for_itself_and_buys_nothing(wire: WireServer, begun: Talks) -> None:
    before = len(wire.requests)
    assert begun.answered("What is the total?", model="reader").text
    begun.owned.set_preferences(Preferences(local_only=True))
    assert begun.answered("What is the total?", model="balanced").provider == "reader"
    begun.owned.set_preferences(Preferences())
    auto = begun.answered("What is the total?", model="auto")
    assert auto.provider == "reader"
    assert len(wire.requests) == before
    assert described(begun) == []


def test_caps_hold_over_the_description_and_the_answer(wire: WireServer, begun: Talks) -> None:
    """The description comes out longer than expected: the answer is priced by what is really sent."""
    long = "word " * 2500
    wire.script(Play(chunks=(long,)))
    begun.owned.set_preferences(Preferences(question_cap=Decimal("0.08")))
    answer = begun.answered("What is the table made of?", model=CLAUDE)
    rows = begun.owned.ledger(question=answer.id)
    counted = [row.settled.cost if row.settled and row.settled.cost is not None else row.spending.upper for row in rows]
    assert sum(one or Decimal(0) for one in counted) <= Decimal("0.08")
    assert all(row.settled and (row.settled.cost or 0) <= (row.spending.upper or 0) for row in rows)
