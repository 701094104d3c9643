"""What the store hands out about sets of fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vision.fields.model import FieldSet


@dataclass(frozen=True, slots=True)
class StoredSet:
    """One version of a saved set. ``id`` is the set's, the same for all its versions; ``version_id`` is what a result
    names; ``number`` counts from 1. ``owner`` saved this version, ``created`` is when."""

    id: str
    name: str
    number: int
    version_id: str
    fields: FieldSet
    owner: str
    created: datetime
