"""What one picture comes to at each family of models: the size it is reduced to, and its tokens.

Pure functions of sizes in upright pixels, each equal to the vendor's published rule and worked examples. No picture is
ever enlarged. Which model follows which rule, with which numbers, is data (catalog.toml).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from math import floor, sqrt

from vision.messages import Detail

Size = tuple[int, int]

CLAUDE_PATCH = 28
OPENAI_PATCH = 32
OPENAI_TILE = 512
GEMINI_TILE_TOKENS = 258
GEMINI_SMALL_EDGE = 384
# A product of floats such as 49.99999999 stands for the whole number beside it.
_EPSILON = 1e-7


class Family(StrEnum):
    """The ways in which a picture is counted."""

    CLAUDE = "claude"
    OPENAI_PATCH = "openai-patch"
    OPENAI_TILE = "openai-tile"
    GEMINI_BUDGET = "gemini-budget"
    GEMINI_TILE = "gemini-tile"
    ABOUT = "about"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one level of detail may use: pixels of the edges, patches of the family's own size, or a fixed count.

    ``word`` is the family's own name of the level, sent beside the picture (OpenAI ``detail``, Gemini
    ``media_resolution``).
    """

    max_edge: int
    max_patches: int | None = None
    short_edge: int | None = None
    tokens: int | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class ImageRule:
    """One family with its numbers. ``exact`` False means that counts are to be shown as "about"."""

    name: str
    family: Family
    glance: Bounds
    normal: Bounds
    fine: Bounds
    exact: bool = True
    multiplier: Decimal = Decimal(1)
    base_tokens: int = 0
    tile_tokens: int = 0

    def bounds(self, detail: Detail) -> Bounds:
        match detail:
            case Detail.GLANCE:
                return self.glance
            case Detail.NORMAL:
                return self.normal
            case Detail.FINE:
                return self.fine


def patches(size: Size, side: int) -> int:
    """How many squares of ``side`` pixels cover ``size``."""
    return -(-size[0] // side) * -(-size[1] // side)


def fit_edge(size: Size, max_edge: int) -> Size:
    """``size`` with its longest edge at most ``max_edge``, in proportion, the other edge rounded half to even."""
    longest = max(size)
    if longest <= max_edge:
        return size
    return _scaled(size, max_edge)


def claude_size(size: Size, max_edge: int, max_tokens: int) -> Size:
    """The size to which Claude reduces ``size``.

    The largest size of the same proportions whose sides, padded to 28 px, are within ``max_edge`` and whose tokens are
    within ``max_tokens`` (Anthropic vision-coordinates.md, checked 2026-11-22: 1075 x 1520 becomes 924 x 1307).
    """

    def fits(candidate: Size) -> bool:
        padded = -(-max(candidate) // CLAUDE_PATCH) * CLAUDE_PATCH
        return padded <= max_edge and claude_tokens(candidate) <= max_tokens

    if fits(size):
        return size
    low, high = 1, max(size)  # low fits, high does not
    while high - low > 1:
        middle = (low + high) // 2
        if fits(_scaled(size, middle)):
            low = middle
        else:
            high = middle
    return _scaled(size, low)


def claude_tokens(size: Size) -> int:
    """ceil(w/28) x ceil(h/28) (Anthropic vision.md, checked 2026-11-22)."""
    return patches(size, CLAUDE_PATCH)


def openai_patch_size(size: Size, max_edge: int, max_patches: int | None) -> Size:
    """The size to which an OpenAI patch model reduces ``size``.

    First the edge, then, above the patch budget, the scale at which one side is a whole number of 32 px patches
    (OpenAI images-vision guide, checked 2026-11-22: 2048 x 2048 at "high" becomes 1600 x 1600).
    """
    width, height = fit_edge(size, max_edge)
    if max_patches is None or patches((width, height), OPENAI_PATCH) <= max_patches:
        return width, height
    scale = sqrt(OPENAI_PATCH**2 * max_patches / (width * height))
    across, down = width * scale / OPENAI_PATCH, height * scale / OPENAI_PATCH
    # A strip too thin for one whole patch keeps that side as it is.
    scale *= min(floor(side + _EPSILON) / side for side in (across, down) if side >= 1)
    return max(1, floor(width * scale + _EPSILON)), max(1, floor(height * scale + _EPSILON))


def openai_patch_tokens(size: Size, multiplier: Decimal) -> int:
    """ceil(patches x multiplier) (OpenAI images-vision guide, checked 2026-11-22: 1024 x 1024 is 1229 at 1.2)."""
    return int((patches(size, OPENAI_PATCH) * multiplier).to_integral_value(ROUND_CEILING))


def openai_tile_size(size: Size, max_edge: int, short_edge: int) -> Size:
    """Within a square of ``max_edge``, then the shorter side at most ``short_edge`` (same source)."""
    width, height = fit_edge(size, max_edge)
    shorter = min(width, height)
    if shorter <= short_edge:
        return width, height
    if width <= height:
        return short_edge, max(1, round(height * short_edge / width))
    return max(1, round(width * short_edge / height)), short_edge


def openai_tile_tokens(size: Size, base_tokens: int, tile_tokens: int) -> int:
    """A base and so much for each tile of 512 px (same source)."""
    return base_tokens + tile_tokens * patches(size, OPENAI_TILE)


def gemini_tile_tokens(size: Size) -> int:
    """258 for a picture within 384 px, else 258 for each square of floor(shorter side / 1.5).

    Gemini 2.5 (Google image understanding guide, checked 2026-11-22: 960 x 540 is 6 tiles).
    """
    if max(size) <= GEMINI_SMALL_EDGE:
        return GEMINI_TILE_TOKENS
    unit = max(1, min(size) * 2 // 3)
    return GEMINI_TILE_TOKENS * patches(size, unit)


def reduced(family: Family, bounds: Bounds, size: Size) -> Size:
    """The upright size that is sent for a picture of ``size``: never larger, and what the model would keep of it."""
    if family is Family.CLAUDE and bounds.max_patches is not None:
        return claude_size(size, bounds.max_edge, bounds.max_patches)
    if family is Family.OPENAI_PATCH:
        return openai_patch_size(size, bounds.max_edge, bounds.max_patches)
    if family is Family.OPENAI_TILE and bounds.short_edge is not None:
        return openai_tile_size(size, bounds.max_edge, bounds.short_edge)
    return fit_edge(size, bounds.max_edge)


def image_tokens(rule: ImageRule, bounds: Bounds, size: Size) -> int:
    """The input tokens of a picture sent at ``size`` (as ``reduced`` gives it)."""
    if bounds.tokens is not None:
        return bounds.tokens
    match rule.family:
        case Family.CLAUDE | Family.ABOUT:
            return claude_tokens(size)
        case Family.OPENAI_PATCH:
            return openai_patch_tokens(size, rule.multiplier)
        case Family.OPENAI_TILE:
            return openai_tile_tokens(size, rule.base_tokens, rule.tile_tokens)
        case Family.GEMINI_TILE:
            return gemini_tile_tokens(size)
        case Family.GEMINI_BUDGET | Family.NONE:
            return 0


def _scaled(size: Size, longest: int) -> Size:
    width, height = size
    if width >= height:
        return longest, max(1, round(height * longest / width))
    return max(1, round(width * longest / height)), longest
