"""Gemini, through generate_content_stream of the official SDK. Its errors are understood in ``gemini_errors``."""

# ruff: noqa: PLC0415 -- SDKs are imported on first use: all three take 2 s and 110 MB together
from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from vision.errors import BrokenAnswer, ConnectionFailed
from vision.messages import Answer, Delta, Json, Request, Stop, Usage
from vision.models.refreshing import Listed
from vision.providers.failures import UNREADABLE, failure
from vision.providers.gemini_errors import understand
from vision.providers.keys import CHECK_SECONDS, quiet_warnings, usable_address, usable_key
from vision.providers.lease import Lease
from vision.providers.replaying import turns_with_items
from vision.providers.services import SERVICES
from vision.providers.telling import Telling
from vision.settings import Credential

if TYPE_CHECKING:
    from google import genai
    from google.genai import types

_SERVICE = SERVICES["gemini"]

# finish_reason: SDK google/genai/types.py FinishReason, 2026-11-22
_STOPS: Mapping[str, Stop] = {
    "STOP": Stop.COMPLETE,
    "MAX_TOKENS": Stop.CUT_OFF,
    "CONTINUATION": Stop.CUT_OFF,
    **dict.fromkeys(
        ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "MODEL_ARMOR", "IMAGE_SAFETY",
         "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
        Stop.BLOCKED,
    ),
}  # fmt: skip
# From coarse to fine: the words that are accepted for a whole request.
_RESOLUTIONS = ("low", "medium", "high")


class GeminiProvider:
    name = "gemini"

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._lease = Lease(self._connect)

    def _connect(self) -> genai.Client:
        from google import genai
        from google.genai import types

        from vision.providers.line_hook import reply_begins

        return genai.Client(
            api_key=usable_key(self._credential, _SERVICE),
            enterprise=False,  # GOOGLE_GENAI_USE_VERTEXAI would switch to another service
            http_options=types.HttpOptions(
                base_url=usable_address(self._credential.base_url, _SERVICE),
                timeout=int(CHECK_SECONDS * 1000),  # milliseconds; without one it waits for ever
                client_args={"follow_redirects": False, "event_hooks": {"response": [reply_begins]}},
            ),
        )

    def get_ready(self) -> None:
        """Loads the SDK and makes its client, so that the first question does not wait for it. Nothing is sent."""
        with self._lease.use():
            return

    def close(self) -> None:
        self._lease.retire()

    def stream(self, request: Request) -> Iterator[Delta | Answer]:
        import httpx2
        from google.genai import errors

        telling = Telling(_SERVICE, request)
        quiet_warnings()
        try:
            contents, config = request_parts(request)
            with self._lease.use() as client:
                chunks = client.models.generate_content_stream(model=request.model, contents=contents, config=config)
                with closing(chunks):  # type: ignore[type-var]  # it is a generator, typed as an iterator
                    reply = _Reply()
                    for chunk in chunks:
                        text = reply.take(chunk)
                        if text:
                            yield telling.add(text)
                yield self._finish(reply, telling, request)
        except (errors.APIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, *UNREADABLE) as error:
            raise understand(error, request.model, self._secret, begun=telling.begun) from None

    def _finish(self, reply: _Reply, telling: Telling, request: Request) -> Answer:
        """The Answer, or the failure that the SDK does not report: a stream that stopped early."""
        if reply.blocked:
            return telling.answer(
                Stop.BLOCKED,
                reply.usage,
                request_id=reply.id,
                explanation=f"Gemini's safety filter stopped this question ({_word(reply.blocked)}).",
            )
        if not reply.finish_reason:
            html = not reply.started and "event-stream" not in reply.content_type
            raise failure(
                BrokenAnswer if html and reply.content_type else ConnectionFailed,
                _SERVICE,
                request.model,
                request_id=reply.id,
                detail="the stream ended without a finishReason",
                begun=reply.started,
            )
        stop = _STOPS.get(reply.finish_reason, Stop.CUT_OFF if telling.text.strip() else Stop.EMPTY)
        said = ""
        if stop is Stop.BLOCKED:
            said = f"Gemini's safety filter stopped this answer ({_word(reply.finish_reason)})."
        return telling.answer(stop, reply.usage, items=reply.items, request_id=reply.id, explanation=said)

    def check(self) -> tuple[str, ...]:
        return tuple(model.id for model in self.listing())

    def listing(self) -> tuple[Listed, ...]:
        import httpx2
        from google.genai import errors

        try:
            with self._lease.use() as client:
                found = list(client.models.list(config={"page_size": 1000}))
        except (errors.APIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, *UNREADABLE) as error:
            raise understand(error, "", self._secret) from None
        return tuple(
            Listed((model.name or "").removeprefix("models/"), model.input_token_limit, model.output_token_limit)
            for model in found
            if model.supported_actions is None or "generateContent" in model.supported_actions
        )

    @property
    def _secret(self) -> str:
        return self._credential.key.get_secret_value()


