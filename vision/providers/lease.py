"""One SDK client, made on first use, shared by threads, and closed once it is retired and nobody is using it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


ClientT = TypeVar("ClientT", bound=Closable)


class Lease(Generic[ClientT]):
    """``make`` imports the SDK and builds its client: neither happens before the first ``use``."""

    def __init__(self, make: Callable[[], ClientT]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._client: ClientT | None = None
        self._users = 0
        self._retired = False

    @contextmanager
    def use(self) -> Iterator[ClientT]:
        """The client, not closed before the block ends. Works on a retired lease too: whoever holds one may finish."""
        with self._lock:
            if self._client is None:
                self._client = self._make()
            client = self._client
            self._users += 1
        try:
            yield client
        finally:
            with self._lock:
                self._users -= 1
            self._close_if_idle()

    def retire(self) -> None:
        """Close the client now, or when its last user is done."""
        with self._lock:
            self._retired = True
        self._close_if_idle()

    def _close_if_idle(self) -> None:
        with self._lock:
            if not self._retired or self._users or self._client is None:
                return
            client, self._client = self._client, None
        client.close()
