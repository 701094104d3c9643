"""Rows of a list: what belongs to one row has to stand beside each other."""

from __future__ import annotations

from typing import Any

from tests.reader.papers import paper
from vision.evidence.supporting import supports
from vision.evidence.tables import NOT_BESIDE
from vision.fields.model import Field, FieldSet, Kind, Path
from vision.fields.values import Mark, Support
from vision.reader.reading import Reading

ITEMS = Field(
    "items",
    Kind.ROWS,
    fields=(Field("description"), Field("quantity", Kind.WHOLE), Field("amount", Kind.MONEY)),
)
SET = FieldSet("invoice", (ITEMS,))
TABLE = paper(
    (
        "Northwind Instruments Ltd",
        "Item | Qty | Amount",
        "Brass compass | 2 | 48.00",
        "Field notebook | 5 | 20.00",
        "Brass compass | 1 | 24.00",
        "Total | 92.00",
    )
)


def found(reading: Reading, *records: Any) -> dict[Path, Support]:
    return supports(SET, {"items": list(records)}, [reading])


def item(description: str, quantity: int | None, amount: float | None) -> dict[str, Any]:
    return {"description": description, "quantity": quantity, "amount": amount}


def test_values_beside_each_other_are_read_and_equal_rows_each_have_their_own() -> None:
    supported = found(TABLE, item("Brass compass", 2, 48), item("Field notebook", 5, 20), item("Brass compass", 1, 24))
    assert {support.mark for support in supported.values()} == {Mark.READ}
    assert len(supported) == 9
    tops = [supported["items", row, "description"].places[0].box[1] for row in range(3)]
    assert tops == sorted(set(tops))


def test_amounts_of_the_next_row_are_not_read() -> None:
    supported = found(TABLE, item("Brass compass", 2, 20), item("Field notebook", 5, 24))
    assert supported["items", 0, "amount"].mark is Mark.SIMILAR
    assert supported["items", 0, "amount"].reason == NOT_BESIDE
    assert supported["items", 1, "amount"].mark is Mark.SIMILAR
    assert supported["items", 1, "quantity"].mark is Mark.READ


def test_the_total_of_the_paper_is_no_amount_of_a_row() -> None:
    supported = found(TABLE, item("Field notebook", 5, 92))
    assert supported["items", 0, "amount"].mark is Mark.SIMILAR
    assert found(TABLE, item("Field notebook", 5, 93))["items", 0, "amount"].mark is Mark.NOT_FOUND


def test_a_row_of_a_table_the_model_left_out_lends_its_amount_to_none() -> None:
    assert found(TABLE, item("Brass compass", 2, 20))["items", 0, "amount"].mark is Mark.SIMILAR


def test_the_numbers_may_stand_on_the_line_under_the_description() -> None:
    reading = paper(
        ("Corner shop", "KNIFE 7240", "6926292571513 | 2 X 15.57 | 31.14", "SCISSORS K56", "69262925 | 1 X 7.45 | 7.45")
    )
    supported = found(reading, item("Knife 7240", 2, 31.14), item("Scissors K56", 1, 7.45))
    assert {support.mark for support in supported.values()} == {Mark.READ}
    shifted = found(reading, item("Knife 7240", 1, 7.45))
    assert shifted["items", 0, "amount"].mark is Mark.SIMILAR


def test_a_wrapped_description_has_its_amount_on_either_line() -> None:
    reading = paper(("Shop Ltd", "Binoculars with | 1 | 99.00", "carrying strap", "Lens cloth | 3 | 9.00"))
    supported = found(reading, item("Binoculars with carrying strap", 1, 99))
    assert supported["items", 0, "amount"].mark is Mark.READ
    assert len(supported["items", 0, "description"].places) >= 1


def test_numbers_alone_find_their_row_by_two() -> None:
    supported = found(TABLE, item("Messingkompass", 2, 48))
    assert supported["items", 0, "description"].mark is Mark.NOT_FOUND
    assert supported["items", 0, "amount"].mark is Mark.READ
    alone = found(TABLE, {"description": "Messingkompass", "amount": 48})
    assert alone["items", 0, "amount"].mark is Mark.SIMILAR


def test_rows_on_the_second_page_are_found_there() -> None:
    pages = [TABLE, paper(("Page 2", "Silver spoon | 4 | 80.00", "Thank you"))]
    supported = supports(SET, {"items": [item("Silver spoon", 4, 80)]}, pages)
    assert {place.page for support in supported.values() for place in support.places} == {1}
    assert {support.mark for support in supported.values()} == {Mark.READ}
