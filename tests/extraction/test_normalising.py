"""Amounts, words and addresses as models write them: what is one comes back, what is none or undecided does not."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.extraction import normalising as normal
from vision.fields.model import Decimals, Kind

# Decimal mark, group mark, size of the groups after the first, digits, minus: as in CLDR (babel 2.18.0, 2026-11-22)
FORMATS = {
    "en": (".", ",", 3, "0123456789", "-"),
    "de": (",", ".", 3, "0123456789", "-"),
    "fr": (",", "\u202f", 3, "0123456789", "-"),
    "de_CH": (".", "’", 3, "0123456789", "-"),
    "sv": (",", "\xa0", 3, "0123456789", "−"),
    "hi": (".", ",", 2, "0123456789", "-"),
    "en_ZA": (",", " ", 3, "0123456789", "-"),
    "plain point": (".", "", 3, "0123456789", "-"),
    "plain comma": (",", "", 3, "0123456789", "-"),
    "ar_EG": ("٫", "٬", 3, "٠١٢٣٤٥٦٧٨٩", "\u061c-"),
    "fa": ("٫", "٬", 3, "۰۱۲۳۴۵۶۷۸۹", "\u200e−"),
    "mr": (".", ",", 2, "०१२३४५६७८९", "-"),
}
MONEY_SHAPES = ("{}", "€ {}", "{} €", "{}€", "EUR {}", "{} EUR", "${}", "US$ {}", "CHF {}", "{} kr", "kr {}",
                "R$ {}", "₹{}",
                "Rs. {}", "{} zł", "{} Kč", "{} Ft", "RM{}", "RM {}", "¥{}", "{} 円", "£{}", "{} руб.",
                "₩{}")  # fmt: skip
SETTINGS: tuple[Decimals, ...] = ("auto", "point", "comma")


def written(cents: int, name: str, places: int = 2) -> str:
    """``cents`` hundredths in a locale's format, without a sign."""
    mark, group, size, digits, _ = FORMATS[name]
    whole, rest = divmod(abs(cents), 100)
    ahead, tail = str(whole)[:-3], str(whole)[-3:]
    groups = [tail]
    while ahead and group:
        groups.insert(0, ahead[-size:])
        ahead = ahead[:-size]
    text = (group.join(groups) if group else str(whole)) + (f"{mark}{rest:02d}" if places else "")
    return text.translate({ord(str(number)): digit for number, digit in enumerate(digits)})


@given(st.integers(-(10**12), 10**12), st.sampled_from(list(FORMATS)), st.sampled_from(MONEY_SHAPES), st.booleans())
def test_every_amount_in_every_format_comes_back(cents: int, name: str, shape: str, behind: bool) -> None:
    text = written(cents, name)
    minus = FORMATS[name][4] if cents < 0 else ""
    text = f"{text}{minus}" if behind else f"{minus}{text}"
    value = cents // 100 if cents % 100 == 0 else float(Decimal(cents) / 100)
    for setting in SETTINGS:
        assert normal.number(shape.format(text), Kind.MONEY, setting) == value


@given(st.integers(0, 10**12), st.sampled_from(list(FORMATS)))
def test_an_amount_in_brackets_is_below_nothing(cents: int, name: str) -> None:
    value = -(cents // 100 if cents % 100 == 0 else float(Decimal(cents) / 100))
    for shape in ("({})", "({} €)", "(€{})", "({}) €", "-{}", "{}-", "- {}", "-€{}", "€ -{}"):
        assert normal.number(shape.format(written(cents, name)), Kind.MONEY, "auto") == value


@given(st.integers(0, 10**10), st.sampled_from(list(FORMATS)))
def test_whole_amounts_come_back(whole: int, name: str) -> None:
    text = written(whole * 100, name, places=0)
    assert normal.number(text, Kind.MONEY, "auto") == whole
    assert normal.number(text, Kind.WHOLE, "auto") == whole


@pytest.mark.parametrize(
    ("text", "auto", "point", "comma"),
    [
        ("1.234", 1234, 1.234, 1234),
        ("1,234", 1234, 1234, 1.234),
        ("0.125", 0.125, 0.125, 0.125),
        ("1234.567", 1234.567, 1234.567, 1234.567),
        ("1.234.567", 1234567, 1234567, 1234567),
        ("1,234.567", 1234.567, 1234.567, 1234.567),
        ("12,5", 12.5, 12.5, 12.5),
        ("KWD 1.234", None, 1.234, 1234),
    ],
)
def test_what_can_be_read_two_ways_is_read_as_stated(text: str, auto: Any, point: Any, comma: Any) -> None:
    assert [normal.number(text, Kind.MONEY, one) for one in SETTINGS] == [auto, point, comma]


def test_a_number_that_can_be_read_two_ways_is_nothing_certain() -> None:
    assert [normal.number("1.234", Kind.NUMBER, one) for one in SETTINGS] == [None, 1.234, 1234]
    assert normal.number("19 %", Kind.NUMBER) == 19
    assert normal.number("19 %", Kind.MONEY) is None


@pytest.mark.parametrize("text", ["12,-", "12.-", "12,--", "12.--", "CHF 12.—", "12,– €"])
def test_no_cents_as_a_dash(text: str) -> None:
    assert normal.number(text, Kind.MONEY) == 12


@pytest.mark.parametrize(
    "text",
    ["", "abc", "12 pcs", "5k", "1.2 million", "12.345.67", "1 2", "1.2.3", "12/50", "--5", "(12", "12)", "(-12)",
     "-12-",
     "12.50 or 13", "12€50", "twelve", "O.5", "1,23,456,7", "1..2", "12,", "€", "-", "1e5", "0x12", "١٢a", "²", "½",
     "Ⅻ",
     "+-1", "12.50 per hour", "," * 300, "1" * 300, "USDEUR 5x", "NaN", "Infinity"],
)  # fmt: skip
def test_nothing_is_made_of_what_is_no_number(text: str) -> None:
    for kind in (Kind.MONEY, Kind.NUMBER, Kind.WHOLE):
        assert normal.number(text, kind) is None


@given(st.text(st.sampled_from("0123456789.,' -()€$kKrR%+٣\u202f"), max_size=14) | st.text(max_size=12))
def test_no_digit_is_invented(text: str) -> None:
    for kind in (Kind.MONEY, Kind.NUMBER, Kind.WHOLE):
        for setting in SETTINGS:
            value = normal.number(text, kind, setting)
            if value is not None:
                digits = re.sub(r"\D", "", f"{Decimal(str(value)):f}").strip("0")
                plain = "".join(str(int(one)) for one in text if one.isdecimal())
                assert digits == plain.strip("0")


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (12, Kind.MONEY, 12),
        (12.5, Kind.MONEY, 12.5),
        (Decimal("12.50"), Kind.MONEY, 12.5),
        (Decimal("0.1"), Kind.NUMBER, 0.1),
        (Decimal("3.0"), Kind.WHOLE, 3),
        (Decimal("3.5"), Kind.WHOLE, None),
        (True, Kind.WHOLE, None),
        (Decimal("1E+400000"), Kind.MONEY, None),
        (Decimal("-1E-400000"), Kind.MONEY, None),
        (Decimal("12345678901234567.89"), Kind.MONEY, None),
        (float("nan"), Kind.MONEY, None),
        ([12], Kind.MONEY, None),
        (None, Kind.MONEY, None),
        (0, Kind.MONEY, 0),
        (Decimal("-0.0"), Kind.MONEY, 0),
    ],
)
def test_numbers_that_are_numbers_already(value: Any, kind: Kind, number: Any) -> None:
    found = normal.number(value, kind)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize("word", ["", " ", "-", "–", "N/A", "n/a.", "NULL", "null", "None", "not available", "Unknown"])
