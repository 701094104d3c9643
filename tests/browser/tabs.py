"""Browser tabs that one test after the other uses, and what each of them asked for and complained about.

A new tab costs a new process that reads all of Streamlit's scripts: 2.5 s of one core, and 0.7 s in a tab that was used
before. A tab that is given back keeps nothing of what it showed: no page, route, cookie, storage or emulation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page

# Streamlit asks for these below the page's own path when a page is opened by a deep link.
STOCK_CONSOLE = ("_stcore/health", "_stcore/host-config")
QUIET_PATH = "/health"  # a few letters from the same server: the process of the tab stays, and the session ends


@dataclass
class Watch:
    """What one page asked for and complained about while one test used it."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=lambda: list(STOCK_CONSOLE))

    def foreign(self) -> list[str]:
        """Requests to any host but this machine."""
        hosts = [(urlsplit(url), url) for url in self.requests]
        return [url for parts, url in hosts if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1"]

    def complaints_left(self) -> list[str]:
        return [text for text in self.complaints if not any(part in text for part in self.allowed)]


WATCHED: dict[Page, Watch] = {}  # the tabs that a test uses just now


class Tabs:
    """The tabs of one browser, each in a context of its own."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._free: defaultdict[bool, list[Page]] = defaultdict(list)  # by touch, which a context keeps for life

    def take(self, size: tuple[int, int], *, dark: bool, touch: bool) -> Page:
        page = self._free[touch].pop() if self._free[touch] else self._new(touch)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        WATCHED[page] = Watch()
        return page

    def give_back(self, page: Page, *, touch: bool) -> None:
        """The tab is left as a new one; one that cannot be left so is closed."""
        if page.is_closed():
            return
        try:
            page.unroute_all(behavior="ignoreErrors")
            address = urlsplit(page.url)
            page.goto(f"{address.scheme}://{address.netloc}{QUIET_PATH}", timeout=5_000)
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
            page.context.clear_cookies()
        except Error:  # its server is gone, or the page does not let go
            page.context.close()
        else:
            self._free[touch].append(page)

    def _new(self, touch: bool) -> Page:
        context = self.browser.new_context(
            has_touch=touch,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            permissions=["clipboard-read", "clipboard-write"],
        )
        page = context.new_page()

        def asked(url: str) -> None:
            if page in WATCHED:
                WATCHED[page].requests.append(url)

        def complained(text: str) -> None:
            if page in WATCHED:
                WATCHED[page].complaints.append(text)

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                complained(f"{message.text} {message.location}")

        page.on("request", lambda one: asked(one.url))
        page.on("websocket", lambda one: asked(one.url))
        page.on("console", said)
        page.on("pageerror", lambda error: complained(str(error)))
        return page
