"""Look-ups on papers written by hand: receipt, German invoice, business card, screenshot. No OCR."""

from __future__ import annotations

import pytest

from tests.reader.papers import CARD, GERMAN_INVOICE, RECEIPT, SCREENSHOT, paper, placed
from vision.reader.candidates import SURE, Candidate
from vision.reader.fields import find_field
from vision.reader.reading import Reading

PAPERS = {"receipt": RECEIPT, "german": GERMAN_INVOICE, "card": CARD, "screenshot": SCREENSHOT}


def best(reading: Reading, kind: str) -> Candidate | None:
    found = find_field(reading, kind)
    return found[0] if found and found[0].score >= SURE else None


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("receipt", "company", "KEDAI BUKU SERI MAJU SDN BHD"),
        ("receipt", "address", "NO. 12, JALAN MERDEKA 3, TAMAN SENTOSA, 81100 JOHOR BAHRU, JOHOR"),
        ("receipt", "date", "2018-12-25"),
        ("receipt", "total", "10.48"),
        ("receipt", "subtotal", "10.50"),
        ("receipt", "rounding", "-0.02"),
        ("receipt", "cash", "50.00"),
        ("receipt", "change", "39.52"),
        ("receipt", "invoice_number", "CS-00912"),
        ("receipt", "tax_number", "000123456789"),
        ("receipt", "cashier", "AMINAH"),
        ("receipt", "time", "14:05:33"),
        ("receipt", "phone", "07-351 2345"),
        ("receipt", "fax", "07-351 2346"),
        ("receipt", "quantity", "3"),
        ("german", "company", "Muster & Söhne GmbH"),
        ("german", "address", "Königstraße 5, 80331 München"),
        ("german", "date", "2024-03-03"),
        ("german", "due_date", "2024-03-17"),
        ("german", "total", "1178.10"),
        ("german", "subtotal", "990.00"),
        ("german", "tax", "188.10"),
        ("german", "invoice_number", "RE-2024-0815"),
        ("german", "customer_number", "4711"),
        ("german", "iban", "DE89370400440532013000"),
        ("german", "email", "info@muster-soehne.de"),
        ("card", "person", "Dr. Marta Rossi"),
        ("card", "job_title", "Sales Manager"),
        ("card", "company", "Northwind Instruments Ltd"),
        ("card", "address", "221 Baker Street, London NW1 6XE"),
        ("card", "phone", "+44 20 7946 0123"),
        ("card", "email", "marta.rossi@northwind.example.com"),
        ("card", "website", "www.northwind.example.com"),
        ("screenshot", "total", "38.20"),
        ("screenshot", "shipping", "4.99"),
        ("screenshot", "order_number", "114-5582-77"),
        ("screenshot", "date", "2024-07-09"),
        ("screenshot", "battery level", "84%"),
        ("screenshot", "status", "Out for delivery"),
    ],
)
def test_value(name: str, kind: str, value: str) -> None:
    found = best(paper(PAPERS[name]), kind)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("receipt", "due_date"), ("receipt", "iban"), ("receipt", "website"), ("receipt", "tip"), ("receipt", "person"),
        ("receipt", "flight"), ("card", "total"), ("card", "date"), ("card", "invoice_number"), ("german", "change"),
        ("screenshot", "tax"), ("screenshot", "company"), ("screenshot", "address"), ("screenshot", "meter reading"),
    ],
)  # fmt: skip
def test_what_is_not_printed_is_not_found(name: str, kind: str) -> None:
    assert best(paper(PAPERS[name]), kind) is None


def test_currency_and_source() -> None:
    total = find_field(paper(RECEIPT), "total")[0]
    assert total.currency == "MYR"
    assert total.text == "GRAND TOTAL  RM 10.48"
    x0, y0, x1, y1 = total.box
    assert (x0, x1) == (0, 600)
    assert 0 < y1 - y0 <= 21


def test_cash_minus_change_decides_between_totals() -> None:
    reading = paper(["SHOP", "Total | 21.20", "Total | 20.00", "Cash | 50.00", "Change | 28.80"])
    assert find_field(reading, "total")[0].value == "21.20"


def test_the_total_of_the_tax_table_is_another() -> None:
    reading = paper(
        ["SHOP", "TOTAL | 9.90", "GST SUMMARY | AMOUNT | TAX", "SR 6% | 9.34 | 0.56", "TOTAL | 9.34 | 0.56"]
    )
    assert find_field(reading, "total")[0].value == "9.90"