def test_words_for_nothing(word: str) -> None:
    assert normal.is_absent(word)


@pytest.mark.parametrize("value", ["0", 0, False, "NA", "Nil GmbH", "no", [], {}, "None Street 5"])
def test_what_is_a_value_although_it_looks_like_nothing(value: Any) -> None:
    assert not normal.is_absent(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [(True, True), ("Yes", True), ("ja.", True), ("☑", True), ("X", True), (1, True), ("SÍ", True), ("no", False),
     ("☐", False),
     (0, False), ("Nein", False), ("maybe", None), (2, None), ("yes and no", None), ([], None), (None, None)],
)  # fmt: skip
def test_yes_and_no(value: Any, found: Any) -> None:
    assert normal.yes_no(value) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [("Cash", "Cash"), ("CASH", "Cash"), (" cash ", "Cash"), ("bank-transfer", "Bank transfer"), ("BANK TRANSFER",
     "Bank transfer"),
     ("Überweisung", "Überweisung"), ("uberweisung", "Überweisung"), ("Cas", None), ("Cash or card", None), (5, "5"),
     ("", None), (None, None), (True, None), (["Cash"], None), ("a b", "A B"), ("a_b", None), ("A B", "A B")],
)  # fmt: skip
def test_choices_by_more_than_their_case(value: Any, found: str | None) -> None:
    choices = ("Cash", "Card", "Bank transfer", "Überweisung", "5", "A B", "A-B")
    assert normal.choice(value, choices) == found


def test_choices_that_differ_by_case_alone_are_told_apart() -> None:
    assert [normal.choice(one, ("a", "A")) for one in ("a", "A", "á")] == ["a", "A", None]


@pytest.mark.parametrize(
    ("value", "found"),
    [(" ann@example.com ", "ann@example.com"), ("mailto:Ann@Example.com", "Ann@Example.com"), ("E-Mail: a@b.co",
     "a@b.co"),
     ("<a@b.co>", "a@b.co"), ("jörg@exämple.de", "jörg@exämple.de"), ("a@b", None), ("a b@c.de", None),
     ("a@b.c, d@e.f", None),
     ("@b.co", None), ("www.example.com", None), (5, None), ("a@@b.co", None), ("a@b..co", None)],
)  # fmt: skip
def test_mail_addresses(value: Any, found: str | None) -> None:
    assert normal.email(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [("+49 30 1234567", "+49 30 1234567"), ("tel:+4930123", "+4930123"), ("Tel.: 030/123 45-6", "030/123 45-6"),
     ("(030)  12345", "(030) 12345"), ("555-0100 ext. 12", "555-0100 ext. 12"), (1234567, "1234567"), ("12", None),
     ("030 1234567 or 030 1234568", None), ("1" * 30, None), ("call me", None), (Decimal("1.5"), None), ("١٢٣٤٥",
     "١٢٣٤٥")],
)  # fmt: skip
def test_telephone_numbers_stay_as_printed(value: Any, found: str | None) -> None:
    assert normal.phone(value) == found


@pytest.mark.parametrize(
    ("value", "line", "lines"),
    [("a\r\n b  c ", "a b c", "a\n b  c"), ("\ud800x\x00\x1b[31m\x7f", "\ufffdx[31m", "\ufffdx[31m"), (12, "12", "12"),
     (Decimal("1.10"), "1.10", "1.10"), (True, None, None), ([], None, None), ({}, None, None), (None, None, None)],
)  # fmt: skip
def test_text(value: Any, line: str | None, lines: str | None) -> None:
    assert normal.text(value) == line
    assert normal.lines(value) == lines
