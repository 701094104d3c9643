"""Ten questions about one photo of 3.7 MB, through the engine: what is sent, what the cache holds, what it costs.

Run with ``-s`` to see every turn. The bench (tests/bench/followups.py) prints the same at the providers themselves.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.answering.talks import CLAUDE, GEMINI, GPT, OWNER, Talks
from tests.bench.followups import GRAIN, QUESTIONS, SAID
from tests.bench.scenes import photo
from tests.wire import Play, WireServer
from tests.wire.plays import words
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import FollowUp, Usage
from vision.store import StoredAnswer

MOST_BYTES = 5_000_000
LEAST_CACHED = 0.8
pytestmark = pytest.mark.long  # drawing the photo alone takes ten seconds


@pytest.fixture(scope="module")
def source() -> bytes:
    data = photo(GRAIN)
    assert 3_500_000 < len(data) < 3_900_000
    return data


def ten(wire: WireServer, talks: Talks, source: bytes, model: str, follow_up: FollowUp) -> list[StoredAnswer]:
    picture = add_picture(talks.owned, source, "photo.jpg", OpenLimits())
    talks.conversation_id = talks.owned.create_conversation().id
    talks.owned.set_follow_up(talks.conversation_id, follow_up)
    answers = []
    for number, question in enumerate(QUESTIONS):
        said = Play(chunks=words(" ".join(SAID.split()[: 40 + 4 * number])))
        wire.script(*[said] * (2 if follow_up is FollowUp.DESCRIBE and number == 1 else 1))
        answer_id = talks.ask(question, *([picture] if number == 0 else []), model=model)
        answers.append(talks.end(answer_id))
    return answers


def cost(answers: list[StoredAnswer]) -> Decimal:
    prices = [attempt.cost_usd for answer in answers for attempt in answer.attempts]
    assert None not in prices
    return sum((one for one in prices if one is not None), Decimal(0))


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI])
def test_ten_turns_look_again_at_a_photo(wire: WireServer, talks: Talks, source: bytes, model: str) -> None:
    answers = ten(wire, talks, source, model, FollowUp.LOOK)
    sent = [len(request.raw) for request in wire.requests]
    print(f"\n{model}: turn, bytes, input, cached, price")
    for number, (size, answer) in enumerate(zip(sent, answers, strict=True), start=1):
        usage = answer.usage
        print(f"  {number:>3} {size:>10,} {usage.input_tokens:>7,} {usage.cached_tokens:>7,} ${answer.cost_usd:.6f}")
    usage = sum((answer.usage for answer in answers), Usage())
    share = usage.cached_tokens / usage.input_tokens
    print(f"  all {sum(sent):>10,} {usage.input_tokens:>7,} {share:>7.1%} ${cost(answers):.6f}")
    assert sum(sent) <= MOST_BYTES
    assert len({answer.sent_sha256 for answer in answers}) == 1
    if model == GEMINI:
        assert max(answer.usage.input_tokens for answer in answers) < 4096  # below it Gemini caches nothing
    else:
        assert share >= LEAST_CACHED
    assert talks.owned.owner == OWNER


@pytest.mark.parametrize("follow_up", [FollowUp.DESCRIBE, FollowUp.DROP])
def test_the_other_policies_send_the_photo_once_or_twice(
    wire: WireServer, talks: Talks, source: bytes, follow_up: FollowUp
) -> None:
    answers = ten(wire, talks, source, GEMINI, follow_up)
    looked = [number for number, request in enumerate(wire.requests) if request.pictures]
    assert looked == ([0, 1] if follow_up is FollowUp.DESCRIBE else [0])  # the question, and the description
    assert sum(len(request.raw) for request in wire.requests) < 1_500_000
    assert [answer.state.value for answer in answers] == ["complete"] * 10
