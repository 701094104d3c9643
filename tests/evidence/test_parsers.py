"""Pieces, numbers and edits: whatever text comes in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.papers import paper
from vision.evidence.edits import guarded, words_squashed
from vision.evidence.meanings import money_kinds
from vision.evidence.numbers import numbers_in
from vision.evidence.supporting import supports
from vision.evidence.texts import pieces_of
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.values import Mark
from vision.reader.text import squashed

ANY = st.text(max_size=60)
LINES = st.lists(ANY, max_size=8)


@given(ANY)
def test_pieces_lose_nothing_but_signs(text: str) -> None:
    if any(len(squashed(piece)) >= 4 for piece in pieces_of(text)):
        assert sorted(squashed("".join(pieces_of(text)))) == sorted(squashed(text))


@given(st.sampled_from(list(Kind)), st.one_of(ANY, st.integers(), st.floats(), st.booleans(), st.lists(ANY)), LINES)
def test_no_value_and_no_reading_breaks_anything(kind: Kind, value: object, printed: list[str]) -> None:
    set_ = FieldSet("set", (Field("field", kind),))
    for support in supports(set_, {"field": value}, [paper(printed)]).values():
        assert (support.mark in {Mark.READ, Mark.SIMILAR}) == bool(support.places)


@given(st.text(alphabet="abcdefgh 0123456789", min_size=12, max_size=40), st.data())
def test_no_changed_digit_is_ever_guarded(text: str, data: st.DataObject) -> None:
    value = squashed(text)
    places = [index for index, character in enumerate(value) if character.isdigit()]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != value[at]]))
    changed = value[:at] + wrong + value[at + 1 :]
    assert not guarded(changed, words_squashed(changed), value)
    assert guarded(value, words_squashed(text), value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 x 1.20", [("2",), ("1.20",)]),
        ("x2", [("2",)]),
        ("19 %", [("19",)]),
        ("1.234", [("1234", "1.234")]),
        ("1.234,56", [("1234.56",)]),
        ("1'234.50", [("1234.50",)]),
        ("B12", []),
        ("-3", [("-3", "3")]),
    ],
)
def test_numbers_with_all_they_can_mean(text: str, expected: list[tuple[str, ...]]) -> None:
    assert [one.values for one in numbers_in(text)] == [tuple(map(Decimal, values)) for values in expected]


@pytest.mark.parametrize(
    ("names", "meaning", "kinds"),
    [
        (("total",), "", {"total"}),
        (("totalAmount",), "", {"total"}),
        (("tax_amount",), "", {"tax"}),
        (("totals", "vat"), "", {"tax"}),
        (("amount_with_tax",), "", {"total"}),
        (("subTotal",), "", {"subtotal"}),
        (("x",), "the change given back", {"change"}),
        (("towing",), "", set()),
    ],
)
def test_names_and_meanings_say_which_labels_count(names: tuple[str, ...], meaning: str, kinds: set[str]) -> None:
    assert money_kinds(names, meaning) == kinds
