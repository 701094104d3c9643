"""What a person does in a talk, in a real browser, against the reader and the loopback provider."""

from __future__ import annotations

import base64
import http.server
import io
import threading
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import FilePayload, Page, expect

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
from tests.wire.plays import Fault, Play, words
from tests.wire.server import WireServer


def receipt(*lines: str) -> bytes:
    image = Image.new("RGB", (700, 120 + 60 * len(lines)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((60, 60 + 60 * number), line, "black", ImageFont.load_default(size=34))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


RECEIPT = receipt("Corner shop", "Date 2026-11-20", "Bread 3.10", "Milk 1.90", "Total 5.00")


def drop_in(page: Page, data: bytes = RECEIPT, name: str = "receipt.jpg") -> None:
    """Add a picture on Start: a talk opens."""
    page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": data})
    page.wait_for_url("**/chat?c=*")
    expect(page.locator(".st-key-ask textarea")).to_be_enabled()
    settle(page)


def ask(page: Page, question: str) -> None:
    page.locator(".st-key-ask textarea").fill(question)
    page.locator(".st-key-ask").get_by_role("button", name="Send message").click()


def last_answer(page: Page) -> str:
    return page.get_by_test_id("stChatMessage").last.inner_text()


def test_a_receipt_is_answered_without_a_key_and_the_place_lights_up(app_server: Server, open_page: OpenPage) -> None:
    page = open_page(app_server, size=(1600, 1000))
    drop_in(page)
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("5.00", timeout=30_000)
    settle(page)
    box = page.locator("svg rect").first
    expect(box).to_be_visible()
    page.locator("[class*='st-key-light_'] button").first.click()
    settle(page)
    shot(page, "talk-reader-1600-light")
    ask(page, "And what is the date?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("2026", timeout=30_000)
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_test_id("stChatMessage")).to_have_count(4)
    expect(page.get_by_text("What is the total?").last).to_be_visible()
    assert violations(page) == []


def test_an_honest_sentence_where_eyes_are_needed(app_server: Server, open_page: OpenPage) -> None:
    page = open_page(app_server)
    drop_in(page)
    ask(page, "Is the person in the picture smiling?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("Settings", timeout=30_000)


def test_words_are_on_screen_within_300_ms(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    delays = []
    for number in range(3):
        word = f"beginning{number}"
        wire.script(Play(chunks=(word, " and the rest"), hold_before=(0, 1)), provider="anthropic")
        ask(page, "What is it?")
        wire.wait_held()
        page.evaluate(
            """word => {
              window.seen = null
              const look = () => {
                if (document.body.innerText.includes(word)) window.seen = Date.now(); else setTimeout(look, 5)
              }
              look()
            }""",
            word,
        )
        released = time.time()
        wire.release()
        eventually(page, lambda: page.evaluate("window.seen"), "the first word")
        delays.append(page.evaluate("window.seen") / 1000 - released)
        wire.wait_held()
        wire.release()
        expect(page.get_by_test_id("stChatMessage").last).to_contain_text("and the rest")
        settle(page)
    assert sorted(delays)[1] < 0.3, delays


def test_a_reload_in_the_middle_loses_nothing(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    wire.script(Play(chunks=words("One two three four"), hold_before=(2,)), provider="anthropic")
    ask(page, "Count, please")
    expect(page.get_by_text("One two")).to_be_visible()
    page.reload()
    expect(page.get_by_text("One two")).to_be_visible()
    wire.release()
    expect(page.get_by_text("One two three four")).to_be_visible()
    settle(page)


def test_a_click_elsewhere_loses_nothing(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    wire.script(Play(chunks=words("One two three four"), hold_before=(2,)), provider="anthropic")
    ask(page, "Count, please")
    expect(page.get_by_text("One two")).to_be_visible()
    page.get_by_role("link", name="Settings").first.click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    wire.release()
    page.get_by_role("link", name="Chat").first.click()
    expect(page.get_by_text("One two three four")).to_be_visible()
    settle(page)


def test_stop_keeps_what_came(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    wire.script(Play(chunks=words("One two three four"), hold_before=(2,)), provider="anthropic")
    ask(page, "Count, please")
    expect(page.get_by_text("One two")).to_be_visible()
    shot(page, "talk-busy-light")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped by you")).to_be_visible()
    settle(page)
    expect(page.get_by_text("One two")).to_be_visible()
    expect(page.locator(".st-key-ask textarea")).to_be_enabled()
    request = wire.requests[-1]
    wire.release()
    assert request.done.wait(10), "the provider was never let go"


def test_a_server_that_dies_leaves_the_text_and_try_again(
    start_server: StartServer, wire: WireServer, open_page: OpenPage
) -> None:
    server = start_server(env=wire.environment("anthropic"))
    page = open_page(server)
    drop_in(page)
    wire.script(Play(chunks=words("One two three four"), hold_before=(2,)), provider="anthropic")
    ask(page, "Count, please")
    expect(page.get_by_text("One two")).to_be_visible()
    page.wait_for_timeout(400)  # text goes to the store a few times a second
    address = page.url
    page.context.close()
    server.kill()
    wire.release()
    server.start()
    again = open_page(server, address.removeprefix(server.url))
    expect(again.get_by_text("One two")).to_be_visible()
    expect(again.get_by_text("The app stopped while this was being answered")).to_be_visible()
    again.get_by_role("button", name="Try again").click()
    expect(again.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
    settle(again)


def test_a_cut_off_answer_goes_on(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    wire.script(Play(chunks=("One two",), ending="max_tokens"), Play(chunks=(" three four",)), provider="anthropic")
    ask(page, "Count, please")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("One two three four")).to_be_visible()
    settle(page)
    expect(page.get_by_role("button", name="Continue")).to_have_count(0)


def test_a_failure_is_a_sentence_and_can_be_tried_again(
    claude_server: Server, wire: WireServer, open_page: OpenPage
) -> None:
    page = open_page(claude_server)
    drop_in(page)
    overloaded = Fault("status", error="overloaded", headers={"retry-after": "2"})  # without one it is asked by chance
    wire.script(*[Play(fault=overloaded)] * 3, provider="anthropic")  # so soon that nobody can read that it is
    ask(page, "What is it?")
    expect(page.get_by_text("Claude was overloaded: asking again")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Claude")  # and there is only one
    shot(page, "talk-failed-light")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
    settle(page)


def test_paste_and_keyboard_alone(claude_server: Server, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()  # from now on it listens for a paste
    page.evaluate(
        """async b => { const u = Uint8Array.from(atob(b), c => c.charCodeAt(0));
             const image = await createImageBitmap(new Blob([u], {type: 'image/jpeg'}));
             const canvas = new OffscreenCanvas(image.width, image.height);
             canvas.getContext('2d').drawImage(image, 0, 0);
             const png = canvas.convertToBlob({type: 'image/png'});
             await navigator.clipboard.write([new ClipboardItem({'image/png': png})]) }""",
        base64.b64encode(RECEIPT).decode(),
    )
    page.mouse.click(5, 5)
    page.keyboard.press("Control+v")
    page.wait_for_url("**/chat?c=*")
    settle(page)
    box = page.locator(".st-key-ask textarea")
    for _ in range(60):
        if box.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    assert box.evaluate("e => e === document.activeElement"), "the question box cannot be reached by Tab"
    page.keyboard.type("What is it?")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
    settle(page)


def test_a_deep_link_into_a_fresh_server_shows_the_shell_and_the_talk(
    start_server: StartServer, open_page: OpenPage
) -> None:
    server = start_server()
    page = open_page(server)
    drop_in(page)
    path = page.url.removeprefix(server.url)
    page.context.close()  # or it complains that the server is away
    server.restart()
    fresh = open_page(server, path)
    expect(fresh.get_by_role("link", name="Start").first).to_be_visible()
    expect(fresh.locator(".st-key-ask textarea")).to_be_visible()
    expect(fresh.get_by_role("application")).to_be_visible()


def test_model_text_reaches_no_host(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    heard: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{host.server_address[1]}"
        text = (
            f"![a]({url}/inline) ![b][ref] <img src='{url}/html'> :red[![c]({url}/directive)] "
            f"[![d]({url}/linked)]({url}/link)\n\n[ref]: {url}/reference\n\n| ![e]({url}/cell) |\n|---|\n| x |\n\n"
            f"<style>body{{background:url({url}/css)}}</style>\n\ndone"
        )
        page = open_page(claude_server)
        drop_in(page)
        wire.script(Play(chunks=tuple(text[n : n + 7] for n in range(0, len(text), 7))), provider="anthropic")
        ask(page, "Look at this")
        expect(page.get_by_text("done", exact=True)).to_be_visible()
        settle(page)
        page.wait_for_timeout(500)
        assert (
            page.evaluate(
                """async url => {
              try { await fetch(url + '/script', {mode: 'no-cors'}); return 'sent' } catch { return 'kept' }
            }""",
                url,
            )
            == "kept"
        )  # the second wall, should the first one fall
        host.shutdown()
    assert heard == []
    watch(page).allowed.append("Content Security Policy")
    watch(page).allowed.append("Refused to connect")


@pytest.mark.parametrize(
    ("size", "dark"),
    [
        ((390, 844), True),
        ((1600, 1000), False),
        pytest.param((390, 844), False, marks=pytest.mark.long),
        pytest.param((1600, 1000), True, marks=pytest.mark.long),
    ],
    ids=["390-dark", "1600-light", "390-light", "1600-dark"],
)
def test_looks(claude_server: Server, open_page: OpenPage, size: tuple[int, int], dark: bool) -> None:
    page = open_page(claude_server, size=size, dark=dark, touch=size[0] < 500)
    tone = f"{size[0]}-{'dark' if dark else 'light'}"
    shot(page, f"start-{tone}")
    assert no_sideways_scroll(page)
    assert violations(page) == []
    drop_in(page)
    shot(page, f"talk-new-{tone}")
    ask(page, "What is it?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
    settle(page)
    page.get_by_text("What the model sees").click()
    expect(page.get_by_text("SHA-256 of these bytes")).to_be_visible()
    settle(page)
    shot(page, f"talk-{tone}")
    assert no_sideways_scroll(page)
    assert violations(page) == []
    page.goto(f"{claude_server.url}/settings")
    settle(page)
    shot(page, f"settings-{tone}")
    assert no_sideways_scroll(page)
    assert violations(page) == []


def test_the_hash_shown_is_the_hash_sent(claude_server: Server, wire: WireServer, open_page: OpenPage) -> None:
    page = open_page(claude_server)
    drop_in(page)
    ask(page, "What is it?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
    settle(page)
    page.get_by_text("What the model sees").click()
    shown = page.locator(".st-key-sees code")
    expect(shown).to_be_visible()
    assert shown.inner_text().strip() == wire.requests[-1].sha256[0]


def test_bad_files_are_refused_in_words_and_the_page_goes_on(
    app_server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(app_server)
    bad = {
        "empty.jpg": b"",
        "page.jpg": b"<!doctype html><html><body>hello</body></html>",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        "cut.jpg": RECEIPT[: len(RECEIPT) // 2],
        "-rf\u202egpj.exe": b"MZ not a picture",
    }
    files = [FilePayload(name=name, mimeType="image/jpeg", buffer=data) for name, data in bad.items()]
    page.locator("input[type=file]").first.set_input_files(files)
    for name in ("empty.jpg", "page.jpg", "drawing.svg", "cut.jpg"):
        expect(page.get_by_text(name).first).to_be_visible()
    shot(page, "start-refused-light")
    drop_in(page)
    assert page.locator(".st-key-ask").is_visible()
    watch(page).allowed.append("/upload")  # a refusal is a 4xx, which the console notes
