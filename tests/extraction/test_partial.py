"""Answers that were cut off: what is whole is kept, nothing is invented or shortened, and lists go on without gap."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extraction.sets import INVOICE, records
from vision.extraction.partial import merge_rows, unfinished, whole_rows
from vision.extraction.prompting import CONTEXT_ROWS
from vision.fields.model import Field, Kind

FIELDS = INVOICE.fields
ROWS = [{"description": f"Row {number}", "amount": number + 0.5} for number in range(60)]
LIST = (Field("items", Kind.ROWS, fields=FIELDS[3].fields),)


@settings(max_examples=40, deadline=None)
@given(records(FIELDS), st.sampled_from((None, 1)), st.sampled_from(("", "```json\n", "Sure: ")))
def test_what_is_kept_of_a_cut_text_is_a_beginning_of_its_data(record: Any, indent: int | None, before: str) -> None:
    text = before + json.dumps(record, indent=indent)
    for cut in range(len(text) + 1):
        kept = whole_rows(text[:cut], FIELDS) or {}
        names = list(kept)
        assert names == list(record)[: len(names)]
        for name in names:
            if name == "items":
                assert kept[name] == record[name][: len(kept[name])]
            else:
                assert kept[name] == record[name]
        open_names = {field.name for field in unfinished(text[:cut], FIELDS)}
        if cut < len(text):
            assert open_names >= record.keys() - set(names)
            assert "items" in open_names or kept.get("items") == record.get("items")
    assert (whole_rows(text, FIELDS) or {}) == record
    assert unfinished(text, FIELDS) == ()


def test_a_list_of_60_rows_cut_in_row_25() -> None:
    text = json.dumps({"vendor": "A", "items": ROWS, "paid": True})
    cut = text.index("Row 25") + 3
    assert whole_rows(text[:cut], FIELDS) == {"vendor": "A", "items": ROWS[:25]}
    left = [field.name for field in unfinished(text[:cut], FIELDS)]
    assert "items" in left
    assert "paid" in left
    assert "vendor" not in left


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"pages": 12', None),
        ('{"pages": 12 ', None),
        ('{"pages": 12,', {"pages": 12}),
        ('{"pages": 12}', {"pages": 12}),
        ('{"paid": true', None),
        ('{"paid": tru', None),
        ('{"vendor": "AC', None),
        ('{"vendor": "AC"', {"vendor": "AC"}),
        ('{"vendor": "AC\\', None),
        ('{"vendor": "A", "VENDOR": null', {"vendor": "A"}),
        ('{"seller": {"city": "Ulm"', None),
        ('{"phones": ["112", "110"', None),
        ('{"items": [', None),
        ('{"items": [{"amount": 1}', {"items": [{"amount": 1}]}),
        ('{"items": [{"amount": 1}, {"amount": 2', {"items": [{"amount": 1}]}),
        ('{"items": [{"amount": 1}, 5', {"items": [{"amount": 1}]}),
        ('{"items": []', {"items": []}),
        ('{"items": null,', {"items": None}),
        ('{"other": [1, 2], "vendor": "A", "more', {"vendor": "A"}),
        ('{"vendor": "A" "date"', {"vendor": "A"}),
        ('{"Vendor": "A",', {"vendor": "A"}),
        ("[1, 2", None),
        ("no JSON", None),
        ("", None),
        ('{"items": ' + "[" * 100_000, None),
    ],
)
def test_what_is_whole(text: str, kept: Any) -> None:
    assert whole_rows(text, FIELDS) == kept


def test_a_list_that_was_closed_is_not_asked_for_again() -> None:
    assert "items" not in [field.name for field in unfinished('{"items": [{"amount": 1}], "paid": tr', FIELDS)]
    assert "items" in [field.name for field in unfinished('{"items": [{"amount": 1}', FIELDS)]


def _rest(rows: list[Any], given: int, count: int) -> list[Any]:
    """What a model says that does as it is told: the last rows once more, then the next."""
    return rows[max(0, given - CONTEXT_ROWS) : given + count]


@given(
    st.lists(st.sampled_from(({"a": 1}, {"a": 2}, {"a": 2, "b": None}, {"b": "x"})), max_size=12), st.integers(1, 5),
    st.integers(1, 5),
)  # fmt: skip
def test_a_list_in_parts_is_the_list_also_with_equal_rows(rows: list[Any], first: int, count: int) -> None:
    found = rows[:first]
    while len(found) < len(rows):
        more = merge_rows(found, _rest(rows, len(found), count))
        assert len(more) > len(found)
        found = more
    assert found == rows
    assert len(merge_rows(found, _rest(rows, len(found), count))) == len(rows)


@pytest.mark.parametrize(
    ("after", "merged"),
    [
        (ROWS[23:40], 40),  # as asked for: the last two again
        (ROWS[24:40], 40),  # only the last again
        (ROWS[25:40], 40),  # none again
        (ROWS[:40], 40),  # from the very beginning
        (ROWS[20:40], 40),  # more again than asked for
        (ROWS[23:25], 25),  # there are no more
        ([], 25),
    ],
)
def test_rows_given_again_are_there_once(after: list[Any], merged: int) -> None:
    assert merge_rows(ROWS[:25], after) == ROWS[:merged]


def test_rows_are_the_same_when_they_say_the_same() -> None:
    before: list[Any] = [{"description": "Tea, green", "amount": 12.0, "unit": None}]
    before += [{"description": "b", "amount": 1}]
    after: list[Any] = [
        {"description": "TEA,  green", "amount": 12},
        {"amount": 1.0, "description": "b"},
        {"amount": 2},
    ]
    assert merge_rows(before, after) == [*before, {"amount": 2}]
    assert merge_rows([], after) == after
    true: list[Any] = [{"amount": True}]
    assert merge_rows([{"amount": 1}], true) == [{"amount": 1}, *true]
