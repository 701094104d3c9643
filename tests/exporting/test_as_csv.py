from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exporting.cases import (
    DATA,
    INSIDE,
    INVOICE,
    PLAIN,
    RECORD,
    RUN,
    SOURCE,
    TEXT_SET,
    TEXTS,
    by_head,
    csv_rows,
    hostile,
    of_texts,
)  # fmt: skip
from vision.exporting.as_csv import to_csv
from vision.exporting.neutral import cell_text
from vision.exporting.sheet import CannotExport, Exported
from vision.fields.model import Field, FieldSet, Kind

HARMLESS = {"-12.5", *PLAIN, *(part for text in PLAIN for part in text.replace("\n", ";").split(";"))}


def live(cell: str) -> bool:
    """Whether a cell begins as a formula does: a plainer rule than the one that is tested."""
    bare = "".join(c for c in cell if unicodedata.category(c)[0] not in "CZ" and c not in '"“”`')
    return unicodedata.normalize("NFKC", bare)[:1] in ("=", "@", "+", "-", "|") and cell.strip('"') not in HARMLESS


def test_one_line_for_each_record_with_its_rows_as_json() -> None:
    rows = csv_rows(to_csv(INVOICE, [RECORD, RECORD]))
    assert len(rows) == 3
    first = by_head(rows)
    assert list(first) == [
        *("record", "vendor", "date", "due", "at", "total", "pages", "paid", "number", "phone", "currency", "tags"),
        *("rates", "seller.city", "seller.zip", "items"),
    ]  # fmt: skip
    assert json.loads(first.pop("items")) == DATA["items"]
    assert first == {
        "record": "receipt.png", "vendor": "Kaufhaus Ölz", "date": "2026-11-22", "due": "", "at": "14:30",
        "total": "-12.5", "pages": "2", "paid": "true", "number": "00123", "phone": "+49 30 1234", "currency": "EUR",
        "tags": "food; travel", "rates": "7; 19.5", "seller.city": "Bern", "seller.zip": "03000",
    }  # fmt: skip
    assert rows[2][0] == "receipt.png (2)"


def test_numbers_are_not_quoted_and_texts_are() -> None:
    line = to_csv(INVOICE, [RECORD]).decode().splitlines()[1]
    assert ',"14:30",-12.5,2,"true","00123",' in line


def test_the_rows_of_a_list_as_a_file_of_their_own() -> None:
    twice = [RECORD, replace(RECORD, name="b.png", data={**DATA, "items": []}), RECORD]
    assert csv_rows(to_csv(INVOICE, twice, rows="items")) == [
        ["record", "row", "description", "amount"],
        ["receipt.png", "1", "Tea", "3"],
        ["receipt.png", "2", "Milk; 1 l", "1.25"],
        ["receipt.png (2)", "1", "Tea", "3"],
        ["receipt.png (2)", "2", "Milk; 1 l", "1.25"],
    ]


def test_a_list_that_is_not_there_is_said() -> None:
    with pytest.raises(CannotExport, match=r'no list of rows named "rows"\. It has: items'):
        to_csv(INVOICE, [RECORD], rows="rows")


def test_where_every_value_came_from() -> None:
    found = by_head(csv_rows(to_csv(INVOICE, [RECORD], provenance=True)))
    told = {
        "file": "receipt.png", "sha256": "ab" * 32, "provider": "anthropic", "model": "claude-x", "set": "Invoice",
        "set_version": "3", "state": "accepted", "reviewer": "Ann", "reviewed_utc": "2026-11-22T12:00:00+00:00",
        "cost_usd": "0.0012", "seconds": "1.5", "mark: total": "read on the picture",
        "mark: items": "similar; not found",
    }  # fmt: skip
    assert told.items() <= found.items()
    rows = csv_rows(to_csv(INVOICE, [RECORD], rows="items", provenance=True))
    assert [by_head(rows, at)["mark: amount"] for at in (1, 2)] == ["similar", "not found"]
    assert by_head(rows)["file"] == "receipt.png"


