"""From an item of a run to a talk: the picture, the question and the answer stand in it."""

from __future__ import annotations

import json

import pytest

from tests.batch.desk import GPT, QUESTION, BatchDesk
from tests.wire.plays import Play, fails
from vision.batch.onward import FROM_RUN, answer_text, question_of, talk_about
from vision.errors import NotThere
from vision.fields.model import Field, FieldSet, Kind
from vision.store.extract_records import RecordState, Run
from vision.store.records import State

FIELDS = FieldSet(
    "Till",
    (
        Field("shop_name", Kind.TEXT),
        Field("total", Kind.MONEY),
        Field("lines", Kind.ROWS, fields=(Field("what", Kind.TEXT), Field("amount", Kind.NUMBER))),
    ),
)
DATA = {"shop_name": "Corner", "total": 5.0, "lines": [{"what": "Bread", "amount": 5}]}


def asked(desk: BatchDesk, play: Play, fields: FieldSet | None = None) -> Run:
    desk.wire.script(play, provider="openai")
    desk.drive()
    return desk.over(desk.begin(desk.pictures(1), fields=fields, question="" if fields else QUESTION))


def test_question_and_answer_stand_in_the_talk_and_nothing_is_paid_twice(desk: BatchDesk) -> None:
    run = asked(desk, Play(chunks=("Yes, ", "by Ms Okafor.")))
    (record,) = desk.owned.records(run.id)
    spent = len(desk.owned.ledger(50))
    talk = talk_about(desk.owned, run, record)
    (turn,) = desk.owned.turns(talk.id)
    (answer,) = turn.answers
    assert (talk.title, turn.question) == ("scans/0.png", QUESTION)
    assert [one.id for one in turn.pictures] == [one.id for one in record.pictures]
    assert (answer.state, answer.text, answer.model) == (State.COMPLETE, "Yes, by Ms Okafor.", record.model)
    assert (answer.cost_usd, answer.attempts) == (record.cost_usd, record.attempts)
    assert FROM_RUN in answer.notes
    assert desk.owned.conversation(talk.id).model == GPT
    assert len(desk.owned.ledger(50)) == spent


def test_values_are_written_out_line_by_line(desk: BatchDesk) -> None:
    run = asked(desk, Play(chunks=(json.dumps(DATA),)), FIELDS)
    (record,) = desk.owned.records(run.id)
    assert question_of(run) == "Read these fields: shop name, total, lines."
    assert answer_text(run, record).split("  \n") == [
        "Shop name: Corner",
        "Total: 5.00",
        "Lines:",
        "- what: Bread, amount: 5",
    ]
    (turn,) = desk.owned.turns(talk_about(desk.owned, run, record).id)
    assert "Shop name: Corner" in turn.answers[0].text


def test_without_an_answer_the_picture_waits_for_a_question(desk: BatchDesk) -> None:
    run = asked(desk, fails("bad_request"))
    (record,) = desk.owned.records(run.id)
    assert record.state is RecordState.FAILED
    talk = talk_about(desk.owned, run, record)
    assert desk.owned.turns(talk.id) == ()
    assert [one.id for one in desk.owned.waiting(talk.id)] == [one.id for one in record.pictures]


def test_only_in_the_owners_store(desk: BatchDesk) -> None:
    run = asked(desk, Play())
    (record,) = desk.owned.records(run.id)
    with pytest.raises(NotThere):
        talk_about(desk.store.of("somebody-else"), run, record)
