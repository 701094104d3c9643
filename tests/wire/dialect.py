"""What the four wire formats have in common: a request as it was understood, a reply as it will be told."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.wire.caching import Block, Prompt
from tests.wire.known import Known
from tests.wire.pictures import Seen, Unreadable, count, look
from tests.wire.plays import Ending
from tests.wire.problems import Problem

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that the service accepts. ``prompt`` is what its prompt cache sees of it, None without a cache.
    ``parts`` are the user's texts and pictures (these by their SHA-256) in the order in which they came."""

    provider: str
    model: str
    stream: bool
    question: str
    pictures: tuple[Seen, ...]
    input_tokens: int
    max_output: int
    turns: int
    effort: str | None = None
    schema: Body | None = None
    prompt: Prompt | None = None
    encrypted: bool = False
    usage_asked: bool = True
    parts: tuple[str, ...] = ()

    @property
    def first_label(self) -> str:
        """What was said right before the first picture, without its colon."""
        at = self.parts.index(self.pictures[0].sha256) if self.pictures else 0
        return self.parts[at - 1].removesuffix(":") if at else "the first picture"


@dataclass(frozen=True, slots=True)
class Told:
    """One reply, complete. ``cached`` and ``written`` are parts of the prompt."""

    id: str
    chunks: tuple[str, ...]
    ending: Ending
    thinking: str = ""
    refusal: str = ""
    usage: bool = True
    cached: int = 0
    written: int = 0

    @property
    def text(self) -> str:
        return "".join(self.chunks)

    @property
    def answer_tokens(self) -> int:
        return tokens_of(self.text)

    @property
    def thinking_tokens(self) -> int:
        return tokens_of(self.thinking)


class Dialect(Protocol):
    """One wire format. ``authorise`` and ``ask`` raise Problem; the rest makes frames of a stream, or one document."""

    provider: str

    def authorise(self, headers: Mapping[str, str], keys: frozenset[str]) -> None: ...
    def ask(self, path: str, body: Body, models: Mapping[str, Known]) -> Asked: ...
    def opening(self, asked: Asked, told: Told) -> list[bytes]: ...
    def piece(self, asked: Asked, told: Told, text: str) -> bytes: ...
    def closing(self, asked: Asked, told: Told) -> list[bytes]: ...
    def whole(self, asked: Asked, told: Told) -> dict[str, Any]: ...
    def error_frame(self, problem: Problem) -> bytes: ...
    def listing(self, models: Mapping[str, Known]) -> dict[str, Any]: ...


@dataclass(slots=True)
class Gathered:
    """What reading a request collects on the way."""

    pictures: list[Seen] = field(default_factory=list)
    characters: int = 0
    question: str = ""
    blocks: list[Block] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def say(self, text: str, *, user: bool) -> None:
        self.characters += len(text)
        if user:
            self.question = text
            self.parts.append(text)

    def show(self, picture: Seen) -> None:
        self.pictures.append(picture)
        self.parts.append(picture.sha256)

    def tokens(self, known: Known) -> int:
        seen = sum(count(known.rule, one.width, one.height, one.word) for one in self.pictures)
        return seen + math.ceil(self.characters / 4) + 8

    def ends(self, said: Any, known: Known, *, kept: bool) -> None:
        """One piece of the prompt ends here; see ``caching.Block``."""
        self.blocks.append(Block(said, self.tokens(known), kept))

    def counted(self, known: Known) -> tuple[Seen, ...]:
        return tuple(
            Seen(one.sha256, one.mime, one.width, one.height, one.encoded_bytes, one.word,
                 count(known.rule, one.width, one.height, one.word))
            for one in self.pictures
        )  # fmt: skip


def tokens_of(text: str) -> int:
    return math.ceil(len(text) / 4)


def fingerprint(*parts: Any) -> str:
    """A short stable name of JSON-able values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def sse(data: Any, event: str | None = None, end: str = "\n") -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    named = f"event: {event}{end}" if event else ""
    return f"{named}data: {text}{end}{end}".encode()


def only(given: Iterable[str], allowed: frozenset[str]) -> str | None:
    """The first name that is not allowed, or None."""
    return next((name for name in given if name not in allowed), None)


def bearer(headers: Mapping[str, str]) -> str | None:
    value = headers.get("authorization", "")
    return value.removeprefix("Bearer ") if value.startswith("Bearer ") else None


def see(encoded: Any, mime: Any, word: str | None, refuse: Mapping[str, Problem]) -> Seen:
    """Decode a picture; ``refuse`` has the service's words for base64, media_type, decode and mismatch."""
    try:
        return look(str(encoded), str(mime), word)
    except Unreadable as error:
        raise refuse[error.reason] from None
