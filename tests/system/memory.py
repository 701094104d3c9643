"""Resident memory of a process, in bytes."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

SAMPLES = 6
PAUSE_SECONDS = 0.25
STEADY_BYTES = 2_000_000


def resident(pid: int) -> int:
    """What the process holds now. /proc where there is one, else ps."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        return _kilobytes(status.read_text(), "VmRSS")
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024


def peak(pid: int) -> int:
    """The most the process has held since ``forget_peak``. Linux only."""
    return _kilobytes(Path(f"/proc/{pid}/status").read_text(), "VmHWM")


def forget_peak(pid: int) -> None:
    """From now on ``peak`` counts anew. Linux only."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def settled(pid: int, seconds: float = 30.0) -> int:
    """``resident`` once it stands still: memory that was freed goes back a little later."""
    until = time.monotonic() + seconds
    seen: list[int] = []
    while True:
        seen = [*seen[-SAMPLES + 1 :], resident(pid)]
        still = len(seen) == SAMPLES and max(seen) - min(seen) < STEADY_BYTES
        if still or time.monotonic() > until:
            return seen[-1]
        time.sleep(PAUSE_SECONDS)


def _kilobytes(text: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)
    assert found, f"no {name}"
    return int(found[1]) * 1024