@pytest.mark.parametrize(
    "row",
    ["TOTAL AMOUNT DUE | $4.11",
     "Total (inclusive of 6% GST) | 4.11", "TOTALAMOUNT:4.11", "Net à payer | 4,11 €",
     "Totale: € 4,11", "Te betalen | € 4,11", "JUMLAH BESAR | RM4.11", "Valor total: R$ 4,11", "Importe total | 4,11",
     "合計 | ¥4.11"],
)  # fmt: skip
def test_totals_in_many_words(row: str) -> None:
    found = best(paper(["Sample", "Sub Total | 3.00", row]), "total")
    assert found is not None
    assert found.value == "4.11"


def test_a_total_without_tax_is_a_subtotal() -> None:
    reading = paper(["Total (excluding GST) | 10.00", "GST 6% | 0.60", "Total (including GST) | 10.60"])
    assert find_field(reading, "total")[0].value == "10.60"
    assert find_field(reading, "subtotal")[0].value == "10.00"


def test_a_booking_number_is_only_offered_for_a_missing_invoice_number() -> None:
    found = find_field(paper(["Hotel Sample", "Booking ID: IBZY2087"]), "invoice_number")
    assert [(one.value, one.score < SURE) for one in found] == [("IBZY2087", True)]


def test_the_currency_may_stand_alone() -> None:
    assert find_field(paper(["Total due GBP | 3,000.00"]), "total")[0].currency == "GBP"


def test_a_value_under_its_label() -> None:
    reading = placed(("Invoice Number", 0, 0), ("Invoice Date", 300, 0), ("INV-77", 0, 26), ("04.05.2023", 300, 26))
    assert find_field(reading, "invoice_number")[0].value == "INV-77"
    assert find_field(reading, "date")[0].value == "2023-05-04"


def test_dates_are_told_apart_by_their_labels() -> None:
    rows = ["Order Date: 15-10-2015", "Invoice Date: 20-10-2015", "Date of birth: 01.02.1980", "Due date: 30-10-2015"]
    reading = paper(rows)
    assert find_field(reading, "date")[0].value == "2015-10-20"
    assert find_field(reading, "due_date")[0].value == "2015-10-30"
    assert find_field(paper(rows[2:3]), "date")[0].score < SURE


def test_american_papers_write_the_month_first() -> None:
    reading = paper(["ACME INC", "100 Main Street", "Springfield, IL 62701", "Date: 03/04/2019"])
    found = find_field(reading, "date")[0]
    assert found.value == "2019-03-04"
    assert "other way round" in found.note


def test_glued_words_and_invented_accents_are_still_understood() -> None:
    reading = paper(
        ["SÁNYUSTATIONERYSHOP", "NO.12,JALANSETIAINDAH", "40170SHAHALAM", "TAXINVOICE", "EXERCISE BOOK A4 RULED | 8.70",
         "TOTALAMOUNT | RM8.70", "GOODS SOLD ARE NOT RETURNABLE, PLEASE KEEP THE RECEIPT"]
    )  # fmt: skip
    assert find_field(reading, "company")[0].value == "SANYU STATIONERY SHOP"
    assert find_field(reading, "address")[0].value == "NO.12, JALAN SETIA INDAH, 40170 SHAH ALAM"
    assert find_field(reading, "total")[0].value == "8.70"


def test_a_name_over_two_lines() -> None:
    reading = paper(["POPULAR BOOK", "CO. (M) SDN BHD", "(113825-W)", "NO 8, JALAN 7/118B", "56000 KUALA LUMPUR"])
    assert find_field(reading, "company")[0].value == "POPULAR BOOK CO. (M) SDN BHD"


def test_the_customers_address_is_not_the_sellers() -> None:
    reading = placed(
        ("Brook Ltd", 0, 0), ("5 River Road", 0, 26), ("Leeds LS1 4AP", 0, 52),
        ("Bill to:", 0, 200), ("Stone Ltd", 0, 226), ("9 Hill Street", 0, 252), ("York YO1 7HH", 0, 278),
    )  # fmt: skip
    assert find_field(reading, "address")[0].value == "5 River Road, Leeds LS1 4AP"
    assert find_field(reading, "company")[0].value == "Brook Ltd"
    assert find_field(reading, "customer")[0].value == "Stone Ltd"


def test_an_empty_reading_has_no_values() -> None:
    for kind in ("date", "total", "company", "address", "person", "phone", "anything"):
        assert find_field(paper([]), kind) == []
