"""An SDK's first reply is slow: for half a second of work it builds the checks for everything a stream may hold, in
each thread that gets its first event before another has finished (32 at once: 10 s). So that nobody waits for it, one
made-up event is read behind the first request while that is still on its way: through the SDK's own public client, and
without a socket.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

_lock = threading.Lock()
_rehearsed: set[str] = set()


def rehearse(name: str, replies: Callable[[], Iterable[object]]) -> None:
    """Reads ``replies`` in the background, the first time that ``name`` is given in this process."""
    with _lock:
        if name in _rehearsed:
            return
        _rehearsed.add(name)

    def read() -> None:
        for _ in replies():
            continue

    threading.Thread(target=read, name=f"rehearse-{name}", daemon=True).start()
