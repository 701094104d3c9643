"""OpenAI's Responses API as the loopback service speaks it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.wire.caching import Prompt
from tests.wire.dialect import Asked, Body, Gathered, Told, bearer, fingerprint, only, see, sse
from tests.wire.known import Known, of
from tests.wire.pictures import Seen, count
from tests.wire.problems import Problem, named
from tests.wire.schemas import complaint

_FIELDS = frozenset(
    {"model", "input", "instructions", "max_output_tokens", "store", "stream", "reasoning", "text", "include",
     "prompt_cache_key", "prompt_cache_options", "metadata", "previous_response_id", "truncation", "service_tier",
     "parallel_tool_calls", "tools", "tool_choice", "safety_identifier", "background"}
)  # fmt: skip
_DATA_URL = re.compile(r"data:(?P<mime>[^;,]+);base64,(?P<data>.*)", re.DOTALL)
_DETAILS = frozenset({"low", "high", "auto", "original"})


def bad(message: str, code: str | None = None, param: str | None = None) -> Problem:
    return Problem(400, "invalid_request_error", message, code=code, param=param)


def picture(url: Any, detail: Any, known: Known, param: str) -> Seen:
    """A data URL of a request, checked as OpenAI checks it. ``auto`` counts as ``original``, as on newer models."""
    if detail not in _DETAILS:
        raise bad(f"Missing or invalid 'detail': {detail!r}", "invalid_value", param)
    if detail == "original" and known.rule.startswith("tile"):
        raise bad("'original' is not supported with this model.", "unsupported_value", param)
    found = _DATA_URL.fullmatch(str(url))
    if found is None:
        raise bad("Invalid image_url: only data URLs are known here", "invalid_image_url", param)
    word = "original" if detail == "auto" else str(detail)
    seen = see(found["data"], found["mime"], word, {
        "base64": bad("Invalid base64 image data.", "invalid_base64_image", param),
        "media_type": bad("Unsupported image type.", "unsupported_image_media_type", param),
        "decode": bad("The image data you provided does not represent a valid image.", "image_parse_error", param),
        "mismatch": bad("The image is not of the type that its URL says.", "invalid_image_format", param),
    })  # fmt: skip
    if known.rule == "patch" and count("patch", seen.width, seen.height, seen.word) > 36_000:
        raise bad("Image is too large: more than 30000 patches.", "image_too_large", param)
    return seen


class Responses:
    provider = "openai"

    def authorise(self, headers: Mapping[str, str], keys: frozenset[str]) -> None:
        if bearer(headers) not in keys:
            raise named("openai", "bad_key")

    def ask(self, path: str, body: Body, models: Mapping[str, Known]) -> Asked:
        sampling = {"temperature", "top_p"} & body.keys()
        if sampling:
            name = sorted(sampling)[0]
            raise bad(f"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_parameter")
        unknown = only(body, _FIELDS)
        if unknown:
            raise bad(f"Unknown parameter: '{unknown}'.", "unknown_parameter", unknown)
        model = str(body.get("model"))
        known = models.get(model)
        if known is None or known.provider != "openai":
            text = f"The model `{model}` does not exist or you do not have access to it."
            raise Problem(404, "invalid_request_error", text, code="model_not_found", param="model")
        most = body.get("max_output_tokens", known.max_output)
        if not 16 <= most <= known.max_output:
            raise bad(f"Invalid 'max_output_tokens': {most}", "integer_out_of_range", "max_output_tokens")
        effort = self._effort(body, known)
        schema = self._schema(body)
        gathered = Gathered()
        gathered.say(str(body.get("instructions") or ""), user=False)
        items = body.get("input")
        if isinstance(items, str):
            items = [{"role": "user", "content": items}]
        if not isinstance(items, list) or not items:
            raise bad("Missing required parameter: 'input'.", "missing_required_parameter", "input")
        implicit = self._cached_by_itself(body, known)
        for number, item in enumerate(items):
            self._item(f"input[{number}]", item, model, known, gathered, stored=body.get("store", True))
            here = implicit and (number == len(items) - 1 or not known.breakpoints)
            gathered.ends(item, known, kept=here or _marked(item))
        key = body.get("prompt_cache_key")  # without one, requests may land on other machines: nothing is read then
        scope = [model, key, body.get("instructions"), schema] if key else None
        return Asked(
            "openai", model, bool(body.get("stream")), gathered.question, gathered.counted(known),
            gathered.tokens(known), most, len(items), effort, schema,
            Prompt(scope, tuple(gathered.blocks), known.cache_least, step=128, charged=known.breakpoints),
            encrypted="reasoning.encrypted_content" in (body.get("include") or []), parts=tuple(gathered.parts),
        )  # fmt: skip

    def _cached_by_itself(self, body: Body, known: Known) -> bool:
        """Whether the prompt is kept although no part of it is marked: not in the mode "explicit"."""
        options = body.get("prompt_cache_options")
        if options is None:
            return True
        if not known.breakpoints:
            raise bad("Unsupported parameter: 'prompt_cache_options' is not supported with this model.",
                      "unsupported_parameter", "prompt_cache_options")  # fmt: skip
        unknown = only(options, frozenset({"mode", "ttl"}))
        if unknown or options.get("mode", "implicit") not in ("implicit", "explicit"):
            raise bad("Invalid value: 'prompt_cache_options'", "invalid_value", "prompt_cache_options")
        return bool(options.get("mode") != "explicit")

    def _effort(self, body: Body, known: Known) -> str | None:
        reasoning = body.get("reasoning")
        if reasoning is not None and not known.efforts:
            raise bad("Unsupported parameter: 'reasoning.effort' is not supported with this model.",
                      "unsupported_parameter", "reasoning.effort")  # fmt: skip
        if "reasoning.encrypted_content" in (body.get("include") or []) and not known.efforts:
            raise bad("Encrypted content is not supported with this model.", None, "include")
        effort = (reasoning or {}).get("effort")
        if effort is not None and effort not in known.efforts:
            raise bad(f"Unsupported value: '{effort}'", "unsupported_value", "reasoning.effort")
        return effort

    def _schema(self, body: Body) -> Body | None:
        wanted = (body.get("text") or {}).get("format")
        if wanted is None or wanted.get("type") == "text":
            return None
        if wanted.get("type") != "json_schema" or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(wanted.get("name"))):
            raise bad("Missing required parameter: 'text.format.name'.", "missing_required_parameter")
        said = complaint("openai", wanted.get("schema")) if wanted.get("strict") else None
        if said:
            raise bad(f"Invalid schema for response_format '{wanted['name']}': {said}", "invalid_json_schema")
        schema: Body = wanted["schema"]
        return schema

    def _item(self, path: str, item: Body, model: str, known: Known, gathered: Gathered, *, stored: bool) -> None:
        if item.get("type") == "reasoning":
            self._reasoning(item, model, stored)
            return
        role = item.get("role")
        if item.get("type", "message") != "message" or role not in ("user", "assistant", "system", "developer"):
            raise bad(f"Invalid value: '{item.get('type')}'", "invalid_value", path)
        content = item.get("content")
        parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
        if not isinstance(parts, list) or not parts:
            raise bad(f"Missing required parameter: '{path}.content'.", "missing_required_parameter", path)
        written = isinstance(content, str)
        for number, part in enumerate(parts):
            self._part(f"{path}.content[{number}]", str(role), part, known, gathered, written=written)

    def _part(self, path: str, role: str, part: Body, known: Known, gathered: Gathered, *, written: bool) -> None:
        kind = part.get("type")
        allowed = {"output_text", "refusal"} if role == "assistant" and not written else {"input_text", "input_image"}
        if kind not in allowed:
            raise bad(f"Invalid value: '{kind}'. Supported values are: {sorted(allowed)}", "invalid_value", path)
        if kind == "input_image":
            unknown = only(part, frozenset({"type", "image_url", "detail", "prompt_cache_breakpoint"}))
            if unknown:
                raise bad(f"Unknown parameter: '{path}.{unknown}'.", "unknown_parameter", path)
            gathered.show(picture(part.get("image_url"), part.get("detail"), known, path))
        else:
            gathered.say(str(part.get("text") or part.get("refusal") or ""), user=role == "user")

    def _reasoning(self, item: Body, model: str, stored: bool) -> None:
        sealed = item.get("encrypted_content")
        if sealed is None and not stored:
            text = f"Item with id '{item.get('id')}' not found. Items are not persisted when `store` is set to false."
            raise Problem(404, "invalid_request_error", text, param="input")
        if sealed is not None and sealed != seal(model, item.get("id")):
            raise bad("The encrypted content could not be verified.", "invalid_encrypted_content", "input")

    def _output(self, asked: Asked, told: Told) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        if told.thinking:
            reasoning: dict[str, Any] = {"type": "reasoning", "id": f"rs_{told.id}", "summary": []}
            if asked.encrypted:
                reasoning["encrypted_content"] = seal(asked.model, reasoning["id"])
            items.append(reasoning)
        content: list[dict[str, Any]] = []
        if told.ending == "refusal":
            content = [{"type": "refusal", "refusal": told.refusal}]
        elif told.chunks:
            content = [{"type": "output_text", "text": told.text, "annotations": []}]
        if content:
            items.append({"type": "message", "id": f"msg_{told.id}", "status": "completed", "role": "assistant",
                          "content": content})  # fmt: skip
        return items

    def whole(self, asked: Asked, told: Told) -> dict[str, Any]:
        status, details = "completed", None
        if told.ending in ("max_tokens", "blocked_output", "blocked_prompt"):
            reason = "max_output_tokens" if told.ending == "max_tokens" else "content_filter"
            status, details = "incomplete", {"reason": reason}
        response = self._bare(asked, told, status) | {"output": self._output(asked, told)}
        response["incomplete_details"] = details
        if told.usage:
            output = told.answer_tokens + told.thinking_tokens
            response["usage"] = {
                "input_tokens": asked.input_tokens,
                "input_tokens_details": {"cached_tokens": told.cached, "cache_write_tokens": told.written},
                "output_tokens": output,
                "output_tokens_details": {"reasoning_tokens": told.thinking_tokens},
                "total_tokens": asked.input_tokens + output,
            }
        return response

    def _bare(self, asked: Asked, told: Told, status: str) -> dict[str, Any]:
        return {
            "id": f"resp_{told.id}", "object": "response", "created_at": 1, "status": status, "model": asked.model,
            "output": [], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": None,
            "error": None,
        }  # fmt: skip

    def opening(self, asked: Asked, told: Told) -> list[bytes]:
        frames: list[dict[str, Any]] = [
            {"type": "response.created", "response": self._bare(asked, told, "in_progress")}
        ]
        output = self._output(asked, told)
        if told.thinking:
            for kind in ("response.output_item.added", "response.output_item.done"):
                frames.append({"type": kind, "output_index": 0, "item": output[0]})
        message = {"type": "message", "id": f"msg_{told.id}", "status": "in_progress", "role": "assistant",
                   "content": []}  # fmt: skip
        at = {"item_id": message["id"], "output_index": len(output) - 1, "content_index": 0}
        if told.chunks or told.ending == "refusal":
            part = {"type": "output_text", "text": "", "annotations": []}
            frames.append({"type": "response.output_item.added", "output_index": at["output_index"], "item": message})
            frames.append({"type": "response.content_part.added", **at, "part": part})
        if told.ending == "refusal":
            frames.append({"type": "response.refusal.delta", **at, "delta": told.refusal})
        return [sse(frame | {"sequence_number": 0}, str(frame["type"])) for frame in frames]

    def piece(self, asked: Asked, told: Told, text: str) -> bytes:
        kind = "response.output_text.delta"
        return sse(
            {"type": kind, "sequence_number": 0, "item_id": f"msg_{told.id}", "output_index": 1 if told.thinking else 0,
             "content_index": 0, "delta": text, "logprobs": []},
            kind,
        )  # fmt: skip

    def closing(self, asked: Asked, told: Told) -> list[bytes]:
        response = self.whole(asked, told)
        kind = f"response.{response['status']}"
        return [sse({"type": kind, "sequence_number": 0, "response": response}, kind)]

    def error_frame(self, problem: Problem) -> bytes:
        frame = {"type": "error", "sequence_number": 0, "code": problem.code or problem.type,
                 "message": problem.message, "param": None}  # fmt: skip
        return sse(frame, "error")

    def listing(self, models: Mapping[str, Known]) -> dict[str, Any]:
        return openai_listing("openai", models)


def _marked(item: Body) -> bool:
    content = item.get("content")
    return isinstance(content, list) and any("prompt_cache_breakpoint" in part for part in content)


def openai_listing(provider: str, models: Mapping[str, Known]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {"id": name, "object": "model", "created": 1, "owned_by": provider} for name in of(provider, models)
    ]
    if provider == "openai":
        for row in rows:
            row["shutdown_date"] = models[row["id"]].retires or None
        rows.append({"id": "text-embedding-4", "object": "model", "created": 1, "owned_by": "system"})
    return {"object": "list", "data": rows}


def seal(model: str, item_id: Any) -> str:
    """Encrypted reasoning that only this model can open."""
    return fingerprint("sealed reasoning", model, item_id)
