"""Saving a talk as a file: at any moment, also while the page is being run again, and with a reason when it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.conftest import (
    OpenPage,
    Server,
    eventually,
    no_sideways_scroll,
    settle,
    shot,
    violations,
    watch,
)
from tests.browser.test_talk import ask, drop_in
from tests.wire.plays import Play, words
from tests.wire.server import WireServer

FILES = {"Web page": ".html", "Markdown": ".md", "JSON": ".json"}
PRESSES = 12


def more(page: Page) -> Locator:
    """The open menu of the talk."""
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("link", name="JSON", exact=True)).to_be_visible()
    return page.get_by_label("Name of this talk")


def saved(page: Page, label: str) -> tuple[str, bytes]:
    """Press a link; the name and the content of the file that comes."""
    with page.expect_download(timeout=20_000) as download:
        page.get_by_role("link", name=label, exact=True).click()
    assert download.value.failure() is None
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_files_come_at_any_moment_while_the_page_runs_again(
    claude_server: Server, wire: WireServer, open_page: OpenPage
) -> None:
    page = open_page(claude_server)
    drop_in(page)
    text = " ".join(f"word{number}" for number in range(PRESSES + 1))
    wire.script(Play(chunks=words(text), hold_before=tuple(range(1, PRESSES + 1))), provider="anthropic")
    ask(page, "Count, please")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("word0")
    name = more(page)
    for number in range(PRESSES):
        label = list(FILES)[number % len(FILES)]
        wire.wait_held()
        wire.release()  # another word comes
        name.fill(f"Talk {number}")
        name.press("Enter")  # and the script begins anew, twice
        file, content = saved(page, label)
        assert file.endswith(FILES[label])
        assert b"Count, please" in content
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text(f"word{PRESSES}")
    settle(page)
    file, content = saved(page, "JSON")
    assert file == f"talk-{PRESSES - 1}.json"
    (turn,) = json.loads(content)["turns"]
    assert turn["answers"][0]["text"] == text


def focus_markdown(page: Page) -> Locator:
    """Goes to the second link as the keyboard does."""
    link = page.get_by_role("link", name="Markdown", exact=True)
    page.get_by_role("link", name="Web page", exact=True).focus()
    page.keyboard.press("Tab")
    eventually(page, lambda: link.evaluate("e => e.matches(':focus-visible')"), "Tab goes to the next link")
    return link


def test_a_press_says_nothing_to_the_server_and_works_by_keyboard(claude_server: Server, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    said: list[object] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: said.extend([data]))

    page.on("websocket", listen)
    page.reload()
    settle(page)
    more(page)
    link = focus_markdown(page)
    assert link.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    settle(page)
    before, address = len(said), page.url
    assert before > 0
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "talk.md"
    assert Path(download.value.path()).read_text().startswith("# ")
    assert saved(page, "JSON")[0] == "talk.json"
    assert (len(said), page.url) == (before, address)


def test_why_a_file_did_not_come_is_said(claude_server: Server, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    address = page.url.removeprefix(claude_server.url)
    more(page)
    other = open_page(claude_server, address)
    more(other)
    other.get_by_role("button", name="Delete this talk").click()
    other.locator(".st-key-delete_for_good button").click()
    expect(other.get_by_text("Talk about a picture")).to_be_visible()
    page.get_by_role("link", name="Markdown", exact=True).click()
    expect(page.locator("[class*='st-key-exports_']").get_by_role("status")).to_contain_text(
        "This talk is no longer there"
    )
    watch(page).allowed.append("/export.md")  # a 404 is noted by the console


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        ((390, 844), True),
        pytest.param((1280, 860), False, marks=pytest.mark.long),
        pytest.param((390, 844), False, marks=pytest.mark.long),
        pytest.param((1280, 860), True, marks=pytest.mark.long),
    ],
    ids=["390-dark", "1280-light", "390-light", "1280-dark"],
)
def test_looks(claude_server: Server, open_page: OpenPage, size: tuple[int, int], dark: bool) -> None:
    page = open_page(claude_server, size=size, dark=dark, touch=size[0] < 500)
    drop_in(page)
    more(page)
    focus_markdown(page)
    shot(page, f"more-{size[0]}-{'dark' if dark else 'light'}")
    assert no_sideways_scroll(page)
    assert violations(page) == []
