"""The sets that come along: whole, telling, each with a picture to try it on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema
import pytest

from tests.fields.sets import SHORTHAND
from tests.fields.truth import TRUTH
from vision.errors import NotThere
from vision.extraction.check_digits import schemes
from vision.extraction.rules import broken
from vision.fields.kinds import explained
from vision.fields.model import Field, Kind, Path
from vision.fields.problems import check
from vision.fields.reading import read_fields
from vision.fields.ready import ReadySet, ready_set, ready_sets
from vision.fields.rule_problems import SCHEMES
from vision.fields.schema import from_schema, record_schema, to_schema
from vision.fields.table import from_rows, to_rows
from vision.samples import samples

TODAY = date(2026, 11, 22)
BY_ID = {ready.id: ready for ready in ready_sets()}


def everything(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from everything(field.fields)


def test_the_five_in_order() -> None:
    assert list(BY_ID) == ["invoice", "receipt", "card", "form", "screenshot"]
    assert ready_set("card").fields.name == "Business card"
    with pytest.raises(NotThere, match="invoice, receipt, card, form, screenshot"):
        ready_set("../invoice")


@pytest.mark.parametrize("ready", ready_sets(), ids=BY_ID)
def test_each_is_whole(ready: ReadySet) -> None:
    assert check(ready.fields) == ()
    assert from_schema(to_schema(ready.fields)) == ready.fields
    assert from_rows(to_rows(ready.fields), ready.fields) == ready.fields
    assert ready.sample in {sample.id for sample in samples()}
    assert ready.about


@pytest.mark.parametrize("ready", ready_sets(), ids=BY_ID)
def test_every_field_says_what_it_means_in_few_words(ready: ReadySet) -> None:
    for field in everything(ready.fields.fields):
        assert 10 < len(field.meaning) < 140
        assert field.meaning.endswith(".")


def test_the_invoice_begins_with_the_original_shorthand() -> None:
    asked, first = read_fields(SHORTHAND).fields, ready_set("invoice").fields.fields[:4]
    assert [field.name for field in first] == [field.name for field in asked]
    assert [field.name for field in first[3].fields][:2] == [field.name for field in asked[3].fields]
    assert all(field.needed for field in (*first, *first[3].fields[:2]))
    assert not any(field.needed for field in ready_set("invoice").fields.fields[4:])


def test_every_kind_is_explained() -> None:
    for kind in Kind:
        assert explained(kind)


@pytest.mark.parametrize("name", BY_ID)
def test_what_stands_on_its_sample_can_be_said_with_it_and_keeps_its_rules(name: str) -> None:
    fields = ready_set(name).fields
    assert not list(jsonschema.Draft202012Validator(record_schema(fields)).iter_errors(TRUTH[name]))
    assert broken(fields, TRUTH[name], TODAY) == ()


@pytest.mark.parametrize(
    ("name", "wrong", "paths"),
    [
        ("invoice", {"subtotal": 2600.00}, {("subtotal",), ("total",)}),
        ("invoice", {"total": 3100.00}, {("total",)}),
        ("invoice", {"date": "2026-12-12"}, {("date",)}),
        ("invoice", {"iban": "GB33 BUKB 2020 1555 5555 56"}, {("iban",)}),
        ("receipt", {"change": 12.00}, {("cash",)}),
        ("receipt", {"subtotal": 28.00}, {("subtotal",)}),
        ("form", {"birth_date": "2088-03-14"}, {("birth_date",)}),
    ],
)
def test_a_value_that_was_read_wrong_breaks_a_rule(name: str, wrong: dict[str, Any], paths: set[Path]) -> None:
    found = broken(ready_set(name).fields, {**TRUTH[name], **wrong}, TODAY)
    assert len(found) == len(paths)
    assert paths <= {path for finding in found for path in finding.paths}


def test_every_scheme_of_a_rule_can_be_checked() -> None:
    assert schemes() == set(SCHEMES)
