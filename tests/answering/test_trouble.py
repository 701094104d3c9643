"""What must not leave an answer running for ever: bugs, full disks, dead processes; what must not stay in memory."""

from __future__ import annotations

import json
import logging
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.answering.conftest import engine_of
from tests.answering.talks import CLAUDE, GEMINI, GPT, LOCAL, OWNER, Talks, drawn
from tests.wire import Play, WireServer
from vision.answering import engine as engine_module
from vision.answering import worker as worker_module
from vision.answering.worker import INTERRUPTED
from vision.answering.workers import SILENT_SECONDS, is_dead, me, new_worker
from vision.messages import Answer, Delta, Detail, Request
from vision.models.catalog import Catalogue, Model
from vision.settings import Settings, Typed
from vision.store import State, Store
from vision.store.records import Start

ROOT = Path(__file__).resolve().parents[2]


class Buggy:
    """A provider with a bug of our own: it raises what the protocol does not allow, with a key in its words."""

    name = "openai"

    def stream(self, request: Request) -> Iterator[Delta | Answer]:
        yield Delta("So far")
        raise RuntimeError("bug while sending sk-planted-secret-000")

    def check(self) -> tuple[str, ...]:
        return ()


class Endless(Buggy):
    """Ends without an Answer."""

    def stream(self, request: Request) -> Iterator[Delta | Answer]:
        yield Delta("So far")


@pytest.mark.parametrize("provider", [Buggy(), Endless()])
def test_a_bug_is_a_sentence_and_never_a_running_answer(
    store: Store, caplog: pytest.LogCaptureFixture, provider: Buggy
) -> None:
    def connect(model: Model, typed: Typed, catalogue: Catalogue) -> Buggy:
        return provider

    engine = engine_of(store, Settings(), connect)
    talks = Talks(store, engine)
    with caplog.at_level(logging.ERROR):
        failed = talks.answered("Hello?", model=GPT)
    assert (failed.state, failed.text) == (State.FAILED, "So far")
    assert failed.sentence.startswith("Something went wrong inside Loupe (")
    assert "sk-planted" not in caplog.text + failed.sentence
    engine.close()


def test_half_a_character_of_a_real_service_ends_like_any_other(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(ending="refusal", refusal="No. \ud83d"))
    refused = talks.answered("Hello?", model=GPT)
    assert (refused.state, refused.explanation) == (State.REFUSED, "OpenAI declined to answer this: No. ?")


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
def test_characters_that_came_in_halves_go_back_whole(wire: WireServer, talks: Talks, model: str) -> None:
    wire.script(Play(chunks=("ok \ud83d", "\ude00 done \ud83d")))
    answer = talks.answered("Hello?", model=model)
    assert (answer.state, answer.text) == (State.COMPLETE, "ok \U0001f600 done ")
    assert talks.answered("Sure?", model=model).state is State.COMPLETE
    assert "ok \U0001f600 done" in json.dumps(wire.requests[-1].body, ensure_ascii=False)


@pytest.mark.parametrize("broken", [("finish_answer",), ("finish_answer", "fail_answer"), ("save_text",)])
def test_a_bug_while_writing_never_leaves_a_running_answer(
    wire: WireServer, store: Store, talks: Talks, monkeypatch: pytest.MonkeyPatch, broken: tuple[str, ...]
) -> None:
    def bug(*_: object, **__: object) -> None:
        raise RuntimeError("bug")

    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    with monkeypatch.context() as patch:
        for name in broken:
            patch.setattr(type(talks.owned), name, bug)
        answer_id = talks.ask("Count.")
        live = talks.live(answer_id)
        if broken != ("save_text",):
            wire.wait_held()
            until = time.monotonic() + 10
            while talks.owned.answer(answer_id).text != "One " and time.monotonic() < until:
                time.sleep(0.02)  # until the words that came are kept
            wire.release()
        assert live.wait_for(lambda: live.done, 10)
    assert (live.error or "").startswith("Something went wrong inside Loupe (RuntimeError")
    assert live.unsaved is ("fail_answer" in broken)
    if live.unsaved:
        assert talks.engine.recover() == 1
    kept = talks.owned.answer(answer_id)
    assert kept.state is (State.INTERRUPTED if live.unsaved else State.FAILED)
    assert kept.text.startswith("One ")


