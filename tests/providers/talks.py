"""Requests that the provider tests ask, and the names of what they ask them of."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from functools import lru_cache

from PIL import Image
from pydantic import SecretStr

from tests.wire import WireServer
from vision.messages import Answer, Delta, Prepared, Replay, Request, Turn
from vision.providers import Provider
from vision.settings import Credential

PROVIDERS = ("anthropic", "openai", "gemini", "compatible")
MODEL: Mapping[str, str] = {
    "anthropic": "claude-haiku-5-5",
    "openai": "gpt-6-luna",
    "gemini": "gemini-3.8-flash",
    "compatible": "qwen3-vl:8b",
}
OTHER_MODEL: Mapping[str, str] = {
    "anthropic": "claude-sonnet-5-5",
    "openai": "gpt-6.1-terra",
    "gemini": "gemini-4-argon",
    "compatible": "llava:7b",
}
WORD: Mapping[str, str] = {
    "anthropic": "Claude",
    "openai": "OpenAI",
    "gemini": "Gemini",
    "compatible": "local server",
}


@lru_cache
def picture(width: int = 640, height: int = 480, colour: str = "teal", format: str = "PNG") -> Prepared:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, format)
    data = buffer.getvalue()
    return Prepared(
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        mime=f"image/{format.lower()}",
        width=width,
        height=height,
        tokens=0,
        tokens_exact=True,
        resolution="high",
    )


def credential(wire: WireServer, provider: str, key: str | None = None) -> Credential:
    found = wire.keys[provider] if key is None else key
    return Credential(provider, SecretStr(found), wire.base_url(provider), "the test")


def ask(
    provider: str, question: str = "What is the total?", *, pictures: tuple[Prepared, ...] | None = None
) -> Request:
    """A first question about one picture, with the provider's effort and a short timeout."""
    return Request(
        model=MODEL[provider],
        turns=(Turn("user", question, (picture(),) if pictures is None else pictures),),
        max_output_tokens=2000,
        system="You look at pictures.",
        effort="low",
        conversation="talk-1",
        timeout_seconds=10.0,
    )


def then(request: Request, answer: Answer, question: str, model: str | None = None) -> Request:
    """The follow-up: the whole talk again, the answer with its items, and a new question."""
    turns = (
        *request.turns,
        Turn("assistant", answer.text, replay=Replay(answer.provider, answer.model, answer.items)),
        Turn("user", question),
    )
    return Request(
        model=model or request.model,
        turns=turns,
        max_output_tokens=request.max_output_tokens,
        system=request.system,
        effort=request.effort if model is None else None,
        conversation=request.conversation,
        timeout_seconds=request.timeout_seconds,
    )


def all_of(provider: Provider, request: Request) -> tuple[list[str], Answer]:
    """The deltas' texts, and the one answer that must come last."""
    pieces = list(provider.stream(request))
    *deltas, answer = pieces
    assert isinstance(answer, Answer)
    texts = []
    for delta in deltas:
        assert isinstance(delta, Delta)
        texts.append(delta.text)
    return texts, answer
