"""The vocabulary: what is asked, what is sent, what comes back.

Frozen data only: no behaviour beyond what the data itself says, no I/O, and no import from the rest of ``vision``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

Json = Mapping[str, Any]


class Detail(StrEnum):
    """How many pixels a question needs, in words."""

    GLANCE = "glance"
    NORMAL = "normal"
    FINE = "fine"


class Stop(StrEnum):
    """How an answer ended. Endings are data; only failures are exceptions (``vision.errors``)."""

    COMPLETE = "complete"
    CUT_OFF = "cut_off"
    REFUSED = "refused"
    BLOCKED = "blocked"
    EMPTY = "empty"
    STOPPED = "stopped"


class FollowUp(StrEnum):
    """What a question after the first sends of the pictures of earlier turns: them again, a description that a model
    wrote of them, or nothing. A picture that comes with the question itself is always sent."""

    LOOK = "look"
    DESCRIBE = "describe"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Picture:
    """Verified content with an identity. Sizes are upright pixels.

    ``sha256`` is that of the original bytes; together with ``page`` (1-based) it identifies the picture.
    ``notes`` are short phrases for the person: "turned upright", "location removed", "first frame of 12".
    """

    sha256: str
    name: str
    format: str
    width: int
    height: int
    size_bytes: int
    page: int = 1
    pages: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The exact bytes one model is sent for one picture, before base64.

    ``tokens`` is the estimate of the model's family and ``tokens_exact`` says whether the vendor's published rule
    gives it to the token. ``resolution`` is the family's own word that travels with the picture (OpenAI ``detail``,
    Gemini ``media_resolution``), or None. ``original`` is the picture it was made of, for who is asked about that (the
    on-device reader); nothing of it is sent.
    """

    data: bytes = field(repr=False)
    sha256: str
    mime: str
    width: int
    height: int
    tokens: int
    tokens_exact: bool
    resolution: str | None = None
    notes: tuple[str, ...] = ()
    original: Picture | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A provider's own content items of an earlier answer, sent back untouched to the same model and to no other."""

    provider: str
    model: str
    items: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's contribution. Pictures stand in the user turn in which they came, before its text.

    ``labels`` are none, or one for each picture ("Picture A:"), sent as text right before it.
    """

    role: Literal["user", "assistant"]
    text: str
    pictures: tuple[Prepared, ...] = ()
    replay: Replay | None = None
    labels: tuple[str, ...] = ()

    @property
    def labelled(self) -> tuple[tuple[str, Prepared], ...]:
        """Every picture with its label, "" without."""
        return tuple(zip(self.labels or ("",) * len(self.pictures), self.pictures, strict=True))


@dataclass(frozen=True, slots=True)
class Request:
    """Everything one provider needs for one answer. The last turn is the user's.

    ``model`` is the provider's own model id. ``schema`` is a JSON Schema, or None for free text. ``effort`` is the
    provider's own word, or None to send none. ``conversation`` is a stable id that providers may use as a cache key.
    ``timeout_seconds`` is how long a provider waits for the next byte; that the whole answer takes no longer either is
    seen to by who asks (``vision.answering.worker``).
    """

    model: str
    turns: tuple[Turn, ...]
    max_output_tokens: int
    system: str = ""
    effort: str | None = None
    schema: Json | None = None
    conversation: str = ""
    timeout_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one attempt, addable.

    ``input_tokens`` is the whole prompt, ``cached_tokens`` (read from a cache) and ``cache_write_tokens`` are parts of
    it; ``output_tokens`` is everything generated, ``reasoning_tokens`` a part of it.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.output_tokens + other.output_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was read. ``box`` is [x0, y0, x1, y1] in upright original pixels of ``Request`` picture
    number ``picture`` (0-based, in order of appearance); ``confidence`` is 0 to 1."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float
    picture: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of text, in order of arrival."""

    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one model. ``outcome`` is a ``Stop`` value or the ``outcome`` of a ``vision.errors.ProviderError``.

    ``waited_seconds`` is the wait before it, ``seconds`` what it took. ``cost_usd`` None: the price is unknown, which a
    failure's is once the request may have reached the provider. ``text`` is what came of an answer that broke off.
    ``stage`` is "" for the answer itself, "description" for what was asked before it.
    """

    provider: str
    model: str
    outcome: str
    waited_seconds: float = 0.0
    seconds: float = 0.0
    sent_sha256: tuple[str, ...] = ()
    request_id: str | None = None
    sentence: str = ""
    usage: Usage = Usage()
    cost_usd: Decimal | None = None
    text: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Providers fill everything but ``cost_usd``, ``sent_sha256``, ``attempts`` and ``notes``.

    ``model`` is the id that was asked. ``explanation`` is a sentence for endings that need one (refused, blocked).
    ``items`` are the provider's own content items, kept for ``Replay``.
    ``found`` False: the provider itself says that what was asked for is not there (the on-device reader does).
    ``cost_usd`` is of this answer's own attempt; None means the price is unknown, never that it was free. ``notes`` are
    sentences for the person on how it came about: why this model, what was tried before.
    """

    text: str
    provider: str
    model: str
    stop: Stop
    usage: Usage = Usage()
    first_word_seconds: float | None = None
    seconds: float = 0.0
    request_id: str | None = None
    explanation: str = ""
    items: tuple[Json, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    found: bool = True
    cost_usd: Decimal | None = None
    sent_sha256: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[str, ...] = ()
