"""Two screenshots compared in a real browser: what differs, a question, the order swapped, reload, keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, StartServer, no_sideways_scroll, settle, shot, violations
from tests.browser.test_talk import ask, last_answer
from tests.wire.plays import Play
from tests.wire.server import WireServer
from vision.answering.swapping import CHANGED
from vision.samples import samples


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(scope="module")
def server(start_server: StartServer, wire: WireServer) -> Server:
    """The app with a key for Claude that leads to the loopback provider."""
    return start_server(env=wire.environment("anthropic"))


@pytest.fixture(autouse=True)
def nothing_scripted(wire: WireServer) -> Iterator[None]:
    wire.reset()
    yield
    wire.reset()


def drop_two(page: Page) -> None:
    """The two sample screenshots, dropped at once; until what differs is shown."""
    both = [sample for sample in samples() if sample.id in ("before", "after")]
    files = [{"name": one.file, "mimeType": "image/png", "buffer": one.read()} for one in both]
    page.locator("input[type=file]").first.set_input_files(files)  # type: ignore[arg-type]
    page.wait_for_url("**/compare?c=*")
    expect(page.get_by_text("differs, in")).to_be_visible(timeout=60_000)
    settle(page)


@pytest.mark.parametrize(("width", "dark"), [(390, False), (390, True), (1280, False), (1920, True)])
def test_two_screenshots(server: Server, wire: WireServer, open_page: OpenPage, width: int, dark: bool) -> None:
    look = f"{width}-{'dark' if dark else 'light'}"
    page = open_page(server, "/compare", size=(width, 900), dark=dark, touch=width < 500)
    shot(page, f"compare-empty-{look}")
    drop_two(page)
    shot(page, f"compare-first-{look}")
    wire.script(*[Play(chunks=("{first}", " is better: its button is easier to find."))] * 2, provider="anthropic")
    ask(page, "Which is better for a hurried customer?")
    expect(page.get_by_text("Picture A is better")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Ask again with the order swapped").click()
    expect(page.get_by_text(CHANGED)).to_be_visible()
    settle(page)
    shot(page, f"compare-swapped-{look}")
    assert no_sideways_scroll(page)
    assert violations(page) == []
    page.reload()
    expect(page.get_by_text(CHANGED)).to_be_visible()
    expect(page.get_by_text("differs, in")).to_be_visible()
    settle(page)
