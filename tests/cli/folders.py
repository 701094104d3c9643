"""Folders full of pictures for ``batch``, and its files read back."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.batch.desk import picture

QUESTION = "Is it signed?"
KEYS = ["file", "state", "text", "error", "provider", "model", "cost_usd", "seconds", "attempts"]


def pictures(folder: Path, count: int, first: int = 0) -> list[str]:
    """So many different pictures in ``folder``; their names in order."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{number:03}.png" for number in range(first, first + count)]
    for number, name in enumerate(names, first):
        (folder / name).write_bytes(picture(number))
    return names


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
