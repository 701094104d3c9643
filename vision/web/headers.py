"""Security headers on every response, and no answer to a foreign host name. Pure ASGI: streams pass through untouched.

The content security policy is the second wall behind ``vision.markdown``: even if a remote picture slipped through,
the browser would not fetch it. Measured with Streamlit 1.67 (chat, uploads, charts, mermaid, components v2).
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The hash is that of the one inline script in Streamlit 1.67.0's index.html; blob: is for inline components v2.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(), browsing-topics=()",
}


def host_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header is one of ``allowed`` (ports ignored, ``*.name`` for subdomains, empty for any)."""
    if not allowed or "*" in allowed:
        return True
    name = host.rsplit("]", 1)[0] + "]" if host.startswith("[") else host.rsplit(":", 1)[0]
    name = name.lower()
    return any(name == entry or (entry.startswith("*.") and name.endswith(entry[1:])) for entry in allowed)


class SecurityHeaders:
    """Adds ``SECURITY_HEADERS`` where a response has none of its own, refuses foreign host names (DNS rebinding)."""

    def __init__(self, app: ASGIApp, allowed_hosts: tuple[str, ...] = ()) -> None:
        self.app = app
        self.allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # the websocket's host is checked by Streamlit against the same list
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not host_allowed(Headers(scope=scope).get("host", ""), self.allowed_hosts):
            refusal = PlainTextResponse(
                "Loupe does not answer under this name: add it to server.allowedHosts in .streamlit/config.toml.", 421
            )
            await refusal(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)
