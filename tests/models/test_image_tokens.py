"""The vendors' worked examples, to the token, and what must hold of every rule."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.models.image_tokens import (
    Family,
    Size,
    claude_size,
    claude_tokens,
    fit_edge,
    gemini_tile_tokens,
    image_tokens,
    openai_patch_size,
    openai_patch_tokens,
    openai_tile_size,
    openai_tile_tokens,
    reduced,
)

STANDARD = (1568, 1568)
HIGH = (2576, 4784)
MODELS = load_catalogue().models
sides = st.integers(1, 12_000)


@pytest.mark.parametrize(
    ("size", "tier", "expected", "tokens"),
    [
        ((1000, 1000), HIGH, (1000, 1000), 1296),
        ((1000, 1000), STANDARD, (1000, 1000), 1296),
        ((1920, 1080), HIGH, (1920, 1080), 2691),
        ((1920, 1080), STANDARD, (1456, 819), 1560),
        ((3840, 2160), HIGH, (2576, 1449), 4784),
        ((3840, 2160), STANDARD, (1456, 819), 1560),
        ((1075, 1520), STANDARD, (924, 1307), 1551),
        ((4032, 3024), HIGH, (2212, 1659), 4740),
    ],
)
def test_claude_examples(size: Size, tier: Size, expected: Size, tokens: int) -> None:
    assert claude_size(size, *tier) == expected
    assert claude_tokens(expected) == tokens


@pytest.mark.parametrize(
    ("size", "budget", "expected", "tokens"),
    [
        ((1024, 1024), 2500, (1024, 1024), 1229),
        ((2048, 2048), 2500, (1600, 1600), 3000),
        ((4096, 4096), 2500, (1600, 1600), 3000),
    ],
)
def test_openai_patch_examples(size: Size, budget: int, expected: Size, tokens: int) -> None:
    assert openai_patch_size(size, 2048, budget) == expected
    assert openai_patch_tokens(expected, Decimal("1.2")) == tokens


def test_openai_original_costs_fourteen_thousand_for_twelve_megapixels() -> None:
    # 126 x 95 patches; the page says "about 14,000".
    assert openai_patch_size((4032, 3024), 65_535, None) == (4032, 3024)
    assert openai_patch_tokens((4032, 3024), Decimal("1.2")) == 14_364


def test_openai_multiplier_is_not_a_float() -> None:
    # 1.1 x 10 is 11.000000000000002 in floats: a token too many.
    assert openai_patch_tokens((320, 32), Decimal("1.1")) == 11


@pytest.mark.parametrize(
    ("size", "expected", "tokens"),
    [((1024, 1024), (768, 768), 765), ((2048, 4096), (768, 1536), 1105), ((300, 200), (300, 200), 255)],
)
def test_openai_tile_examples(size: Size, expected: Size, tokens: int) -> None:
    assert openai_tile_size(size, 2048, 768) == expected
    assert openai_tile_tokens(expected, 85, 170) == tokens


def test_gemini_examples() -> None:
    assert gemini_tile_tokens((960, 540)) == 6 * 258
    assert gemini_tile_tokens((384, 384)) == 258
    assert gemini_tile_tokens((385, 384)) == 4 * 258
    rule = MODELS["gemini-3.8-flash"].image
    counts = [image_tokens(rule, rule.bounds(detail), (50, 9000)) for detail in Detail]
    assert counts == [280, 560, 1120]


@pytest.mark.parametrize("model", ["gpt-5", "gpt-4.1"])
def test_a_glance_at_a_tile_model_is_its_base(model: str) -> None:
    rule = MODELS[model].image
    assert image_tokens(rule, rule.glance, (512, 512)) == rule.base_tokens


def test_counts_are_about_where_no_page_confirms_them() -> None:
    about = {id for id, model in MODELS.items() if not model.image.exact}
    assert about == {
        "claude-haiku-5-5",
        "gpt-6-luna",
        "gpt-6.1-terra",
        "gpt-6.1-sol",
        "gpt-6.2-sol",
        "gpt-6.2-astra",
        "gemini-4-argon",
        "gemini-4-carbon",
        "gemini-4-hydrogen",
    }


@given(width=sides, height=sides, longest=sides)
def test_fitting_an_edge_never_enlarges(width: int, height: int, longest: int) -> None:
    size = fit_edge((width, height), longest)
    assert max(size) <= longest or size == (width, height)
    assert min(size) >= 1
    assert size[0] <= width
    assert size[1] <= height


@given(width=sides, height=sides, tier=st.sampled_from([STANDARD, HIGH, (1988, 4784), (784, 784)]))
def test_claude_size_is_the_largest_that_fits(width: int, height: int, tier: Size) -> None:
    edge, most = tier
    size = claude_size((width, height), edge, most)
    assert max(size) <= edge
    assert claude_tokens(size) <= most
    assert claude_size(size, edge, most) == size
    longest = max(size)
    if longest < max(width, height):
        scale = (longest + 1) / max(width, height)
        larger = tuple(
            longest + 1 if side == max(width, height) else max(1, round(side * scale)) for side in (width, height)
        )
        padded = -(-(longest + 1) // 28) * 28
        assert padded > edge or claude_tokens((larger[0], larger[1])) > most


@given(width=sides, height=sides)
def test_an_openai_server_has_nothing_left_to_reduce(width: int, height: int) -> None:
    size = openai_patch_size((width, height), 2048, 2500)
    assert openai_patch_size(size, 2048, 2500) == size


@given(width=sides, height=sides, id=st.sampled_from(sorted(MODELS)), detail=st.sampled_from(list(Detail)))
def test_every_rule_keeps_its_bounds(width: int, height: int, id: str, detail: Detail) -> None:
    rule = MODELS[id].image
    bounds = rule.bounds(detail)
    size = reduced(rule.family, bounds, (width, height))
    assert 1 <= size[0] <= width
    assert 1 <= size[1] <= height
    assert max(size) <= bounds.max_edge
    tokens = image_tokens(rule, bounds, size)
    assert (tokens == 0) == (rule.family is Family.NONE)


@given(width=sides, height=sides, id=st.sampled_from(sorted(MODELS)))
def test_more_detail_is_never_fewer_pixels(width: int, height: int, id: str) -> None:
    rule = MODELS[id].image
    longest = [max(reduced(rule.family, rule.bounds(detail), (width, height))) for detail in Detail]
    assert longest == sorted(longest)
