"""A record as it is shown: names, texts, marks in words, places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from vision.extracting.showing import ShownRows, ShownValue, shown_record, spots, value_text
from vision.extraction.doubt import doubts
from vision.extraction.judging import missing
from vision.extraction.rules import broken
from vision.fields.model import Field, FieldSet, Kind, Path, Rule
from vision.fields.values import Mark, Place, Support
from vision.messages import Json
from vision.store.extract_records import Record, RecordState, Verdict

SET = FieldSet(
    "Receipt",
    (
        Field("shop_name", needed=True),
        Field("total", Kind.MONEY, needed=True),
        Field("paid", Kind.YES_NO),
        Field("items", Kind.ROWS, fields=(Field("what"), Field("amount", Kind.MONEY), Field("code", Kind.CODE))),
        Field("phones", Kind.PHONE, many=True),
        Field("buyer", Kind.GROUP, fields=(Field("city"),)),
    ),
    rules=(Rule("sum", ("items.amount",), "total"),),
)
DATA: dict[str, Any] = {
    "shop_name": "Bakery",
    "total": 5,
    "paid": False,
    "items": [{"what": "Bread", "amount": 3.1}, {"what": "Milk", "amount": 9.9}],
    "phones": ["+49 30 1234", "+49 30 5678"],
    "buyer": {"city": "Bristol"},
}
THERE = Support(
    Mark.READ, (Place(0, (1, 2, 3, 4), "Bakery"), Place(0, (0, 5, 9, 6), "Ltd"), Place(1, (0, 0, 1, 1), ""))
)


def record(data: Json, supports: dict[Path, Support] | None = None, *, checked: bool = True) -> Record:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    found = doubts(
        SET,
        data,
        supports=supports or {},
        findings=broken(SET, data, date(2026, 11, 22)),
        missing=missing(SET.fields, data),
    )
    return Record(
        id="r", run_id="run", position=0, name="a.png", pictures=(), state=RecordState.DONE, verdict=Verdict.OPEN,
        version=1, data=data, first=data, supports=supports or {}, doubts=found, score=0.0, checked=checked,
        provider="anthropic", model="m", cost_usd=None, seconds=1.0, attempts=(), notes=(), sent_sha256=(),
        outcome="complete", sentence="", text="", worker="", reviewer="", reviewed=None, created=now, updated=now,
    )  # fmt: skip


def by_id(found: Record) -> dict[str, ShownValue | ShownRows]:
    return {one.id: one for one in shown_record(SET, found).values}


def words(one: ShownValue | ShownRows) -> list[str]:
    assert isinstance(one, ShownValue)
    return [mark.words for mark in one.marks]


def test_values_are_written_for_people() -> None:
    found = by_id(record(DATA))
    texts = {name: one.text for name, one in found.items() if isinstance(one, ShownValue)}
    assert texts == {
        "shop_name": "Bakery",
        "total": "5.00",
        "paid": "no",
        "phones.0": "+49 30 1234",
        "phones.1": "+49 30 5678",
        "buyer.city": "Bristol",
    }
    assert [one.label for one in found.values()] == [
        "Shop name", "Total", "Paid", "Items", "Phones", "Phones 2", "Buyer: City",
    ]  # fmt: skip
    assert value_text(Field("n", Kind.NUMBER), 0.1) == "0.1"


def test_a_list_is_a_table_without_its_empty_columns() -> None:
    rows = by_id(record(DATA))["items"]
    assert isinstance(rows, ShownRows)
    assert rows.columns == ("What", "Amount")
    assert [[cell.text for cell in row] for row in rows.rows] == [["Bread", "3.10"], ["Milk", "9.90"]]
    assert rows.rows[1][1].id == "items.1.amount"


def test_every_mark_in_its_words_the_pictures_first() -> None:
    supports: dict[Path, Support] = {("shop_name",): Support(Mark.NOT_FOUND), ("total",): THERE}
    found = by_id(record(DATA, supports))
    assert words(found["shop_name"]) == ["not found on the picture: check this"]
    assert words(found["total"]) == ["read on the picture", "does not add up"]
    total = found["total"]
    assert isinstance(total, ShownValue)
    assert total.notes == ("The items add up to 13.00, but the total says 5.00.",)
    assert words(found["paid"]) == []


def test_what_is_not_there_is_left_out_or_asked_for() -> None:
    found = shown_record(SET, record({"total": None}))
    assert {one.id: words(one) for one in found.values} == {
        "shop_name": ["needed, and not found"],
        "total": ["needed, and not found"],
    }
    assert found.absent == ("Paid", "Items", "Phones", "Buyer")


def test_nothing_is_marked_before_the_pictures_were_searched() -> None:
    found = by_id(record(DATA, {("total",): THERE}, checked=False))
    assert words(found["total"]) == []


def test_a_spot_is_all_lines_of_a_value_on_its_first_page() -> None:
    (spot,) = spots(SET, record({**DATA, "items": []}, {("shop_name",): THERE}))
    assert (spot.page, spot.box, spot.tone) == (0, (0, 2, 9, 6), "ok")
    assert spots(SET, record(DATA, {("gone",): THERE})) == ()


def test_whatever_a_model_put_where_rows_should_be_is_shown() -> None:
    data = {**DATA, "items": ["Bread", None, {"what": "Milk"}], "buyer": "nobody"}
    rows = {one.id: one for one in shown_record(SET, replace(record(DATA), data=data)).values}["items"]
    assert isinstance(rows, ShownRows)
    assert [[cell.text for cell in row] for row in rows.rows] == [[""], [""], ["Milk"]]
