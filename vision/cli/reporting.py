"""What stands after an answer: its line and notes on stderr, or one JSON object on stdout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from vision.cli import explaining
from vision.routing.estimating import usd
from vision.routing.paid import paid

if TYPE_CHECKING:
    from vision.messages import Attempt
    from vision.models.catalog import Catalogue
    from vision.routing.plan import Plan
    from vision.store import StoredAnswer

ANSWERED = frozenset({"complete", "cut_off"})
FAILED = frozenset({"failed", "interrupted", "running"})  # running: it could not be saved


def is_answer(answer: StoredAnswer) -> bool:
    """Whether the exit code is 0."""
    return answer.state.value in ANSWERED


def as_json(answer: StoredAnswer, came: str, plan: Plan) -> dict[str, Any]:
    """What ``--json`` writes. If it failed, ``text`` is what came of it.

    ``cost_usd`` is of the whole question, null while the price of any attempt is unknown (``cost_unknown`` counts
    those). ``usage`` and ``seconds`` are of the attempt that answered, ``estimate`` and ``level`` of the plan: the
    price at who is asked first, and the level that was chosen or that Auto began with (null for an exact model).
    """
    usage, failed = answer.usage, answer.state.value in FAILED
    attempts = answer.attempts
    sent = answer.sent_sha256 or next((one.sent_sha256 for one in reversed(attempts)), ())
    whole = paid(attempts, answer.cost_usd)
    lost = answer.state.value == "running"  # nothing of it could be written down
    foremost = explaining.first(plan)
    found: dict[str, Any] = {
        "text": (came or answer.text) if failed else answer.text,
        "provider": answer.provider,
        "model": answer.model,
        "choice": answer.choice,
        "level": plan.level,
        "stop": "failed" if failed else answer.state.value,
        "error": answer.sentence or answer.explanation or None,
        "usage": {
            "input_tokens": usage.input_tokens,
            "cached_tokens": usage.cached_tokens,
            "output_tokens": usage.output_tokens,
        },
        "cost_usd": None if whole.usd is None or lost else float(whole.usd),
        "cost_unknown": whole.unknown,
        "estimate": explaining.prices(foremost.estimate if foremost else None),
        "seconds": round(answer.seconds or sum(one.seconds for one in attempts), 3),
        "notes": list(answer.notes),
        "sent_sha256": list(sent),
        "attempts": [_attempt_json(one) for one in attempts],
    }
    if answer.provider == "reader":
        found["evidence"] = [
            {"text": one.text, "box": list(one.box), "confidence": one.confidence} for one in answer.evidence
        ]
    return found


def _attempt_json(one: Attempt) -> dict[str, Any]:
    return {
        "provider": one.provider,
        "model": one.model,
        "outcome": one.outcome,
        "waited_seconds": one.waited_seconds,
        "seconds": round(one.seconds, 3),
        "cost_usd": None if one.cost_usd is None else float(one.cost_usd),
        "sent_sha256": list(one.sent_sha256),
        "request_id": one.request_id,
    }


def lines(answer: StoredAnswer, catalogue: Catalogue) -> Iterator[str]:
    """What is said after an answer. Why it failed is said by who followed it."""
    if answer.state.value in FAILED:
        yield from _spent(answer.attempts)
        return
    if answer.explanation:
        yield answer.explanation
    if answer.state.value == "cut_off":
        yield "The answer was cut off at its greatest length."
    if is_answer(answer):
        yield f"Answered by {_name(answer, catalogue)} in {answer.seconds:.1f} s{_tokens(answer)}."
    else:
        yield from _spent(answer.attempts)
    yield from answer.notes


def _spent(attempts: Sequence[Attempt]) -> Iterator[str]:
    """What was paid for no answer, if anything was or may have been."""
    whole = paid(attempts, None)
    parts = [f"{usd(whole.known)} was paid"] if whole.known else []
    parts += [_unknown_words(whole.unknown)] if whole.unknown else []
    if parts:
        yield f"For this, {' and '.join(parts)}."


def _unknown_words(count: int) -> str:
    return "the price of one attempt is unknown" if count == 1 else f"the price of {count} attempts is unknown"


def _name(answer: StoredAnswer, catalogue: Catalogue) -> str:
    model = catalogue.models.get(answer.model)
    return answer.model if model is None else explaining.name(model)


def _tokens(answer: StoredAnswer) -> str:
    """Tokens and price of the answer, and the price of the question where that is another."""
    whole = paid(answer.attempts, answer.cost_usd)
    others = whole.unknown - (answer.cost_usd is None)
    more = f", {usd(whole.usd)} with what was tried before" if whole.usd not in (None, answer.cost_usd) else ""
    more += f", and {_unknown_words(others)}" if others > 0 else ""
    if answer.provider == "reader":
        return more
    usage = answer.usage
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    price = usd(answer.cost_usd)
    return f", {usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out, {price}{more}"
