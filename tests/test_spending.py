"""What the Costs page makes of the sums of each day: every figure, every sentence, every cap that can be typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.errors import SettingsError
from vision.messages import Usage
from vision.models.catalog import load_catalogue
from vision.models.prices import price
from vision.spending import DAYS_SHOWN, PERIODS, Overview, cap_of, days_of, overview, saved_by_levels
from vision.spending_words import Card, caps_left, cards, part_rows, span_rows, spans_alt, unknown_words
from vision.store.money_records import Preferences, SpendRow

CATALOGUE = load_catalogue()
DAY = date(2026, 11, 22)
CENT = Decimal("0.01")
NONE = Decimal(0)
ROW = SpendRow(
    day=DAY,
    provider="anthropic",
    model="claude-haiku-5-5",
    job="chat",
    level="quick",
    attempts=4,
    failures=1,
    cost=CENT,
    reserved=NONE,
    unknown=0,
    unknown_upper=NONE,
    estimated=CENT * 2,
    billed_with_estimate=CENT,
    cached_saving=CENT / 2,
    input_tokens=9000,
    cached_tokens=3000,
    output_tokens=600,
)
LOCAL = replace(ROW, provider="compatible", model="llava", cost=NONE, estimated=NONE, billed_with_estimate=NONE)


def shown(*rows: SpendRow, since: date = DAY, until: date = DAY) -> Overview:
    return overview(rows, CATALOGUE, since, until)


def card(name: str, *rows: SpendRow) -> Card:
    return next(one for one in cards(shown(*rows)) if one.name == name)


@pytest.mark.parametrize(
    ("period", "since"),
    [
        ("today", DAY),
        ("week", date(2026, 11, 16)),
        ("days", date(2026, 10, 24)),
        ("month", date(2026, 11, 1)),
        ("all", date.min),
    ],
)
def test_periods(period: str, since: date) -> None:
    assert days_of(period, DAY) == (since, DAY)  # type: ignore[arg-type]
    assert period in PERIODS


def test_every_day_is_a_bar_and_providers_are_apart() -> None:
    other = replace(ROW, day=date(2026, 11, 20), provider="openai", model="gpt-6-luna", cost=CENT * 3)
    found = shown(ROW, replace(ROW, level="auto"), other, since=date(2026, 11, 19))
    assert [span.label for span in found.spans] == ["19 Nov", "20 Nov", "21 Nov", "22 Nov"]
    assert [dict(span.costs) for span in found.spans] == [{}, {"OpenAI": CENT * 3}, {}, {"Claude": CENT * 2}]
    assert [(part.name, part.cost, part.share) for part in found.providers] == [
        *(("OpenAI", CENT * 3, 0.6), ("Claude", CENT * 2, 0.4)),
    ]
    assert [part.name for part in found.models] == ["GPT-6 Luna", "Claude Haiku 5.5"]
    assert [(part.name, part.attempts) for part in found.jobs] == [("Talk", 12)]
    assert span_rows(found) == [
        {"Day": "22 November 2026", "OpenAI": "$0", "Claude": "$0.0200", "Together": "$0.0200"},
        {"Day": "20 November 2026", "OpenAI": "$0.0300", "Claude": "$0", "Together": "$0.0300"},
    ]
    assert "most on 20 November 2026 ($0.0300)" in spans_alt(found)


def test_a_long_time_is_shown_by_month() -> None:
    first = date(2026, 8, 31)
    found = shown(ROW, replace(ROW, day=first), since=date.min)
    assert (DAY - first).days >= DAYS_SHOWN
    assert [span.label for span in found.spans] == ["Aug 2026", "Sep 2026", "Oct 2026", "Nov 2026"]
    assert "most on Aug 2026" in spans_alt(found)
    assert [row["Month"] for row in span_rows(found)] == ["Nov 2026", "Aug 2026"]


def test_all_of_a_short_time_begins_with_the_first_day() -> None:
    found = shown(ROW, replace(ROW, day=date(2026, 11, 21)), since=date.min)
    assert [span.label for span in found.spans] == ["21 Nov", "22 Nov"]


def test_estimate_against_bill() -> None:
    assert card("Estimate and bill", ROW).value == "50 % below"
    said = card("Estimate and bill", ROW).sentence
    assert "$0.0100 was billed where $0.0200 was expected (0.50 to 1)" in said
    assert card("Estimate and bill", replace(ROW, billed_with_estimate=CENT * 3)).value == "50 % above"
    assert card("Estimate and bill", replace(ROW, billed_with_estimate=CENT * 2)).value == "as expected"
    assert card("Estimate and bill", LOCAL).value == "–"


@pytest.mark.parametrize(
    ("changes", "value", "sentence"),
    [
        ({"failures": 0}, "0", "Every attempt came to an answer."),
        ({}, "1 (25 %)", "They cost nothing."),
        ({"boundless": 1}, "1 (25 %)", "What they cost is not known."),
        ({"failed_cost": CENT}, "1 (25 %)", "They cost $0.0100."),
        ({"failed_upper": CENT}, "1 (25 %)", "Up to $0.0100 may have been billed for those that broke off."),
        (
            {"failed_cost": CENT, "failed_upper": CENT, "attempts": 1000},
            "1 (under 1 %)",
            "They cost $0.0100, and up to $0.0100 may have been billed for those that broke off.",
        ),
    ],
)
def test_failures(changes: dict[str, Decimal], value: str, sentence: str) -> None:
    found = card("Failed", replace(ROW, **changes))  # type: ignore[arg-type]
    assert (found.value, found.sentence) == (value, sentence)


def test_caching_that_has_not_paid_yet_is_said_so() -> None:
    assert card("Saved by caching", ROW).value == "$0.0050"
    lost = card("Saved by caching", replace(ROW, cached_saving=-CENT))
    assert (lost.value, lost.sentence) == ("-$0.0100", "Caching cost $0.0100 more than it saved so far.")
    assert card("Saved by caching", replace(ROW, cached_saving=NONE)).value == "$0"


def test_an_unknown_price_is_never_nothing() -> None:
    unknown = replace(ROW, unknown=2, unknown_upper=CENT)
    assert card("Spent", unknown).value == "at least $0.0100"
    assert card("Price unknown", unknown).value == "2 attempts"
    assert card("Price unknown", unknown).sentence.startswith("At most $0.0100 beyond what is known to be spent.")
    some = shown(replace(unknown, boundless=1)).total
    assert "Of some, not even the most they can have cost is known." in unknown_words(some)
    none = shown(replace(ROW, unknown=1, boundless=1, cost=NONE)).total
    assert unknown_words(none).startswith("How much is not known at all.")
    (row,) = part_rows(shown(replace(ROW, unknown=1, boundless=1, cost=NONE)).models, "Model")
    assert (row["Spent"], row["Price unknown"]) == ("unknown", "1")


def test_what_nobody_can_have_billed_is_not_of_unknown_price() -> None:
    here = replace(LOCAL, unknown=3)
    assert [one.name for one in cards(shown(here))][:2] == ["Spent", "Estimate and bill"]
    assert card("Spent", here).value == "$0"
    assert unknown_words(shown(here).total) == ""
    mixed = shown(here, replace(ROW, unknown=1, unknown_upper=CENT)).total
    assert (mixed.unknown, mixed.free) == (4, 3)


def test_what_is_under_way_is_said() -> None:
    assert "Up to $0.0100 more is set aside" in card("Spent", replace(ROW, reserved=CENT)).sentence


def test_saved_by_cheaper_levels() -> None:
    best = CATALOGUE.at("anthropic", "best")
    assert best is not None
    at_best = price(best, Usage(3000, 1000, 0, 200), datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert at_best is not None
    assert saved_by_levels([ROW], CATALOGUE) == at_best * 3 - CENT  # three of the four attempts came to an answer
    assert card("Saved by cheaper levels", ROW).value.startswith("about $0.0")
    dear = card("Saved by cheaper levels", replace(ROW, cost=Decimal(5)))
    assert dear.value.startswith("-$4.")


@pytest.mark.parametrize(
    "changes",
    [
        {"level": ""},  # one exact model
        {"level": "best"},
        {"level": "auto", "model": "claude-opus-5-5"},
        {"cost": NONE},  # nothing is known to have been billed
        {"provider": "compatible", "model": "llava"},
        {"provider": "reader", "model": "reader"},
    ],
)
def test_what_is_no_saving_by_levels(changes: dict[str, str]) -> None:
    row = replace(ROW, **changes)  # type: ignore[arg-type]
    assert saved_by_levels([row], CATALOGUE) is None
    assert card("Saved by cheaper levels", row).value == "–"


def test_many_requests_are_not_one_long_one() -> None:
    """Gemini's long-context price holds for one request, not for a day of them."""
    day = replace(ROW, provider="gemini", model="gemini-3.8-flash", level="balanced", failures=0)
    few = replace(day, attempts=1, input_tokens=1000, cached_tokens=0, output_tokens=100)
    many = replace(day, attempts=1000, input_tokens=1_000_000, cached_tokens=0, output_tokens=100_000, cost=CENT * 1000)
    one, thousand = saved_by_levels([few], CATALOGUE), saved_by_levels([many], CATALOGUE)
    assert one is not None
    assert thousand == one * 1000


