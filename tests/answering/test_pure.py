"""The parts without threads: who says what in which order, which model, where evidence lies, what is added up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from vision.answering.choosing import default_choice
from vision.answering.finishing import continued, in_original
from vision.answering.requesting import Sent, as_sent, to_describe
from vision.answering.talk import SYSTEM, build_request, check_pictures, exchanges, pictures_of
from vision.errors import BadRequest, NotThere
from vision.messages import Answer, Detail, Evidence, FollowUp, Picture, Prepared, Stop, Usage
from vision.models.catalog import load_catalogue
from vision.settings import Credential
from vision.store import State, StoredAnswer, StoredPicture, StoredTurn
from vision.store.money_records import Preferences

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATALOGUE = load_catalogue()


def picture(key: str, width: int = 4000, height: int = 3000) -> StoredPicture:
    return StoredPicture(key, Picture(key * 64, key, "JPEG", width, height, 1), NOW, NOW)


def prepared(key: str, width: int = 1000, height: int = 750) -> Prepared:
    return Prepared(key.encode(), key * 64, "image/jpeg", width, height, 1, True)


def kept(text: str, state: State = State.COMPLETE, key: str = "a") -> StoredAnswer:
    return StoredAnswer(
        id=key, turn_id="", state=state, text=text, provider="openai", model="m", detail=Detail.NORMAL, usage=Usage(),
        evidence=(), picture_ids=(), sent_sha256=(), attempts=(), cost_usd=None, explanation="", outcome="",
        sentence="", first_word_seconds=None, seconds=0.0, request_id=None, worker="", started=NOW, updated=NOW,
        finished=NOW,
    )  # fmt: skip


def turn(key: str, answer: StoredAnswer | None = None, *pictures: StoredPicture) -> StoredTurn:
    return StoredTurn(key, "c", int(key), f"q{key}", pictures, (answer,) if answer else (), NOW)


def test_history_ends_with_the_question() -> None:
    said = exchanges([turn("1", kept("a1"), picture("p")), turn("2", kept("old")), turn("3")], "2")
    assert [(one.question, one.answer.text if one.answer else None) for one in said] == [("q1", "a1"), ("q2", None)]
    assert [one.id for one in pictures_of(said)] == ["p"]


@pytest.mark.parametrize("state", [State.REFUSED, State.BLOCKED, State.EMPTY, State.RUNNING])
def test_unusable_answers_go_with_their_question(state: State) -> None:
    said = exchanges([turn("1", kept("text", state), picture("p")), turn("2", None, picture("q"))], "2")
    assert [one.question for one in said] == ["q2"]
    assert [one.id for one in pictures_of(said)] == ["p", "q"]


@pytest.mark.parametrize("state", [State.FAILED, State.INTERRUPTED, State.STOPPED, State.CUT_OFF])
def test_answers_that_broke_off_stay_if_they_said_something(state: State) -> None:
    assert len(exchanges([turn("1", kept("half", state)), turn("2")], "2")) == 2
    assert len(exchanges([turn("1", kept(" ", state)), turn("2")], "2")) == 1


def test_question_without_any_answer_goes_too() -> None:
    said = exchanges([turn("1", None, picture("p")), turn("2", None, picture("p")), turn("3")], "3")
    assert [one.question for one in said] == ["q3"]
    assert [one.id for one in pictures_of(said)] == ["p"]  # carried twice, sent once


def test_question_that_is_gone() -> None:
    with pytest.raises(NotThere):
        exchanges([turn("1")], "2")


def test_request_alternates_and_carries_replay() -> None:
    said = exchanges([turn("1", kept("a1"), picture("p")), turn("2", None, picture("q"), picture("r"))], "2")
    model = CATALOGUE.get("gpt-6.1-terra")
    sent = [prepared(key) for key in "pqr"]
    request = build_request(said, sent, {"a": ({"x": 1},)}, model, conversation="c", timeout_seconds=9)
    assert [one.role for one in request.turns] == ["user", "assistant", "user"]
    assert [len(one.pictures) for one in request.turns] == [1, 0, 2]
    replay = request.turns[1].replay
    assert replay is not None
    assert (replay.provider, replay.model, replay.items) == ("openai", model.id, ({"x": 1},))
    assert (request.system, request.max_output_tokens, request.effort) == (
        SYSTEM,
        model.max_output_tokens,
        model.effort,
    )


def test_model_that_takes_text_only() -> None:
    blind = replace(CATALOGUE.get("gpt-6.1-terra"), pictures=False)
    check_pictures(blind, 0)
    with pytest.raises(BadRequest, match="cannot look at pictures"):
        check_pictures(blind, 1)


def test_evidence_moves_to_the_original() -> None:
    sent = Sent(
        CATALOGUE.get("reader"), (picture("p"), picture("q", 500, 1500)), (prepared("p"), prepared("q", 500, 1500))
    )
    assert in_original(Evidence("t", (10, 20, 30, 40), 0.9), sent).box == (40.0, 80.0, 120.0, 160.0)
    assert in_original(Evidence("t", (-3, 2, 501, 4), 0.9, 1), sent).box == (0.0, 2.0, 500.0, 4.0)


@pytest.mark.parametrize(
    ("stop", "becomes"),
    [
        (Stop.COMPLETE, Stop.COMPLETE),
        (Stop.CUT_OFF, Stop.CUT_OFF),
        (Stop.REFUSED, Stop.CUT_OFF),
        (Stop.EMPTY, Stop.CUT_OFF),
    ],
)
def test_continued_answer_is_one(stop: Stop, becomes: Stop) -> None:
    earlier = replace(kept("One,"), usage=Usage(10, 0, 0, 5), cost_usd=Decimal("0.1"), seconds=1.0)
    more = Answer(
        " two.", "openai", "m", stop, Usage(20, 0, 0, 5), seconds=2.0, items=({"x": 1},), cost_usd=Decimal("0.2")
    )
    whole = continued(earlier, more)
    assert (whole.text, whole.stop, whole.usage, whole.cost_usd, whole.seconds, whole.items) == (
        "One, two.", becomes, Usage(30, 0, 0, 10), Decimal("0.3"), 3.0, (),
    )  # fmt: skip
    assert continued(earlier, replace(more, cost_usd=None)).cost_usd is None


def test_a_new_talk_begins_with_her_level_or_with_the_reader() -> None:
    key = Credential("gemini", SecretStr("k"), None, "")
    assert default_choice({"gemini": key}, Preferences(choice="quick")) == "quick"
    assert default_choice({}, Preferences(choice="quick")) == "reader"


def test_what_earlier_turns_send_of_their_pictures() -> None:
    said = exchanges([turn("1", kept("a1"), picture("p")), turn("2", None, picture("q"))], "2")
    assert as_sent(said, FollowUp.LOOK, {}) == said
    assert as_sent(said, FollowUp.DROP, {}, reader=True) == said
    dropped = as_sent(said, FollowUp.DROP, {})
    assert [one.id for one in pictures_of(dropped)] == ["q"]
    assert "is no longer sent" in dropped[0].question
    described = as_sent(said, FollowUp.DESCRIBE, {"p": "A red door."})
    assert "A red door." in described[0].question
    assert described[1] == said[1]
    assert [one.id for one in to_describe(said, {})] == ["p"]
    assert to_describe(said, {"p": "A red door."}) == ()
