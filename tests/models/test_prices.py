"""What an answer cost: by date, with cached tokens apart, and never 0 for unknown."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from vision.messages import Usage
from vision.models.catalog import Model, load_catalogue, resolve
from vision.models.prices import price

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MODELS = load_catalogue().models
LARGE = Usage(input_tokens=100_000, output_tokens=10_000)


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("claude-haiku-5-5", "0.015"),
        ("claude-sonnet-5-5", "0.3"),
        ("claude-opus-5-5", "0.6"),
        ("gpt-6-luna", "0.015"),
        ("gpt-6.1-terra", "0.15"),
        ("gpt-6.2-sol", "0.3"),
        ("gemini-3.5-flash-lite", "0.055"),
        ("gemini-3.8-flash", "0.1125"),
        ("gemini-4-argon", "0.3"),
        ("gemini-4-carbon", "0.3"),
        ("gemini-4-hydrogen", "0.225"),
    ],
)
def test_prices_of_today(id: str, expected: str) -> None:
    assert price(MODELS[id], LARGE, NOW) == Decimal(expected)


def test_every_model_that_can_be_asked_has_a_price() -> None:
    for model in MODELS.values():
        if not model.ended(TODAY):
            assert price(model, LARGE, NOW) is not None, model.id


@pytest.mark.parametrize(("id", "later"), [("gemini-3.8-flash", "0.225"), ("gemini-4-carbon", "0.6")])
def test_a_price_follows_the_date(id: str, later: str) -> None:
    assert price(MODELS[id], LARGE, datetime(2027, 1, 2, tzinfo=UTC)) == Decimal(later)


def test_cached_tokens_are_part_of_the_input_and_cheaper() -> None:
    usage = Usage(input_tokens=160, cached_tokens=50, cache_write_tokens=10, output_tokens=0)
    expected = (100 * Decimal(2) + 50 * Decimal("0.10") + 10 * Decimal("2.50")) / 1_000_000
    assert price(MODELS["claude-sonnet-5-5"], usage, NOW) == expected
    cached = Usage(input_tokens=1000, cached_tokens=400, output_tokens=10)
    expected = (600 * Decimal(2) + 400 * Decimal("0.10") + 10 * Decimal(10)) / 1_000_000
    assert price(MODELS["gemini-4-carbon"], cached, NOW) == expected


def test_what_is_not_known_is_none() -> None:
    sol = MODELS["gpt-6.2-sol"]
    uncached = replace(sol, tariffs=tuple(replace(tariff, cached=None) for tariff in sol.tariffs))
    assert price(uncached, Usage(input_tokens=1000, cached_tokens=400), NOW) is None
    assert price(sol, Usage(input_tokens=300_000), NOW) is None  # long-context price unverified
    assert price(sol, LARGE, datetime(2026, 11, 1, tzinfo=UTC)) is None  # before it existed
    assert price(resolve(load_catalogue(), "compatible:llava", TODAY), LARGE, NOW) is None
    assert price(MODELS["claude-haiku-5-5"], Usage(input_tokens=1, cached_tokens=5), NOW) is None


def test_the_reader_costs_nothing() -> None:
    assert price(MODELS["reader"], LARGE, NOW) == Decimal(0)


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        price(MODELS["gpt-5"], LARGE, datetime(2026, 11, 22))  # noqa: DTZ001


def test_the_price_package_waits_until_it_is_needed() -> None:
    code = "import sys, vision.models.prices; sys.exit('genai_prices' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("model", [m for m in load_catalogue().models.values() if m.level], ids=lambda model: model.id)
def test_whoever_stands_at_a_level_has_a_price_also_for_what_its_cache_holds(model: Model) -> None:
    """Or every follow-up at that level would be of unknown price."""
    usage = Usage(input_tokens=5000, cached_tokens=2000, cache_write_tokens=1000, output_tokens=100)
    found = price(model, usage, datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert found is not None
    assert found > 0
