"""The four forms in which a person may give a set, and what is said where the text is none of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fields.sets import HARD, SETS, SHORTHAND
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.reading import FieldsInvalid, Problem, read_fields
from vision.fields.schema import to_schema

ITEMS = (Field("description", needed=True), Field("amount", Kind.NUMBER, needed=True))


def kinds(example: Any, name: str = "") -> dict[str, Kind]:
    return {field.name: field.kind for field in read_fields(json.dumps(example), name).fields}


def problem(text: str) -> Problem:
    with pytest.raises(FieldsInvalid) as raised:
        read_fields(text)
    return raised.value.problems[0]


def test_the_original_shorthand() -> None:
    assert read_fields(SHORTHAND, "Invoice") == FieldSet(
        "Invoice",
        (
            Field("vendor", needed=True),
            Field("date", Kind.DATE, needed=True),
            Field("total", Kind.NUMBER, needed=True),
            Field("items", Kind.ROWS, needed=True, fields=ITEMS),
        ),
    )


def test_the_shorthand_knows_more_words() -> None:
    given = {"a": "Integer", "b": "text?", "c": "number | null", "d": ["string"], "e": "red|green", "f": "YES/NO"}
    assert read_fields(json.dumps(given | {"g": "email", "h": {"i": "phone"}})).fields == (
        Field("a", Kind.WHOLE, needed=True),
        Field("b"),
        Field("c", Kind.NUMBER),
        Field("d", needed=True, many=True),
        Field("e", Kind.CHOICE, needed=True, choices=("red", "green")),
        Field("f", Kind.YES_NO, needed=True),
        Field("g", Kind.EMAIL, needed=True),
        Field("h", Kind.GROUP, needed=True, fields=(Field("i", Kind.PHONE, needed=True),)),
    )


def test_an_example() -> None:
    example = {
        **{"vendor": "Alder & Finch", "date": "12.11.2026", "time": "17:42", "total": 29.5, "count": 3, "paid": True},
        **{
            "no": "AF-2026-0187",
            "till": "004",
            "mail": "a@b.example",
            "phone": "+44 1904 555 0143",
            "sum": "€ 1,234.50",
        },
        **{"address": "1 Quay\nBristol", "tags": ["red", "AF-1"], "amounts": [1, 2.5], "empty": ""},
    }
    assert kinds(example) == {
        **{"vendor": Kind.TEXT, "date": Kind.DATE, "time": Kind.TIME, "total": Kind.NUMBER, "count": Kind.WHOLE},
        **{"paid": Kind.YES_NO, "no": Kind.CODE, "till": Kind.CODE, "mail": Kind.EMAIL, "phone": Kind.PHONE},
        **{"sum": Kind.MONEY, "address": Kind.LONG_TEXT, "tags": Kind.TEXT, "amounts": Kind.NUMBER},
        "empty": Kind.TEXT,
    }


def test_rows_of_an_example_are_one_list_of_columns() -> None:
    example = {"items": [{"what": "Milk", "n": 1}, {"what": "Eggs", "n": 1.5, "note": "fresh"}]}
    (items,) = read_fields(json.dumps(example)).fields
    assert items == Field(
        "items",
        Kind.ROWS,
        needed=True,
        fields=(Field("what", needed=True), Field("n", Kind.NUMBER, needed=True), Field("note")),
    )


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["11/20/2026"], "month"),
        (["20/11/2026"], "day"),
        (["04/03/2026"], "day"),
        (["11/20/2026", "20/11/2026"], "day"),
    ],
)
def test_the_order_of_dates_is_the_examples(dates: list[str], order: str) -> None:
    example = {f"date {number}x": date for number, date in enumerate(dates)}
    assert read_fields(json.dumps(example)).date_order == order


def test_ordinary_words_are_values_where_others_are() -> None:
    assert kinds({"label": "date", "value": "Monday"}) == {"label": Kind.TEXT, "value": Kind.TEXT}
    assert kinds({"label": "date", "value": "number"}) == {"label": Kind.DATE, "value": Kind.NUMBER}
    assert kinds({"name": "string", "count": 0}) == {"name": Kind.TEXT, "count": Kind.WHOLE}


def test_a_kind_beside_a_word_that_is_none_is_asked_about() -> None:
    said = problem('{"vendor": "string", "rows": [{"when": "dat"}]}')
    assert said.field == "rows.when"
    assert "no kind that is known" in said.sentence


def test_a_saved_set() -> None:
    assert read_fields(json.dumps(to_schema(HARD))) == HARD


@given(fields=SETS)
@settings(max_examples=60, deadline=None)
def test_every_saved_set_is_read_as_it_was(fields: FieldSet) -> None:
    assert read_fields(json.dumps(to_schema(fields), ensure_ascii=False, indent=1)) == fields


def test_an_example_with_the_names_of_keywords_is_an_example() -> None:
    assert kinds({"type": "House", "properties": "two", "items": ["a"]})["properties"] is Kind.TEXT
    assert kinds({"type": "object", "title": "Vase"}) == {"type": Kind.TEXT, "title": Kind.TEXT}
    assert kinds({"schema": {"a": 1}}) == {"schema": Kind.GROUP}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing here"),
        (" \n\ufeff", "not JSON"),
        ("vendor: string\ntotal: number\n", r"not JSON \(line 1, column 1\)"),
        ('{"a": 1,}', r"not JSON \(line 1"),
        ("{'a': 1}", "not JSON"),
        ("```json\n{}\n```", "not JSON"),
        ("[]", "a list"),
        ('[{"field": "str"}]', "a list"),
        ("12", "one value"),
        ('"string"', "one value"),
        ("{}", "no field"),
        ('{"a": NaN}', "NaN is not allowed"),
        ('{"a": -Infinity}', "-Infinity is not allowed"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"x": {"a": 1, "a": 2}}', "twice"),
        ('{"a": null}', "null does not say"),
        ('{"a": []}', "empty list"),
        ('{"a": {}}', "needs parts"),
        ('{"a": [{}]}', "needs columns"),
        ('{"a": [[1]]}', "list holds lists"),
        ('{"a": [1, "x"]}', "different kinds"),
        ('{"": 1}', "name is empty"),
        ('{"a.b": 1}', "letters, digits"),
        ('{"2026": 1}', "only digits"),
        ('{"\\ud800": 1}', "letters, digits"),
        ('{"a\\u0000": 1}', "letters, digits"),
        ('{"a": "x|x|y"}', "there twice"),
        ('{"a": ' + "9" * 5000 + "}", "too long to be read"),
        ("[" * 200_000, "too deep"),
        ('{"a":' * 70 + "1" + "}" * 70, "too deep"),
        ('{"a":' * 6 + "1" + "}" * 6, "too deep"),
        ("x" * 1_000_001, "too long for a set"),
        (json.dumps({f"f{n}": 1 for n in range(201)}), "201 fields|more than 200"),
        (json.dumps({f"f{n}": 1 for n in range(15_000)}), "more than 200"),
        (json.dumps({"a": [1] * 30_000}), "too long"),
        (json.dumps({"n" * 400_000: 1}), "too long"),
    ],
)
def test_whatever_is_wrong_ends_in_words(text: str, words: str) -> None:
    with pytest.raises(FieldsInvalid, match=words) as raised:
        read_fields(text)
    assert len(str(raised.value)) < 2_000
    assert all(len(one.field) < 300 for one in raised.value.problems)


def test_a_byte_order_mark_is_no_matter() -> None:
    assert read_fields("\ufeff" + SHORTHAND) == read_fields(SHORTHAND)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["string", "date"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4) | st.sampled_from(["type", "properties", "items", "$ref", "anyOf", "allOf", "enum"]),
            inner | st.sampled_from(["object", "array", "string", "#", "#/properties/a"]),
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(value=_JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_is_a_set_or_words(value: Any) -> None:
    try:
        made = read_fields(json.dumps(value))
    except FieldsInvalid:
        return
    assert read_fields(json.dumps(to_schema(made))) == made


@given(text=st.text())
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_set_or_words(text: str) -> None:
    with pytest.raises(FieldsInvalid):
        read_fields(text + "]")
