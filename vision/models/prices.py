"""What an answer cost, in US dollars: genai-prices by date, and the catalogue's own tariffs for models it lacks.

None means that the price is unknown. It is never 0 but for the on-device reader, which costs nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from vision.messages import Usage
from vision.models.catalog import READER, Model, Tariff

# Our provider names in the words of genai-prices. A compatible address is not here: its prices are its owner's affair.
_PROVIDER_IDS = {"anthropic": "anthropic", "openai": "openai", "gemini": "google"}
_MILLION = Decimal(1_000_000)


def price(model: Model, usage: Usage, at: datetime) -> Decimal | None:
    """US dollars for ``usage`` of ``model`` at the moment ``at`` (with a time zone), or None when not known.

    Standard tier, prices of that day (a stored answer keeps its price when the vendor's changes). The catalogue's
    tariff wins over genai-prices. Raises ValueError for a moment without a time zone.
    """
    if at.tzinfo is None:
        raise ValueError("the moment of a price needs a time zone")
    if model.provider == READER:
        return Decimal(0)
    if model.tariffs:
        return _by_tariff(model.tariffs, usage, at)
    return _by_package(model, usage, at)


def _by_tariff(tariffs: tuple[Tariff, ...], usage: Usage, at: datetime) -> Decimal | None:
    day = at.astimezone(UTC).date()
    tariff = next((tariff for tariff in reversed(tariffs) if tariff.since <= day), None)
    if tariff is None or (tariff.max_input_tokens is not None and usage.input_tokens > tariff.max_input_tokens):
        return None
    plain = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
    parts = (
        (plain, tariff.input),
        (usage.cached_tokens, tariff.cached),
        (usage.cache_write_tokens, tariff.cache_write),
        (usage.output_tokens, tariff.output),
    )
    total = Decimal(0)
    for tokens, rate in parts:
        if tokens < 0 or (tokens and rate is None):
            return None
        total += tokens * (rate or Decimal(0)) / _MILLION
    return total


def _by_package(model: Model, usage: Usage, at: datetime) -> Decimal | None:
    provider = _PROVIDER_IDS.get(model.provider)
    if provider is None:
        return None
    # Imported here: it takes 0.18 s and 35 MB, which the first page must not wait for.
    import genai_prices  # noqa: PLC0415

    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        found = genai_prices.calc_price(counted, model.id, provider_id=provider, genai_request_timestamp=at)
    except (LookupError, ValueError):  # a model it does not know; parts that are more than the whole
        return None
    return found.total_price
