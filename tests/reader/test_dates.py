"""Dates in the layouts that papers use, and what only looks like one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.reader.dates import EARLIEST, LATEST, find_dates, month_first

DAY = date(2018, 11, 15)


@pytest.mark.parametrize(
    "text",
    [
        "15/11/2018", "15-11-2018", "15.11.2018", "15 / 11 / 2018", "15/11/18", "15.11.18", "15-11-18",
        "2018-11-15",
        "2018/11/15", "15-NOV-2018", "15 Nov 2018", "15NOV2018", "Nov 15 2018", "November 15, 2018", "NOV152018",
        "15th November 2018", "15. November 2018", "15 novembre 2018", "15 de noviembre de 2018",
        "15112018", "20181115",
        "2018年11月15日", "15 NOV '18", "Date:15/11/2018", "15/11/20181:22:56PM", "15-11-1810:43AM", "15/11/2018 13:22",
        "l5/11/2018", "15/11/2O18", "N0v 15, 2018",
    ],
)  # fmt: skip
def test_every_layout_gives_the_same_day(text: str) -> None:
    assert [one.value for one in find_dates(text)] == [DAY]


@pytest.mark.parametrize(
    "text",
    ["03-3279 1851", "1.2.3.4", "10:43:20", "RM 12.50", "32/13/2018", "31/02/2018", "000123456789", "1,234.56",
     "v2.10.1",
     "19% MwSt 188,10", "9 x 1.20", "TEL 07-351 2345", "May I help"],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert find_dates(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1er janvier 2020", date(2020, 1, 1)),
        ("3 mars 2021", date(2021, 3, 3)),
        ("12. März 2024", date(2024, 3, 12)),
        ("5 maggio 2019", date(2019, 5, 5)),
        ("7 de março de 2022", date(2022, 3, 7)),
        ("9 mei 2023", date(2023, 5, 9)),
        ("17 Ogos 2018", date(2018, 8, 17)),
        ("31 Disember 2017", date(2017, 12, 31)),
    ],
)
def test_months_of_many_languages(text: str, value: date) -> None:
    assert [one.value for one in find_dates(text)] == [value]


def test_a_date_that_reads_both_ways_says_so() -> None:
    (one,) = find_dates("03/04/2019")
    assert (one.value, one.other) == (date(2019, 4, 3), date(2019, 3, 4))
    (sure,) = find_dates("25/04/2019")
    assert sure.other is None


def test_another_date_of_the_paper_or_its_country_tells_the_order() -> None:
    american = "Date 03/04/2019\nDue 03/25/2019"
    assert month_first(find_dates(american), american)
    european = "Date 03/04/2019\nDue 25/04/2019\nUSA"
    assert not month_first(find_dates(european), european)
    assert month_first([], "Springfield, IL 62701")


DAYS = st.dates(date(EARLIEST, 1, 1), date(LATEST, 12, 31))


@given(DAYS, st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%Y"]))
def test_what_is_written_is_read(day: date, layout: str) -> None:
    text = f"No 7 {day.strftime(layout)} ok"
    (one,) = find_dates(text)
    assert day in (one.value, one.other)
    assert one.other is None or one.value.day == day.day
    assert any(character.isdigit() for character in text[one.start : one.end])


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_dates_never_overlap(text: str) -> None:
    found = find_dates(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(EARLIEST <= one.value.year <= LATEST for one in found)
