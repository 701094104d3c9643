"""Money as a person sees it: what a talk against the loopback provider cost, and what she sets in Settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    READER,
    OpenPage,
    Server,
    StartServer,
    eventually,
    no_sideways_scroll,
    settle,
    shot,
    violations,
)
from tests.browser.test_talk import ask, drop_in
from tests.store.conftest import open_store
from tests.wire.plays import fails
from tests.wire.server import WireServer
from vision.messages import Usage
from vision.settings import LOCAL_OWNER
from vision.store.money_records import Caps, Job, Settled, Spending

SIZES = {"390": (390, 844), "1600": (1600, 1000)}


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as running:
        yield running


@pytest.fixture(scope="module")
def server(start_server: StartServer, wire: WireServer) -> Server:
    """The app with keys for two services and a local server, all of which lead to the loopback provider."""
    names = ("anthropic", "gemini", "compatible")
    return start_server(env={**wire.environment(*names), "LOUPE_INSTALLATION_DAY_CAP": "5"})


@pytest.fixture
def spent(server: Server, wire: WireServer, open_page: OpenPage) -> None:
    """Two questions that were answered, the first after a failure, and what was spent on the days before. Once."""
    if not earlier(server):
        return
    page = open_page(server)
    drop_in(page)
    wire.script(fails("bad_key"))
    for number, question in enumerate(("What is it?", "And what does it cost?"), start=1):
        ask(page, question)
        expect(page.get_by_test_id("stChatMessage")).to_have_count(2 * number)
        expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
        settle(page)


def earlier(server: Server) -> bool:
    """Attempts of the last weeks, straight into the ledger; False: they are there."""
    store = open_store(server.data)
    mine, now = store.of(LOCAL_OWNER), datetime.now(UTC)
    if mine.ledger(1):
        store.close()
        return False
    asked: tuple[tuple[str, str, str, Job], ...] = (
        ("anthropic", "claude-sonnet-5-5", "balanced", "chat"),
        ("gemini", "gemini-3.5-flash-lite", "quick", "chat"),
        ("openai", "gpt-6.2-sol", "best", "chat"),
    )
    for number in range(24):
        provider, model, level, job = asked[number * 7 % 3]
        at = now - timedelta(days=1 + number * number % 27)
        cents = Decimal(1 + number * 5 % 9) / 1000
        spending = Spending(job, f"q-{number}", provider, model, level, "", cents, cents * 10)
        ledger_id = mine.reserve(spending, Caps(), at.date(), at)
        if number % 9 == 4:
            mine.settle(ledger_id, Settled("timeout"))
        else:
            mine.settle(ledger_id, Settled("complete", Usage(2400, 900, 0, 250), cents, cents / 5))
    store.close()
    return True


@pytest.mark.parametrize(
    ("width", "dark"),
    [
        pytest.param(width, dark, marks=() if dark == (width == "390") else pytest.mark.long)
        for width in SIZES
        for dark in (False, True)
    ],
)
@pytest.mark.usefixtures("spent")
def test_looks(server: Server, open_page: OpenPage, width: str, dark: bool) -> None:
    tone = f"{width}-{'dark' if dark else 'light'}"
    page = open_page(server, "/costs", size=SIZES[width], dark=dark, touch=width == "390")
    expect(page.get_by_test_id("stMetricValue").first).to_contain_text("$0.")
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg, canvas").first).to_be_visible()
    looked_at(page, f"costs-{tone}")
    page.goto(f"{server.url}/settings")
    settle(page)
    looked_at(page, f"settings-{tone}")


def looked_at(page: Page, name: str) -> None:
    """A picture of all of the page, which must not scroll sideways and pleases axe."""
    assert no_sideways_scroll(page)
    assert violations(page) == []
    shown = page.viewport_size
    assert shown is not None
    height = page.get_by_test_id("stMain").evaluate("e => e.scrollHeight")
    page.set_viewport_size({"width": shown["width"], "height": int(height) + 80})
    settle(page)
    shot(page, name)
    page.set_viewport_size(shown)


@pytest.mark.usefixtures("spent")
def test_what_a_talk_cost(server: Server, open_page: OpenPage) -> None:
    page = open_page(server)
    page.get_by_role("link", name="Costs").first.click()
    expect(page.get_by_role("heading", name="Costs")).to_be_visible()
    page.locator(".st-key-period input").click()
    page.get_by_role("option", name="Today").click()
    expect(page.locator(".st-key-figures")).to_contain_text("Failed")
    rows = page.locator(".st-key-by_model tbody tr")
    expect(rows).to_have_count(2)  # the one that failed, and the one that answered twice
    expect(page.locator(".st-key-figures")).to_contain_text("1 (33 %)")
    expect(page.locator(".st-key-by_day_table table")).to_be_visible()
    expect(page.locator(".st-key-caps")).to_contain_text("of $5.00 left today")


@pytest.mark.xdist_group(READER)
def test_nothing_was_spent_yet(app_server: Server, open_page: OpenPage) -> None:
    page = open_page(app_server, "/costs")
    expect(page.get_by_text("No cap is set")).to_be_visible()
    assert violations(page) == []
    shot(page, "costs-empty")


def test_what_is_set_is_kept_over_a_reload(server: Server, open_page: OpenPage) -> None:
    page = open_page(server, "/settings")
    page.locator(".st-key-prefer_choice").get_by_text("Auto", exact=True).click()
    expect(page.locator(".st-key-prefer_choice input").nth(3)).to_be_checked()
    settle(page)
    field = page.get_by_role("textbox", name="A day")
    field.fill("much")
    field.press("Enter")
    expect(page.get_by_text("A day: Write an amount in US dollars")).to_be_visible()
    expect(field).to_have_value("much")
    shot(page, "settings-wrong-cap")
    assert violations(page) == []
    field.fill("0,5")
    field.press("Enter")
    expect(page.get_by_text("a day $0.50")).to_be_visible()
    settle(page)
    page.locator(".st-key-prefer_local_model input").fill("llava:13b")
    page.locator(".st-key-prefer_local_model input").press("Enter")
    settle(page)
    page.reload()
    settle(page)
    expect(page.locator(".st-key-prefer_choice input").nth(3)).to_be_checked()
    expect(page.get_by_role("textbox", name="A day")).to_have_value("0.50")
    expect(page.locator(".st-key-prefer_local_model input")).to_have_value("llava:13b")


def test_her_order_is_set_by_keyboard(server: Server, open_page: OpenPage) -> None:
    page = open_page(server, "/settings")
    place = page.get_by_role("combobox", name="Gemini")
    place.focus()
    page.keyboard.type("First")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Claude")).to_have_value("Second")
    settle(page)
    eventually(page, lambda: place.evaluate("e => e === document.activeElement"), "the keyboard stays where it was")
    page.reload()
    settle(page)
    for name, words in (("Gemini", "First"), ("Claude", "Second"), ("OpenAI", "Third")):
        expect(page.get_by_role("combobox", name=name)).to_have_value(words)
