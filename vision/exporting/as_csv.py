"""Records as CSV (RFC 4180), with a mark in front by which spreadsheets know UTF-8.

Dates are ISO. Text is quoted, numbers are not. A spreadsheet that opens a CSV file guesses what a code or a phone
number is and may drop its zeros or its plus: XLSX says it. Nothing is cut here; Excel itself breaks a cell of more than
32,767 characters in two, which only a list of hundreds of rows as JSON reaches: take such a list as a file of its own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from vision.exporting.neutral import cell_text, no_formula
from vision.exporting.sheet import Exported
from vision.exporting.tables import Table, Value, list_table, main_table
from vision.fields.model import FieldSet

AS_JSON = "json"
MARK = "\ufeff"


def to_csv(set_: FieldSet, records: Sequence[Exported], *, rows: str = AS_JSON, provenance: bool = False) -> bytes:
    """One line for each record, its lists of rows as JSON in a cell; or, where ``rows`` is the name of a list, one line
    for each of its rows with the record's name first. Raises CannotExport for a list that is not there."""
    if rows == AS_JSON:
        table = main_table(set_, records, lists=True, provenance=provenance)
    else:
        table = list_table(set_, records, rows, provenance=provenance)
    return written(table)


def written(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([no_formula(cell_text(head)) for head in table.heads])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return (MARK + out.getvalue()).encode()


def _cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return no_formula(cell_text(value)) if isinstance(value, str) else value
