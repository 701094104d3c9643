"""A run's records as files: what was rejected stays out, what was not looked at says so where it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from vision.exporting.as_csv import AS_JSON, to_csv
from vision.exporting.as_html import to_html
from vision.exporting.as_json import to_json, to_jsonl
from vision.exporting.as_xlsx import to_xlsx
from vision.exporting.sheet import Exported, Source
from vision.fields.model import path_text
from vision.fields.values import Mark
from vision.store import OwnedStore
from vision.store.extract_records import Record, RecordState, Run, Verdict

MARK_WORDS: Mapping[Mark, str] = MappingProxyType(
    {Mark.READ: "read on the picture", Mark.SIMILAR: "similar text is printed", Mark.NOT_FOUND: "not found"}
)
ENDINGS = ("csv", "xlsx", "json", "jsonl", "html")


def run_as_file(
    owned: OwnedStore, run_id: str, ending: str, *, provenance: bool = False, rows: str = "", checked: bool = False
) -> tuple[str, bytes]:
    """The run's title and the file. ``rows``: of which list of rows a CSV is ("" for one line for each record).
    ``checked``: only what a reviewer accepted. Raises NotThere, CannotExport, StoreError."""
    run, records = owned.run(run_id), owned.records(run_id)
    wanted = [one for one in records if _goes_out(one, checked=checked)]
    found = [exported(run, one) for one in wanted]
    pages = {id(one): record for one, record in zip(found, wanted, strict=True)}
    makers: Mapping[str, Callable[[], bytes]] = {
        "csv": partial(to_csv, run.fields, found, rows=rows or AS_JSON, provenance=provenance),
        "xlsx": partial(to_xlsx, run.fields, found, provenance=provenance),
        "json": partial(to_json, run.fields, found, provenance=provenance),
        "jsonl": partial(to_jsonl, run.fields, found, provenance=provenance),
        "html": partial(to_html, run.fields, found, lambda one: _pictures(owned, pages[id(one)])),
    }
    return run.title or run.fields.name or "values", makers[ending]()


def _goes_out(record: Record, *, checked: bool) -> bool:
    """A document that could not be read and that somebody filled in by hand is as good as any other."""
    read = record.state is RecordState.DONE
    if record.verdict is Verdict.ACCEPTED:
        return read or bool(record.data)
    return read and record.verdict is Verdict.OPEN and not checked


def exported(run: Run, record: Record) -> Exported:
    """A record with where it came from."""
    state = "incomplete" if record.outcome == "incomplete" and record.verdict is Verdict.OPEN else record.verdict.value
    source = Source(
        file=record.pictures[0].picture.name if record.pictures else record.name,
        sha256=record.pictures[0].picture.sha256 if record.pictures else "",
        provider=record.provider,
        model=record.model,
        set_name=run.fields.name,
        set_version=run.set_number,
        state="not reviewed" if state == "open" else state,
        reviewer=record.reviewer,
        reviewed=record.reviewed,
        cost_usd=record.cost_usd,
        seconds=record.seconds,
        marks={path_text(path): MARK_WORDS[one.mark] for path, one in record.supports.items() if one.mark},
    )
    return Exported(record.name, record.data, source)


def _pictures(owned: OwnedStore, record: Record) -> tuple[bytes, ...]:
    return tuple(owned.picture_bytes(stored.id, "preview") for stored in record.pictures)
