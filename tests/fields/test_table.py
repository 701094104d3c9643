"""A set as the rows of the editor's table, and what is said at a row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fields.sets import HARD, SETS
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.problems import FieldsInvalid, Problem
from vision.fields.table import Row, choices_of, choices_text, from_rows, to_rows

BLANK = FieldSet("Mine", (Field("a"),))


def problems(*rows: Row) -> tuple[Problem, ...]:
    with pytest.raises(FieldsInvalid) as raised:
        from_rows(rows, BLANK)
    return raised.value.problems


@given(fields=SETS)
@settings(max_examples=150, deadline=None)
def test_a_set_is_the_same_after_the_table(fields: FieldSet) -> None:
    assert from_rows(to_rows(fields), fields) == fields


def test_rows_as_they_are_shown() -> None:
    assert [row.name for row in to_rows(HARD)] == [
        *("sender", "sender.name", "sender.town", "state", "phones"),
        *("items", "items.amount", "items.parts", "items.parts.code", "items.parts.at", "total"),
    ]
    state = to_rows(HARD)[3]
    assert state == Row("state", "choice", "Ticked at the top", choices='open, "1,5 l", "so ""called"""')


def test_what_a_person_types() -> None:
    rows = [
        Row("  vendor "),
        Row("", "text"),
        Row("state", " Choice ", choices="red,green\nblue"),
        Row("items.amount", "money", needed=True),
        Row("items", "list of rows"),
    ]
    assert from_rows(rows, BLANK).fields == (
        Field("vendor"),
        Field("state", Kind.CHOICE, choices=("red", "green", "blue")),
        Field("items", Kind.ROWS, fields=(Field("amount", Kind.MONEY, needed=True),)),
    )


def test_what_is_not_in_the_table_stays() -> None:
    assert from_rows(to_rows(HARD), replace(HARD, fields=BLANK.fields)) == HARD


@pytest.mark.parametrize(
    ("rows", "field", "row", "words"),
    [
        ([Row("a"), Row("", meaning="what?")], "", 1, "name is empty"),
        ([Row("a"), Row("a")], "a", 1, "twice"),
        ([Row("a", "colour")], "a", 0, "Choose a kind"),
        ([Row("a"), Row("items.b")], "items.b", 1, "no list or group named items"),
        ([Row("a"), Row("a.b")], "a.b", 1, "no list or group named a"),
        ([Row("a"), Row(".b")], ".b", 1, "no list or group named"),
        ([Row("a"), Row("b", "list of rows")], "b", 1, "needs columns"),
        ([Row("a"), Row("b", "group", many=True), Row("b.c")], "b", 1, "list of rows"),
        ([Row("a"), Row("b", "choice")], "b", 1, "needs choices"),
        ([Row("a"), Row("b", choices="x")], "b", 1, "Only a choice"),
        ([Row("a"), Row("b", "choice", choices='"x')], "b", 1, "quotation marks"),
        ([Row("a"), Row("b", "choice", choices="x, x")], "b", 1, "there twice"),
        ([Row("a"), Row("b?")], "b?", 1, "letters, digits"),
        ([Row("a"), Row("12")], "12", 1, "only digits"),
        ([Row("a"), Row("n" * 65)], "n" * 65, 1, "too long"),
        ([Row("a"), Row("b", meaning="m" * 2001)], "b", 1, "too long"),
        ([Row("a"), Row("b", meaning="\x00")], "b", 1, "control characters"),
        ([Row(" "), Row("")], "", None, "no field"),
    ],
)
def test_what_is_wrong_is_said_at_its_row(rows: list[Row], field: str, row: int | None, words: str) -> None:
    (first, *_) = problems(*rows)
    assert (first.field, first.row) == (field, row)
    assert words in first.sentence


def test_every_row_that_is_wrong_is_named_at_once() -> None:
    assert [one.row for one in problems(Row("a", "x"), Row("b"), Row("c", "y"))] == [0, 2]


def test_too_deep_in_the_table() -> None:
    names = [".".join("abcdef"[:depth]) for depth in range(1, 7)]
    rows = [*(Row(name, "group") for name in names[:-1]), Row(names[-1])]
    assert "too deep" in problems(*rows)[0].sentence


@given(choices=st.lists(st.text(min_size=1).map(str.strip).filter(bool)))
def test_choices_are_the_same_after_the_cell(choices: list[str]) -> None:
    assert choices_of(choices_text(tuple(choices))) == tuple(choices)


@given(cells=st.lists(st.builds(Row, st.text(max_size=9), st.sampled_from([*Kind, "?"]), choices=st.text(max_size=9))))
def test_any_cells_are_a_set_or_words(cells: list[Row]) -> None:
    try:
        made = from_rows(cells, BLANK)
    except FieldsInvalid:
        return
    assert from_rows(to_rows(made), made) == made
