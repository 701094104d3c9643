from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.desk import BatchDesk
from tests.routing.conftest import wire
from tests.wire import WireServer
from vision.settings import Settings

__all__ = ["wire"]


@pytest.fixture
def desk(wire: WireServer, tmp_path: Path) -> Iterator[BatchDesk]:
    """The engine is one for a process: each test has it in a folder of its own."""
    made = BatchDesk(wire, tmp_path, Settings(data_dir=tmp_path, answer_seconds=30))
    yield made
    made.close()
