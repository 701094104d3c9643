"""One small tree of failures. Every error carries one sentence for the person and what she can do next.

Sentences are built here or where the failure is understood, never from a library's message: that may hold a key,
a path or a traceback. ``detail`` is for the log only and has been through ``redacted``.
"""

from __future__ import annotations

import re
from typing import ClassVar


class LoupeError(Exception):
    """``str(error)`` is the sentence to show; ``outcome`` is a stable word for tests, exports and the terminal."""

    outcome: ClassVar[str] = "error"

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = redacted(detail)


class SettingsError(LoupeError):
    """A setting has a value that cannot be used."""

    outcome = "bad_setting"


class PictureError(LoupeError):
    """A file cannot be taken as a picture. ``outcome`` is set per instance: empty, truncated, unsupported ..."""

    def __init__(self, sentence: str, *, reason: str, detail: str = "") -> None:
        super().__init__(sentence, detail=detail)
        self.reason = reason


class StoreError(LoupeError):
    """The data folder or database cannot do what was asked."""

    outcome = "store"


class DiskFull(StoreError):
    outcome = "disk_full"


class NotThere(LoupeError):
    """The thing asked for does not exist, or belongs to somebody else: the two look the same on purpose."""

    outcome = "not_there"


class StillAnswering(LoupeError):
    """Another answer of the same talk is being written: nothing was asked, nothing was kept."""

    outcome = "still_answering"


class OverCap(LoupeError):
    """Asking could pass a cap. The sentence says which one and how to raise it; nothing was sent.

    ``scope`` is whose cap it is: "question", "run", "day" or "installation"; "" where that is not known. ``later``:
    only what is set aside for others under way stands in the way, so there may be room once they have ended."""

    outcome = "over_cap"

    def __init__(self, sentence: str, *, scope: str = "", later: bool = False, detail: str = "") -> None:
        super().__init__(sentence, detail=detail)
        self.scope = scope
        self.later = later


class NoAnswer(LoupeError):
    """Everybody who could be asked was, and failed: the sentence gives each one's reason."""

    outcome = "no_answer"


class ProviderError(LoupeError):
    """A provider did not give an answer. Subclasses fix ``outcome``; nothing here retries.

    ``unsent``: the request cannot have reached the provider, so nothing can have been billed.
    """

    outcome = "server_error"

    def __init__(
        self,
        sentence: str,
        *,
        provider: str,
        model: str = "",
        wait_seconds: float | None = None,
        request_id: str | None = None,
        unsent: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(sentence, detail=detail)
        self.unsent = unsent
        self.provider = provider
        self.model = model
        self.wait_seconds = wait_seconds
        self.request_id = request_id


class BadKey(ProviderError):
    outcome = "bad_key"


class NoAccess(ProviderError):
    outcome = "no_access"


class OutOfCredit(ProviderError):
    outcome = "out_of_credit"


class ModelNotFound(ProviderError):
    """The model does not exist at this provider, or has been retired."""

    outcome = "not_found"


class TooLarge(ProviderError):
    outcome = "too_large"


class BadRequest(ProviderError):
    outcome = "bad_request"


class Blocked(ProviderError):
    """The service's own filter refused the question with an error: nobody else is asked behind her back."""

    outcome = "blocked"


class RateLimited(ProviderError):
    """``wait_seconds`` is what the provider asked for, or None."""

    outcome = "rate_limited"


class Overloaded(ProviderError):
    outcome = "overloaded"


class ServerError(ProviderError):
    outcome = "server_error"


class TimedOut(ProviderError):
    outcome = "timeout"


class ConnectionFailed(ProviderError):
    """Could not connect, or the stream ended before its end."""

    outcome = "connection"


class BrokenAnswer(ProviderError):
    """What came back cannot be parsed."""

    outcome = "broken_answer"


class InvalidAnswer(ProviderError):
    """A whole answer that is not what was asked for (it does not fit its fields), also after it was sent back once."""

    outcome = "invalid"


_SECRETS = re.compile(r"(sk-[A-Za-z0-9_\-]{6,}|AIza[A-Za-z0-9_\-]{10,}|(?i:bearer\s+)\S+|([?&]key=)[^&\s]+)")


def redacted(text: str, *secrets: str) -> str:
    """``text`` without anything that looks like a key, and without each of ``secrets``."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[key]")
    return _SECRETS.sub("[key]", text)
