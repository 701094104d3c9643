"""What adds up and what does not, in words; whatever a record holds, a rule never breaks on it."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.extraction.check_digits import schemes
from vision.extraction.rule_words import rule_in_words
from vision.extraction.rules import broken, holding
from vision.fields.model import Field, FieldSet, Kind, Rule
from vision.fields.rule_problems import SCHEMES

TODAY = date(2026, 11, 22)
COLUMNS = (
    Field("description"),
    Field("quantity", Kind.NUMBER),
    Field("price", Kind.MONEY),
    Field("amount", Kind.MONEY),
)
FIELDS = (
    Field("date", Kind.DATE),
    Field("subtotal", Kind.MONEY),
    Field("tax", Kind.MONEY),
    Field("total", Kind.MONEY),
    Field("items", Kind.ROWS, fields=COLUMNS),
    Field("bank", Kind.GROUP, fields=(Field("iban", Kind.CODE),)),
)
ITEMS = Rule("sum", ("items.amount",), "subtotal")
TOTAL = Rule("sum", ("subtotal", "tax"), "total")
ROW = Rule("product", ("items.quantity", "items.price"), "items.amount")
NOT_FUTURE = Rule("not_future", ("date",))
IBAN = Rule("check_digits", ("bank.iban",), scheme="iban")


def a_set(*rules: Rule) -> FieldSet:
    return FieldSet("Invoice", FIELDS, rules=rules)


def said(rule: Rule, data: dict[str, Any]) -> list[str]:
    return [found.sentence for found in broken(a_set(rule), data, TODAY)]


def items(*amounts: float) -> list[dict[str, Any]]:
    return [{"amount": amount} for amount in amounts]


@pytest.mark.parametrize(
    ("rule", "data", "sentence"),
    [
        (ITEMS, {"subtotal": 42.5, "items": items(40, 1.5)}, "The items add up to 41.50, but the subtotal says 42.50."),
        (
            TOTAL,
            {"subtotal": 40, "tax": 2.5, "total": 43},
            "The subtotal 40.00 and the tax 2.50 add up to 42.50, but the total says 43.00.",
        ),
        (
            ROW,
            {"items": [{"quantity": 1, "price": 2, "amount": 2}, {"quantity": 3, "price": 1.5, "amount": 4}]},
            "Row 2 of items: the quantity 3 × the price 1.5 is 4.50, but the amount says 4.00.",
        ),
        (NOT_FUTURE, {"date": "2027-01-01"}, "The date 2027-01-01 is in the future: today is 2026-11-22."),
        (
            IBAN,
            {"bank": {"iban": "DE89 3704 0044 0532 0130 01"}},
            "The iban DE89 3704 0044 0532 0130 01 is no IBAN: its check digits do not fit.",
        ),
        (IBAN, {"bank": {"iban": "DE+*"}}, "The iban DE+* is no IBAN: it is not formed like one."),
        (
            Rule("range", ("tax",), least=Decimal(0), most=Decimal(30)),
            {"tax": -1},
            "The tax is -1; 0 to 30 is expected.",
        ),
        (Rule("range", ("tax",), least=Decimal(0)), {"tax": -1}, "The tax is -1; at least 0 is expected."),
        (Rule("range", ("tax",), most=Decimal("0.5")), {"tax": 1}, "The tax is 1; at most 0.5 is expected."),
    ],
)
def test_what_does_not_hold_is_said_with_the_numbers(rule: Rule, data: dict[str, Any], sentence: str) -> None:
    assert said(rule, data) == [sentence]


@pytest.mark.parametrize(
    ("rule", "data"),
    [
        (ITEMS, {"subtotal": 42.5, "items": items(41, 1.5)}),
        (ITEMS, {"subtotal": 0.3, "items": items(0.1, 0.2)}),
        (ITEMS, {"items": items(40, 1.5)}),  # nothing to compare with
        (ITEMS, {"subtotal": 42.5, "items": []}),
        (ITEMS, {"subtotal": 42.5}),
        (ITEMS, {"subtotal": 42.5, "items": [{"amount": 40}, {"description": "no amount printed"}]}),
        (ITEMS, {"subtotal": 42.5, "items": [{"amount": 40}, {"amount": None}]}),
        (TOTAL, {"subtotal": 40, "total": 43}),  # the tax is not printed
        (TOTAL, {"subtotal": 40, "tax": "2.50", "total": 43}),  # its form is wrong, which is said elsewhere
        (ROW, {"items": [{"quantity": 3, "amount": 4}]}),
        (ROW, {"items": [{"quantity": 0.348, "price": 12.99, "amount": 4.53}]}),  # scale: 4.5205, the half gram's room
        (NOT_FUTURE, {"date": "2026-11-22"}),
        (NOT_FUTURE, {"date": "soon"}),
        (IBAN, {"bank": {"iban": "DE89 3704 0044 0532 0130 00"}}),
        (IBAN, {}),
        (Rule("range", ("tax",), least=Decimal(0)), {"tax": 0}),
    ],
)
def test_nothing_is_said_where_it_holds_or_a_value_is_not_there(rule: Rule, data: dict[str, Any]) -> None:
    assert said(rule, data) == []


def test_a_rule_that_is_off_says_nothing() -> None:
    off = Rule("sum", ("subtotal", "tax"), "total", on=False)
    assert said(off, {"subtotal": 40, "tax": 2.5, "total": 43}) == []


@pytest.mark.parametrize(("last", "count"), [(1.01, 0), (1.02, 1)])
def test_a_cent_is_no_finding_and_two_are(last: float, count: int) -> None:
    assert len(said(TOTAL, {"subtotal": 0.5, "tax": 0.5, "total": last})) == count


@pytest.mark.parametrize(("subtotal", "count"), [(10.03, 0), (10.04, 1)])
def test_each_addend_may_be_off_by_half_a_cent(subtotal: float, count: int) -> None:
    assert len(said(ITEMS, {"subtotal": subtotal, "items": items(1, 2, 3, 1.5, 1.5, 1)})) == count


def test_a_sum_within_a_row_is_of_that_row_alone() -> None:
    columns = (Field("net", Kind.MONEY), Field("tax", Kind.MONEY), Field("gross", Kind.MONEY))
    rows = FieldSet(
        "Rows",
        (Field("items", Kind.ROWS, fields=columns),),
        rules=(Rule("sum", ("items.net", "items.tax"), "items.gross"),),
    )
    data = {"items": [{"net": 1, "tax": 0.2, "gross": 1.2}, {"net": 2, "tax": 0.4, "gross": 3}]}
    (found,) = broken(rows, data, TODAY)
    assert found.sentence == "Row 2 of items: the net 2.00 and the tax 0.40 add up to 2.40, but the gross says 3.00."
    assert found.paths == (("items", 1, "net"), ("items", 1, "tax"), ("items", 1, "gross"))


def test_the_paths_are_all_that_took_part() -> None:
    (found,) = broken(a_set(ITEMS), {"subtotal": 9, "items": items(1, 2)}, TODAY)
    assert found.paths == (("items", 0, "amount"), ("items", 1, "amount"), ("subtotal",))


def test_what_holds_speaks_for_its_values_but_a_range_does_not() -> None:
    rules = (TOTAL, ITEMS, NOT_FUTURE, Rule("range", ("tax",), least=Decimal(0)))
    data = {"date": "2026-01-01", "subtotal": 40, "tax": 2.5, "total": 42.5, "items": items(40)}
    (found,) = holding(a_set(*rules), data, TODAY)
    assert found.paths == (("subtotal",), ("tax",), ("total",))


cents = st.integers(0, 100_000)


@given(st.lists(cents, min_size=2, max_size=12), st.integers(1, 99), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_size_of_amounts_change_nothing(
    amounts: list[int], factor: int, chance: random.Random
) -> None:
    shuffled = amounts.copy()
    chance.shuffle(shuffled)
    right = {"subtotal": sum(amounts) * factor / 100, "items": items(*(one * factor / 100 for one in shuffled))}
    wrong = {**right, "subtotal": (sum(amounts) * factor + 10) / 100}
    assert said(ITEMS, right) == []
    assert len(said(ITEMS, wrong)) == 1


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["amount", "quantity", "price", "iban", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([field.name for field in FIELDS]), anything))
def test_no_record_breaks_a_rule(data: dict[str, Any]) -> None:
    for found in broken(a_set(ITEMS, TOTAL, ROW, NOT_FUTURE, IBAN), data, TODAY):
        assert found.sentence.isprintable()


@given(st.sampled_from(sorted(schemes())), st.text() | st.from_regex(r"[A-Z]{2}[0-9]{2,25}", fullmatch=True))
def test_no_text_breaks_a_check(scheme: str, text: str) -> None:
    number = Rule("check_digits", ("bank.iban",), scheme=scheme)
    for found in broken(a_set(number), {"bank": {"iban": text}}, TODAY):
        assert found.sentence.isprintable()


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        ("ean", "4006381333931", "4006381333930"),
        ("isbn", "978-0-306-40615-7", "978-0-306-40615-8"),
        ("luhn", "4539 1488 0343 6467", "4539 1488 0343 6468"),
        ("eu.vat", "DE136695976", "DE136695977"),
        ("eu.vat", "FR40303265045", "FR41303265045"),
        ("gb.vat", "GB 980 7806 84", "GB 980 7806 85"),
        ("lei", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D16"),
        ("issn", "0024-9319", "0024-9318"),
    ],
)
def test_numbers_of_each_scheme(scheme: str, good: str, bad: str) -> None:
    number = Rule("check_digits", ("bank.iban",), scheme=scheme)
    assert said(number, {"bank": {"iban": good}}) == []
    assert len(said(number, {"bank": {"iban": bad}})) == 1


def test_every_scheme_that_a_set_may_name_can_be_checked() -> None:
    assert schemes() == set(SCHEMES)


def test_a_scheme_from_a_file_is_never_loaded() -> None:
    for name in ("os", "stdnum.iban", "../iban", "__import__"):
        assert said(Rule("check_digits", ("bank.iban",), scheme=name), {"bank": {"iban": "1"}}) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ITEMS, "Items (amount) adds up to subtotal"),
        (TOTAL, "Subtotal and tax add up to total"),
        (ROW, "Items (quantity) × items (price) = items (amount)"),
        (NOT_FUTURE, "Date: not in the future"),
        (IBAN, "Bank (iban): valid as IBAN"),
        (Rule("range", ("tax",), least=Decimal(0), most=Decimal(30)), "Tax: 0 to 30"),
    ],
)
def test_rules_in_words(rule: Rule, words: str) -> None:
    assert rule_in_words(rule) == words
