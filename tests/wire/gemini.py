"""Gemini's generateContent, version v1, as the loopback service speaks it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from tests.wire.caching import Prompt
from tests.wire.dialect import Asked, Body, Gathered, Told, fingerprint, only, see, sse
from tests.wire.known import Known, of
from tests.wire.problems import Problem, named
from tests.wire.schemas import complaint

_FIELDS = frozenset({"contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig",
                     "cachedContent"})  # fmt: skip
_CONFIG = frozenset({"maxOutputTokens", "thinkingConfig", "mediaResolution", "responseMimeType", "responseJsonSchema",
                     "responseSchema", "stopSequences", "candidateCount", "seed"})  # fmt: skip
_PART = frozenset({"text", "inlineData", "thought", "thoughtSignature"})
_URL_SAFE = str.maketrans("-_", "+/")  # both spellings of base64 are accepted for bytes
_STOPS = {
    "complete": "STOP",
    "empty": "STOP",
    "max_tokens": "MAX_TOKENS",
    "refusal": "STOP",
    "continuation": "CONTINUATION",
}


def _bad(message: str) -> Problem:
    return Problem(400, "INVALID_ARGUMENT", message)


def _unknown(name: str, where: str) -> Problem:
    return _bad(f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field.")


def camel(name: str) -> str:
    """Proto field names are accepted in both spellings."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _spelled(data: Body) -> dict[str, Any]:
    return {camel(key): value for key, value in data.items()}


