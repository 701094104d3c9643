"""The sentences of the Costs page. US dollars; the page says so once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from vision.routing.candidates import day_words
from vision.routing.estimating import usd
from vision.spending import Overview, Part, Total
from vision.store.caps import dollars
from vision.store.money_records import Preferences


@dataclass(frozen=True, slots=True)
class Card:
    """One figure with its name and the sentence that explains it."""

    name: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CapLeft:
    """A cap in words. ``share`` of it that is gone, 0 to 1; None: it begins anew with every question or run."""

    name: str
    sentence: str
    share: float | None = None


def cards(found: Overview) -> tuple[Card, ...]:
    """The figures of a period, the one that matters most first; unknown prices only where there are any."""
    total = found.total
    drawn = [_spent(total)]
    if total.unknown > total.free:
        drawn.append(Card("Price unknown", _times(total.unknown - total.free, "attempt"), unknown_words(total)))
    drawn += [_estimate(total), _failures(total), _caching(total), _levels(found.saved_by_levels)]
    return tuple(drawn)


def unknown_words(total: Total) -> str:
    """Of attempts whose price is not known; "" where there are none."""
    count = total.unknown - total.free
    if not count:
        return ""
    # A place in the sums without an upper price can be one under way, so it is not said of how many.
    most = f"At most {usd(total.unknown_upper)} beyond what is known to be spent." if total.unknown_upper else ""
    if total.boundless:
        rest = "Of some, not even the most they can have cost is known." if most else "How much is not known at all."
        most = f"{most} {rest}".strip()
    return f"{most} The provider did not say what it counted, or has no known price."


def spans_alt(found: Overview) -> str:
    """What the chart shows, for whoever cannot see it."""
    dearest = max(found.spans, key=lambda span: span.cost)
    when = day_words(dearest.since) if found.by == "day" else dearest.label
    return (
        f"Bars of what was spent by {found.by} and provider, {found.spans[0].label} to {found.spans[-1].label}: "
        f"{usd(found.total.cost)} in all, most on {when} ({usd(dearest.cost)}). The table below has the same figures."
    )


def part_rows(parts: Sequence[Part], title: str) -> list[dict[str, str]]:
    """The lines of a table, as texts; a column of unknown prices only where there are any."""
    doubtful = any(part.unknown for part in parts)
    return [
        {
            title: part.name,
            "Spent": usd(part.cost) if part.cost or not part.unknown else "unknown",
            "Share": _percent(part.share) if part.cost else "–",
            "Attempts": f"{part.attempts:,}",
            **({"Price unknown": f"{part.unknown:,}"} if doubtful else {}),
        }
        for part in parts
    ]


def span_rows(found: Overview) -> list[dict[str, str]]:
    """The chart as a table, newest first: the days on which somebody was asked."""
    names = [part.name for part in found.providers]
    rows = []
    for span in reversed(found.spans):
        if span.costs:
            when = {found.by.title(): day_words(span.since) if found.by == "day" else span.label}
            whole = {"Together": usd(span.cost)} if len(names) > 1 else {}
            rows.append({**when, **{name: usd(span.costs.get(name, Decimal(0))) for name in names}, **whole})
    return rows


def caps_left(
    preferences: Preferences,
    day_left: Decimal | None,
    installation: Decimal | None,
    installation_left: Decimal | None,
) -> tuple[CapLeft, ...]:
    """Every cap in force, with what the ledger says may still be reserved today."""
    found = []
    if preferences.question_cap is not None:
        found.append(CapLeft("A question", f"{dollars(preferences.question_cap)} at most, each time"))
    if preferences.run_cap is not None:
        found.append(CapLeft("A batch run", f"{dollars(preferences.run_cap)} at most, each time"))
    if preferences.day_cap is not None and day_left is not None:
        found.append(_of_today("Your day", preferences.day_cap, day_left))
    if installation is not None and installation_left is not None:
        found.append(_of_today("Everybody here, a day", installation, installation_left))
    return tuple(found)


def _of_today(name: str, cap: Decimal, left: Decimal) -> CapLeft:
    share = float((cap - left) / cap) if cap else 1.0
    if left:
        whole = left.quantize(Decimal("0.0001"), ROUND_FLOOR)  # what is gone is never said to be left
        said = dollars(whole) if whole else usd(left)
        return CapLeft(name, f"{said} of {dollars(cap)} left today", share)
    return CapLeft(name, f"Nothing of {dollars(cap)} left today: only what costs nothing is asked", share)


def _spent(total: Total) -> Card:
    asked = f"For {_times(total.attempts, 'attempt')}: a question takes one, and one more each time it is tried again."
    under_way = f" Up to {usd(total.reserved)} more is set aside for what is under way." if total.reserved else ""
    least = "at least " if total.unknown > total.free else ""
    return Card("Spent", f"{least}{usd(total.cost)}", asked + under_way)


def _estimate(total: Total) -> Card:
    if total.ratio is None:
        return Card("Estimate and bill", "–", "Nothing with both an estimate and a known price yet.")
    off = round(float(total.ratio - 1) * 100)
    value = f"{abs(off):,} % {'above' if off > 0 else 'below'}" if off else "as expected"
    billed, expected = usd(total.billed), usd(total.estimated)
    ratio = f"{total.ratio:,.2f} to 1"
    return Card(
        "Estimate and bill",
        value,
        f"{billed} was billed where {expected} was expected ({ratio}), counting attempts that have both.",
    )


def _failures(total: Total) -> Card:
    if not total.failures:
        return Card("Failed", "0", "Every attempt came to an answer.")
    share = _percent(total.failures / total.attempts)
    cost, most = total.failed_cost, total.failed_upper
    nothing = "What they cost is not known" if total.boundless else "They cost nothing"
    said = f"They cost {usd(cost)}" if cost else "" if most else nothing
    more = (
        f"{', and up' if said else 'Up'} to {usd(most)} may have been billed for those that broke off" if most else ""
    )
    return Card("Failed", f"{total.failures:,} ({share})", f"{said}{more}.")


def _caching(total: Total) -> Card:
    saved = total.cached_saving
    if saved < 0:
        return Card("Saved by caching", f"-{usd(-saved)}", f"Caching cost {usd(-saved)} more than it saved so far.")
    if not saved:
        return Card(
            "Saved by caching", "$0", "Nothing was read from a provider's cache yet: later questions of a talk are."
        )
    return Card(
        "Saved by caching", usd(saved), "Pictures and words that a provider already had were not billed in full."
    )


def _levels(saved: Decimal | None) -> Card:
    name = "Saved by cheaper levels"
    if saved is None:
        return Card(name, "–", "Nothing paid was asked at Quick, Balanced or Auto.")
    if saved < 0:
        return Card(
            name, f"-{usd(-saved)}", "About: Best of the same providers would have been cheaper for these tokens."
        )
    return Card(name, f"about {usd(saved)}", "An estimate: the same tokens at the Best level of the same providers.")


def _percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def _times(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
