"""Who listens while a document is read: nobody word by word; only whether it is still wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from vision.models.catalog import Model
from vision.providers.line import Line

LOOK_SECONDS = 0.3  # how often the store is asked whether somebody stopped it


class Ear:
    """``unwanted`` may be slow: it is asked a few times a second at most."""

    def __init__(self, unwanted: Callable[[], bool], closing: threading.Event) -> None:
        self.line = Line()
        self._unwanted = unwanted
        self._closing = closing
        self._looked = -LOOK_SECONDS
        self._stopped = False

    def stop(self) -> None:
        """Nobody wants it any more: also a connection that is silent ends at once. From any thread."""
        self._stopped = True
        self.line.hang_up()

    def asking(self, model: Model) -> None:
        """Nothing is shown of it."""

    def status(self, sentence: str) -> None:
        """Nothing is shown of it."""

    def hear(self, _piece: str) -> bool:
        return not self.stopped()

    def start_over(self) -> None:
        """Nothing was shown."""

    def stopped(self) -> bool:
        if not self._stopped and time.monotonic() - self._looked >= LOOK_SECONDS:
            self._stopped, self._looked = self._unwanted(), time.monotonic()
        return self._stopped or self._closing.is_set()

    def pause(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self.stopped() and (left := until - time.monotonic()) > 0:
            self._closing.wait(min(left, LOOK_SECONDS))
        return not self.stopped()
