"""What errors of OpenAI, and of servers that speak like it, mean (SDK _exceptions.py, response_error.py: 2026-11)."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

import re
from collections.abc import Mapping

from vision.errors import (
    BadKey,
    BadRequest,
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
from vision.providers.services import Service

BLOCKED_CODES = frozenset(
    {
        "image_content_policy_violation",
        "content_policy_violation",
        "content_filter",
        "bio_policy",
        "misalignment_policy_violation",
    }
)
_BY_CODE: Mapping[str, Kind] = {
    "invalid_api_key": BadKey,
    "insufficient_quota": OutOfCredit,
    "billing_hard_limit_reached": OutOfCredit,
    "billing_not_active": OutOfCredit,
    "rate_limit_exceeded": RateLimited,
    "server_error": ServerError,
    "server_overloaded": Overloaded,
    "slow_down": Overloaded,
    "model_not_found": ModelNotFound,
    "context_length_exceeded": TooLarge,
    "string_above_max_length": TooLarge,
    "image_too_large": TooLarge,
    "image_file_too_large": TooLarge,
    "unsupported_country_region_territory": NoAccess,
}
_TOO_LARGE = re.compile(
    r"too large|context (length|size|window)|maximum context|exceeds? the (max|limit)", re.IGNORECASE
)


def of_code(code: str) -> Kind:
    """The failure that ``error.code`` of an event inside a stream means. Unknown ones are the request's own fault
    when they speak of an image or a prompt, the server's otherwise."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code.isdigit():  # OpenRouter and vLLM put the HTTP status here
        return by_status(int(code))
    return BadRequest if re.search(r"image|invalid|unsupported", code) else ServerError


def blocked_code(error: Exception) -> bool:
    """Whether ``error`` is a safety filter's answer rather than a failure."""
    return str(getattr(error, "code", "") or "") in BLOCKED_CODES


def understand(error: Exception, service: Service, model: str, secret: str, *, begun: bool = False) -> ProviderError:
    """The failure that ``error`` of the SDK, of its HTTP library or of a JSON parser stands for."""
    import httpx2
    import openai

    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, openai.APIStatusError):
        return failure(
            _kind(error.status_code, error.code or "", error.message),
            service,
            model,
            wait_seconds=wait_from_headers(error.response.headers),
            request_id=error.request_id,
            detail=detail,
            secret=secret,
        )
    kind: Kind = ConnectionFailed
    if isinstance(error, (openai.APITimeoutError, httpx2.TimeoutException)):
        kind = TimedOut
    elif isinstance(error, (*UNREADABLE, openai.APIResponseValidationError, httpx2.DecodingError)):
        kind = BrokenAnswer
    elif isinstance(error, openai.APIError) and not isinstance(error, openai.APIConnectionError):
        kind = of_code(error.code or error.type or "server_error")  # an error frame inside a stream
    return failure(kind, service, model, detail=detail, secret=secret, begun=begun, unsent=never_sent(error))


def _kind(status: int, code: str, message: str) -> Kind:
    if status == 403 and code == "model_not_found":
        return NoAccess  # the project has no access to an existing model
    if status in (400, 403, 404, 429) and code in _BY_CODE:
        return _BY_CODE[code]
    if status in (400, 422) and _TOO_LARGE.search(message):
        return TooLarge
    return by_status(status)
