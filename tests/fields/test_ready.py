"""The sets that come along: whole, telling, each with a picture to try it on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fields.sets import SHORTHAND
from vision.errors import NotThere
from vision.fields.kinds import explained
from vision.fields.model import Field, Kind
from vision.fields.problems import check
from vision.fields.reading import read_fields
from vision.fields.ready import ReadySet, ready_set, ready_sets
from vision.fields.schema import from_schema, to_schema
from vision.fields.table import from_rows, to_rows
from vision.samples import samples

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
