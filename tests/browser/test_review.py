"""The review desk in a browser: ten documents by keyboard alone, the picture fills fields, nothing is overwritten."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import (
    OpenPage,
    Server,
    StartServer,
    eventually,
    no_sideways_scroll,
    settle,
    shot,
    violations,
)
from vision.extracting.checking import READING_VERSION, Checker
from vision.extracting.reviewing import Desk, Edit, review
from vision.fields.ready import ready_set
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.reader.reading import Quad, arrange
from vision.settings import LOCAL_OWNER, Settings
from vision.store import OwnedStore, Store
from vision.store.extract_records import Document, RecordState, Verdict
from vision.store.runs import Reading

SIZE = (900, 1200)
TODAY = date(2026, 11, 22)


def quad(x: float, y: float, width: float) -> Quad:
    return (x, y), (x + width, y), (x + width, y + 40), (x, y + 40)


def paper(number: int) -> list[tuple[str, int]]:
    rows = [("Sourdough loaf", "4.20"), ("Cinnamon roll", "2.80"), ("Filter coffee", f"{number}.50")]
    total = f"{7 + number}.50"
    lines: list[tuple[str, int]] = [
        ("MORI BAKERY", 300), ("12 Harbour Street", 280), ("Leeds LS1 4AP", 310),
        (f"Date: {number + 1:02}/10/2026  09:1{number}", 60), ("", 60),
    ]  # fmt: skip
    for text, amount in rows:
        lines += [(text, 60), (amount, 740)]
    return [*lines, ("TOTAL", 60), (total, 740), ("CASH", 60), ("20.00", 740)]


def placed(lines: list[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """(text, x, y): what begins far to the right stands in the row of what came before it."""
    found: list[tuple[str, int, int]] = []
    y = 60
    for text, x in lines:
        y += 0 if x == 740 else 62
        found.append((text, x, y))
    return found


def picture(number: int) -> tuple[bytes, list[tuple[str, Quad, float]]]:
    image = Image.new("RGB", SIZE, "#fbfaf6")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=34)
    pieces = []
    for text, x, y in placed(paper(number)):
        draw.text((x, y), text, "#1a1a1a", font)
        if text:
            pieces.append((text, quad(x, y, draw.textlength(text, font)), 0.99))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue(), pieces


def read(number: int) -> dict[str, Any]:
    """What a model gave: every third total is wrong, every fourth date."""
    rows = [
        {"description": "Sourdough loaf", "amount": 4.2},
        {"description": "Cinnamon roll", "amount": 2.8},
        {"description": "Filter coffee", "amount": number + 0.5},
    ]
    return {
        "vendor": "Mori Bakery",
        "date": f"2026-10-{number + 1:02}" if number % 4 else f"2025-10-{number + 1:02}",
        "total": number + 7.5 if number % 3 else number + 1.5,
        "items": rows,
        "time": f"09:1{number}",
        "address": "12 Harbour Street\nLeeds LS1 4AP",
        "cash": 20,
    }


@dataclass(frozen=True)
class Queue:
    owned: OwnedStore
    run_id: str


def filled(owned: OwnedStore, count: int = 10, title: str = "October") -> Queue:
    """A run of ``count`` receipts, read and checked."""
    checker = Checker(load_catalogue(), lambda: TODAY)
    fields = ready_set("receipt").fields
    documents = []
    for number in range(count):
        data, pieces = picture(number)
        stored = add_picture(owned, data, f"receipt-{number + 1:02}.png", OpenLimits.of(Settings()))
        owned.keep_reading(stored.id, READING_VERSION, arrange(pieces, (), SIZE))
        documents.append(Document(stored.picture.name, (stored.id,)))
    run = owned.create_run(fields, documents, choice="reader", detail=Detail.NORMAL, title=title)
    for number, head in enumerate(sorted(owned.queue(run.id), key=lambda one: one.position)):
        owned.claim_record(head.id, "w")
        owned.end_record(head.id, "w", Reading(RecordState.DONE, read(number), "anthropic", "claude-haiku-4-5"))
        record = owned.record(head.id)
        checks = checker.check(owned, fields, record.data, record.pictures)
        owned.keep_checks(head.id, record.version, checks)
    return Queue(owned, run.id)


def open_owned(data: Path) -> tuple[Store, OwnedStore]:
    store = Store.open(f"sqlite:///{data / 'loupe.db'}", (data / "blobs").as_uri())
    return store, store.of(LOCAL_OWNER)


@pytest.fixture(scope="module")
def server(start_server: StartServer) -> Server:
    return start_server()


@pytest.fixture(scope="module")
def owned(server: Server) -> Iterator[OwnedStore]:
    """The store that the server works with, seen from another process."""
    store, found = open_owned(server.data)
    yield found
    store.close()


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


def focused(page: Page) -> str:
    """The id of the field she is in."""
    inner = "while (e?.shadowRoot) e = e.shadowRoot.activeElement; return e?.id ?? ''"
    script = f"(() => {{ let e = document.activeElement; {inner} }})()"
    return str(page.evaluate(script)).removeprefix("f-")


def here(page: Page) -> tuple[str, str]:
    """The document and the field she is in; no document at the end."""
    return "".join(page.locator(".top h3").all_inner_texts()), focused(page)


def on(page: Page, name: str) -> None:
    """Waits until the document of that name is shown and can be worked on."""
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator(".root[data-busy='false']")).to_be_visible()


def test_ten_documents_by_keyboard_alone(server: Server, owned: OwnedStore, open_page: OpenPage) -> None:
    queue = filled(owned)
    page = open_page(server, f"/review?r={queue.run_id}")
    heads = owned.queue(queue.run_id)
    for count, head in enumerate(heads):
        on(page, head.name)
        expect(page.get_by_text(f"{count} of 10 done, {10 - count} to go")).to_be_visible()
        eventually(page, lambda: focused(page), "a field has the focus")
        number = head.position
        while here(page)[0] == head.name:
            before = here(page)
            if before[1] == "date" and number % 4 == 0:
                page.keyboard.type(f"{number + 1}.10.2026")
            elif before[1] == "total" and number % 3 == 0:
                page.keyboard.type(f"{number + 7},50")
            page.keyboard.press("Enter")
            eventually(page, lambda: here(page) != before, "the next field or document")  # noqa: B023
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    settle(page)
    for record in owned.records(queue.run_id):
        right = {"date": f"2026-10-{record.position + 1:02}", "total": record.position + 7.5}
        assert {name: record.data[name] for name in right} == right
        assert record.verdict is Verdict.ACCEPTED
        assert record.reviewer == LOCAL_OWNER
    shot(page, "review-done-1280-light")
    assert violations(page) == []


def press_on_picture(page: Page, at: tuple[float, float]) -> None:
    """A press on the point ``at`` of the picture, in its original pixels; the whole picture is in sight."""
    found = page.get_by_role("application").first.bounding_box()
    assert found is not None
    scale = min(found["width"] / SIZE[0], found["height"] / SIZE[1])
    x = found["x"] + found["width"] / 2 + (at[0] - SIZE[0] / 2) * scale
    y = found["y"] + found["height"] / 2 + (at[1] - SIZE[1] / 2) * scale
    page.mouse.click(x, y)


def test_the_picture_fills_fields_and_nothing_is_overwritten(
    server: Server, owned: OwnedStore, open_page: OpenPage
) -> None:
    queue = filled(owned, 1, "One")
    (head,) = owned.queue(queue.run_id)
    page = open_page(server, f"/review?r={queue.run_id}")
    on(page, head.name)
    eventually(page, lambda: focused(page) == "date", "the doubtful date has the focus")
    assert violations(page) == []
    box(page, "Total needed").click()
    press_on_picture(page, (760, next(y for text, _, y in placed(paper(0)) if text == "7.50") + 20))
    expect(box(page, "Total needed")).to_have_value("7.50")
    expect(page.get_by_text("corrected by you")).to_be_visible()
    assert owned.record(head.id).data["total"] == 7.5
    # a press that gives no such value says so and changes nothing
    box(page, "Date needed").click()
    press_on_picture(page, (760, 1150))
    expect(page.get_by_text("Nothing there can be a value of this field")).to_be_visible()
    # what does not fit stays as typed, is said at the field, and is not saved
    box(page, "Date needed").fill("soon")
    page.keyboard.press("Tab")
    expect(page.get_by_text("is not what is expected here, a whole date")).to_be_visible()
    expect(box(page, "Date needed")).to_have_value("soon")
    assert owned.record(head.id).data["date"] == "2025-10-01"
    shot(page, "review-unfit-1280-light")
    # and is not passed over
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("is not what is expected here, a whole date")).to_be_visible()
    on(page, head.name)
    settle(page)
    assert owned.record(head.id).verdict is Verdict.OPEN
    # Escape takes it back
    box(page, "Date needed").press("Escape")
    expect(page.get_by_text("is not what is expected here, a whole date")).to_have_count(0)
    expect(box(page, "Date needed")).to_have_value("2025-10-01")
    # rows by key
    box(page, "Amount, row 3").click()
    page.keyboard.press("Alt+n")
    eventually(page, lambda: focused(page) == "items.3.description", "the new row has the focus")
    page.keyboard.type("Paper bag")
    page.keyboard.press("Tab")
    page.keyboard.type("0,10")
    page.keyboard.press("Tab")
    eventually(page, lambda: len(owned.record(head.id).data["items"]) == 4, "the row is kept")
    eventually(page, lambda: owned.record(head.id).data["items"][3].get("amount") == 0.1, "with what was typed")
    # undone, step by step
    for _ in range(3):
        page.keyboard.press("Alt+z")
        page.wait_for_timeout(50)
    expect(box(page, "Amount, row 4")).to_have_count(0)
    # a reload keeps it
    page.reload()
    settle(page)
    expect(box(page, "Total needed")).to_have_value("7.50")
    expect(page.get_by_text("corrected by you")).to_be_visible()
    # somebody else saves meanwhile: both values stand there
    checker = Checker(load_catalogue(), lambda: TODAY)
    desk = Desk(owned, checker, owned.run(queue.run_id), "bob")
    review(desk, head.id, owned.record(head.id).version, Edit({("vendor",): "Mori & Son"}))
    box(page, "Vendor needed").fill("Mori Bakery Ltd")
    page.keyboard.press("Tab")
    expect(page.get_by_text("bob saved this document meanwhile")).to_be_visible()
    expect(page.get_by_role("button", name="Theirs: Mori & Son")).to_be_visible()
    assert owned.record(head.id).data["vendor"] == "Mori & Son"
    shot(page, "review-conflict-1280-light")
    assert violations(page) == []
    page.get_by_role("button", name="Mine: Mori Bakery Ltd").click()
    eventually(page, lambda: owned.record(head.id).data["vendor"] == "Mori Bakery Ltd", "hers was chosen")
    expect(page.get_by_text("bob saved this document meanwhile")).to_have_count(0)
    page.get_by_text("What was done").click()
    expect(page.get_by_text("You changed Vendor from “Mori & Son” to “Mori Bakery Ltd”")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()


def test_a_second_opinion_and_accepting_without_a_look(server: Server, owned: OwnedStore, open_page: OpenPage) -> None:
    queue = filled(owned, 3, "Three")
    first = owned.queue(queue.run_id)[0]
    page = open_page(server, f"/review?r={queue.run_id}", dark=True)
    on(page, first.name)
    page.get_by_text("Second opinion").click()
    page.get_by_text("Hide the names until I have chosen").click()
    page.get_by_role("button", name="Ask (free)").click()
    total = page.locator("[class*='st-key-differs_']").first
    expect(total.get_by_role("button")).to_have_count(2, timeout=60_000)
    settle(page)
    assert "Claude" not in total.inner_text()
    assert violations(page) == []
    shot(page, "review-opinion-1280-dark")
    box(page, "Date needed").press("Control+Enter")
    eventually(page, lambda: owned.record(first.id).verdict is Verdict.ACCEPTED, "it is accepted")
    page.get_by_role("button", name="Accept without looking").click()
    page.get_by_text("Let values with little doubt pass").click()
    expect(page.get_by_text("open documents have no more doubt than this")).to_be_visible()
    settle(page)
    assert owned.run(queue.run_id).threshold == 0.05
    page.keyboard.press("Escape")
    page.get_by_text("How often each model was right").click()
    expect(page.get_by_text("All together")).to_be_visible()
    settle(page)
    assert violations(page) == []
    shot(page, "review-right-1280-dark")


@pytest.mark.long
@pytest.mark.parametrize(("size", "dark"), [((390, 844), False), ((390, 844), True), ((1920, 1080), False)])
def test_looks_on_every_width(
    server: Server, owned: OwnedStore, open_page: OpenPage, size: tuple[int, int], *, dark: bool
) -> None:
    queue = filled(owned, 2, "A name <b>of</b> ![x](http://127.0.0.1/x) a run")
    (first, second) = owned.queue(queue.run_id)
    page = open_page(server, f"/review?r={queue.run_id}", size=size, dark=dark, touch=size[0] < 500)
    name = f"review-{size[0]}-{'dark' if dark else 'light'}"
    on(page, first.name)
    box(page, "Amount, row 2").click()
    expect(page.locator(".below .close img")).to_be_visible()
    assert no_sideways_scroll(page)
    assert violations(page) == []
    shot(page, name)
    page.get_by_role("button", name="Accept all").click()
    on(page, second.name)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("1 accepted, 1 rejected")).to_be_visible()
    settle(page)
    assert no_sideways_scroll(page)
    assert violations(page) == []
    shot(page, f"{name}-done")
    page.get_by_label("Look at a document again").click()
    page.get_by_role("option", name=first.name).click()
    on(page, first.name)
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("1 of 2 done, 1 to go")).to_be_visible()
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("1 accepted, 1 rejected")).to_be_visible()
    page.get_by_role("button", name="All runs").click()
    expect(page.get_by_text("2 documents, all checked").first).to_be_visible()
    settle(page)
    assert violations(page) == []
    shot(page, f"{name}-runs")
