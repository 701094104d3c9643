"""Two at once, killed in the middle, no room left, damaged: nothing that was there is lost, each is one sentence."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event

from tests.store.conftest import open_store
from tests.store.rows import START, WORKER, answer, break_off, fill, opened
from vision.errors import DiskFull, NotThere, StillAnswering, StoreError
from vision.store import OwnedStore, State, Store
from vision.store.blobs import STALE_PART_SECONDS, Blobs
from vision.store.migrating import FOLDER, HEAD
from vision.store.records import Standing
from vision.store.tables import Base

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def writer(folder: Path, rounds: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.writer", str(folder), str(rounds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def check_whole(folder: Path) -> None:
    connection = sqlite3.connect(folder / "loupe.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def test_two_processes_that_start_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    """Both find no database: one makes it, the other waits; then both write through to their end."""
    with writer(tmp_path, 15) as one, writer(tmp_path, 15) as two:
        outputs = [process.communicate(timeout=60) for process in (one, two)]
    assert [error for _, error in outputs] == ["", ""]
    store = open_store(tmp_path)
    owned = store.of("local")
    written = [line.split() for output, _ in outputs for line in output.splitlines()]
    assert len(written) == 30
    for picture_id, answer_id in written:
        assert owned.picture_bytes(picture_id)
        assert owned.answer(answer_id).state is State.COMPLETE
    assert [len(owned.turns(talk.id)) for talk in owned.conversations()] == [15, 15]
    store.close()
    check_whole(tmp_path)


def test_killed_while_writing_it_opens_again_with_all_that_was_done(tmp_path: Path) -> None:
    written: list[str] = []
    for lines in (1, 3, 6):  # each time a little further on
        with writer(tmp_path, 0) as process:
            assert process.stdout is not None
            written += [process.stdout.readline() for _ in range(lines)]
            process.send_signal(signal.SIGKILL)
            written += process.stdout.readlines()
        store = open_store(tmp_path)
        owned = store.of("local")
        for line in written:
            picture_id, answer_id = line.split()
            assert owned.picture_bytes(picture_id)
            assert owned.answer(answer_id).text == answer().text
        store.close()
        check_whole(tmp_path)
    assert len(written) >= 10


def test_threads_write_at_once(store: Store) -> None:
    owned = store.of("local")
    talk = owned.create_conversation()
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda number: owned.add_turn(talk.id, str(number)), range(40)))
    assert sorted(turn.position for turn in turns) == list(range(1, 41))
    assert {turn.question for turn in owned.turns(talk.id)} == {str(number) for number in range(40)}


@contextmanager
def no_room_in_the_database(store: Store) -> Iterator[None]:
    """SQLite's own limit: past it, a write fails exactly as on a full disk (SQLITE_FULL)."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # rounds up to what is used now

    event.listen(store._engine, "connect", limit)
    store._engine.dispose()
    yield
    event.remove(store._engine, "connect", limit)
    store._engine.dispose()


