"""Who writes an answer: the name in the row, and whether its bearer still lives."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from datetime import datetime, timedelta

HEARTBEAT_SECONDS = 2.0
SILENT_SECONDS = 15.0
FORGOTTEN_SECONDS = 600.0

_TOKEN = secrets.token_hex(8)  # a process id comes back, in a container even always: the token does not


def me() -> str:
    """The name of this process: host:pid:token."""
    return f"{socket.gethostname()}:{os.getpid()}:{_TOKEN}"


def new_worker() -> str:
    """The name of one worker of this process. No two share one: only its own worker may write to an answer."""
    return f"{me()}.{secrets.token_hex(4)}"


def is_ours(worker: str) -> bool:
    """Whether ``worker`` is of this process."""
    return worker == me() or worker.startswith(f"{me()}.")


def is_dead(worker: str, updated: datetime, now: datetime) -> bool:
    """Whether the process ``worker`` is gone: on this machine by its number, elsewhere by its silence. A living one
    may be silent for a while (a busy database, a laptop that slept); after ``FORGOTTEN_SECONDS`` its number is
    taken for another's."""
    if is_ours(worker):
        return False
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    here = host == socket.gethostname() and rest.isdigit()
    if here and (int(rest) == os.getpid() or not _lives(int(rest))):
        return True
    return now - updated > timedelta(seconds=FORGOTTEN_SECONDS if here else SILENT_SECONDS)


def _lives(pid: int) -> bool:
    if sys.platform == "win32":  # os.kill would end it there; silence must do
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
