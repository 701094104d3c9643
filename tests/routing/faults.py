"""The rows of the attempts table, as the loopback provider plays them: what goes wrong, and what has to follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.wire import Fault, Play, fails

EVERY = ("anthropic", "openai", "gemini", "compatible")
CLOUD = EVERY[:3]
SAID = ("one", " two", " three")
JITTER = (0.75, 1.5)  # three quarters of 1 and 2 s


@dataclass(frozen=True)
class Row:
    """``waits`` between the attempts at the faulty model, which are one more than those. ``then``: who comes next.

    ``price``: "free" (an error reply before any word), "unknown" (it may have been worked on), "known" (it told its
    usage). ``out``: what is left alone until the day ends. ``came``: what is heard of each attempt. ``core``: played
    in every place in the normal run, else only as the first candidate there.
    """

    name: str
    outcome: str
    play: Play
    waits: tuple[float, ...] = ()
    again: int = 0
    then: Literal["next", "end"] = "next"
    price: Literal["free", "unknown", "known"] = "free"
    out: Literal["", "model", "provider"] = ""
    came: str = ""
    reason: str = ""
    providers: tuple[str, ...] = field(default=EVERY)
    core: bool = False


def _transient(name: str, outcome: str, reason: str, fault: Fault, *, core: bool = False) -> Row:
    """Asked again twice after 1 and 2 s with jitter."""
    status, text = fault.kind == "status", "".join(SAID[: fault.after or 0])
    return Row(
        name, outcome, Play(chunks=SAID, fault=fault), JITTER, 2, price="free" if status else "unknown", came=text,
        reason=reason, core=core,
    )  # fmt: skip


def _limited(name: str, waits: tuple[float, ...], play: Play, **more: object) -> Row:
    reason = "had too many questions"
    return Row(name, "rate_limited", play, waits, 2, reason=reason, **more)  # type: ignore[arg-type]


def _headers(**headers: str) -> Play:
    return fails("rate_limited", headers={name.replace("_", "-"): value for name, value in headers.items()})


_RATE_LIMITED = (
    _limited("limited, seconds", (7.0, 7.0), _headers(retry_after="7"), core=True),
    _limited("limited, 20 s", (20.0, 20.0), _headers(retry_after="20")),
    _limited("limited, date", (9.0, 9.0), _headers(retry_after="date:+9")),
    _limited("limited, milliseconds", (1.25, 1.25), _headers(retry_after_ms="1250", retry_after="8")),
    _limited("limited, RetryInfo", (2.5, 2.5),
             fails("rate_limited", retry_info="2.5s", headers={"retry-after": "19"}), providers=("gemini",)),
    _limited("limited, RetryInfo above 20 s", JITTER, fails("rate_limited", retry_info="21s"), providers=("gemini",)),
    _limited("limited, no wait", JITTER, _headers()),
    _limited("limited, above 20 s", JITTER, _headers(retry_after="21")),
    _limited("limited, an hour", JITTER, _headers(retry_after="date:+3600")),
    _limited("limited, stream", JITTER, Play(chunks=SAID, fault=Fault("error_event", 1, "rate_limited")),
             price="unknown", came="one"),
)  # fmt: skip

_OVER, _FAULT = "was overloaded", "had a fault of its own"
_LATE, _AWAY, _OFF = "did not answer in time", "could not be reached", "broke off in the middle of its answer"
_ODD = "sent something that cannot be read"
_TRANSIENT = (
    _transient("overloaded", "overloaded", _OVER, Fault("status", error="overloaded"), core=True),
    _transient("overloaded, wait", "overloaded", _OVER, Fault("status", error="unavailable",
                                                            headers={"retry-after": "12"})),
    _transient("overloaded, stream", "overloaded", _OVER, Fault("error_event", 2, "overloaded"), core=True),
    _transient("server_error", "server_error", _FAULT, Fault("status", error="server_error")),
    _transient("server_error, stream", "server_error", _FAULT, Fault("error_event", 1, "server_error")),
    _transient("connection, reset", "connection", _AWAY, Fault("reset")),
    _transient("connection, drop", "connection", _AWAY, Fault("drop"), core=True),
    _transient("connection, stream drops", "connection", _OFF, Fault("drop", 2), core=True),
    _transient("connection, stream ends early", "connection", _OFF, Fault("cut", 1)),
    _transient("connection, stream ends before its end", "connection", _OFF, Fault("cut", 3)),
    _transient("connection, stream ends before a word", "connection", _AWAY, Fault("cut", 0)),
    _transient("broken_answer, html", "broken_answer", _ODD, Fault("html")),
    _transient("broken_answer, json", "broken_answer", _ODD, Fault("json"), core=True),
    _transient("broken_answer, stream", "broken_answer", _ODD, Fault("bad_json", 1)),
    _transient("broken_answer, stream of another shape", "broken_answer", _ODD, Fault("bad_shape", 2)),
    Row("timeout", "timeout", fails("timeout"), JITTER, 2, price="unknown", reason=_LATE, core=True),
)  # fmt: skip
# Silence is waited out, so it is played apart: three times a second or so.
HANGS = (
    _transient("timeout, silence", "timeout", _LATE, Fault("hang")),
    _transient("timeout, silence in the stream", "timeout", _LATE, Fault("hang", 1)),
)

_KEY, _CREDIT, _GONE = "did not accept the key", "has no credit left", "does not have the model"
_NEVER = (
    Row("bad_key", "bad_key", fails("bad_key"), out="provider", reason=_KEY, core=True),
    Row("no_access", "no_access", fails("no_access"), out="model", reason="does not let this key use its model"),
    Row("out_of_credit", "out_of_credit", fails("no_credit"), out="provider", reason=_CREDIT, core=True),
    Row("out_of_credit, payment", "out_of_credit", fails("payment"), out="provider", reason=_CREDIT),
    Row("not_found", "not_found", fails("not_found"), out="model", reason=_GONE, core=True),
    Row("too_large", "too_large", fails("too_large"), reason="cannot take this much at once", core=True),
    Row("bad_request", "bad_request", fails("bad_request"), reason="did not accept the question in this form"),
)
_EMPTY = (
    Row("empty", "empty", Play(ending="empty"), again=1, price="known", reason="gave an empty answer", core=True),
    Row("empty, blanks", "empty", Play(chunks=(" ", "\n")), again=1, price="known", came=" \n",
        reason="gave an empty answer"),
)  # fmt: skip
_REFUSE, _BLOCK = ("anthropic", "openai", "compatible"), ("openai", "gemini", "compatible")
_ENDS = (
    Row("refused", "refused", Play(ending="refusal"), then="end", price="known", providers=_REFUSE, core=True),
    Row("refused, stream", "refused", Play(chunks=("So", " far"), ending="refusal"), then="end", price="known",
        came="So far", providers=("anthropic",)),
    Row("blocked", "blocked", Play(ending="blocked_output"), then="end", price="known", providers=_BLOCK, core=True),
    Row("blocked, prompt", "blocked", Play(ending="blocked_prompt"), then="end", price="known", providers=("gemini",)),
    Row("blocked, stream", "blocked", Play(chunks=("So", " far"), ending="blocked_output"), then="end", price="known",
        came="So far", providers=_BLOCK),
    Row("blocked, error", "blocked", fails("blocked"), then="end", price="unknown", providers=("openai", "compatible")),
    Row("cut_off", "cut_off", Play(chunks=("Half", " of"), ending="max_tokens"), then="end", price="known",
        came="Half of", core=True),
    Row("complete", "complete", Play(chunks=SAID), then="end", price="known", came="one two three"),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*_RATE_LIMITED, *_TRANSIENT, *_NEVER, *_EMPTY, *_ENDS)
