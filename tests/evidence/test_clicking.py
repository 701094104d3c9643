"""What a click on the picture fills into a field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reader.papers import CARD, GERMAN_INVOICE, RECEIPT, paper
from vision.evidence.clicking import lines, value_at
from vision.evidence.supporting import supports
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.values import Mark
from vision.reader.reading import Code, Reading

SET = FieldSet("set", ())
RECEIPT_PAPER, INVOICE, BUSINESS_CARD = paper(RECEIPT), paper(GERMAN_INVOICE), paper(CARD)


def click(reading: Reading, text: str, kind: Kind, set_: FieldSet = SET, **field: Any) -> Any:
    """The value of a click in the middle of the line that begins with ``text``."""
    box = next(line.box for line in reading.lines if line.text.startswith(text))
    found = value_at(Field("field", kind, **field), set_, reading, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("reading", "text", "kind", "value"),
    [
        (RECEIPT_PAPER, "KEDAI", Kind.TEXT, "KEDAI BUKU SERI MAJU SDN BHD"),
        (RECEIPT_PAPER, "Invoice No", Kind.TEXT, "CS-00912"),
        (RECEIPT_PAPER, "Invoice No", Kind.CODE, "CS-00912"),
        (RECEIPT_PAPER, "Date", Kind.DATE, "2018-12-25"),
        (RECEIPT_PAPER, "Time", Kind.TIME, "14:05:33"),
        (RECEIPT_PAPER, "RM 10.48", Kind.MONEY, 10.48),
        (RECEIPT_PAPER, "GRAND TOTAL", Kind.MONEY, 10.48),  # the amount to its right
        (RECEIPT_PAPER, "-0.02", Kind.MONEY, -0.02),
        (RECEIPT_PAPER, "Total Qty", Kind.WHOLE, 3),
        (RECEIPT_PAPER, "KEDAI", Kind.MONEY, None),
        (RECEIPT_PAPER, "KEDAI", Kind.YES_NO, None),
        (INVOICE, "1.178,10", Kind.MONEY, 1178.1),
        (INVOICE, "990,00", Kind.MONEY, 990),
        (INVOICE, "Rechnungsdatum", Kind.DATE, "2024-03-03"),
        (INVOICE, "E-Mail", Kind.EMAIL, "info@muster-soehne.de"),
        (BUSINESS_CARD, "Tel", Kind.PHONE, "+44 20 7946 0123"),
    ],
)
def test_a_click_fills_in_the_value_of_the_line(reading: Reading, text: str, kind: Kind, value: Any) -> None:
    assert click(reading, text, kind) == value


def test_what_a_click_fills_in_is_read_there() -> None:
    for reading in (RECEIPT_PAPER, INVOICE, BUSINESS_CARD):
        for line in reading.lines:
            for kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.DATE, Kind.EMAIL, Kind.TIME):
                value = click(reading, line.text, kind)
                if value is not None:
                    set_ = FieldSet("set", (Field("field", kind),))
                    assert supports(set_, {"field": value}, [reading])["field",].mark is Mark.READ, (line.text, value)


def test_a_whole_number_is_an_int_and_an_even_amount_too() -> None:
    assert isinstance(click(INVOICE, "990,00", Kind.MONEY), int)
    assert click(RECEIPT_PAPER, "RM 50.00", Kind.MONEY) == 50


def test_a_box_takes_the_lines_it_covers() -> None:
    first, last = RECEIPT_PAPER.lines[3].box, RECEIPT_PAPER.lines[5].box
    box = (first[0] - 2, first[1] - 2, max(first[2], last[2]) + 2, last[3] + 2)
    found = value_at(Field("address", Kind.TEXT), SET, RECEIPT_PAPER, box)
    backwards = value_at(Field("address", Kind.LONG_TEXT), SET, RECEIPT_PAPER, (box[2], box[3], box[0], box[1]))
    assert found is not None
    assert backwards is not None
    assert found[0] == "NO. 12, JALAN MERDEKA 3, TAMAN SENTOSA, 81100 JOHOR BAHRU, JOHOR."
    assert backwards[0] == "NO. 12, JALAN MERDEKA 3,\nTAMAN SENTOSA,\n81100 JOHOR BAHRU, JOHOR."
    assert found[1].box[1] == first[1]
    assert found[1].box[3] == last[3]


def test_a_click_beside_everything_fills_nothing() -> None:
    assert value_at(Field("a"), SET, RECEIPT_PAPER, (5000.0, 5000.0)) is None
    assert value_at(Field("a"), SET, RECEIPT_PAPER, (5000.0, 5000.0, 5010.0, 5010.0)) is None
    assert value_at(Field("a"), SET, paper([]), (0.0, 0.0)) is None


def test_dates_and_choices_follow_the_set() -> None:
    reading = paper(["Some company Ltd", "03/04/2026", "Status: Shipped"])
    assert click(reading, "03/04", Kind.DATE) == "2026-04-03"
    assert click(reading, "03/04", Kind.DATE, FieldSet("set", (), date_order="month")) == "2026-03-04"
    assert click(reading, "Status", Kind.CHOICE, choices=("open", "shipped")) == "shipped"
    assert click(reading, "Status", Kind.CHOICE, choices=("open", "paid")) is None


def test_a_barcode_fills_in_its_text() -> None:
    reading = paper(RECEIPT, (Code("4006381333931", "EAN-13", (400, 700, 600, 800)),))
    found = value_at(Field("ean", Kind.CODE), SET, reading, (500.0, 750.0))
    assert found is not None
    assert found[0] == "4006381333931"


def test_every_line_is_a_place() -> None:
    drawn = lines(RECEIPT_PAPER, 2)
    assert [place.text for place in drawn] == [line.text for line in RECEIPT_PAPER.lines]
    assert {place.page for place in drawn} == {2}
