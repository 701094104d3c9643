from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exporting.cases import INSIDE, PLAIN, RUN
from vision.exporting.neutral import cell_text, distinct, no_formula, units

anything = st.one_of(
    st.text(),
    st.text(alphabet="=+-@|\t\r\n ;\"'(A1!.,5€％＝＋－＠\u200b\ufeff\u00a0", max_size=12),
    st.sampled_from(RUN),
)


def test_the_corpus_is_large_enough_to_say_something() -> None:
    assert len(set(RUN)) >= 50
    assert len(set(PLAIN)) >= 50
    assert not set(RUN) & set(PLAIN)


@pytest.mark.parametrize("text", RUN, ids=ascii)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert no_formula(text) == "'" + text


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert no_formula(text) is text or no_formula(text) == text


@pytest.mark.parametrize(("text", "safe"), INSIDE, ids=ascii)
def test_a_formula_behind_a_separator_is_text_in_any_country(text: str, safe: str) -> None:
    assert no_formula(cell_text(text)) == safe


@pytest.mark.parametrize("value", [-1, -12.5, 0.5, None, True])
def test_what_is_no_text_stays_as_it_is(value: object) -> None:
    assert no_formula(value) is value


@given(anything)
def test_only_apostrophes_are_added(text: str) -> None:
    assert no_formula(text).replace("'", "") == text.replace("'", "")


@given(anything)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert no_formula(no_formula(text)) == no_formula(text)


@given(st.from_regex(r"[=@][({\"]?[A-Za-z].*", fullmatch=True), st.text(alphabet=' \t\r\n\u00a0\u200b"“', max_size=3))
def test_no_letters_behind_an_operator_get_through(formula: str, before: str) -> None:
    assert no_formula(before + formula).startswith("'")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_no_amount_is_harmed(amount: object) -> None:
    for text in (f"{amount}", f"{amount:,}", f"{amount} €", f"{amount:+}"):
        assert no_formula(text) == text


@given(st.text())
def test_a_cell_can_hold_it(text: str) -> None:
    kept = cell_text(text)
    assert "\r" not in kept
    assert all(c in "\t\n" or (unicodedata.category(c) != "Cs" and ord(c) >= 32) for c in kept)
    assert cell_text(kept) == kept


@given(st.lists(st.text(alphabet="aAb (2)🧾", max_size=6)), st.lists(st.text(alphabet="aA", max_size=2)))
def test_names_differ_in_any_case(names: list[str], taken: list[str]) -> None:
    found = [name.casefold() for name in distinct(names, taken, limit=6)]
    assert len(set(found)) == len(names)
    assert not set(found) & {name.casefold() for name in taken}
    assert all(units(name) <= 6 for name in distinct(names, taken, limit=6))
