"""What the services refuse, the loopback provider refuses, in their words; asked without any SDK in between."""

from __future__ import annotations

import base64
import copy
import http.client
import io
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import pytest
from PIL import Image

from tests.wire import KEYS, Play, WireServer
from tests.wire.schemas import instance


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@lru_cache
def picture(width: int = 8, height: int = 8, format: str = "PNG") -> str:
    buffer = io.BytesIO()
    Image.new("1" if format == "PNG" else "RGB", (width, height)).save(buffer, format)
    return base64.b64encode(buffer.getvalue()).decode()


def post(wire: WireServer, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, Any, Mapping[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", wire.port, timeout=10)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request("POST" if body is not None else "GET", path, data if body is not None else None, dict(headers))
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply.status, json.loads(text) if text[:1] in (b"{", b"[") else text.decode(), dict(reply.getheaders())


ANTHROPIC: dict[str, Any] = {
    "model": "claude-haiku-5-5",
    "max_tokens": 100,
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture()}},
                {"type": "text", "text": "What?"},
            ],
        }
    ],
}
OPENAI: dict[str, Any] = {
    "model": "gpt-6-luna",
    "max_output_tokens": 100,
    "input": [
        {
            "role": "user",
            "content": [
                {"type": "input_image", "image_url": f"data:image/png;base64,{picture()}", "detail": "high"},
                {"type": "input_text", "text": "What?"},
            ],
        }
    ],
}
GEMINI: dict[str, Any] = {
    "contents": [
        {
            "role": "user",
            "parts": [{"inlineData": {"mimeType": "image/png", "data": picture()}}, {"text": "What?"}],
        }
    ],
    "generationConfig": {"maxOutputTokens": 100},
}
CHAT: dict[str, Any] = {
    "model": "llava:7b",
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture()}"}},
                {"type": "text", "text": "What?"},
            ],
        }
    ],
}
BODIES = {"anthropic": ANTHROPIC, "openai": OPENAI, "gemini": GEMINI, "compatible": CHAT}
PATHS = {
    "anthropic": "/anthropic/v1/messages",
    "openai": "/openai/v1/responses",
    "gemini": "/gemini/v1/models/gemini-3.8-flash:generateContent",
    "compatible": "/local/v1/chat/completions",
}
HEADERS: dict[str, dict[str, str]] = {
    "anthropic": {"Authorization": f"Bearer {KEYS['anthropic']}", "anthropic-version": "2026-10-21"},
    "openai": {"Authorization": f"Bearer {KEYS['openai']}"},
    "gemini": {"x-goog-api-key": KEYS["gemini"]},
    "compatible": {},
}
OPEN_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CLOSED = {**OPEN_SCHEMA, "additionalProperties": False}
OPTIONAL = {**CLOSED, "required": []}
LONG = {**CLOSED, "properties": {"a": {"type": "string", "maxLength": 5}}}


def changed(name: str, place: str, value: Any) -> dict[str, Any]:
    """A copy of the good body with ``value`` at ``place`` ("messages.0.content.1.text"); "-" removes."""
    body = copy.deepcopy(BODIES[name])
    *way, last = place.split(".")
    node: Any = body
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    if value == "-":
        del node[last]
    elif isinstance(node, list):
        node[int(last) : int(last) + 1] = [value]
    else:
        node[last] = value
    return body


def _format(schema: Any) -> dict[str, Any]:
    return {"type": "json_schema", "schema": schema}


def _strict(schema: Any) -> dict[str, Any]:
    return {"type": "json_schema", "name": "x", "strict": True, "schema": schema}


def _block(data: str, mime: str = "image/png") -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": mime, "data": data}}


def _image(data: str, mime: str = "image/png", detail: str = "high") -> dict[str, Any]:
    return {"type": "input_image", "image_url": f"data:{mime};base64,{data}", "detail": detail}


@pytest.mark.parametrize("name", BODIES)
def test_a_good_request_is_answered(name: str, wire: WireServer) -> None:
    status, answer, _ = post(wire, PATHS[name], BODIES[name], HEADERS[name])
    assert status == 200
    assert "I received 1 picture of 8x8 pixels and the question: What?" in json.dumps(answer)


