"""The whole app in Chromium: what pictures cost a rerun, first words, the first question, the reader's memory.

Each figure is a ratio or a difference within one run on one server. ``LOUPE_BENCH_APP`` names some of the parts
(rerun, words, first, memory) to measure only these.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import INSTALLED, NO_BROWSER, QUIET, Server, clean_environment, eventually, settle
from tests.browser.test_talk import ask, drop_in, receipt
from tests.store.conftest import open_store
from tests.system.memory import forget_peak, peak, resident, settled
from tests.wire.plays import Play
from tests.wire.server import WireServer
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.settings import ROOT
from vision.store import OwnedStore, State
from vision.store.database import writing
from vision.store.tables import AnswerRow

TURNS, PICTURES, RERUNS = 100, 20, 5
RERUN_GOAL = 1.3
WORDS_ROUNDS, WORDS_GOAL = 10, 0.3
QUESTIONS, FIRST_GOAL = 10, 2.0
SCAN_SIZE, MEMORY_GOAL = (5000, 7000), 700
OWNER = "local"

# Measures from the key press to the first frame after the script has run.
RERUN = """() => {
  const app = document.querySelector('[data-testid=stApp]')
  window.rerun = new Promise(done => {
    let pressed = 0, begun = false
    document.addEventListener('keydown', () => { pressed = performance.now() }, {once: true, capture: true})
    const look = new MutationObserver(() => {
      if (app.getAttribute('data-test-script-state') !== 'notRunning') begun = true
      else if (begun) {
        look.disconnect()
        requestAnimationFrame(() => done((performance.now() - pressed) / 1000))
      }
    })
    look.observe(app, {attributes: true})
  })
}"""
SEE = """word => {
  window.seen = null
  const look = () => { document.body.innerText.includes(word) ? window.seen = Date.now() : setTimeout(look, 5) }
  look()
}"""


def run() -> None:
    """Prints the figures beside the goals of issue 2."""
    parts: Mapping[str, Callable[[Browser], None]] = {
        "rerun": _rerun,
        "words": _first_words,
        "first": _first_question,
        "memory": _reader_memory,
    }
    wanted = os.environ.get("LOUPE_BENCH_APP", " ".join(parts)).split()
    with sync_playwright() as playwright:
        found = next((path for name in INSTALLED if (path := shutil.which(name))), None)
        if found is None and not Path(playwright.chromium.executable_path).exists():
            print(NO_BROWSER)
            return
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        for name in wanted:
            parts[name](browser)
        browser.close()


def _told(what: str, value: float, unit: str, goal: float) -> None:
    print(f"{what}: {value:.2f}{unit} (goal <= {goal:g}{unit}: {'met' if value <= goal else 'MISSED'})", flush=True)


@contextmanager
def _app(extra: Mapping[str, str] | None = None) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="loupe-bench-") as name:
        folder = Path(name)
        data = folder / "data"
        server = Server(ROOT / "app.py", data, folder / "log", clean_environment(data, extra or {}))
        server.start()
        try:
            yield server
        finally:
            server.stop()


# --- a rerun with and without pictures


def _rerun(browser: Browser) -> None:
    with _app() as server:
        store = open_store(server.data)
        owned = store.of(OWNER)
        talks = {pictures: _long_talk(owned, pictures) for pictures in (0, PICTURES)}
        store.close()
        pages = {pictures: _talk_page(browser, server, talk) for pictures, talk in talks.items()}
        _compare(pages, "the newest 20 turns drawn")
        for page in pages.values():
            page.keyboard.press("Escape")
            page.get_by_role("button", name="earlier").click()
            expect(page.get_by_test_id("stChatMessage")).to_have_count(2 * TURNS)
            settle(page)
            page.get_by_role("button", name="Past talks").click()
        _compare(pages, "all 100 turns drawn")
        for page in pages.values():
            page.context.close()


def _long_talk(owned: OwnedStore, pictures: int) -> str:
    """200 messages; the pictures stand in the newest turns, one each, where all of them are drawn."""
    talk = owned.create_conversation(f"with {pictures} pictures", "reader", Detail.NORMAL)
    for number in range(TURNS):
        ids = []
        if TURNS - number <= pictures:
            data = receipt("Corner shop", f"Number {number}", f"Total {number}.00")
            ids = [add_picture(owned, data, f"receipt{number}.jpg", OpenLimits()).id]
        turn = owned.add_turn(talk.id, f"Question {number}: what is the total?", ids)
        with writing(owned._engine) as session:
            session.add(
                AnswerRow(
                    owner=OWNER,
                    turn_id=turn.id,
                    number=1,
                    state=State.COMPLETE,
                    text=f"The total of number {number} is {number}.00, as the last line says.",
                    provider="anthropic",
                    model="claude-sonnet-5-5",
                    detail=Detail.NORMAL,
                    worker="bench:0:0",
                    finished=datetime.now(UTC),
                )
            )
    return talk.id


def _talk_page(browser: Browser, server: Server, talk: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{server.url}/chat?c={talk}")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(40, timeout=60_000)
    settle(page)
    page.get_by_role("button", name="Past talks").click()
    return page


def _compare(pages: Mapping[int, Page], what: str) -> None:
    times: dict[int, list[float]] = {pictures: [] for pictures in pages}
    for number in range(RERUNS + 1):
        for pictures, page in pages.items():
            seconds = _one_rerun(page, f"nothing like this {number}")
            if number:  # the first round warms up
                times[pictures].append(seconds)
    without, with_pictures = median(times[0]), median(times[PICTURES])
    print(f"rerun of 200 messages, {what}: {without:.3f} s without pictures, {with_pictures:.3f} s with {PICTURES}")
    _told("  ratio", with_pictures / without, "", RERUN_GOAL)


def _one_rerun(page: Page, words: str) -> float:
    """Searching past talks reruns the script and changes nothing else on the page."""
    box = page.get_by_role("textbox", name="Search in questions and answers")
    box.fill(words)
    page.evaluate(RERUN)
    box.press("Enter")
    return float(page.evaluate("() => window.rerun"))


# --- first words on screen


def _first_words(browser: Browser) -> None:
    with WireServer() as wire, _app(wire.environment("anthropic")) as server:
        page = browser.new_context().new_page()
        page.goto(server.url)
        settle(page)
        drop_in(page)
        delays = [_delay(page, wire, f"beginning{number}") for number in range(WORDS_ROUNDS)]
        page.context.close()
    print(f"first words on screen after the first delta: {min(delays):.3f} to {max(delays):.3f} s")
    _told(f"  median of {WORDS_ROUNDS}", median(delays), " s", WORDS_GOAL)


def _delay(page: Page, wire: WireServer, word: str) -> float:
    wire.script(Play(chunks=(word, " and the rest"), hold_before=(0, 1)), provider="anthropic")
    ask(page, "What is it?")
    wire.wait_held()
    page.wait_for_timeout(500)  # the page stands and waits, as it does for a real model
    page.evaluate(SEE, word)
    released = time.time()
    wire.release()
    eventually(page, lambda: page.evaluate("window.seen"), "the first word")
    delay = float(page.evaluate("window.seen")) / 1000 - released
    wire.wait_held()
    wire.release()
    expect(page.get_by_text(f"{word} and the rest")).to_be_visible()
    settle(page)
    return delay


# --- the first question after start


def _first_question(browser: Browser) -> None:
    """Asked as quickly as a browser can after the very first page: the reader is still being loaded."""
    with _app() as server:
        page = browser.new_context().new_page()
        page.goto(server.url)
        for number in range(QUESTIONS):
            if number:
                page.goto(server.url)
                settle(page)
            drop_in(page, receipt("Corner shop", f"Number {number}", f"Total 5.{number:02}"))
            ask(page, "What is the total?")
            expect(page.get_by_test_id("stChatMessage").last).to_contain_text(f"5.{number:02}", timeout=60_000)
            settle(page)
        page.context.close()
        seconds = _seconds(server)
    print(f"questions to the reader after start: {' '.join(f'{one:.2f}' for one in seconds)} s")
    _told("  the first takes longer than the tenth by", seconds[0] - seconds[-1], " s", FIRST_GOAL)


def _seconds(server: Server) -> list[float]:
    """From question to finished answer, in the order in which they were asked."""
    store = open_store(server.data)
    owned = store.of(OWNER)
    turns = [turn for talk in owned.conversations() for turn in owned.turns(talk.id)]
    store.close()
    found = []
    for turn in sorted(turns, key=lambda turn: turn.created):
        assert turn.shown is not None
        assert turn.shown.finished is not None
        found.append((turn.shown.finished - turn.created).total_seconds())
    assert len(found) == QUESTIONS
    return found


# --- memory of the reader


def _reader_memory(browser: Browser) -> None:
    """Of the server's process: upload, decoding, preparing and reading together. Linux only."""
    if not Path("/proc/self/clear_refs").exists():
        print("reader memory: measured on Linux only")
        return
    with _app() as server:
        assert server.process is not None
        pid = server.process.pid
        idle = settled(pid)
        page = browser.new_context().new_page()
        page.goto(server.url)
        settle(page)
        eventually(page, lambda: resident(pid) > idle + 50_000_000, "the reader is loaded", 60)
        warm = settled(pid)
        forget_peak(pid)
        drop_in(page, _scan(), "scan.jpg")
        ask(page, "What is the total?")
        expect(page.get_by_test_id("stChatMessage").last).to_contain_text("1234.50", timeout=120_000)
        most = peak(pid)
        page.context.close()
    print(
        f"reader, 35-megapixel scan: server {idle / 1e6:.0f} MB before any page, {warm / 1e6:.0f} with the reader, "
        f"at most {most / 1e6:.0f} while reading"
    )
    _told("  over idle with the reader loaded", (most - warm) / 1e6, " MB", MEMORY_GOAL)
    _told("  over the bare server", (most - idle) / 1e6, " MB", MEMORY_GOAL)


def _scan() -> bytes:
    """A full page of print on noisy paper, 600 dpi."""
    width, height = SCAN_SIZE
    chance = np.random.default_rng(3)
    paper = Image.fromarray((235 + chance.normal(0, 4, (height, width))).clip(0, 255).astype(np.uint8)).convert("RGB")
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(size=90)
    for row in range(40):
        words = "Total 1234.50" if row == 39 else f"{row + 1:02} Delivery of goods as agreed, item {row * 37}"
        pen.text((400, 300 + 160 * row), words, "black", font)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=90)
    return out.getvalue()