def test_caps_and_what_is_left() -> None:
    preferences = Preferences(question_cap=CENT * 5, run_cap=Decimal(2), day_cap=Decimal("0.5"))
    found = caps_left(preferences, Decimal("0.125"), Decimal(5), NONE)
    assert [(one.name, one.sentence, one.share) for one in found] == [
        ("A question", "$0.05 at most, each time", None),
        ("A batch run", "$2.00 at most, each time", None),
        ("Your day", "$0.125 of $0.50 left today", 0.75),
        ("Everybody here, a day", "Nothing of $5.00 left today: only what costs nothing is asked", 1.0),
    ]
    (hardly,) = caps_left(Preferences(day_cap=Decimal(5)), Decimal("4.99997"), None, None)
    assert hardly.sentence == "$4.9999 of $5.00 left today"
    (last,) = caps_left(Preferences(day_cap=Decimal(5)), Decimal("0.00001"), None, None)
    assert last.sentence == "under $0.0001 of $5.00 left today"
    assert caps_left(Preferences(), None, None, None) == ()
    assert caps_left(Preferences(day_cap=NONE), NONE, None, None)[0].share == 1.0


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("", None), ("  ", None), ("$", None), ("0", "0"), ("0.50", "0.50"), ("0,5", "0.5"), ("$ 1.25 ", "1.25")),
        *((".5", "0.5"), ("1.", "1"), ("999999.999999", "999999.999999")),
    ],
)
def test_what_can_be_typed_as_a_cap(text: str, amount: str | None) -> None:
    assert cap_of(text) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize("text", ["abc", "-1", "1e3", "NaN", "1 000", "5 EUR", "1000000", "0.0000001", "1.2.3", "١"])