class Gemini:
    provider = "gemini"

    def authorise(self, headers: Mapping[str, str], keys: frozenset[str]) -> None:
        key = headers.get("x-goog-api-key")
        if not key:
            raise Problem(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
        if key not in keys:
            raise named("gemini", "bad_key")

    def ask(self, path: str, body: Body, models: Mapping[str, Known]) -> Asked:
        model, _, verb = path.rpartition("/models/")[2].partition(":")
        known = models.get(model)
        if known is None or known.provider != "gemini":
            raise Problem(404, "NOT_FOUND", f"models/{model} is not found for API version v1")
        spelled = _spelled(body)
        unknown = only(spelled, _FIELDS)
        if unknown:
            raise _unknown(unknown, "")
        config = _spelled(spelled.get("generationConfig") or {})
        sampling = {"temperature", "topP", "topK"} & config.keys()
        if sampling:
            raise _bad(f"{sorted(sampling)[0]} is not supported for this model.")
        unknown = only(config, _CONFIG)
        if unknown:
            raise _unknown(unknown, "generation_config")
        effort = self._effort(config, known)
        schema = self._schema(config)
        word = self._word(config, known)
        most = config.get("maxOutputTokens", known.max_output)
        if not 1 <= most <= known.max_output:
            raise _bad(f"maxOutputTokens must be in the range 1 to {known.max_output}")
        gathered = Gathered()
        for part in (spelled.get("systemInstruction") or {}).get("parts") or []:
            gathered.say(str(part.get("text") or ""), user=False)
        contents = spelled.get("contents")
        if not isinstance(contents, list) or not contents:
            raise _bad("* GenerateContentRequest.contents: contents is not specified")
        if contents[-1].get("role") != "user":
            raise _bad("Please ensure that multiturn requests end with a user role.")
        for place, content in enumerate(contents):
            self._content(place, content, model, word, gathered)
            gathered.ends(content, known, kept=True)
        if sum(one.encoded_bytes for one in gathered.pictures) > 20_000_000:
            raise _bad("Request payload size exceeds the limit: 20971520 bytes.")
        if len(gathered.pictures) > known.pictures:
            raise _bad(f"Too many images: at most {known.pictures}")
        return Asked(
            "gemini", model, verb.startswith("stream"), gathered.question, gathered.counted(known),
            gathered.tokens(known), most, len(contents), effort, schema,
            Prompt([model, spelled.get("systemInstruction"), schema, word], tuple(gathered.blocks), known.cache_least,
                   charged=False),
            parts=tuple(gathered.parts),
        )  # fmt: skip

    def _effort(self, config: Body, known: Known) -> str | None:
        level = _spelled(config.get("thinkingConfig") or {}).get("thinkingLevel")
        if level is None:
            return None
        if not known.efforts:
            raise _bad("Thinking level is not supported for this model.")
        if str(level).lower() not in known.efforts:
            raise _bad(f"Thinking level {level} is not supported for this model.")
        return str(level).lower()

    def _schema(self, config: Body) -> Body | None:
        schema = config.get("responseJsonSchema")
        if schema is None:
            return None
        if config.get("responseMimeType") != "application/json":
            raise _bad("response_schema is only supported with response mime type: application/json")
        said = complaint("gemini", schema)
        if said:
            raise _bad(said)
        wanted: Body = schema
        return wanted

    def _word(self, config: Body, known: Known) -> str | None:
        resolution = config.get("mediaResolution")
        if resolution is None:
            return None
        word = str(resolution).lower().removeprefix("media_resolution_")
        if word not in ("low", "medium", "high"):
            raise _bad(f"Invalid value at 'generation_config.media_resolution': {resolution}")
        return word

    def _content(self, place: int, content: Body, model: str, word: str | None, gathered: Gathered) -> None:
        role, parts = content.get("role"), content.get("parts")
        if role not in ("user", "model") or only(content, frozenset({"role", "parts"})):
            raise _bad("Please use a valid role: user, model.")
        if not isinstance(parts, list) or not parts:
            raise _bad(f"* GenerateContentRequest.contents[{place}].parts: contents.parts must not be empty.")
        said: list[str] = []
        for given in parts:
            part = _spelled(given)
            unknown = only(part, _PART)
            if unknown:
                raise _unknown(unknown, f"contents[{place}].parts")
            signature = part.get("thoughtSignature")
            if signature is not None and str(signature).translate(_URL_SAFE) != sign(model):
                raise _bad("Thought signature is not valid.")
            if "inlineData" in part:
                if said:
                    gathered.say("".join(said), user=role == "user")
                    said.clear()
                blob = _spelled(part["inlineData"])
                gathered.show(see(str(blob.get("data")).translate(_URL_SAFE), blob.get("mimeType"), word, {
                    "base64": _bad("Invalid value at 'contents.parts.inline_data.data': Base64 decoding failed"),
                    "media_type": _bad(f"Unsupported MIME type: {blob.get('mimeType')}"),
                    "decode": _bad("Unable to process input image. Please retry or report."),
                    "mismatch": _bad("Unable to process input image: it is not of the type it claims to be."),
                }))  # fmt: skip
            elif "text" in part:
                said.append(str(part["text"]))
            else:
                raise _bad("* contents.parts: contents.parts.data must have one initialized field")
        if said:
            gathered.say("".join(said), user=role == "user")

    def _usage(self, asked: Asked, told: Told) -> dict[str, int]:
        usage = {"promptTokenCount": asked.input_tokens, "candidatesTokenCount": told.answer_tokens,
                 "totalTokenCount": asked.input_tokens + told.answer_tokens + told.thinking_tokens}  # fmt: skip
        if told.thinking:
            usage["thoughtsTokenCount"] = told.thinking_tokens
        if told.cached:
            usage["cachedContentTokenCount"] = told.cached
        return usage

    def _chunk(self, asked: Asked, told: Told, parts: list[Any] | None, finish: str | None = None) -> dict[str, Any]:
        candidate: dict[str, Any] = {"index": 0}
        if parts is not None:
            candidate["content"] = {"parts": parts, "role": "model"}
        if finish:
            candidate["finishReason"] = finish
        if finish == "CONTINUATION":
            candidate["continuationToken"] = sign(told.id)
        chunk: dict[str, Any] = {"candidates": [candidate], "modelVersion": asked.model, "responseId": told.id}
        if told.usage:
            chunk["usageMetadata"] = self._usage(asked, told)
        return chunk

    def opening(self, asked: Asked, told: Told) -> list[bytes]:
        if not told.thinking:
            return []
        return [_frame(self._chunk(asked, told, [{"text": told.thinking, "thought": True}]))]

    def piece(self, asked: Asked, told: Told, text: str) -> bytes:
        return _frame(self._chunk(asked, told, [{"text": text}]))

    def _blocked(self, asked: Asked, told: Told) -> dict[str, Any]:
        return {"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": asked.model, "responseId": told.id,
                "usageMetadata": {"promptTokenCount": asked.input_tokens,
                                  "totalTokenCount": asked.input_tokens}}  # fmt: skip

    def closing(self, asked: Asked, told: Told) -> list[bytes]:
        if told.ending == "blocked_prompt":
            return [_frame(self._blocked(asked, told))]
        if told.ending == "blocked_output":
            return [_frame(self._chunk(asked, told, None, "SAFETY"))]
        parts: list[Any] | None = [{"text": "", "thoughtSignature": sign(asked.model)}] if told.thinking else None
        if told.ending == "refusal":
            parts = [{"text": told.refusal}]
        return [_frame(self._chunk(asked, told, parts, _STOPS[told.ending]))]

    def whole(self, asked: Asked, told: Told) -> dict[str, Any]:
        if told.ending == "blocked_prompt":
            return self._blocked(asked, told)
        if told.ending == "blocked_output":
            return self._chunk(asked, told, None, "SAFETY")
        parts: list[dict[str, Any]] = [{"text": told.thinking, "thought": True}] if told.thinking else []
        if told.chunks:
            parts.append({"text": told.text})
        return self._chunk(asked, told, parts, _STOPS[told.ending])

    def error_frame(self, problem: Problem) -> bytes:
        return _frame(problem.body("gemini"))

    def listing(self, models: Mapping[str, Known]) -> dict[str, Any]:
        def row(name: str, verbs: list[str], most: int = 65_536) -> dict[str, Any]:
            return {"name": f"models/{name}", "inputTokenLimit": 1_048_576, "outputTokenLimit": most,
                    "supportedGenerationMethods": verbs, "thinking": True}  # fmt: skip

        def rows() -> Iterator[dict[str, Any]]:
            for name in of("gemini", models):
                yield row(name, ["generateContent", "countTokens"], models[name].max_output)
            yield row("gemini-embedding-2", ["embedContent"])

        return {"models": list(rows())}


def _frame(data: Body) -> bytes:
    return sse(data, end="\r\n")


def sign(model: str) -> str:
    """A thought signature that only this model knows, as base64 of bytes that URL-safe base64 spells differently."""
    return base64.b64encode(b"\xfb\xff" + fingerprint("gemini thought", model).encode()).decode()
