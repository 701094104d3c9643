"""Claude, through the Messages API of the official SDK. Its errors are understood in ``anthropic_errors``."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from vision.errors import BrokenAnswer, ConnectionFailed
from vision.messages import Answer, Delta, Json, Request, Stop, Usage
from vision.models.refreshing import Listed
from vision.providers.anthropic_errors import understand
from vision.providers.failures import UNREADABLE, failure
from vision.providers.keys import CHECK_SECONDS, CONNECT_SECONDS, quiet_warnings, usable_address, usable_key
from vision.providers.lease import Lease
from vision.providers.replaying import turns_with_items
from vision.providers.services import SERVICES
from vision.providers.telling import Telling
from vision.settings import Credential

if TYPE_CHECKING:
    import anthropic

_SERVICE = SERVICES["anthropic"]

# stop_reason: SDK anthropic/types/stop_reason.py, 2026-11-22. No tools are sent, so tool_use cannot end a whole answer.
_STOPS: Mapping[str, Stop] = {
    "end_turn": Stop.COMPLETE,
    "stop_sequence": Stop.COMPLETE,
    "max_tokens": Stop.CUT_OFF,
    "model_context_window_exceeded": Stop.CUT_OFF,
    "pause_turn": Stop.CUT_OFF,
    "refusal": Stop.REFUSED,
}


class AnthropicProvider:
    name = "anthropic"

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._lease = Lease(self._connect)

    def _connect(self) -> anthropic.Anthropic:
        import anthropic

        from vision.providers.line_hook import reply_begins

        return anthropic.Anthropic(
            api_key=usable_key(self._credential, _SERVICE),
            base_url=usable_address(self._credential.base_url, _SERVICE),
            max_retries=0,
            http_client=anthropic.DefaultHttpxClient(follow_redirects=False, event_hooks={"response": [reply_begins]}),
        )

    def get_ready(self) -> None:
        """Loads the SDK and makes its client, so that the first question does not wait for it. Nothing is sent."""
        with self._lease.use():
            return

    def close(self) -> None:
        self._lease.retire()

    def stream(self, request: Request) -> Iterator[Delta | Answer]:
        import anthropic
        import httpx2

        body = request_body(request)
        telling = Telling(_SERVICE, request)
        timeout = httpx2.Timeout(request.timeout_seconds, connect=min(CONNECT_SECONDS, request.timeout_seconds))
        quiet_warnings()
        try:
            with (
                self._lease.use() as client,
                client.messages.create(**body, stream=True, timeout=timeout) as events,
            ):
                message = _Message()
                for event in events:
                    text = message.take(event)
                    if text:
                        yield telling.add(text)
                yield self._finish(message, telling, request, events.response.headers)
        except (
            anthropic.AnthropicError,
            httpx2.HTTPError,
            httpx2.StreamError,
            httpx2.InvalidURL,
            *UNREADABLE,
        ) as error:
            raise understand(error, request.model, self._secret, begun=telling.begun) from None

    def _finish(self, message: _Message, telling: Telling, request: Request, headers: Mapping[str, str]) -> Answer:
        """The Answer, or the failure that the SDK does not report: a stream that stopped early."""
        request_id = headers.get("request-id")
        if not message.stop_reason:
            html = not message.started and "event-stream" not in headers.get("content-type", "")
            raise failure(
                BrokenAnswer if html else ConnectionFailed,
                _SERVICE,
                request.model,
                request_id=request_id,
                detail="the stream ended without a stop_reason",
                begun=message.started,
            )
        stop = _STOPS.get(message.stop_reason, Stop.COMPLETE)
        return telling.answer(
            stop, _usage(message.usage), items=message.blocks, request_id=request_id, explanation=message.explanation
        )

    def check(self) -> tuple[str, ...]:
        return tuple(model.id for model in self.listing())

    def listing(self) -> tuple[Listed, ...]:
        import anthropic
        import httpx2

        try:
            with self._lease.use() as client:
                models = client.models.list(limit=1000, timeout=CHECK_SECONDS)
                return tuple(_listed(model.to_dict(mode="json", warnings=False)) for model in models)
        except (
            anthropic.AnthropicError,
            httpx2.HTTPError,
            httpx2.StreamError,
            httpx2.InvalidURL,
            *UNREADABLE,
        ) as error:
            raise understand(error, "", self._secret) from None

    @property
    def _secret(self) -> str:
        return self._credential.key.get_secret_value()


class _Message:
    """Events of one stream put together again. Blocks stay as they came, unknown kinds too: they are replayed as is."""

    def __init__(self) -> None:
        self.started = False
        self.stop_reason = ""
        self.explanation = ""
        self.usage: dict[str, Any] = {}
        self.blocks: list[dict[str, Any]] = []

    def take(self, arrived: anthropic.BaseModel) -> str:
        """Add one event; the text it brought, or ""."""
        event: Json = arrived.to_dict(mode="json", warnings=False)
        kind = event.get("type")
        if kind == "message_start":
            self.started = True
            self.usage.update(_known(event["message"].get("usage")))
        elif kind == "content_block_start":
            self.blocks.append(dict(event["content_block"]))
            return str(event["content_block"].get("text") or "")
        elif kind == "content_block_delta":
            return self._grow(self.blocks[-1], event["delta"])
        elif kind == "message_delta":
            delta = event.get("delta") or {}
            self.stop_reason = delta.get("stop_reason") or self.stop_reason
            self.explanation = _explanation(delta.get("stop_details")) or self.explanation
            self.usage.update(_known(event.get("usage")))
        return ""

    @staticmethod
    def _grow(block: dict[str, Any], delta: Json) -> str:
        kind = delta.get("type")
        if kind == "text_delta":
            block["text"] = block.get("text", "") + delta["text"]
            return str(delta["text"])
        if kind == "thinking_delta":
            block["thinking"] = block.get("thinking", "") + delta["thinking"]
        elif kind == "signature_delta":
            block["signature"] = delta["signature"]
        elif kind == "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
        return ""


def _listed(model: Json) -> Listed:
    """The one list that answers everything (SDK types/model_info.py, 2026-11-22)."""
    retires = model.get("retires_at")
    return Listed(
        id=model["id"],
        input_tokens=model.get("max_input_tokens"),
        output_tokens=model.get("max_tokens"),
        lifecycle=model.get("lifecycle") or "",
        retires=None if not retires else datetime.fromisoformat(retires).astimezone(UTC).date(),
        pictures=((model.get("capabilities") or {}).get("image_input") or {}).get("supported"),
    )


def _known(usage: Json | None) -> Json:
    return {name: value for name, value in (usage or {}).items() if value is not None}


def _explanation(details: Json | None) -> str:
    said = (details or {}).get("explanation") or ""
    return f"Claude declined to answer this: {said}" if said else ""


def _usage(usage: Json) -> Usage:
    """Anthropic's ``input_tokens`` excludes what was read from or written to the cache; thinking is inside output."""
    cached = usage.get("cache_read_input_tokens", 0)
    written = usage.get("cache_creation_input_tokens", 0)
    return Usage(
        input_tokens=usage.get("input_tokens", 0) + cached + written,
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=usage.get("output_tokens", 0),
        reasoning_tokens=(usage.get("output_tokens_details") or {}).get("thinking_tokens", 0),
    )


