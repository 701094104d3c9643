"""Comparing models in a real browser: columns that stream at once, votes by keyboard, names that stay hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import (
    OpenPage,
    Server,
    StartServer,
    no_sideways_scroll,
    settle,
    shot,
    violations,
)
from tests.browser.test_talk import RECEIPT
from tests.wire.plays import Play, fails, words
from tests.wire.server import WireServer
from vision.store import Store

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
    picture: FilePayload = {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": RECEIPT}
    page.locator("input[type=file]").first.set_input_files(picture)
    page.wait_for_url("**/models?p=*")
    expect(page.get_by_role("button", name="receipt.jpg")).to_be_visible()
    settle(page)
    if not hidden:
        page.get_by_text("Hide the names").click()
        settle(page)
    page.get_by_label("Your question to all of them").fill(question)
    run = page.get_by_role("button", name="Run")
    stood = run.bounding_box()
    run.hover()
    page.mouse.down()  # ends the writing, so the page runs and the price changes while the button is being pressed
    settle(page)
    assert run.bounding_box() == stood
    page.mouse.up()
    page.wait_for_url("**/models?c=*")


def script(wire: WireServer, provider: str, *plays: Play) -> None:
    """For questions alone: a list of models, which the page asks the local server for, takes a reply as well."""
    wire.script(*plays, provider=provider, model="llava:7b" if provider == "compatible" else None)


def column(page: Page, number: int, position: int = 1) -> str:
    return page.locator(f".st-key-column_{number}_{position}").inner_text()


def test_four_columns_stream_at_once(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(four_server, "/models", size=(1920, 1000))
    expect(page.get_by_role("heading", name="Compare models")).to_be_visible()
    shot(page, "models-empty-1920-light")
    for provider in FOUR:
        pieces = words(f"first of {provider[::-1]} and then the rest")
        script(wire, provider, Play(chunks=pieces, hold_before=(1,)))
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


def test_a_vote_by_keyboard_shows_names_and_figures(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(four_server, "/models", size=(1280, 860))
    for provider, text in ANSWERS.items():
        script(wire, provider, Play(chunks=words(text)))
    begin(page)
    expect(page.get_by_role("button", name="Tie")).to_be_visible()
    settle(page)
    assert TELLING.search(page.content()) is None, TELLING.search(page.content())
    assert violations(page) == []
    box = page.locator(".st-key-contest_ask textarea")
    box.fill("2 of them")  # typed into a box a digit is a digit
    expect(page.get_by_role("button", name="Tie")).to_be_visible()
    box.fill("")
    page.get_by_role("heading", name="What is the total?").click()
    page.keyboard.press("2")
    expect(page.get_by_text("Your vote: 2 · ")).to_be_visible()
    settle(page)
    names = " ".join(column(page, number) for number in (1, 2, 3, 4))
    assert all(name in names for name in ("Claude", "GPT", "Gemini", "llava"))
    expect(page.get_by_role("table").first).to_contain_text("First word")
    shot(page, "models-voted-1280-light")
    page.reload()
    settle(page)
    expect(page.get_by_text("Your vote: 2 · ")).to_be_visible()
    page.get_by_text("Your votes so far").click()
    expect(page.get_by_text("Not enough votes yet").first).to_be_visible()
    expect(page.get_by_role("link", name="Votes and answers as CSV")).to_be_visible()
    settle(page)
    assert violations(page) == []
    assert no_sideways_scroll(page)
    shot(page, "models-score-1280-light")


def test_one_dead_provider_leaves_three_answers(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(four_server, "/models", size=(390, 844), dark=True, touch=True)
    script(wire, "openai", *[fails("bad_request")] * 3)
    for provider in ("anthropic", "gemini", "compatible"):
        script(wire, provider, Play(chunks=words(ANSWERS[provider])))
    begin(page)
    expect(page.get_by_text("No answer came. Why is said with the names.")).to_be_visible()
    expect(page.get_by_role("button", name="Tie")).to_be_visible()
    settle(page)
    assert page.get_by_role("button", name=re.compile("is the best")).count() == 3
    assert TELLING.search(page.content()) is None, TELLING.search(page.content())
    assert no_sideways_scroll(page)
    shot(page, "models-dead-390-dark")
    page.get_by_role("button", name=re.compile("is the best")).first.click()
    expect(page.get_by_text("Your vote:")).to_be_visible()
    settle(page)
    failed = page.locator("[class*='st-key-column_']", has=page.get_by_role("button", name="Try again"))
    expect(failed).to_contain_text("GPT")
    assert violations(page) == []
    assert no_sideways_scroll(page)
    shot(page, "models-dead-voted-390-dark")


def test_leaving_and_reloading_lose_nothing(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(four_server, "/models")
    for provider in FOUR:
        script(wire, provider, Play(chunks=words("One two three four"), hold_before=(2,)))
    begin(page, hidden=False)
    wire.wait_held(4)
    expect(page.locator(".st-key-column_4_1")).to_contain_text("One two")
    page.reload()
    expect(page.locator(".st-key-column_1_1")).to_contain_text("One two")
    expect(page.locator(".st-key-column_1_1")).to_contain_text("Gemini")
    page.get_by_role("link", name="Costs").first.click()
    expect(page.get_by_role("heading", name="Costs").first).to_be_visible()
    wire.release()
    page.get_by_role("link", name="Compare models").first.click()
    for number in (1, 2, 3, 4):
        expect(page.locator(f".st-key-column_{number}_1")).to_contain_text("One two three four")
    settle(page)


def test_stop_all_then_a_follow_up_to_all_then_chat(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(four_server, "/models", size=(1920, 1080), dark=True)
    for provider in FOUR:
        script(wire, provider, Play(chunks=words("One two three four"), hold_before=(2,)))
    begin(page, hidden=False)
    wire.wait_held(4)
    expect(page.locator(".st-key-column_4_1")).to_contain_text("One two")
    page.get_by_role("button", name="Stop all").click()
    for number in (1, 2, 3, 4):
        expect(page.locator(f".st-key-column_{number}_1")).to_contain_text("Stopped by you")
    settle(page)
    wire.reset()
    for provider, text in ANSWERS.items():
        script(wire, provider, Play(chunks=words(text)))
    page.locator(".st-key-contest_ask textarea").fill("And in words?")
    page.keyboard.press("Enter")
    for number in (1, 2, 3, 4):
        expect(page.locator(f".st-key-column_{number}_2").get_by_role("button", name="Go on in Chat")).to_be_visible()
    settle(page)
    page.locator(".st-key-column_1_2").get_by_text("What the model sees").click()
    expect(page.get_by_text("SHA-256 of these bytes")).to_be_visible()
    settle(page)
    assert violations(page) == []
    shot(page, "models-follow-up-1920-dark")
    page.locator(".st-key-column_2_2").get_by_role("button", name="Go on in Chat").click()
    page.wait_for_url("**/chat?c=*")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(4)
    settle(page)


def test_the_new_page_and_the_score_on_every_width(four_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    for size, dark in (((390, 844), False), ((1920, 1000), True)):
        page = open_page(four_server, "/models", size=size, dark=dark)
        picture: FilePayload = {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": RECEIPT}
        page.locator("input[type=file]").first.set_input_files(picture)
        page.wait_for_url("**/models?p=*")
        expect(page.get_by_text("All 4 together: about")).to_be_visible()
        settle(page)
        page.reload()
        settle(page)
        expect(page.get_by_role("button", name="receipt.jpg")).to_be_visible()
        page.get_by_role("button", name="What is the total?").click()
        expect(page.get_by_label("Your question to all of them")).to_have_value("What is the total?")
        settle(page)
        page.get_by_text("By hand").click()
        expect(page.get_by_text("Model 4, if you like")).to_be_visible()
        settle(page)
        assert violations(page) == []
        assert no_sideways_scroll(page)
        shot(page, f"models-new-{size[0]}-{'dark' if dark else 'light'}")
        run, price = page.get_by_role("button", name="Run"), page.get_by_text("together: about")
        said, stood = price.inner_text(), run.evaluate("e => e.offsetTop")
        page.get_by_label("Your question to all of them").fill("What is the total? " * 900)
        page.get_by_role("heading", name="Compare models").click()
        expect(price).not_to_have_text(said)
        settle(page)
        assert run.evaluate("e => e.offsetTop") == stood  # under the pointer that presses it


def test_enough_votes_become_a_share_with_a_bar(four_server: Server, open_page: OpenPage) -> None:
    store = Store.open(four_server.data / "loupe.db", four_server.data / "blobs")
    owned = store.of("local")
    for number in range(14):
        contest = owned.create_contest(("claude-opus-5-5", "reader"), (), f"Receipt {number}")
        owned.vote(contest.id, 1, contest.lanes[number > 10].id)
    store.close()
    for size, dark in (((1280, 860), True), ((390, 844), False)):
        page = open_page(four_server, "/models", size=size, dark=dark)
        page.get_by_text("Your votes so far").click()
        expect(page.get_by_text("Between 52 and 92 of 100")).to_be_visible()
        page.get_by_text("Between 52 and 92 of 100").scroll_into_view_if_needed()
        settle(page)
        assert violations(page) == []
        assert no_sideways_scroll(page)
        shot(page, f"models-share-{size[0]}-{'dark' if dark else 'light'}")
