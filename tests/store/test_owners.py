"""Nobody sees another's rows; equal bytes are kept once and go when the last one lets go."""

from __future__ import annotations

import hashlib
import inspect
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import IntegrityError

from tests.store.conftest import open_store
from tests.store.rows import (
    AT,
    DAY,
    DIFFERENCE,
    FIELDS,
    PREPARED,
    READING,
    REVIEWED,
    START,
    WORKER,
    World,
    a_part,
    answer,
    fill,
    opened,
)  # fmt: skip
from vision.errors import NotThere
from vision.messages import Detail, FollowUp
from vision.store import OwnedStore, Store, Totals
from vision.store.batch_records import RunState
from vision.store.caps import NOTHING
from vision.store.database import writing
from vision.store.extract_records import Document, RecordState
from vision.store.money_records import Caps, Preferences, Settled
from vision.store.records import Standing
from vision.store.runs import Checks
from vision.store.runs import Reading as Read
from vision.store.tables import Base

Call = Callable[[OwnedStore, World], Any]

# Every public method, called by a stranger with the ids of somebody else. NotThere or nothing is all it may give.
BY_A_STRANGER: dict[str, Call] = {
    "find_picture": lambda s, w: s.find_picture(w.picture.picture.sha256),
    "picture": lambda s, w: s.picture(w.picture.id),
    "recent_pictures": lambda s, w: s.recent_pictures(),
    "picture_bytes": lambda s, w: s.picture_bytes(w.picture.id, "preview"),
    "sent_bytes": lambda s, w: s.sent_bytes(w.picture.id, hashlib.sha256(PREPARED.data).hexdigest()),
    "original_bytes": lambda s, w: s.original_bytes(w.picture.id),
    "prepared": lambda s, w: s.prepared(w.picture.id, "key"),
    "keep_prepared": lambda s, w: s.keep_prepared(w.picture.id, "key", PREPARED),
    "difference": lambda s, w: s.difference(w.picture.id, w.picture.id, 1),
    "heat": lambda s, w: s.heat(w.picture.id, w.picture.id, 1),
    "keep_difference": lambda s, w: s.keep_difference(w.picture.id, w.picture.id, 2, DIFFERENCE),
    "conversation": lambda s, w: s.conversation(w.conversation_id),
    "conversations": lambda s, w: s.conversations() + s.conversations(search="total"),
    "rename_conversation": lambda s, w: s.rename_conversation(w.conversation_id, "mine now"),
    "set_choice": lambda s, w: s.set_choice(w.conversation_id, "m", Detail.FINE),
    "delete_conversation": lambda s, w: s.delete_conversation(w.conversation_id),
    "add_turn": lambda s, w: s.add_turn(w.conversation_id, "hello"),
    "ask": lambda s, w: s.ask(w.quiet_id, "hello", [], START),
    "turn": lambda s, w: s.turn(w.turn.id),
    "turns": lambda s, w: s.turns(w.conversation_id),
    "ask_instead": lambda s, w: s.ask_instead(w.turn.id, "changed", START),
    "start_answer": lambda s, w: s.start_answer(w.broken_off.turn_id, START),
    "resume_answer": lambda s, w: s.resume_answer(w.broken_off.id, WORKER),
    "save_text": lambda s, w: s.save_text(w.running.id, WORKER, "changed") is not Standing.LOST,
    "want_stop": lambda s, w: s.want_stop(w.running.id),
    "finish_answer": lambda s, w: s.finish_answer(w.running.id, WORKER, answer()),
    "fail_answer": lambda s, w: s.fail_answer(w.running.id, WORKER, outcome="x", sentence="x", text="x"),
    "answer": lambda s, w: s.answer(w.answer.id),
    "running_answers": lambda s, w: s.running_answers(),
    "interrupt_answer": lambda s, w: s.interrupt_answer(w.running, "x"),
    "answer_items": lambda s, w: s.answer_items(w.conversation_id, "openai", "m-1"),
    "finish_upload": lambda s, w: s.finish_upload(w.upload.id, size=1),
    "fail_upload": lambda s, w: s.fail_upload(w.upload.id, "x"),
    "upload": lambda s, w: s.upload(w.upload.id),
    "uploads": lambda s, w: s.uploads("batch"),
    "upload_totals": lambda s, w: s.upload_totals("batch") != Totals(0, 0),
    "forget_upload": lambda s, w: s.forget_upload(w.upload.id),
    "listed_uploads": lambda s, w: s.listed_uploads("batch"),
    "forget_uploads_of": lambda s, w: s.forget_uploads_of("zips", [w.picture.id]),
    "begin_unpacking": lambda s, w: s.begin_unpacking(w.upload.id, a_part(s), "0" * 64, 1, []),
    "archive_file": lambda s, w: s.archive_file(w.archive.id).close() or True,
    "still_packed": lambda s, w: s.still_packed(w.archive.id),
    "unpacked_so_far": lambda s, w: s.unpacked_so_far(w.archive.id),
    "end_unpacking": lambda s, w: s.end_unpacking(w.archive.id),
    "set_waiting": lambda s, w: s.set_waiting(w.conversation_id, []),
    "waiting": lambda s, w: s.waiting(w.conversation_id),
    "cover": lambda s, w: s.cover(w.conversation_id),
    "answering_with": lambda s, w: s.answering_with(w.running.id, WORKER, "gemini", "m-2"),
    "preferences": lambda s, w: s.preferences() != Preferences(),
    "set_follow_up": lambda s, w: s.set_follow_up(w.conversation_id, FollowUp.DROP),
    "descriptions": lambda s, w: s.descriptions(w.conversation_id),
    "set_description": lambda s, w: s.set_description(w.conversation_id, w.picture.id, "another"),
    "settle": lambda s, w: s.settle(w.ledger_id, Settled("complete", cost=Decimal("0.01"))),
    "close_open": lambda s, w: s.close_open(AT + timedelta(1), w.running.id) + s.close_open(AT + timedelta(1)),
    "left": lambda s, w: s.left(FULL, DAY, w.running.id, "run-1") != 1,
    "spend": lambda s, w: s.spend(DAY, DAY),
    "ledger": lambda s, w: s.ledger() + s.ledger(question=w.running.id) + s.ledger(run="run-1", since=DAY),
    "contest": lambda s, w: s.contest(w.contest.id),
    "contests": lambda s, w: s.contests(),
    "add_round": lambda s, w: s.add_round(w.hidden.id, "Mine?"),
    "copy_conversation": lambda s, w: s.copy_conversation(w.conversation_id),
    "round_of": lambda s, w: s.round_of(w.hidden_turn_id),
    "set_revealed": lambda s, w: s.set_revealed(w.hidden.id),
    "vote": lambda s, w: s.vote(w.contest.id, 2, "tie"),
    "votes": lambda s, w: s.votes() + s.votes(w.contest.id),
    "delete_contest": lambda s, w: s.delete_contest(w.contest.id),
    "create_run": lambda s, w: s.create_run(
        FIELDS, [Document("x", (w.picture.id,))], choice="best", detail=Detail.NORMAL
    ),
    "run": lambda s, w: s.run(w.run.id),
    "runs": lambda s, w: s.runs(),
    "delete_run": lambda s, w: s.delete_run(w.run.id),
    "set_threshold": lambda s, w: s.set_threshold(w.run.id, 0.5),
    "queue": lambda s, w: s.queue(w.run.id),
    "record": lambda s, w: s.record(w.record.id),
    "records": lambda s, w: s.records(w.run.id),
    "claim_record": lambda s, w: s.claim_record(w.records["waiting"], WORKER),
    "end_record": lambda s, w: s.end_record(w.records["running"], WORKER, Read(RecordState.DONE, {"total": 1})),
    "keep_checks": lambda s, w: s.keep_checks(w.record.id, w.record.version, Checks({}, (), 1.0)),
    "read_again": lambda s, w: s.read_again(w.run.id),
    "hold_waiting": lambda s, w: s.hold_waiting(w.run.id, WORKER),
    "stop_run": lambda s, w: s.stop_run(w.run.id),
    "stop_wanted": lambda s, w: not s.stop_wanted(w.records["running"]),  # as of what was deleted
    "unfinished": lambda s, w: s.unfinished(),
    "interrupt_record": lambda s, w: s.interrupt_record(w.records["running"], WORKER, "x"),
    "unchecked": lambda s, w: s.unchecked(),
    "save_review": lambda s, w: s.save_review(w.record.id, w.record.version, REVIEWED, (), who="bob"),
    "changes": lambda s, w: s.changes(w.record.id),
    "judged_records": lambda s, w: s.judged_records(),
    "start_opinion": lambda s, w: s.start_opinion(w.record.id, "best", WORKER, hidden=False),
    "end_opinion": lambda s, w: s.end_opinion(w.opinion_id, Read(RecordState.DONE, {"total": 1})),
    "choose_opinion": lambda s, w: s.choose_opinion(w.opinion_id, {"total": "first"}),
    "opinion": lambda s, w: s.opinion(w.record.id),
    "opinions": lambda s, w: s.opinions(),
    "reading": lambda s, w: s.reading(w.picture.id, 1),
    "keep_reading": lambda s, w: s.keep_reading(w.picture.id, 2, READING),
    "batch": lambda s, w: s.batch(w.batch.id),
    "run_fields": lambda s, w: s.run_fields(w.run.id),
    "move_run": lambda s, w: s.move_run(w.batch.id, RunState.PAUSED, [RunState.RUNNING]),
    "go_on_with_run": lambda s, w: s.go_on_with_run(w.batch.id),
    "stop_batch": lambda s, w: s.stop_batch(w.batch.id),
    "tell_ended": lambda s, w: s.tell_ended(w.ended_batch.id),
    "untold": lambda s, w: s.untold(),
    "next_items": lambda s, w: s.next_items(w.batch.id, 10),
    "picture_sizes": lambda s, w: s.picture_sizes([w.picture.id]),
    "say_of_run": lambda s, w: s.say_of_run(w.batch.id, "Hello."),
    "end_run": lambda s, w: s.end_run(w.batch.id, 0) or s.end_run(w.quick_batch.id, None),
    "twins": lambda s, w: s.twins(w.twin_of),
    "claim_item": lambda s, w: s.claim_item(w.items["waiting"], WORKER),
    "put_back": lambda s, w: s.put_back(w.items["running"], WORKER),
    "in_hand": lambda s, w: s.in_hand(),
    "set_pages": lambda s, w: s.set_pages(w.items["waiting"], [w.picture.id]),
    "retry": lambda s, w: s.retry(w.batch.id),
    "failures": lambda s, w: s.failures(w.batch.id),
    "sums": lambda s, w: s.sums(w.batch.id, AT).asked,
    "spent_in_run": lambda s, w: s.spent_in_run("run-1") != NOTHING,
    "lines": lambda s, w: s.lines(w.batch.id).lines,
    "all_lines": lambda s, w: list(s.all_lines(w.batch.id)),
    "delete_everything": lambda s, w: s.delete_everything(),
}
MAKES_ITS_OWN = {
    *("add_picture", "create_conversation", "begin_upload", "set_preferences", "reserve", "create_contest"),
}
# Sets of fields are the installation's: everybody sees and changes them (tests/store/test_field_sets.py).
SHARED = {"save_set", "version_of", "sets", "set_version", "set_versions", "delete_set"}
FULL: Caps = Caps(question=Decimal(1), run=Decimal(1), day=Decimal(1))


