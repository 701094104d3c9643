"""Pictures brought in through the picture input: chosen, dropped, pasted, refused in words, tried again, cancelled."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Playwright, Route, expect

from tests.browser.conftest import (
    INSTALLED,
    QUIET,
    OpenPage,
    Server,
    StartServer,
    eventually,
    no_sideways_scroll,
    playwrights_own,
    settle,
    shot,
    violations,
    watch,
)


@pytest.fixture(scope="module")
def stage(start_server: StartServer) -> Server:
    return start_server("upload_stage", env={"LOUPE_MAX_FILE_BYTES": "2000000"})


def png(colour: str, size: tuple[int, int] = (64, 48)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def choose(page: Page, *files: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(list(files))


def told(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.get_by_test_id("stCode").inner_text())
    return found


def arrived(page: Page, *rounds: int) -> None:
    eventually(page, lambda: told(page)["rounds"] == list(rounds), f"pictures arrive in rounds {rounds}", 20)
    settle(page)


# What a drop or a paste brings: a DataTransfer made in the page.
BRING = """([kind, files]) => {
  const data = new DataTransfer()
  for (const [name, content] of files) {
    data.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, {type: 'image/png'}))
  }
  const event = kind === 'paste' ? new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true, composed: true})
  const at = kind === 'paste' ? document.activeElement : document.body
  at.dispatchEvent(event)
  return event.defaultPrevented
}"""


def bring(page: Page, kind: str, *files: tuple[str, bytes]) -> bool:
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    return bool(page.evaluate(BRING, [kind, [(name, base64.b64encode(data).decode()) for name, data in files]]))


def test_chosen_files_arrive_once_in_order(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    choose(page, file("one.png", png("red")), file("two.png", png("green")), file("three.png", png("blue")))
    arrived(page, 3)
    assert told(page)["names"] == ["one.png", "two.png", "three.png"]
    expect(page.get_by_text("Drop a picture here")).to_be_visible()  # ready for more
    choose(page, file("one.png", png("red")))  # the same file again is a new wish
    arrived(page, 3, 1)


def test_dropped_anywhere_and_pasted(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    assert bring(page, "drop", ("dropped.png", png("orange")), ("also.png", png("olive")))
    arrived(page, 2)
    page.get_by_role("heading", name="Upload").click()
    assert bring(page, "paste", ("image.png", png("purple")))
    arrived(page, 2, 1)
    assert told(page)["names"] == ["dropped.png", "also.png", "image.png"]


def test_a_paste_into_a_text_field_is_left_alone(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    page.get_by_role("textbox", name="A text field").click()
    assert not bring(page, "paste", ("image.png", png("purple")))
    page.wait_for_timeout(300)
    assert told(page)["rounds"] == []


def test_bad_files_say_why_and_the_rest_goes_on(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    watch(page).allowed += ["422"]
    choose(
        page,
        file("page.jpg", b"<html><body>no picture</body></html>"),
        file("good.png", png("teal")),
        file("huge.png", b"x" * 2_000_001),
        file("empty.png", b""),
    )
    arrived(page, 1)
    assert told(page)["names"] == ["good.png"]
    expect(page.get_by_role("status").filter(has_text="3 files of 4 not added.")).to_be_visible()
    for name in ("page.jpg", "huge.png", "empty.png"):
        expect(page.get_by_role("listitem").filter(has_text=name).locator(".why")).to_contain_text(name)
    shot(page, "upload-refused")
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()


def test_a_folder_brings_what_is_a_picture_by_its_bytes(stage: Server, open_page: OpenPage, tmp_path: Path) -> None:
    """A name's ending says nothing; only what a system leaves in folders by itself stays behind."""
    page = open_page(stage)
    watch(page).allowed += ["422"]
    folder = tmp_path / "holiday"
    (folder / ".git").mkdir(parents=True)
    for name in ("scan", "photo.jpeg.download", "old.pict"):
        (folder / name).write_bytes(png("teal", (64, len(name))))
    (folder / "notes.txt").write_text("no picture")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".git/config"):
        (folder / name).write_bytes(b"x")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folder)
    arrived(page, 3)
    assert set(told(page)["names"]) == {"scan", "photo.jpeg.download", "old.pict"}
    expect(page.get_by_role("listitem").filter(has_text="notes.txt").locator(".why")).to_contain_text("notes.txt")
    expect(page.get_by_role("status").filter(has_text="1 file of 4 not added. 4 files left out")).to_be_visible()


# Names as Windows allows them and as cutting them in JavaScript leaves them: half a surrogate pair.
HALVES = """contents => {
  const names = ['a' + String.fromCharCode(0xd83d) + '.png', '\\u{1f600}'.repeat(300) + 'x.png', 'whole.png']
  const data = new DataTransfer()
  for (const name of names) {
    data.items.add(new File([Uint8Array.from(atob(contents.pop()), c => c.charCodeAt(0))], name, {type: 'image/png'}))
  }
  const drop = {dataTransfer: data, bubbles: true, cancelable: true, composed: true}
  document.body.dispatchEvent(new DragEvent('drop', drop))
}"""


