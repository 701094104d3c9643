"""Two pictures compared in a real browser: one viewport in every mode, by mouse, touch and keyboard; what is seen."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, Route, expect

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
from tests.browser.test_viewer import press, still, told, tool

Place = tuple[float, float]
A_WIDTH, B_WIDTH = 1600, 700
BOX_A, BOX_B = (300, 260, 500, 360), (100, 100, 200, 150)  # "r1:a" and "r1:b" of the stage
LAYING = {"laid": (2.0, 100.0, 60.0), "loose": (A_WIDTH / B_WIDTH, 0.0, 0.0)}
RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (0, 160, 0)
MODES = ("Side by side", "Blink", "Slider", "Difference")
MOUSE, PHONE = (1280, 860), (390, 844)


@pytest.fixture(scope="module")
def stage(start_server: StartServer) -> Server:
    return start_server("viewer_two_stage")


def of(page: Page, letter: str) -> Locator:
    """The stage of A or of B, wherever it stands."""
    return page.locator(".stage").filter(has=page.get_by_role("application", name=f"{letter}: "))


def opened(open_page: OpenPage, stage: Server, query: str, **how: object) -> Page:
    page = open_page(stage, f"/?{query}", **how)
    for letter in "AB":
        expect(of(page, letter)).to_have_attribute("data-state", "shown")
    still(page)
    return page


def choose(page: Page, mode: str) -> None:
    button = page.get_by_role("group", name="Compare by").get_by_role("button", name=mode, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    still(page)


def bounds(page: Page, letter: str) -> tuple[float, float, float, float]:
    """Where the stage lies on the screen: left, top, width, height, without its border."""
    rect = of(page, letter).locator("svg.boxes").bounding_box()
    assert rect
    return rect["x"], rect["y"], rect["width"], rect["height"]


def points(page: Page, letter: str) -> list[Place]:
    """The corners of box r1 within its stage."""
    polygon = of(page, letter).locator(f'g[data-id="r1:{letter.lower()}"] polygon').last
    found = polygon.get_attribute("points")
    assert found
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found.split())]


def viewport(page: Page, letter: str, laying: str) -> tuple[float, ...]:
    """Where A's point (0, 0) and its two axes lie in the stage of ``letter``: six numbers say all of a viewport."""
    x0, y0, x1, y1 = (float(n) for n in (BOX_A if letter == "A" else BOX_B))
    if letter == "B":
        scale, dx, dy = LAYING[laying]
        x0, x1, y0, y1 = x0 * scale + dx, x1 * scale + dx, y0 * scale + dy, y1 * scale + dy
    (ax, ay), (bx, by), _, (cx, cy) = points(page, letter)
    right = ((bx - ax) / (x1 - x0), (by - ay) / (x1 - x0))
    down = ((cx - ax) / (y1 - y0), (cy - ay) / (y1 - y0))
    return (ax - right[0] * x0 - down[0] * y0, ay - right[1] * x0 - down[1] * y0, *right, *down)


def together(page: Page, laying: str, what: str) -> tuple[float, ...]:
    """Asserts that both panes show the same place at the same size, and says which."""
    still(page)
    one, other = viewport(page, "A", laying), viewport(page, "B", laying)
    # Points are written to a tenth of a pixel; the origin is that error times the distance of the box.
    slack = [4.0, 4.0, 0.005, 0.005, 0.005, 0.005]
    assert all(abs(a - b) <= most for a, b, most in zip(one, other, slack, strict=True)), (what, one, other)
    sizes = [bounds(page, letter)[2:] for letter in "AB"]
    assert sizes[0] == pytest.approx(sizes[1], abs=0.6), what
    return one


def colour(page: Page, letter: str, x: float, y: float) -> tuple[int, int, int]:
    """What the screen shows at a share of the stage's width and height."""
    left, top, width, height = bounds(page, letter)
    spot = {"x": left + width * x, "y": top + height * y, "width": 1, "height": 1}
    data = page.screenshot(clip=spot)  # type: ignore[arg-type]
    red, green, blue = Image.open(io.BytesIO(data)).convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return int(red), int(green), int(blue)


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(found, wanted, strict=True))


