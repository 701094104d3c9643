"""Dates and times of day: the stated order where there are two ways, and nothing from what is no whole date."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.extraction.moments import date_text, time_text
from vision.fields.model import DateOrder

ORDERS: tuple[DateOrder, ...] = ("day", "month")
DAYS = st.dates(date(1980, 1, 1), date(2079, 12, 31))
CERTAIN = (
    "{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y.%m.%d}", "{0:%Y}年{0.month}月{0.day}日", "{0.day} {1} {0:%Y}",
    "{1} {0.day}, {0:%Y}",
    "{0:%d}-{1}-{0:%Y}", "{0:%d}{1}{0:%Y}", "{0:%Y} {1} {0.day}", "{0.day}. {1} {0:%Y}", "{0.day}th of {1} {0:%Y}",
    "Monday, {0.day} {1} {0:%Y}", "{0:%Y-%m-%d}T14:05:00Z", "{0:%Y-%m-%d} 14:05", "{0.day} {1} '{0:%y}",
    "{0.day} de {1} de {0:%Y}",
)  # fmt: skip
EITHER = (
    "{0:%d/%m/%Y}",
    "{0.day}/{0.month}/{0:%Y}",
    "{0:%d.%m.%Y}",
    "{0:%d-%m-%y}",
    "{0:%d %m %Y}",
    "{0:%d/%m/%Y} 2:05 pm",
)
NAMES = tuple(names.split() for names in (
    "January February March April May June July August September October November December",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "JANVIER FÉVRIER MARS AVRIL MAI JUIN JUILLET AOÛT SEPTEMBRE OCTOBRE NOVEMBRE DÉCEMBRE",
))  # fmt: skip


@settings(max_examples=400)
@given(DAYS, st.sampled_from(CERTAIN), st.sampled_from(NAMES))
def test_every_certain_way_comes_back(day: date, shape: str, names: list[str]) -> None:
    text = shape.format(day, names[day.month - 1])
    assert [date_text(text, order) for order in ORDERS] == [day.isoformat()] * 2


@given(DAYS, st.sampled_from(EITHER))
def test_an_ambiguous_date_follows_the_stated_order(day: date, shape: str) -> None:
    text = shape.format(day)
    swapped = date(day.year, day.day, day.month) if day.day <= 12 else day
    assert date_text(text, "day") == day.isoformat()
    assert date_text(text, "month") == swapped.isoformat()


@given(DAYS)
def test_the_american_way_is_read_with_the_month_first(day: date) -> None:
    assert date_text(f"{day:%m/%d/%Y}", "month") == day.isoformat()


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026", "March 2026", "5 March", "03/2026", "31/02/2026", "2026-13-01", "2026-02-30",
     "32 March 2026", "0/0/0",
     "5 March 2026 or 6 March 2026", "5 Mrch 2026", "due 5 March 2026", "20101210 20101211", "1234567",
     "5-10 March 2026",
     "yesterday", "12.50", "03/04/2026 03/05/2026", "3/4", "٣/٤", "2569-13-40", "5 March 26 2026", "no date",
     "00000000",
     "Week 12, 2026", "1" * 300],
)  # fmt: skip
def test_nothing_is_made_of_what_is_no_whole_date(text: str) -> None:
    assert [date_text(text, order) for order in ORDERS] == [None, None]


@pytest.mark.parametrize(
    ("text", "day", "month"),
    [
        ("31032026", "2026-03-31", "2026-03-31"),
        ("20260305", "2026-03-05", "2026-03-05"),
        ("20112010", "2010-11-20", "2010-11-20"),
        ("03.04.79", "2079-04-03", "2079-03-04"),
        ("03.04.80", "1980-04-03", "1980-03-04"),
        ("  22/11/2026, 14:05:09 ", "2026-11-22", "2026-11-22"),
        ("1938-03-31", "1938-03-31", "1938-03-31"),
        ("domenica 22 novembre 2026", "2026-11-22", "2026-11-22"),
    ],
)
def test_other_dates(text: str, day: str | None, month: str | None) -> None:
    assert [date_text(text, order) for order in ORDERS] == [day, month]


def test_a_run_of_digits_that_is_two_dates_is_none() -> None:
    assert date_text("20022003", "day") == "2003-02-20"  # the year 2002 has no 20th month
    assert date_text("12101112", "day") is None  # 1210-11-12, or 12 October 1112


@pytest.mark.parametrize("value", [None, 5, True, [], {"year": 2026}, 20260305])
def test_a_date_is_text(value: object) -> None:
    assert date_text(value, "day") is None
    assert time_text(value) is None


@given(st.text(st.sampled_from("0123456789/-. :Tmarchjn年月日apZ"), max_size=16) | st.text(max_size=16))
def test_no_digit_is_invented(text: str) -> None:
    for order in ORDERS:
        found = date_text(text, order)
        if found is not None:
            numbers = [int(one) for one in re.findall(r"\d+", text)]
            year, _, day = (int(one) for one in found.split("-"))
            plain = re.sub(r"\D", "", text)
            assert day in numbers or f"{day:02d}" in plain
            assert year in numbers or year % 100 in numbers or str(year) in plain


@given(st.times())
def test_times_come_back(moment: time) -> None:
    short, long = f"{moment:%H:%M}", f"{moment:%H:%M:%S}"
    assert [time_text(one) for one in (short, long)] == [short, long]
    half = f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'p.m.'}"
    assert time_text(half) == short
    assert time_text(f"{moment.hour}h{moment:%M}") == short
    assert time_text(f"{moment.hour}.{moment:%M} Uhr") == short
    assert time_text(f"2026-11-22T{long}.25+01:00") == long


@pytest.mark.parametrize(
    ("text", "found"),
    [("2 pm", "14:00"), ("12am", "00:00"), ("12 PM", "12:00"), ("14 Uhr", "14:00"), ("T14:05Z", "14:05"),
     ("14:05 UTC", "14:05"),
     ("25:00", None), ("24:00", None), ("13 pm", None), ("0 am", None), ("14", None), ("1405", None),
     ("noon", None), ("14:5", None),
     ("14:05 - 15:00", None), ("14:05 today", None), ("14:60", None), ("", None), ("1:2:3", None)],
)  # fmt: skip
def test_other_times(text: str, found: str | None) -> None:
    assert time_text(text) == found


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = time_text(text)
    assert found is None or re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", found)