def test_names_with_half_a_character_arrive(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    # of the second name, the last 500 and the last 300 units both begin in the middle of a pair
    page.evaluate(HALVES, [base64.b64encode(png("lime", (64, height))).decode() for height in (40, 41, 42)])
    arrived(page, 3)
    assert told(page)["names"][2] == "whole.png"


def test_a_file_that_cannot_be_sent_holds_up_no_other(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    page.evaluate("""() => {
      const send = XMLHttpRequest.prototype.send
      XMLHttpRequest.prototype.send = function (body) {
        if (body?.name === 'bad.png') throw new TypeError('cannot be sent')
        return send.call(this, body)
      }
    }""")
    choose(page, file("one.png", png("red")), file("bad.png", png("green")), file("three.png", png("blue")))
    arrived(page, 2)
    expect(page.get_by_role("listitem").filter(has_text="bad.png").locator(".why")).to_contain_text("bad.png could not")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()


# Chromium's own pretended camera: a green picture with a clock.
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
TRACKS = """() => {
  window.tracks = []
  const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async wish => {
    const stream = await get(wish)
    window.tracks.push(...stream.getTracks())
    return stream
  }
}"""


@pytest.fixture
def with_camera(stage: Server, playwright: Playwright, browser: Browser) -> Iterator[Page]:
    path = next((found for name in INSTALLED if (found := shutil.which(name))), None)
    running = playwright.chromium.launch(executable_path=path or playwrights_own(playwright), args=[*QUIET, *CAMERA])
    context = running.new_context(permissions=["camera"], viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto(stage.url)
    settle(page)
    page.evaluate(TRACKS)
    yield page
    running.close()


def states(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.tracks.map(track => track.readyState)")
    return found


def test_a_shot_with_the_camera_of_a_computer(with_camera: Page, stage: Server) -> None:
    page = with_camera
    expect(page.get_by_role("button", name="Take a photo")).to_be_hidden()  # that is for touch
    page.get_by_role("button", name="Use the camera").click()
    dialog = page.get_by_role("dialog", name="Take a picture")
    expect(dialog.get_by_role("button", name="Take")).to_be_focused()
    shot(page, "upload-camera")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    eventually(page, lambda: states(page) == ["ended"], "the camera is off after Escape")
    expect(page.get_by_role("button", name="Use the camera")).to_be_focused()
    page.get_by_role("button", name="Use the camera").click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert told(page)["rounds"] == []
    page.get_by_role("button", name="Use the camera").click()
    dialog.get_by_role("button", name="Take").click()
    arrived(page, 1)
    eventually(page, lambda: "live" not in states(page), "the camera is off after the shot")
    (name,) = told(page)["names"]
    assert name.startswith("Photo 20")
    assert name.endswith(".jpg")


def test_a_camera_that_may_not_be_used_says_why(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)  # without the permission
    page.get_by_role("button", name="Use the camera").click()
    dialog = page.get_by_role("dialog", name="Take a picture")
    expect(dialog.get_by_role("status")).to_contain_text("camera")
    expect(dialog.get_by_role("status")).to_contain_text("try again")
    expect(dialog.get_by_role("button", name="Take")).to_be_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()


def test_try_again_after_the_server_was_away(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    watch(page).allowed += ["503", "ERR_FAILED"]
    failures = [503, 0]

    def faulty(route: Route) -> None:
        if not failures:
            route.continue_()
        elif failures.pop(0):
            route.fulfill(status=503, body="busy")
        else:
            route.abort()

    page.route("**/upload", faulty)
    choose(page, file("a.png", png("navy")), file("b.png", png("pink")))
    expect(page.get_by_text("2 files of 2 not added.")).to_be_visible()
    expect(page.get_by_text("Loupe could not be reached")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    arrived(page, 2)


def test_cancel_leaves_nothing_behind(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    held: list[Route] = []
    page.route("**/upload", lambda route: held.append(route))  # noqa: PLW0108  a builtin cannot be a handler
    choose(page, *(file(f"{number}.png", png("gold", (64, 64 + number))) for number in range(5)))
    eventually(page, lambda: len(held) == 3, "three requests are under way at a time")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    shot(page, "upload-under-way")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Drop a picture here")).to_be_visible()
    assert told(page)["rounds"] == []
    assert not list(Path(stage.data).rglob("*.part"))


def test_an_upload_goes_on_while_she_looks_elsewhere(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    held: list[Route] = []
    page.route("**/upload", lambda route: held.append(route))  # noqa: PLW0108  a builtin cannot be a handler
    choose(page, file("later.png", png("coral")))
    eventually(page, lambda: len(held) == 1, "the request is under way")
    page.get_by_role("link", name="Elsewhere").click()
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()
    held[0].continue_()
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Adding").click()
    expect(page.get_by_role("heading", name="Upload")).to_be_visible()
    arrived(page, 1)
    assert told(page)["names"] == ["later.png"]


@pytest.mark.parametrize("look", ["light", pytest.param("dark", marks=pytest.mark.long), "phone"])
def test_looks_and_axe(stage: Server, open_page: OpenPage, look: str) -> None:
    size = (390, 844) if look == "phone" else (1280, 860)
    page = open_page(stage, size=size, dark=look == "dark", touch=look == "phone")
    zone = page.locator(".zone")
    expect(zone).to_be_visible()
    height = zone.bounding_box()
    shot(page, f"upload-{look}")
    assert no_sideways_scroll(page)
    assert violations(page) == []
    page.route("**/upload", lambda route: None)
    choose(page, *(file(f"holiday picture number {number}.png", png("gold")) for number in range(7)))
    expect(page.get_by_text("Adding 7 files")).to_be_visible()
    shot(page, f"upload-busy-{look}")
    assert zone.bounding_box() == height  # nothing on the page jumps
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()
