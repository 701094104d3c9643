"""Runs in the background: read, checked, stopped, read again, interrupted; second opinions; files."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from tests.extracting.desk import CATALOGUE, CLOUD, TODAY, WORD, Desk, said
from tests.extracting.test_reading import GOOD, RECEIPT
from tests.wire import Play, WireServer, fails
from vision.answering.workers import SILENT_SECONDS, new_worker
from vision.errors import NotThere
from vision.exporting.sheet import CannotExport
from vision.extracting import reviewing
from vision.extracting.exporting import run_as_file
from vision.extracting.extractor import INTERRUPTED, Extractor
from vision.extracting.opinions import second, votes_of
from vision.fields.values import Mark, Reason
from vision.messages import Detail
from vision.settings import Settings
from vision.store import Store
from vision.store.database import writing
from vision.store.extract_records import Document, RecordState, Run, Verdict
from vision.store.record_tables import RecordRow
from vision.store.runs import Checks, Reading


@pytest.fixture
def desk(wire: WireServer, store: Store) -> Desk:
    return Desk(wire, store, CLOUD)


@pytest.fixture
def extractor(desk: Desk) -> Iterator[Extractor]:
    made = of(desk)
    yield made
    made.close()


def of(desk: Desk) -> Extractor:
    return Extractor(desk.store, Settings(answer_seconds=30), CATALOGUE, desk.router, today=lambda: TODAY)


def run_of(desk: Desk, count: int = 1, choice: str = WORD["openai"]) -> Run:
    pages = [desk.page("BAKERY", f"Date 20.11.2026 No {number}", "TOTAL 12.50") for number in range(count)]
    documents = [Document(f"receipt {number}", (page.id,)) for number, page in enumerate(pages)]
    return desk.owned.create_run(RECEIPT, documents, choice=choice, detail=Detail.NORMAL, title="Receipts of May")


def until(true: Callable[[], object], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_run_is_read_then_checked_against_its_pictures(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(said(GOOD), said({**GOOD, "total": 99.99}), provider="openai")
    run = run_of(desk, 2)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    one, other = sorted(desk.owned.records(run.id), key=lambda record: record.score)
    assert desk.owned.run(run.id).counts == {RecordState.DONE: 2}
    assert one.checked
    assert one.supports[("date",)].mark is Mark.READ
    assert one.supports[("vendor",)].mark is Mark.READ
    assert other.supports[("total",)].mark is Mark.NOT_FOUND
    (place,) = one.supports[("vendor",)].places
    assert place.text.lower() == "bakery"
    assert 30 < place.box[0] < 60, "in pixels of the original"
    doubt = next(found for found in other.doubts if found.path == ("total",))
    assert doubt.reasons[0][0] is Reason.NOT_FOUND
    assert [head.id for head in desk.owned.queue(run.id)] == [other.id, one.id], "the doubtful one first"


def test_what_failed_says_why_and_is_read_again(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(fails("bad_key"), provider="openai")
    run = run_of(desk)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    (record,) = desk.owned.records(run.id)
    assert (record.state, record.outcome) == (RecordState.FAILED, "bad_key")
    assert "key" in record.sentence
    wire.script(said(GOOD), provider="openai")
    assert extractor.read_again(desk.owned.owner, run) == 1
    until(extractor.idle)
    assert desk.owned.record(record.id).data == GOOD


def test_stop_ends_what_is_read_and_what_waits(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(*[Play(chunks=('{"vendor": "', "B"), hold_before=(1,), pings=True)] * 6, provider="openai")
    run = run_of(desk, 6)
    extractor.begin(desk.owned.owner, run)
    wire.wait_held(1)
    extractor.stop(desk.owned.owner, run.id)
    wire.release()
    until(extractor.idle)
    assert desk.owned.run(run.id).counts == {RecordState.STOPPED: 6}


def test_what_a_dead_process_was_reading_is_interrupted_and_what_waited_goes_on(
    desk: Desk, wire: WireServer, extractor: Extractor
) -> None:
    run = run_of(desk, 2)
    broken, waiting = (head.id for head in desk.owned.queue(run.id))
    assert desk.owned.claim_record(broken, "another-host:1:token.x")
    wire.script(said(GOOD), provider="openai")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vision.extracting.extractor.is_dead", lambda worker, *_: worker.startswith("another"))
        extractor.go_on()
    until(extractor.idle)
    record = desk.owned.record(broken)
    assert (record.state, record.sentence) == (RecordState.INTERRUPTED, INTERRUPTED)
    assert desk.owned.record(waiting).data == GOOD


def test_two_processes_read_no_document_twice(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(*[said(GOOD)] * 8, provider="openai")
    run = run_of(desk, 8)
    other = of(desk)
    try:
        for one in (extractor, other):
            one.begin(desk.owned.owner, run)
        until(lambda: extractor.idle() and other.idle())
    finally:
        other.close()
    assert len(wire.requests) == 8
    assert desk.owned.run(run.id).counts == {RecordState.DONE: 8}


def test_a_late_worker_changes_nothing(desk: Desk) -> None:
    run = run_of(desk)
    (head,) = desk.owned.queue(run.id)
    assert desk.owned.claim_record(head.id, mine := new_worker())
    assert not desk.owned.claim_record(head.id, new_worker())
    assert not desk.owned.end_record(head.id, new_worker(), Reading(RecordState.DONE, {"vendor": "wrong"}))
    assert desk.owned.end_record(head.id, mine, Reading(RecordState.DONE, GOOD))
    assert desk.owned.record(head.id).data == GOOD


def test_another_model_is_asked_and_only_what_differs_is_left(
    desk: Desk, wire: WireServer, extractor: Extractor
) -> None:
    wire.script(said(GOOD), provider="openai")
    run = run_of(desk)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    (record,) = desk.owned.records(run.id)
    wire.script(said({**GOOD, "total": 15.5, "vendor": " bakery "}), provider="gemini")
    opinion_id = extractor.ask_opinion(desk.owned.owner, record, WORD["gemini"], hidden=True)
    until(extractor.idle)
    opinion = desk.owned.opinion(record.id)
    assert opinion is not None
    found = second(run, record, opinion)
    assert [(one.path, one.one, one.other) for one in found.open] == [(("total",), 12.5, 15.5)]
    desk.owned.choose_opinion(opinion_id, {"total": "other"})
    opinion = desk.owned.opinion(record.id)
    assert opinion is not None
    assert second(run, record, opinion).open == ()
    (vote,) = votes_of(desk.owned)
    assert (vote.winner, set(vote.models), vote.blind) == (opinion.model, {record.model, opinion.model}, True)


def test_a_run_as_files(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(said(GOOD), said({**GOOD, "vendor": "=cmd|' /C calc'!A0"}), provider="openai")
    run = run_of(desk, 2)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    title, data = run_as_file(desk.owned, run.id, "csv", provenance=True)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert title == "Receipts of May"
    assert [row["total"] for row in rows] == ["12.5", "12.5"]
    assert sorted(row["vendor"][0] for row in rows) == ["'", "B"]
    assert {row["state"] for row in rows} == {"not reviewed"}
    assert all(row["model"] and len(row["sha256"]) == 64 for row in rows)
    assert len(json.loads(run_as_file(desk.owned, run.id, "json")[1])) == 2
    assert b"data:image/" in run_as_file(desk.owned, run.id, "html")[1]
    assert json.loads(run_as_file(desk.owned, run.id, "json", checked=True)[1]) == []
    with pytest.raises(CannotExport):
        run_as_file(desk.owned, run.id, "csv", rows="items")


def test_what_somebody_filled_in_or_judged_is_not_read_over(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(*[fails("bad_key")] * 3, provider="openai")
    run = run_of(desk, 3)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    typed, rejected, left = desk.owned.records(run.id)
    table = reviewing.Desk(desk.owned, extractor.checker, run, "ann")
    edit = reviewing.Edit(texts={("vendor",): "Bakery"}, verdict=Verdict.ACCEPTED)
    reviewing.review(table, typed.id, typed.version, edit)
    reviewing.review(table, rejected.id, rejected.version, reviewing.Edit(verdict=Verdict.REJECTED))
    wire.script(said(GOOD), provider="openai")
    assert extractor.read_again(desk.owned.owner, run) == 1
    until(extractor.idle)
    found = desk.owned.records(run.id)
    assert [one.id for one in found if one.state is RecordState.DONE] == [left.id]
    assert (found[0].data["vendor"], found[0].verdict) == ("Bakery", Verdict.ACCEPTED)
    exported = json.loads(run_as_file(desk.owned, run.id, "json", checked=True)[1])
    assert [one["vendor"] for one in exported] == ["Bakery"], "what is filled in by hand goes out, too"


def test_what_one_process_alone_may_read_is_read_by_no_other(
    desk: Desk, wire: WireServer, extractor: Extractor
) -> None:
    alive, dead = run_of(desk), run_of(desk)
    desk.owned.hold_waiting(alive.id, new_worker())
    desk.owned.hold_waiting(dead.id, "another-host:1:token")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vision.extracting.extractor.is_dead", lambda worker, *_: worker.startswith("another"))
        extractor.go_on()
    until(extractor.idle)
    assert wire.requests == []
    assert desk.owned.run(alive.id).counts == {RecordState.WAITING: 1}
    assert desk.owned.run(dead.id).counts == {RecordState.INTERRUPTED: 1}
    wire.script(said(GOOD), provider="openai")
    extractor.read_again(desk.owned.owner, dead)
    until(extractor.idle)
    assert desk.owned.run(dead.id).counts == {RecordState.DONE: 1}


def test_a_process_of_another_machine_that_went_silent_is_gone(desk: Desk, extractor: Extractor) -> None:
    run = run_of(desk)
    (head,) = desk.owned.queue(run.id)
    desk.owned.claim_record(head.id, "another-host:1:token.x")
    extractor.go_on()
    assert desk.owned.record(head.id).state is RecordState.RUNNING, "it may live: it began just now"
    silent = datetime.now(UTC) - timedelta(seconds=SILENT_SECONDS + 1)
    with writing(desk.store._engine) as session:
        session.execute(update(RecordRow).where(RecordRow.id == head.id).values(updated=silent))
    extractor.go_on()
    assert desk.owned.record(head.id).state is RecordState.INTERRUPTED


def test_saved_while_it_is_checked_it_is_checked_once_more(
    desk: Desk, wire: WireServer, extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.script(said(GOOD), provider="openai")
    run = run_of(desk)
    table = reviewing.Desk(desk.owned, extractor.checker, run, "ann")
    check = extractor.checker.check
    seen: list[int] = []

    def while_she_accepts(*given: Any, **named: Any) -> Checks:
        (record,) = desk.owned.records(run.id)
        seen.append(record.version)
        if len(seen) == 1:
            reviewing.review(table, record.id, record.version, reviewing.Edit(looked=(("vendor",),)))
        return check(*given, **named)

    monkeypatch.setattr(extractor.checker, "check", while_she_accepts)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    (record,) = desk.owned.records(run.id)
    assert (len(seen), record.version) == (2, seen[1])
    assert record.checked
    assert record.supports[("date",)].mark is Mark.READ


def test_a_second_opinion_casts_doubt_on_what_differs(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(said(GOOD), provider="openai")
    run = run_of(desk)
    extractor.begin(desk.owned.owner, run)
    until(extractor.idle)
    (record,) = desk.owned.records(run.id)
    wire.script(said({**GOOD, "total": 15.5}), provider="gemini")
    extractor.ask_opinion(desk.owned.owner, record, WORD["gemini"])
    until(extractor.idle)
    (after,) = desk.owned.records(run.id)
    (disagree,) = [one.path for one in after.doubts if Reason.DISAGREE in {reason for reason, _ in one.reasons}]
    assert disagree == ("total",)
    assert after.version == record.version, "nobody's form is out of date because of it"
    assert after.score > record.score


def test_a_fault_of_ours_ends_an_opinion_in_words(
    desk: Desk, extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(desk)
    (record,) = desk.owned.records(run.id)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("vision.extracting.extractor.Reader.read", broken)
    extractor.ask_opinion(desk.owned.owner, record, WORD["gemini"])
    until(extractor.idle)
    opinion = desk.owned.opinion(record.id)
    assert opinion is not None
    assert opinion.state is RecordState.FAILED
    assert "went wrong inside Loupe" in opinion.sentence


def test_closing_waits_for_no_silent_connection(desk: Desk, wire: WireServer, extractor: Extractor) -> None:
    wire.script(Play(chunks=('{"vendor": "', "B"), hold_before=(1,)), provider="openai")
    run = run_of(desk)
    extractor.begin(desk.owned.owner, run)
    wire.wait_held(1)
    began = time.monotonic()
    extractor.close()
    wire.release()
    assert time.monotonic() - began < 3
    (record,) = desk.owned.records(run.id)
    assert (record.state, record.sentence) == (RecordState.INTERRUPTED, INTERRUPTED)


def test_many_documents_are_begun_and_listed_in_few_statements(desk: Desk) -> None:
    page = desk.page()
    documents = [Document(f"receipt {number}", (page.id,)) for number in range(2_000)]
    statements: list[str] = []

    def listen(*given: Any) -> None:
        statements.append(given[2])

    event.listen(desk.store._engine, "before_cursor_execute", listen)
    try:
        run = desk.owned.create_run(RECEIPT, documents, choice="balanced", detail=Detail.NORMAL)
        records = desk.owned.records(run.id)
    finally:
        event.remove(desk.store._engine, "before_cursor_execute", listen)
    assert [one.position for one in records] == list(range(2_000))
    assert all([found.id for found in one.pictures] == [page.id] for one in records)
    assert len(statements) < 40
    assert max(text.count("?") for text in statements if text.startswith("SELECT")) < 999
    with pytest.raises(NotThere):
        desk.owned.create_run(RECEIPT, [Document("x", ("nowhere",))], choice="balanced", detail=Detail.NORMAL)
