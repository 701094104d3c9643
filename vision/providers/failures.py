"""Failures as sentences: an HTTP status or a broken connection becomes one of ``vision.errors``, for every provider.

What a provider's own error codes mean stands beside that provider; here is what all of them share.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from vision.errors import (
    BadKey,
    BadRequest,
    Blocked,
    BrokenAnswer,
    ConnectionFailed,
    ModelNotFound,
    NoAccess,
    OutOfCredit,
    Overloaded,
    ProviderError,
    RateLimited,
    ServerError,
    TimedOut,
    TooLarge,
    redacted,
)
from vision.providers.services import Service

Kind = type[ProviderError]

# What a parser, an SDK or our reading of an event raises when the JSON is broken or not of the shape that was promised.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)

_BY_STATUS: Mapping[int, Kind] = {
    401: BadKey,
    402: OutOfCredit,
    403: NoAccess,
    404: ModelNotFound,
    408: TimedOut,
    410: ModelNotFound,
    413: TooLarge,
    429: RateLimited,
    503: Overloaded,
    504: TimedOut,
    529: Overloaded,  # Anthropic only
}

_SENTENCES: Mapping[Kind, str] = {
    BadKey: "{word} did not accept the key: {key}.",
    NoAccess: "{word} does not let this key use {model}: choose another model, or ask the account's owner for access.",
    OutOfCredit: "The account at {word_inside} has no credit left: {credit}, or choose another model.",
    ModelNotFound: "{word} has no model called {model}, or has retired it: {missing}.",
    TooLarge: "This is more than {word_inside} takes at once: choose a lower detail, or send fewer pictures.",
    BadRequest: "{word} did not accept the question in this form: try another model, or ask anew.",
    Blocked: "{word} blocked this question or its answer: put it differently, or ask another model.",
    RateLimited: "{word} has had too many questions from this key: try again {when}.",
    Overloaded: "{word} is overloaded: try again {when}, or choose another model.",
    ServerError: "{word} had a fault of its own: try again {when}, or choose another model.",
    TimedOut: "{word} did not answer in time: try again, or choose a quicker model.",
    ConnectionFailed: "{word} could not be reached: {reach}.",
    BrokenAnswer: "{word} sent something that cannot be read: try again, or choose another model.",
}
_BROKE_OFF = "The connection to {word_inside} broke before the answer was complete: try again."


def by_status(status: int) -> Kind:
    """The failure that an HTTP status means by itself."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 300 <= status < 400:
        return ConnectionFailed  # a redirect is never followed: it would carry pictures and key to another host
    return BadRequest if 400 <= status < 500 else ServerError


def failure(
    kind: Kind,
    service: Service,
    model: str,
    *,
    wait_seconds: float | None = None,
    request_id: str | None = None,
    detail: str = "",
    secret: str = "",
    begun: bool = False,
    unsent: bool = False,
) -> ProviderError:
    """The error to raise. ``begun``: the connection broke after the answer had begun. ``unsent``:
    the request cannot have reached the service. ``secret`` never survives."""
    if kind is ModelNotFound and not model:
        kind = ConnectionFailed  # no model was asked for: the address is not that of such a service
    template = _BROKE_OFF if begun and kind is ConnectionFailed else _SENTENCES[kind]
    sentence = template.format(
        word=service.word,
        word_inside=service.inside,
        model=model or "this model",
        key=service.key,
        credit=service.credit,
        reach=service.reach,
        missing=service.missing,
        when=in_words(wait_seconds),
    )
    return kind(
        redacted(sentence, secret),
        provider=service.name,
        model=model,
        wait_seconds=wait_seconds,
        request_id=request_id,
        unsent=unsent,
        detail=redacted(detail, secret)[:2000],
    )


def never_sent(error: BaseException) -> bool:
    """Whether ``error``, of an SDK or of the HTTP library under it, says that nothing of the request was sent: no
    connection (refused, no such host, no handshake, none in time, none free), or no address to connect to.

    False for everything that may happen after the first byte.
    """
    import httpx2  # noqa: PLC0415 -- only an SDK's error is asked about: by then it is loaded

    before = (
        httpx2.ConnectError,
        httpx2.ConnectTimeout,
        httpx2.PoolTimeout,
        httpx2.ProxyError,
        httpx2.UnsupportedProtocol,
        httpx2.InvalidURL,
    )
    under: BaseException | None = error
    while under is not None:
        if isinstance(under, before):
            return True
        under = under.__cause__
    return False


def in_words(wait_seconds: float | None) -> str:
    """ "in 20 seconds", "in 3 minutes", "in a minute" when nobody said how long."""
    if wait_seconds is None:
        return "in a minute"
    if wait_seconds <= 1:
        return "now"
    if wait_seconds < 90:
        return f"in {math.ceil(wait_seconds)} seconds"
    return f"in {math.ceil(wait_seconds / 60)} minutes"


def wait_from_headers(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the reply asks: ``retry-after-ms``, ``retry-after`` in seconds or as a date; else None.

    A date is measured against the reply's own ``date``, so that a wrong clock here does not matter.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    until = _date(value)
    if until is None:
        return None
    sent = _date(headers.get("date", ""))
    return max(0.0, until - (time.time() if sent is None else sent))


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None
