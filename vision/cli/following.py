"""An answer as it comes: its text on stdout, what is going on meanwhile on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vision.cli.terminal import say, write

if TYPE_CHECKING:
    from vision.answering.live import Live

BEGINS_ANEW = "The text above does not count: the answer begins anew."
LOOK_SECONDS = 0.5  # how long Ctrl-C may have to wait where a lock cannot be interrupted


class Following:
    """Follows one answer. With ``silent`` (for ``--json``) no text is written; ``shown`` is what came of it."""

    def __init__(self, live: Live, *, silent: bool) -> None:
        self._live = live
        self._silent = silent
        self._said: set[str] = set()
        self._status = ""
        self._begun_anew = 0
        self._put_aside = False  # text stands on the screen that another attempt takes the place of
        self.shown = ""

    def to_the_end(self) -> None:
        """Returns once there is no more to come; an answer that failed has said so."""
        live = self._live
        while True:
            live.wait_for(self._news, LOOK_SECONDS)
            with live.cond:
                text, status, begun_anew = live.text, live.status, live.begun_anew
                over, error = live.done or live.unsaved, live.error
            self._look(text, status, begun_anew)
            if over:
                break
        self._end_line()
        if error is not None:
            say(error)

    def _news(self) -> bool:
        live = self._live
        known = (self.shown, self._status, self._begun_anew)
        return live.done or live.unsaved or (live.text, live.status, live.begun_anew) != known

    def _look(self, text: str, status: str, begun_anew: int) -> None:
        if begun_anew != self._begun_anew:
            self._begun_anew = begun_anew
            self._end_line()
            self._put_aside = self._put_aside or bool(self.shown)
            self.shown = ""
        if status != self._status:
            self._status = status
            if status and status not in self._said:
                self._said.add(status)
                say(status)
        self._write(text)

    def _write(self, text: str) -> None:
        more = text[len(self.shown) :]
        if more and not self._silent:
            if self._put_aside:
                say(BEGINS_ANEW)
                self._put_aside = False
            write(more)
        self.shown = text

    def _end_line(self) -> None:
        if self.shown and not self._silent and not self.shown.endswith("\n"):
            write("\n")
