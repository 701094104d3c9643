"""The values of a record with their marks, as one component: a press on a value says which place to light up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from pages.parts.mounting import component, nothing
from vision.extracting.showing import ShownRecord, ShownRows, ShownValue

_mount = component("loupe_values", "values", "the values")


def values(record: ShownRecord, *, key: str, lit: str | None = None) -> str | None:
    """Draws them; the id of the value that was pressed in this run. ``lit`` is the one that stands out."""
    data = {"values": [asdict(one) for one in record.values], "absent": record.absent, "lit": lit}
    result = _mount(key=key, data=data, on_picked_change=nothing)
    picked = result.picked
    return picked if isinstance(picked, str) and picked in set(_ids(record)) else None


def _ids(record: ShownRecord) -> Iterator[str]:
    for one in record.values:
        if isinstance(one, ShownValue):
            yield one.id
        elif isinstance(one, ShownRows):
            yield from (cell.id for row in one.rows for cell in row)
