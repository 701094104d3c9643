"""A file of several pages: one is picked in the browser, and the answer comes from it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, settle
from tests.browser.test_talk import ask, receipt
from tests.images.documents import pdf
from tests.images.heic import heic

TOTALS = ("11.10", "22.20", "33.30")


def paper() -> bytes:
    def draw(canvas: Any, page: int) -> None:
        canvas.setFont("Helvetica", 22)
        canvas.drawString(40, 240, "Corner shop")
        canvas.drawString(40, 180, f"Total {TOTALS[page - 1]}")

    return pdf((420, 300), 3, draw)


def tiff() -> bytes:
    pages = [Image.open(io.BytesIO(receipt("Corner shop", f"Total {total}"))) for total in TOTALS]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_deflate")
    return out.getvalue()


def add(page: Page, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
    page.wait_for_url("**/chat?c=*")
    expect(page.locator(".st-key-ask textarea")).to_be_enabled()
    settle(page)


def pick(page: Page, number: str) -> None:
    box = page.get_by_role("spinbutton", name="Page of 3")
    box.fill(number)
    box.press("Enter")


def last(page: Page) -> str:
    return page.get_by_test_id("stChatMessage").last.inner_text()


@pytest.mark.parametrize(
    ("name", "make"), [("invoice.pdf", paper), pytest.param("scan.tiff", tiff, marks=pytest.mark.long)]
)
def test_the_answer_comes_from_the_page_that_was_picked(
    app_server: Server, open_page: OpenPage, name: str, make: Callable[[], bytes]
) -> None:
    page = open_page(app_server)
    add(page, name, make())
    pick(page, "2")
    ask(page, "What is the total?")  # at once, while the page is still being read: the question waits for it
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("22.20")
    settle(page)
    assert "11.10" not in last(page)
    pick(page, "3")  # after the first question a page is added to the talk
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("33.30")
    settle(page)


def test_a_photo_from_a_phone_is_read(app_server: Server, open_page: OpenPage) -> None:
    page = open_page(app_server)
    photo = Image.open(io.BytesIO(receipt("Corner shop", "Total 44.40"))).crop((0, 0, 672, 224))
    add(page, "IMG_0001.HEIC", heic(photo))
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("44.40")
    settle(page)
