"""The guard itself: what it cannot see, no test of the app can miss."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.guarded import SDKS, Guard, Reached
from tests.system.sockets import SEES, DeafProxy, FarEnd, _address, far_ends

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


@pytest.mark.skipif(not SEES, reason="there is no /proc; the audit hook and the deaf proxy work everywhere")
def test_the_operating_system_is_asked_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        end = f"127.0.0.1:{port}"
        with socket.create_connection(listener.getsockname()):
            assert FarEnd(f"tcp {end}", here=True) in far_ends(os.getpid())
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as six:
            six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            six.connect(("::ffff:127.0.0.1", port))
            assert FarEnd(f"tcp6 {end}", here=True) in far_ends(os.getpid())


@pytest.mark.skipif(sys.byteorder != "little", reason="the kernel writes these words in the machine's order")
def test_far_ends_are_read_right() -> None:
    assert [str(part) for part in _address("076433C6:01BB")] == [ELSEWHERE, "443"]
    assert str(_address("B80D0120000000000000000001000000:0050")[0]) == "2001:db8::1"


def test_what_wants_to_leave_knocks_at_the_deaf_proxy(tmp_path: Path) -> None:
    code = "import urllib.request; urllib.request.urlopen('http://loupe.example/x', timeout=5)"
    with DeafProxy() as proxy:
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env={**os.environ, **proxy.environment}, capture_output=True, check=False)
    assert done.returncode == 1
    assert proxy.heard[0].startswith(b"GET http://loupe.example/x")
