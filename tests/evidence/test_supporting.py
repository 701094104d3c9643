"""What the text read on a picture says of values: found, nearly, elsewhere, not at all, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reader.papers import CARD, GERMAN_INVOICE, RECEIPT, paper, placed
from vision.evidence.amounts import ELSEWHERE
from vision.evidence.forms import OTHER_ORDER
from vision.evidence.supporting import supports
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.values import Mark, Support
from vision.reader.reading import Code, Reading


def one(
    reading: Reading, kind: Kind, value: Any, name: str = "field", meaning: str = "", **options: Any
) -> Support | None:
    set_ = FieldSet("set", (Field(name, kind, meaning),), **options)
    return supports(set_, {name: value}, [reading]).get((name,))


def mark(reading: Reading, kind: Kind, value: Any, name: str = "field", meaning: str = "") -> Mark | None:
    found = one(reading, kind, value, name, meaning)
    assert found is not None
    return found.mark


RECEIPT_PAPER = paper(RECEIPT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kedai Buku Seri Maju Sdn. Bhd.", Mark.READ),
        ("No. 12, Jalan Merdeka 3, Taman Sentosa, 81100 Johor Bahru, Johor", Mark.READ),
        ("No. 12, Jalan Merdeka 3, Taman Sentoza, 81100 Johor Bahru, Johor", Mark.SIMILAR),
        ("No. 13, Jalan Merdeka 3, Taman Sentosa, 81100 Johor Bahru, Johor", Mark.NOT_FOUND),
        ("No. 12, Jalan Merdeka 3, Taman Sentosa, 81101 Johor Bahru, Johor", Mark.NOT_FOUND),
        ("No. 12, Jalan Merdeka 33, Taman Sentosa, 81100 Johor Bahru, Johor", Mark.NOT_FOUND),
        ("Taman Sentosa, No. 12, Jalan Merdeka 3, 81100 Johor Bahru", Mark.SIMILAR),
        ("No. 12, Jalan Merdeka 3, Taman Sentosa, 81100 Johor Batam, Johor", Mark.NOT_FOUND),  # another word
        ("Kedai Roti Seri Maju Sdn Bhd", Mark.NOT_FOUND),
        ("uku", Mark.NOT_FOUND),  # the middle of a word
        ("Acme Trading", Mark.NOT_FOUND),
    ],
)
def test_text_is_found_as_printed_or_with_differences_that_touch_no_digit(text: str, expected: Mark) -> None:
    assert mark(RECEIPT_PAPER, Kind.TEXT, text) is expected


def test_the_places_of_a_text_are_its_lines_in_order() -> None:
    found = one(RECEIPT_PAPER, Kind.LONG_TEXT, "NO. 12, JALAN MERDEKA 3,\nTAMAN SENTOSA")
    assert found is not None
    assert [place.text for place in found.places] == ["NO. 12, JALAN MERDEKA 3,", "TAMAN SENTOSA,"]
    assert found.places[0].box == RECEIPT_PAPER.lines[3].box
    assert found.places[0].confidence == RECEIPT_PAPER.lines[3].confidence


def test_a_text_is_read_down_its_column() -> None:
    reading = placed(
        ("Sold by", 0, 0),
        ("Ship to", 500, 0),
        ("Hill Street 4", 0, 30),
        ("Lake Road 77", 500, 30),
        ("London NW1", 0, 60),
        ("Bristol BS2", 500, 60),
    )
    assert mark(reading, Kind.TEXT, "Hill Street 4, London NW1") is Mark.READ
    assert mark(reading, Kind.TEXT, "Lake Road 7, Bristol BS2") is Mark.NOT_FOUND


@pytest.mark.parametrize(
    ("value", "printed", "expected"),
    [
        ("Lot 10 Block B", "LOT 1O BLOCK B", Mark.SIMILAR),
        ("Lot 15 Block B", "LOT I5 BLOCK B", Mark.SIMILAR),
        ("Lot 16 Block B", "LOT I5 BLOCK B", Mark.NOT_FOUND),
        ("Lot 10 Block 8", "LOT 10 BLOCK B", Mark.SIMILAR),
        ("Lot 10 Block 3", "LOT 10 BLOCK B", Mark.NOT_FOUND),
        ("Steel rod 1.5 metres", "STEEL ROD 15 METRES", Mark.SIMILAR),
    ],
)
def test_only_letters_that_the_engine_takes_for_digits_may_stand_for_them(
    value: str, printed: str, expected: Mark
) -> None:
    reading = paper(["Some company Ltd", printed, "Thank you for coming"])
    assert mark(reading, Kind.TEXT, value) is expected


@pytest.mark.parametrize("value", ["2018-12-25", "2018-12-25T00:00:00"])
def test_a_date_is_found_however_it_is_written(value: str) -> None:
    assert mark(RECEIPT_PAPER, Kind.DATE, value) is Mark.READ


def test_a_date_the_other_way_round_is_similar_unless_the_paper_or_the_set_says_so() -> None:
    reading = paper(["Some company Ltd", "Date: 03/04/2026", "Thank you for coming"])
    american = paper(["Some company Ltd", "Springfield, IL 62701", "Date: 03/04/2026"])
    other = one(reading, Kind.DATE, "2026-03-04")
    assert mark(reading, Kind.DATE, "2026-04-03") is Mark.READ
    assert other is not None
    assert (other.mark, other.reason) == (Mark.SIMILAR, OTHER_ORDER)
    assert mark(american, Kind.DATE, "2026-03-04") is Mark.READ
    by_month = one(reading, Kind.DATE, "2026-03-04", date_order="month")
    assert by_month is not None
    assert by_month.mark is Mark.READ
    assert mark(reading, Kind.DATE, "2026-04-04") is Mark.NOT_FOUND


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("total", 10.48, Mark.READ),
        ("total", 10.5, Mark.SIMILAR),  # the subtotal
        ("total", 50, Mark.SIMILAR),  # the cash
        ("total", 10.49, Mark.NOT_FOUND),
        ("subtotal", 10.5, Mark.READ),
        ("subTotal", 10.48, Mark.SIMILAR),
        ("change", 39.52, Mark.READ),
        ("rounding", -0.02, Mark.READ),
        ("rounding", 0.02, Mark.READ),
        ("pencils", 2.4, Mark.SIMILAR),
    ],
)
def test_an_amount_is_read_only_on_its_own_row(name: str, value: float, expected: Mark) -> None:
    found = one(RECEIPT_PAPER, Kind.MONEY, value, name)
    assert found is not None
    assert found.mark is expected
    if expected is Mark.SIMILAR:
        assert found.reason == ELSEWHERE
    if (name, value) == ("total", 10.48):
        assert [place.text for place in found.places] == ["RM 10.48"]


def test_labels_of_other_languages_count() -> None:
    reading = paper(GERMAN_INVOICE)
    assert mark(reading, Kind.MONEY, 1178.1, "total") is Mark.READ
    assert mark(reading, Kind.MONEY, 188.1, "vat") is Mark.READ
    assert mark(reading, Kind.MONEY, 990, "total") is Mark.SIMILAR


def test_an_amount_under_the_head_of_its_column_is_on_its_row() -> None:
    reading = placed(
        ("Invoice", 0, 0), ("Subtotal", 0, 60), ("VAT", 300, 60), ("Total", 600, 60),
        ("100.00", 0, 90), ("19.00", 300, 90), ("119.00", 600, 90),
    )  # fmt: skip
    assert mark(reading, Kind.MONEY, 119, "total") is Mark.READ
    assert mark(reading, Kind.MONEY, 19, "total") is Mark.SIMILAR


def test_two_totals_that_make_up_a_third_are_its_parts() -> None:
    reading = paper(["Bread Ltd", "Total 0% supplies | 14.35", "Total 6% supplies | 27.09", "Total | 41.44"])
    assert mark(reading, Kind.MONEY, 41.44, "total") is Mark.READ
    assert mark(reading, Kind.MONEY, 27.09, "total") is Mark.SIMILAR


def test_a_label_that_no_list_has_counts_by_the_words_of_the_field() -> None:
    reading = paper(["Some garage Ltd", "Towing fee | 80.00", "Parking | 12.00", "Washing | 12.50"])
    assert mark(reading, Kind.MONEY, 80, "towing") is Mark.READ
    assert mark(reading, Kind.MONEY, 12, "fee1", "what parking came to") is Mark.READ
    assert mark(reading, Kind.MONEY, 12.5, "towing") is Mark.SIMILAR
    assert mark(reading, Kind.WHOLE, 12, "parking") is Mark.READ


def test_codes_are_whole_and_exact() -> None:
    assert mark(RECEIPT_PAPER, Kind.CODE, "CS-00912") is Mark.READ
    assert mark(RECEIPT_PAPER, Kind.CODE, "cs00912") is Mark.READ
    assert mark(RECEIPT_PAPER, Kind.CODE, "00912") is Mark.SIMILAR
    assert mark(RECEIPT_PAPER, Kind.CODE, "CS-O0912") is Mark.SIMILAR
    assert mark(RECEIPT_PAPER, Kind.CODE, "CS-00913") is Mark.NOT_FOUND
    assert mark(RECEIPT_PAPER, Kind.CODE, "CS-0091") is Mark.NOT_FOUND


def test_a_barcode_supports_a_code() -> None:
    reading = paper(RECEIPT, (Code("4006381333931", "EAN-13", (1, 2, 3, 4)),))
    found = one(reading, Kind.CODE, "4006381333931")
    assert found is not None
    assert (found.mark, found.places[0].box) == (Mark.READ, (1, 2, 3, 4))


def test_times_phones_and_mail_addresses() -> None:
    card = paper(CARD)
    assert mark(RECEIPT_PAPER, Kind.TIME, "14:05") is Mark.READ
    assert mark(RECEIPT_PAPER, Kind.TIME, "14:05:33") is Mark.READ
    assert mark(RECEIPT_PAPER, Kind.TIME, "14:05:34") is Mark.SIMILAR
    assert mark(RECEIPT_PAPER, Kind.TIME, "15:05") is Mark.NOT_FOUND
    assert mark(RECEIPT_PAPER, Kind.PHONE, "073512345") is Mark.READ
    assert mark(RECEIPT_PAPER, Kind.PHONE, "+60 7-351 2345") is Mark.SIMILAR
    assert mark(RECEIPT_PAPER, Kind.PHONE, "07-351 2344") is Mark.NOT_FOUND
    assert mark(card, Kind.EMAIL, "Marta.Rossi@northwind.example.com") is Mark.READ
    assert mark(card, Kind.EMAIL, "martarossi@northwind.example.com") is Mark.SIMILAR
    assert mark(card, Kind.EMAIL, "m.rossi@elsewhere.example.com") is Mark.NOT_FOUND
    assert mark(RECEIPT_PAPER, Kind.TEXT, "MYR") is Mark.READ


def test_nothing_is_said_of_derived_values_and_unread_scripts() -> None:
    set_ = FieldSet("set", (Field("paid", Kind.YES_NO), Field("colour", Kind.CHOICE, choices=("red",))))
    found = supports(set_, {"paid": True, "colour": "red"}, [RECEIPT_PAPER])
    assert found == {("paid",): Support(None), ("colour",): Support(None)}
    for text, script in (("Ромашка", "Cyrillic"), ("ร้านอาหาร", "Thai"), ("الشركة", "Arabic"), ("가나다", "Hangul")):
        unread = one(RECEIPT_PAPER, Kind.TEXT, text)
        assert unread == Support(None, (), f"The reader cannot read {script} letters.")
    assert mark(RECEIPT_PAPER, Kind.TEXT, "株式会社") is Mark.NOT_FOUND


def test_a_picture_with_hardly_any_text_says_nothing_against_a_value() -> None:
    poor = paper(["EXIT", "7"])
    assert mark(poor, Kind.TEXT, "Hotel Miramar") is None
    assert mark(poor, Kind.TEXT, "Exit") is Mark.READ
    assert supports(FieldSet("s", (Field("a"),)), {"a": "Hotel Miramar"}, [])[("a",)].mark is None


def test_the_best_page_supports_a_value() -> None:
    set_ = FieldSet("set", (Field("total", Kind.MONEY),))
    found = supports(set_, {"total": 1178.1}, [RECEIPT_PAPER, paper(GERMAN_INVOICE)])[("total",)]
    assert (found.mark, [place.page for place in found.places]) == (Mark.READ, [1])


def test_paths_lead_through_groups_and_lists_and_values_of_any_kind_are_taken() -> None:
    set_ = FieldSet(
        "set",
        (
            Field("tags", Kind.TEXT, many=True),
            Field("shop", Kind.GROUP, fields=(Field("name"), Field("none"), Field("odd", Kind.MONEY))),
            Field("rows", Kind.ROWS, fields=(Field("a"),)),
        ),
    )
    data = {
        "tags": ["PENCIL 2B", None, "nothing like it"],
        "shop": {"name": "Kedai Buku Seri Maju", "none": None, "odd": "ten"},
        "rows": "none",
        "more": 1,
    }
    found = supports(set_, data, [RECEIPT_PAPER])
    assert {path: support.mark for path, support in found.items()} == {
        ("tags", 0): Mark.READ,
        ("tags", 2): Mark.NOT_FOUND,
        ("shop", "name"): Mark.READ,
        ("shop", "odd"): Mark.NOT_FOUND,
    }
