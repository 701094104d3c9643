"""What the loopback provider remembers of every request, for assertions."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.wire.pictures import Seen


@dataclass(slots=True)
class Recorded:
    """One request, and how it went. ``raw`` is the body as received. ``pictures`` stand in order of appearance,
    ``parts`` are the user's texts and pictures (these by their SHA-256) as they came.

    ``refused`` is what the service had against it ("" if nothing); ``left`` is set once the client has gone before the
    end of the reply; ``done`` once the reply is over, either way.
    """

    number: int
    provider: str
    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)
    model: str = ""
    question: str = ""
    pictures: tuple[Seen, ...] = ()
    parts: tuple[str, ...] = ()
    input_tokens: int = 0
    refused: str = ""
    status: int = 200
    left: threading.Event = field(default_factory=threading.Event, repr=False)
    done: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def sha256(self) -> tuple[str, ...]:
        """Of the pictures, before base64."""
        return tuple(one.sha256 for one in self.pictures)

    def to_json(self) -> dict[str, Any]:
        """For the control route: long strings (pictures) are cut short."""
        return {
            "number": self.number, "provider": self.provider, "method": self.method, "path": self.path,
            "headers": dict(self.headers), "body": _shortened(self.body), "model": self.model,
            "question": self.question, "parts": _shortened(list(self.parts)),
            "status": self.status, "refused": self.refused,
            "input_tokens": self.input_tokens, "sha256": list(self.sha256),
            "pictures": [
                {"sha256": one.sha256, "mime": one.mime, "width": one.width, "height": one.height,
                 "word": one.word, "tokens": one.tokens}
                for one in self.pictures
            ],
            "left": self.left.is_set(), "done": self.done.is_set(),
        }  # fmt: skip


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > 2000:
        return f"{value[:60]}... ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {key: _shortened(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shortened(one) for one in value]
    return value
