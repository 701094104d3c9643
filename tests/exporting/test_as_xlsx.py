from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exporting.cases import (
    DATA,
    INVOICE,
    RECORD,
    RUN,
    SOURCE,
    TEXT_SET,
    TEXTS,
    formulas,
    hostile,
    of_texts,
    second_reader,
    sheet,
    workbook,
)  # fmt: skip
from vision.exporting import as_xlsx
from vision.exporting.as_xlsx import fitting, sheet_names, to_xlsx
from vision.exporting.neutral import cell_text
from vision.exporting.sheet import CannotExport, Exported
from vision.fields.model import Field, FieldSet, Kind


def test_dates_are_dates_and_numbers_are_numbers() -> None:
    main = sheet(workbook(to_xlsx(INVOICE, [RECORD])), "Invoice")
    cells = {str(head.value): cell for head, cell in zip(main[1], main[2], strict=True)}
    midnight = datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)
    assert {name: cell.value for name, cell in cells.items()} == {
        "record": "receipt.png", "vendor": "Kaufhaus Ölz", "date": midnight, "due": None,
        "at": time(14, 30), "total": -12.5, "pages": 2, "paid": True, "number": "00123", "phone": "+49 30 1234",
        "currency": "EUR", "tags": "food; travel", "rates": "7; 19.5", "seller.city": "Bern", "seller.zip": "03000",
    }  # fmt: skip
    formats = {name: (cell.data_type, cell.number_format) for name, cell in cells.items()}
    assert formats["date"] == ("d", "yyyy-mm-dd")
    assert formats["at"] == ("d", "hh:mm")
    assert formats["total"] == ("n", "#,##0.00####")
    assert formats["pages"] == ("n", "0")
    assert formats["paid"][0] == "b"
    assert {formats[name] for name in ("number", "phone", "seller.zip", "vendor")} == {("s", "@")}


def test_a_second_reader_sees_the_same() -> None:
    found = second_reader(to_xlsx(INVOICE, [RECORD]))
    assert list(found) == ["Invoice", "items"]
    row = dict(zip(found["Invoice"][0], found["Invoice"][1], strict=True))
    assert (row["date"], row["at"], row["total"], row["paid"]) == (date(2026, 11, 22), time(14, 30), -12.5, True)
    assert (row["number"], row["phone"]) == ("00123", "+49 30 1234")
    assert found["items"] == [
        ["record", "row", "description", "amount"],
        ["receipt.png", 1, "Tea", 3],
        ["receipt.png", 2, "Milk; 1 l", 1.25],
    ]


def test_the_header_stays_in_sight_and_is_bold() -> None:
    for one in workbook(to_xlsx(INVOICE, [RECORD])).worksheets:
        assert one.freeze_panes == "A2"
        assert all(cell.font.bold for cell in one[1])
        assert not any(cell.font.bold for cell in one[2])


def test_columns_are_as_wide_as_what_they_hold() -> None:
    long = replace(RECORD, data={**DATA, "vendor": "w" * 500, "number": "n" * 30})
    dimensions = sheet(workbook(to_xlsx(INVOICE, [long])), "Invoice").column_dimensions
    assert (dimensions["B"].width, dimensions["F"].width, dimensions["I"].width) == (62, 10, 32)


def test_provenance_has_types_as_well() -> None:
    book = workbook(to_xlsx(INVOICE, [RECORD], provenance=True))
    main = sheet(book, "Invoice")
    cells = {str(head.value): cell.value for head, cell in zip(main[1], main[2], strict=True)}
    assert (cells["cost_usd"], cells["seconds"], cells["set_version"]) == (0.0012, 1.5, 3)
    assert cells["reviewed_utc"] == datetime(2026, 11, 22, 12, tzinfo=UTC).replace(tzinfo=None)
    assert cells["mark: total"] == "read on the picture"
    rows = sheet(book, "items")
    assert [cell.value for cell in rows["P"]] == ["mark: amount", "similar", "not found"]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.DATE, "2026-02-30", "2026-02-30"),
        (Kind.DATE, "1899-12-31", "1899-12-31"),
        (Kind.DATE, "March 3", "March 3"),
        (Kind.DATE, "２０２６-01-01", "２０２６-01-01"),
        (Kind.DATE, "20260101", "20260101"),
        (Kind.TIME, "24:61", "24:61"),
        (Kind.TIME, "14:30:05", time(14, 30, 5)),
        (Kind.WHOLE, 12345678901234567, "12345678901234567"),
        (Kind.NUMBER, 0.1, 0.1),
        (Kind.NUMBER, 1e-7, 1e-7),
        (Kind.NUMBER, float("nan"), "nan"),
        (Kind.NUMBER, float("inf"), "inf"),
        (Kind.MONEY, "12,50 or so", "12,50 or so"),
        (Kind.MONEY, 0, 0),
        (Kind.YES_NO, False, False),
        (Kind.CODE, "=1", "=1"),
    ],
)
def test_what_a_spreadsheet_cannot_keep_is_text(kind: Kind, value: object, shown: object) -> None:
    data = to_xlsx(FieldSet("S", (Field("v", kind),)), [Exported("n", {"v": value}, SOURCE)])
    found = sheet(workbook(data), "S")["B2"].value
    assert found == shown
    assert type(found) is type(shown)
    assert formulas(data) == 0


