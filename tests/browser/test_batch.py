"""Batch in a real browser: from pictures to a table that fills in, and a run that outlives its page and its server."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.archives.packing import packed, png
from tests.browser.conftest import (
    OpenPage,
    Server,
    StartServer,
    eventually,
    no_sideways_scroll,
    settle,
    shot,
    violations,
    watch,
)
from tests.browser.test_upload import choose, file
from tests.wire.plays import Play, fails
from tests.wire.server import WireServer

MANY = 60
SLOW = Play(chunks=("Yes, ", "in ", "blue."), delay_seconds=0.25)


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(scope="module")
def claude_server(start_server: StartServer, wire: WireServer) -> Server:
    return start_server(env=wire.environment("anthropic"))


@pytest.fixture(autouse=True)
def nothing_scripted(wire: WireServer) -> Iterator[None]:
    wire.reset()
    yield
    wire.reset()


def add(page: Page, count: int, *others: FilePayload, first: int = 0, words: str = "") -> None:
    forms = [file(f"form-{number:02}.png", png(first + number, (320, 240))) for number in range(count)]
    choose(page, *forms, *others)
    expect(page.get_by_text(words or f"{count} pictures", exact=True)).to_be_visible(timeout=60_000)
    settle(page)


def ask(page: Page, question: str = "Is it signed?") -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**q=*")
    settle(page)


def run(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_url("**r=*")


def ended(page: Page, words: str, seconds: float = 60) -> None:
    expect(page.get_by_text(re.compile(rf"^{words}\."))).to_be_visible(timeout=seconds * 1000)
    settle(page)


def cell(page: Page, column: int, row: int) -> str:
    return page.get_by_test_id(f"glide-cell-{column}-{row}").inner_text()


def choose_row(page: Page, row: int) -> None:
    page.locator("[class*='st-key-batch_rows_'] .dvn-scroller").click(position={"x": 150, "y": 60 + 48 * row})


def done_in(server: Server) -> int:
    """Items that the database of a server, which may not run, has as done."""
    connection = sqlite3.connect(server.data / "loupe.db", timeout=20)
    try:
        return int(connection.execute("SELECT count(*) FROM record WHERE state = 'done'").fetchone()[0])
    finally:
        connection.close()


def test_twelve_pictures_to_a_talk_about_one(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    wire.always(SLOW)
    wire.script(SLOW, SLOW, replace(SLOW, hold_before=(1,)), provider="anthropic")
    page = open_page(claude_server, "/batch", size=(1280, 900))
    assert violations(page) == []
    shot(page, "batch-empty-1280-light")
    add(page, 12)
    ask(page)
    expect(page.get_by_text("for all 12 pictures.")).to_be_visible()
    assert violations(page) == []
    shot(page, "batch-setup-1280-light")
    page.get_by_role("button", name="For experts").click()
    box = page.get_by_role("spinbutton", name="How many at once")
    expect(box).to_have_value("8")
    page.wait_for_timeout(500)  # what is written while the box is still opening is not heard
    box.fill("1")
    box.press("Enter")
    eventually(page, lambda: "n=1" in page.url, "it stands in the address")
    page.keyboard.press("Escape")
    settle(page)
    run(page, "Run 12")
    expect(page.get_by_test_id("glide-cell-2-0")).to_have_text("✓ Done", timeout=40_000)
    choose_row(page, 0)
    expect(page.locator(".st-key-batch_item").get_by_text("Yes, in blue.")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    expect(page.get_by_text("Pausing: 1 still under way")).to_be_visible()
    wire.release()
    ended(page, "3 done, 9 to come")
    assert violations(page) == []
    shot(page, "batch-paused-1280-light")
    page.get_by_role("button", name="Go on", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    ended(page, "12 done")
    expect(page.locator(".st-key-batch_item").get_by_text("form-00.png")).to_be_visible()  # it stayed chosen
    choose_row(page, 3)
    expect(page.locator(".st-key-batch_item").get_by_text("form-03.png")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".st-key-batch_item").get_by_text("form-04.png")).to_be_visible()
    settle(page)
    assert violations(page) == []
    shot(page, "batch-done-1280-light")
    page.get_by_role("button", name="Save as a file").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert saved.value.path().read_text(encoding="utf-8-sig").count("Yes, in blue.") == 12
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask on in Chat").click()
    page.wait_for_url("**/chat?c=*")
    expect(page.get_by_text("Is it signed?").first).to_be_visible()
    expect(page.get_by_text("Yes, in blue.").first).to_be_visible()
    settle(page)


def test_a_run_outlives_its_page_and_its_server(
    start_server: StartServer, wire: WireServer, open_page: OpenPage
) -> None:
    """The page is closed at item 10, the server is killed, started again with no page open: every item is done."""
    wire.always(SLOW)
    server = start_server(env=wire.environment("anthropic"))
    page = open_page(server, "/batch")
    choose(page, file("forms.zip", packed({f"forms/{number:02}.png": png(number) for number in range(MANY)})))
    expect(page.get_by_text(f"{MANY} pictures", exact=True)).to_be_visible(timeout=60_000)
    settle(page)
    ask(page)
    run(page, f"Run {MANY}")
    address = page.url.removeprefix(server.url)
    eventually(page, lambda: done_in(server) >= 10, "ten items are done", 60)
    page.context.close()
    server.kill()
    before = done_in(server)
    assert 10 <= before < MANY
    server.start()
    until = time.monotonic() + 90
    while done_in(server) < MANY:
        assert time.monotonic() < until, f"{done_in(server)} are done, and no page is open"
        time.sleep(0.1)
    again = open_page(server, address)
    ended(again, f"{MANY} done")
    expect(again.get_by_text(f"Done {MANY}", exact=True)).to_be_visible()
    assert {cell(again, 2, row) for row in range(5)} == {"✓ Done"}
    assert len(wire.requests) <= MANY + 8  # those that were under way when it was killed are asked again, no others


def test_failures_in_the_dark_and_on_a_phone(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    wire.script(fails("bad_request"), Play(ending="refusal"), provider="anthropic")
    page = open_page(claude_server, "/batch", size=(1600, 1000), dark=True)
    watch(page).allowed += ["422"]
    text = file("notes.png", b"no picture")
    add(page, 6, text, first=100, words="6 pictures, 1 file that is no picture")
    ask(page)
    assert violations(page) == []
    shot(page, "batch-setup-1600-dark")
    run(page, "Run 6")
    ended(page, "4 done, 2 failed, 1 is no picture")
    page.get_by_text("Failed 2", exact=True).click()  # a press on the words of a choice is one on it
    expect(page.get_by_test_id("glide-cell-2-0")).to_have_text("✕ Failed")
    expect(page.get_by_test_id("glide-cell-2-2")).to_have_count(0)
    choose_row(page, 0)
    expect(page.get_by_role("button", name="Try this one again")).to_be_visible()
    settle(page)
    assert violations(page) == []
    shot(page, "batch-failed-1600-dark")
    page.get_by_role("button", name="Try this one again").click()
    ended(page, "5 done, 1 failed, 1 is no picture")
    address = page.url.removeprefix(claude_server.url)
    phone = open_page(claude_server, address, size=(390, 844), touch=True)
    expect(phone.get_by_text("5 done, 1 failed")).to_be_visible()
    assert no_sideways_scroll(phone)
    assert violations(phone) == []
    shot(phone, "batch-failed-390-light")
    phone.get_by_role("button", name="New").tap()
    expect(phone.get_by_label("Your question")).to_be_visible()
    settle(phone)
    assert no_sideways_scroll(phone)
    assert violations(phone) == []
    shot(phone, "batch-empty-390-light")
