"""An answer while it is being written: what the page follows, in memory, beside the store."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Live:
    """Text that grows, or begins anew when another attempt is made. Wait on ``cond``: it is notified with every piece,
    every warning and at the end. ``begun_anew`` counts the new beginnings; ``status`` says what is going on meanwhile.

    ``error`` is a sentence for the person, or None: why the answer failed, or that it cannot be saved just now. With
    ``unsaved`` all of it is here and the store does not take it: that is tried again for minutes. Once ``done``, the
    store has the whole answer, or, still ``unsaved``, it was given up.
    """

    def __init__(self, answer_id: str, text: str = "") -> None:
        self.answer_id = answer_id
        self.cond = threading.Condition()
        self._earlier = self._text = text
        self._closed = False
        self.status = ""
        self.begun_anew = 0
        self.done = False
        self.unsaved = False
        self.error: str | None = None

    @property
    def text(self) -> str:
        with self.cond:
            return self._text

    @property
    def closed(self) -> bool:
        """Nothing more is taken: stopped, or at its end."""
        with self.cond:
            return self._closed

    def append(self, piece: str) -> bool:
        """Adds a piece; False if nobody wants it any more."""
        with self.cond:
            if self._closed:
                return False
            self._text += piece
            self.cond.notify_all()
            return True

    def begin_anew(self) -> None:
        """Puts aside what came of an attempt that failed; what stood before it (Continue) stays."""
        with self.cond:
            if not self._closed and self._text != self._earlier:
                self._text = self._earlier
                self.begun_anew += 1
                self.cond.notify_all()

    def say(self, status: str) -> None:
        """What is going on while there is no text."""
        with self.cond:
            self.status = status
            self.cond.notify_all()

    def close(self) -> None:
        """Takes nothing more from now on; what came stays."""
        with self.cond:
            self._closed = True
            self.cond.notify_all()

    def warn(self, sentence: str | None, *, unsaved: bool = False) -> None:
        with self.cond:
            self.error, self.unsaved = sentence, unsaved
            self.cond.notify_all()

    def finish(self, error: str | None = None, *, unsaved: bool = False) -> None:
        with self.cond:
            self._closed = self.done = True
            self.error, self.unsaved = error, unsaved
            self.cond.notify_all()

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Waits until ``condition`` (checked under the lock) or for ``seconds``; returns the condition."""
        with self.cond:
            return self.cond.wait_for(condition, seconds)

    def wait_for_news(self, known: str, seconds: float) -> bool:
        """Waits until the text is another than ``known`` or no more will come; returns whether it is closed."""
        with self.cond:
            self.cond.wait_for(lambda: self._text != known or self._closed, seconds)
            return self._closed

    def wait_beyond(self, length: int, seconds: float) -> str:
        """The text once it is longer than ``length``, or done, or ``seconds`` have passed."""
        with self.cond:
            self.cond.wait_for(lambda: len(self._text) > length or self.done, seconds)
            return self._text
