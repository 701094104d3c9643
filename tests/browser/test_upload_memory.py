"""Twenty photos of 4 MB come in, and the server's memory is where it was: through the chat box and our own input."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Server, StartServer, eventually, settle
from tests.browser.test_talk import ask, drop_in
from tests.store.conftest import open_store
from tests.system.memory import settled

FILES = 20
ALLOWED_BYTES = 100_000_000
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Noise does not compress: about 4 MB each, and each one different."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(2)
    paths = []
    for number in range(2 * FILES):
        image = Image.fromarray(random.integers(0, 256, (1600, 2000, 3), np.uint8))
        path = folder / f"photo{number:02}.jpg"
        image.save(path, "JPEG", quality=96)
        paths.append(path)
    assert 3_500_000 < paths[0].stat().st_size < 5_000_000
    return paths


def warm(page: Page) -> None:
    """Everything that is loaded once is loaded: the reader, the decoders."""
    drop_in(page)
    ask(page, "What is the total?")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text("5.00", timeout=60_000)
    settle(page)


def in_the_uploader() -> re.Pattern[str]:
    return re.compile(r'^cache_memory_bytes\{cache_type="UploadedFileManager".*\} (\d+)', re.MULTILINE)


def held_by_streamlit(server: Server) -> int:
    """Bytes that Streamlit's own uploader holds, as it says itself."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(int(number) for number in in_the_uploader().findall(text))


def kept(server: Server) -> int:
    store = open_store(server.data)
    try:
        return len(store.of("local").recent_pictures(100))
    finally:
        store.close()


def test_uploads_leave_memory(start_server: StartServer, open_page: OpenPage, photos: list[Path]) -> None:
    server = start_server()
    assert server.process is not None
    pid = server.process.pid
    page = open_page(server)
    warm(page)
    before = settled(pid)

    chosen = page.locator(".st-key-ask input[type=file]")
    chosen.set_input_files(photos[:FILES])
    eventually(page, lambda: held_by_streamlit(server) > FILES * 3_000_000, "the uploader holds the files", 60)
    ask(page, "")
    eventually(page, lambda: kept(server) == 1 + FILES, "the files of the chat box are kept", 120)
    settle(page)
    eventually(page, lambda: held_by_streamlit(server) == 0, "Streamlit lets go of the files", 60)
    chat_box = settled(pid) - before

    page.get_by_role("link", name="Start").first.click()
    expect(page.get_by_role("heading", name="Ask about a picture")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(photos[FILES:])
    eventually(page, lambda: kept(server) == 1 + 2 * FILES, "the files of the picture input are kept", 120)
    settle(page)
    assert held_by_streamlit(server) == 0
    both = settled(pid) - before
    print(
        f"\nserver: {before / 1e6:.0f} MB, {chat_box / 1e6:+.0f} MB after the chat box, {both / 1e6:+.0f} MB after both"
    )
    assert chat_box < ALLOWED_BYTES
    assert both < ALLOWED_BYTES
