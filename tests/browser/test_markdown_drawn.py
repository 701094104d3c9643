"""Model text drawn by the real Streamlit: nothing is fetched, nothing is turned into something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, StartServer, settle, shot, watch


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A host of somebody else, and what it heard."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def test_model_text_is_only_text(
    listener: tuple[str, list[str]], start_server: StartServer, open_page: OpenPage
) -> None:
    host, heard = listener
    page = open_page(start_server("markdown_stage", env={"LOUPE_LISTENER": host}))
    safe = page.locator(".st-key-safe")
    first = safe.get_by_test_id("stMarkdown").first
    expect(first).to_contain_text("cell")  # Markdown is drawn by a script that comes after the page
    said = first.inner_text().replace("\u2060", "")
    for literal in (
        "Costs $5 and $6, :red[warm] :tada: :material/home: at 12:30:45",
        "pixel (picture not loaded) <b>bold</b>",
        "by name (picture not loaded) and in a link (picture not loaded) (127.0.0.1)",
        "bank.example (127.0.0.1) | :rainbow-background[x] | $$x$$",
        "cell (picture not loaded)",
    ):
        assert literal in said
    expect(first.locator("pre")).to_contain_text("graph TD; A-->B")
    expect(safe.locator("img, b, .katex, svg.flowchart")).to_have_count(0)
    expect(first.locator("table code")).to_have_text("code")
    shot(page, "markdown-safe")
    asked = [url for url in watch(page).requests if url.startswith(host)]
    assert asked == []
    # The same text without the sanitiser meets the second wall: the browser refuses, and says so.
    watch(page).allowed.append("Content Security Policy")
    page.locator(".st-key-raw").get_by_text("Raw").click()
    expect(page.locator(".st-key-unsafe img").first).to_be_attached()
    settle(page)
    page.wait_for_timeout(500)
    assert any("Content Security Policy" in complaint for complaint in watch(page).complaints)
    assert heard == []
