"""``app``: the launcher as a person has it, with a real server behind it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from vision.cli.launch import _held_back

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(process_id: int) -> list[int]:
    """The processes that ``process_id`` started, by the kernel's own list."""
    listed = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(number) for number in listed.split()]


def alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def running(terminal: Terminal, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with terminal.start("app", "--no-browser", "--port", str(port)) as process:
        yield process
        if process.poll() is None:
            process.kill()


@posix_only
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_starts_says_where_and_ends_in_good_order(
    terminal: Terminal, running: subprocess.Popen[bytes], port: int, ended_by: signal.Signals
) -> None:
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.readline().decode() == f"Loupe is at http://127.0.0.1:{port}  (Ctrl-C stops it)\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
        assert answer.status == 200
    assert (Path(terminal.environment["LOUPE_DATA_DIR"]) / "loupe.db").is_file()
    (server,) = children(running.pid) if sys.platform == "linux" else (running.pid,)
    asked = time.monotonic()
    running.send_signal(ended_by)
    assert running.wait(10) == 0
    assert time.monotonic() - asked < 10
    assert running.stderr.read().decode() == "Loupe has stopped. Your pictures and talks are kept.\n"
    assert not alive(server)


@posix_only
def test_relative_data_folder_is_the_same_as_the_terminals(terminal: Terminal, port: int) -> None:
    """The server runs in another folder; app and terminal must not mean two places by one name."""
    terminal.environment["LOUPE_DATA_DIR"] = "my data"
    with terminal.start("app", "--no-browser", "--port", str(port)) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            (server,) = children(process.pid)
            environment = Path(f"/proc/{server}/environ").read_bytes().split(b"\0")
            assert f"LOUPE_DATA_DIR={terminal.folder / 'my data'}".encode() in environment
            opened = [file.readlink() for file in Path(f"/proc/{server}/fd").iterdir() if file.is_symlink()]
            assert terminal.folder / "my data" / "loupe.db" in opened
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0


@posix_only
def test_ctrl_c_while_it_starts_leaves_no_server(terminal: Terminal, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while not (started := children(running.pid)) and time.monotonic() < until:
        time.sleep(0.001)  # the very moment is what is tested
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 0
    assert started
    assert not any(alive(one) for one in started)


def test_a_request_to_end_waits_for_what_must_not_be_torn() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    done: list[bool] = []

    def interrupted() -> None:
        with _held_back():
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert done == [True]


def test_taken_port_is_one_sentence(terminal: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = terminal.in_its_own_process("app", "--no-browser", "--port", str(port))
    assert (done.code, done.out) == (1, "")
    (line,) = done.lines
    assert line.startswith(f"Port {port} is taken")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LOUPE_MAX_PIXELS", "many", "LOUPE_MAX_PIXELS"),
        ("LOUPE_PORT", "0", "LOUPE_PORT"),
        ("LOUPE_DATABASE_URL", "nonsense", "LOUPE_DATABASE_URL"),
    ],
)
def test_bad_setting_is_one_sentence_and_makes_nothing(terminal: Terminal, name: str, value: str, said: str) -> None:
    terminal.environment[name] = value
    done = terminal.in_its_own_process("app", "--no-browser")
    assert (done.code, done.out) == (1, "")
    (line,) = done.lines
    assert said in line
    assert not Path(terminal.environment["LOUPE_DATA_DIR"]).exists()


def test_broken_secrets_file_is_one_sentence(terminal: Terminal) -> None:
    Path(terminal.environment["LOUPE_SECRETS_FILE"]).write_text("no toml = = at all")
    done = terminal.in_its_own_process("app", "--no-browser")
    assert (done.code, done.out) == (1, "")
    (line,) = done.lines
    assert line.startswith("secrets.toml is not valid TOML")
