"""Records as JSON, or as JSONL: one record a line. The data is valid against the set's record_schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from vision.exporting.sheet import Exported, Source
from vision.exporting.tables import in_utc, is_list, plain
from vision.fields.model import Field, FieldSet, Kind
from vision.messages import Json


def to_json(set_: FieldSet, records: Sequence[Exported], *, provenance: bool = False) -> bytes:
    """A list of the records' data; with ``provenance`` of {"record", "data", "source"}, the data within as without."""
    found = [_record(set_, record, provenance=provenance) for record in records]
    return (json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def to_jsonl(set_: FieldSet, records: Sequence[Exported], *, provenance: bool = False) -> bytes:
    """The same objects, each on a line of its own."""
    found = (_record(set_, record, provenance=provenance) for record in records)
    return "".join(json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n" for one in found).encode()


def shaped(fields: Sequence[Field], data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` in the order of ``fields`` and with nothing else: an optional value that is not there is left out, a
    needed one is null."""
    found: dict[str, Any] = {}
    for field in fields:
        value = data.get(field.name)
        if value is not None:
            found[field.name] = _value(field, value)
        elif field.needed:
            found[field.name] = None
    return found


def _value(field: Field, value: Any) -> Any:
    if is_list(field) and isinstance(value, (list, tuple)):
        return [shaped(field.fields, one) if isinstance(one, Mapping) else one for one in value]
    if field.kind is Kind.GROUP and isinstance(value, Mapping):
        return shaped(field.fields, value)
    return value


def _record(set_: FieldSet, record: Exported, *, provenance: bool) -> Any:
    data = shaped(set_.fields, record.data)
    found = {"record": record.name, "data": data, "source": _source(record.source)} if provenance else data
    return plain(found)


def _source(source: Source) -> Json:
    reviewed = in_utc(source.reviewed)
    return {
        "file": source.file,
        "sha256": source.sha256,
        "provider": source.provider,
        "model": source.model,
        "set": source.set_name,
        "set_version": source.set_version,
        "state": source.state,
        "reviewer": source.reviewer or None,
        "reviewed": None if reviewed is None else reviewed.isoformat(),
        "cost_usd": source.cost_usd,
        "seconds": source.seconds,
        "marks": dict(source.marks),
    }
