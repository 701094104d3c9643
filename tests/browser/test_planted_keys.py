"""Keys are planted wherever a person can put one, and then looked for in all that she, or anybody, can find later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import OpenPage, Server, StartServer, settle
from tests.browser.test_talk import ask, drop_in
from tests.system.keys import SET, TYPED, environment, failures, files, found
from tests.wire.server import WireServer

MODELS = {
    "anthropic": "Claude Sonnet 5.5",
    "openai": "GPT-6.1 Terra",
    "gemini": "Gemini 3.8 Flash",
    "compatible": "llava:7b (local server)",
}
LABELS = {
    "anthropic": "Claude key",
    "openai": "OpenAI key",
    "gemini": "Gemini key",
    "compatible": "Key, if it needs one",
}


@dataclass
class Seen:
    """All that reached the browser."""

    places: dict[str, bytes] = field(default_factory=dict)
    frames: list[bytes] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("websocket", self._socket)
        page.reload()
        settle(page)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.frames.append(data if isinstance(data, bytes) else data.encode()))

    def look(self, page: Page, name: str) -> None:
        """The page's HTML, the words in its fields, and its address."""
        fields = page.evaluate("[...document.querySelectorAll('input, textarea')].map(e => e.value).join('\\n')")
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        text = f"{page.url}\n{page.content()}\n{fields}\n{stored}"
        self.places[f"page {name} ({len(self.places)})"] = text.encode()


@pytest.fixture
def wire() -> Iterator[WireServer]:
    """Accepts what is typed; what is set in the environment is a bad key."""
    with WireServer(keys=TYPED) as running:
        yield running


@pytest.fixture
def server(start_server: StartServer, wire: WireServer) -> Server:
    return start_server(env={**wire.environment(), **environment(SET), "LOUPE_ANSWER_SECONDS": "5"})


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    settle(page)


def type_keys(page: Page) -> None:
    for provider, label in LABELS.items():
        page.get_by_label(label, exact=True).fill(TYPED[provider])
        page.locator(f".st-key-use_{provider} button").click()
        expect(page.locator(f".st-key-forget_{provider}")).to_be_visible()
        settle(page)
        page.locator(f".st-key-test_{provider} button").click()
        expect(page.locator(f".st-key-card_{provider}").get_by_text("It works")).to_be_visible()
        settle(page)


def choose(page: Page, provider: str) -> None:
    behind = page.locator("[class*=st-key-choices_] button")
    if behind.count():
        behind.first.click()
    if not page.get_by_role("combobox", name="Model").count():
        page.get_by_text("One model", exact=True).click()
        settle(page)
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=MODELS[provider]).click()
    settle(page)
    page.keyboard.press("Escape")


def export(page: Page, folder: Path) -> dict[str, bytes]:
    page.get_by_role("button", name="More").click()
    places = {}
    for name in ("Web page", "Markdown", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("link", name=name, exact=True).click()
        path = folder / name
        download.value.save_as(path)
        places[f"export {name}"] = path.read_bytes()
    page.keyboard.press("Escape")
    return places


@pytest.mark.timeout(240)  # four providers, each failing three times
def test_planted_keys_are_nowhere_in_the_app(
    server: Server, wire: WireServer, open_page: OpenPage, tmp_path: Path
) -> None:
    seen = Seen()
    page = open_page(server)
    seen.follow(page)
    seen.look(page, "Start")
    go(page, "Settings")
    page.locator(".st-key-test_anthropic button").click()  # the key that is set is refused
    refused = page.locator(".st-key-card_anthropic").get_by_role("alert")
    expect(refused).to_be_visible(timeout=60_000)  # the SDK is loaded beside the reader, and both take their time
    seen.look(page, "Settings")
    type_keys(page)
    seen.look(page, "Settings")
    go(page, "Start")
    drop_in(page)
    for provider, failing in zip(MODELS, failures(""), strict=True):
        choose(page, provider)
        ask(page, "What is it?")
        expect(page.get_by_test_id("stChatMessage").last).to_contain_text("I received 1 picture")
        settle(page)
        wire.script(*[failures(TYPED[provider])[failing]] * 3, provider=provider)
        ask(page, "And again?")
        expect(page.get_by_test_id("stChatMessage").last.get_by_role("alert")).to_be_visible(timeout=20_000)
        settle(page)
        seen.look(page, "Chat")
    places = export(page, tmp_path)
    go(page, "Settings")
    seen.look(page, "Settings")
    sent = b"".join(str(request.headers).encode() for request in wire.requests)
    assert found({"what was sent": sent}, [*TYPED.values(), SET["anthropic"]]) == [
        f"{key} in what was sent" for key in [*TYPED.values(), SET["anthropic"]]
    ]
    places |= files(server.data)
    assert any(name.endswith("-wal") for name in places)
    server.stop()
    places |= {f"{name}, closed": content for name, content in files(server.data).items()}
    places |= {**seen.places, "server log": server.output().encode(), "frames": b"\n".join(seen.frames)}
    assert len(seen.frames) > 20
    assert b"And again?" in places["export JSON"]
    assert any(b"And again?" in content for name, content in places.items() if "loupe.db" in name)
    assert found(places, [*TYPED.values(), *SET.values()]) == []
