"""Reading from and writing to the terminal, or the pipe, that it is."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import unicodedata
from typing import Any, TextIO


class Gone(Exception):
    """Nobody reads our output any more (``| head``)."""


def be_lenient() -> None:
    """A character that the terminal cannot show becomes a question mark, not an error; a stream that was closed before
    we began (``>&-``) is one that nobody reads, or that has no line."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, _nothing(mode))
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _nothing(mode: str) -> TextIO:
    # Takes the lowest free number, the closed stream's own: left free, the next file to be opened (the database) would
    # get it, and whatever a library in C prints would be written there. Children inherit it for the same reason.
    number = os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)
    os.set_inheritable(number, number <= 2)
    file = io.FileIO(number, mode)
    buffer = io.BufferedReader(file) if mode == "r" else io.BufferedWriter(file)
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="replace")


def write(text: str) -> None:
    """Text for stdout, shown at once. Raises Gone."""
    _write(sys.stdout, harmless(text) if sys.stdout.isatty() else text)


def write_json(value: Any) -> None:
    """One object on one line of stdout. Raises Gone."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    _write(sys.stdout, json.dumps(value, ensure_ascii=not unicode) + "\n")


def say(sentence: str) -> None:
    """One line on stderr."""
    try:
        _write(sys.stderr, harmless(" ".join(sentence.split())) + "\n")
    except Gone:
        return


def harmless(text: str) -> str:
    """``text`` without what would steer the terminal: escape sequences, direction marks; line ends and tabs stay."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def ask_for_line(prompt: str) -> str | None:
    """The next line of stdin, or None at its end. The prompt goes to stderr, and only to a person."""
    if sys.stdin.isatty():
        _write(sys.stderr, prompt)
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def forget_stdout() -> None:
    """Lets Python end quietly although stdout is closed."""
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, sys.stdout.fileno())
    except (OSError, ValueError):  # no real file behind it
        return


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise Gone from None
    except OSError as error:
        if error.errno in (errno.EPIPE, errno.EINVAL, errno.EIO):  # as Windows says it; a closed terminal window
            raise Gone from None
        raise
