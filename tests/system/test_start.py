"""The app starts on an empty folder, twice at once, and on the data of the Loupe before or after it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Server, clean_environment
from tests.store.conftest import open_store
from vision.settings import ROOT
from vision.store.migrating import HEAD

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"


def upgrade() -> None:
    op.create_table("of_the_next_loupe", sa.Column("id", sa.Integer(), primary_key=True))
"""

StartOn = Callable[..., Server]


@pytest.fixture
def app_on(tmp_path: Path) -> Iterator[StartOn]:
    """``app_on(data, root=ROOT)``: a server that is not started yet; all are stopped at the end."""
    made: list[Server] = []

    def make(data: Path, root: Path = ROOT) -> Server:
        environment = clean_environment(data, {"PYTHONPATH": str(root)})
        server = Server(root / "app.py", data, tmp_path / f"server{len(made)}.log", environment)
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()
        assert "Traceback" not in server.output()


def revision(data: Path) -> str:
    connection = sqlite3.connect(data / "loupe.db")
    try:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    finally:
        connection.close()


def tables(data: Path) -> set[str]:
    connection = sqlite3.connect(data / "loupe.db")
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


def test_two_at_once_on_an_empty_folder(tmp_path: Path, app_on: StartOn) -> None:
    """One makes the database, the other waits for it; both are well, and what one writes the other reads."""
    data = tmp_path / "not there" / "data"
    servers = [app_on(data), app_on(data)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [server.process and server.process.poll() for server in servers] == [None, None]
    assert revision(data) == HEAD
    assert "answer" in tables(data)


def test_an_empty_file_becomes_a_database(tmp_path: Path, app_on: StartOn) -> None:
    """What a start that was killed at once leaves behind."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "loupe.db").touch()
    app_on(data).start()
    assert revision(data) == HEAD


def the_next_loupe(folder: Path) -> Path:
    """A copy of the app with one migration more, as the next version would bring it."""
    for name in ("vision", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "secrets.toml"))
    shutil.copy(ROOT / "app.py", folder / "app.py")
    versions = folder / "vision" / "store" / "migrations" / "versions"
    (versions / "v9001_next.py").write_text(NEXT.format(head=HEAD))
    module = folder / "vision" / "store" / "migrating.py"
    module.write_text(module.read_text().replace(f'HEAD = "{HEAD}"', 'HEAD = "9001"'))
    return folder


def test_a_pending_migration_runs_at_start_and_an_older_loupe_says_so(tmp_path: Path, app_on: StartOn) -> None:
    data = tmp_path / "data"
    data.mkdir()
    store = open_store(data)
    talk = store.of("local").create_conversation("From before")
    store.of("local").add_turn(talk.id, "Is it still here?")
    store.close()
    assert revision(data) == HEAD
    server = app_on(data, the_next_loupe(tmp_path / "next"))
    server.start()
    server.stop()
    assert revision(data) == "9001"
    assert "of_the_next_loupe" in tables(data)
    connection = sqlite3.connect(data / "loupe.db")
    assert connection.execute("SELECT title, question FROM conversation, turn").fetchall() == [
        ("From before", "Is it still here?")
    ]
    connection.close()
    command = [sys.executable, "-m", "vision", "app", "--port", str(server.port)]
    older = subprocess.run(
        command, cwd=ROOT, env=clean_environment(data, {}), capture_output=True, text=True, timeout=60, check=False
    )
    assert older.returncode == 1
    assert older.stderr.count("\n") == 1
    assert "newer Loupe" in older.stderr
    assert revision(data) == "9001"
