from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answering.talks import drawn
from tests.cli.terminal import Terminal
from tests.wire import WireServer
from vision.settings import KEY_NAMES, URL_NAMES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again at once, in this process, unless the provider asks for a wait."""
    monkeypatch.setattr("vision.routing.steps.WAITS", (0.0, 0.0, 0.0))


@pytest.fixture
def wire() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Nothing set up, in a folder of its own, with the data elsewhere and a picture beside it."""
    mine = {name for names in KEY_NAMES.values() for name in names} | set(URL_NAMES.values())
    kept = {name: value for name, value in os.environ.items() if name not in mine and not name.startswith("LOUPE_")}
    folder = tmp_path / "her folder"
    folder.mkdir()
    (folder / "receipt.png").write_bytes(drawn("SHOP 24", "TOTAL   12.50"))
    own = {"LOUPE_DATA_DIR": str(tmp_path / "data"), "LOUPE_SECRETS_FILE": str(tmp_path / "secrets.toml")}
    return Terminal(folder, {**kept, "PYTHONPATH": str(ROOT), **own})
