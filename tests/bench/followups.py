"""Ten questions about one photo: bytes sent, tokens read from the cache, and the price, turn by turn.

The real SDKs ask the loopback provider, which counts and caches by the vendors' pages (tests/wire/caching.py). The
photo weighs 3.7 MB with 12 megapixels, and is prepared for the balanced model of each provider at normal detail.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from unittest import mock

from pydantic import SecretStr

from tests.bench.scenes import PHOTO_SIZE, photo
from tests.wire import KEYS, Play, WireServer
from tests.wire.known import MODELS
from tests.wire.plays import words
from vision.images.preparing import image_limits, prepare
from vision.messages import Answer, Detail, Prepared, Replay, Request, Turn, Usage
from vision.models.catalog import Model, load_catalogue
from vision.models.prices import price
from vision.providers import Provider
from vision.providers.clients import Connections
from vision.settings import KEY_NAMES, URL_NAMES, Credential

TURNS = 10
GRAIN = 4.8  # with which the photo weighs 3.7 MB
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROVIDERS = ("anthropic", "openai", "gemini")
BYTES_GOAL, CACHED_GOAL = 5_000_000, 0.80
SYSTEM = "You answer questions about the pictures in this conversation. Say what you see, and where."
QUESTIONS = (
    "What is on this picture?",
    "How many circles are there?",
    "Which colour is the largest one?",
    "What is printed at the top left?",
    "Read the invoice number to me.",
    "What is the total, and in which currency?",
    "Is the same line printed more than once?",
    "Which circle covers a line of print?",
    "What is in the lower right corner?",
    "Sum up the picture in one sentence.",
)
SAID = """
The picture shows many coloured circles on a soft background of green and violet waves, and between them a line of
small dark print that repeats: it reads Total 12.80 EUR and Invoice 4711-A. Some of the circles lie over the print and
hide a part of it; the largest of them is brown and stands near the middle of the upper half, a little to the left,
with a smaller blue one beside it and two grey ones below.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn: the bytes of its request's body, and what came back of it."""

    sent_bytes: int
    usage: Usage
    cost: Decimal | None


def run() -> None:
    source = photo(GRAIN)
    print(
        f"photo {PHOTO_SIZE[0]} x {PHOTO_SIZE[1]}, {len(source):,} bytes; {TURNS} questions, answers of 40 to 80 words"
    )
    for name in PROVIDERS:
        model = load_catalogue().default(name)
        prepared = prepare(source, PHOTO_SIZE, image_limits(model, Detail.NORMAL))
        with _provider(name) as (provider, wire):
            asked = _talk(provider, wire, model, prepared)
        print(f"\n{model.label}: {prepared.width} x {prepared.height}, {len(prepared.data):,} bytes")
        _table(asked)
        _judge(model, asked)


@contextmanager
def _provider(name: str) -> Iterator[tuple[Provider, WireServer]]:
    """The provider at a loopback server of its own, and none of the developer's own settings."""
    own = {variable for names in KEY_NAMES.values() for variable in names} | set(URL_NAMES.values())
    kept = {variable: value for variable, value in os.environ.items() if variable not in own}
    connections = Connections()
    with WireServer() as wire, mock.patch.dict(os.environ, kept | {"NO_PROXY": "127.0.0.1"}, clear=True):
        credential = Credential(name, SecretStr(KEYS[name]), wire.base_url(name), "the bench")
        yield connections.connect(credential), wire
        connections.close()


def _talk(provider: Provider, wire: WireServer, model: Model, prepared: Prepared) -> list[Asked]:
    """Ten turns, each with the whole talk before it, as the engine sends it."""
    turns: tuple[Turn, ...] = ()
    asked: list[Asked] = []
    for number, question in enumerate(QUESTIONS):
        turns = (*turns, Turn("user", question, (prepared,) if number == 0 else ()))
        wire.script(Play(chunks=words(" ".join(SAID.split()[: 40 + 40 * number // (TURNS - 1)]))))
        request = Request(
            model.id, turns, model.max_output_tokens, SYSTEM, model.effort, conversation="bench", timeout_seconds=30
        )
        *_, answer = provider.stream(request)
        if not isinstance(answer, Answer):
            raise TypeError("an answer comes last")
        turns = (*turns, Turn("assistant", answer.text, replay=Replay(answer.provider, answer.model, answer.items)))
        asked.append(Asked(len(wire.requests[-1].raw), answer.usage, price(model, answer.usage, NOW)))
    if {one.sha256 for one in wire.requests} != {(prepared.sha256,)}:
        raise ValueError("the picture did not stay the same bytes")
    return asked


def _table(asked: list[Asked]) -> None:
    print("  turn      bytes   input  cached  written  output        price")
    for number, one in enumerate(asked, start=1):
        _row(str(number), one)
    _row("all", _total(asked))


def _row(title: str, one: Asked) -> None:
    usage = one.usage
    cost = "unknown" if one.cost is None else f"${one.cost:.6f}"
    print(
        f"  {title:>4}{one.sent_bytes:>11,}{usage.input_tokens:>8,}{usage.cached_tokens:>8,}"
        f"{usage.cache_write_tokens:>9,}{usage.output_tokens:>8,}{cost:>13}"
    )


def _total(asked: list[Asked]) -> Asked:
    costs = [one.cost for one in asked if one.cost is not None]
    return Asked(
        sum(one.sent_bytes for one in asked),
        sum((one.usage for one in asked), Usage()),
        sum(costs, Decimal(0)) if len(costs) == len(asked) else None,
    )


def _judge(model: Model, asked: list[Asked]) -> None:
    total = _total(asked)
    print(f"  bytes sent: {total.sent_bytes / 1e6:.2f} MB (goal <= 5: {_met(total.sent_bytes <= BYTES_GOAL)})")
    share = total.usage.cached_tokens / total.usage.input_tokens
    least = MODELS[model.id].cache_least
    if asked[-1].usage.input_tokens < least:
        print(
            f"  read from the cache: {share:.0%} (no goal: {model.label} keeps nothing below {least:,} tokens, and the "
            f"longest question came to {asked[-1].usage.input_tokens:,})"
        )
        return
    print(f"  read from the cache: {share:.1%} of the input (goal >= 80 %: {_met(share >= CACHED_GOAL)})")
    plain = [price(model, Usage(one.usage.input_tokens, 0, 0, one.usage.output_tokens), NOW) for one in asked]
    if total.cost is not None and None not in plain:
        print(f"  without a cache it would cost ${sum(filter(None, plain), Decimal(0)):.6f}")


def _met(met: bool) -> str:
    return "met" if met else "MISSED"
