"""Readings written by hand and pictures drawn with Pillow: papers whose truth the tests know."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from vision.reader.reading import Code, Quad, Reading, arrange

WIDTH = 600
LETTER, HEIGHT, STEP = 10, 20, 30  # pixels: one character, one line, from line to line

RECEIPT = (
    "tan woon yann",
    "KEDAI BUKU SERI MAJU SDN BHD",
    "(123456-X)",
    "NO. 12, JALAN MERDEKA 3,",
    "TAMAN SENTOSA,",
    "81100 JOHOR BAHRU, JOHOR.",
    "TEL: 07-351 2345 / 012-765 4321 | FAX: 07-351 2346",
    "GST ID: 000123456789",
    "TAX INVOICE",
    "Invoice No: CS-00912 | Date: 25/12/2018",
    "Cashier: AMINAH | Time: 14:05:33",
    "PENCIL 2B | 2 | 1.20 | 2.40",
    "EXERCISE BOOK A4 | 1 | 8.10 | 8.10",
    "Total Qty: 3",
    "Sub Total | 10.50",
    "Rounding Adj. | -0.02",
    "GRAND TOTAL | RM 10.48",
    "CASH | RM 50.00",
    "CHANGE | RM 39.52",
    "GST SUMMARY | AMOUNT | TAX",
    "SR 6% | 9.91 | 0.59",
    "TOTAL | 9.91 | 0.59",
    "THANK YOU, PLEASE COME AGAIN",
)

GERMAN_INVOICE = (
    "Muster & Söhne GmbH",
    "Königstraße 5",
    "80331 München",
    "Telefon: 089 1234567 | E-Mail: info@muster-soehne.de",
    "Rechnung",
    "Rechnungsnummer: RE-2024-0815 | Rechnungsdatum: 3. März 2024",
    "Kundennummer: 4711 | Lieferdatum: 28.02.2024",
    "Zahlbar bis: 17.03.2024",
    "Beratung | 10 | 99,00 | 990,00",
    "Zwischensumme | 990,00 €",
    "zzgl. 19 % MwSt. | 188,10 €",
    "Gesamtbetrag | 1.178,10 €",
    "IBAN: DE89 3704 0044 0532 0130 00",
    "USt-IdNr.: DE123456789",
)

CARD = (
    "Dr. Marta Rossi",
    "Sales Manager",
    "Northwind Instruments Ltd",
    "221 Baker Street",
    "London NW1 6XE",
    "Tel +44 20 7946 0123",
    "marta.rossi@northwind.example.com",
    "www.northwind.example.com",
)

SCREENSHOT = (
    "Order confirmed",
    "Order number: 114-5582-77 | Placed on 2024-07-09",
    "Status: | Out for delivery",
    "Battery level: 84%",
    "Shipping | $4.99",
    "Order total: | $38.20",
)


def paper(rows: Sequence[str], codes: Sequence[Code] = ()) -> Reading:
    """A Reading of ``rows``, top to bottom; "|" sets pieces of a row apart, the last one flush right."""
    pieces: list[tuple[str, Quad, float]] = []
    for number, row in enumerate(rows):
        texts = [text.strip() for text in row.split("|")]
        for place, text in enumerate(texts):
            share = place / (len(texts) - 1) if len(texts) > 1 else 0.0
            left = share * (WIDTH - LETTER * len(text))
            pieces.append((text, quad(left, 10 + number * STEP, text), 0.98))
    return arrange(pieces, codes, (WIDTH, 20 + STEP * len(rows)))


def placed(*pieces: tuple[str, float, float]) -> Reading:
    """A Reading of (text, x, y) pieces."""
    return arrange([(text, quad(x, y, text), 0.98) for text, x, y in pieces], (), (1000, 1000))


def quad(x: float, y: float, text: str) -> Quad:
    right, bottom = x + LETTER * len(text), y + HEIGHT
    return (x, y), (right, y), (right, bottom), (x, bottom)


def drawn(lines: Sequence[str], *, size: int = 28, width: int = 640) -> Image.Image:
    """Black print on white, one line under the other; "|" sets the rest of a line flush right."""
    step = int(size * 1.6)
    picture = Image.new("RGB", (width, 40 + step * len(lines)), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=size)
    for number, line in enumerate(lines):
        left, _, right = line.partition("|")
        pen.text((20, 20 + number * step), left.strip(), fill="black", font=font)
        if right:
            pen.text(
                (width - 20 - pen.textlength(right.strip(), font), 20 + number * step), right.strip(), "black", font
            )
    return picture
