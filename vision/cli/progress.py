"""One line at the foot of a terminal that says how far something is; nothing of it where stderr is no terminal."""

from __future__ import annotations

import shutil
import sys

from vision.cli.terminal import harmless, say, write

BAR = 20  # characters


class Progress:
    """All that is written meanwhile goes through ``say`` and ``write``, so that the line gives way to it."""

    def __init__(self) -> None:
        self.on = sys.stderr.isatty()
        self._shown = ""

    def show(self, text: str) -> None:
        """``text`` takes the place of what was shown."""
        width = shutil.get_terminal_size().columns - 1  # in the last column some terminals begin a new line
        line = harmless(text)[:width]
        if self.on and line != self._shown:
            rest = max(0, len(self._shown) - len(line))
            self._put("\r" + line + " " * rest + "\b" * rest)
            self._shown = line

    def clear(self) -> None:
        if self._shown:
            self._put("\r" + " " * len(self._shown) + "\r")
            self._shown = ""

    def say(self, sentence: str) -> None:
        """One line on stderr."""
        self.clear()
        say(sentence)

    def write(self, text: str) -> None:
        """Text for stdout. Raises Gone."""
        self.clear()
        write(text)

    def _put(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # a window that was closed: the run goes on without it
            self.on = False


def bar(done: int, total: int) -> str:
    """ "[#####---------------] 250 of 1,000"."""
    full = BAR * done // total if total else BAR
    return f"[{'#' * full}{'-' * (BAR - full)}] {done:,} of {total:,}"


def duration(seconds: float) -> str:
    """ "45 s", "2 min 10 s", "1 h 3 min"."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
