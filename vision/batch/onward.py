"""From one item of a run to a talk in which she asks on: the same pictures, the question, and the answer that came."""

from __future__ import annotations

from collections.abc import Mapping

from vision.answering.workers import new_worker
from vision.batch.cells import cell
from vision.extracting.showing import name_in_words
from vision.fields.model import Field, FieldSet, Kind
from vision.messages import Answer, Json, Stop
from vision.store import OwnedStore
from vision.store.extract_records import Record, RecordState, Run
from vision.store.records import Conversation, Start

FROM_RUN = "Answered in a run over many pictures; asked on from there."


def question_of(run: Run) -> str:
    """What was asked of every picture, in words."""
    if run.batch is not None and not run.fields.fields:
        return run.batch.terms.question
    names = ", ".join(one.name.replace("_", " ") for one in run.fields.fields)
    return f"Read these fields: {names}."


def answer_text(run: Run, record: Record) -> str:
    """The answer, or the values as lines of "name: value"."""
    return record.text if not run.fields.fields else _values(run.fields, record.data)


def talk_about(owned: OwnedStore, run: Run, record: Record) -> Conversation:
    """A new talk with the pictures of ``record``. Where it was answered, question and answer stand in it as if they
    had been asked there, price and all (the price is no new spending: it is in the ledger once); else the pictures
    wait for a question. Raises NotThere."""
    talk = owned.create_conversation(record.name, record.choice or run.choice, run.detail)
    ids = [one.id for one in record.pictures]
    text = answer_text(run, record)
    if record.state is not RecordState.DONE or not text.strip():
        owned.set_waiting(talk.id, ids)
        return talk
    worker = new_worker()
    start = Start(record.provider, record.model, run.detail, worker, record.choice or run.choice)
    _, answer_id = owned.ask(talk.id, question_of(run), ids, start)
    owned.finish_answer(answer_id, worker, _answer(record, text), ids)
    return talk


def _answer(record: Record, text: str) -> Answer:
    return Answer(
        text=text,
        provider=record.provider,
        model=record.model,
        stop=Stop.CUT_OFF if record.outcome == Stop.CUT_OFF.value else Stop.COMPLETE,
        seconds=record.seconds,
        cost_usd=record.cost_usd,
        sent_sha256=record.sent_sha256,
        attempts=record.attempts,
        notes=(*record.notes, FROM_RUN),
    )


def _values(fields: FieldSet, data: Json) -> str:
    lines: list[str] = []
    for one in fields.fields:
        value = data.get(one.name)
        if one.kind is Kind.ROWS and isinstance(value, list | tuple) and value:
            lines.append(f"{name_in_words(one.name)}:")
            lines += [f"- {_row(one, each)}" for each in value]
        elif words := cell(one, value):
            lines.append(f"{name_in_words(one.name)}: {words}")
    return "  \n".join(lines)


def _row(of: Field, value: object) -> str:
    data = value if isinstance(value, Mapping) else {}
    named = ((one.name, cell(one, data.get(one.name))) for one in of.fields)
    return ", ".join(f"{name.replace('_', ' ')}: {words}" for name, words in named if words)
