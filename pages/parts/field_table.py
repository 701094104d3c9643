"""The fields as a table and as JSON: two views of one thing."""

from __future__ import annotations

from vision.extracting.setup import Chosen
from vision.fields.model import FieldSet


def own_set() -> Chosen:
    """A set that has no field yet."""
    return Chosen("own", FieldSet("", ()))
