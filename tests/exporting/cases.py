"""Records for the tests of the exports, and their files read back."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from vision.exporting.sheet import Exported, Source
from vision.fields.model import Field, FieldSet, Kind
from vision.messages import Json

PAYLOADS = tomllib.loads((Path(__file__).parent / "payloads.toml").read_text(encoding="utf-8"))
RUN: list[str] = PAYLOADS["run"]
PLAIN: list[str] = PAYLOADS["plain"]
INSIDE: list[tuple[str, str]] = [(one["text"], one["csv"]) for one in PAYLOADS["inside"]]
TEXTS = [*RUN, *PLAIN, *(text for text, _ in INSIDE)]

INVOICE = FieldSet(
    "Invoice",
    (
        Field("vendor", needed=True),
        Field("date", Kind.DATE, needed=True),
        Field("due", Kind.DATE),
        Field("at", Kind.TIME),
        Field("total", Kind.MONEY, needed=True),
        Field("pages", Kind.WHOLE),
        Field("paid", Kind.YES_NO),
        Field("number", Kind.CODE),
        Field("phone", Kind.PHONE),
        Field("currency", Kind.CHOICE, choices=("EUR", "USD")),
        Field("tags", many=True),
        Field("rates", Kind.NUMBER, many=True),
        Field("seller", Kind.GROUP, fields=(Field("city"), Field("zip", Kind.CODE))),
        Field("items", Kind.ROWS, fields=(Field("description"), Field("amount", Kind.MONEY, needed=True))),
    ),
)
DATA: Json = {
    "vendor": "Kaufhaus Ölz",
    "date": "2026-11-22",
    "at": "14:30",
    "total": -12.5,
    "pages": 2,
    "paid": True,
    "number": "00123",
    "phone": "+49 30 1234",
    "currency": "EUR",
    "tags": ["food", "travel"],
    "rates": [7, 19.5],
    "seller": {"city": "Bern", "zip": "03000"},
    "items": [{"description": "Tea", "amount": 3}, {"description": "Milk; 1 l", "amount": 1.25}],
}
SOURCE = Source(
    file="receipt.png",
    sha256="ab" * 32,
    provider="anthropic",
    model="claude-x",
    set_name="Invoice",
    set_version=3,
    state="accepted",
    reviewer="Ann",
    reviewed=datetime(2026, 11, 22, 12, tzinfo=UTC),
    cost_usd=Decimal("0.0012"),
    seconds=1.5,
    marks={"total": "read on the picture", "items.0.amount": "similar", "items.1.amount": "not found"},
)
RECORD = Exported("receipt.png", DATA, SOURCE)

TEXT_SET = FieldSet("Texts", (Field("text"),))


def of_texts(texts: Sequence[str]) -> list[Exported]:
    """One record for each text, named by its place."""
    return [Exported(f"r{at}", {"text": text}, SOURCE) for at, text in enumerate(texts)]


def hostile(text: str) -> tuple[FieldSet, Exported]:
    """A set and a record that say ``text`` wherever somebody else decides what is said."""
    rows = Field(f"{text} rows", Kind.ROWS, fields=(Field(text), Field("n", Kind.MONEY)))
    set_ = FieldSet(text, (Field(text), Field(f"{text} c", Kind.CODE), Field("many", many=True), rows))
    data = {text: text, f"{text} c": text, "many": [text, text], rows.name: [{text: text, "n": -12.5}]}
    source = replace(SOURCE, file=text, model=text, state=text, reviewer=text, set_name=text, marks={text: text})
    return set_, Exported(text, data, source)


def csv_rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def workbook(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def sheet(book: Workbook, name: str) -> Worksheet:
    found = book[name]
    assert isinstance(found, Worksheet)
    return found


def by_head(rows: Sequence[Sequence[Any]], at: int = 1) -> dict[str, Any]:
    return dict(zip(rows[0], rows[at], strict=True))


def second_reader(data: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def formulas(data: bytes) -> int:
    """Formula elements in all sheets, looked for in the XML itself."""
    with ZipFile(io.BytesIO(data)) as members:
        sheets = [members.read(name) for name in members.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    return sum(len(re.findall(rb"<f[\s>/]|t=\"str\"|t=\"e\"", xml)) for xml in sheets)
