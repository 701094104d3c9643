"""Python loads this by itself at start when the folder is on PYTHONPATH: a record of what a process reaches for.

Every connection, datagram, name look-up and import becomes one JSON line in the file that GUARD_RECORD names. It is an
audit hook: no library can go round it through a name it kept, and it cannot be taken out again.
"""

import json
import os
import sys
import threading
import time
from typing import Any

ADDRESSED = ("socket.connect", "socket.sendto", "socket.sendmsg")  # (socket, address)
NAMED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")  # (host, ...)


def _callers() -> list[str]:
    """The innermost frames below this module, so that a test that fails says who did it."""
    found: list[str] = []
    frame = sys._getframe(2)  # 0 is here, 1 the hook
    while frame is not None and len(found) < 8:
        found.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return found


def _install(path: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def record(event: str, what: Any, **more: Any) -> None:
        thread = threading.current_thread().name
        line = {"event": event, "what": what, "thread": thread, "pid": os.getpid(), "at": time.time(), **more}
        os.write(file, json.dumps(line, default=str).encode() + b"\n")

    def hook(event: str, values: tuple[Any, ...]) -> None:
        if event == "import":
            record(event, values[0])
        elif event in ADDRESSED:
            record(event, values[1], family=str(values[0].family), callers=_callers())
        elif event in NAMED:
            record(event, values[:1], callers=_callers())

    sys.addaudithook(hook)


if "GUARD_RECORD" in os.environ:
    _install(os.environ["GUARD_RECORD"])
