"""What goes wrong around a run: it costs nothing that was done, and never leaves it standing without a word."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from pydantic import SecretStr

from tests.batch.desk import GPT, OWNER, BatchDesk
from tests.images.documents import pdf
from tests.wire import Fault, Play
from tests.wire.server import KEYS
from vision.batch import items
from vision.batch.workflows import Workflows
from vision.errors import DiskFull, StoreError
from vision.fields.model import Field, FieldSet, Kind
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.settings import Typed
from vision.store import OwnedStore
from vision.store.batch_records import RunState
from vision.store.extract_records import ALL_PAGES, Document, RecordState, Verdict
from vision.store.reviews import Act, Saved
from vision.store.runs import Checks

FIELDS = FieldSet("Receipt", (Field("total", Kind.NUMBER, needed=True),))
GONE = f"{socket.gethostname()}:{2**22 + 1}:dead.1"  # a worker of no process
DOWN = Play(fault=Fault("drop"))


def test_a_retry_within_a_trial_stays_within_it(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.script(Play(ending="refusal"))
    run = desk.begin(desk.pictures(12), trial=3, parallel=1)
    desk.until_state(run, RunState.TRIED)
    assert desk.counts(run) == {"done": 2, "failed": 1, "waiting": 9}
    assert desk.batches.retry(OWNER, run.id) == 1
    desk.over(run)
    assert (desk.state(run), desk.counts(run)) == (RunState.TRIED, {"done": 3, "waiting": 9})
    assert desk.batches.go_on(OWNER, run.id, whole=True)
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 12}


def test_an_item_that_nobody_can_take_fails_and_the_others_go_on(desk: BatchDesk) -> None:
    desk.drive()
    ids = [one.picture_ids[0] for one in desk.pictures(60)]
    heavy = Document("heavy.pdf", tuple(ids * 40))  # far more pictures than any request holds
    run = desk.begin([heavy, *desk.pictures(4, 100)], choice="quick")
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 4, "failed": 1}
    first = next(iter(desk.owned.all_lines(run.id)))
    assert "pictures" in first.sentence


def test_what_the_engine_could_not_take_is_handed_over_again(desk: BatchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    add, failures = Workflows.add, iter([True, False, True])

    def failing(self: Workflows, owner: str, run_id: str, record_id: str) -> None:
        if next(failures, False):
            raise OSError("no space left")
        add(self, owner, run_id, record_id)

    monkeypatch.setattr(Workflows, "add", failing)
    desk.drive()
    run = desk.begin(desk.pictures(6))
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 6}


def test_an_answer_is_kept_through_a_full_disk(desk: BatchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    end, failures = OwnedStore.end_record, iter([True, True])

    def failing(self: OwnedStore, *given: Any) -> bool:
        if next(failures, False):
            raise DiskFull("The disk is full.")
        return end(self, *given)

    monkeypatch.setattr(OwnedStore, "end_record", failing)
    monkeypatch.setattr(items, "WRITE_AGAIN_SECONDS", 0.05)
    desk.drive()
    run = desk.begin(desk.pictures(4))
    desk.until_state(run, RunState.DONE)
    assert (desk.counts(run), len(desk.wire.requests)) == ({"done": 4}, 4)


def test_a_disk_that_stays_full_pauses_the_run_with_its_reason(
    desk: BatchDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: OwnedStore, *given: Any) -> bool:
        raise StoreError("The disk is full: make room, then go on.")

    monkeypatch.setattr(items, "WRITE_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr("vision.batch.driver.FREE_SECONDS", 0.1)
    with monkeypatch.context() as patch:
        patch.setattr(OwnedStore, "end_record", failing)
        desk.drive()
        run = desk.begin(desk.pictures(4), parallel=1)
        desk.until_state(run, RunState.PAUSED)
        batch = desk.owned.batch(run.id)
        assert batch is not None
        assert batch.reason == "The disk is full: make room, then go on."
        desk.until(lambda: desk.counts(run) == {"waiting": 4})  # nobody keeps it in hand
    assert desk.batches.go_on(OWNER, run.id)
    desk.until_state(run, RunState.DONE)
    assert desk.counts(run) == {"done": 4}


@pytest.mark.parametrize("act", ["pause", "stop"])
def test_killed_after_pause_or_stop_nothing_stays_in_hand(desk: BatchDesk, act: str) -> None:
    run = desk.begin(desk.pictures(5))
    (first, *_) = desk.owned.next_items(run.id, 1)
    assert desk.owned.claim_item(first, GONE)
    getattr(desk.batches, act)(OWNER, run.id)
    desk.drive()
    desk.until(lambda: "running" not in desk.counts(run))
    assert desk.counts(run) == ({"waiting": 5} if act == "pause" else {"stopped": 5})


@pytest.mark.long
def test_a_service_that_is_down_costs_nothing_and_comes_back(desk: BatchDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.routing.health.LEFT_OUT_SECONDS", 0.3)
    desk.drive()
    desk.wire.always(DOWN)
    run = desk.begin(desk.pictures(20))
    desk.wire.wait_requests(24, timeout=60)  # several trials of the breaker
    batch, counts = desk.owned.batch(run.id), desk.counts(run)
    assert batch is not None
    assert batch.state is RunState.RUNNING
    assert counts.get("failed", 0) <= 2  # those that met it before the breaker knew
    desk.until(lambda: bool((now := desk.owned.batch(run.id)) and now.reason))
    desk.wire.always(Play(chunks=("Yes.",)))
    desk.until_state(run, RunState.DONE, 60)
    assert desk.counts(run).get("done", 0) >= 18
    ended = desk.owned.batch(run.id)
    assert ended is not None
    assert ended.reason == ""


def test_a_key_of_another_loupe_is_asked_for(desk: BatchDesk) -> None:
    run = desk.begin(desk.pictures(2))
    assert desk.owned.go_on_with_run(run.id, key_holder="another-machine:17:abc")
    desk.drive()
    desk.until_state(run, RunState.NEEDS_KEY)
    assert not desk.wire.requests


def test_another_model_takes_the_typed_key_along_and_another_tab_does_not_take_it_away(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.begin([*desk.pictures(2)], choice="reader")
    desk.over(run)
    record_id = desk.owned.records(run.id)[0].id
    failed = {"state": RecordState.FAILED, "data": {}}
    desk.owned._changed(record_id, tuple(RecordState), failed)
    desk.wire.keys["openai"] = "sk-typed-0123456789abcdef"
    try:
        typed = Typed({"openai": SecretStr("sk-typed-0123456789abcdef")})
        assert desk.batches.retry(OWNER, run.id, choice=GPT, typed=typed) == 1
        desk.batches.pause(OWNER, run.id)
        desk.batches.go_on(OWNER, run.id)  # from a tab without the key
        desk.until_state(run, RunState.DONE)
    finally:
        desk.wire.keys["openai"] = KEYS["openai"]
    assert next(one.model for one in desk.owned.all_lines(run.id)) == GPT


def test_what_was_filled_in_by_hand_is_not_written_over_by_its_twin(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.script(Play(ending="refusal"))
    desk.wire.always(Play(chunks=('{"total": 12.5}',)))
    (one,) = desk.pictures(1)
    run = desk.begin([one, Document("again.png", one.picture_ids)], fields=FIELDS)
    desk.over(run)
    first, twin = desk.owned.records(run.id)
    assert (first.state, twin.state) == (RecordState.FAILED, RecordState.FAILED)
    saved = Saved({"total": 99}, Verdict.ACCEPTED, Checks({}, (), 0.0))
    desk.owned.save_review(twin.id, twin.version, saved, [Act("corrected", ("total",), None, 99)], who="ann")
    assert desk.batches.retry(OWNER, run.id) == 1
    desk.over(run)
    first, twin = desk.owned.records(run.id)
    assert (first.data, twin.data, twin.verdict) == ({"total": 12.5}, {"total": 99}, Verdict.ACCEPTED)


def test_a_twin_is_searched_for_its_values_as_well(desk: BatchDesk) -> None:
    desk.drive()
    desk.wire.always(Play(chunks=('{"total": 12.5}',)))
    (one,) = desk.pictures(1)
    run = desk.begin([one, Document("again.png", one.picture_ids)], fields=FIELDS)
    desk.over(run)
    desk.until(lambda: all(each.checked for each in desk.owned.all_lines(run.id)))


def test_what_she_changed_meanwhile_is_not_undone_by_an_older_item(desk: BatchDesk) -> None:
    run = desk.begin(desk.pictures(2))
    (before,) = desk.store.active_runs()
    assert desk.batches.go_on(OWNER, run.id, parallel=2)
    (after,) = desk.store.active_runs()
    assert not desk.owned.move_run(run.id, RunState.CAPPED, [RunState.RUNNING], as_of=before.updated)
    assert desk.owned.move_run(run.id, RunState.CAPPED, [RunState.RUNNING], as_of=after.updated)


def test_pages_of_a_file_are_opened_when_it_is_their_turn(desk: BatchDesk) -> None:
    stored = add_picture(desk.owned, pdf(pages=3), "three.pdf", OpenLimits())
    each = [Document(f"three.pdf, page {number}", (stored.id,), page=number) for number in (1, 2, 3)]
    run = desk.begin([*each, Document("three.pdf", (stored.id,), page=ALL_PAGES)], parallel=1)
    desk.drive()
    desk.over(run)
    assert desk.counts(run) == {"done": 4}
    assert [len(one.pictures) for one in desk.wire.requests] == [1, 1, 1, 3]
