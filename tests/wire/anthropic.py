"""Anthropic's Messages API, version 2026-10-21, as the loopback service speaks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.wire.caching import Prompt
from tests.wire.dialect import Asked, Body, Gathered, Told, bearer, fingerprint, only, see, sse
from tests.wire.known import Known, of
from tests.wire.pictures import Seen
from tests.wire.problems import Problem, named
from tests.wire.schemas import complaint

VERSION = "2026-10-21"
_FIELDS = frozenset(
    {"model", "max_tokens", "messages", "system", "stream", "output_config", "thinking", "metadata", "stop_sequences",
     "tools", "tool_choice", "service_tier", "cache_control", "speed", "diagnostics"}
)  # fmt: skip
_BLOCKS: Mapping[str, frozenset[str]] = {
    "text": frozenset({"type", "text", "cache_control", "citations"}),
    "image": frozenset({"type", "source", "cache_control", "transformations"}),
    "thinking": frozenset({"type", "thinking", "signature"}),
    "redacted_thinking": frozenset({"type", "data"}),
}
_LOOKBACK = 20  # blocks before a mark in which an earlier entry is found
_STOPS = {"complete": "end_turn", "empty": "end_turn", "max_tokens": "max_tokens"}


def _bad(message: str, code: str | None = None) -> Problem:
    return Problem(400, "invalid_request_error", message, code=code)


class Anthropic:
    provider = "anthropic"

    def authorise(self, headers: Mapping[str, str], keys: frozenset[str]) -> None:
        if bearer(headers) not in keys:
            raise named("anthropic", "bad_key")
        if headers.get("anthropic-version") != VERSION:
            raise _bad(f"anthropic-version: {headers.get('anthropic-version')} is not a valid version")

    def ask(self, path: str, body: Body, models: Mapping[str, Known]) -> Asked:
        sampling = {"temperature", "top_p", "top_k"} & body.keys()
        if sampling:
            raise _bad(f"{sorted(sampling)[0]}: this parameter is not supported on this API version")
        unknown = only(body, _FIELDS)
        if unknown:
            raise _bad(f"{unknown}: Extra inputs are not permitted")
        known = models.get(str(body.get("model")))
        if known is None or known.provider != "anthropic":
            raise Problem(404, "not_found_error", f"model: {body.get('model')}")
        most = body.get("max_tokens")
        if not isinstance(most, int):
            raise _bad("max_tokens: Field required")
        if not 1 <= most <= known.max_output:
            raise _bad(f"max_tokens: {most} > {known.max_output}, the maximum allowed for this model")
        effort, schema = self._output_config(body, known)
        gathered = Gathered()
        gathered.say(str(body.get("system") or ""), user=False)
        self._messages(body, known, gathered)
        scope = [body["model"], body.get("system"), effort, schema]
        return Asked(
            "anthropic", str(body["model"]), bool(body.get("stream")), gathered.question, gathered.counted(known),
            gathered.tokens(known), most, len(body["messages"]), effort, schema,
            Prompt(scope, tuple(gathered.blocks), known.cache_least, lookback=_LOOKBACK),
            parts=tuple(gathered.parts),
        )  # fmt: skip

    def _output_config(self, body: Body, known: Known) -> tuple[str | None, Body | None]:
        config = body.get("output_config") or {}
        unknown = only(config, frozenset({"effort", "format"}))
        if unknown:
            raise _bad(f"output_config.{unknown}: Extra inputs are not permitted")
        effort = config.get("effort")
        if effort is not None and not known.efforts:
            raise _bad("This model does not support the effort parameter.")
        if effort is not None and effort not in known.efforts:
            raise _bad(f"output_config.effort: Input should be {sorted(known.efforts)}")
        wanted = config.get("format")
        if wanted is None:
            return effort, None
        if wanted.get("type") != "json_schema" or only(wanted, frozenset({"type", "schema"})):
            raise _bad("output_config.format: only type and schema are allowed")
        said = complaint("anthropic", wanted.get("schema"))
        if said:
            raise _bad(f"output_config.format.schema: {said}")
        return effort, wanted["schema"]

    def _messages(self, body: Body, known: Known, gathered: Gathered) -> None:
        """Check every block, and tell where the cache marks are."""
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            raise _bad("messages: at least one message is required")
        if messages[0].get("role") != "user":
            raise _bad("messages: first message must use the user role")
        if messages[-1].get("role") != "user":
            raise _bad("This model does not support assistant message prefill. End with a user message.")
        for number, message in enumerate(messages):
            if message.get("role") not in ("user", "assistant") or only(message, frozenset({"role", "content"})):
                raise _bad(f"messages.{number}: only role (user or assistant) and content are allowed")
            content = message.get("content")
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            if not isinstance(blocks, list) or not blocks:
                raise _bad(f"messages.{number}: all messages must have non-empty content")
            for place, block in enumerate(blocks):
                self._block(f"messages.{number}.content.{place}", message["role"], block, body, gathered)
                bare = {key: value for key, value in block.items() if key != "cache_control"}
                gathered.ends([message["role"], place == 0, bare], known, kept="cache_control" in block)
        marks = sum(block.kept for block in gathered.blocks)
        if marks > 4:
            raise _bad(f"A maximum of 4 blocks with cache_control may be provided. Found {marks}.")
        self._crowd(gathered.pictures, known)

    def _block(self, path: str, role: str, block: Body, body: Body, gathered: Gathered) -> None:
        kind = str(block.get("type"))
        allowed = _BLOCKS.get(kind)
        if allowed is None:
            raise _bad(f"{path}: Input tag '{kind}' found using 'type' does not match any of the expected tags")
        unknown = only(block, allowed)
        if unknown:
            raise _bad(f"{path}.{kind}.{unknown}: Extra inputs are not permitted")
        if kind == "text":
            if not str(block.get("text", "")).strip():
                raise _bad(f"{path}: text content blocks must contain non-whitespace text")
            gathered.say(block["text"], user=role == "user")
        elif kind == "thinking":
            if role != "assistant" or block.get("signature") != sign(str(body["model"]), block.get("thinking")):
                raise _bad(f"{path}: Invalid `signature` in `thinking` block")
        elif kind == "image":
            gathered.show(self._picture(path, role, block))

    def _picture(self, path: str, role: str, block: Body) -> Seen:
        source = block.get("source") or {}
        if role != "user" or source.get("type") != "base64":
            raise _bad(f"{path}.source: only base64 pictures of the user are known here")
        encoded, mime = source.get("data", ""), source.get("media_type")
        size = len(str(encoded))
        if size > 10_000_000:
            raise _bad(f"{path}.image.source.base64: image exceeds 10 MB maximum: {size} bytes > 10000000 bytes")
        at = f"{path}.image.source.base64"
        seen = see(encoded, mime, None, {
            "base64": _bad(f"{at}.data: Invalid base64 data"),
            "media_type": _bad(f"{at}.media_type: Input should be image/jpeg, image/png, image/gif or image/webp"),
            "decode": _bad("Could not process image"),
            "mismatch": _bad(f"{at}: The image was specified using the {mime} media type, but it is another one"),
        })  # fmt: skip
        if max(seen.width, seen.height) > 8000:
            raise _bad(f"{path}: At least one of the image dimensions exceed max allowed size: 8000 pixels",
                       "ImageDimensionsTooLargeError")  # fmt: skip
        return seen

    def _crowd(self, pictures: list[Seen], known: Known) -> None:
        if len(pictures) > known.pictures:
            raise _bad(f"Too many images: {len(pictures)} > {known.pictures}")
        if len(pictures) > 20 and any(max(one.width, one.height) > 2000 for one in pictures):
            raise _bad("At least one of the image dimensions exceed max allowed size for many-image requests: 2000 "
                       "pixels", "ImageDimensionsTooLargeError")  # fmt: skip

    def _usage(self, asked: Asked, told: Told, output: int) -> dict[str, int]:
        if not told.usage:
            return {"input_tokens": 0, "output_tokens": 0}
        return {
            "input_tokens": asked.input_tokens - told.cached - told.written,
            "cache_creation_input_tokens": told.written,
            "cache_read_input_tokens": told.cached,
            "output_tokens": output,
        }

    def _message(self, asked: Asked, told: Told, content: list[Any], stop: str | None, output: int) -> dict[str, Any]:
        return {
            "id": told.id, "type": "message", "role": "assistant", "model": asked.model, "content": content,
            "stop_reason": stop, "stop_sequence": None, "usage": self._usage(asked, told, output),
        }  # fmt: skip

    def opening(self, asked: Asked, told: Told) -> list[bytes]:
        start = self._message(asked, told, [], None, 1)
        frames: list[dict[str, Any]] = [{"type": "message_start", "message": start}, {"type": "ping"}]
        place = 0
        if told.thinking:
            frames += [
                _start(0, {"type": "thinking", "thinking": "", "signature": ""}),
                _grow(0, {"type": "thinking_delta", "thinking": told.thinking}),
                _grow(0, {"type": "signature_delta", "signature": sign(asked.model, told.thinking)}),
                {"type": "content_block_stop", "index": 0},
            ]
            place = 1
        if told.chunks:
            frames.append(_start(place, {"type": "text", "text": ""}))
        return [sse(frame, frame["type"]) for frame in frames]

    def piece(self, asked: Asked, told: Told, text: str) -> bytes:
        frame = _grow(1 if told.thinking else 0, {"type": "text_delta", "text": text})
        return sse(frame, frame["type"])

    def closing(self, asked: Asked, told: Told) -> list[bytes]:
        frames: list[dict[str, Any]] = []
        if told.chunks:
            frames.append({"type": "content_block_stop", "index": 1 if told.thinking else 0})
        delta: dict[str, Any] = {"stop_reason": _STOPS.get(told.ending, "refusal"), "stop_sequence": None}
        if delta["stop_reason"] == "refusal":
            delta["stop_details"] = {"type": "refusal", "category": "general_harms", "explanation": told.refusal}
        end: dict[str, Any] = {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 0}}
        if told.usage:
            end["usage"] = {
                "output_tokens": told.answer_tokens + told.thinking_tokens,
                "output_tokens_details": {"thinking_tokens": told.thinking_tokens},
            }
        return [sse(frame, frame["type"]) for frame in (*frames, end, {"type": "message_stop"})]

    def whole(self, asked: Asked, told: Told) -> dict[str, Any]:
        content: list[Any] = []
        if told.thinking:
            signature = sign(asked.model, told.thinking)
            content.append({"type": "thinking", "thinking": told.thinking, "signature": signature})
        if told.chunks:
            content.append({"type": "text", "text": told.text})
        output = told.answer_tokens + told.thinking_tokens
        return self._message(asked, told, content, _STOPS.get(told.ending, "refusal"), output)

    def error_frame(self, problem: Problem) -> bytes:
        return sse(problem.body("anthropic"), "error")

    def listing(self, models: Mapping[str, Known]) -> dict[str, Any]:
        names = of("anthropic", models)
        data = [_row(name, models[name]) for name in names]
        return {"data": data, "has_more": False, "first_id": names[0], "last_id": names[-1]}


def sign(model: str, thinking: Any) -> str:
    """A signature that only this model's unaltered thinking has."""
    return fingerprint("claude thinking", model, thinking)


def _row(name: str, known: Known) -> dict[str, Any]:
    return {
        "type": "model", "id": name, "display_name": name, "created_at": "2026-10-07T00:00:00Z",
        "lifecycle": "deprecated" if known.retires else "active",
        "retires_at": f"{known.retires}T00:00:00Z" if known.retires else None,
        "max_input_tokens": known.context, "max_tokens": known.max_output,
        "capabilities": {"image_input": {"supported": known.sees}},
    }  # fmt: skip


def _start(index: int, block: Body) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _grow(index: int, delta: Body) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}
