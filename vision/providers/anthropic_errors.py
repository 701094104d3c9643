"""What Anthropic's errors mean (https://platform.claude.com/docs/en/api/errors and SDK _exceptions.py, 2026-11-22)."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

import re
from collections.abc import Mapping

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
)
from vision.providers.failures import UNREADABLE, Kind, by_status, failure, never_sent, wait_from_headers
from vision.providers.services import SERVICES

# `error.type`, the only guide where the status says nothing: an error event inside a stream has status 200.
_BY_TYPE: Mapping[str, Kind] = {
    "authentication_error": BadKey,
    "billing_error": OutOfCredit,
    "permission_error": NoAccess,
    "not_found_error": ModelNotFound,
    "request_too_large": TooLarge,
    "rate_limit_error": RateLimited,
    "timeout_error": TimedOut,
    "api_error": ServerError,
    "overloaded_error": Overloaded,
}
_NO_CREDIT = re.compile(r"credit balance|purchase credits", re.IGNORECASE)
_BLOCKED = re.compile(r"blocked by content filtering", re.IGNORECASE)
_TOO_LARGE = re.compile(r"too large|too long|exceeds? .*(max|limit)|dimensions? exceed", re.IGNORECASE)


def understand(error: Exception, model: str, secret: str, *, begun: bool = False) -> ProviderError:
    """The failure that ``error`` of the SDK, of its HTTP library or of a JSON parser stands for."""
    import anthropic
    import httpx2

    service = SERVICES["anthropic"]
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, anthropic.APIStatusError):
        return failure(
            _kind(error),
            service,
            model,
            wait_seconds=wait_from_headers(error.response.headers),
            request_id=error.request_id,
            detail=detail,
            secret=secret,
        )
    kind: Kind = ConnectionFailed
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        kind = TimedOut
    elif isinstance(error, (*UNREADABLE, anthropic.APIResponseValidationError, httpx2.DecodingError)):
        kind = BrokenAnswer
    return failure(kind, service, model, detail=detail, secret=secret, begun=begun, unsent=never_sent(error))


def _kind(error: object) -> Kind:
    """By status; by type where the status says nothing (200: inside a stream); by the words of a 400 in disguise."""
    status = getattr(error, "status_code", 500)
    type_ = str(getattr(error, "type", "") or "")
    if status != 400 and type_ != "invalid_request_error":
        return _BY_TYPE.get(type_, ServerError) if status == 200 else by_status(status)
    message = str(getattr(error, "api_message", "") or "")
    if _BLOCKED.search(message):
        return Blocked
    code = str(getattr(error, "error_code", "") or "")
    if _NO_CREDIT.search(message):
        return OutOfCredit
    return TooLarge if "TooLarge" in code or _TOO_LARGE.search(message) else BadRequest
