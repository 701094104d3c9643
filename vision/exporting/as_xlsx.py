"""Records as a workbook (XLSX): a sheet with a line for each record, and a sheet for the rows of each list.

Every text is written as a string, never as a formula. openpyxl guesses by the first character when a value is set;
setting the type afterwards is its documented way out (Cell.data_type). Text cells have the format "@", so that they
stay text when somebody edits them.

Limits: https://support.microsoft.com/office/excel-specifications-and-limits (checked 2026-11-22).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter

from vision.exporting.neutral import cell_text, cut, distinct, is_formula, units
from vision.exporting.sheet import CannotExport, Exported
from vision.exporting.tables import Table, Value, list_names, list_table, main_table
from vision.fields.model import FieldSet, Kind

ROWS, COLUMNS, CHARACTERS, SHEET_NAME, DIGITS = 1_048_576, 16_384, 32_767, 31, 15
CUT = " [cut here: a cell holds 32,767 characters, the JSON export has all]"
FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets disagree by a day: Excel has a 29 February 1900
WIDEST, NARROWEST, LOOKED_AT = 60, 8, 500  # characters, characters, rows
FORMATS = {Kind.MONEY: "#,##0.00####", Kind.WHOLE: "0"}
NO_DAY = datetime(1980, 1, 1)  # noqa: DTZ001 - where the format wants one; the real one would make other bytes each time
BOLD = Font(name="Calibri", size=11, bold=True)  # as the rest, which is openpyxl's own
WRAPPED = Alignment(wrap_text=True, vertical="top")

_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)


def to_xlsx(set_: FieldSet, records: Sequence[Exported], *, provenance: bool = False) -> bytes:
    """The same bytes for the same records. Raises CannotExport where a sheet cannot hold all rows."""
    tables = [main_table(set_, records, lists=False, provenance=provenance)]
    tables += [list_table(set_, records, name, provenance=provenance) for name in list_names(set_)]
    return written(tables)


def written(tables: Sequence[Table]) -> bytes:
    """A workbook with a sheet for each table. Raises as ``to_xlsx``."""
    for table in tables:
        _check(table)
    book = Workbook(write_only=True)
    for table, name in zip(tables, sheet_names(table.name for table in tables), strict=True):
        _fill(book, name, table)
    book.properties.creator = "Loupe"
    book.properties.created = book.properties.modified = NO_DAY
    out = io.BytesIO()
    ExcelWriter(book, ZipFile(out, "w", ZIP_DEFLATED)).save()  # Workbook.save would put the time in
    return _undated(out.getvalue())


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel takes: 31 characters at most, none of []:*?/\\, no apostrophe at the ends, all different."""
    found = []
    for name in names:
        bare = " ".join(_NO_SHEET_NAME.sub(" ", cell_text(name)).split()).strip("' ")
        found.append(cut(bare, SHEET_NAME).strip("' ") or "Records")
    return distinct(found, ["History"], limit=SHEET_NAME)  # Excel keeps "History" for itself


def _check(table: Table) -> None:
    if len(table.rows) >= ROWS:
        raise CannotExport(
            f'"{table.name}" has {len(table.rows):,} rows; a sheet holds {ROWS - 1:,} below its header. '
            "Save as CSV or JSONL instead, or fewer records at once."
        )
    if len(table.heads) > COLUMNS:
        raise CannotExport(
            f'"{table.name}" has {len(table.heads):,} columns; a sheet holds {COLUMNS:,}. Save as JSON instead.'
        )


def _fill(book: Workbook, name: str, table: Table) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for at, width in enumerate(_widths(table), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    heads = [_text(sheet, head) for head in table.heads]
    for head in heads:
        head.font = BOLD
    sheet.append(heads)
    for row in table.rows:
        sheet.append([_cell(sheet, kind, value) for kind, value in zip(table.kinds, row, strict=True)])


def _widths(table: Table) -> list[int]:
    """As wide as the longest line in each column, within bounds."""
    longest = [len(head) for head in table.heads]
    for row in table.rows[:LOOKED_AT]:
        for at, value in enumerate(row):
            lines = "" if value is None else str(value)[: 10 * WIDEST].split("\n")
            longest[at] = max(longest[at], *map(len, lines), 0)
    return [min(max(length, NARROWEST), WIDEST) + 2 for length in longest]


def _cell(sheet: WriteOnlyWorksheet, kind: Kind, value: Value) -> Cell | None:
    typed = _typed(kind, value)
    if typed is None:
        return None
    if isinstance(typed, str):
        return _text(sheet, typed)
    cell = WriteOnlyCell(sheet)
    if isinstance(typed, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(typed, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(typed, time):
        cell.number_format = "hh:mm:ss" if typed.second else "hh:mm"
    elif not isinstance(typed, bool):
        cell.number_format = FORMATS.get(kind, "General")
    cell.value = typed
    return cell


def _typed(kind: Kind, value: Value) -> Value | date | time:
    """A value as a cell has it; text where a spreadsheet would not keep it: years before 1900, more than 15 digits."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, str):
        return _moment(kind, value)
    if value is None or isinstance(value, bool):
        return value
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or len(exact.as_tuple().digits) > DIGITS or abs(exact.adjusted()) > 300:
        return str(value)
    return value


def _moment(kind: Kind, text: str) -> str | date | time:
    try:
        if kind is Kind.DATE and _DATE.fullmatch(text) and date.fromisoformat(text) >= FIRST_DAY:
            return date.fromisoformat(text)
        if kind is Kind.TIME and _TIME.fullmatch(text):
            return time.fromisoformat(text)
    except ValueError:  # the thirtieth of February: shown as it was read
        return text
    return text


def _text(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    shown = fitting(text) if cell_text(text).strip() else None  # blanks alone are kept by one reader and not by another
    cell = WriteOnlyCell(sheet, shown)
    cell.data_type = "n" if shown is None else "s"
    cell.number_format = "@"
    if "\n" in text:
        cell.alignment = WRAPPED
    if is_formula(text):
        cell.quotePrefix = True
    return cell


def fitting(text: str) -> str:
    """``text`` as a cell's string holds it, cut with a word where it is longer than a cell. "_x0041_" means "A" there
    (ECMA-376 part 1, 22.9.2.19), so what looks like it is escaped."""
    text = cell_text(text)
    if units(_escaped(text)) <= CHARACTERS:
        return _escaped(text)
    kept = text[: CHARACTERS - len(CUT)]
    while (over := units(_escaped(kept) + CUT) - CHARACTERS) > 0:
        kept = kept[: -max(1, over // 2)]
    return _escaped(kept) + CUT


def _escaped(text: str) -> str:
    return _ESCAPE.sub("_x005F_", text)


def _undated(data: bytes) -> bytes:
    """The ZIP file with the same members, which have no time of their own any more."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as dated, ZipFile(out, "w", ZIP_DEFLATED) as undated:
        for name in dated.namelist():
            info = ZipInfo(name, NO_DAY.timetuple()[:6])
            info.create_system, info.compress_type = 3, ZIP_DEFLATED  # as on any system
            undated.writestr(info, dated.read(name))
    return out.getvalue()
