"""What a question will cost: counts to the token, prices by date and tier, and a bound nothing passes."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import TooLarge
from vision.messages import Detail, Usage
from vision.models.catalog import Model, load_catalogue, resolve
from vision.models.image_tokens import Size
from vision.models.prices import price
from vision.routing.estimating import FRAME_TOKENS, Before, Estimate, Shape, estimate, in_words, usd
from vision.routing.text_tokens import most_text_tokens, text_tokens

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CATALOGUE = load_catalogue()
MODELS = CATALOGUE.models
LOCAL = resolve(CATALOGUE, "compatible:llava", date(2026, 11, 22))
MILLION = Decimal(1_000_000)
QUESTION = ("Say only what the picture shows.", "What is the total?")
PHOTO = (4032, 3024)
SCHEMA = {"type": "object", "properties": {"total": {"type": "number", "description": "what was paid, “brutto”"}}}


def shape(*pictures: Size, detail: Detail = Detail.NORMAL, texts: tuple[str, ...] = QUESTION) -> Shape:
    return Shape(pictures or (PHOTO,), detail, texts)


@pytest.mark.parametrize(
    ("id", "detail", "size", "tokens"),
    [
        # providers.md 1a: the high-resolution tier is Fine print, the standard one Normal
        ("claude-sonnet-5-5", Detail.FINE, (1000, 1000), 1296),
        ("claude-sonnet-5-5", Detail.FINE, (1920, 1080), 2691),
        ("claude-sonnet-5-5", Detail.FINE, (3840, 2160), 4784),
        ("claude-sonnet-5-5", Detail.FINE, (4032, 3024), 4740),
        ("claude-opus-5-5", Detail.NORMAL, (1920, 1080), 1560),
        ("claude-haiku-4-5", Detail.FINE, (3840, 2160), 1560),
        ("claude-haiku-4-5", Detail.FINE, (1075, 1520), 1551),
        # 1b: patches times 1.2; tiles
        ("gpt-6.1-terra", Detail.NORMAL, (1024, 1024), 1229),
        ("gpt-6.1-terra", Detail.NORMAL, (2048, 2048), 3000),
        ("gpt-6-luna", Detail.NORMAL, (4096, 4096), 3000),
        ("gpt-4.1", Detail.NORMAL, (1024, 1024), 765),
        ("gpt-4.1", Detail.NORMAL, (2048, 4096), 1105),
        ("gpt-5", Detail.NORMAL, (1024, 1024), 70 + 4 * 140),
        ("gpt-5", Detail.GLANCE, (4032, 3024), 70),
        # 1c: a fixed budget; 2.5 by tiles
        ("gemini-3.8-flash", Detail.GLANCE, (50, 9000), 280),
        ("gemini-3.8-flash", Detail.NORMAL, (4032, 3024), 560),
        ("gemini-3.8-flash", Detail.FINE, (4032, 3024), 1120),
        ("gemini-2.5-flash", Detail.NORMAL, (960, 540), 6 * 258),
        ("gemini-2.5-flash", Detail.NORMAL, (384, 384), 258),
    ],
)
def test_pictures_are_counted_as_the_vendor_does(id: str, detail: Detail, size: Size, tokens: int) -> None:
    one = estimate(MODELS[id], shape(size, detail=detail), NOW)
    assert one.image_tokens == tokens
    assert one.exact_images == MODELS[id].image.exact
    three = estimate(MODELS[id], shape(size, size, size, detail=detail), NOW)
    assert three.image_tokens == 3 * tokens


def test_a_crowd_of_pictures_is_counted_at_the_size_it_is_sent() -> None:
    # above 20 pictures Claude takes no side above 2000 px
    few = estimate(MODELS["claude-sonnet-5-5"], shape(*[PHOTO] * 20, detail=Detail.FINE), NOW)
    many = estimate(MODELS["claude-sonnet-5-5"], shape(*[PHOTO] * 21, detail=Detail.FINE), NOW)
    assert few.image_tokens == 20 * 4740
    assert many.image_tokens < 21 * 4740


def test_the_range_is_the_price_list_times_the_tokens() -> None:
    found = estimate(MODELS["claude-haiku-4-5"], shape((1000, 1000)), NOW)
    words = sum(text_tokens(text) + FRAME_TOKENS for text in QUESTION)
    assert found.text_tokens == words
    tokens = 1296 + words
    # $1 in, $5 out; high: the cache is written at 1.25; this model does not think
    assert found.low == (tokens + 5 * Decimal(60)) / MILLION
    assert found.high == (tokens * Decimal("1.25") + 5 * Decimal(600)) / MILLION
    most = 1296 + sum(len(text.encode()) + 40 for text in QUESTION) + 40
    assert found.upper == (most * Decimal("1.25") + 5 * Decimal(2000)) / MILLION


def test_thinking_counts_in_the_long_answer_and_never_passes_the_cap() -> None:
    luna, plain = MODELS["gpt-6-luna"], replace(MODELS["gpt-6-luna"], thinks=False)
    assert estimate(luna, shape(), NOW) == estimate(plain, shape(), NOW)  # effort "none"
    keen = replace(luna, effort="high")
    found = estimate(keen, shape(), NOW)
    assert found.high is not None
    assert found.upper is not None
    assert found.high > (estimate(plain, shape(), NOW).high or 0)
    assert found.high <= found.upper


def test_a_schema_is_sent_too() -> None:
    plain, with_schema = shape(), replace(shape(), schema=SCHEMA)
    for id in ("claude-sonnet-5-5", "gpt-6.1-terra", "gemini-3.8-flash"):
        without, found = estimate(MODELS[id], plain, NOW), estimate(MODELS[id], with_schema, NOW)
        assert found.text_tokens > without.text_tokens + 20
        assert (found.upper or 0) > (without.upper or 0)


@pytest.mark.parametrize(
    ("id", "below", "above", "factor"),
    [("claude-haiku-5-5", 99_000, 101_000, 5), ("gpt-6-luna", 271_000, 273_000, 2)],
)
def test_a_long_context_has_its_own_price(id: str, below: int, above: int, factor: int) -> None:
    def input_price(tokens: int) -> Decimal:
        text = "word " * (tokens - FRAME_TOKENS)
        found = estimate(MODELS[id], Shape((), Detail.NORMAL, (text,), output_tokens=(0, 0)), NOW)
        assert found.text_tokens == tokens
        assert found.low is not None
        return found.low / tokens

    assert input_price(above) == factor * input_price(below)


def test_the_bound_may_reach_the_dearer_tier_before_the_estimate_does() -> None:
    found = estimate(MODELS["claude-haiku-5-5"], Shape((), Detail.NORMAL, ("word " * 50_000,)), NOW)
    assert found.high is not None
    assert found.upper is not None
    assert found.upper > 20 * found.high  # 250,000 bytes: five times the tokens at five times the price


def test_prices_follow_the_date() -> None:
    model = MODELS["gemini-3.8-flash"]
    now, later = (estimate(model, shape(), at) for at in (NOW, datetime(2027, 1, 2, tzinfo=UTC)))
    assert later.low == 2 * (now.low or 0)
    assert later.upper == 2 * (now.upper or 0)


def test_unknown_is_none_and_free_is_the_reader_alone() -> None:
    local = estimate(LOCAL, shape(), NOW)
    assert (local.low, local.high, local.upper, local.middle) == (None, None, None, None)
    assert local.image_tokens > 0
    assert not local.exact_images
    reader = estimate(MODELS["reader"], shape(), NOW)
    assert (reader.low, reader.high, reader.upper) == (Decimal(0), Decimal(0), Decimal(0))
    assert reader.image_tokens == 0
    # above 272,000 tokens nobody says what gpt-6.2-sol costs: the range is known, the bound is not
    sol = estimate(MODELS["gpt-6.2-sol"], Shape((), Detail.NORMAL, ("word " * 60_000,)), NOW)
    assert sol.high is not None
    assert sol.upper is None


def test_too_many_pictures_have_no_price() -> None:
    with pytest.raises(TooLarge, match="at most 20 pictures"):
        estimate(LOCAL, shape(*[(10, 10)] * 21), NOW)


def test_a_follow_up_may_be_cheaper_and_need_not_be() -> None:
    model = MODELS["claude-sonnet-5-5"]
    fresh = shape(detail=Detail.FINE)
    again = replace(fresh, before=Before("anthropic", "claude-sonnet-5-5", pictures=1, texts=1))
    first, second = estimate(model, fresh, NOW), estimate(model, again, NOW)
    known = 4740 + text_tokens(QUESTION[0]) + FRAME_TOKENS
    assert first.low is not None
    assert second.low == first.low - known * (Decimal(2) - Decimal("0.10")) / MILLION
    assert (second.high, second.upper) == (first.high, first.upper)


def test_thinking_that_is_sent_back_is_within_the_bound_of_its_own_model() -> None:
    again = replace(shape(), replayed={("anthropic", "claude-haiku-4-5"): 2000})
    for id, more in (("claude-haiku-4-5", 2000 * Decimal("1.25") / MILLION), ("claude-sonnet-5-5", Decimal(0))):
        plain, found = estimate(MODELS[id], shape(), NOW), estimate(MODELS[id], again, NOW)
        assert found.upper == (plain.upper or 0) + more
        assert (found.low, found.high) == (plain.low, plain.high)


def test_nothing_is_saved_where_the_price_of_a_cached_token_is_not_known() -> None:
    sol = MODELS["gpt-6.2-sol"]
    unknown = replace(sol, tariffs=tuple(replace(tariff, cached=None) for tariff in sol.tariffs))
    before = Before("openai", "gpt-6.2-sol", 1, 1)
    assert estimate(unknown, replace(shape(), before=before), NOW) == estimate(unknown, shape(), NOW)


@pytest.mark.parametrize(
    ("id", "before"),
    [
        ("claude-sonnet-5-5", Before("anthropic", "claude-opus-5-5", 1, 1)),  # another model's cache
        ("gemini-3.8-flash", Before("gemini", "gemini-3.8-flash", 1, 1)),  # 560 tokens: below 4,096
    ],
)
def test_where_nothing_is_saved(id: str, before: Before) -> None:
    found = estimate(MODELS[id], replace(shape(), before=before), NOW)
    assert found == estimate(MODELS[id], shape(), NOW)
    assert found.low is not None


sizes = st.tuples(st.integers(1, 9000), st.integers(1, 9000))
shapes = st.builds(
    Shape,
    pictures=st.lists(sizes, max_size=4).map(tuple),
    detail=st.sampled_from(list(Detail)),
    texts=st.lists(st.text(max_size=300), max_size=4).map(tuple),
    schema=st.sampled_from([None, SCHEMA]),
    output_tokens=st.sampled_from([(60, 600), (0, 0), (10, 100_000)]),
)
priced = st.sampled_from([model for model in MODELS.values() if model.provider != "reader"])


@given(model=priced, asked=shapes)
def test_low_high_and_upper_are_in_order(model: Model, asked: Shape) -> None:
    if asked.pictures:
        before = Before(model.provider, model.id, 1, len(asked.texts))
        asked = replace(asked, before=before)
    found = estimate(model, asked, NOW)
    assert found.low is not None
    assert found.high is not None
    assert found.upper is not None
    assert 0 <= found.low <= found.high <= found.upper
    assert found.low <= (found.middle or 0) <= found.high


@given(model=priced, asked=shapes, shares=st.tuples(*[st.floats(0, 1)] * 4))
def test_nothing_that_can_be_billed_is_above_upper(
    model: Model, asked: Shape, shares: tuple[float, float, float, float]
) -> None:
    """Any tokenizer, any part of the prompt read from or written to the cache, any length of answer."""
    found = estimate(model, asked, NOW)
    words = sum(map(most_text_tokens, asked.texts))
    pictures = found.image_tokens * (1 if model.image.exact else 2)
    tokens = math.floor(shares[0] * (words + pictures))
    cached = math.floor(shares[1] * tokens)
    written = math.floor(shares[2] * (tokens - cached))
    billed = price(model, Usage(tokens, cached, written, math.floor(shares[3] * model.max_output_tokens)), NOW)
    assert found.upper is not None
    assert billed is None or billed <= found.upper


def test_a_count_that_no_page_confirms_has_a_margin() -> None:
    argon, flash = MODELS["gemini-4-argon"], MODELS["gemini-3.8-flash"]
    wide = estimate(argon, shape(detail=Detail.GLANCE), NOW)
    certain = replace(argon, image=flash.image)
    sharp = estimate(certain, shape(detail=Detail.GLANCE), NOW)
    assert wide.image_tokens == sharp.image_tokens == 280
    # $2 for a million: as if the word "low" were ignored and the largest budget, 2,240 tokens, were taken
    assert (wide.upper or 0) - (sharp.upper or 0) >= (2240 - 280) * Decimal(2) / MILLION


@given(text=st.text(max_size=500))
def test_text_is_never_more_tokens_than_bytes(text: str) -> None:
    assert 0 <= text_tokens(text) <= most_text_tokens(text)
    assert most_text_tokens(text) >= len(text.encode())


@given(one=st.text(max_size=200), other=st.text(max_size=200))
def test_more_text_is_not_fewer_tokens(one: str, other: str) -> None:
    assert text_tokens(one + "\n" + other) >= max(text_tokens(one), text_tokens(other))


def test_a_sign_that_is_taken_apart_is_bounded_by_its_parts() -> None:
    sign = "\ufdfa"  # one sign, 18 letters once it is normalised
    assert most_text_tokens(sign) == 33


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        ("What is the total?", 5, 7),
        ("Wie viel kostet die Übernachtung mit Frühstück?", 9, 15),
        ("这张收据的总金额是多少？", 9, 13),
        ("Сколько стоит билет?", 4, 8),
        ("1234567890", 4, 10),
        ("🧾", 1, 4),
    ],
)
def test_text_is_counted_by_its_script(text: str, low: int, high: int) -> None:
    assert low <= text_tokens(text) <= high


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("0.0004", "0.0021", "about $0.00040 to $0.0021"),
        ("0.00001", "0.0021", "up to about $0.0021"),
        ("0.00001", "0.00002", "under $0.0001"),
        ("0.0123", "0.01231", "about $0.0123"),
        ("0.0123", "1.5", "about $0.0123 to $1.50"),
        ("0", "0", "free"),
        (None, None, "price unknown"),
    ],
)
def test_a_range_in_words(low: str | None, high: str | None, words: str) -> None:
    def money(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    assert in_words(Estimate(1, 1, True, money(low), money(high), money(high))) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "price unknown"),
        ("0", "$0"),
        ("0.00000075", "under $0.0001"),
        ("0.0000999", "under $0.0001"),
        ("0.000123", "$0.00012"),
        ("0.0045678", "$0.0046"),
        ("0.01", "$0.0100"),
        ("0.0123456", "$0.0123"),
        ("1.5", "$1.50"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_no_price_looks_like_nothing(amount: str | None, words: str) -> None:
    assert usd(None if amount is None else Decimal(amount)) == words
