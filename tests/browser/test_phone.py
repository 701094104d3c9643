"""What only a phone shows: one column, so that the picture is out of the window when its answer is read."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage, Server, eventually, settle, shot
from tests.browser.test_talk import ask, drop_in

PHONE = (390, 844)
PHONES = {
    "android": "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
}


def covered(page: Page) -> float:
    """How far down, in CSS pixels, the page's own header covers the window."""
    return float(page.get_by_test_id("stHeader").evaluate("e => e.getBoundingClientRect().bottom"))


def place(part: Locator) -> tuple[float, float]:
    """Top and bottom in the window, in CSS pixels."""
    top, bottom = part.evaluate("e => { const r = e.getBoundingClientRect(); return [r.top, r.bottom] }")
    return float(top), float(bottom)


def in_sight(page: Page, part: Locator) -> bool:
    """Whether all of it is in the window and below the header."""
    top, bottom = place(part)
    return top >= covered(page) and bottom <= PHONE[1]


def to_the_end(page: Page) -> None:
    page.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, e.scrollHeight)")


def test_a_press_on_a_place_brings_the_picture_into_sight(app_server: Server, open_page: OpenPage) -> None:
    page = open_page(app_server, size=PHONE, touch=True)
    drop_in(page)
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("5.00", timeout=30_000)
    settle(page)
    stage, lit = page.locator(".stage").first, page.locator("[class*='st-key-light_']").get_by_role("button").first
    for _ in range(2):  # the same place again is shown again
        to_the_end(page)
        assert place(stage)[1] < covered(page)
        lit.tap()
        eventually(page, lambda: in_sight(page, stage), "the picture comes into sight")
        settle(page)
        assert in_sight(page, stage)
    expect(page.locator("g.lit")).to_have_count(1)
    shot(page, "phone-place-shown")


def test_an_answer_that_comes_does_not_move_the_page(app_server: Server, open_page: OpenPage) -> None:
    page = open_page(app_server, size=PHONE, touch=True)
    drop_in(page)
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("5.00", timeout=30_000)
    settle(page)
    page.locator("[class*='st-key-light_']").get_by_role("button").first.tap()
    settle(page)
    to_the_end(page)
    ask(page, "And what is the date?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("2026", timeout=30_000)
    settle(page)
    expect(page.locator("g.lit")).to_have_count(1)  # the new place is lit up, above the window
    assert place(page.locator(".stage").first)[1] < covered(page)


def test_the_menu_closes_when_a_page_is_chosen(app_server: Server, browser: Browser) -> None:
    for agent in PHONES.values():  # Streamlit knows a phone by its name, not by its width
        context = browser.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]}, user_agent=agent, has_touch=True, is_mobile=True
        )
        page = context.new_page()
        page.goto(app_server.url)
        settle(page)
        page.get_by_test_id("stExpandSidebarButton").tap()
        page.get_by_test_id("stSidebar").get_by_role("link", name="Settings").tap()
        expect(page.get_by_role("heading", name="Settings")).to_be_visible()
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
        context.close()
