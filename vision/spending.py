"""What the Costs page shows, worked out from the sums of each day, and what a person types as a cap. Pure.

US dollars, Decimal. What is not known is counted and bounded, never taken for nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from vision.errors import SettingsError
from vision.messages import Usage
from vision.models.catalog import Catalogue, Model
from vision.models.prices import price
from vision.store.money_records import SpendRow

Period = Literal["today", "week", "days", "month", "all"]
PERIODS: Mapping[Period, str] = MappingProxyType(
    {"today": "Today", "week": "7 days", "days": "30 days", "month": "This month", "all": "All"}
)
JOBS: Mapping[str, str] = MappingProxyType(
    {"chat": "Talk", "compare": "Compare", "batch": "Batch", "extract": "Extract"}
)
DAYS_SHOWN = 62  # more days than this are shown as months
# Levels that are chosen to pay less than Best: an exact model is not.
CHEAP = frozenset({"quick", "balanced", "auto"})
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over everything shown; ``money_records.SpendRow`` says what each is. ``free`` counts those of ``unknown``
    that nobody can have billed: their upper price is 0."""

    attempts: int
    failures: int
    unknown: int
    free: int
    boundless: int
    cost: Decimal
    reserved: Decimal
    unknown_upper: Decimal
    failed_cost: Decimal
    failed_upper: Decimal
    estimated: Decimal
    billed: Decimal
    cached_saving: Decimal

    @property
    def ratio(self) -> Decimal | None:
        """Billed for each dollar of the estimate; None where nothing was estimated."""
        return self.billed / self.estimated if self.estimated else None


@dataclass(frozen=True, slots=True)
class Part:
    """One provider, model or job. ``share`` of the whole cost, 0 to 1."""

    name: str
    cost: Decimal
    attempts: int
    unknown: int
    share: float


@dataclass(frozen=True, slots=True)
class Span:
    """One day, or one month of a long period, which ``since`` begins. ``costs`` by provider, those that were asked."""

    since: date
    label: str
    costs: Mapping[str, Decimal]

    @property
    def cost(self) -> Decimal:
        return sum(self.costs.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Overview:
    """``spans`` oldest first, without gaps; the parts dearest first. ``saved_by_levels`` None: no cheap level was
    asked, or Best has no price to hold against it."""

    total: Total
    spans: tuple[Span, ...]
    by: Literal["day", "month"]
    providers: tuple[Part, ...]
    models: tuple[Part, ...]
    jobs: tuple[Part, ...]
    saved_by_levels: Decimal | None


def days_of(period: Period, today: date) -> tuple[date, date]:
    """The first and the last day of a period that ends today."""
    since = {
        "today": today,
        "week": today - timedelta(days=6),
        "days": today - timedelta(days=29),
        "month": today.replace(day=1),
        "all": date.min,
    }
    return since[period], today


def overview(rows: Sequence[SpendRow], catalogue: Catalogue, since: date, until: date) -> Overview:
    """All of the page, of ``rows`` from ``since`` to ``until``, both included."""
    total = _total(rows)
    first = max(since, min((row.day for row in rows), default=until)) if since == date.min else since
    by: Literal["day", "month"] = "day" if (until - first).days < DAYS_SHOWN else "month"
    return Overview(
        total=total,
        spans=_spans(rows, catalogue, first, until, by),
        by=by,
        providers=_parts(rows, total.cost, lambda row: _provider(catalogue, row)),
        models=_parts(rows, total.cost, lambda row: _model(catalogue, row)),
        jobs=_parts(rows, total.cost, lambda row: JOBS.get(row.job, row.job)),
        saved_by_levels=saved_by_levels(rows, catalogue),
    )


def saved_by_levels(rows: Sequence[SpendRow], catalogue: Catalogue) -> Decimal | None:
    """What the same tokens would have cost more at Best of the same provider, about: writing to a cache is left out,
    and the requests of a row are taken to be of one size. Below 0 where Best would have been cheaper."""
    found = [saving for row in rows if (saving := _saving(row, catalogue)) is not None]
    return sum(found, Decimal(0)) if found else None


def cap_of(text: str) -> Decimal | None:
    """What was typed as a cap, in US dollars; None: empty, so no cap. Raises SettingsError with what is wrong."""
    said = text.strip().removeprefix("$").strip()
    if not said:
        return None
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", said):
        plain = said.replace(",", "")
        raise SettingsError(f"{said} can be read in two ways: write {plain}, or {said.replace(',', '.', 1)}.")
    if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{0,6})?|[.,][0-9]{1,6}", said):
        raise SettingsError("Write an amount in US dollars below a million, such as 0.50, or nothing for no cap.")
    return Decimal(said.replace(",", "."))


