"""Comparing models in a real browser: columns that stream at once, votes by keyboard, names that stay hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    OpenPage,
    Server,
    StartServer,
    eventually,
    no_sideways_scroll,
    settle,
    shot,
    violations,
)
from tests.browser.test_talk import RECEIPT
from tests.wire.plays import Play, fails, words
from tests.wire.server import WireServer

FOUR = ("anthropic", "openai", "gemini", "compatible")
ANSWERS = {
    "anthropic": "The total is 5.00, at the foot of the receipt.",
    "openai": "5.00",
    "gemini": "**Total:** 5.00. Bread was 3.10 and milk 1.90.",
    "compatible": "It says five, in whatever money the shop takes.",
}
TELLING = re.compile("claude|gemini|gpt|openai|anthropic|google|haiku|sonnet|opus|llava", re.IGNORECASE)


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(scope="module")
def four_server(start_server: StartServer, wire: WireServer) -> Server:
    """The app with the three services and a local server, all of which are the loopback provider."""
    return start_server(env={**wire.environment(*FOUR), "LOUPE_LOCAL_MODEL": "llava:7b"})


@pytest.fixture(autouse=True)
def nothing_scripted(wire: WireServer) -> Iterator[None]:
    wire.reset()
    yield
    wire.reset()


def begin(page: Page, question: str = "What is the total?", *, hidden: bool = True) -> None:
    """A comparison of one model of each provider is set up and run."""
    picture = {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": RECEIPT}
    page.locator("input[type=file]").first.set_input_files(picture)
    page.wait_for_url("**/models?p=*")
    settle(page)
    if not hidden:
        page.get_by_text("Hide the names").click()
        settle(page)
    page.get_by_label("Your question to all of them").fill(question)
    page.get_by_role("button", name="Run").click()
    page.wait_for_url("**/models?c=*")


def column(page: Page, number: int, position: int = 1) -> str:
    return page.locator(f".st-key-column_{number}_{position}").inner_text()


def test_four_columns_stream_at_once(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(four_server, "/models", size=(1920, 1000))
    expect(page.get_by_role("heading", name="Compare models")).to_be_visible()
    shot(page, "models-empty-1920-light")
    for provider in FOUR:
        pieces = words(f"first of {provider[::-1]} and then the rest")
        wire.script(Play(chunks=pieces, hold_before=(1,)), provider=provider)
    begin(page)
    wire.wait_held(4)
    for number in (1, 2, 3, 4):
        expect(page.locator(f".st-key-column_{number}_1")).to_contain_text("first")
    assert wire.held == 4, "one of them was finished before another had begun"
    shot(page, "models-streaming-1920-light")
    wire.release()
    for number in (1, 2, 3, 4):
        expect(page.locator(f".st-key-column_{number}_1")).to_contain_text("and then the rest")
    settle(page)
    shot(page, "models-hidden-1920-light")