def shows(page: Page, x: float, wanted: tuple[int, int, int], what: str, y: float = 0.4) -> None:
    eventually(page, lambda: near(colour(page, "A", x, y), wanted), what)


@contextmanager
def changed(page: Page, laying: str, what: str) -> Iterator[None]:
    """What happens inside must change the view, of both panes alike."""
    before = together(page, laying, f"before: {what}")
    yield
    eventually(page, lambda: viewport(page, "A", laying) != before, what)
    assert together(page, laying, what) != before


# --- one viewport


@pytest.mark.parametrize(
    ("mode", "laying"),
    [
        ("Side by side", "laid"),
        ("Slider", "laid"),
        pytest.param("Side by side", "loose", marks=pytest.mark.long),
        pytest.param("Slider", "loose", marks=pytest.mark.long),
    ],
)
def test_every_movement_moves_both(stage: Server, open_page: OpenPage, laying: str, mode: str) -> None:
    page = opened(open_page, stage, f"set={laying}")
    choose(page, mode)
    together(page, laying, "at first")
    for letter, x in (("A", 0.3), ("B", 0.7)):
        left, top, width, height = bounds(page, letter)
        at = (left + width * x, top + height * 0.6)
        page.mouse.move(*at)
        with changed(page, laying, f"wheel over {letter}"):
            page.mouse.wheel(0, -400)
        with changed(page, laying, f"drag of {letter}"):
            page.mouse.down()
            page.mouse.move(at[0] + 50, at[1] - 40, steps=5)
            page.mouse.up()
        with changed(page, laying, f"double click on {letter}"):
            page.mouse.dblclick(*at)
        of(page, letter).locator(".openseadragon-canvas").focus()
        for key in ("-", "ArrowRight", "ArrowDown", "+", "0"):
            with changed(page, laying, f"{key} on {letter}"):
                page.keyboard.press(key)
    for name in ("Zoom in", "Show at 100 %", "Zoom out", "Turn for viewing", "Zoom in", "Fit the whole picture"):
        with changed(page, laying, name):
            press(page, name)
    with changed(page, laying, "a smaller window"):
        page.set_viewport_size({"width": 1000, "height": 700})
    with changed(page, laying, "zoomed in a smaller window"):
        press(page, "Zoom in")
    with changed(page, laying, "a larger window"):
        page.set_viewport_size({"width": 1500, "height": 900})


@pytest.mark.long
@pytest.mark.parametrize("laying", ["laid", "loose"])
def test_touch_moves_both(stage: Server, open_page: OpenPage, laying: str) -> None:
    page = opened(open_page, stage, f"set={laying}", size=PHONE, touch=True)
    cdp = page.context.new_cdp_session(page)
    for mode in ("Side by side", "Blink", "Slider"):
        choose(page, mode)
        of(page, "A").scroll_into_view_if_needed()
        left, top, width, height = bounds(page, "A")
        x, y = left + width / 4, top + height / 2
        with changed(page, laying, f"pinch, {mode}"):
            fingers(cdp, [[(x - 10, y), (x + 10, y)], [(x - 30, y), (x + 30, y)], [(x - 50, y), (x + 50, y)]])
        with changed(page, laying, f"one finger, {mode}"):
            fingers(cdp, [[(x, y)], [(x + 20, y + 15)], [(x + 40, y + 25)], [(x + 50, y + 30)]])


