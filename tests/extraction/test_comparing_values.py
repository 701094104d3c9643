"""Two records of one picture: what is the same written another way is no difference, and every other is told."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.extraction.comparing import Difference, differences, differing, same_value
from vision.fields.model import Field, FieldSet, Kind

ITEMS = Field("items", Kind.ROWS, fields=(Field("description"), Field("amount", Kind.MONEY)))
RECEIPT = FieldSet(
    "Receipt",
    (
        Field("vendor"),
        Field("total", Kind.MONEY),
        Field("paid", Kind.YES_NO),
        Field("phones", Kind.PHONE, many=True),
        Field("bank", Kind.GROUP, fields=(Field("iban", Kind.CODE),)),
        ITEMS,
    ),
)


def row(description: str, amount: float | None) -> dict[str, Any]:
    return {"description": description, "amount": amount}


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        (Kind.TEXT, "Café  Nero", " CAFÉ NERO", True),
        (Kind.TEXT, "Café", "Cafe", False),  # an accent may be the reading error
        (Kind.TEXT, "Café", "Cafe\u0301", True),
        (Kind.TEXT, "NO.5", "NO 5", False),
        (Kind.LONG_TEXT, "one\ntwo", "one two", True),
        (Kind.LONG_TEXT, "14 Quay Street\nBristol", "14 Quay Street, Bristol", True),
        (Kind.LONG_TEXT, "14 Quay Street,\n Bristol,", "14 Quay Street, Bristol", True),
        (Kind.LONG_TEXT, "1,5 kg", "15 kg", False),
        (Kind.LONG_TEXT, "1,5 kg", "1 5 kg", False),
        (Kind.TEXT, "Smith, Jones", "Smith Jones", False),
        (Kind.MONEY, 12.5, 12.50, True),
        (Kind.MONEY, 12, 12.0, True),
        (Kind.MONEY, 12.5, 12.51, False),
        (Kind.MONEY, 12.5, "12.5x", False),
        (Kind.MONEY, 100, 1e2, True),
        (Kind.CODE, "DE12 3456", "DE123456", True),
        (Kind.CODE, "aB1", "AB1", False),
        (Kind.PHONE, "+49 30 1234", "+49 (30) 12-34", True),
        (Kind.PHONE, "+49 30 1234", "+49 30 1235", False),
        (Kind.TIME, "14:05", "14:05:00", True),
        (Kind.DATE, "2026-01-02", "2026-02-01", False),
        (Kind.YES_NO, True, 1, False),
        (Kind.TEXT, None, "", True),
        (Kind.TEXT, None, "x", False),
    ],
)
def test_what_is_the_same(kind: Kind, one: Any, other: Any, same: bool) -> None:
    assert same_value(kind, one, other) is same


def test_each_difference_has_both_values() -> None:
    one = {"vendor": "A", "total": 5, "bank": {"iban": "X"}}
    other = {"vendor": "a", "total": 6, "paid": True}
    assert differences(RECEIPT, one, other) == (
        Difference(("total",), ("total",), 5, 6),
        Difference(("paid",), ("paid",), None, True),
        Difference(("bank", "iban"), ("bank", "iban"), "X", None),
    )


def test_a_row_that_one_missed_shifts_nothing() -> None:
    one = {"items": [row("Tea", 2), row("Cake", 3.5)]}
    other = {"items": [row("Bread", 1), row("Tea", 2), row("Cake", 3)]}
    assert differences(RECEIPT, one, other) == (
        Difference(("items", 1, "amount"), ("items", 2, "amount"), 3.5, 3),
        Difference(("items", 2, "description"), ("items", 0, "description"), None, "Bread"),
        Difference(("items", 2, "amount"), ("items", 0, "amount"), None, 1),
    )


def test_a_row_of_which_everything_differs_is_compared_with_the_one_at_its_place() -> None:
    one, other = {"items": [row("Tea", 2)]}, {"items": [row("Tee", 3)]}
    assert differing(RECEIPT, one, other) == (("items", 0, "description"), ("items", 0, "amount"))


def test_equal_rows_are_counted() -> None:
    one, other = {"items": [row("Tea", 2)] * 2}, {"items": [row("Tea", 2)] * 3}
    assert differing(RECEIPT, one, other) == (("items", 2, "description"), ("items", 2, "amount"))


def test_lists_of_values() -> None:
    assert differing(RECEIPT, {"phones": ["1", "2"]}, {"phones": ["2", "1"]}) == ()
    assert differing(RECEIPT, {"phones": ["1", "2"]}, {"phones": ["2"]}) == (("phones", 0),)


def test_very_long_lists_take_no_time() -> None:
    one = {"items": [row(f"a{number}", number) for number in range(3000)]}
    other = {"items": [row(f"b{number}", number + 0.5) for number in range(3000)]}
    assert len(differing(RECEIPT, one, other)) == 6000


rows = st.lists(
    st.builds(row, st.sampled_from(["Tea", "Cake", "Bread", ""]), st.none() | st.integers(0, 500).map(lambda c: c / 4)),
    max_size=6,
)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_no_difference(some: list[dict[str, Any]], chance: random.Random) -> None:
    shuffled = some.copy()
    chance.shuffle(shuffled)
    assert differing(RECEIPT, {"items": some}, {"items": shuffled}) == ()


@given(rows, rows)
def test_both_ways_round_tell_of_as_many_differences_or_none(
    some: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    there = differing(RECEIPT, {"items": some}, {"items": more})
    back = differing(RECEIPT, {"items": more}, {"items": some})
    assert bool(there) == bool(back)
    assert len(set(there)) == len(there)


@given(rows, st.integers(0, 5), st.integers(1, 9))
def test_one_changed_amount_is_one_difference(some: list[dict[str, Any]], at: int, by: int) -> None:
    named = [{**one, "description": f"item {number}"} for number, one in enumerate(some)]
    if at >= len(named) or named[at]["amount"] is None:
        return
    changed = [dict(one) for one in named]
    changed[at]["amount"] += by
    assert differing(RECEIPT, {"items": named}, {"items": changed}) == (("items", at, "amount"),)
