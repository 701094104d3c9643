"""Every provider behind one small protocol; one file each. Nothing here retries, prices or stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from vision.messages import Answer, Delta, Request
from vision.models.refreshing import Listed


class Provider(Protocol):
    """Turns one Request into Deltas and, last, exactly one Answer.

    Closing the iterator early releases the connection. Raises ``vision.errors.ProviderError`` and nothing else.
    """

    name: str

    def stream(self, request: Request) -> Iterator[Delta | Answer]: ...

    def check(self) -> tuple[str, ...]:
        """The model ids this key can see: proves key and address with the cheapest call there is."""
        ...


class Lister(Provider, Protocol):
    """A provider that says what it has: every one but the on-device reader."""

    def listing(self) -> tuple[Listed, ...]:
        """Every model that this key can see, with what the service tells of it. Raises ProviderError."""
        ...
