"""A file that a command leaves behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from vision.errors import StoreError


def write_whole(target: Path, data: bytes) -> None:
    """Whole or not at all: what was there before stays until the new file is complete. Raises StoreError."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem[:40]}-", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o666 & ~mask)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise StoreError(f"{target.name} could not be written: {reason}.") from None
