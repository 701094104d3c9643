"""What only a process of its own can show: pipes, Ctrl-C, encodings, what is loaded, another folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import Done, Terminal
from tests.wire import Fault, Play, WireServer
from tests.wire.plays import words
from vision.cli.following import BEGINS_ANEW
from vision.store import State

LLAVA = ("--model", "compatible:llava:7b")
HEAVY = ("anthropic", "openai", "google.genai", "cv2", "PIL", "onnxruntime", "sqlalchemy", "streamlit", "pydantic")


def test_text_is_written_as_it_comes(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("One\n", "two €"), hold_before=(1,)))
    with terminal.start("ask", "receipt.png", "Count.", *LLAVA) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"One\n"
        wire.wait_held()  # the rest has not even been sent
        wire.release()
        out, err = process.communicate(timeout=30)
    assert (out.decode(), process.returncode) == ("two €\n", 0)
    assert [line.split()[0] for line in err.decode().splitlines()] == ["Asking", "Answered"]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently there")
def test_nobody_reads_any_more(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("One\n", "two\n", "three"), hold_before=(1,)))
    with terminal.start("ask", "receipt.png", "Count.", *LLAVA) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"One\n"
        process.stdout.close()  # as `| head -1` does
        wire.wait_held()
        wire.release()
        assert process.wait(30) == 1
        assert len(process.stderr.read().splitlines()) == 1  # Asking ...
    check_kept(terminal, State.STOPPED, State.COMPLETE)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")
@pytest.mark.parametrize("command", ["ask", "chat"])
def test_ctrl_c_is_one_line_and_keeps_what_came(wire: WireServer, terminal: Terminal, command: str) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("One\n", "two"), hold_before=(1,)))
    arguments = ("ask", "receipt.png", "Count.") if command == "ask" else ("chat", "receipt.png")
    with terminal.start(*arguments, *LLAVA) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        if command == "chat":
            process.stdin.write(b"Count.\n")
        assert process.stdout.readline() == b"One\n"
        wire.wait_held()
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        assert [line for line in process.stderr.read().splitlines()[1:] if line] == [b"Stopped."]
    wire.release()
    check_kept(terminal, State.STOPPED)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")
def test_ctrl_c_with_json_is_still_one_object(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("One\n", "two"), hold_before=(1,)))
    with terminal.start("ask", "receipt.png", "Count.", *LLAVA, "--json") as process:
        wire.wait_held()
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    wire.release()
    assert process.returncode == 130
    assert err.splitlines()[-1] == b"Stopped."
    found = json.loads(out)
    assert found["stop"] == "stopped"
    assert [one["outcome"] for one in found["attempts"]] == ["stopped"]
    assert (found["cost_usd"], found["cost_unknown"]) == (None, 1)


def test_an_answer_that_breaks_off_begins_anew_on_a_line_of_its_own(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(
        Play(chunks=("Half ", "of"), hold_before=(1,), fault=Fault("cut", after=1)), Play(chunks=words("It is red."))
    )
    with terminal.start("ask", "receipt.png", "What is it?", *LLAVA) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b"Half "
        wire.wait_held()
        wire.release()
        out, err = process.communicate(timeout=30)
    assert (out.decode(), process.returncode) == ("\nIt is red.\n", 0)
    assert err.decode().splitlines().count(BEGINS_ANEW) == 1


def check_kept(terminal: Terminal, *states: State) -> None:
    store = terminal.store()
    (turn,) = store.of("local").turns(store.of("local").conversations()[0].id)
    assert turn.shown is not None
    assert turn.shown.text.startswith("One\n")
    assert turn.shown.state in states
    store.close()


def test_question_that_is_no_text_on_a_terminal_that_knows_ascii_only(wire: WireServer, terminal: Terminal) -> None:
    """Bytes that the encoding does not know come in as they may; the answer comes out all the same."""
    terminal.leads_to(wire, "compatible")
    terminal.environment |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    wire.script(Play(chunks=("12 €.",)), Play(chunks=("12 €.",)))
    done = terminal.in_its_own_process("chat", "receipt.png", *LLAVA, stdin=b"caf\xe9?\n")
    assert (done.code, done.out) == (0, "12 ?.\n")
    done = terminal.in_its_own_process("ask", "receipt.png", "x", *LLAVA, "--json")
    assert done.json["text"] == "12 €."


def with_closed(terminal: Terminal, closed: str, *arguments: str) -> Done:
    """The command as a shell starts it with ``closed``, such as ``>&-``."""
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "vision", *arguments]
    done = subprocess.run(
        command, cwd=terminal.folder, env=terminal.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="streams are not closed that way there")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_nobody_who_reads_and_no_line(wire: WireServer, terminal: Terminal, closed: str) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("Twelve.",)))
    done = with_closed(terminal, closed, "ask", "receipt.png", "What is it?", *LLAVA)
    assert (done.code, done.out) == (0, "" if " >&-" in f" {closed}" else "Twelve.\n")
    said = [line.split()[0] for line in done.lines]
    assert said == ([] if "2>&-" in closed else ["Asking", "Answered"])
    store = terminal.store()  # nothing was written over the database
    (talk,) = store.of("local").conversations()
    assert talk.title == "What is it?"
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="streams are not closed that way there")
def test_chat_with_closed_input_ends_at_once(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    done = with_closed(terminal, "<&-", "chat", "receipt.png", *LLAVA)
    assert (done.code, done.out, done.err) == (0, "", "")
    failed = with_closed(terminal, "2>&-", "ask", "missing.png", "x")
    assert (failed.code, failed.out) == (2, "")


def test_reader_in_a_fresh_process_says_nothing_of_its_libraries(terminal: Terminal) -> None:
    done = terminal.in_its_own_process("ask", str(Path("..") / "her folder" / "receipt.png"), "what is the total?")
    assert done.code == 0
    assert "12.50" in done.out
    assert [line.split()[0] for line in done.lines] == ["Asking", "Answered"]


@pytest.mark.parametrize("arguments", [("--help",), ("ask", "--help"), ("prepare", "--help"), ()])
def test_help_loads_nothing_heavy(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    assert loaded_by(terminal, arguments, HEAVY) == "[]"


def test_asking_loads_only_the_sdk_that_is_asked(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    others = ("anthropic", "google.genai", "cv2", "onnxruntime", "rapidocr", "streamlit")
    assert loaded_by(terminal, ("ask", "receipt.png", "x", *LLAVA), others) == "[]"
    assert wire.requests


def loaded_by(terminal: Terminal, arguments: tuple[str, ...], modules: tuple[str, ...]) -> str:
    code = (
        f"import sys; from vision.cli import run; run({list(arguments)!r}); "
        f"print([name for name in {modules!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=terminal.folder, env=terminal.environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()[-1]
