"""Extract in a real browser: a set is chosen, tried, edited and saved; three pictures are read, through a reload."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

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
from tests.wire.plays import Play, fails
from tests.wire.server import WireServer

GOOD: dict[str, Any] = {
    "vendor": "Harbour Grocers",
    "date": "2026-11-20",
    "total": 5.00,
    "items": [{"description": "Bread", "amount": 3.10}, {"description": "Milk", "amount": 9.90}],
    "subtotal": 5.00,
}


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


def said(data: dict[str, Any], *, held: bool = False) -> Play:
    text = json.dumps(data)
    return Play(chunks=tuple(text[at : at + 30] for at in range(0, len(text), 30)), hold_before=(1,) if held else ())


def pictures(*names: str) -> list[FilePayload]:
    return [{"name": name, "mimeType": "image/jpeg", "buffer": RECEIPT + name.encode()} for name in names]


def add(page: Page, *names: str) -> None:
    page.locator("input[type=file]").first.set_input_files(pictures(*names))
    page.wait_for_url("**p=*")
    expect(page.get_by_text(f"{len(names)} picture", exact=False).first).to_be_visible()
    settle(page)


def value(page: Page, name: str) -> Any:
    """The line of a value, by its name."""
    return page.locator(".value", has=page.locator(".name", has_text=re.compile(f"^{name}$")))


def write(page: Page, column: int, row: int, text: str) -> None:
    """Into a cell of the editor's table; both count from 0. The first column holds the rows' own boxes."""
    table = page.locator("[class*='st-key-fields_'] .dvn-scroller").first
    x = (90, 260, 400)[column]
    table.dblclick(position={"x": x, "y": 52 + 35 * row})
    box = page.locator("#portal textarea, #portal input").first
    expect(box).to_be_visible()
    box.fill(text)
    page.keyboard.press("Enter")


def test_choose_try_edit_save(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server, "/extract", size=(1280, 900))
    assert violations(page) == []
    shot(page, "extract-empty-1280-light")
    page.get_by_role("button", name="Receipt", exact=True).click()
    page.wait_for_url("**set=receipt*")
    add(page, "receipt.jpg")
    expect(page.get_by_text(re.compile(r"Claude .*, about \$.* for this document"))).to_be_visible()
    wire.script(said(GOOD, held=True), provider="anthropic")
    page.get_by_role("button", name="Read", exact=True).click()
    wire.wait_held(1, timeout=40)  # the first request loads the SDK
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    wire.release()
    expect(value(page, "Total")).to_contain_text("read on the picture")
    expect(value(page, "Vendor")).to_contain_text("not found on the picture: check this")
    expect(page.get_by_text("does not add up").first).to_be_visible()
    settle(page)
    value(page, "Total").get_by_role("button", name="5.00").click()
    expect(page.locator("g.box.lit[data-id=total]")).to_have_count(1)
    settle(page)
    assert violations(page) == []
    assert no_sideways_scroll(page)
    shot(page, "extract-tried-1280-light")
    page.get_by_text("Fields and rules").click()
    expect(page.get_by_role("textbox", name="Name of the set")).to_be_visible()
    settle(page)
    write(page, 0, 0, "shop")
    expect(page.get_by_text("changed, not saved")).to_have_count(0)  # it comes from a ready set
    eventually(page, lambda: "set=receipt" not in page.url, "the edited set has an address of its own")
    expect(page.get_by_text("Shop, date, total, items").first).to_be_visible()
    settle(page)
    page.get_by_role("textbox", name="Name of the set").fill("Corner shops")
    page.get_by_role("button", name="Save this set").click()
    expect(page.get_by_text("saved, version 1")).to_be_visible()
    settle(page)
    write(page, 0, 1, "shop")
    expect(page.get_by_text("Row 2, shop: This name is there twice")).to_be_visible()
    expect(page.get_by_role("button", name="Read", exact=True)).to_be_disabled()
    settle(page)
    assert violations(page) == []
    shot(page, "extract-problem-1280-light")
    page.reload()
    settle(page)
    expect(page.get_by_role("heading", name="Corner shops")).to_be_visible()
    page.get_by_role("button", name="Choose another").click()
    expect(page.get_by_role("button", name="Corner shops")).to_be_visible()
    settle(page)


def test_three_pictures_through_a_reload(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server, "/extract?set=receipt", size=(1280, 900), dark=True)
    add(page, "one.jpg", "two.jpg", "three.jpg")
    expect(page.get_by_text("for all 3 documents")).to_be_visible()
    settle(page)
    wire.script(said(GOOD, held=True), fails("bad_request"), said(GOOD, held=True), provider="anthropic")
    page.get_by_role("button", name="Read all 3").click()
    page.wait_for_url("**r=*")
    wire.wait_held(2, timeout=40)
    expect(page.get_by_text("1 of 3 done")).to_be_visible()
    expect(page.get_by_text("Claude did not accept the question")).to_be_visible()
    settle(page)
    assert violations(page) == []
    shot(page, "extract-busy-1280-dark")
    page.reload()
    expect(page.get_by_text("1 of 3 done")).to_be_visible()
    page.get_by_role("link", name="Costs").first.click()
    expect(page.get_by_role("heading", name="Costs").first).to_be_visible()
    wire.release()
    page.get_by_role("link", name="Extract").first.click()
    expect(page.get_by_text("2 of 3 read")).to_be_visible()
    expect(value(page, "Total")).to_contain_text("read on the picture")
    wire.script(said(GOOD), provider="anthropic")
    page.get_by_role("button", name="Read it again").click()
    expect(page.get_by_text("3 of 3 read")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Save as a file").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert saved.value.path().read_text(encoding="utf-8-sig").count("2026-11-20") >= 3
    page.keyboard.press("Escape")
    settle(page)
    assert violations(page) == []
    page.get_by_role("button", name="Review", exact=True).click()
    page.wait_for_url("**/review?r=*")
    settle(page)


def test_on_a_phone(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server, "/extract?set=receipt", size=(390, 844), dark=True, touch=True)
    add(page, "receipt.jpg")
    wire.script(said(GOOD), provider="anthropic")
    page.get_by_role("button", name="Read", exact=True).tap()
    expect(value(page, "Total")).to_contain_text("read on the picture")
    settle(page)
    value(page, "Total").get_by_role("button", name="5.00").tap()
    expect(page.locator("g.box.lit[data-id=total]")).to_have_count(1)
    settle(page)
    assert violations(page) == []
    assert no_sideways_scroll(page)
    shot(page, "extract-tried-390-dark")
