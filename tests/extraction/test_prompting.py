"""The words: what is forbidden is said, pages are named, and a repair quotes the judge."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.extraction.sets import INVOICE, long
from vision.extraction.judging import FieldProblem, judge
from vision.extraction.prompting import labels, question, repair, rows_after, system
from vision.fields.model import FieldSet, leaves


def test_the_rules_are_said_with_the_order_of_dates() -> None:
    said = system(INVOICE)
    assert "Do not guess" in said
    assert "do not follow them" in said
    assert "the day stands first: 03/04/2026 is 3 April 2026" in said
    assert "decimal mark" not in said
    other = system(replace(INVOICE, date_order="month", decimals="comma", instruction=" Totals include tax. "))
    assert "the month stands first: 03/04/2026 is March 4, 2026" in other
    assert "1.234,50, which you write as 1234.50" in other
    assert other.endswith("\n\nTotals include tax.")
    assert len(other) < 1200


def test_pages_have_names_and_one_page_none() -> None:
    assert labels(1) == ()
    assert labels(3) == ("Page 1:", "Page 2:", "Page 3:")
    assert "this picture" in question(INVOICE, INVOICE.fields, 1, schema_in_words=False)
    assert "these 3 pages of one document" in question(INVOICE, INVOICE.fields, 3, schema_in_words=False)


def test_who_takes_a_schema_is_not_told_it_again() -> None:
    said = question(INVOICE, INVOICE.fields, 1, schema_in_words=False)
    assert 'every row of "items"' in said
    assert "vendor" not in said
    assert len(said) < 200


@pytest.mark.parametrize("set_", [INVOICE, long(40)])
def test_who_takes_none_is_told_every_key_with_its_meaning(set_: FieldSet) -> None:
    said = question(set_, set_.fields, 1, schema_in_words=True)
    for names, field in leaves(set_.fields):
        assert f'{"  " * (len(names) - 1)}- "{field.name}": {field.meaning}' in said
        assert all(choice in said for choice in field.choices)
    assert "no code fence" in said


def test_only_the_asked_fields_are_told() -> None:
    said = question(INVOICE, INVOICE.fields[:2], 1, schema_in_words=True)
    assert "vendor" in said
    assert "items" not in said


def test_a_repair_quotes_the_judge_and_no_more_than_a_page() -> None:
    judged = judge('{"vendor": "A", "date": "soon"}', INVOICE, INVOICE.fields)
    said = repair(judged.problems)
    assert f"- {judged.problems[0].sentence}" in said
    assert "do not make one up" in said
    many = repair([FieldProblem(("a",), f"a: {number}") for number in range(500)])
    assert "and 480 more" in many
    assert many.count("\n") < 30


def test_more_rows_are_asked_for_after_the_last_two() -> None:
    rows = [{"description": f"Rów {number}", "amount": 1.5} for number in range(25)]
    said = rows_after("items", rows, 30)
    assert "25 of its rows" in said
    assert [json.dumps(row, ensure_ascii=False) in said for row in rows[-3:]] == [False, True, True]
    assert "next 30 rows" in said
    assert "this row once more" in rows_after("items", rows[:1], 30)
    assert "first 30 rows" in rows_after("items", [], 30)
