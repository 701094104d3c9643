"""What the loopback provider is told to do: a Play is one reply, a Fault is what goes wrong with it.

Without a script every request gets a plain ``Play()``: something true about the request, in several words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self

Ending = Literal["complete", "max_tokens", "refusal", "blocked_prompt", "blocked_output", "empty", "continuation"]

FaultKind = Literal[
    "status",  # an HTTP error with the service's own body; `error` names it, see problems.NAMED
    "html",  # status 200 and a page of HTML, as a captive portal sends
    "json",  # status 200 and one JSON document that is cut in the middle, instead of the stream
    "hang",  # nothing more, until the client leaves or the server is released
    "reset",  # the connection is reset (RST)
    "drop",  # the connection closes without the end of the body
    "cut",  # the body ends properly, but the stream in it has no end
    "error_event",  # the service's own error frame, then a proper end of the body
    "bad_json",  # a frame whose JSON does not parse
    "bad_shape",  # a frame whose JSON is not what the service ever says
]


@dataclass(frozen=True, slots=True)
class Fault:
    """``after`` chunks of text the fault happens; None means in place of any reply at all.

    ``headers`` are added to an HTTP error. The value "date:+30" becomes an HTTP date 30 seconds after the reply's own.
    ``retry_info`` ("17s") goes into a Gemini error's body.
    """

    kind: FaultKind
    after: int | None = None
    error: str = "server_error"
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_info: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """One reply.

    ``chunks`` None: derived from the request; "{first}" in one is the label of the first picture ("Picture A"), for a
    model that prefers what it sees first. ``ending`` "continuation" is Gemini's: more is to come if asked for.
    ``hold_before`` lists chunk numbers (from 0) before which the reply waits for ``release``; -1 holds the reply's very
    first byte; with ``pings`` a stream that waits sends signs of life without any meaning. ``usage`` False leaves the
    token counts out.
    """

    chunks: tuple[str, ...] | None = None
    ending: Ending = "complete"
    thinking: str = ""
    refusal: str = "I can't help with that."
    usage: bool = True
    hold_before: tuple[int, ...] = ()
    delay_seconds: float = 0.0
    pings: bool = False
    fault: Fault | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """From the control route. ``text`` is split into words for ``chunks``; an unknown name is a ValueError."""
        values = dict(data)
        if "text" in values:
            values["chunks"] = words(str(values.pop("text")))
        unknown = values.keys() - {one.name for one in fields(cls)}
        if unknown:
            raise ValueError(f"a play has no {', '.join(sorted(unknown))}")
        if values.get("chunks") is not None:
            values["chunks"] = tuple(values["chunks"])
        values["hold_before"] = tuple(values.get("hold_before", ()))
        if values.get("fault") is not None:
            values["fault"] = Fault(**values["fault"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def words(text: str) -> tuple[str, ...]:
    """The text in pieces that begin with their blank: joined again they are the text."""
    pieces = text.split(" ")
    return tuple(piece if number == 0 else f" {piece}" for number, piece in enumerate(pieces))


def fails(error: str, **more: Any) -> Play:
    """A reply that is an HTTP error: ``fails("rate_limited", headers={"retry-after": "7"})``."""
    return Play(fault=Fault("status", error=error, **more))
