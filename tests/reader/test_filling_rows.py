"""Lists of rows from papers written by hand: invoices and receipts in several languages and layouts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.reader.papers import paper, placed
from vision.fields.model import Field, FieldSet, Kind
from vision.reader.filling import fill
from vision.reader.reading import Reading

ITEMS = Field(
    "items",
    Kind.ROWS,
    fields=(
        Field("description"),
        Field("quantity", Kind.NUMBER),
        Field("unit_price", Kind.MONEY),
        Field("amount", Kind.MONEY),
    ),
)
Row = tuple[object, object, object, object]


def table(*rows: tuple[tuple[float, str], ...], step: float = 30) -> Reading:
    """Pieces by their left edge, row under row; a row of () leaves a gap."""
    return placed(*((text, x, 20 + step * number) for number, row in enumerate(rows) for x, text in row))


def right(x: float, text: str) -> tuple[float, str]:
    """A piece that ends at ``x``."""
    return x - 10 * len(text), text


def rows_of(readings: Sequence[Reading], field: Field = ITEMS) -> list[Row]:
    data = fill(FieldSet("test", (field,)), readings).get(field.name, [])
    assert isinstance(data, list)
    return [(one.get("description"), one.get("quantity"), one.get("unit_price"), one.get("amount")) for one in data]


GERMAN = table(
    ((20, "Muster & Söhne GmbH"),),
    ((20, "Rechnung Nr. RE-2024-0815"), right(980, "03.03.2024")),
    (),
    ((20, "Pos."), (90, "Bezeichnung"), right(620, "Menge"), right(780, "Einzelpreis"), right(980, "Gesamt €")),
    ((20, "1"), (90, "Beratung vor Ort,"), right(620, "10 Std."), right(780, "99,00"), right(980, "990,00")),
    ((90, "Anfahrt inbegriffen"),),
    ((20, "2"), (90, "Kabel 5 m"), right(620, "3 Stk"), right(780, "1.250,50"), right(980, "3.751,50")),
    ((90, "Zwischensumme"), right(980, "4.741,50")),
    ((90, "zzgl. 19 % MwSt."), right(980, "900,89")),
    ((90, "Gesamtbetrag"), right(980, "5.642,39 €")),
    ((20, "Zahlbar innerhalb von 14 Tagen ohne Abzug auf das unten genannte Konto."),),
)
FRENCH = table(
    ((20, "Papeterie Lenoir SARL"),),
    ((20, "Facture n° 2022-118"),),
    ((20, "Qté"), (120, "Désignation"), right(720, "P.U. HT"), right(980, "Montant HT")),
    ((20, "4"), (120, "Cahier à spirale"), right(720, "2,50 €"), right(980, "10,00 €")),
    ((20, "1"), (120, "Stylo plume"), right(720, "1 024,00 €"), right(980, "1 024,00 €")),
    (right(720, "Total HT"), right(980, "1 034,00 €")),
    (right(720, "TVA 20 %"), right(980, "206,80 €")),
    (right(720, "Total TTC"), right(980, "1 240,80 €")),
)
SPANISH = table(
    ((20, "Ferretería Sol S.L."),),
    (
        (20, "Código"),
        (150, "Concepto"),
        right(560, "Cant."),
        right(700, "Precio"),
        right(820, "IVA"),
        right(980, "Importe"),
    ),
    ((20, "T-10"), (150, "Tornillos caja"), right(560, "2"), right(700, "3,10"), right(820, "21%"), right(980, "6,20")),
    ((20, "M-77"), (150, "Martillo"), right(560, "1"), right(700, "12,00"), right(820, "21%"), right(980, "12,00")),
    ((150, "Base imponible"), right(980, "18,20")),
    ((150, "IVA 21%"), right(980, "3,82")),
    ((150, "Total a pagar"), right(980, "22,02 EUR")),
)
DUTCH = table(
    ((20, "Fietsenwinkel De Ketting"),),
    ((20, "Omschrijving"), right(560, "Aantal"), right(740, "Prijs"), right(980, "Totaal")),
    ((20, "Binnenband 28 inch"), right(560, "2"), right(740, "€ 6,95"), right(980, "€ 13,90")),
    ((20, "Arbeid"), right(560, "0,5"), right(740, "€ 48,00"), right(980, "€ 24,00")),
    ((20, "Totaal excl. btw"), right(980, "€ 37,90")),
    ((20, "Btw 21%"), right(980, "€ 7,96")),
    ((20, "Te betalen"), right(980, "€ 45,86")),
)
ITALIAN = table(  # totals left of their amounts, far from the table's edge
    ((20, "Bottega Verdi S.r.l."),),
    ((20, "Descrizione"), right(500, "Q.tà"), right(700, "Prezzo unitario"), right(980, "Importo")),
    ((20, "Olio extravergine"), right(500, "6"), right(700, "9,50"), right(980, "57,00")),
    ((20, "Aceto balsamico"), right(500, "2"), right(700, "14,00"), right(980, "28,00")),
    ((20, "Imponibile"), (160, "85,00")),
    ((20, "IVA 10%"), (160, "8,50")),
    ((20, "Totale fattura"), (200, "93,50")),
)
POLISH = table(
    ((20, "Firma Kowalski Sp. z o.o."),),
    ((20, "Lp."), (80, "Nazwa towaru"), right(430, "Ilość"), right(500, "J.m."), right(640, "Cena netto"),
     right(740, "VAT"), right(970, "Wartość brutto")),
    ((20, "1"), (80, "Papier A4"), right(430, "10"), right(500, "szt."), right(640, "20,00"), right(740, "23%"),
     right(970, "246,00")),
    ((20, "2"), (80, "Toner czarny"), right(430, "1"), right(500, "szt."), right(640, "150,00"), right(740, "23%"),
     right(970, "184,50")),
    ((80, "Razem"), right(970, "430,50")),
    ((80, "Do zapłaty"), right(970, "430,50 PLN")),
)  # fmt: skip
BRITISH = table(  # the sum first, then how it comes about; heads in two lines
    ((20, "Harbour Electrical Ltd"), right(980, "INVOICE")),
    ((600, "Unit"),),
    ((20, "Amount"), (160, "Description"), (600, "price"), (760, "Qty")),
    ((20, "£120.00"), (160, "Fault finding"), (600, "£60.00"), (760, "2")),
    ((20, "£15.49"), (160, "Socket, double"), (600, "£15.49"), (760, "1")),
    ((160, "Subtotal £135.49"),),
    ((160, "VAT at 20% £27.10"),),
    ((160, "Total due £162.59"),),
    step=24,
)
AMERICAN = table(  # no quantity; a description above and under the line with the amount
    ((20, "Oak Street Design LLC"),),
    ((20, "DESCRIPTION"), right(980, "AMOUNT")),
    ((20, "Logo design, three drafts"), right(980, "$1,200.00")),
    ((20, "with two rounds of changes"),),
    (),
    ((20, "Business cards (print-ready)"), right(980, "$85.50")),
    ((20, "Total"), right(980, "$1,285.50")),
)


@pytest.mark.parametrize(
    ("reading", "rows"),
    [
        (GERMAN, [("Beratung vor Ort, Anfahrt inbegriffen", 10, 99, 990), ("Kabel 5 m", 3, 1250.5, 3751.5)]),
        (FRENCH, [("Cahier à spirale", 4, 2.5, 10), ("Stylo plume", 1, 1024, 1024)]),
        (SPANISH, [("Tornillos caja", 2, 3.1, 6.2), ("Martillo", 1, 12, 12)]),
        (DUTCH, [("Binnenband 28 inch", 2, 6.95, 13.9), ("Arbeid", 0.5, 48, 24)]),
        (ITALIAN, [("Olio extravergine", 6, 9.5, 57), ("Aceto balsamico", 2, 14, 28)]),
        (POLISH, [("Papier A4", 10, 20, 246), ("Toner czarny", 1, 150, 184.5)]),
        (BRITISH, [("Fault finding", 2, 60, 120), ("Socket, double", 1, 15.49, 15.49)]),
        (
            AMERICAN,
            [
                ("Logo design, three drafts with two rounds of changes", None, None, 1200),
                ("Business cards (print-ready)", None, None, 85.5),
            ],
        ),
    ],
    ids=["german", "french", "spanish", "dutch", "italian", "polish", "british", "american"],
)
def test_invoices_with_heads(reading: Reading, rows: list[Row]) -> None:
    assert rows_of([reading]) == rows


@pytest.mark.parametrize(
    ("rows", "items"),
    [
        (  # quantity x price in the row
            ("Corner Shop", "MILK 1L | 2 x 1.20 | 2.40", "BREAD | 1 x 3.10 | 3.10", "TOTAL | 5.50", "CASH | 10.00"),
            [("MILK 1L", 2, 1.2, 2.4), ("BREAD", 1, 3.1, 3.1)],
        ),
        (  # the name above its numbers
            (
                "Kedai Maju",
                "PENCIL 2B",
                "9556001 2 1.20 | 2.40 SR",
                "BOOK A4",
                "9556002 1 8.10 | 8.10 SR",
                "TOTAL | 10.50",
            ),
            [("PENCIL 2B", 2, 1.2, 2.4), ("BOOK A4", 1, 8.1, 8.1)],
        ),
        (  # German till: letters of the tax rate, a deposit, the quantity under the item
            (
                "Lebensmittel Huber",
                "Vollmilch | 2,58 A",
                "2 x 1,29",
                "Pfand | 0,25 B",
                "SUMME EUR | 2,83",
                "Bar | 5,00",
            ),
            [("Vollmilch", 2, 1.29, 2.58), ("Pfand", None, None, 0.25)],
        ),
        (  # a bill that begins with the quantity
            ("Chez Paul", "2 Café | 5,00", "1 Tarte aux pommes | 6,50", "Total TTC | 11,50 €"),
            [("Café", 2, None, 5), ("Tarte aux pommes", 1, None, 6.5)],
        ),
        (  # numbered rows are no quantities
            ("Garage Meyer", "1 Oil change | 50.00", "2 Brake pads | 80.00", "3 Wash | 9.00", "Total | 139.00"),
            [("Oil change", None, None, 50), ("Brake pads", None, None, 80), ("Wash", None, None, 9)],
        ),
        (  # parts of each charge are printed under it: the charges add up to the total
            (
                "Cloud Host Inc.",
                "Total | $7.00",
                "Storage | $4.00",
                "   | ",
                "Network | $3.00",
                "Total | $7.00",
            ),
            [("Storage", None, None, 4), ("Network", None, None, 3)],
        ),
        (("Muster GmbH", "Sehr geehrte Frau Beispiel", "Haftpflicht | 120,00 €", "Freundliche Grüße"), []),
        (("Corner Shop", "Tel. 07 351 2345", "Total | 5.50", "CASH | 10.00", "CHANGE | 4.50"), []),
    ],
)
def test_rows_without_heads(rows: tuple[str, ...], items: list[Row]) -> None:
    assert rows_of([paper(rows)]) == items


def test_a_table_goes_on_over_pages() -> None:
    heads = ((20, "Beschreibung"), right(600, "Menge"), right(800, "Preis"), right(980, "Betrag"))
    first = table(
        ((20, "Muster GmbH"),),
        heads,
        ((20, "Schrauben"), right(600, "100"), right(800, "0,10"), right(980, "10,00")),
        ((20, "Übertrag"), right(980, "10,00")),
        ((20, "Seite 1 von 3"),),
    )
    second = table(
        ((20, "Muster GmbH"),),
        heads,
        ((20, "Übertrag"), right(980, "10,00")),
        ((20, "Muttern"), right(600, "50"), right(800, "0,20"), right(980, "10,00")),
        ((20, "aus Messing"),),
    )
    third = table(  # no heads of its own
        ((20, "Dübel"), right(600, "20"), right(800, "0,50"), right(980, "10,00")),
        ((20, "Gesamtbetrag"), right(980, "30,00")),
        ((20, "Skonto"), right(800, "2 %"), right(980, "0,60")),
    )
    assert rows_of([first, second, third]) == [
        ("Schrauben", 100, 0.1, 10),
        ("Muttern aus Messing", 50, 0.2, 10),
        ("Dübel", 20, 0.5, 10),
    ]


def test_columns_are_found_by_what_they_are_called() -> None:
    field = Field(
        "lines",
        Kind.ROWS,
        fields=(
            Field("sku", Kind.CODE),
            Field("product_name"),
            Field("line_total", Kind.MONEY, needed=True),
            Field("vat_rate", Kind.NUMBER),
            Field("f5", Kind.NUMBER, "Quantity"),
            Field("colour"),
        ),
    )
    assert fill(FieldSet("x", (field,)), [SPANISH])["lines"] == [
        {"sku": "T-10", "product_name": "Tornillos caja", "line_total": 6.2, "vat_rate": 21, "f5": 2},
        {"sku": "M-77", "product_name": "Martillo", "line_total": 12, "vat_rate": 21, "f5": 1},
    ]


def test_a_table_that_is_no_bill_is_found_by_its_own_heads() -> None:
    field = Field("stops", Kind.ROWS, fields=(Field("station"), Field("departs", Kind.TIME)))
    reading = table(
        ((20, "Timetable"),),
        ((20, "Station"), (500, "Departs")),
        ((20, "Northgate"), (500, "10:05")),
        ((20, "Mill Lane"), (500, "10:12")),
    )
    assert fill(FieldSet("x", (field,)), [reading]) == {
        "stops": [{"station": "Northgate", "departs": "10:05"}, {"station": "Mill Lane", "departs": "10:12"}]
    }


@pytest.mark.parametrize("name", ["taxes", "payments", "values"])
def test_other_lists_are_not_filled_with_the_items(name: str) -> None:
    field = Field(name, Kind.ROWS, fields=(Field("method"), Field("amount", Kind.MONEY)))
    assert fill(FieldSet("x", (field,)), [GERMAN]) == {}
