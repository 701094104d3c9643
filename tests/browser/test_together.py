"""Two tabs, two terminals and the workers behind them write to one data folder at once, and nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Server, StartServer, settle
from tests.browser.test_talk import RECEIPT, ask, drop_in
from tests.store.conftest import open_store
from tests.wire.plays import Play, words
from tests.wire.server import WireServer
from vision.settings import ROOT
from vision.store import State

TOLD = "One two three four five six"


@pytest.fixture
def server(start_server: StartServer, wire: WireServer) -> Server:
    """Its store holds what the test put there, and nothing else."""
    return start_server(env=wire.environment("anthropic"))


def terminal(server: Server, picture: Path, question: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "vision", "ask", str(picture), question, "--json"]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(server.environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.long
def test_two_tabs_and_two_terminals_lose_nothing(
    server: Server, wire: WireServer, open_page: OpenPage, tmp_path: Path
) -> None:
    picture = tmp_path / "receipt.jpg"
    picture.write_bytes(RECEIPT)
    tabs = [open_page(server), open_page(server)]
    for tab in tabs:
        drop_in(tab)
    for number in range(2):
        # Four answers, each held in its middle until all four are under way.
        wire.script(*[Play(chunks=words(TOLD), hold_before=(3,))] * 4, provider="anthropic")
        terminals = [terminal(server, picture, f"terminal {number} {name}") for name in "ab"]
        for name, tab in zip("ab", tabs, strict=True):
            ask(tab, f"tab {number} {name}")
        wire.wait_held(4, 30)
        for tab in tabs:
            expect(tab.get_by_text("One two three", exact=True)).to_be_visible()
        wire.release()
        for process in terminals:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
            assert json.loads(out)["text"] == TOLD
        for tab in tabs:
            expect(tab.get_by_text(TOLD)).to_have_count(number + 1)
            settle(tab)
    store = open_store(server.data)
    owned = store.of("local")
    turns = [turn for talk in owned.conversations() for turn in owned.turns(talk.id)]
    store.close()
    asked = {f"{kind} {number} {name}" for kind in ("tab", "terminal") for number in range(2) for name in "ab"}
    assert {turn.question for turn in turns} == asked
    assert len(turns) == len(asked)
    assert {(turn.shown.state, turn.shown.text) for turn in turns if turn.shown} == {(State.COMPLETE, TOLD)}


def test_two_tabs_in_one_talk_lose_nothing(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    """The second tab does not know yet that the first one has asked: its question stays in its box until it can."""
    one = open_page(claude_server)
    drop_in(one)
    two = open_page(claude_server, one.url.removeprefix(claude_server.url))
    wire.script(*[Play(chunks=words(TOLD), hold_before=(3,))] * 2, provider="anthropic")
    ask(one, "from the first tab")
    wire.wait_held()
    ask(two, "from the second tab")
    expect(two.get_by_test_id("stAlert")).to_contain_text("Another tab")
    expect(two.get_by_text("One two three", exact=True)).to_be_visible()
    wire.release()
    expect(two.get_by_text(TOLD)).to_have_count(1)
    box = two.locator(".st-key-ask textarea")
    expect(box).to_be_enabled()
    expect(box).to_have_value("from the second tab")
    settle(two)
    box.press("Enter")
    wire.wait_held()
    wire.release()
    expect(two.get_by_text(TOLD)).to_have_count(2)
    expect(two.get_by_test_id("stAlert")).to_have_count(0)
    settle(two)
    one.reload()
    expect(one.get_by_text(TOLD)).to_have_count(2)
    settle(one)
