"""Amounts as papers print them, and numbers that are none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.reader.amounts import find_amounts


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("12.50", "12.50", ""), ("1,234.56", "1234.56", ""), ("1.234,56", "1234.56", ""), ("1 234,56", "1234.56", ""),
        ("1'234.50", "1234.50", ""), ("1,23,456.00", "123456.00", ""), ("12. 50", "12.50", ""), (".14", "0.14", ""),
        ("RM12.50", "12.50", "MYR"), ("RM 12.50", "12.50", "MYR"), ("€1.50", "1.50", "EUR"),
        ("1.178,10 €", "1178.10", "EUR"),
        ("EUR12,00", "12.00", "EUR"), ("4,11 USD", "4.11", "USD"), ("$12", "12", "$"), ("$4.11", "4.11", "$"),
        ("12.50-", "-12.50", ""), ("-0.02", "-0.02", ""), ("(3.00)", "-3.00", ""), ("RM.50", "0.50", "MYR"),
        ("RMO.28", "0.28", "MYR"), ("RM 5O.OO", "50.00", "MYR"), ("¥1,200", "1200", "¥"), ("CHF 12.90", "12.90", "CHF"),
        ("2.20ZRL", "2.20", ""), ("Rp 25.000", "25000", "IDR"),
    ],
)  # fmt: skip
def test_one_amount(text: str, value: str, currency: str) -> None:
    (one,) = find_amounts(text)
    assert (one.value, one.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["6%", "12/11/2018", "10:43", "15 Nov 2018", "000123456789", "84 %", "ABC123", "500g"])
def test_no_amount(text: str) -> None:
    assert find_amounts(text) == []


def test_several_in_a_row() -> None:
    assert [one.value for one in find_amounts("SR 6% 9.91 0.59")] == [Decimal("9.91"), Decimal("0.59")]
    assert [one.value for one in find_amounts("12/11/2018 5.00")] == [Decimal("5.00")]


CENTS = st.integers(0, 10**9 - 1)


@given(CENTS, st.sampled_from(["{:,.2f}", "{:.2f}", "RM{:,.2f}", "${:.2f}", "{:,.2f} EUR"]))
def test_what_is_printed_is_read(cents: int, layout: str) -> None:
    value = Decimal(cents).scaleb(-2)
    (one,) = find_amounts("Total: " + layout.format(value))
    assert one.value == value
    assert one.money_like


@given(CENTS)
def test_continental_marks_mean_the_same(cents: int) -> None:
    value = Decimal(cents).scaleb(-2)
    continental = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert [one.value for one in find_amounts(continental + " €")] == [value]


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for one in find_amounts(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.decimals <= 3
