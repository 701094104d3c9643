from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.exporting.cases import DATA, INVOICE, RECORD, RUN, SOURCE, TEXT_SET, hostile, of_texts
from vision.exporting.as_json import to_json, to_jsonl
from vision.exporting.sheet import Exported
from vision.fields.model import FieldSet
from vision.fields.ready import ready_sets
from vision.fields.schema import record_schema


def check(set_: FieldSet, data: object) -> None:
    schema = record_schema(set_)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(data)


def test_records_are_valid_against_their_schema() -> None:
    (found,) = json.loads(to_json(INVOICE, [RECORD]))
    assert found == DATA
    check(INVOICE, found)


@pytest.mark.parametrize(
    "data", [{}, {"vendor": None, "items": [{}], "seller": {}}, {**DATA, "unknown": 1}, {"due": None}]
)
def test_what_is_not_there_is_left_out_and_what_is_needed_is_null(data: dict[str, Any]) -> None:
    (found,) = json.loads(to_json(INVOICE, [replace(RECORD, data=data)]))
    check(INVOICE, found)
    assert {"vendor", "date", "total"} <= set(found)
    assert "due" not in found
    assert "unknown" not in found


def test_a_row_that_lacks_what_is_needed_has_null_there() -> None:
    (found,) = json.loads(to_json(INVOICE, [replace(RECORD, data={"items": [{"description": "Tea"}]})]))
    assert found["items"] == [{"description": "Tea", "amount": None}]


def test_every_ready_set_has_records_without_anything() -> None:
    for set_ in (ready.fields for ready in ready_sets()):
        (found,) = json.loads(to_json(set_, [Exported("empty", {}, SOURCE)]))
        check(set_, found)


def test_one_record_a_line_in_jsonl() -> None:
    two = [RECORD, replace(RECORD, name="b\nc.png", data={**DATA, "vendor": "one\ntwo\u2028three"})]
    lines = to_jsonl(INVOICE, two, provenance=True).decode().removesuffix("\n").split("\n")
    assert [json.loads(line)["record"] for line in lines] == ["receipt.png", "b\nc.png"]
    assert [json.loads(line) for line in lines] == json.loads(to_json(INVOICE, two, provenance=True))
    assert to_jsonl(INVOICE, []) == b""


def test_where_it_came_from_stands_beside_the_data() -> None:
    (found,) = json.loads(to_json(INVOICE, [RECORD], provenance=True), parse_float=Decimal)
    assert found["source"] == {
        "file": "receipt.png", "sha256": "ab" * 32, "provider": "anthropic", "model": "claude-x", "set": "Invoice",
        "set_version": 3, "state": "accepted", "reviewer": "Ann", "reviewed": "2026-11-22T12:00:00+00:00",
        "cost_usd": Decimal("0.0012"), "seconds": Decimal("1.5"), "marks": dict(SOURCE.marks),
    }  # fmt: skip
    check(INVOICE, json.loads(to_json(INVOICE, [RECORD], provenance=True))[0]["data"])


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2))
def test_no_noise_in_amounts(amount: Decimal) -> None:
    data = to_json(INVOICE, [replace(RECORD, data={"total": amount})])
    assert json.loads(data, parse_float=Decimal)[0]["total"] == amount


@pytest.mark.parametrize(
    ("number", "text"),
    [(12.1, "12.1"), (Decimal("12.10"), "12.1"), (Decimal("1E+3"), "1000"), (Decimal("NaN"), "null"),
     (Decimal("Infinity"), "null"), (float("nan"), "null"), (12345678901234567890, "12345678901234567890")],
)  # fmt: skip
def test_numbers_as_they_are_written(number: object, text: str) -> None:
    assert f'"total": {text}' in to_json(INVOICE, [replace(RECORD, data={"total": number})]).decode()


@given(st.lists(st.text(), max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    found = json.loads(to_json(TEXT_SET, of_texts(texts)))
    assert found == [{"text": text} for text in texts]


@pytest.mark.parametrize("text", RUN, ids=ascii)
def test_names_and_texts_stay_as_they_are(text: str) -> None:
    set_, record = hostile(text)
    (found,) = json.loads(to_json(set_, [record]))
    assert found == record.data
    check(set_, found)


def test_half_a_character_makes_no_broken_file() -> None:
    (found,) = json.loads(to_json(TEXT_SET, of_texts(["a\ud800b"])))
    assert found == {"text": "a\ufffdb"}
