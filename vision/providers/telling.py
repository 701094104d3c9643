"""One answer while it is being told: the text so far and its two times, until it can be written down as an Answer."""

from __future__ import annotations

import time
from collections.abc import Iterable

from vision.messages import Answer, Delta, Json, Request, Stop, Usage
from vision.providers.services import Service


class Telling:
    """Collects the text of one answer. Times are monotonic seconds since construction."""

    def __init__(self, service: Service, request: Request) -> None:
        self._service = service
        self._request = request
        self._started = time.monotonic()
        self._first_word: float | None = None
        self._pieces: list[str] = []
        self._half = ""

    @property
    def begun(self) -> bool:
        return self._first_word is not None

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, text: str) -> Delta:
        """Keep a piece, and hand on what is whole of it: half of a character at its end waits for the other half."""
        text, self._half = whole_characters(self._half + text)
        if text and self._first_word is None:
            self._first_word = time.monotonic() - self._started
        self._pieces.append(text)
        return Delta(text)

    def answer(
        self,
        stop: Stop,
        usage: Usage,
        *,
        items: Iterable[Json] = (),
        request_id: str | None = None,
        explanation: str = "",
    ) -> Answer:
        """The finished answer; a complete one without any text is Stop.EMPTY."""
        text = self.text
        if stop is Stop.COMPLETE and not text.strip():
            stop = Stop.EMPTY
        return Answer(
            text=text,
            provider=self._service.name,
            model=self._request.model,
            stop=stop,
            usage=usage,
            first_word_seconds=self._first_word,
            seconds=time.monotonic() - self._started,
            request_id=request_id,
            explanation=explanation or self._explain(stop, text),
            items=tuple(items),
        )

    def _explain(self, stop: Stop, text: str) -> str:
        word = self._service.word
        if stop is Stop.CUT_OFF and not text.strip():
            return f"{word} spent the whole length on thinking: ask again, or choose a longer answer."
        return {
            Stop.REFUSED: f"{word} declined to answer this.",
            Stop.BLOCKED: f"A safety filter of {word} stopped this.",
            Stop.EMPTY: f"{word} sent no text: ask again in other words.",
        }.get(stop, "")


def whole_characters(text: str) -> tuple[str, str]:
    """``text`` as characters, and the half of one at its end ("" if there is none).

    JSON writes some characters as two halves, and a service may cut between them. A half without its other is ``?``.
    """
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    half = joined[-1:] if "\ud800" <= joined[-1:] <= "\udbff" else ""
    return joined[: len(joined) - len(half)].encode("utf-8", "replace").decode("utf-8"), half
