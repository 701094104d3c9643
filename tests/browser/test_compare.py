"""Two screenshots compared in a real browser: what differs, a question, the order swapped, reload, keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, StartServer, no_sideways_scroll, settle, shot, violations
from tests.browser.test_talk import ask
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


@pytest.mark.parametrize(
    ("width", "dark"),
    [
        (390, True),
        (1280, False),
        pytest.param(390, False, marks=pytest.mark.long),
        pytest.param(1920, True, marks=pytest.mark.long),
    ],
)
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


def test_places_by_keyboard_go_into_the_question(server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(server, "/compare", size=(1280, 1100))
    drop_two(page)
    first = page.get_by_role("toolbar", name="Places that differ").get_by_role("button", name="1")
    first.focus()
    page.keyboard.press("Enter")
    ask_places = page.get_by_role("button", name="Ask about the marked place")
    expect(ask_places).to_be_visible()
    settle(page)
    shot(page, "compare-place-1280-light")
    ask_places.focus()
    page.keyboard.press("Enter")
    box = page.locator(".st-key-ask textarea")
    expect(box).to_have_value("Look at the place framed and numbered 1: what differs there?")
    expect(page.get_by_text("With the next question:")).to_be_visible()
    settle(page)
    page.get_by_text("What the model sees").click()
    expect(page.get_by_text("Exactly these bytes go to")).to_be_visible()
    settle(page)
    shot(page, "compare-place-sent-1280-light")
    wire.script(Play(chunks=("The button has another colour.",)), provider="anthropic")
    box.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("another colour")
    sent = wire.requests[-1]
    assert [part for part in sent.parts if part.startswith("Picture")] == ["Picture A:", "Picture B:"]
    settle(page)
    assert violations(page) == []


def test_a_region_that_is_drawn_lies_on_both_and_can_go_again(server: Server, open_page: OpenPage) -> None:
    page = open_page(server, "/compare", size=(1600, 1000))
    drop_two(page)
    boxes = page.locator("svg .box.drawn")
    expect(boxes).to_have_count(0)
    page.get_by_role("button", name="Region").click()
    pane = page.locator("[class*='st-key-viewer_'] canvas").first.bounding_box()
    assert pane is not None
    x, y = pane["x"] + pane["width"] * 0.3, pane["y"] + pane["height"] * 0.45
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 60, steps=6)
    page.mouse.up()
    expect(boxes).to_have_count(2)
    expect(page.get_by_role("button", name="Ask about the marked place")).to_be_visible()
    settle(page)


def test_the_sample_is_there_at_once_and_an_answer_streams_beside_it(
    server: Server, wire: WireServer, open_page: OpenPage
) -> None:
    page = open_page(server, "/compare")
    wire.script(Play(chunks=("It ", "changed."), hold_before=(1,)), provider="anthropic")
    page.get_by_role("button", name="Try a sample").click()
    page.wait_for_url("**/compare?c=*")
    page.get_by_role("button", name="What changed?").click()
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("It")
    # the difference comes while the answer is still being written
    expect(page.get_by_text("differs, in")).to_be_visible(timeout=60_000)
    wire.wait_held()
    wire.release()
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("changed.")
    settle(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Delete this comparison").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Compare pictures")).to_be_visible()
    settle(page)