@pytest.mark.parametrize(
    ("name", "place", "value", "status", "said"),
    [
        ("anthropic", "temperature", 1, 400, "temperature"),
        ("anthropic", "top_k", 5, 400, "top_k"),
        ("anthropic", "colour", 1, 400, "Extra inputs"),
        ("anthropic", "max_tokens", "-", 400, "max_tokens: Field required"),
        ("anthropic", "max_tokens", 500_000, 400, "maximum allowed"),
        ("anthropic", "model", "claude-3-5-sonnet-20241022", 404, "not_found_error"),
        ("anthropic", "messages", [], 400, "at least one message"),
        ("anthropic", "messages.1", {"role": "assistant", "content": "It is"}, 400, "prefill"),
        ("anthropic", "messages.0.role", "assistant", 400, "user role"),
        ("anthropic", "messages.0.content.1.text", " ", 400, "non-whitespace"),
        ("anthropic", "messages.0.content.1.parsed_output", None, 400, "Extra inputs"),
        ("anthropic", "messages.0.content.0", _block("!!!"), 400, "base64"),
        ("anthropic", "messages.0.content.0", _block(picture()[:40]), 400, "Could not process image"),
        ("anthropic", "messages.0.content.0", _block(picture(), "image/jpeg"), 400, "media type"),
        ("anthropic", "messages.0.content.0", _block(picture(), "image/tiff"), 400, "image/webp"),
        ("anthropic", "messages.0.content.0", _block(picture(8001, 1)), 400, "8000 pixels"),
        ("anthropic", "messages.0.content.0", _block("A" * 10_000_001), 400, "10 MB"),
        ("anthropic", "messages.0.content", [_block(picture(2001, 1))] * 21, 400, "many-image"),
        ("anthropic", "output_config.effort", "none", 400, "effort"),
        ("anthropic", "output_config.format", _format(OPEN_SCHEMA), 400, "additionalProperties"),
        ("anthropic", "output_config.format", _format(LONG), 400, "maxLength"),
        ("openai", "temperature", 1, 400, "unsupported_parameter"),
        ("openai", "colour", 1, 400, "unknown_parameter"),
        ("openai", "model", "gpt-3", 404, "model_not_found"),
        ("openai", "max_output_tokens", 1, 400, "max_output_tokens"),
        ("openai", "input.0.content.0.detail", "-", 400, "detail"),
        ("openai", "input.0.content.0", _image("!!!"), 400, "invalid_base64_image"),
        ("openai", "input.0.content.0", _image(picture()[:40]), 400, "image_parse_error"),
        ("openai", "input.0.content.0", _image(picture(), "image/webp"), 400, "invalid_image_format"),
        ("openai", "input.0.content.0", _image(picture(7000, 4600), detail="original"), 400, "image_too_large"),
        ("openai", "reasoning.effort", "huge", 400, "unsupported_value"),
        ("openai", "text.format", _strict(OPTIONAL), 400, "invalid_json_schema"),
        ("openai", "text.format", _strict(OPEN_SCHEMA), 400, "invalid_json_schema"),
        ("openai", "text.format", _strict({"type": "array", "items": {}}), 400, "invalid_json_schema"),
        ("gemini", "generationConfig.temperature", 1, 400, "temperature"),
        ("gemini", "generationConfig.colour", 1, 400, "Unknown name"),
        ("gemini", "colour", 1, 400, "Unknown name"),
        ("gemini", "contents.0.parts.0.mediaResolution", {"level": "MEDIA_RESOLUTION_LOW"}, 400, "Unknown name"),
        ("gemini", "contents.0.parts.0.inlineData.data", "!!!", 400, "Base64"),
        ("gemini", "contents.0.parts.0.inlineData.data", picture()[:40], 400, "Unable to process input image"),
        ("gemini", "contents.0.parts.0.inlineData.mimeType", "image/jpeg", 400, "Unable to process input image"),
        ("gemini", "contents.0.role", "assistant", 400, "user role"),
        ("gemini", "contents.1", {"role": "model", "parts": [{"text": "It"}]}, 400, "user role"),
        ("gemini", "generationConfig.thinkingConfig.thinking_level", "xhigh", 400, "Thinking level"),
        ("gemini", "generationConfig.responseJsonSchema", CLOSED, 400, "response mime type"),
        ("gemini", "generationConfig.mediaResolution", "MEDIA_RESOLUTION_ULTRA_HIGH", 400, "media_resolution"),
        ("compatible", "temperature", 1, 400, "Unrecognized"),
        ("compatible", "max_completion_tokens", 100, 400, "Unrecognized"),
        ("compatible", "model", "gpt-6-luna", 404, "not found"),
        ("compatible", "reasoning_effort", "low", 400, "thinking"),
        ("compatible", "messages.0.content.0.image_url.url", "http://example.com/a.png", 400, "invalid image"),
    ],
)
def test_a_bad_request_is_refused(name: str, place: str, value: Any, status: int, said: str, wire: WireServer) -> None:
    found, answer, _ = post(wire, PATHS[name], changed(name, place, value), HEADERS[name])
    assert (found, "error" in answer) == (status, True)
    assert said in json.dumps(answer)
    assert wire.requests[-1].refused