def test_the_same_records_make_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = to_xlsx(INVOICE, [RECORD], provenance=True)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert to_xlsx(INVOICE, [RECORD], provenance=True) == first
    with ZipFile(io.BytesIO(first)) as members:
        assert {info.date_time for info in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01" in members.read("docProps/core.xml")


def test_every_payload_is_a_string() -> None:
    data = to_xlsx(TEXT_SET, of_texts(TEXTS))
    assert formulas(data) == 0
    cells = [row[1] for row in sheet(workbook(data), "Texts").iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [cell.value or "" for cell in cells] == [fitting(text) for text in TEXTS]
    assert [row[1] for row in second_reader(data)["Texts"][1:]] == [cell_text(text) for text in TEXTS]


@pytest.mark.parametrize("text", RUN, ids=ascii)
def test_a_payload_stays_text_when_it_is_edited(text: str) -> None:
    (cell,) = [row[1] for row in sheet(workbook(to_xlsx(TEXT_SET, of_texts([text]))), "Texts").iter_rows(min_row=2)]
    assert cell.number_format == "@"
    assert cell.quotePrefix or cell_text(text) != text  # what is left of a control character is no operator


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_names_are_hostile_too(text: str) -> None:
    set_, record = hostile(text)
    data = to_xlsx(set_, [record], provenance=True)
    assert formulas(data) == 0
    main, rows = workbook(data).worksheets
    assert main["B1"].value == (fitting(text) or None)
    assert {cell.data_type for cell in main[1] if cell.value is not None} == {"s"}
    assert rows["D2"].value == -12.5
    assert len(second_reader(data)) == 2


@pytest.mark.parametrize(
    "name", ["", "'", "'''", "[]", "a/b", "x" * 40, "🧾" * 40, "History", "\x00", "a\nb", "='x'!A1"]
)
def test_any_name_becomes_a_sheet(name: str) -> None:
    data = to_xlsx(replace(INVOICE, name=name), [RECORD])
    title = workbook(data).worksheets[0].title
    assert title.casefold() != "history"
    assert 0 < len(title.encode("utf-16-le")) // 2 <= 31
    assert not set(title) & set("[]:*?/\\")
    assert title.strip("'") == title
    assert next(iter(second_reader(data))) == title


@given(st.lists(st.text(max_size=40), max_size=5))
def test_sheet_names_differ(names: list[str]) -> None:
    found = sheet_names(names)
    assert len({name.casefold() for name in found}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in found)


@pytest.mark.parametrize("text", ["x" * 32_768, "🧾" * 20_000, "_x0041_" * 6_000, "a\n" * 20_000, "=" * 40_000])
def test_a_text_longer_than_a_cell_is_cut_with_a_word(text: str) -> None:
    found = sheet(workbook(to_xlsx(TEXT_SET, of_texts([text]))), "Texts")["B2"].value
    assert isinstance(found, str)
    assert found.endswith(" [cut here: a cell holds 32,767 characters, the JSON export has all]")
    assert 32_000 < len(found.encode("utf-16-le")) // 2 <= 32_767


def test_a_text_as_long_as_a_cell_is_whole() -> None:
    text = "x" * 32_767
    assert sheet(workbook(to_xlsx(TEXT_SET, of_texts([text]))), "Texts")["B2"].value == text


def test_more_rows_than_a_sheet_holds_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (as_xlsx.ROWS, as_xlsx.COLUMNS) == (1_048_576, 16_384)
    monkeypatch.setattr(as_xlsx, "ROWS", 1_003)
    full, over = (replace(RECORD, data={**DATA, "items": [{"amount": 1}] * count}) for count in (1_002, 1_003))
    assert len(second_reader(to_xlsx(INVOICE, [full]))["items"]) == 1_003
    with pytest.raises(CannotExport, match=r'"items" has 1,003 rows; a sheet holds 1,002 below .* CSV or JSONL'):
        to_xlsx(INVOICE, [over])
    with pytest.raises(CannotExport, match=r'"Wide" has 16,385 columns'):
        to_xlsx(FieldSet("Wide", tuple(Field(f"f{at}") for at in range(16_384))), [])


def test_no_records_are_a_header() -> None:
    assert [len(rows) for rows in second_reader(to_xlsx(INVOICE, [])).values()] == [1, 1]


@settings(max_examples=30, deadline=timedelta(seconds=5))
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_comes_back(texts: list[str]) -> None:
    data = to_xlsx(TEXT_SET, of_texts(texts))
    assert formulas(data) == 0
    shown = [cell_text(text) if cell_text(text).strip() else "" for text in texts]
    assert [row[1] for row in second_reader(data)["Texts"][1:]] == shown
    assert [row[1].value or "" for row in sheet(workbook(data), "Texts").iter_rows(min_row=2)] == [
        fitting(text) if cell_text(text).strip() else "" for text in texts
    ]


@pytest.mark.parametrize("text", [" ", "\t", "\n\n", " \r\n", "\r\x85", "\u00a0"])
def test_blanks_alone_are_an_empty_cell(text: str) -> None:
    data = to_xlsx(TEXT_SET, of_texts([text, " x "]))
    assert [row[1] for row in second_reader(data)["Texts"]] == ["text", "", " x "]
    assert sheet(workbook(data), "Texts")["B2"].value is None