def request_body(request: Request) -> dict[str, Any]:
    """The body of POST /v1/messages, without the stream flag. Sampling parameters are refused since 2026-10-21."""
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_output_tokens,
        "messages": _messages(request),
    }
    if request.system:
        body["system"] = request.system
    output: dict[str, Any] = {}
    if request.effort is not None:
        output["effort"] = request.effort
    if request.schema is not None:
        output["format"] = {"type": "json_schema", "schema": dict(request.schema)}
    if output:
        body["output_config"] = output
    return body


def _messages(request: Request) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for turn, items in turns_with_items(request, "anthropic"):
        if items:
            messages.append({"role": turn.role, "content": [dict(item) for item in items]})
            continue
        content: list[dict[str, Any]] = []
        for label, picture in turn.labelled:
            if label:
                content.append({"type": "text", "text": label})
            data = base64.b64encode(picture.data).decode("ascii")
            source = {"type": "base64", "media_type": picture.mime, "data": data}
            content.append({"type": "image", "source": source})
        if turn.text.strip():
            content.append({"type": "text", "text": turn.text})
        messages.append({"role": turn.role, "content": content})
    if request.conversation:
        _mark(messages)
    return messages


def _mark(messages: list[dict[str, Any]]) -> None:
    """Where a follow-up shall find the prompt again, at a tenth of its price or less.

    One mark stays on the last picture of the first turn with pictures, one moves with the last block of the last user
    turn: each question then reads the talk up to the one before it and writes (at 1.25 times the price) only what is
    new. A mark is not part of what is kept, so that moving it changes nothing; one below the model's least prefix does
    nothing (https://platform.claude.com/docs/en/build-with-claude/prompt-caching, 2026-11). A question that no
    follow-up can read (no ``Request.conversation``) carries none and pays no writing.
    """
    asked = [message["content"] for message in messages if message["role"] == "user"]
    pictures = [[block for block in content if block["type"] == "image"] for content in asked]
    first = next((found[-1] for found in pictures if found), None)
    for block in (first, asked[-1][-1] if asked else None):
        if block is not None:
            block["cache_control"] = {"type": "ephemeral"}
