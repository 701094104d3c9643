"""A real server and a real Chromium for the tests of this folder.

``start_server(...)`` runs app.py (or a stage, a small script for one component) in its own process with an empty data
folder; ``open_page(server, path)`` opens a page whose every request is recorded: when the test ends, none may have left
this machine. Screenshots go to artefacts/. No test is ever skipped for want of a browser: it fails and says why.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.normal_run import WALKS
from tests.browser.tabs import WATCHED, Tabs, Watch
from tests.wire.server import WireServer
from vision.settings import KEY_NAMES, ROOT, URL_NAMES

HERE = Path(__file__).parent
ARTEFACTS = ROOT / "artefacts"
STAGE = HERE / "stages" / "stage_app.py"
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
NO_BROWSER = (
    "No browser was found. Install Chromium (Debian: apt-get install chromium) or Google Chrome, "
    "then run the tests again. (Playwright's own download was tried and did not work.)"
)
# What stock Streamlit 1.67 violates by itself: (axe rule, part of the element's HTML).
STOCK_AXE = (
    ("presentation-role-conflict", "stFileUploaderDropzone"),
    ("empty-table-header", ""),
    ("svg-img-alt", ""),
)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remembers the outcome, so that a failed test leaves a screenshot."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.when == "call":
        item.stash[FAILED] = report.failed


FAILED = pytest.StashKey[bool]()

# What is waited for comes within a second on an idle machine; two busy cores must not make a test fail.
expect.set_options(timeout=20_000)


# Tests that share a server stay together in one worker; any other module is a group of its own.
CLAUDE, READER = "browser-claude", "browser-reader"
GROUPS = {
    **dict.fromkeys(("test_talk", "test_exports", "test_together"), CLAUDE),
    **dict.fromkeys(("test_phone", "test_recent", "test_pages_of_a_file"), READER),
}


@pytest.hookimpl(tryfirst=True)  # before -m is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if item.name not in WALKS.get(item.path.stem, ()):
                item.add_marker(pytest.mark.long)
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group(GROUPS.get(item.path.stem, item.path.stem)))


# --- the server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(data: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """This machine's environment without any provider key, address or LOUPE setting of whoever runs the tests."""
    private = {name for names in KEY_NAMES.values() for name in names} | set(URL_NAMES.values())
    kept = {k: v for k, v in os.environ.items() if k not in private and not k.startswith(("LOUPE_", "STREAMLIT_"))}
    mine = {"LOUPE_DATA_DIR": str(data), "LOUPE_SECRETS_FILE": str(data.parent / "no-secrets.toml")}
    return {**kept, **mine, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", **extra}


@dataclass
class Server:
    """A running app. ``url`` has no slash at its end."""

    script: Path
    data: Path
    log: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "streamlit", "run", str(self.script), "--server.port", str(self.port)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.1)
        pytest.fail(f"The server did not start:\n{self.output()[-4000:]}")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def kill(self) -> None:
        """The end without warning: power cut, out of memory."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def output(self) -> str:
        return self.log.read_text(errors="replace")


StartServer = Callable[..., Server]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """``start_server(stage=None, env={})``: app.py, or the stage of that name under stages/, on its own data folder."""
    running: list[Server] = []

    def start(stage: str | None = None, env: Mapping[str, str] | None = None) -> Server:
        folder = tmp_path_factory.mktemp("server")
        extra = dict(env or {})
        if stage is not None:
            extra["LOUPE_STAGE"] = str(HERE / "stages" / f"{stage}.py")
        data = folder / "data"
        script = ROOT / "app.py" if stage is None else STAGE
        server = Server(script, data, folder / "server.log", clean_environment(data, extra))
        server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()
    for server in running:
        said = server.output()
        assert "Traceback" not in said, f"The server's log has a traceback:\n{said[-6000:]}"
        assert "Please replace" not in said, f"Streamlit warns of something that will be removed:\n{said[-3000:]}"


@pytest.fixture(scope="session")
def app_server(start_server: StartServer) -> Server:
    """The app as a person gets it on the first day: no key, empty data folder. Shared by the tests of a session."""
    return start_server()


@pytest.fixture(scope="session")
def shared_wire() -> Iterator[WireServer]:
    """The loopback provider behind ``claude_server``. Tests take it as ``wire``."""
    with WireServer() as running:
        yield running


@pytest.fixture
def wire(shared_wire: WireServer) -> Iterator[WireServer]:
    """Nothing scripted, nothing held, nothing asked yet. (A module may have its own.)"""
    shared_wire.reset()
    yield shared_wire
    shared_wire.reset()


@pytest.fixture(scope="session")
def claude_server(start_server: StartServer, shared_wire: WireServer) -> Server:
    """The app with a key for Claude that leads to the loopback provider. Shared by the tests of a session."""
    return start_server(env=shared_wire.environment("anthropic"))


# --- the browser


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """An installed Chromium or Chrome, else Playwright's own, else failure in words."""
    found = next((path for name in INSTALLED if (path := shutil.which(name))), None)
    running = playwright.chromium.launch(executable_path=found or playwrights_own(playwright), args=list(QUIET))
    yield running
    running.close()


