"""``batch`` in processes of its own: Ctrl-C, kill -9, and an app that drives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.folders import QUESTION, jsonl, pictures
from tests.cli.terminal import Terminal
from tests.wire import Play, WireServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")
ANSWER = Play(chunks=("Yes.",))
SLOW = Play(chunks=("Yes.",), delay_seconds=0.3)


@pytest.fixture
def scans(wire: WireServer, terminal: Terminal) -> Terminal:
    terminal.leads_to(wire, "openai")
    pictures(terminal.folder / "scans", 20)
    return terminal


def begin(terminal: Terminal, *more: str) -> subprocess.Popen[bytes]:
    return terminal.start("batch", QUESTION, "scans", "--model", "gpt-6.1-terra", "--out", "r.jsonl", *more)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str, list[str]]:
    out, err = process.communicate(timeout=60)
    assert b"Traceback" not in out + err
    return process.returncode, out.decode(), err.decode().splitlines()


def states(folder: Path) -> list[str]:
    return [row["state"] for row in jsonl(folder / "r.jsonl")]


@pytest.mark.long
def test_ctrl_c_finishes_what_is_under_way_and_the_run_goes_on_later(wire: WireServer, scans: Terminal) -> None:
    wire.always(Play(chunks=("Yes.",), hold_before=(0,)))
    process = begin(scans, "--parallel", "4")
    wire.wait_held(4)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    said: list[str] = []
    while not said or "under way" not in said[-1]:
        said.append(process.stderr.readline().decode())
    assert said[-1] == "Finishing 4 that are under way; Ctrl-C again leaves at once.\n"
    wire.always(ANSWER)
    wire.release()
    code, out, lines = ended(process)
    assert (code, out.count("Yes."), len(wire.requests)) == (130, 4, 4)
    assert states(scans.folder).count("done") == 4
    assert states(scans.folder).count("waiting") == 16
    assert "--resume" in lines[-1]
    assert lines[-1].endswith("--out r.jsonl")
    again = scans.in_its_own_process("batch", "--resume", "last", "--out", "r.jsonl")
    assert (again.code, again.out.count("Yes."), len(wire.requests)) == (0, 16, 20), again.err
    assert states(scans.folder) == ["done"] * 20


@pytest.mark.long
def test_ctrl_c_twice_leaves_at_once_and_nothing_is_lost(wire: WireServer, scans: Terminal) -> None:
    wire.always(Play(chunks=("Yes.",), hold_before=(0,)))
    process = begin(scans, "--parallel", "2")
    wire.wait_held(2)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    while b"under way" not in process.stderr.readline():
        continue
    process.send_signal(signal.SIGINT)
    code, _, lines = ended(process)
    assert code == 130
    assert "--resume" in lines[-1]
    assert states(scans.folder) == ["waiting"] * 20


@pytest.mark.long
def test_a_killed_run_goes_on_and_every_picture_is_answered_once(wire: WireServer, scans: Terminal) -> None:
    wire.always(SLOW)
    process = begin(scans, "--parallel", "4")
    wire.wait_requests(9, 60)
    process.kill()
    process.communicate()
    under_way = len(wire.requests)
    done = scans.in_its_own_process("batch", "--resume", "last", "--out", "r.jsonl")
    assert done.code == 0, done.err
    rows = jsonl(scans.folder / "r.jsonl")
    assert [row["file"] for row in rows] == [f"scans/{number:03}.png" for number in range(20)]
    assert [row["state"] for row in rows] == ["done"] * 20
    assert 20 <= len(wire.requests) <= 20 + 4 + 8, f"{under_way} before it was killed"


@pytest.mark.long
def test_another_process_that_drives_is_followed_and_when_it_dies_taken_over_from(
    wire: WireServer, scans: Terminal
) -> None:
    wire.always(SLOW)
    app = "import time; from vision import runtime; runtime.start(); print('up', flush=True); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", app], cwd=scans.folder, env=scans.environment, stdout=subprocess.PIPE
    ) as driving:
        assert driving.stdout is not None
        assert driving.stdout.readline() == b"up\n"
        process = begin(scans, "--parallel", "2")
        wire.wait_requests(6, 60)
        os.kill(driving.pid, signal.SIGKILL)
    code, out, lines = ended(process)
    assert (code, out.count("Yes.")) == (0, 20), lines
    assert lines.count("The app is running and asks the questions; this follows.") == 1
    assert states(scans.folder) == ["done"] * 20
    assert len(wire.requests) <= 20 + 2 + 8