def test_what_nobody_reviewed_is_empty() -> None:
    plain = replace(SOURCE, reviewer="", reviewed=None, cost_usd=None, seconds=None, marks={})
    found = by_head(csv_rows(to_csv(INVOICE, [replace(RECORD, source=plain)], provenance=True)))
    assert {found[name] for name in ("reviewer", "reviewed_utc", "cost_usd", "seconds")} == {""}
    assert not [name for name in found if name.startswith("mark: ")]


def test_a_time_without_a_zone_is_in_utc() -> None:
    naive = replace(SOURCE, reviewed=datetime(2026, 11, 22, 12, tzinfo=UTC).replace(tzinfo=None))
    found = by_head(csv_rows(to_csv(INVOICE, [replace(RECORD, source=naive)], provenance=True)))
    assert found["reviewed_utc"] == "2026-11-22T12:00:00+00:00"


def test_fields_keep_their_names_and_ours_give_way() -> None:
    set_ = FieldSet("S", (Field("record"), Field("model"), Field("Model"), Field("a.b"), Field("a", Kind.GROUP,
                    fields=(Field("b"),))))  # fmt: skip
    rows = csv_rows(to_csv(set_, [Exported("n", {"record": "x", "a": {"b": "y"}}, SOURCE)], provenance=True))
    assert rows[0][:6] == ["record (2)", "record", "model", "Model (2)", "a.b", "a.b (2)"]
    assert (rows[1][0], rows[1][1], rows[1][5]) == ("n", "x", "y")
    assert by_head(rows)["model (3)"] == "claude-x"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["a;b", "c"], '["a;b", "c"]'),
        (["a"], "a"),
        ([], ""),
        ("", ""),
        ({"x": 1}, '{"x": 1}'),
        (None, ""),
        ([1, "a"], '[1, "a"]'),
        ([float("nan"), 1], "null; 1"),
        (12.0, "12"),
        (1e300, "1e+300"),
    ],
)
def test_values_of_any_shape_have_one_cell(value: object, shown: str) -> None:
    set_ = FieldSet("S", (Field("v", many=True),))
    assert csv_rows(to_csv(set_, [Exported("n", {"v": value}, SOURCE)]))[1][1] == shown


def test_every_payload_is_text() -> None:
    rows = csv_rows(to_csv(TEXT_SET, of_texts(TEXTS)))
    found = [row[1] for row in rows[1:]]
    assert len(found) == len(TEXTS)
    assert not [cell for cell in found if live(cell)]
    safe = [csv for _, csv in INSIDE]
    assert found[len(RUN) :] == [*PLAIN, *safe]
    assert [cell.lstrip("'") for cell in found[: len(RUN)]] == [cell_text(text).lstrip("'") for text in RUN]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_every_payload_is_text_where_a_country_separates_otherwise(delimiter: str) -> None:
    rows = csv_rows(to_csv(TEXT_SET, of_texts(TEXTS)), delimiter)
    assert not [cell for row in rows for cell in row if live(cell)]
    lines = to_csv(TEXT_SET, of_texts(TEXTS)).decode("utf-8-sig").replace("\r", "\n").split("\n")
    assert not [piece for line in lines for piece in line.split(delimiter) if live(piece.strip('"'))]


@pytest.mark.parametrize("text", RUN, ids=ascii)
def test_names_are_hostile_too(text: str) -> None:
    set_, record = hostile(text)
    for rows in ("json", f"{text} rows"):
        for row in csv_rows(to_csv(set_, [record], rows=rows, provenance=True)):
            assert not [cell for cell in row if live(cell)]


@given(st.lists(st.text(), max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    rows = csv_rows(to_csv(TEXT_SET, of_texts(texts)))
    for text, (_, found) in zip(texts, rows[1:], strict=True):
        assert found.replace("'", "") == cell_text(text).replace("'", "")
        assert "'" in found or found == cell_text(text)
