"""Attempts as sentences."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vision.messages import Attempt
from vision.models.catalog import load_catalogue
from vision.routing.steps import OUTCOMES
from vision.routing.wording import all_failed, answered_by, attempt_words, labels_of, listed

LABELS = labels_of(load_catalogue())
CLAUDE, OPENAI, GEMINI = ("anthropic", "claude-sonnet-5-5"), ("openai", "gpt-6.1-terra"), ("gemini", "gemini-3.8-flash")
FLASH_LITE = ("gemini", "gemini-3.5-flash-lite")
LOCAL = ("compatible", "llava")
Try = tuple[tuple[str, str], str]


def tried(*tries: Try) -> list[Attempt]:
    return [Attempt(provider, model, outcome) for (provider, model), outcome in tries]


@pytest.mark.parametrize(
    ("tries", "sentence"),
    [
        ([], ""),
        ([(CLAUDE, "complete")], ""),
        (
            [(CLAUDE, "overloaded"), (CLAUDE, "overloaded"), (GEMINI, "complete")],
            "Answered by Gemini because Claude was overloaded (tried twice).",
        ),
        (
            [*[(CLAUDE, "overloaded")] * 3, (OPENAI, "out_of_credit"), (GEMINI, "complete")],
            "Answered by Gemini because Claude was overloaded (tried three times) and OpenAI has no credit left.",
        ),
        (
            [(GEMINI, "rate_limited"), (CLAUDE, "bad_key"), (OPENAI, "not_found"), (LOCAL, "complete")],
            "Answered by the local server because Gemini had too many questions, Claude did not accept the key and "
            "OpenAI does not have the model.",
        ),
        (
            [(LOCAL, "connection"), (CLAUDE, "complete")],
            "Answered by Claude because the local server could not be reached.",
        ),
        (
            [(CLAUDE, "overloaded"), (CLAUDE, "timeout"), (GEMINI, "complete")],
            "Answered by Gemini because Claude was overloaded and then did not answer in time (tried twice).",
        ),
        (
            [(CLAUDE, "overloaded"), (CLAUDE, "complete")],
            "Answered by Claude at the second try: before, it was overloaded.",
        ),
        (
            [(CLAUDE, "bad_key"), (GEMINI, "server_error"), (GEMINI, "complete")],
            "Answered by Gemini (at the second try) because Claude did not accept the key.",
        ),
        # one provider, two models: the provider's name would say nothing
        (
            [(FLASH_LITE, "empty"), (FLASH_LITE, "empty"), (GEMINI, "complete")],
            "Answered by Gemini 3.8 Flash because Gemini 3.5 Flash-Lite gave an empty answer (tried twice).",
        ),
        (
            [(FLASH_LITE, "cut_off"), (CLAUDE, "cut_off")],
            "Answered by Claude because Gemini ran out of room for its answer.",
        ),
    ],
)
def test_who_answered_and_why(tries: list[Try], sentence: str) -> None:
    assert answered_by(tried(*tries), LABELS) == sentence


def test_what_broke_off_is_not_called_unreachable() -> None:
    broken = Attempt("anthropic", "claude-sonnet-5-5", "connection", text="The total")
    said = answered_by([broken, *tried((GEMINI, "complete"))], LABELS)
    assert said == "Answered by Gemini because Claude broke off in the middle of its answer."


@pytest.mark.parametrize(
    ("tries", "sentence"),
    [
        (
            [*[(CLAUDE, "overloaded")] * 2, *[(GEMINI, "overloaded")] * 2, (OPENAI, "bad_key")],
            "Nobody could answer: Claude and Gemini were overloaded (each tried twice) and OpenAI did not accept the "
            "key. Try again in a minute, check keys and credit in Settings, or choose another model.",
        ),
        (
            [*[(CLAUDE, "overloaded")] * 3, *[(GEMINI, "timeout")] * 3],
            "Nobody could answer: Claude was overloaded (tried three times) and Gemini did not answer in time (tried "
            "three times). Try again in a minute, or choose another model.",
        ),
        (
            [(CLAUDE, "connection"), (OPENAI, "connection"), (GEMINI, "connection")],
            "Nobody could answer: Claude, OpenAI and Gemini could not be reached. Check the internet connection, then "
            "try again.",
        ),
        (
            [(CLAUDE, "bad_key"), (OPENAI, "bad_key")],
            "Nobody could answer: Claude and OpenAI did not accept the key. Check the keys in Settings.",
        ),
        (
            [(CLAUDE, "out_of_credit"), (OPENAI, "overloaded")],
            "Nobody could answer: Claude has no credit left and OpenAI was overloaded. Try again in a minute, check "
            "keys and credit in Settings, or choose another model.",
        ),
        (
            [(CLAUDE, "out_of_credit"), (OPENAI, "not_found")],
            "Nobody could answer: Claude has no credit left and OpenAI does not have the model. Check keys and credit "
            "in Settings, or choose another model.",
        ),
    ],
)
def test_nobody_answered(tries: list[Try], sentence: str) -> None:
    assert all_failed(tried(*tries), LABELS) == sentence


def test_a_single_provider_speaks_for_itself() -> None:
    own = "The account at OpenAI has no credit left: add credit on the OpenAI billing page, or choose another model."
    assert all_failed([Attempt("openai", "gpt-6.1-terra", "out_of_credit", sentence=own)], LABELS) == own


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_reads_well(outcome: str) -> None:
    for said in (
        answered_by(tried((CLAUDE, outcome), (GEMINI, "complete")), LABELS),
        all_failed(tried((CLAUDE, outcome), (GEMINI, outcome)), LABELS),
    ):
        assert said.endswith(".")
        assert "_" not in said
        assert "Claude failed" not in said


def test_one_line_for_each_attempt() -> None:
    first = Attempt("anthropic", "claude-sonnet-5-5", "overloaded", seconds=1.23, cost_usd=Decimal(0))
    second = Attempt("gemini", "gemini-3.8-flash", "complete", 0.84, 2.0, cost_usd=Decimal("0.0021"))
    third = Attempt("compatible", "llava", "timeout", seconds=120)
    assert attempt_words(first, LABELS) == "Claude Sonnet 5.5: was overloaded, 1.2 s, not billed"
    assert attempt_words(second, LABELS) == "Gemini 3.8 Flash: answered, 2.0 s, after waiting 0.8 s, $0.0021"
    assert attempt_words(third, LABELS) == "llava: did not answer in time, 120.0 s, price unknown"
    assert attempt_words(Attempt("reader", "reader", "complete"), LABELS) == "On-device reader: answered, 0.0 s, free"


def test_a_list_in_words() -> None:
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]