def _total(rows: Sequence[SpendRow]) -> Total:
    def amount(name: str) -> Decimal:
        return sum((getattr(row, name) for row in rows), Decimal(0))

    def count(name: str) -> int:
        return sum(getattr(row, name) for row in rows)

    return Total(
        attempts=count("attempts"),
        failures=count("failures"),
        unknown=count("unknown"),
        free=sum(row.unknown for row in rows if not row.unknown_upper and not row.boundless),
        boundless=count("boundless"),
        cost=amount("cost"),
        reserved=amount("reserved"),
        unknown_upper=amount("unknown_upper"),
        failed_cost=amount("failed_cost"),
        failed_upper=amount("failed_upper"),
        estimated=amount("estimated"),
        billed=amount("billed_with_estimate"),
        cached_saving=amount("cached_saving"),
    )


def _parts(rows: Sequence[SpendRow], whole: Decimal, name: Callable[[SpendRow], str]) -> tuple[Part, ...]:
    groups: dict[str, list[SpendRow]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(row)
    parts = []
    for label, group in groups.items():
        found = _total(group)
        share = float(found.cost / whole) if whole else 0.0
        parts.append(Part(label, found.cost, found.attempts, found.unknown - found.free, share))
    return tuple(sorted(parts, key=lambda part: (-part.cost, -part.attempts, part.name)))


def _spans(
    rows: Sequence[SpendRow], catalogue: Catalogue, since: date, until: date, by: Literal["day", "month"]
) -> tuple[Span, ...]:
    costs: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        start = row.day if by == "day" else row.day.replace(day=1)
        provider = _provider(catalogue, row)
        costs[start][provider] = costs[start].get(provider, Decimal(0)) + row.cost
    return tuple(Span(start, _label(start, by), costs.get(start, {})) for start in _starts(since, until, by))


def _starts(since: date, until: date, by: Literal["day", "month"]) -> list[date]:
    if by == "day":
        return [since + timedelta(days=number) for number in range((until - since).days + 1)]
    months = range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _label(start: date, by: Literal["day", "month"]) -> str:
    return f"{start.day} {start:%b}" if by == "day" else f"{start:%b %Y}"


def _provider(catalogue: Catalogue, row: SpendRow) -> str:
    return catalogue.labels.get(row.provider, row.provider)


def _model(catalogue: Catalogue, row: SpendRow) -> str:
    known = catalogue.models.get(row.model)
    return known.label if known is not None and known.provider == row.provider else row.model


def _saving(row: SpendRow, catalogue: Catalogue) -> Decimal | None:
    best = _best(row, catalogue) if row.level in CHEAP and row.cost else None
    if best is None or best.id == row.model:
        return None
    # Priced as requests of the usual size, each for itself: a long-context price would not hold for them together.
    count = max(row.attempts - row.failures, 1)
    usage = Usage(row.input_tokens // count, row.cached_tokens // count, 0, row.output_tokens // count)
    each = price(best, usage, datetime.combine(row.day, NOON))
    return None if each is None else each * count - row.cost


def _best(row: SpendRow, catalogue: Catalogue) -> Model | None:
    best = catalogue.at(row.provider, "best")
    ending = catalogue.usable(best, row.day) if best else None
    return ending.successor if ending else best