def snapshot(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the first owner."""
    with writing(store._engine) as session:
        tables: list[Table] = Base.metadata.sorted_tables
        return {
            table.name: sorted(map(tuple, session.execute(table.select().where(table.c.owner == "ann"))), key=repr)
            for table in tables
        }


def test_every_public_method_is_in_the_walk() -> None:
    public = {name for name, _ in inspect.getmembers(OwnedStore, inspect.isfunction) if not name.startswith("_")}
    assert public == set(BY_A_STRANGER) | MAKES_ITS_OWN | SHARED


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A folder with all that the first owner has, and what it is: filling takes a third of a second."""
    folder = tmp_path_factory.mktemp("filled")
    store = open_store(folder)
    world = fill(store.of("ann"))
    store.close()
    return folder, world


@pytest.fixture
def filled(filled_once: tuple[Path, World], tmp_path: Path) -> Iterator[tuple[Store, World]]:
    """A copy of it for one test."""
    folder, world = filled_once
    store = open_store(shutil.copytree(folder, tmp_path / "copy"))
    yield store, world
    store.close()


@pytest.mark.parametrize("name", BY_A_STRANGER)
def test_a_stranger_sees_and_changes_nothing(filled: tuple[Store, World], name: str) -> None:
    store, world = filled
    before = snapshot(store)
    try:
        seen = BY_A_STRANGER[name](store.of("bob"), world)
    except NotThere:
        seen = None
    assert not seen
    assert snapshot(store) == before
    assert store.of("ann").picture_bytes(world.picture.id) == b"original"


@pytest.mark.parametrize("name", sorted(set(BY_A_STRANGER) - {"delete_everything"}))
def test_the_walk_can_fail(filled: tuple[Store, World], name: str) -> None:
    """The owner herself gets something from each call, or changes something: else the walk above proves nothing."""
    store, world = filled
    owned = store.of("ann")
    before = snapshot(store)
    assert BY_A_STRANGER[name](owned, world) or snapshot(store) != before or name == "keep_prepared"


def test_a_stranger_cannot_use_anothers_picture(store: Store) -> None:
    world = fill(store.of("ann"))
    bob = store.of("bob")
    talk = bob.create_conversation()
    with pytest.raises(NotThere):
        bob.add_turn(talk.id, "whose?", [world.picture.id])
    assert bob.turns(talk.id) == ()
    with pytest.raises(NotThere):
        bob.create_contest(["m-1"], [world.picture.id])
    assert bob.contests() == ()
    upload = bob.begin_upload("b", "k", "n", 1)
    with pytest.raises(NotThere):
        bob.finish_upload(upload.id, picture_id=world.picture.id)


def test_every_table_has_the_owner() -> None:
    assert all("owner" in table.c and not table.c.owner.nullable for table in Base.metadata.sorted_tables)
    assert {table.name for table in Base.metadata.sorted_tables} >= {
        *("owner", "picture", "prepared", "conversation", "turn", "answer", "attempt", "upload"),
        *("contest", "lane", "vote", "difference"),
    }


def test_the_database_itself_refuses_a_row_inside_anothers(store: Store) -> None:
    world = fill(store.of("ann"))
    store.of("bob").create_conversation()
    sql = text(
        "INSERT INTO turn (id, owner, conversation_id, position, question, created) "
        "VALUES ('x', 'bob', :talk, 9, 'q', '2026-11-22 00:00:00')"
    )
    with pytest.raises(IntegrityError), store._engine.begin() as connection:
        connection.execute(sql, {"talk": world.conversation_id})


def test_equal_bytes_stay_until_the_last_owner_lets_go(store: Store) -> None:
    ann, bob = store.of("ann"), store.of("bob")
    hers, his = (owned.add_picture(opened(b"same"), b"same") for owned in (ann, bob))
    assert ann.picture_bytes(hers.id) == b"same"
    ann.delete_everything()
    assert bob.picture_bytes(his.id) == b"same"
    bob.delete_everything()
    assert list(store.blobs.names()) == []


def test_a_blob_that_other_rows_use_stays(store: Store) -> None:
    owned = store.of("ann")
    picture = owned.add_picture(opened(b"same"), b"same")
    upload = owned.begin_upload("b", "k", "a.jpg", 4)
    owned.finish_upload(upload.id, sha256=picture.picture.sha256)
    owned.forget_upload(upload.id)
    assert owned.picture_bytes(picture.id) == b"same"


def test_delete_everything_is_everything_of_one_owner(store: Store) -> None:
    world = fill(store.of("ann"))
    his = fill(store.of("bob"), b"his")
    store.of("ann").delete_everything()
    assert [name for name, rows in snapshot(store).items() if rows] == ["spend_day"]
    assert store.owners() == ("bob",)
    assert not store.blobs.exists(world.picture.picture.sha256)
    assert store.of("bob").picture_bytes(his.picture.id) == b"his"
    fill(store.of("ann"))  # and she can begin again


def test_sweep_removes_what_no_row_knows(store: Store, tmp_path: Path) -> None:
    world = fill(store.of("ann"))
    orphan = store.blobs.put(b"its process died before the row")
    assert store.sweep() == 0  # young: its row may be on its way
    assert store.sweep(older_than_seconds=0) == 1
    assert not store.blobs.exists(orphan)
    assert store.of("ann").picture_bytes(world.picture.id) == b"original"