def test_what_cannot(text: str) -> None:
    with pytest.raises(SettingsError, match="Write an amount in US dollars"):
        cap_of(text)


def test_a_comma_that_can_be_read_in_two_ways() -> None:
    with pytest.raises(SettingsError, match=r"^1,000 can be read in two ways: write 1000, or 1\.000\.$"):
        cap_of("1,000")


@given(st.text(max_size=12))
def test_a_cap_is_an_amount_or_a_sentence(text: str) -> None:
    try:
        found = cap_of(text)
    except SettingsError:
        return
    assert found is None or (found.is_finite() and 0 <= found < 1_000_000)


AMOUNTS = st.decimals(0, 10, places=6)
ROWS = st.builds(
    replace,
    st.just(ROW),
    day=st.dates(date(2026, 1, 1), DAY),
    provider=st.sampled_from(["anthropic", "openai", "gemini", "compatible", "reader", "gone"]),
    model=st.sampled_from(["claude-haiku-5-5", "gpt-6-luna", "gemini-3.8-flash", "llava", "reader"]),
    level=st.sampled_from(["", "quick", "balanced", "best", "auto"]),
    cost=AMOUNTS,
    unknown=st.integers(0, 3),
    unknown_upper=AMOUNTS,
    boundless=st.integers(0, 2),
    reserved=AMOUNTS,
)


@given(st.lists(ROWS, min_size=1, max_size=12))
def test_the_parts_add_up_to_the_whole(rows: list[SpendRow]) -> None:
    found = shown(*rows, since=date.min)
    whole = sum((row.cost for row in rows), NONE)
    assert found.total.cost == whole == sum((span.cost for span in found.spans), NONE)
    for parts in (found.providers, found.models, found.jobs):
        assert sum((part.cost for part in parts), NONE) == whole
        assert sum(part.attempts for part in parts) == found.total.attempts
    assert all(one.value and one.sentence for one in cards(found))
