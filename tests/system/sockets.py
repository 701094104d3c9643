"""What no audit hook sees, sockets that C libraries open: asked of the operating system, and caught by a proxy.

Asking is Linux only, by looking at /proc again and again; elsewhere nothing is seen (``SEES`` is False), and the audit
hook and the proxy that must hear nothing are what remains.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TABLES = ("tcp", "tcp6", "udp", "udp6")
SEES = Path("/proc/self/net/tcp").exists()
PAUSE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class FarEnd:
    """``here``: it is on this machine."""

    name: str
    here: bool


def far_ends(pid: int) -> set[FarEnd]:
    """The other ends of the sockets of ``pid``: "tcp 198.51.100.7:443"."""
    inodes = _inodes(pid)
    found = set()
    for table in TABLES:
        try:
            rows = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            address, port = _address(fields[2])
            if fields[9] in inodes and not address.is_unspecified:
                found.add(FarEnd(f"{table} {address}:{port}", address.is_loopback))
    return found


def _inodes(pid: int) -> set[str]:
    found = set()
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = str(entry.readlink())
            except OSError:  # closed in the meantime
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:  # the process has ended
        return set()
    return found


def _address(text: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    """The kernel writes each 32-bit word of an address in the machine's own byte order."""
    words, port = text.split(":")
    raw = b"".join(socket.htonl(int(words[n : n + 8], 16)).to_bytes(4, "big") for n in range(0, len(words), 8))
    address = ipaddress.ip_address(raw)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address, int(port, 16)


class Lookout:
    """``with Lookout(pid) as lookout: ...; lookout.seen``: every far end beyond this machine seen in between."""

    def __init__(self, pid: int) -> None:
        self.seen: set[str] = set()
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="lookout", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self.seen |= {one.name for one in far_ends(self._pid) if not one.here}


class DeafProxy:
    """A listener for HTTP(S)_PROXY: whatever asks for a foreign host comes here, and is counted and turned away."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, name="proxy", daemon=True)

    @property
    def environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        return {**dict.fromkeys(names, url), "no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost"}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed: the test is over
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.heard.append(connection.recv(300))
                except OSError:
                    self.heard.append(b"")
