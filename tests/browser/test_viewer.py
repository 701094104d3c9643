"""The viewer in a real browser: boxes in and out, zoom, turn, two panes, keyboard, phone, failure in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect

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

WIDTH, HEIGHT = 3000, 4000  # of the first picture
TOTAL = (1900, 3300, 2600, 3500)


@pytest.fixture(scope="module")
def stage(start_server: StartServer) -> Server:
    return start_server("viewer_stage")


def pane(page: Page, number: int = 0) -> Any:
    return page.locator(".stage").nth(number)


def ready(page: Page, number: int = 0) -> None:
    expect(pane(page, number)).to_have_attribute("data-state", "shown", timeout=20_000)
    still(page)


def still(page: Page) -> None:
    """Waits until nothing moves any more."""
    last: list[str] = []

    def same() -> bool:
        now = page.locator("svg.boxes polygon").evaluate_all("all => all.map(p => p.getAttribute('points'))")
        done = bool(now == last)
        last[:] = now
        page.wait_for_timeout(60)
        return done

    eventually(page, same, "the picture comes to rest")


def told(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.get_by_test_id("stCode").inner_text())
    return found


def frame(page: Page, number: int = 0) -> FloatRect:
    """Where the picture's pane stands on the screen, without its border."""
    rect: FloatRect = (
        pane(page, number)
        .locator("svg.boxes")
        .evaluate(
            "e => { const r = e.getBoundingClientRect(); return {x: r.x, y: r.y, width: r.width, height: r.height} }"
        )
    )
    return rect


def corners(page: Page, box: str, number: int = 0) -> list[tuple[float, float]]:
    """Screen positions of a box's corners, beginning with the picture's own top left."""
    points = pane(page, number).locator(f'g[data-id="{box}"] polygon').last.get_attribute("points")
    at = frame(page, number)
    assert points
    return [(at["x"] + float(x), at["y"] + float(y)) for x, y in (pair.split(",") for pair in points.split())]


def middle(page: Page, box: str) -> tuple[float, float]:
    at = corners(page, box)
    return sum(x for x, _ in at) / 4, sum(y for _, y in at) / 4


def tool(page: Page, name: str) -> Any:
    return page.get_by_role("group", name="Picture tools").get_by_role("button", name=name)


def press(page: Page, name: str) -> None:
    tool(page, name).click()
    still(page)