def playwrights_own(playwright: Playwright) -> str:
    """Playwright's Chromium, downloaded now if it was not before."""
    path = Path(playwright.chromium.executable_path)
    if not path.exists():
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        done = subprocess.run(command, capture_output=True, timeout=600, check=False)
        if done.returncode != 0 or not path.exists():
            pytest.fail(NO_BROWSER)
    return str(path)


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


OpenPage = Callable[..., Page]


def watch(page: Page) -> Watch:
    """The record of a page that ``open_page`` opened."""
    return WATCHED[page]


@pytest.fixture
def open_page(tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """``open_page(server, path="/", size=(1280, 860), dark=False, touch=False)``: a page in a tab that shares nothing
    with another, settled. When the test ends, no request may have left this machine and the console may hold no
    error. ``page.context.close()`` closes the tab for good."""
    opened: list[tuple[Page, bool]] = []

    def open_one(
        server: Server, path: str = "/", size: tuple[int, int] = (1280, 860), *, dark: bool = False, touch: bool = False
    ) -> Page:
        page = tabs.take(size, dark=dark, touch=touch)
        opened.append((page, touch))
        page.goto(f"{server.url}{path}")
        settle(page)
        return page

    yield open_one
    failed = request.node.stash.get(FAILED, False)
    kept = []
    for number, (page, touch) in enumerate(opened):
        kept.append(WATCHED.pop(page))
        if failed:
            if not page.is_closed():
                shot(page, f"failed-{request.node.name}-{number}")
                page.context.close()
        else:
            tabs.give_back(page, touch=touch)
    if not failed:
        assert [url for seen in kept for url in seen.foreign()] == []
        assert [text for seen in kept for text in seen.complaints_left()] == []


# --- things tests do


def settle(page: Page) -> None:
    """Waits until the script has run and nothing went wrong in it. Assert on the result first: just after a click the
    script has not begun yet."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=30_000)
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=30_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def eventually(page: Page, true: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    """Polls ``true`` until it holds. (Playwright's wait_for_function needs eval, which our policy forbids.)"""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            pytest.fail(f"Waited {seconds} s in vain: {what}")
        page.wait_for_timeout(50)


def shot(page: Page, name: str) -> Path:
    """A screenshot artefact of the whole page, once nothing on it is a grey placeholder any more."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_text("Loading the picture")).to_have_count(0)
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{''.join(c if c.isalnum() or c in '-_' else '-' for c in name)}.png"
    page.screenshot(path=path, full_page=True)
    return path


def violations(page: Page) -> list[str]:
    """What axe-core finds beyond what stock Streamlit does by itself: "rule: element" lines."""
    options = {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:300]} {[check['message'] for check in node['any'] + node['all']][:2]}"
        for rule in found
        for node in rule["nodes"]
        if not any(rule["id"] == stock and part in node["html"] for stock, part in STOCK_AXE)
    ]


def no_sideways_scroll(page: Page) -> bool:
    """Whether the page fits its window's width."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
