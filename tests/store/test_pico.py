"""Money in the database is exact, and never less than it was."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.store.caps import dollars
from vision.store.pico import MOST, PLACES, to_pico, to_usd

PICO = Decimal(1).scaleb(-PLACES)
PRICES = st.decimals(0, MOST, allow_nan=False, places=PLACES)


@given(PRICES)
def test_a_price_comes_back_exactly(price: Decimal) -> None:
    assert to_usd(to_pico(price)) == price


@given(st.lists(PRICES, max_size=20))
def test_sums_are_those_of_the_prices(prices: list[Decimal]) -> None:
    with localcontext(prec=60):
        assert to_usd(sum(to_pico(price) for price in prices)) == sum(prices, Decimal(0))


@given(st.decimals(0, 1, allow_nan=False))
def test_what_is_finer_is_rounded_up_by_less_than_one(price: Decimal) -> None:
    with localcontext(prec=200):
        assert 0 <= to_usd(to_pico(price)) - price < PICO


def test_it_does_not_depend_on_the_callers_arithmetic() -> None:
    price = Decimal("123456.789012345678")
    with localcontext(prec=3, rounding=ROUND_DOWN):
        assert to_pico(price) == 123456789012345678
        assert to_usd(123456789012345678) == price


def test_unknown_stays_unknown() -> None:
    assert to_pico(None) is None
    assert to_usd(None) is None


@pytest.mark.parametrize("price", ["-0.01", "NaN", "Infinity", "-Infinity", "1000000.01"])
def test_what_is_no_price_is_refused(price: str) -> None:
    with pytest.raises(ValueError, match="no price"):
        to_pico(Decimal(price))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        *(("0", "$0.00"), ("0.5", "$0.50"), ("12", "$12.00"), ("0.000000000001", "$0.000001"), ("1E+2", "$100.00")),
        *(("0.0004125", "$0.000413"), ("0.25", "$0.25"), ("1234.5678", "$1234.5678")),
    ],
)
def test_amounts_in_words(amount: str, words: str) -> None:
    assert dollars(Decimal(amount)) == words