def test_boxes_lie_where_they_belong(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    at = frame(page)
    scale = at["height"] / HEIGHT  # the whole picture is fitted, and it is taller than the pane
    left = at["x"] + (at["width"] - WIDTH * scale) / 2
    expected = [(left + TOTAL[x] * scale, at["y"] + TOTAL[y] * scale) for x, y in ((0, 1), (2, 1), (2, 3), (0, 3))]
    for (x, y), (ex, ey) in zip(corners(page, "total"), expected, strict=True):
        assert abs(x - ex) < 1.5
        assert abs(y - ey) < 1.5


def test_only_the_preview_is_fetched_until_she_zooms(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    assert not [url for url in watch(page).requests if url.endswith("/view")]
    press(page, "Show at 100 %")
    eventually(
        page, lambda: [url for url in watch(page).requests if url.endswith("/view")], "the large copy is asked for"
    )


def test_click_picks_the_smallest_box_without_a_full_run(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    page.mouse.click(*middle(page, "within"))
    eventually(page, lambda: told(page)["picked"] == ["within"], "the inner box is picked")
    page.wait_for_timeout(600)  # two quick clicks would be a double click, which zooms
    page.mouse.click(*middle(page, "total"))
    eventually(page, lambda: told(page)["picked"] == ["within", "total"], "the other box is picked")
    settle(page)
    expect(page.get_by_text("runs: 1", exact=True)).to_be_visible()


def test_highlight_moves_only_to_what_is_out_of_sight(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    before = corners(page, "total")
    page.locator(".st-key-lit").get_by_text("total", exact=True).click()
    expect(page.locator('g[data-id="total"]')).to_have_class("box  lit")
    still(page)
    assert corners(page, "total") == before  # in sight and large enough: nothing jumps
    page.locator(".st-key-lit").get_by_text("tiny", exact=True).click()
    expect(page.locator('g[data-id="tiny"]')).to_have_class("box problem lit")
    eventually(page, lambda: corners(page, "total") != before, "the view goes to the small print")
    still(page)
    at, xs = frame(page), [x for x, _ in corners(page, "tiny")]
    assert at["x"] <= min(xs)
    assert max(xs) <= at["x"] + at["width"]
    assert max(xs) - min(xs) > 10
    assert watch(page).requests.count(page.url) == 1


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_drawn_region_comes_back_in_original_pixels(stage: Server, open_page: OpenPage, turns: int) -> None:
    page = open_page(stage)
    ready(page)
    for _ in range(turns):
        press(page, "Turn for viewing")
    start, _, end, _ = corners(page, "total")
    press(page, "Draw a region")
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()
    eventually(page, lambda: told(page)["drawn"], "the region arrives")
    pixel = HEIGHT / frame(page)["height"] * (1 if turns % 2 == 0 else 1.4)  # original pixels in one of the screen
    for found, wanted in zip(told(page)["drawn"], TOTAL, strict=True):
        assert abs(found - wanted) <= 2 * pixel


def test_turned_boxes_turn_too(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    press(page, "Turn for viewing")
    (ax, ay), (bx, by), (cx, cy), _ = corners(page, "total")
    assert abs(ax - bx) < 1  # what ran to the right runs down
    assert by > ay
    assert cx < bx
    assert abs(by - cy) < 1
    at = frame(page)
    assert all(at["y"] <= y <= at["y"] + at["height"] for _, y in corners(page, "tiny"))  # and all of it is in sight
    shot(page, "viewer-turned")


def test_hundred_percent_is_one_original_pixel_per_screen_pixel(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    press(page, "Show at 100 %")
    (ax, _), (bx, _), *_ = corners(page, "total")
    assert abs((bx - ax) - (TOTAL[2] - TOTAL[0])) < 2


def test_two_panes_move_together(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    page.locator(".st-key-mode").get_by_text("side-by-side").click()
    expect(page.locator(".stage")).to_have_count(2)
    ready(page, 0)
    ready(page, 1)
    expect(page.get_by_role("application", name="B: wide.png")).to_be_visible()
    before = corners(page, "total")
    at = frame(page, 1)
    page.mouse.move(at["x"] + 60, at["y"] + 90)  # the wheel over B moves A
    page.mouse.wheel(0, -300)
    eventually(page, lambda: corners(page, "total") != before, "the other pane follows")
    still(page)
    zoomed = corners(page, "total")
    assert zoomed[1][0] - zoomed[0][0] > (before[1][0] - before[0][0]) * 1.15
    shot(page, "viewer-side-by-side")
    page.locator(".st-key-mode").get_by_text("single").click()
    expect(page.locator(".stage")).to_have_count(1)


def test_next_and_previous_and_a_lost_picture(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    watch(page).allowed += ["nosuchpicture", "Failed to load", "failed to load"]
    ready(page)
    expect(tool(page, "Previous picture")).to_be_disabled()
    press(page, "Next picture")
    press(page, "Next picture")
    ready(page)
    press(page, "Next picture")
    expect(pane(page)).to_contain_text("This picture could not be loaded.")
    expect(tool(page, "Next picture")).to_be_disabled()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    press(page, "Previous picture")
    ready(page)


def test_keyboard_alone(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    before = corners(page, "total")
    canvas = page.get_by_role("application", name="receipt.png")
    canvas.focus()
    for key in ("r", "f", "w", "d"):  # letters are not commands
        page.keyboard.press(key)
    still(page)
    assert corners(page, "total") == before
    page.keyboard.press("+")
    eventually(page, lambda: corners(page, "total") != before, "plus zooms in")
    still(page)
    page.keyboard.press("0")
    eventually(page, lambda: corners(page, "total") == before, "0 fits again")
    for _ in range(4):
        page.keyboard.press("Tab")
    focused = page.locator("button[data-id]:focus")
    expect(focused).to_have_count(1)
    page.locator('button[data-id="total"]').focus()
    expect(page.locator('g[data-id="total"].focus')).to_have_count(1)
    shot(page, "viewer-focus")
    page.keyboard.press("Enter")
    eventually(page, lambda: told(page)["picked"] == ["total"], "Enter picks")


@pytest.mark.parametrize("look", ["light", pytest.param("dark", marks=pytest.mark.long), "phone"])
def test_looks_and_axe(stage: Server, open_page: OpenPage, look: str) -> None:
    size = (390, 844) if look == "phone" else (1280, 860)
    page = open_page(stage, size=size, dark=look == "dark", touch=look == "phone")
    ready(page)
    shot(page, f"viewer-{look}")
    assert no_sideways_scroll(page)
    assert violations(page) == []
    if look == "phone":
        assert frame(page)["height"] <= 0.6 * 844 + 1  # a finger finds the page beside it


def test_reruns_reload_nothing(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    ready(page)
    press(page, "Show at 100 %")
    eventually(page, lambda: any(url.endswith("/view") for url in watch(page).requests), "the large copy is asked for")
    press(page, "Fit the whole picture")
    before = corners(page, "row")
    asked = len(watch(page).requests)
    for name in ("row", "within", "row"):  # all of it in sight
        page.locator(".st-key-lit").get_by_text(name, exact=True).click()
        expect(page.locator(f'g[data-id="{name}"].lit')).to_have_count(1)
    settle(page)
    assert len(watch(page).requests) == asked
    still(page)
    assert corners(page, "row") == before
    expect(page.locator(".openseadragon-canvas")).to_have_count(1)
