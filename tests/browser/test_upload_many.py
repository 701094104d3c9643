"""Pictures by the hundred: a folder and a ZIP in one batch, with names and refusals; stopped, and through a reload."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.archives.packing import packed, png
from tests.browser.conftest import OpenPage, Server, StartServer, eventually, settle, shot, violations, watch
from tests.browser.test_upload import choose, file

PICTURES = 30


@pytest.fixture(scope="module")
def stage(start_server: StartServer) -> Server:
    return start_server("upload_stage", env={"LOUPE_MAX_FILE_BYTES": "2000000"})


def archive(pictures: int = PICTURES, size: tuple[int, int] = (64, 48)) -> bytes:
    """Small pictures, a broken one, and a text."""
    files = {f"day2/{number:03}.png": png(number, size) for number in range(pictures)}
    return packed({**files, "day2/broken.png": png(1)[:60], "notes.txt": b"no picture", "__MACOSX/._x": b"x"})


def told(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.get_by_test_id("stCode").inner_text())
    return found


def names(page: Page) -> list[str]:
    return [one["name"] for one in told(page)["files"]]


def unpacked(page: Page, files: int) -> None:
    def done() -> bool:
        now = told(page)
        return len(now["files"]) == files and not now["unpacking"]

    eventually(page, done, f"{files} pictures are there", 90)  # two busy processors


# A folder with a folder in it, dropped: what a browser hands over are entries, which a script cannot make itself.
DROP_FOLDER = """files => {
  const file = ([path, content]) => ({
    isFile: true, isDirectory: false, fullPath: path,
    file: ok => ok(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], path.split('/').pop())),
  })
  const folder = entries => ({
    isFile: false, isDirectory: true,
    createReader: () => ({readEntries: ok => ok(entries.splice(0, 2))}),
  })
  const [first, ...rest] = files.map(file)
  const items = [{webkitGetAsEntry: () => folder([first, folder(rest)])}]
  const event = new Event('drop', {bubbles: true, cancelable: true, composed: true})
  event.dataTransfer = {types: ['Files'], items, files: []}
  document.body.dispatchEvent(event)
}"""


def test_a_folder_and_a_zip_become_one_batch(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage, "/many")
    watch(page).allowed += ["422"]
    expect(page.get_by_text("ZIPs of them up to 2 GB")).to_be_visible()
    tree = [("/holiday/a.png", png(900)), ("/holiday/day1/b.png", png(901)), ("/holiday/day1/.DS_Store", b"x")]
    page.evaluate(DROP_FOLDER, [(path, base64.b64encode(data).decode()) for path, data in tree])
    unpacked(page, 2)
    assert names(page) == ["holiday/a.png", "holiday/day1/b.png"]
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    choose(page, file("photos.zip", archive()), file("last.png", png(902)))
    unpacked(page, 2 + PICTURES + 1)
    assert names(page)[2:] == [*(f"day2/{number:03}.png" for number in range(PICTURES)), "last.png"]
    now = told(page)
    assert [name for name, _ in now["refused"]] == ["day2/broken.png", "notes.txt"]
    assert all(name.rsplit("/", 1)[-1] in sentence for name, sentence in now["refused"])
    assert {one["pages"] for one in now["files"]} == {1}
    page.get_by_role("button", name="Take out the first").click()
    eventually(page, lambda: names(page)[0] == "holiday/day1/b.png", "the first is out")
    page.reload()
    settle(page)
    assert len(names(page)) == 2 + PICTURES
    page.get_by_role("button", name="Begin anew").click()
    eventually(page, lambda: names(page) == [], "the batch is a new one")
    page.reload()
    settle(page)
    assert names(page) == []


def test_stop_while_it_unpacks(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage, "/many")
    choose(page, file("long.zip", archive(100, (700, 700))))
    expect(page.get_by_text("Unpacking long.zip")).to_be_visible()
    eventually(page, lambda: len(names(page)) > 2, "some came")
    page.get_by_role("button", name="Stop").click()
    eventually(page, lambda: told(page)["unpacking"] == [], "the unpacking has ended")
    now = told(page)
    assert 2 < len(now["files"]) < 100
    ((name, sentence),) = now["refused"]
    assert name == "long.zip"
    assert "was stopped after" in sentence
    assert "of 102 files" in sentence


def test_a_reload_and_a_restart_while_it_unpacks(start_server: StartServer, open_page: OpenPage) -> None:
    server = start_server("upload_stage")
    page = open_page(server, "/many")
    choose(page, file("long.zip", archive(40, (700, 700))))
    expect(page.get_by_text("Unpacking long.zip")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Unpacking long.zip")).to_be_visible()
    eventually(page, lambda: len(names(page)) > 2, "some came")
    address = page.url
    page.goto("about:blank")
    server.kill()
    server.start()
    page.goto(address)
    settle(page)
    unpacked(page, 40)
    assert names(page) == [f"day2/{number:03}.png" for number in range(40)]
    assert [name for name, _ in told(page)["refused"]] == ["day2/broken.png", "notes.txt"]


def test_other_pages_refuse_a_zip_in_words(stage: Server, open_page: OpenPage) -> None:
    page = open_page(stage)
    watch(page).allowed += ["422"]
    choose(page, file("photos.zip", archive(1)))
    line = page.get_by_role("listitem").filter(has_text="photos.zip").locator(".why")
    expect(line).to_contain_text("unpack it and add the pictures inside")


def test_hundreds_of_files_show_only_what_needs_her(stage: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(stage, "/many")
    watch(page).allowed += ["422"]
    paths = []
    for number in range(205):
        path = tmp_path / f"{number:03}.png"
        path.write_bytes(png(number) if number else b"no picture")
        paths.append(path)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(paths)
    expect(page.get_by_text("Adding 205 files")).to_be_visible()
    assert page.locator(".files li").count() < 10
    unpacked(page, 204)
    expect(page.get_by_role("status").filter(has_text="1 file of 205 not added.")).to_be_visible()
    expect(page.locator(".files li:visible")).to_have_count(1)
    shot(page, "upload-many")
    assert violations(page) == []
