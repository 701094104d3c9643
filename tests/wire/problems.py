"""Refusals of the services, with their real bodies: an HTTP status, the service's own words, and where it says them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_numbers = itertools.count(1)


class Problem(Exception):
    """A request is refused. ``type`` is Anthropic's and OpenAI's error type, or Gemini's status."""

    def __init__(
        self, status: int, type: str, message: str, *, code: str | None = None, param: str | None = None,
        details: tuple[Mapping[str, Any], ...] = (),
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.status = status
        self.type = type
        self.message = message
        self.code = code
        self.param = param
        self.details = details

    def body(self, provider: str) -> dict[str, Any]:
        """The JSON document that ``provider`` sends with this."""
        if provider == "anthropic":
            error: dict[str, Any] = {"type": self.type, "message": self.message}
            if self.code:
                error["details"] = {"error_code": self.code}
            return {"type": "error", "error": error, "request_id": f"req_wire_{next(_numbers):04d}"}
        if provider == "gemini":
            inner: dict[str, Any] = {"code": self.status, "message": self.message, "status": self.type}
            if self.details:
                inner["details"] = [dict(one) for one in self.details]
            return {"error": inner}
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


@dataclass(frozen=True, slots=True)
class Named:
    """One error as each service words it: status, type, message, code."""

    anthropic: tuple[int, str, str]
    openai: tuple[int, str, str, str | None]
    gemini: tuple[int, str, str]
    gemini_reason: str | None = None
    openai_only: Mapping[str, str] = field(default_factory=dict)


_GOOGLE_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"

NAMED: Mapping[str, Named] = {
    "bad_key": Named(
        (401, "authentication_error", "invalid bearer token"),
        (401, "invalid_request_error", "Incorrect API key provided.", "invalid_api_key"),
        (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        "API_KEY_INVALID",
    ),
    "no_access": Named(
        (403, "permission_error", "Your API key does not have permission to use the specified resource."),
        (403, "invalid_request_error", "Project does not have access to model.", "model_not_found"),
        (403, "PERMISSION_DENIED", "The caller does not have permission"),
    ),
    "no_credit": Named(
        (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        (
            429,
            "insufficient_quota",
            "You exceeded your current quota, check your plan and billing details.",
            "insufficient_quota",
        ),
        (429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
    ),
    "payment": Named(
        (402, "billing_error", "Your payment method was declined."),
        (402, "insufficient_credits", "Insufficient credits", None),
        (402, "FAILED_PRECONDITION", "Payment required"),
    ),
    "not_found": Named(
        (404, "not_found_error", "model: gone"),
        (
            404,
            "invalid_request_error",
            "The model `gone` does not exist or you do not have access to it.",
            "model_not_found",
        ),
        (404, "NOT_FOUND", "models/gone is not found for API version v1"),
    ),
    "timeout": Named(
        (408, "timeout_error", "Request timed out"),
        (408, "server_error", "Request timed out", None),
        (504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    ),
    "too_large": Named(
        (413, "request_too_large", "Request exceeds the maximum size"),
        (413, "invalid_request_error", "Request too large", None),
        (413, "INVALID_ARGUMENT", "Request payload size exceeds the limit"),
    ),
    "bad_request": Named(
        (400, "invalid_request_error", "messages: at least one message is required"),
        (400, "invalid_request_error", "Invalid value", "invalid_value"),
        (400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    ),
    "rate_limited": Named(
        (429, "rate_limit_error", "This request would exceed your organization's rate limit"),
        (429, "tokens", "Rate limit reached", "rate_limit_exceeded"),
        (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."),
    ),
    "server_error": Named(
        (500, "api_error", "Internal server error"),
        (500, "server_error", "The server had an error while processing your request", "server_error"),
        (500, "INTERNAL", "An internal error has occurred."),
    ),
    "unavailable": Named(
        (503, "api_error", "Service unavailable"),
        (503, "server_error", "The engine is currently overloaded, please try again later", None),
        (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    ),
    "overloaded": Named(
        (529, "overloaded_error", "Overloaded"),
        (503, "server_error", "The engine is currently overloaded, please try again later", "server_overloaded"),
        (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    ),
    "blocked": Named(
        (400, "invalid_request_error", "Output blocked by content filtering policy"),
        (
            400,
            "image_generation_user_error",
            "Your request was rejected by our safety system",
            "image_content_policy_violation",
        ),
        (400, "INVALID_ARGUMENT", "blocked"),
    ),
}


def named(
    provider: str, error: str, *, status: int | None = None, code: str | None = None, message: str | None = None,
    retry_info: str | None = None,
) -> Problem:  # fmt: skip
    """The error called ``error`` in the words of ``provider``; what is given besides replaces those words."""
    known = NAMED[error]
    details: tuple[Mapping[str, Any], ...] = ()
    own: str | None = None
    if provider == "anthropic":
        found, type, text = known.anthropic
    elif provider == "gemini":
        found, type, text = known.gemini
        if known.gemini_reason:
            info = {"@type": _GOOGLE_INFO, "reason": known.gemini_reason, "domain": "googleapis.com"}
            details = (info,)
        if retry_info:
            details = (*details, {"@type": RETRY_INFO, "retryDelay": retry_info})
    else:
        found, type, text, own = known.openai
    return Problem(status or found, type, message or text, code=code or own, details=details)