class _Reply:
    """Chunks of one stream put together. ``blocked`` is the reason why the question itself was stopped, or ""."""

    def __init__(self) -> None:
        self.started = False
        self.id: str | None = None
        self.blocked = ""
        self.finish_reason = ""
        self.content_type = ""
        self.usage = Usage()
        self._parts: list[dict[str, Any]] = []

    def take(self, chunk: types.GenerateContentResponse) -> str:
        """Add one chunk; the text it brought, or "". Thoughts are kept for replay but are not text."""
        self.id = chunk.response_id or self.id
        if chunk.sdk_http_response and chunk.sdk_http_response.headers:
            self.content_type = chunk.sdk_http_response.headers.get("content-type", self.content_type)
        if chunk.usage_metadata:
            self.usage = _usage(chunk.usage_metadata)
        if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
            self.blocked = chunk.prompt_feedback.block_reason.value
        self.started = self.started or bool(chunk.candidates or chunk.prompt_feedback)
        text = ""
        for candidate in (chunk.candidates or [])[:1]:
            if candidate.finish_reason:
                self.finish_reason = candidate.finish_reason.value
            for part in (candidate.content and candidate.content.parts) or []:
                self._keep(part.model_dump(mode="json", by_alias=True, exclude_none=True))
                if part.text and not part.thought:
                    text += part.text
        return text

    def _keep(self, part: dict[str, Any]) -> None:
        """Plain pieces of text are joined; anything with a signature or a flag stays exactly as it came."""
        if part.keys() == {"text"} and self._parts and self._parts[-1].keys() == {"text"}:
            self._parts[-1]["text"] += part["text"]
        elif part:
            self._parts.append(part)

    @property
    def items(self) -> tuple[Json, ...]:
        return tuple(self._parts)


def _usage(usage: types.GenerateContentResponseUsageMetadata) -> Usage:
    """Gemini's prompt includes what was cached; its thoughts are not in the candidates' count and are added here."""
    thoughts = usage.thoughts_token_count or 0
    return Usage(
        input_tokens=(usage.prompt_token_count or 0) + (usage.tool_use_prompt_token_count or 0),
        cached_tokens=usage.cached_content_token_count or 0,
        output_tokens=(usage.candidates_token_count or 0) + thoughts,
        reasoning_tokens=thoughts,
    )


def _word(reason: str) -> str:
    return reason.replace("_", " ").lower()


def request_parts(request: Request) -> tuple[list[types.Content], types.GenerateContentConfig]:
    """``contents`` and ``config`` of generate_content. No sampling parameters: deprecated from Gemini 3.6 on."""
    from google.genai import types

    contents: list[types.Content] = []
    for turn, items in turns_with_items(request, "gemini"):
        if items:
            # through JSON text: signatures are bytes, written as base64 in our items
            parts = [types.Part.model_validate_json(json.dumps(item)) for item in items]
        else:
            parts = []
            for label, picture in turn.labelled:
                if label:
                    parts.append(types.Part(text=label))
                parts.append(types.Part.from_bytes(data=picture.data, mime_type=picture.mime))
            if turn.text.strip():
                parts.append(types.Part(text=turn.text))
        contents.append(types.Content(role="model" if turn.role == "assistant" else "user", parts=parts))
    config = types.GenerateContentConfig(
        max_output_tokens=request.max_output_tokens,
        automatic_continuation=False,  # it also asks again by itself when a stream breaks
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        http_options=types.HttpOptions(timeout=math.ceil(request.timeout_seconds * 1000)),
    )
    if request.system:
        config.system_instruction = request.system
    if request.effort is not None:
        config.thinking_config = types.ThinkingConfig(thinking_level=types.ThinkingLevel(request.effort.upper()))
    if request.schema is not None:
        config.response_mime_type = "application/json"
        config.response_json_schema = dict(request.schema)
    resolution = media_resolution(request)
    if resolution is not None:
        config.media_resolution = types.MediaResolution(resolution)
    return contents, config


def media_resolution(request: Request) -> str | None:
    """The finest word that any picture of the talk asks for, for the whole request: a word per picture needs v1beta
    (https://ai.google.dev/gemini-api/docs/generate-content/media-resolution, 2026-11), and the SDK speaks v1."""
    asked = [
        picture.resolution.lower().removeprefix("media_resolution_")
        for turn in request.turns
        for picture in turn.pictures
        if picture.resolution
    ]
    ranks = [_RESOLUTIONS.index(word) if word in _RESOLUTIONS else len(_RESOLUTIONS) - 1 for word in asked]
    return f"MEDIA_RESOLUTION_{_RESOLUTIONS[max(ranks)].upper()}" if ranks else None