def fingers(cdp: CDPSession, path: list[list[Place]]) -> None:
    for number, touching in enumerate(path):
        kind = "touchStart" if number == 0 else "touchMove"
        places = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(touching)]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_change_of_mode_keeps_the_view_and_asks_for_nothing(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=laid")
    choose(page, "Difference")  # the heat map is there from now on
    choose(page, "Side by side")
    fitted = together(page, "laid", "fitted")
    press(page, "Zoom in")
    press(page, "Zoom in")
    asked = len(watch(page).requests)
    magnified, middle = seen(page)
    assert magnified > abs(fitted[2]) * 2
    for mode in ("Blink", "Slider", "Difference", "Slider", "Side by side"):
        choose(page, mode)
        together(page, "laid", mode)
        size, centre = seen(page)
        assert size == pytest.approx(magnified, rel=0.01), mode
        assert centre == pytest.approx(middle, abs=6), mode
    press(page, "Fit the whole picture")
    for mode in ("Slider", "Side by side"):  # what was fitted stays fitted, in a pane of another size
        choose(page, mode)
    assert together(page, "laid", "fitted again") == pytest.approx(fitted, abs=1)
    settle(page)
    assert len(watch(page).requests) == asked
    expect(page.get_by_text("runs: 1", exact=True)).to_be_visible()


def seen(page: Page) -> tuple[float, Place]:
    """Screen pixels for one of A, and the point of A in the middle of the stage."""
    x, y, size, *_ = viewport(page, "A", "laid")
    _, _, width, height = bounds(page, "A")
    return size, ((width / 2 - x) / size, (height / 2 - y) / size)


# --- the modes


def test_side_by_side_and_swap(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")
    assert bounds(page, "A")[0] < bounds(page, "B")[0]
    assert near(colour(page, "A", 0.5, 0.5), RED)
    assert near(colour(page, "B", 0.5, 0.5), BLUE)
    before = points(page, "A")
    page.get_by_role("button", name="Swap left and right").click()
    assert bounds(page, "B")[0] < bounds(page, "A")[0]
    assert near(colour(page, "B", 0.5, 0.5), BLUE)  # the letter stays with its picture
    assert points(page, "A") == before
    expect(page.get_by_text("B is on the left, A on the right.")).to_be_visible()
    of(page, "A").locator(".openseadragon-canvas").focus()
    page.keyboard.press("x")
    assert bounds(page, "A")[0] < bounds(page, "B")[0]
    expect(of(page, "A").locator(".openseadragon-canvas")).to_be_focused()


def test_blink_shows_each_in_turns(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")
    page.emulate_media(reduced_motion="no-preference")
    choose(page, "Blink")
    began = time.monotonic()
    found = [near(one, RED) for one in watched_for(page, 30)]
    turns = sum(one != other for one, other in pairwise(found))
    assert 2 <= turns <= (time.monotonic() - began) / 0.5 + 1, found
    page.get_by_role("button", name="Pause", exact=True).click()
    rests(page)
    page.locator(".st-key-lit").get_by_text("r1:a", exact=True).click()
    expect(page.locator("g.lit")).to_have_count(2)
    first = rests(page)  # a run of the page does not start it again
    page.get_by_role("button", name=f"Show {'B' if near(first, RED) else 'A'}", exact=True).click()
    second = rests(page)
    assert {near(first, RED), near(second, RED)} == {True, False}
    assert near(second, RED) or near(second, BLUE)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("f")  # a flip by hand stops the running
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    rests(page)
    page.get_by_role("button", name="Play", exact=True).click()
    page.emulate_media(reduced_motion="reduce")  # a wish for less motion is heard at once
    expect(page.get_by_role("button", name="Play", exact=True)).to_have_attribute("aria-disabled", "true")
    rests(page)


def watched_for(page: Page, looks: int) -> list[tuple[int, int, int]]:
    """What is seen in the middle, about ten times a second."""
    found = []
    for _ in range(looks):
        page.wait_for_timeout(90)
        found.append(colour(page, "A", 0.5, 0.5))
    return found


def rests(page: Page) -> tuple[int, int, int]:
    """The one colour that is seen for longer than a turn."""
    found = set(watched_for(page, 8))
    assert len(found) == 1
    return found.pop()


def test_reduced_motion_flips_only_by_hand(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")  # every page of the tests asks for less motion
    choose(page, "Blink")
    assert near(rests(page), RED)
    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_have_attribute("aria-disabled", "true")
    expect(play).to_have_attribute("title", "Your system asks for less motion: flip by hand (F)")
    play.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("p")
    assert near(rests(page), RED)
    page.keyboard.press("f")
    assert near(rests(page), BLUE)
    page.keyboard.press("f")
    shows(page, 0.5, RED, "A is back")


@pytest.mark.long
def test_the_divider_by_mouse(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")
    choose(page, "Slider")
    before = points(page, "A")
    assert near(colour(page, "A", 0.4, 0.15), RED)
    assert near(colour(page, "A", 0.6, 0.15), BLUE)
    grip = page.get_by_role("slider", name="Divider between A and B")
    at, (left, top, width, height) = grip.bounding_box(), bounds(page, "A")
    assert at
    page.mouse.move(at["x"] + at["width"] / 2, top + height / 2)
    page.mouse.down()
    page.mouse.move(left + width * 0.3, top + height / 2, steps=6)
    page.mouse.up()
    assert abs(int(grip.get_attribute("aria-valuenow") or 0) - 30) <= 1
    assert near(colour(page, "A", 0.4, 0.15), BLUE)
    assert points(page, "A") == before  # the divider moves, the pictures do not
    page.get_by_role("button", name="Swap left and right").click()
    expect(page.get_by_role("slider", name="Divider between B and A")).to_have_attribute(
        "aria-valuetext", "B 30 %, A 70 %"
    )
    assert near(colour(page, "A", 0.28, 0.15), BLUE)
    assert near(colour(page, "A", 0.4, 0.15), RED)
    page.mouse.move(left + width * 0.5, top + height * 0.3)  # on either side a drag moves the pictures
    page.mouse.down()
    page.mouse.move(left + width * 0.55, top + height * 0.3, steps=4)
    page.mouse.up()
    eventually(page, lambda: points(page, "A") != before, "the pictures move")


def test_the_divider_by_keyboard_and_touch(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain", size=PHONE, touch=True)
    choose(page, "Slider")
    grip = page.get_by_role("slider", name="Divider between A and B")
    grip.focus()
    for key, now in (("ArrowRight", 52), ("ArrowLeft", 50), ("Shift+ArrowLeft", 40), ("PageUp", 50), ("PageDown", 40)):
        page.keyboard.press(key)
        expect(grip).to_have_attribute("aria-valuenow", str(now))
    page.keyboard.press("Home")
    expect(grip).to_have_attribute("aria-valuetext", "A 0 %, B 100 %")
    shows(page, 0.2, BLUE, "nothing of A", y=0.5)
    page.keyboard.press("End")
    shows(page, 0.8, RED, "nothing of B", y=0.5)
    assert no_sideways_scroll(page)
    grip.scroll_into_view_if_needed()
    left, top, width, height = bounds(page, "A")
    y = top + height / 2
    path = [[(left + width - 4 - n * 20, y)] for n in range(9)]
    fingers(page.context.new_cdp_session(page), path)
    eventually(page, lambda: 40 < int(grip.get_attribute("aria-valuenow") or 0) < 60, "the finger moves the divider")


@pytest.mark.long
def test_slider_and_blink_hold_the_place(stage: Server, open_page: OpenPage) -> None:
    """With a registration the same place of both stands under the same point; outside of B there is none of A."""
    page = opened(open_page, stage, "set=laid")
    choose(page, "Slider")
    for a, b in zip(points(page, "A"), points(page, "B"), strict=True):
        assert a == pytest.approx(b, abs=0.3)
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    left = viewport(page, "A", "laid")
    _, _, width, height = bounds(page, "A")

    def at(x: float, y: float) -> tuple[int, int, int]:
        return colour(page, "A", (left[0] + left[2] * x) / width, (left[1] + left[5] * y) / height)

    assert near(at(110, 70), BLUE)
    assert not near(at(90, 70), BLUE)
    assert not near(at(90, 70), RED)
    assert near(at(1490, 800), BLUE)
    page.keyboard.press("End")
    shows(page, 0.5, RED, "A alone")
    assert near(at(90, 70), RED)


def test_difference_lays_the_heat_over(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")
    choose(page, "Difference")
    dial = page.get_by_role("slider", name="Heat map")
    expect(dial).to_have_attribute("aria-valuetext", "70 %")
    hot = 0.35  # of the pane's width: within the upper left quarter of the picture
    mixed = tuple(round(under * 0.3 + over * 0.7) for under, over in zip(RED, GREEN, strict=True))
    eventually(page, lambda: near(colour(page, "A", hot, 0.2), mixed), "the heat map lies over A")
    assert near(colour(page, "A", 0.6, 0.8), RED)
    asked = len(watch(page).requests)
    dial.focus()
    page.keyboard.press("End")
    shows(page, hot, GREEN, "all of the heat", y=0.2)
    page.keyboard.press("Home")
    shows(page, hot, RED, "none of it", y=0.2)
    for _ in range(14):
        page.keyboard.press("ArrowRight")
    expect(dial).to_have_attribute("aria-valuetext", "70 %")
    assert len(watch(page).requests) == asked
    page.keyboard.press("f")
    shows(page, 0.6, BLUE, "B lies under the heat", y=0.8)
    cold = tuple(round(under * 0.3 + over * 0.7) for under, over in zip(BLUE, GREEN, strict=True))
    eventually(page, lambda: near(colour(page, "A", hot, 0.2), cold), "the heat lies over B")
    choose(page, "Slider")
    shows(page, hot, RED, "no heat in another mode", y=0.2)


def test_no_difference_map(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain&heat=none")
    button = page.get_by_role("button", name="Difference", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_attribute("title", "There is no difference map for these two pictures.")
    button.click(force=True)
    page.keyboard.press("4")
    expect(button).to_have_attribute("aria-pressed", "false")


@pytest.mark.long
def test_a_lost_difference_map_is_said(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage, "/?set=plain&heat=lost&mode=difference")
    watch(page).allowed += ["nosuchpicture", "Failed to load"]
    expect(page.get_by_text("The difference map could not be loaded.")).to_be_visible()
    shows(page, 0.5, RED, "A is there all the same")


@pytest.mark.long
@pytest.mark.parametrize(("mode", "size"), [("side-by-side", MOUSE), ("slider", MOUSE), ("side-by-side", PHONE)])
def test_nothing_moves_when_the_script_arrives(
    stage: Server, open_page: OpenPage, mode: str, size: tuple[int, int]
) -> None:
    page = opened(open_page, stage, f"set=plain&mode={mode}", size=size, touch=size == PHONE)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/kit/viewer.js*", hold)
    page.reload()
    expect(page.get_by_text("Loading the viewer")).to_be_visible()
    rooms = [page.locator(".root").bounding_box()]
    eventually(page, lambda: held, "the script is asked for")
    held[0].continue_()
    expect(of(page, "B")).to_have_attribute("data-state", "shown")
    rooms.append(page.locator(".root").bounding_box())
    first, last = (room["height"] for room in rooms if room)
    assert first == pytest.approx(last, abs=4)


# --- Python and the keyboard


@pytest.mark.long
def test_the_chosen_mode_is_told_and_python_may_choose(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")
    of(page, "A").locator(".openseadragon-canvas").focus()
    for key, mode, word in (("2", "Blink", "blink"), ("3", "Slider", "slider"), ("4", "Difference", "difference")):
        page.keyboard.press(key)
        expect(page.get_by_role("button", name=mode, exact=True)).to_have_attribute("aria-pressed", "true")
        eventually(page, lambda word=word: told(page)["mode"] == word, f"{word} is told")  # type: ignore[misc]
    for key in "2342341":  # faster than any run comes back
        page.keyboard.press(key)
    eventually(page, lambda: told(page)["mode"] == "side-by-side", "the last one is told")
    settle(page)
    expect(page.get_by_role("button", name="Side by side", exact=True)).to_have_attribute("aria-pressed", "true")
    page.locator(".st-key-forced").get_by_text("blink", exact=True).click()
    expect(page.get_by_role("group", name="Compare by").get_by_role("button", name="Blink")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator(".st-key-forced").get_by_text("single", exact=True).click()
    expect(page.locator(".stage")).to_have_count(1)
    expect(page.get_by_role("group", name="Compare by")).to_be_hidden()
    page.locator(".st-key-forced").get_by_text("side-by-side", exact=True).click()
    expect(page.locator(".stage")).to_have_count(2)


def test_every_control_by_keyboard(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain&draw")
    wanted = {
        "Side by side": ["Swap left and right"],
        "Blink": ["Play", "Show B"],
        "Slider": ["Swap left and right", "Divider between A and B"],
        "Difference": ["Show B", "Heat map"],
    }
    always = [
        *MODES,
        "Zoom in",
        "Zoom out",
        "Fit the whole picture",
        "Show at 100 %",
        "Turn for viewing",
        "Draw a region",
    ]
    for mode, own in wanted.items():
        choose(page, mode)
        assert not {*always, *own} - set(reached(page)), mode


def reached(page: Page) -> list[str]:
    """The names of everything in the viewer that Tab comes to."""
    page.get_by_role("button", name="Side by side").focus()
    names = []
    for _ in range(24):
        name = page.evaluate(
            """() => { let e = document.activeElement
            while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement
            return e.getAttribute('aria-label') ?? e.closest('label')?.textContent ?? e.textContent }"""
        )
        names.append(str(name))
        page.keyboard.press("Tab")
    return names


def test_tooltips_name_the_keys(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain")
    for number, mode in enumerate(MODES, 1):
        button = page.get_by_role("button", name=mode, exact=True)
        expect(button).to_have_text(mode)
        assert (button.get_attribute("title") or "").endswith(f"({number})")
        expect(button).to_have_attribute("aria-keyshortcuts", str(number))
    expect(page.get_by_role("button", name="Swap left and right")).to_have_attribute("title", "Swap left and right (X)")


# --- boxes


def test_a_pressed_box_lights_its_partner(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=laid")
    at, stands = points(page, "A"), bounds(page, "A")
    page.mouse.click(stands[0] + (at[0][0] + at[2][0]) / 2, stands[1] + (at[0][1] + at[2][1]) / 2)
    for letter in "AB":
        expect(of(page, letter).locator(f'g[data-id="r1:{letter.lower()}"].lit')).to_have_count(1)
    expect(page.locator("g.lit")).to_have_count(2)
    eventually(page, lambda: told(page)["picked"] == ["r1:a"], "and is told")
    page.locator(".st-key-lit").get_by_text("r2:a", exact=True).click()  # Python lights another one
    expect(page.locator('g[data-id="r2:a"].lit')).to_have_count(1)
    expect(page.locator("g.lit")).to_have_count(1)


@pytest.mark.long
def test_a_box_reached_by_tab_is_uncovered(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=laid")
    choose(page, "Blink")
    page.locator('button[data-id="r1:b"]').focus()
    shows(page, 0.5, BLUE, "B comes up")
    choose(page, "Slider")
    page.locator('button[data-id="r1:b"]').focus()
    _, _, width, _ = bounds(page, "B")
    grip = page.get_by_role("slider")
    assert float(grip.get_attribute("aria-valuenow") or 0) / 100 * width <= min(x for x, _ in points(page, "B"))
    page.keyboard.press("Enter")
    eventually(page, lambda: told(page)["picked"] == ["r1:b"], "Enter picks")
    expect(page.locator("g.lit")).to_have_count(2)


# --- regions


def test_several_regions_are_drawn_and_deleted(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=loose&draw")
    press(page, "Draw a region")
    for letter, x, y in (("A", 0.4, 0.4), ("B", 0.3, 0.45), ("A", 0.7, 0.5)):
        count = len(told(page)["own"])
        left, top, width, height = bounds(page, letter)
        page.mouse.move(left + width * x, top + height * y)
        page.mouse.down()
        page.mouse.move(left + width * (x + 0.1), top + height * (y + 0.1), steps=4)
        page.mouse.up()
        eventually(page, lambda count=count: len(told(page)["own"]) == count + 1, "the region is told")  # type: ignore[misc]
    mine = page.get_by_role("group", name="Your regions")
    expect(mine.get_by_role("button", name="Delete")).to_have_count(3)
    assert [letter for _, letter, _ in told(page)["own"]] == ["A", "B", "A"]
    expect(of(page, "A").locator("g.box.drawn")).to_have_count(2)
    expect(of(page, "B").locator("g.box.drawn")).to_have_count(1)
    expect(page.locator("g.draft polygon")).to_have_count(0)
    shot(page, "viewer-two-regions")
    assert violations(page) == []
    mine.get_by_role("button", name="Delete B: Region 2").click()
    eventually(page, lambda: [name for name, *_ in told(page)["own"]] == ["1", "3"], "the deletion is told")
    expect(page.locator("g.box.drawn")).to_have_count(2)
    mine.get_by_role("button", name="Delete A: Region 1").focus()
    page.keyboard.press("Enter")
    eventually(page, lambda: [name for name, *_ in told(page)["own"]] == ["3"], "by keyboard too")
    expect(mine.get_by_role("button", name="Delete")).to_have_count(1)
    expect(mine.get_by_role("button", name="A: Region 3", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    eventually(page, lambda: told(page)["own"] == [], "the last one")
    expect(tool(page, "Draw a region")).to_be_focused()


@pytest.mark.long
def test_a_region_by_keyboard(stage: Server, open_page: OpenPage) -> None:
    page = opened(open_page, stage, "set=plain&draw")
    press(page, "Draw a region")
    before = points(page, "A")
    of(page, "A").locator(".openseadragon-canvas").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Arrows move the region")).to_be_visible()
    start = page.locator("g.draft polygon").last.get_attribute("points")
    page.keyboard.press("Escape")
    expect(page.locator("g.draft polygon")).to_have_count(0)
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    end = page.locator("g.draft polygon").last.get_attribute("points")
    page.keyboard.press("Enter")
    eventually(page, lambda: told(page)["own"], "the region is told")
    ((_, letter, box),) = told(page)["own"]
    assert letter == "A"
    step = 0.02 * min(bounds(page, "A")[2:])
    (x0, y0, x1, y1), (u0, v0, u1, v1) = ends(start), ends(end)
    assert (u0 - x0, v0 - y0, u1 - x1, v1 - y1) == pytest.approx((step, step, 2 * step, step), abs=1.5)
    x, y, size, *_ = viewport(page, "A", "loose")
    assert box == pytest.approx([(u0 - x) / size, (v0 - y) / size, (u1 - x) / size, (v1 - y) / size], abs=4)
    page.keyboard.press("Escape")
    expect(tool(page, "Draw a region")).to_have_attribute("aria-pressed", "false")
    assert points(page, "A") == before  # the arrows were the region's


def ends(polygon: str | None) -> tuple[float, float, float, float]:
    assert polygon
    first, _, third, _ = ([float(n) for n in pair.split(",")] for pair in polygon.split())
    return first[0], first[1], third[0], third[1]


# --- looks


@pytest.mark.parametrize(
    ("look", "size", "dark"),
    [
        ("light", MOUSE, False),
        ("390-dark", PHONE, True),
        pytest.param("dark", MOUSE, True, marks=pytest.mark.long),
        pytest.param("390", PHONE, False, marks=pytest.mark.long),
        pytest.param("1920", (1920, 1080), False, marks=pytest.mark.long),
    ],
)
def test_looks_and_axe(stage: Server, open_page: OpenPage, look: str, size: tuple[int, int], *, dark: bool) -> None:
    page = opened(open_page, stage, "set=sample&draw", size=size, dark=dark, touch=size == PHONE)
    for mode in MODES:
        choose(page, mode)
        page.mouse.move(0, 0)
        shot(page, f"viewer-two-{look}-{mode.lower().replace(' ', '-')}")
        assert no_sideways_scroll(page)
        assert violations(page) == []
        if size == PHONE:
            stands = [bounds(page, letter) for letter in "AB"]  # both are seen at once, and a finger finds the page
            assert max(top + height for _, top, _, height in stands) - min(top for _, top, *_ in stands) <= 0.75 * 844
