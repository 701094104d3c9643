"""The connection over which one reply comes, and hanging up on it from another thread.

A stream can only be closed between two of its pieces, and a model that thinks sends none for minutes; pings do not
count, the SDKs keep them to themselves. Whoever no longer wants the reply ends the connection below the SDK: the thread
that reads from it is told that it is over, and the service that it may stop working.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Line:
    """For one reply. ``hang_up`` works before, during and after it, from any thread, and returns at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._down = False

    def hang_up(self) -> None:
        with self._lock:
            self._down = True
            self._shut()

    def connected(self, over: socket.socket) -> None:
        """The reply has begun to come over this socket; hung up before, it ends now."""
        with self._lock:
            self._socket = over
            if self._down:
                self._shut()

    def free(self) -> None:
        """The reply is over: from now on the socket is somebody else's."""
        with self._lock:
            self._socket = None

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):  # gone already
                # the plain socket's own: that of TLS takes the session from under the thread that reads
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_current: ContextVar[Line | None] = ContextVar("line", default=None)


@contextmanager
def listening_on(line: Line) -> Iterator[None]:
    """Replies that this thread asks for within the block come over ``line``."""
    token = _current.set(line)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Line | None:
    return _current.get()
