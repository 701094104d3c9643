"""Records as one HTML page that needs nothing else: the pictures are inside, no script runs, nothing is loaded."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape

from vision.exporting.sheet import Exported, Source
from vision.exporting.tables import Column, Table, Value, at, cell, columns, in_utc, is_list, list_table, mark_of
from vision.fields.model import NUMBERS, FieldSet, Kind
from vision.markdown_text import visible

PicturesOf = Callable[[Exported], Sequence[bytes]]

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_KINDS: Mapping[bytes, str] = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
section { border-top: 1px solid #8886; margin-top: 2rem }
img { max-width: 100%; max-height: 30rem; border-radius: .5rem; display: block; margin: .5rem 0 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 }
th, td { border: 1px solid #8886; padding: .25rem .6rem; text-align: start; vertical-align: top }
td { white-space: pre-wrap } .rows .number { text-align: end; font-variant-numeric: tabular-nums }
caption { text-align: start; font-weight: 600 } .rows { overflow-x: auto }
.from, .mark, .none { opacity: .75; font-size: .85rem }
@media print {
  :root { color-scheme: light; font-size: 11pt } body { max-width: none; margin: 0 }
  section { break-before: page; border: 0; margin: 0 } section:first-of-type { break-before: auto }
  img, tr { break-inside: avoid } img { max-height: 12cm } thead { display: table-header-group }
}
""".strip()


def to_html(set_: FieldSet, records: Sequence[Exported], pictures: PicturesOf) -> bytes:
    """A section for each record: its pictures, its values with their marks, its rows, and where all that came from.

    ``pictures`` gives a record's pictures as JPEG (or PNG) without metadata, in order; anything else is left out.
    """
    count = f"{len(records):,} record" + ("" if len(records) == 1 else "s")
    body = [f"<h1>{_said(set_.name)}</h1>", f'<p class="from">{count}</p>']
    body += [_section(set_, record, pictures(record)) for record in records]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_text(set_.name)}</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    ).encode()


def _section(set_: FieldSet, record: Exported, pictures: Sequence[bytes]) -> str:
    parts = [f"<section><h2>{_said(record.name)}</h2>"]
    parts += [_picture(record.name, number, data) for number, data in enumerate(pictures, start=1)]
    parts.append(_values(set_, record))
    for column in columns(set_.fields):
        if is_list(column.field):
            parts.append(_rows(list_table(set_, [record], column.head, provenance=False), record, column))
    parts.append(f'<p class="from">{_from(record.source)}</p></section>')
    return "\n".join(part for part in parts if part)


def _picture(name: str, number: int, data: bytes) -> str:
    mime = next((mime for begins, mime in _KINDS.items() if data.startswith(begins)), None)
    if mime is None:
        return ""
    alt = f"{_text(name)}, page {number}"
    return f'<img alt="{alt}" src="data:{mime};base64,{base64.b64encode(data).decode()}">'


def _values(set_: FieldSet, record: Exported) -> str:
    lines = []
    for column in columns(set_.fields):
        if not is_list(column.field):
            shown = _cell(column.field.kind, cell(column.field, at(record.data, column.names)))
            mark = mark_of(record.source.marks, column.head) or ""
            lines.append(
                f'<tr><th scope="row">{_said(column.head)}</th>{shown}<td class="mark">{_said(mark)}</td></tr>'
            )
    if not lines:
        return ""
    heads = '<thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Mark</th></tr></thead>'
    return f"<table>{heads}<tbody>{''.join(lines)}</tbody></table>"


def _rows(table: Table, record: Exported, column: Column) -> str:
    """The rows of one list, without the record's name; each with its marks behind it."""
    heads = "".join(f'<th scope="col">{_said(head)}</th>' for head in (*table.heads[1:], "Mark"))
    lines = []
    for place, row in enumerate(table.rows):
        cells = "".join(_cell(kind, value) for kind, value in zip(table.kinds[1:], row[1:], strict=True))
        mark = mark_of(record.source.marks, f"{column.head}.{place}") or ""
        lines.append(f'<tr>{cells}<td class="mark">{_said(mark)}</td></tr>')
    if not lines:
        return f'<p>{_said(column.head)}: <span class="none">no rows</span></p>'
    caption, head = f"<caption>{_said(column.head)}</caption>", f"<thead><tr>{heads}</tr></thead>"
    return f'<div class="rows"><table>{caption}{head}<tbody>{"".join(lines)}</tbody></table></div>'


def _cell(kind: Kind, value: Value) -> str:
    if value is None:
        return '<td><span class="none">none</span></td>'
    if isinstance(value, bool):
        return f"<td>{'yes' if value else 'no'}</td>"
    if isinstance(value, (int, float, Decimal)) and kind in NUMBERS:
        return f'<td class="number">{_number(kind, value)}</td>'
    return f'<td dir="auto">{_text(str(value))}</td>'


def _number(kind: Kind, value: float | Decimal) -> str:
    """Digits without an exponent; money with its cents."""
    digits = f"{Decimal(repr(value)) if isinstance(value, float) else Decimal(value):f}"
    cents = len(digits.partition(".")[2])
    return digits + ("." if not cents else "") + "0" * (2 - cents) if kind is Kind.MONEY and cents < 2 else digits


def _from(source: Source) -> str:
    """Where the data came from, in one line."""
    parts = [source.file, f"SHA-256 {source.sha256}", f"{source.model or 'Nobody'} ({source.provider})"]
    parts += [f"{source.set_name}, version {source.set_version}", source.state]
    reviewed = in_utc(source.reviewed)
    if source.reviewer or reviewed is not None:
        parts.append(" ".join(("reviewed", *(["by", source.reviewer] if source.reviewer else []), *_day(reviewed))))
    if source.seconds is not None:
        parts.append(f"{source.seconds:.1f} s")
    parts.append("price unknown" if source.cost_usd is None else f"${source.cost_usd:f}")
    return " · ".join(_said(part) for part in parts if part)


def _day(moment: datetime | None) -> list[str]:
    return [] if moment is None else [f"{moment:%Y-%m-%d %H:%M} UTC"]


def _text(text: str) -> str:
    """Text for an attribute or an element, with nothing in it that is invisible or turns the direction around."""
    return escape(visible(text), quote=True)


def _said(text: str) -> str:
    """Text within a line: its own direction does not reach what stands beside it."""
    return f"<bdi>{_text(text)}</bdi>" if text else ""
