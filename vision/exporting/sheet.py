"""What is exported: records with their data and where it came from. Frozen data; nothing of the store is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from vision.errors import LoupeError
from vision.messages import Json


class CannotExport(LoupeError):
    """The records do not fit into the kind of file that was asked for; the sentence says which one they do fit."""

    outcome = "cannot_export"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record's data came from. ``file`` is the name of the picture's file, ``sha256`` that of its bytes.

    ``provider`` and ``model`` are who answered, ``set_name`` and ``set_version`` which fields were asked for. ``state``
    is a word for the person ("accepted", "incomplete"). ``reviewed`` without a zone counts as UTC. ``seconds`` is how
    long the answer took. ``marks``: the mark of each value that has one, by ``path_text`` ("items.0.amount"), in words.
    """

    file: str
    sha256: str
    provider: str
    model: str
    set_name: str
    set_version: int
    state: str
    reviewer: str = ""
    reviewed: datetime | None = None
    cost_usd: Decimal | None = None
    seconds: float | None = None
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """One record: ``name`` is what a person calls it (most often the file), ``data`` is as the set of fields has it."""

    name: str
    data: Json
    source: Source
