"""A run from its beginning to its end, with everything that can be done in the middle of it."""

from __future__ import annotations

import socket
from decimal import Decimal

import pytest
from pydantic import SecretStr

from tests.batch.desk import CLAUDE, GPT, OWNER, QUESTION, BatchDesk
from tests.wire import Play
from tests.wire.server import KEYS
from vision.answering.workers import me
from vision.fields.model import Field, FieldSet, Kind
from vision.settings import Typed
from vision.store.batch_records import RunState
from vision.store.extract_records import Document

HELD = Play(chunks=("Yes.",), hold_before=(0,))


def test_every_picture_is_asked_once_and_answered(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.begin(desk.pictures(12))
    ended = desk.over(run)
    assert ended.batch is not None
    assert (ended.batch.state, ended.batch.told, desk.counts(run)) == (RunState.DONE, False, {"done": 12})
    assert len(desk.wire.requests) == 12
    lines = list(desk.owned.all_lines(run.id))
    assert [one.name for one in lines] == [f"scans/{number}.png" for number in range(12)]
    assert all(one.text and one.provider == "openai" and one.cost_usd for one in lines)
    assert {one.question for one in desk.wire.requests} == {QUESTION}
    spent = desk.owned.spent_in_run(run.id)
    assert spent.spent == sum(one.cost_usd or 0 for one in lines)
    assert not spent.reserved


def test_one_after_the_other_comes_in_order(desk: BatchDesk) -> None:
    desk.drive()
    documents = desk.pictures(6)
    run = desk.begin(documents, parallel=1)
    desk.over(run)
    sent = [one.sent_sha256 for one in desk.owned.records(run.id)]
    assert [tuple(each.sha256 for each in one.pictures) for one in desk.wire.requests] == sent
    assert len(set(sent)) == 6


def test_the_same_picture_twice_is_asked_once_and_shown_twice(desk: BatchDesk) -> None:
    desk.drive()
    one, other = desk.pictures(2)
    run = desk.begin([one, other, Document("again.png", one.picture_ids)])
    desk.over(run)
    first, _, again = desk.owned.all_lines(run.id)
    assert len(desk.wire.requests) == 2
    assert desk.counts(run) == {"done": 3}
    assert (again.text, again.model, again.cost_usd, again.same_as) == (first.text, first.model, Decimal(0), first.id)


def test_a_file_that_is_no_picture_is_a_line_with_its_reason(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.begin([*desk.pictures(2), Document("notes.txt", (), sentence="notes.txt is no picture.")])
    desk.over(run)
    assert desk.counts(run) == {"done": 2, "skipped": 1}
    assert list(desk.owned.all_lines(run.id))[-1].sentence == "notes.txt is no picture."


def test_pause_lets_what_is_under_way_finish_and_go_on_goes_on(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.always(HELD)
    run = desk.begin(desk.pictures(10))
    desk.wire.wait_held(4)
    assert desk.batches.pause(OWNER, run.id)
    assert desk.state(run) is RunState.PAUSED
    desk.wire.always(Play(chunks=("No.",)))
    desk.wire.release()
    desk.over(run)
    assert desk.counts(run) == {"done": 4, "waiting": 6}
    assert desk.batches.go_on(OWNER, run.id)
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 10}
    assert len(desk.wire.requests) == 10
    assert [one.text for one in desk.owned.all_lines(run.id)] == ["Yes."] * 4 + ["No."] * 6


def test_stop_counts_what_is_under_way_and_what_was_stopped_can_be_asked(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.always(HELD)
    run = desk.begin(desk.pictures(10))
    desk.wire.wait_held(4)
    desk.batches.stop(OWNER, run.id)
    desk.wire.always(Play(chunks=("No.",)))
    desk.wire.release()
    desk.over(run)
    assert (desk.state(run), desk.counts(run)) == (RunState.STOPPED, {"done": 4, "stopped": 6})
    assert desk.batches.retry(OWNER, run.id) == 6
    desk.until_state(run, RunState.DONE)
    assert (desk.counts(run), len(desk.wire.requests)) == ({"done": 10}, 10)


def test_what_failed_is_tried_again_by_its_reason_and_with_another_model(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.script(Play(ending="refusal"), Play(ending="refusal"), Play(ending="blocked_output"))
    run = desk.begin(desk.pictures(6), parallel=1)
    desk.over(run)
    assert desk.counts(run) == {"failed": 3, "done": 3}
    kinds = {one.outcome: one.count for one in desk.owned.failures(run.id)}
    assert kinds == {"refused": 2, "blocked": 1}
    assert desk.batches.retry(OWNER, run.id, outcomes=["refused"]) == 2
    desk.over(run)
    assert desk.counts(run) == {"failed": 1, "done": 5}
    assert desk.batches.retry(OWNER, run.id, choice=CLAUDE) == 1
    desk.over(run)
    assert desk.counts(run) == {"done": 6}
    assert [one.model for one in desk.owned.all_lines(run.id)] == [GPT, GPT, CLAUDE, GPT, GPT, GPT]
    assert len(desk.wire.requests) == 9


def test_a_line_that_waited_for_the_same_picture_is_tried_by_itself(desk: BatchDesk) -> None:
    desk.drive()
    (one,) = desk.pictures(1)
    desk.wire.script(Play(ending="refusal"))
    run = desk.begin([one, Document("again.png", one.picture_ids)])
    desk.over(run)
    assert desk.counts(run) == {"failed": 2}
    again = list(desk.owned.all_lines(run.id))[1]
    assert desk.batches.retry(OWNER, run.id, ids=[again.id]) == 1
    desk.over(run)
    assert desk.counts(run) == {"failed": 1, "done": 1}
    assert len(desk.wire.requests) == 2


def test_the_cap_stands_the_run_still_before_it_is_passed_and_a_higher_one_goes_on(desk: BatchDesk) -> None:
    desk.drive()
    desk.over(desk.begin(desk.pictures(1)))
    (first,) = desk.owned.ledger()
    assert first.settled is not None
    assert first.settled.cost is not None
    assert first.spending.upper is not None
    cost, upper = first.settled.cost, first.spending.upper
    cap = upper + cost * Decimal("2.5")  # room for the upper price of the third, not of the fourth
    run = desk.begin(desk.pictures(12, 100), cap_usd=cap)
    desk.until_state(run, RunState.CAPPED)
    desk.over(run)
    spent = desk.owned.spent_in_run(run.id)
    assert desk.counts(run) == {"done": 3, "waiting": 9}
    assert not spent.reserved
    assert spent.spent <= cap < spent.spent + upper
    reason = desk.owned.run(run.id).batch
    assert reason is not None
    assert "cap" in reason.reason
    assert desk.batches.go_on(OWNER, run.id, cap_usd=cap * 50, new_cap=True)
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 12}


def test_a_trial_stands_still_after_the_first_and_goes_on_with_all(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.begin(desk.pictures(8), trial=3)
    desk.until_state(run, RunState.TRIED)
    assert desk.counts(run) == {"done": 3, "waiting": 5}
    assert desk.batches.go_on(OWNER, run.id, whole=True)
    desk.until_state(run, RunState.DONE)
    assert (desk.counts(run), len(desk.wire.requests)) == ({"done": 8}, 8)


def test_a_key_that_is_refused_pauses_the_run_and_fails_nothing(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.keys["openai"] = "sk-another-0123456789abcdef"
    try:
        run = desk.begin(desk.pictures(12))
        desk.until_state(run, RunState.PAUSED)
        desk.over(run)
    finally:
        desk.wire.keys["openai"] = KEYS["openai"]
    batch = desk.owned.batch(run.id)
    assert batch is not None
    assert "key" in batch.reason
    assert desk.counts(run) == {"waiting": 12}
    assert desk.batches.go_on(OWNER, run.id)
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 12}


def test_a_typed_key_that_is_gone_is_asked_for_again(desk: BatchDesk) -> None:
    documents = desk.pictures(4)
    run = desk.begin(documents)
    gone = f"{socket.gethostname()}:{2**22 + 1}:dead"  # no such process
    assert desk.owned.go_on_with_run(run.id, key_holder=gone)
    desk.drive()
    desk.until_state(run, RunState.NEEDS_KEY)
    assert len(desk.wire.requests) == 0
    desk.wire.keys["openai"] = "sk-typed-0123456789abcdef"
    try:
        typed = Typed({"openai": SecretStr("sk-typed-0123456789abcdef")})
        assert desk.batches.go_on(OWNER, run.id, typed=typed)
        batch = desk.owned.batch(run.id)
        assert batch is not None
        assert batch.terms.key_holder == me()
        desk.until_state(run, RunState.DONE)
    finally:
        desk.wire.keys["openai"] = KEYS["openai"]
    assert desk.counts(run) == {"done": 4}
    assert b"sk-typed" not in (desk.folder / "loupe.db").read_bytes() + (desk.folder / "engine.db").read_bytes()


def test_a_set_of_fields_is_read_from_each_and_searched_for_later(desk: BatchDesk) -> None:
    desk.drive()
    fields = FieldSet("Receipt", (Field("total", Kind.NUMBER, needed=True),))
    desk.wire.always(Play(chunks=('{"total": 12.5}',)))
    run = desk.begin(desk.pictures(3), fields=fields, question="Totals include tax.")
    desk.over(run)
    lines = list(desk.owned.all_lines(run.id))
    assert [one.data for one in lines] == [{"total": 12.5}] * 3
    assert all("Totals include tax." in str(one.body) for one in desk.wire.requests)
    desk.until(lambda: all(one.checked for one in desk.owned.all_lines(run.id)))


def test_the_same_run_again_with_another_model(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.begin([*desk.pictures(3), Document("x.txt", (), sentence="x.txt is no picture.")])
    desk.over(run)
    again = desk.batches.run_again(OWNER, run.id, choice=CLAUDE)
    desk.over(again)
    assert desk.counts(again) == {"done": 3, "skipped": 1}
    assert again.batch is not None
    assert again.batch.terms.again_of == run.id
    assert {one.model for one in desk.owned.all_lines(again.id) if one.text} == {CLAUDE}


def test_closed_in_the_middle_and_opened_again(desk: BatchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.batch.driver.FINISH_SECONDS", 0.2)
    desk.drive()
    desk.wire.always(HELD)
    run = desk.begin(desk.pictures(10))
    desk.wire.wait_held(4)
    desk.close()  # who is silent is hung up on
    desk.wire.always(Play(chunks=("No.",)))
    desk.wire.release()
    desk.open()
    assert desk.counts(run) == {"waiting": 10}
    desk.drive()
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 10}
    assert len(desk.wire.requests) == 14


def test_a_run_that_is_deleted_in_the_middle_is_gone(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.always(HELD)
    run = desk.begin(desk.pictures(6))
    desk.wire.wait_held(4)
    desk.owned.delete_run(run.id)
    desk.wire.always(Play(chunks=("Yes.",)))
    desk.wire.release()
    other = desk.begin(desk.pictures(2, 50))
    desk.until_state(other, RunState.DONE)
    assert desk.counts(other) == {"done": 2}
    assert len(desk.wire.requests) == 6
