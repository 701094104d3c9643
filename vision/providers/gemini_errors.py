"""What Gemini's errors mean (https://ai.google.dev/gemini-api/docs/troubleshooting and SDK errors.py, 2026-11-22)."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from vision.errors import (
    BadKey,
    BrokenAnswer,
    ConnectionFailed,
    NoAccess,
    OutOfCredit,
    ProviderError,
    TimedOut,
    TooLarge,
)
from vision.providers.failures import UNREADABLE, Kind, by_status, failure, never_sent, wait_from_headers
from vision.providers.services import SERVICES

_BAD_KEY = re.compile(r"api key (not valid|not found|expired)|reported as leaked", re.IGNORECASE)
_NO_CREDIT = re.compile(r"credits? (are|is|have been) depleted|enable billing|billing account", re.IGNORECASE)
_TOO_LARGE = re.compile(r"payload size exceeds|exceeds the (maximum|limit)|too large", re.IGNORECASE)
_NO_ACCESS = re.compile(r"location is not supported", re.IGNORECASE)


def understand(error: Exception, model: str, secret: str, *, begun: bool = False) -> ProviderError:
    """The failure that ``error`` of the SDK, of its HTTP library (raw here) or of a JSON parser stands for."""
    import httpx2
    from google.genai import errors

    service = SERVICES["gemini"]
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, errors.APIError):
        headers = getattr(error.response, "headers", None) or {}
        wait = _retry_info(error.details)
        return failure(
            _kind(error),
            service,
            model,
            wait_seconds=wait_from_headers(headers) if wait is None else wait,
            detail=detail,
            secret=secret,
        )
    kind: Kind = ConnectionFailed
    if isinstance(error, httpx2.TimeoutException):
        kind = TimedOut
    elif isinstance(error, (*UNREADABLE, httpx2.DecodingError)):
        kind = BrokenAnswer
    return failure(kind, service, model, detail=detail, secret=secret, begun=begun, unsent=never_sent(error))


def _kind(error: Any) -> Kind:
    status = error.code if isinstance(error.code, int) else 500
    message = str(error.message or "")
    reasons = {item.get("reason") for item in _details(error.details)}
    if "API_KEY_INVALID" in reasons or (status in (400, 403) and _BAD_KEY.search(message)):
        return BadKey
    if status in (400, 403, 429) and _NO_CREDIT.search(message):
        return OutOfCredit
    if status == 400 and _NO_ACCESS.search(message):
        return NoAccess
    if status == 400 and _TOO_LARGE.search(message):
        return TooLarge
    return by_status(status)


def _details(body: Any) -> Iterator[dict[str, Any]]:
    inner = body.get("error", body) if isinstance(body, dict) else {}
    for item in (inner.get("details") if isinstance(inner, dict) else None) or []:
        if isinstance(item, dict):
            yield item


def _retry_info(body: Any) -> float | None:
    """Seconds from google.rpc.RetryInfo in the error's body ("17s", "0.5s"), or None."""
    for item in _details(body):
        found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(item.get("retryDelay", "")))
        if found:
            return float(found.group(1))
    return None
