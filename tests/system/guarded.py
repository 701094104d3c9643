"""Reading what ``guard/sitecustomize.py`` wrote down about a process."""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision.settings import ROOT

GUARD = Path(__file__).parent / "guard"
SDKS = ("anthropic", "openai", "google.genai")
READER = ("cv2", "onnxruntime", "rapidocr")


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection, a datagram or a look-up. ``port`` is None for a look-up or a socket that has no ports."""

    host: str
    port: int | None
    event: str
    callers: tuple[str, ...] = ()

    @property
    def stays_here(self) -> bool:
        """Whether it cannot leave this machine. A name is only text to look up: it may lead anywhere."""
        if self.host in ("", "localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Imported:
    module: str
    thread: str


@dataclass(frozen=True, slots=True)
class Guard:
    """The record of one process and its Python children."""

    record: Path

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": os.pathsep.join((str(GUARD), str(ROOT))), "GUARD_RECORD": str(self.record)}

    def lines(self) -> list[dict[str, Any]]:
        text = self.record.read_text() if self.record.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def reached(self) -> list[Reached]:
        """Every connection, datagram and look-up, in order."""
        return [_reached(line) for line in self.lines() if line["event"].startswith("socket.")]

    def connections(self) -> list[Reached]:
        """Without the look-ups, which also come before listening."""
        return [one for one in self.reached() if one.event in ("socket.connect", "socket.sendto", "socket.sendmsg")]

    def imports(self) -> list[Imported]:
        return [Imported(line["what"], line["thread"]) for line in self.lines() if line["event"] == "import"]

    def imported(self, *modules: str) -> list[Imported]:
        """The imports of these modules, or of anything below them, in order."""
        return [
            one for one in self.imports() if any(one.module == m or one.module.startswith(f"{m}.") for m in modules)
        ]


def _reached(line: dict[str, Any]) -> Reached:
    what = line["what"]
    callers = tuple(line.get("callers", ()))
    if not isinstance(what, list):  # a path of this machine: AF_UNIX
        return Reached("", None, line["event"], callers)
    host = "" if what[0] is None else str(what[0])
    port = int(what[1]) if len(what) > 1 else None
    return Reached(host, port, line["event"], callers)
