"""Recent pictures: taken again, and left without a choice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, settle, watch
from tests.browser.test_talk import drop_in


def thumbnails(page: Page) -> int:
    return sum("/thumbnail" in url for url in watch(page).requests)


def open_recent(server: Server, open_page: OpenPage) -> Page:
    """Chat without a talk, with one picture used before, and the recent pictures open."""
    drop_in(open_page(server))
    page = open_page(server, "/chat")
    assert thumbnails(page) == 0
    page.get_by_role("button", name="Recent pictures").click()
    expect(page.get_by_role("button", name="Use", exact=True).first).to_be_visible()
    settle(page)
    assert thumbnails(page) > 0  # fetched when she asked for them
    return page


@pytest.mark.parametrize(("link", "heading"), [("Start", "Ask about a picture"), ("Settings", "Settings")])
def test_a_link_is_followed_while_they_are_open(
    app_server: Server, open_page: OpenPage, link: str, heading: str
) -> None:
    page = open_recent(app_server, open_page)
    page.get_by_role("link", name=link).first.click()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    settle(page)


def test_one_is_taken_again(app_server: Server, open_page: OpenPage) -> None:
    page = open_recent(app_server, open_page)
    page.get_by_role("button", name="Use", exact=True).first.click()
    page.wait_for_url("**/chat?c=*")
    expect(page.get_by_role("application")).to_be_visible()
    settle(page)
