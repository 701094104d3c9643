"""What a question will cost, before it is asked: a range to show, and the most that can be billed, for the caps.

Image tokens follow the vendors' published rules (``vision.models.image_tokens``), text is estimated, prices are those
of the day with their long-context tiers (``vision.models.prices``). US dollars; None is unknown, never 0.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from vision.images.preparing import ImageLimits, image_limits
from vision.messages import Detail, Json, Usage
from vision.models.catalog import READER, Model
from vision.models.image_tokens import Family, Size, image_tokens
from vision.models.prices import price
from vision.routing.text_tokens import most_text_tokens, text_tokens

# Tokens of an expected answer. Short: a value or a sentence. Long: a full description, four or five paragraphs. Our own
# choice, to be held against "estimated and billed" on the Costs page.
SHORT_AND_LONG = (60, 600)
# Tokens of thinking that a long answer may take, by the word of effort; ours, for no vendor states any.
THINKING = {"none": 0, "minimal": 0, "low": 300, "medium": 1200, "high": 4000}
THINKING_UNSAID = 1200  # a model that thinks and is sent no word uses its default, which is medium at most of them
# An answer's least room: a value with a sentence; for who thinks in it a thousand, below which thinking may use up all
# of it (the providers' notes on small caps, 2026-11-22).
LEAST_OUTPUT, LEAST_THOUGHT_OUT = 200, 1000
# What a provider adds around each text and picture (roles, turn ends), and once for a schema (the instruction to keep
# to it). None states it: our own allowances, for the estimate and for the bound.
FRAME_TOKENS, FRAME_MOST = 5, 40
SCHEMA_TOKENS, SCHEMA_MOST = 60, 1500
# Where a count is "about" (``ImageRule.exact`` False), at most this many times the count of the rule: published
# multipliers of OpenAI's patch models go from 1.2 to 2.46 (images-vision guide, 2026-11-22), and Gemini's largest
# budget, 2240, is twice that of Fine print.
ABOUT_MOST = Decimal("2.1")
# Providers that bill for writing their cache, and how much more than plain input where the price list does not say
# (5 minutes at Claude, 30 at OpenAI from 5.6 on: both 1.25, vendors' caching guides, 2026-11-22).
WRITES_ARE_BILLED = frozenset({"anthropic", "openai"})
WRITE_SURCHARGE = Decimal("1.25")
# The least prefix that is read from a cache, in tokens, at the provider's current models (the same guides).
CACHED_FROM = {"anthropic": 512, "openai": 1024, "gemini": 4096}

_LEAST = Decimal("0.0001")  # US dollars; below it a price is only said to be under it


@dataclass(frozen=True, slots=True)
class Before:
    """What the request begins with that this very model was sent a short while ago: the first so many ``pictures`` and
    ``texts`` of the ``Shape``, which it may read from its cache. ``provider`` and ``model`` are catalogue ids."""

    provider: str
    model: str
    pictures: int
    texts: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A request before it is built: everything a price depends on, no bytes.

    ``pictures`` are the upright original sizes, in pixels, of every picture that will be sent, those of earlier turns
    included; ``texts`` everything that is sent as text (system prompt, history, question, in this order). ``replayed``
    are the most tokens of earlier answers' own items (thinking above all), by (provider, model): they go back to that
    model alone and may be billed as input. ``in_reach`` counts pictures that are not sent but that the
    on-device reader can look at. ``output_tokens`` is a short and a long expected answer.
    """

    pictures: tuple[Size, ...]
    detail: Detail
    texts: tuple[str, ...]
    schema: Json | None = None
    before: Before | None = None
    in_reach: int = 0
    replayed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    output_tokens: tuple[int, int] = SHORT_AND_LONG


