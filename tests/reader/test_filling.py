"""A set of fields filled from papers written by hand: by name, by meaning, by label; nothing guessed."""

from __future__ import annotations

import pytest

from tests.reader.papers import CARD, GERMAN_INVOICE, RECEIPT, SCREENSHOT, paper
from vision.fields.model import DateOrder, Field, FieldSet, Kind
from vision.reader.filling import fill


def filled(rows: tuple[str, ...], *fields: Field, order: DateOrder = "day") -> dict[str, object]:
    return fill(FieldSet("test", fields, date_order=order), [paper(rows)])


@pytest.mark.parametrize(
    ("rows", "field", "value"),
    [
        (RECEIPT, Field("vendor"), "KEDAI BUKU SERI MAJU SDN BHD"),
        (RECEIPT, Field("total", Kind.MONEY), 10.48),
        (RECEIPT, Field("amount_untaxed", Kind.NUMBER), 10.5),
        (RECEIPT, Field("invoiceNumber", Kind.CODE), "CS-00912"),
        (RECEIPT, Field("receipt_time", Kind.TIME), "14:05:33"),
        (RECEIPT, Field("currency"), "MYR"),
        (RECEIPT, Field("phones", Kind.PHONE, many=True), ["07-351 2345", "012-765 4321"]),
        (RECEIPT, Field("quantity", Kind.WHOLE), 3),
        (GERMAN_INVOICE, Field("Rechnungsdatum", Kind.DATE), "2024-03-03"),
        (GERMAN_INVOICE, Field("due_date", Kind.DATE), "2024-03-17"),
        (GERMAN_INVOICE, Field("delivery_date", Kind.DATE), "2024-02-28"),
        (GERMAN_INVOICE, Field("tax", Kind.MONEY), 188.1),
        (GERMAN_INVOICE, Field("subtotal", Kind.MONEY), 990),
        (GERMAN_INVOICE, Field("vendor_address"), "Königstraße 5, 80331 München"),
        (GERMAN_INVOICE, Field("Kundennummer", Kind.CODE), "4711"),
        (CARD, Field("name"), "Dr. Marta Rossi"),
        (CARD, Field("title"), "Sales Manager"),
        (CARD, Field("email", Kind.EMAIL), "marta.rossi@northwind.example.com"),
        (SCREENSHOT, Field("battery_level"), "84%"),
        (("Inn", "VAT No GB 123 4567 82 | Till 3"), Field("vendor_tax_id", Kind.CODE), "GB 123 4567 82"),
        (("Club", "Street and number | 8 Ropewalk"), Field("number", Kind.CODE), None),
        (("Club", "Date | Signature"), Field("date", Kind.DATE), None),
        (SCREENSHOT, Field("order_id", Kind.CODE), "114-5582-77"),
        (SCREENSHOT, Field("status", Kind.CHOICE, choices=("Delivered", "Out for Delivery")), "Out for Delivery"),
        # by what it means, where the name says nothing
        (RECEIPT, Field("field_1", Kind.DATE, "The date of the receipt."), "2018-12-25"),
        (RECEIPT, Field("f2", Kind.MONEY, "Total amount, tax included"), 10.48),
        (RECEIPT, Field("f3", Kind.TEXT, "the vendor's name"), None),
    ],
)
def test_one_field(rows: tuple[str, ...], field: Field, value: object) -> None:
    assert filled(rows, field).get(field.name) == value


@pytest.mark.parametrize(
    "field",
    [
        Field("customer_email", Kind.EMAIL),  # the vendor's is printed, the customer's is not
        Field("customer_address"),
        Field("birth_date", Kind.DATE),
        Field("when", Kind.DATE, "Date of the accident"),
        Field("when", Kind.DATE, "Date by which it must be paid"),
        Field("invoice_number", Kind.MONEY),
        Field("total", Kind.DATE),
        Field("paid", Kind.YES_NO),
        Field("mood"),
        Field("buyer", Kind.GROUP, fields=(Field("address"), Field("email", Kind.EMAIL))),
    ],
)
def test_what_is_not_printed_is_left_out(field: Field) -> None:
    assert filled(GERMAN_INVOICE, field) == {}


@pytest.mark.parametrize("meaning", ["That person's e-mail address.", "Where to write to. Not the company's."])
def test_what_belongs_to_another_is_read_beside_its_label_only(meaning: str) -> None:
    field = Field("email", Kind.EMAIL, meaning)
    assert filled(CARD, Field("email", Kind.EMAIL)) == {"email": "marta.rossi@northwind.example.com"}
    assert filled(CARD, field) == {}
    assert filled((*CARD, "Email: ann@example.org"), field) == {"email": "ann@example.org"}


def test_a_needed_value_that_is_not_there_is_none() -> None:
    assert filled(CARD, Field("total", Kind.MONEY, needed=True), Field("tax", Kind.MONEY)) == {"total": None}


def test_groups_say_whose_it_is() -> None:
    inside = (Field("name"), Field("address"))
    rows = ("Muster GmbH", "Königstraße 5", "80331 München", "Kunde: Erika Beispiel", "Gesamtbetrag | 12,00 €")
    data = filled(rows, Field("seller", Kind.GROUP, fields=inside), Field("customer", Kind.GROUP, fields=inside))
    assert data == {
        "seller": {"name": "Muster GmbH", "address": "Königstraße 5, 80331 München"},
        "customer": {"name": "Erika Beispiel"},
    }


def test_the_set_says_which_way_round_a_date_is_read() -> None:
    rows = ("Corner Shop", "Date: 03/04/2026", "Total | 5.00")
    field = Field("date", Kind.DATE)
    assert filled(rows, field) == {"date": "2026-04-03"}
    assert filled(rows, field, order="month") == {"date": "2026-03-04"}
    assert filled(("Date: 25/04/2026",), field, order="month") == {"date": "2026-04-25"}


def test_several_pages_are_one_document() -> None:
    first = paper(("Muster GmbH", "Rechnungsnummer: RE-7", "Rechnungsdatum: 03.03.2024", "Übertrag | 100,00 €"))
    last = paper(("Muster GmbH", "Zwischensumme | 100,00 €", "zzgl. 19 % MwSt. | 19,00 €", "Gesamtbetrag | 119,00 €"))
    fields = Field("date", Kind.DATE), Field("number", Kind.CODE), Field("total", Kind.MONEY), Field("tax", Kind.MONEY)
    assert fill(FieldSet("x", fields), [first, last]) == {
        "date": "2024-03-03",
        "number": "RE-7",
        "total": 119,
        "tax": 19,
    }
    assert fill(FieldSet("x", fields), []) == {}
