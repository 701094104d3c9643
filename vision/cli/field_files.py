"""A set of fields from a file: what ``--schema`` of several commands takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vision.fields.model import FieldSet

LARGEST_SCHEMA = 4_000_000  # bytes


def fields_in(schema: Path) -> FieldSet:
    """Raises FieldsInvalid, and click.UsageError for a file that cannot be read."""
    from vision.fields.reading import read_fields  # noqa: PLC0415 - not for --help

    try:
        if schema.stat().st_size > LARGEST_SCHEMA:
            raise click.UsageError(f"{schema.name} is too large for a set of fields.")
        return read_fields(schema.read_text(encoding="utf-8"), schema.stem)
    except UnicodeDecodeError:
        raise click.UsageError(f"{schema.name} is not text: give a JSON file.") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise click.UsageError(f"{schema.name} cannot be read: {reason}.") from None