def test_full_database_is_a_sentence_and_loses_nothing(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    owned.save_text(world.running.id, WORKER, "half")
    with no_room_in_the_database(store):
        with pytest.raises(DiskFull, match="disk is full"):
            owned.save_text(world.running.id, WORKER, "half and " + "more " * 100_000)
        with pytest.raises(DiskFull):
            owned.add_turn(world.conversation_id, "long " * 100_000)
        assert owned.answer(world.running.id).text == "half"
        assert owned.turns(world.conversation_id) == (owned.turn(world.turn.id),)
    assert owned.save_text(world.running.id, WORKER, "half and more") is Standing.MINE  # there is room again


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from tests.store.conftest import open_store
from tests.store.rows import opened
from vision.errors import DiskFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
store = open_store(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
data = b"x" * 2_000_000
try:
    store.of("local").add_picture(opened(data), data)
except DiskFull as error:
    print(error)
print(sorted(path.name for path in (folder / "blobs" / "parts").iterdir()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there; the database half runs everywhere")
def test_full_disk_for_blobs_is_a_sentence_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A real failed write: the operating system refuses to let the file grow."""
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "The disk is full: free some space, then try again. Nothing that was stored before is lost.",
        "[]",
    ]


def test_blobs_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs.open(tmp_path.as_uri())
    name = blobs.put(b"whole")

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(KeyboardInterrupt):
        blobs.put(b"half")
    assert list(blobs.names()) == [name]
    assert list(tmp_path.rglob("*.part")) == []
    assert blobs.get(name) == b"whole"


def test_parts_of_dead_processes_are_removed_at_start(tmp_path: Path) -> None:
    blobs = Blobs.open(tmp_path.as_uri())
    dead, coming = blobs.new_part(), blobs.new_part()
    for part in (dead, coming):
        part.write_bytes(b"half an upload")
    past = time.time() - STALE_PART_SECONDS - 1
    os.utime(dead, (past, past))
    Blobs.open(tmp_path.as_uri())
    assert not dead.exists()
    assert coming.exists()  # another process may be receiving it right now


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63 + "/", "z" * 65])
def test_blob_names_are_hashes(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotThere):
        Blobs.open(tmp_path.as_uri()).get(name)


def test_blobs_through_another_filesystem() -> None:
    """Any fsspec address: here its own memory, standing for an object store."""
    blobs = Blobs.open("memory://loupe-test")
    name = blobs.put(b"far away")
    assert blobs.path(name) is None
    assert (blobs.get(name), list(blobs.names())) == (b"far away", [name])
    blobs.delete(name)
    blobs.delete(name)
    assert not blobs.exists(name)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"this is no database, but it is long enough to be read as one" * 20, "damaged"), (b"SQLite format 3\x00", "")],
)
def test_damaged_database_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "loupe.db").write_bytes(content)
    with pytest.raises(StoreError, match=sentence or "."):
        open_store(tmp_path)
    assert (tmp_path / "loupe.db").read_bytes() == content


@pytest.mark.parametrize(
    ("database", "blobs", "name"),
    [
        ("nonsense", "file:///{}", "LOUPE_DATABASE_URL"),
        ("oracle+nothing://x", "file:///{}", "LOUPE_DATABASE_URL"),
        ("sqlite:///{}/loupe.db", "nowhere://x", "LOUPE_BLOB_URL"),
        ("sqlite:///{}/a-file/loupe.db", "file:///{}", "folder"),
    ],
)
def test_addresses_that_cannot_be_used_are_named(tmp_path: Path, database: str, blobs: str, name: str) -> None:
    (tmp_path / "a-file").touch()
    with pytest.raises(StoreError, match=name):
        Store.open(database.format(tmp_path), blobs.format(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]  # nothing was made for half a store


def test_database_of_a_newer_loupe_is_left_alone(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "loupe.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="newer Loupe"):
        open_store(tmp_path)


def test_migrations_make_what_the_tables_say(store: Store) -> None:
    with store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_failed_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails at its very last step; the tables made before that must be gone, and the next start begins again."""

    def broken(*_: object, **__: object) -> None:
        raise OSError("the machine went down")

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_index", broken)
        with pytest.raises(OSError, match="went down"):
            open_store(tmp_path)
    connection = sqlite3.connect(tmp_path / "loupe.db")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    open_store(tmp_path).close()


def test_settings_of_every_connection(store: Store) -> None:
    with store._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 20_000}


def test_reader_is_not_held_up_by_a_writer(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    connection = sqlite3.connect(store._engine.url.database or "", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert owned.turn(world.turn.id).question
    assert time.monotonic() - began < 5
    connection.execute("ROLLBACK")
    connection.close()


def test_same_picture_from_two_threads_is_one_row(store: Store) -> None:
    owned = store.of("local")
    with ThreadPoolExecutor(6) as pool:
        found = {one.id for one in pool.map(lambda _: owned.add_picture(opened(b"x"), b"x"), range(12))}
    assert len(found) == 1


def test_answers_of_two_workers_are_numbered_apart(store: Store) -> None:
    owned = store.of("local")
    turn = owned.add_turn(owned.create_conversation().id, "q")
    with ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda _: once_alone(owned, turn.id), range(12)))
    assert {one.id for one in owned.turn(turn.id).answers} == set(ids)
    assert len(set(ids)) == 12


def once_alone(owned: OwnedStore, turn_id: str) -> str:
    """An answer, whole, as soon as no other one is running."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(StillAnswering):
            answer_id = owned.start_answer(turn_id, START)
            assert owned.running_answers() == (owned.answer(answer_id),)
            assert owned.finish_answer(answer_id, WORKER, answer())
            return answer_id
    raise TimeoutError


def test_of_two_questions_at_once_one_is_kept_and_the_other_refused_whole(store: Store) -> None:
    owned = store.of("local")
    talk = owned.create_conversation()

    def ask(number: int) -> str | None:
        with suppress(StillAnswering):
            return owned.ask(talk.id, str(number), [], START)[1]
        return None

    with ThreadPoolExecutor(6) as pool:
        asked = [one for one in pool.map(ask, range(12)) if one is not None]
    (turn,) = owned.turns(talk.id)
    assert [one.id for one in turn.answers] == asked


def test_of_two_who_continue_at_once_one_gets_it(store: Store) -> None:
    owned = store.of("local")
    before = break_off(owned)

    def resume(number: int) -> bool:
        try:
            assert owned.resume_answer(before.id, f"here:1:{number}") == before
        except (NotThere, StillAnswering):
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(resume, range(12))) == 1
    assert owned.answer(before.id).state is State.RUNNING
