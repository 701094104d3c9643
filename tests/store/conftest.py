from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vision.store import Store


def open_store(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder / 'loupe.db'}", (folder / "blobs").as_uri())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path)
    yield opened
    opened.close()
