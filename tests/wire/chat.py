"""Chat Completions as a local server (no key needed) speaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.wire.dialect import Asked, Body, Gathered, Told, bearer, only, sse
from tests.wire.known import Known
from tests.wire.problems import Problem, named
from tests.wire.responses import bad, openai_listing, picture
from tests.wire.schemas import complaint

_FIELDS = frozenset(
    {"model", "messages", "stream", "stream_options", "max_tokens", "response_format", "reasoning_effort", "seed",
     "stop", "tools", "user"}
)  # fmt: skip
_STOPS = {"complete": "stop", "empty": "stop", "refusal": "stop", "max_tokens": "length"}


class Chat:
    provider = "compatible"

    def authorise(self, headers: Mapping[str, str], keys: frozenset[str]) -> None:
        if keys and bearer(headers) not in keys:
            raise named("compatible", "bad_key")
        foreign = [name for name in headers if name.startswith(("openai-", "x-stainless-"))]
        if foreign:
            raise bad(f"A header that is meant for another service: {foreign[0]}")

    def ask(self, path: str, body: Body, models: Mapping[str, Known]) -> Asked:
        unknown = only(body, _FIELDS)
        if unknown:  # sampling parameters included: the product sends none
            raise bad(f"Unrecognized request argument supplied: {unknown}")
        model = str(body.get("model"))
        known = models.get(model)
        if known is None or known.provider != "compatible":
            raise Problem(404, "api_error", f"model '{model}' not found")
        effort = body.get("reasoning_effort")
        if effort is not None and effort not in known.efforts:
            raise bad(f'"{model}" does not support thinking')
        schema = None
        wanted = body.get("response_format")
        if wanted is not None:
            if not known.schemas:
                raise bad(
                    "'response_format' of type 'json_schema' is not supported by this model", None, "response_format"
                )
            inner = wanted.get("json_schema") or {}
            said = complaint("compatible", inner.get("schema"))
            if wanted.get("type") != "json_schema" or not inner.get("name") or said:
                raise bad(f"Invalid response_format: {said or 'json_schema with a name expected'}")
            schema = inner["schema"]
        gathered = Gathered()
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages or messages[-1].get("role") != "user":
            raise bad("messages must end with one of the user")
        for message in messages:
            self._message(message, known, gathered)
        return Asked(
            "compatible", model, bool(body.get("stream")), gathered.question, gathered.counted(known),
            gathered.tokens(known), int(body.get("max_tokens") or 128_000), len(messages), effort, schema,
            usage_asked=bool((body.get("stream_options") or {}).get("include_usage")) or not body.get("stream"),
            parts=tuple(gathered.parts),
        )  # fmt: skip

    def _message(self, message: Body, known: Known, gathered: Gathered) -> None:
        role, content = message.get("role"), message.get("content")
        if role not in ("system", "user", "assistant") or only(message, frozenset({"role", "content"})):
            raise bad(f"Invalid message of role {role!r}")
        if isinstance(content, str) and content.strip():
            gathered.say(content, user=role == "user")
            return
        if not isinstance(content, list) or role != "user":
            raise bad("Invalid type for message content")
        for part in content:
            if part.get("type") == "text" and part.get("text"):
                gathered.say(part["text"], user=True)
            elif part.get("type") == "image_url":
                image = part.get("image_url") or {}
                if not re.match(r"data:image/(jpeg|png|webp);base64,", str(image.get("url"))):
                    raise bad("invalid image input")
                gathered.show(picture(image["url"], image.get("detail", "auto"), known, "messages"))
            else:
                raise bad(f"invalid message format: {part.get('type')}")

    def _chunk(self, asked: Asked, told: Told, choices: list[Any], **more: Any) -> dict[str, Any]:
        return {"id": told.id, "object": "chat.completion.chunk", "created": 1, "model": asked.model,
                "choices": choices, **more}  # fmt: skip

    def _delta(self, asked: Asked, told: Told, delta: Body, finish: str | None = None) -> bytes:
        return sse(self._chunk(asked, told, [{"index": 0, "delta": delta, "finish_reason": finish}]))

    def opening(self, asked: Asked, told: Told) -> list[bytes]:
        frames = [self._delta(asked, told, {"role": "assistant", "content": ""})]
        if told.thinking:
            frames.append(self._delta(asked, told, {"reasoning": told.thinking, "content": None}))
        if told.ending == "refusal":
            frames.append(self._delta(asked, told, {"refusal": told.refusal}))
        return frames

    def piece(self, asked: Asked, told: Told, text: str) -> bytes:
        return self._delta(asked, told, {"content": text})

    def closing(self, asked: Asked, told: Told) -> list[bytes]:
        frames = [self._delta(asked, told, {}, _STOPS.get(told.ending, "content_filter"))]
        if told.usage and asked.usage_asked:
            frames.append(sse(self._chunk(asked, told, [], usage=self._usage(asked, told))))
        return [*frames, sse("[DONE]")]

    def _usage(self, asked: Asked, told: Told) -> dict[str, Any]:
        output = told.answer_tokens + told.thinking_tokens
        return {"prompt_tokens": asked.input_tokens, "completion_tokens": output,
                "completion_tokens_details": {"reasoning_tokens": told.thinking_tokens},
                "total_tokens": asked.input_tokens + output}  # fmt: skip

    def whole(self, asked: Asked, told: Told) -> dict[str, Any]:
        refusal = told.refusal if told.ending == "refusal" else None
        message = {"role": "assistant", "content": told.text or None, "refusal": refusal}
        choice = {"index": 0, "message": message, "finish_reason": _STOPS.get(told.ending, "content_filter")}
        document = {"id": told.id, "object": "chat.completion", "created": 1, "model": asked.model, "choices": [choice]}
        return document | ({"usage": self._usage(asked, told)} if told.usage else {})

    def error_frame(self, problem: Problem) -> bytes:
        return sse(problem.body("compatible"))

    def listing(self, models: Mapping[str, Known]) -> dict[str, Any]:
        return openai_listing("compatible", models)
