"""The guard itself: what it cannot see, no test of the app can miss."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.system.guarded import SDKS, Guard, Reached

ELSEWHERE = "198.51.100.7"  # RFC 5737: for documentation, belongs to nobody
REACHES = f"""
import asyncio, socket, urllib.request
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    one.connect_ex(("{ELSEWHERE}", 9))  # a datagram socket sends nothing yet
try:
    urllib.request.urlopen("http://127.0.0.1:1/", timeout=1)
except OSError:
    pass
async def later():
    try:
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", 2), 1)
    except OSError:
        pass
asyncio.run(later())
from google import genai
"""


def run(guard: Guard, code: str) -> None:
    command = [sys.executable, "-c", code]
    subprocess.run(command, env={**os.environ, **guard.environment, "NO_PROXY": "*"}, check=True, timeout=60)


def test_every_way_out_is_recorded(tmp_path: Path) -> None:
    guard = Guard(tmp_path / "record")
    run(guard, REACHES)
    ways = [(one.host, one.port) for one in guard.connections()]
    assert ways == [(ELSEWHERE, 9), ("127.0.0.1", 1), ("127.0.0.1", 2)]
    assert [one.host for one in guard.reached() if not one.stays_here] == [ELSEWHERE]
    assert {one.module.split(".")[0] for one in guard.imported(*SDKS)} == {"google"}


def test_a_quiet_process_leaves_an_empty_record(tmp_path: Path) -> None:
    guard = Guard(tmp_path / "record")
    run(guard, "import asyncio; asyncio.run(asyncio.sleep(0))")
    assert guard.reached() == []
    assert guard.imported(*SDKS) == []
    assert guard.imported("asyncio")


def test_what_counts_as_this_machine() -> None:
    here = ("127.0.0.1", "127.9.9.9", "::1", "localhost", "")
    away = ("8.8.8.8", "192.168.1.1", "0.0.0.0", "example.org", "localhost.example.org", "2001:db8::1")
    assert all(Reached(host, 1, "socket.connect").stays_here for host in here)
    assert not any(Reached(host, 1, "socket.connect").stays_here for host in away)
