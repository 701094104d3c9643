"""What the server process reaches for while every page is used: nothing but the provider asked, nothing too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, StartServer, eventually, settle
from tests.browser.test_planted_keys import choose
from tests.browser.test_talk import ask, drop_in
from tests.system.guarded import READER, SDKS, Guard
from tests.system.sockets import DeafProxy, Lookout
from tests.wire.server import WireServer

WARM_UP = "reader-warm-up"  # the thread that vision.runtime starts once a page has been drawn


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(scope="module")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    return Guard(tmp_path_factory.mktemp("guard") / "record")


@pytest.fixture(scope="module")
def guarded(start_server: StartServer, wire: WireServer, guard: Guard) -> Server:
    """The app with a key for each of three services, so that each could be loaded and asked."""
    return start_server(env={**wire.environment("anthropic", "openai", "gemini"), **guard.environment})


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    settle(page)


def use_every_page(page: Page) -> None:
    """From a talk with one answer: what the model sees, recent pictures, Settings, a new talk, Start."""
    page.get_by_text("What the model sees").click()
    expect(page.get_by_text("SHA-256 of these bytes")).to_be_visible()
    settle(page)
    go(page, "Settings")
    expect(page.get_by_role("heading", name="Models in use")).to_be_visible()
    go(page, "Chat")
    page.get_by_role("button", name="New", exact=True).first.click()
    expect(page.get_by_role("heading", name="Talk about a picture")).to_be_visible()
    page.get_by_role("button", name="Recent pictures").click()
    expect(page.get_by_role("button", name="Use", exact=True).first).to_be_visible()
    settle(page)
    go(page, "Start")
    expect(page.get_by_role("heading", name="Go on with")).to_be_visible()
    settle(page)


def test_the_first_page_is_shown_before_anything_heavy_is_loaded(
    guarded: Server, guard: Guard, open_page: OpenPage
) -> None:
    assert guard.imported("streamlit"), "the guard saw nothing"
    assert guard.imported(*SDKS, *READER) == []
    page = open_page(guarded)
    expect(page.get_by_role("heading", name="Ask about a picture")).to_be_visible()
    # the reader comes in the background afterwards, and nothing else does
    eventually(page, lambda: guard.imported("rapidocr"), "the reader is loaded", 30)
    assert {one.thread for one in guard.imported(*READER)} == {WARM_UP}
    assert guard.imported(*SDKS) == []


@dataclass
class Watched:
    """A server of its own in an empty home, and all that can hear it."""

    server: Server
    guard: Guard
    home: Path
    proxy: DeafProxy

    def heard(self) -> list[object]:
        """Everything that went, or wanted to go, beyond this machine."""
        return [*self.proxy.heard, *(one for one in self.guard.reached() if not one.stays_here)]

    def written(self) -> list[Path]:
        """What it left outside its data folder: a library's cache, a device id."""
        return [path for path in self.home.rglob("*") if path.is_file()]


@pytest.fixture
def alone(start_server: StartServer, tmp_path: Path) -> Iterator[Watched]:
    guard = Guard(tmp_path / "record")
    home = tmp_path / "home"
    home.mkdir()
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config")}
    with DeafProxy() as proxy:
        yield Watched(start_server(env={**guard.environment, **proxy.environment, **own}), guard, home, proxy)


def ask_the_reader(page: Page) -> None:
    drop_in(page)
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("5.00")
    settle(page)


def test_with_the_reader_nothing_leaves_the_process(alone: Watched, open_page: OpenPage) -> None:
    assert alone.server.process is not None
    with Lookout(alone.server.process.pid) as lookout:
        page = open_page(alone.server)
        ask_the_reader(page)
        use_every_page(page)
        page.context.close()
        alone.server.stop()
    assert alone.guard.imported("rapidocr"), "the reader did not run in this process"
    assert alone.guard.connections() == []
    assert alone.heard() == []
    assert lookout.seen == set()
    assert alone.guard.imported(*SDKS) == []
    assert alone.written() == []


@pytest.mark.long
def test_nothing_is_sent_later_either(alone: Watched, open_page: OpenPage) -> None:
    """Libraries that report to their makers wait for a while: onnxruntime does after 8 to 25 s, unless told not to."""
    assert alone.server.process is not None
    with Lookout(alone.server.process.pid) as lookout:
        page = open_page(alone.server)
        ask_the_reader(page)
        page.wait_for_timeout(45_000)
        page.context.close()
        alone.server.stop()
    assert alone.guard.connections() == []
    assert alone.heard() == []
    assert lookout.seen == set()
    assert alone.written() == []


def test_with_claude_only_claude_is_reached(
    guarded: Server, guard: Guard, wire: WireServer, open_page: OpenPage
) -> None:
    page = open_page(guarded)
    drop_in(page)
    choose(page, "anthropic")  # at a level the cheapest of the three would be asked
    ask(page, "What is it?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
    settle(page)
    use_every_page(page)
    go(page, "Settings")
    page.locator(".st-key-test_anthropic button").click()
    expect(page.get_by_text("It works")).to_be_visible()
    settle(page)
    page.context.close()
    guarded.stop()
    assert {(one.host, one.port) for one in guard.connections()} == {("127.0.0.1", wire.port)}
    assert [one for one in guard.reached() if not one.stays_here] == []
    assert guard.imported("anthropic")
    assert guard.imported("openai", "google.genai") == []
