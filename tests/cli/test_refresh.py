"""``models --refresh``: what the services list against the catalogue, without a change to any file."""

from __future__ import annotations

import hashlib
import socket
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal
from tests.wire import Known, WireServer, fails
from vision.models.catalog import CATALOG_FILE


@pytest.fixture(autouse=True)
def _nothing_is_written(terminal: Terminal) -> Any:
    def state() -> dict[str, str]:
        files = [CATALOG_FILE, *(path for path in terminal.folder.parent.rglob("*") if path.is_file())]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = state()
    yield
    assert state() == before
    assert not Path(terminal.environment["LOUPE_DATA_DIR"]).exists()


@pytest.fixture(autouse=True)
def _before_the_next_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback service lists what there is on this day, whenever the test runs."""
    monkeypatch.setattr("vision.cli.listing.today", lambda: date(2026, 11, 22))


def test_nothing_differs(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire)
    done = terminal.run("models", "--refresh")
    assert (done.code, done.err) == (0, "")
    assert "Claude: 6 models listed, nothing new, gone or changed\n" in done.out
    assert "OpenAI: 8 models listed, nothing new, gone or changed\n" in done.out
    assert "Gemini: 6 models listed, nothing new, gone or changed\n" in done.out
    assert "Local server: 2 models listed\n  ask it   compatible:llava:7b\n" in done.out


def test_new_gone_and_changed(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic", "openai")
    wire.models["claude-next-9"] = Known("anthropic", "claude-high")
    wire.models["claude-haiku-5-5"] = Known("anthropic", "claude-high", context=200_000)
    wire.models["gpt-6-luna-2026-09-22"] = wire.models.pop("gpt-6-luna")
    wire.models["gpt-7-sol"] = Known("openai", "patch")
    del wire.models["gpt-6.2-astra"]
    done = terminal.run("models", "--refresh")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Claude: 7 models listed",
        "  new      claude-next-9: takes pictures, 1,000,000 tokens in, 128,000 out",
        "  changed  claude-haiku-5-5: takes 200,000 tokens, here 1,000,000",
        "OpenAI: 8 models listed",
        "  new      gpt-7-sol: whether it takes pictures is not told",
        "  gone     gpt-6.2-astra: no longer listed",
    ]


def test_as_json(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic", "gemini")
    wire.models["claude-next-9"] = Known("anthropic", "claude-high")
    wire.script(fails("overloaded"), provider="gemini")
    done = terminal.run("models", "--refresh", "--json")
    assert done.code == 0
    claude, gemini = done.json
    new = {
        "id": "claude-next-9",
        "pictures": True,
        "input_tokens": 1_000_000,
        "output_tokens": 128_000,
        "retires": None,
    }
    assert (claude["provider"], claude["error"], claude["new"]) == ("anthropic", None, [new])
    assert (claude["gone"], claude["changed"]) == ([], [])
    assert "claude-sonnet-5-5" in claude["listed"]
    assert (gemini["provider"], gemini["listed"], gemini["new"]) == ("gemini", [], [])
    assert gemini["error"] == done.lines[0]
    assert "overloaded" in gemini["error"]


def test_a_bad_key_is_one_sentence_and_the_others_are_still_asked(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic", "openai")
    terminal.environment["ANTHROPIC_API_KEY"] = "wrong"
    done = terminal.run("models", "--refresh")
    assert (done.code, len(done.lines)) == (0, 1)
    assert "Claude did not accept the key" in done.err
    assert done.out.startswith("OpenAI: ")


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_offline_is_one_sentence_for_each(wire: WireServer, terminal: Terminal, json: tuple[str, ...]) -> None:
    terminal.leads_to(wire, "anthropic", "openai", "gemini")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    for name in ("ANTHROPIC_BASE_URL", "OPENAI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        terminal.environment[name] = nobody
    done = terminal.run("models", "--refresh", *json)
    assert done.code == 1
    assert [line.split(" could not be reached")[0] for line in done.lines] == ["Claude", "OpenAI", "Gemini"]
    assert bool(done.out) is bool(json)


def test_with_nothing_set_up_it_says_so(terminal: Terminal) -> None:
    done = terminal.run("models", "--refresh")
    assert (done.code, done.out) == (1, "")
    assert done.lines == [
        line for line in done.lines if "No provider is set up" in line and "ANTHROPIC_API_KEY" in line
    ]
    assert terminal.run("models", "--refresh", "--json").json == []