def test_no_thread_for_a_worker_is_a_sentence(wire: WireServer, talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(worker_module.Worker, "start", no_more)
        failed = talks.answered("Hello?")
    assert failed.state is State.FAILED
    assert talks.answered("Hello?").state is State.COMPLETE


def test_an_answer_that_has_only_just_begun_is_not_called_dead(
    wire: WireServer, store: Store, talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is there before its worker is, however long it takes until then."""
    ask, found = type(talks.owned).ask, []

    def slow(*args: object) -> object:
        asked = ask(*args)  # type: ignore[arg-type]
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE answer SET updated = '2026-01-01 00:00:00.000000'")
        found.append(talks.engine.recover())
        return asked

    monkeypatch.setattr(type(talks.owned), "ask", slow)
    assert talks.answered("Hello?").state is State.COMPLETE
    assert found == [0]


@pytest.fixture
def full(store: Store) -> Iterator[threading.Event]:
    """Once set, new connections of the store find no room (SQLITE_FULL)."""
    is_full = threading.Event()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        if is_full.is_set():
            connection.execute("PRAGMA max_page_count=1")

    event.listen(store._engine, "connect", limit)
    yield is_full
    event.remove(store._engine, "connect", limit)


def test_full_disk_is_told_and_the_answer_is_saved_once_there_is_room(
    wire: WireServer, store: Store, talks: Talks, full: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "SAVE_AGAIN_SECONDS", 0.05)
    long = "word " * 20_000
    wire.script(Play(chunks=("One ", long, "end."), hold_before=(1, 2)))
    answer_id = talks.ask("Write.", talks.picture(), model=LOCAL)
    live = talks.live(answer_id)
    assert live.wait_for(lambda: live.text == "One ", 10)
    full.set()
    store._engine.dispose()
    wire.release()
    assert live.wait_for(lambda: live.error is not None, 10)
    assert "disk is full" in (live.error or "")
    assert live.text == "One " + long  # still read on the page
    wire.wait_held()
    wire.release()
    assert live.wait_for(lambda: live.unsaved, 10)
    assert "disk is full" in (live.error or "")
    assert (live.text, live.closed) == ("One " + long + "end.", True)
    assert not live.done  # the row still says that it is running
    full.clear()
    store._engine.dispose()
    assert live.wait_for(lambda: live.done, 10)
    assert (live.error, live.unsaved) == (None, False)
    kept = talks.owned.answer(answer_id)
    assert (kept.state, kept.text) == (State.COMPLETE, "One " + long + "end.")
    assert talks.answered("And now?", model=LOCAL).state is State.COMPLETE  # the engine lives


ASKS_AND_DIES = """
import os, sys, time
from vision.answering.engine import Engine
from vision.models.catalog import load_catalogue
from vision.settings import Settings
from vision.store import Store
database, blobs, picture = sys.argv[1:]
store = Store.open(database, blobs)
engine = Engine(store, Settings(), load_catalogue())
owned = store.of("local")
answer = engine.ask("local", owned.create_conversation().id, "Count.", [picture], model="compatible:llava:7b")
live = engine.live(answer)
while live.text != "One ":
    live.wait_beyond(len(live.text), 1)
while owned.answer(answer).text != "One ":
    time.sleep(0.01)
print(answer, flush=True)
time.sleep(60)
"""


def test_killed_in_mid_answer_it_is_interrupted_with_its_text(wire: WireServer, store: Store, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    addresses = (str(store._engine.url), Path(store.blobs.path("0" * 64) or "").parents[2].as_uri())
    command = [sys.executable, "-c", ASKS_AND_DIES, *addresses, talks.picture().id]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answer_id = process.stdout.readline().strip()
        assert talks.engine.recover() == 0  # alive
        process.kill()
    assert talks.engine.recover("somebody else") == 0
    assert talks.engine.recover() == 1
    interrupted = talks.owned.answer(answer_id)
    assert (interrupted.state, interrupted.text, interrupted.sentence) == (State.INTERRUPTED, "One ", INTERRUPTED)
    wire.release()
    again = talks.end(talks.engine.ask_again(OWNER, interrupted.turn_id, model=LOCAL))
    assert again.state is State.COMPLETE


def test_an_answer_that_another_process_writes_is_stopped(wire: WireServer, store: Store, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    addresses = (str(store._engine.url), Path(store.blobs.path("0" * 64) or "").parents[2].as_uri())
    command = [sys.executable, "-c", ASKS_AND_DIES, *addresses, talks.picture().id]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answer_id = process.stdout.readline().strip()
        talks.engine.stop("somebody else", answer_id)
        talks.engine.stop(OWNER, answer_id)
        assert wire.requests[-1].left.wait(10)  # it hears of it with its next sign of life
        until = time.monotonic() + 10
        while talks.owned.answer(answer_id).state is State.RUNNING and time.monotonic() < until:
            time.sleep(0.02)
        stopped = talks.owned.answer(answer_id)
        process.kill()
    assert (stopped.state, stopped.text) == (State.STOPPED, "One ")


def test_a_question_is_not_held_up_by_a_dead_workers_answer(wire: WireServer, store: Store, talks: Talks) -> None:
    start = Start("openai", GPT, Detail.NORMAL, f"{socket.gethostname()}:4194999:abc")
    talks.conversation_id = talks.owned.create_conversation().id
    _, answer_id = talks.owned.ask(talks.conversation_id, "q", [], start)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE answer SET updated = '2026-01-01 00:00:00.000000'")
    assert talks.answered("Hello?").state is State.COMPLETE
    assert talks.owned.answer(answer_id).state is State.INTERRUPTED


def test_running_answers_of_this_process_are_left_alone(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(hold_before=(0,)))
    answer_id = talks.ask("Count.", talks.picture())
    wire.wait_held()
    assert talks.engine.recover() == 0
    wire.release()
    assert talks.end(answer_id).state is State.COMPLETE


def test_row_that_nobody_writes_any_more_is_recovered(store: Store, talks: Talks) -> None:
    """Our own process gave up on it (the disk stayed full): no heartbeat, no worker."""
    owned = talks.owned
    start = Start("openai", GPT, Detail.NORMAL, new_worker())
    _, answer_id = owned.ask(owned.create_conversation().id, "q", [], start)
    assert talks.engine.recover() == 0  # just begun
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE answer SET updated = '2026-01-01 00:00:00.000000'")
    assert talks.engine.recover() == 1
    assert owned.answer(answer_id).state is State.INTERRUPTED


@pytest.mark.parametrize(
    ("worker", "silent", "dead"),
    [
        (me(), 1e6, False),
        (new_worker(), 1e6, False),
        ("elsewhere:1:abc", 1.0, False),
        ("elsewhere:1:abc", SILENT_SECONDS + 1, True),
        (f"{socket.gethostname()}:{me().split(':')[-2]}:other-token", 0.0, True),  # our number, used before
        (f"{socket.gethostname()}:4194999:abc", 0.0, sys.platform != "win32"),  # beyond every process number
        (f"{socket.gethostname()}:1:abc", 0.0, False),
        ("nonsense", 0.0, False),
    ],
    ids=["me", "one of ours", "elsewhere", "silent", "our number before", "gone", "alive", "nonsense"],
)
def test_who_is_dead(worker: str, silent: float, dead: bool) -> None:
    now = datetime.now(UTC)
    assert is_dead(worker, now - timedelta(seconds=silent), now) is dead


def test_done_answers_leave_memory(wire: WireServer, talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [talks.answered("Hello?").id for _ in range(3)]
    assert talks.engine.live(ids[0]) is not None
    monkeypatch.setattr(engine_module, "KEEP_DONE_SECONDS", -1.0)
    assert all(talks.engine.live(answer_id) is None for answer_id in ids)


def test_stop_during_preparation(wire: WireServer, talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop before anything was sent: nothing is sent, and nothing is counted as an attempt."""
    picture = talks.picture()
    going, go = threading.Event(), threading.Event()
    turns = type(talks.owned).turns

    def slow(*args: object) -> object:
        going.set()
        assert go.wait(10)
        return turns(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(talks.owned), "turns", slow)
    answer_id = talks.ask("Hello?", picture)
    assert going.wait(10)
    talks.engine.stop(OWNER, answer_id)
    stopped = talks.end(answer_id, seconds=5)
    assert (stopped.state, stopped.text, stopped.attempts) == (State.STOPPED, "", ())
    go.set()
    assert wire.requests == []


def test_many_answers_at_once(wire: WireServer, talks: Talks) -> None:
    picture = talks.picture()
    owned = talks.owned
    ids = [
        talks.engine.ask(OWNER, owned.create_conversation().id, f"Question {n}", [picture.id], model=LOCAL)
        for n in range(12)
    ]
    answers = [talks.end(answer_id) for answer_id in ids]
    assert [answer.state for answer in answers] == [State.COMPLETE] * 12
    assert all(f"Question {n}" in answer.text for n, answer in enumerate(answers))


def test_damaged_stored_picture_is_a_sentence(wire: WireServer, store: Store, talks: Talks) -> None:
    picture = talks.picture()
    store.blobs.delete(picture.picture.sha256)
    failed = talks.answered("What is it?", picture)
    assert failed.state is State.FAILED
    assert "add it again" in failed.sentence
    again = talks.picture()  # and adding it again does bring it back
    assert again.id == picture.id
    assert talks.answered("What is it?").state is State.COMPLETE
    assert drawn("TOTAL 12.50") == talks.owned.picture_bytes(picture.id)
