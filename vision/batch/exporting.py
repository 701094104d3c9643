"""A durable run as a file: every item a row, in the order given, whatever came first and whatever is still to come.

What a spreadsheet would run is neutralised where a file of cells is written (``vision.exporting``); JSONL holds every
text as it is. A run of fields has a column for each value, a run of a question has the answer under "text".
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from vision.batch.picture_names import picture_path
from vision.errors import NotThere
from vision.exporting import as_csv as csv_file
from vision.exporting import as_xlsx as xlsx_file
from vision.exporting.as_json import shaped
from vision.exporting.sheet import Exported, Source
from vision.exporting.tables import Table, Value, assembled, at, cell, columns, is_list, list_names, list_table, plain
from vision.fields.model import FieldSet, Kind
from vision.messages import Attempt
from vision.store import OwnedStore
from vision.store.blobs import said_in_words
from vision.store.extract_records import Record, RecordState, Verdict

Row = dict[str, Any]

ENDINGS = ("csv", "xlsx", "jsonl", "zip")
_WORDS: Mapping[RecordState, str] = {RecordState.RUNNING: "waiting", RecordState.INTERRUPTED: "stopped"}
_BEFORE = (("file", Kind.TEXT), ("state", Kind.TEXT))
_ANSWER = ("text", Kind.TEXT)
_AFTER = (
    *(("error", Kind.TEXT), ("provider", Kind.TEXT), ("model", Kind.TEXT)),
    *(("cost_usd", Kind.NUMBER), ("seconds", Kind.NUMBER)),
)
_NO_SOURCE = Source("", "", "", "", "", 0, "")


def rows(owned: OwnedStore, run_id: str) -> Iterator[Row]:
    """Every item in the order given: ``file``, ``state`` (done, failed, skipped, stopped, waiting), ``text`` (a
    question's answer) or ``data`` (the values), None where there is none, ``error`` (the reason, or what is to be known
    of an answer that was cut off), ``provider``, ``model``, ``cost_usd`` (None: unknown), ``seconds``, ``attempts``.
    Raises NotThere."""
    fields = owned.run_fields(run_id)
    for record in owned.records(run_id):
        yield _row(fields, record)


def as_jsonl(found: Iterable[Row]) -> bytes:
    """One object a line."""
    return "".join(_line(row) for row in found).encode()


def as_csv(fields: FieldSet, found: Iterable[Row]) -> bytes:
    """One line for each item; a list of rows among its values is JSON in a cell."""
    return csv_file.written(_table(fields, found, lists=True))


def as_xlsx(fields: FieldSet, found: Iterable[Row]) -> bytes:
    """A sheet with a line for each item, and one for the rows of each list. Raises CannotExport."""
    known = list(found)
    read = [Exported(row["file"], row["data"], _NO_SOURCE) for row in known if row.get("data")]
    lists = [list_table(fields, read, name, provenance=False) for name in list_names(fields)]
    return xlsx_file.written([_table(fields, known, lists=False), *lists])


def as_zip(owned: OwnedStore, run_id: str) -> Path:
    """results.csv, results.jsonl, and under pictures/ what the page shows of each picture, clean of metadata. A
    temporary file, which the caller removes; one picture at a time is in memory. Raises NotThere and StoreError."""
    with said_in_words("written"):
        handle, name = tempfile.mkstemp(prefix="loupe-", suffix=".zip")
    path = Path(name)
    try:
        with said_in_words("written"), os.fdopen(handle, "wb") as file, ZipFile(file, "w") as archive:
            _fill(archive, owned, run_id)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def run_as_file(owned: OwnedStore, run_id: str, ending: str) -> tuple[str, bytes | Path]:
    """The run's title and the file, by one of ``ENDINGS``: its bytes, or for a ZIP the path of a temporary file, which
    the caller removes. Raises NotThere, CannotExport and StoreError."""
    run = owned.run(run_id)
    makers: Mapping[str, Callable[[], bytes | Path]] = {
        "csv": lambda: as_csv(run.fields, rows(owned, run_id)),
        "xlsx": lambda: as_xlsx(run.fields, rows(owned, run_id)),
        "jsonl": lambda: as_jsonl(rows(owned, run_id)),
        "zip": lambda: as_zip(owned, run_id),
    }
    return run.title or "answers", makers[ending]()


# -- rows -------------------------------------------------------------------------------------------------------------


def _row(fields: FieldSet, record: Record) -> Row:
    waits = record.state in (RecordState.WAITING, RecordState.RUNNING)  # what it came to before counts no more
    key = "data" if fields.fields else "text"
    return {
        "file": record.name,
        "state": _WORDS.get(record.state, record.state.value),
        key: _answer(fields, record),
        "error": None if waits else record.sentence or None,
        "provider": None if waits else record.provider or None,
        "model": None if waits else record.model or None,
        "cost_usd": _cost(record, waits=waits),
        "seconds": None if waits else round(record.seconds, 3),
        "attempts": [] if waits else [_attempt(one) for one in record.attempts],
    }


def _answer(fields: FieldSet, record: Record) -> Any:
    """None where there is none: half an answer of a failed item is no answer."""
    by_hand = record.verdict is Verdict.ACCEPTED and bool(record.data)
    if record.state is not RecordState.DONE and not by_hand:
        return None
    return plain(shaped(fields.fields, record.data)) if fields.fields else record.text


def _cost(record: Record, *, waits: bool) -> float | None:
    if waits:
        return None
    if not record.attempts and record.cost_usd is None:
        return 0.0  # nobody was asked
    return None if record.cost_usd is None else float(record.cost_usd)


def _attempt(one: Attempt) -> Row:
    """As ``ask --json`` has it."""
    return {
        "provider": one.provider,
        "model": one.model,
        "outcome": one.outcome,
        "waited_seconds": one.waited_seconds,
        "seconds": round(one.seconds, 3),
        "cost_usd": None if one.cost_usd is None else float(one.cost_usd),
        "sent_sha256": list(one.sent_sha256),
        "request_id": one.request_id,
    }


def _line(row: Row) -> str:
    return json.dumps(plain(row), ensure_ascii=False, allow_nan=False) + "\n"


# -- tables -----------------------------------------------------------------------------------------------------------


def _table(fields: FieldSet, found: Iterable[Row], *, lists: bool) -> Table:
    if not fields.fields:
        before = (*_BEFORE, _ANSWER)
        lines = [tuple(_value(row[head]) for head, _ in (*before, *_AFTER)) for row in found]
        return assembled("Answers", (), before, _AFTER, lines)
    shown = [column for column in columns(fields.fields) if lists or not is_list(column.field)]
    lines = []
    for row in found:
        values = [cell(column.field, at(row["data"], column.names)) for column in shown]
        told = [[_value(row[head]) for head, _ in some] for some in (_BEFORE, _AFTER)]
        lines.append((*told[0], *values, *told[1]))
    return assembled(fields.name or "Values", shown, _BEFORE, _AFTER, lines)


def _value(value: Any) -> Value:
    if isinstance(value, float):
        return Decimal(repr(value))  # $0.000012 and not 1.2e-05
    return value if isinstance(value, int | str) else None


# -- the ZIP ----------------------------------------------------------------------------------------------------------


def _fill(archive: ZipFile, owned: OwnedStore, run_id: str) -> None:
    fields, records = owned.run_fields(run_id), owned.records(run_id)
    found = [_row(fields, record) for record in records]
    _write(archive, "results.csv", as_csv(fields, found), ZIP_DEFLATED)
    with archive.open(_entry("results.jsonl", ZIP_DEFLATED), "w") as file:
        _write_lines(file, found)
    seen: set[str] = set()
    for record in records:
        for place, stored in enumerate(record.pictures):
            try:
                data = owned.picture_bytes(stored.id, "preview")
            except NotThere:  # deleted meanwhile: its row stays
                continue
            path = picture_path(_page_name(record, place), _ending(record.name, data), seen)
            _write(archive, f"pictures/{path}", data, ZIP_STORED)


def _page_name(record: Record, place: int) -> str:
    return record.name if len(record.pictures) == 1 else f"{record.name}, page {place + 1}"


def _ending(name: str, data: bytes) -> str:
    if data.startswith(b"\x89PNG"):
        return ".png"
    return ".jpeg" if name.lower().endswith(".jpeg") else ".jpg"


def _write(archive: ZipFile, name: str, data: bytes, packing: int) -> None:
    archive.writestr(_entry(name, packing), data)


def _write_lines(file: IO[bytes], found: Iterable[Row]) -> None:
    for row in found:
        file.write(_line(row).encode())


def _entry(name: str, packing: int) -> ZipInfo:
    """Without a time of its own: the same bytes for the same run."""
    info = ZipInfo(name)
    info.create_system, info.compress_type, info.external_attr = 3, packing, 0o644 << 16
    return info