@pytest.mark.parametrize(
    ("name", "model", "place", "value", "said"),
    [
        ("anthropic", "claude-haiku-4-5", "output_config.effort", "low", "does not support the effort"),
        ("openai", "gpt-4.1", "reasoning.effort", "low", "not supported with this model"),
        ("openai", "gpt-4.1", "include", ["reasoning.encrypted_content"], "not supported with this model"),
        ("openai", "gpt-6.2-astra", "reasoning.effort", "none", "Unsupported value"),
        ("openai", "gpt-4.1", "input.0.content.0.detail", "original", "original"),
    ],
)
def test_some_models_take_less(name: str, model: str, place: str, value: Any, said: str, wire: WireServer) -> None:
    body = changed(name, place, value) | {"model": model}
    status, answer, _ = post(wire, PATHS[name], body, HEADERS[name])
    assert status == 400
    assert said in json.dumps(answer)


@pytest.mark.parametrize(
    ("name", "headers", "status", "said"),
    [
        ("anthropic", {}, 401, "authentication_error"),
        ("anthropic", {"x-api-key": KEYS["anthropic"], "anthropic-version": "2026-10-21"}, 401, "authentication_error"),
        ("anthropic", HEADERS["anthropic"] | {"anthropic-version": "2023-01-01"}, 400, "anthropic-version"),
        ("openai", {"Authorization": "Bearer wrong"}, 401, "invalid_api_key"),
        ("gemini", {}, 403, "PERMISSION_DENIED"),
        ("gemini", {"x-goog-api-key": "wrong"}, 400, "API_KEY_INVALID"),
        ("compatible", {"OpenAI-Organization": "org-1"}, 400, "another service"),
    ],
)
def test_headers_are_checked(name: str, headers: dict[str, str], status: int, said: str, wire: WireServer) -> None:
    found, answer, _ = post(wire, PATHS[name], BODIES[name], headers)
    assert found == status
    assert said in json.dumps(answer)


def test_a_body_above_32_mb_never_reaches_claude(wire: WireServer) -> None:
    status, answer, _ = post(wire, PATHS["anthropic"], b" " * 32_000_001, HEADERS["anthropic"])
    assert (status, answer["error"]["type"]) == (413, "request_too_large")


def test_altered_thinking_is_refused(wire: WireServer) -> None:
    wire.script(Play(chunks=("Red",), thinking="it is all red"))
    _, answer, _ = post(wire, PATHS["anthropic"], ANTHROPIC, HEADERS["anthropic"])
    thinking, text = answer["content"]
    for altered, status in (({}, 200), ({"thinking": "it is all blue"}, 400), ({"signature": "x"}, 400)):
        turns = [
            *ANTHROPIC["messages"],
            {"role": "assistant", "content": [thinking | altered, text]},
            {"role": "user", "content": "Sure?"},
        ]
        for model in ("claude-haiku-5-5", "claude-sonnet-5-5"):
            body = ANTHROPIC | {"messages": turns, "model": model}
            found, _, _ = post(wire, PATHS["anthropic"], body, HEADERS["anthropic"])
            assert found == (status if model == "claude-haiku-5-5" else 400)


def test_reasoning_that_was_never_stored_is_not_found(wire: WireServer) -> None:
    turns = [*OPENAI["input"], {"type": "reasoning", "id": "rs_1", "summary": []}, {"role": "user", "content": "Sure?"}]
    status, answer, _ = post(wire, PATHS["openai"], OPENAI | {"input": turns, "store": False}, HEADERS["openai"])
    assert status == 404
    assert "not persisted" in answer["error"]["message"]


def test_an_instance_satisfies_its_schema() -> None:
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "kind": {"enum": ["a", "b"]},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": ["integer", "null"]}}}},
            "rate": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "paid": {"type": "boolean"},
        },
    }
    assert instance(schema, "x") == {"name": "x", "kind": "a", "lines": [{"n": 1}], "rate": 1.5, "paid": True}