@dataclass(frozen=True, slots=True)
class Estimate:
    """``low`` to ``high`` is the range to show, ``upper`` the most that can be billed: upper >= high >= low.

    ``exact_images`` False: ``image_tokens`` is to be shown as "about". All three prices are 0 for the on-device reader
    alone; None is unknown.
    """

    image_tokens: int
    text_tokens: int
    exact_images: bool
    low: Decimal | None
    high: Decimal | None
    upper: Decimal | None

    @property
    def middle(self) -> Decimal | None:
        """Half way from ``low`` to ``high``: what candidates are ordered by."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


def estimate(model: Model, shape: Shape, at: datetime, output_cap: int | None = None) -> Estimate:
    """What ``shape`` costs at ``model`` at the moment ``at`` (with a time zone), whose answer may have ``output_cap``
    tokens (None: the model's own cap).

    Low: a short answer, the known beginning read from the cache. High: a long one with its thinking, nothing read from
    the cache, the cache written where that is billed. Upper: as many tokens as the text has bytes, "about" pictures at
    their worst, and the whole output cap. Raises TooLarge when ``model`` takes fewer pictures.
    """
    limits = image_limits(model, shape.detail, max(1, len(shape.pictures)))
    pictures = [limits.tokens(size) for size in shape.pictures]
    texts = [text_tokens(text) + FRAME_TOKENS for text in shape.texts]
    extra = _schema_tokens(shape.schema)
    images, words = sum(pictures), sum(texts) + extra
    if model.provider == READER:
        return Estimate(0, words, True, Decimal(0), Decimal(0), Decimal(0))
    most = model.max_output_tokens if output_cap is None else output_cap
    short, long = (min(tokens, most) for tokens in shape.output_tokens)
    known = _known_beginning(model, shape.before, pictures, texts)
    low = price(model, Usage(input_tokens=images + words, cached_tokens=known, output_tokens=short), at)
    if low is None and known:  # the price of a cached token is not known
        low = price(model, Usage(input_tokens=images + words, output_tokens=short), at)
    thinking = _thinking(model)
    high = _dearest(model, images + words, min(long + thinking, most), at)
    upper = _dearest(model, _most_input(model, shape, limits), most, at)
    if low is None or high is None:
        low = high = None
    return Estimate(images, words, model.image.exact, low, high, upper)


def affordable_output(model: Model, shape: Shape, at: datetime, left: Decimal) -> int | None:
    """How many tokens of answer to allow when ``left`` US dollars are too few for the model's own cap: half of what
    they leave room for beside the input, but what a long answer needs, so that something is left for another try and
    for other questions. None: too few for an answer, or the price is not known."""
    limits = image_limits(model, shape.detail, max(1, len(shape.pictures)))
    tokens = _most_input(model, shape, limits)
    without, whole = (_dearest(model, tokens, output, at) for output in (0, model.max_output_tokens))
    if without is None or whole is None or left <= without:
        return None
    room = int((left - without) / (whole - without) * model.max_output_tokens) if whole > without else None
    affordable = model.max_output_tokens if room is None else min(room, model.max_output_tokens)
    least = LEAST_THOUGHT_OUT if model.thinks else LEAST_OUTPUT
    if affordable < least:
        return None
    needed = max(least, max(shape.output_tokens) + _thinking(model))
    return min(affordable, max(needed, affordable // 2))


def in_words(found: Estimate) -> str:
    """ "about $0.0004 to $0.0021", "free", "price unknown"."""
    if found.low is None or found.high is None:
        return "price unknown"
    if found.high == 0:
        return "free"
    low, high = usd(found.low), usd(found.high)
    if found.low < _LEAST:
        return high if found.high < _LEAST else f"up to about {high}"
    return f"about {high}" if low == high else f"about {low} to {high}"


def usd(amount: Decimal | None) -> str:
    """US dollars in words; never a price that looks like nothing: below a cent, two digits that say something."""
    if amount is None:
        return "price unknown"
    if not amount:
        return "$0"
    if amount < _LEAST:
        return f"under ${_LEAST}"
    if amount < Decimal("0.01"):
        return f"${amount:.{1 - amount.adjusted()}f}"
    return f"${amount:.4f}" if amount < 1 else f"${amount:,.2f}"


def _dearest(model: Model, tokens: int, output: int, at: datetime) -> Decimal | None:
    """So many tokens of input with nothing read from a cache, or all of it written to one, whichever costs more."""
    plain = price(model, Usage(input_tokens=tokens, output_tokens=output), at)
    if plain is None or model.provider not in WRITES_ARE_BILLED:
        return plain
    written = price(model, Usage(input_tokens=tokens, cache_write_tokens=tokens, output_tokens=output), at)
    if written is None:
        answer = price(model, Usage(output_tokens=output), at) or Decimal(0)
        written = answer + (plain - answer) * WRITE_SURCHARGE
    return max(plain, written)


def _known_beginning(model: Model, before: Before | None, pictures: list[int], texts: list[int]) -> int:
    if before is None or (before.provider, before.model) != (model.provider, model.id):
        return 0
    tokens = sum(pictures[: before.pictures]) + sum(texts[: before.texts])
    return tokens if tokens >= CACHED_FROM.get(model.provider, 0) else 0


def _schema_tokens(schema: Json | None) -> int:
    return 0 if schema is None else text_tokens(_as_text(schema)) + SCHEMA_TOKENS


def _as_text(schema: Json) -> str:
    return json.dumps(schema, ensure_ascii=False, default=dict)


def _thinking(model: Model) -> int:
    if not model.thinks:
        return 0
    return THINKING_UNSAID if model.effort is None else THINKING.get(model.effort, THINKING["high"])


def _most_input(model: Model, shape: Shape, limits: ImageLimits) -> int:
    words = sum(most_text_tokens(text) + FRAME_MOST for text in shape.texts)
    if shape.schema is not None:
        words += most_text_tokens(_as_text(shape.schema)) + SCHEMA_MOST
    words += shape.replayed.get((model.provider, model.id), 0)
    pictures = sum(_most_image_tokens(model, limits, size) for size in shape.pictures)
    return words + pictures + FRAME_MOST * len(shape.pictures)


def _most_image_tokens(model: Model, limits: ImageLimits, size: Size) -> int:
    if model.image.exact:
        return limits.tokens(size)
    bounds = limits.bounds
    if (
        model.image.family is Family.GEMINI_BUDGET
    ):  # the word may be ignored: then the default holds, that of Fine print
        bounds = model.image.bounds(Detail.FINE)
    return math.ceil(max(limits.tokens(size), image_tokens(model.image, bounds, limits.size(size))) * ABOUT_MOST)
