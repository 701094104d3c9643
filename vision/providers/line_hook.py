"""What every SDK's HTTP client calls when a reply begins: it tells the ``Line`` of the thread which socket it is on."""

# ruff: noqa: PLC0415 -- httpx2 calls this: by then it is loaded, and nothing here loads it before
from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from vision.providers.line import Line, current

if TYPE_CHECKING:
    import httpx2


def reply_begins(response: httpx2.Response) -> None:
    """A response hook (``event_hooks={"response": [reply_begins]}``)."""
    import httpx2

    line = current()
    network = response.extensions.get("network_stream")
    over = None if network is None else network.get_extra_info("socket")
    if line is not None and over is not None and isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _carried()(response.stream, line)
        line.connected(over)


@cache
def _carried() -> Callable[[httpx2.SyncByteStream, Line], httpx2.SyncByteStream]:
    import httpx2

    class Carried(httpx2.SyncByteStream):
        """A reply's bytes as they come. Lets go of the line before the connection goes back to where others take it."""

        def __init__(self, stream: httpx2.SyncByteStream, line: Line) -> None:
            self._stream = stream
            self._line = line

        def __iter__(self) -> Iterator[bytes]:
            yield from self._stream

        def close(self) -> None:
            self._line.free()
            self._stream.close()

    return Carried
