from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.answering.talks import Talks
from tests.wire import WireServer
from vision.answering.engine import Engine
from vision.models.catalog import load_catalogue
from vision.settings import KEY_NAMES, URL_NAMES, Settings
from vision.store import Store

TODAY = date(2026, 11, 22)


@pytest.fixture
def nothing_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in KEY_NAMES.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)
    for name in URL_NAMES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("vision.settings.SECRETS_FILE", Path("/nonexistent"))


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, nothing_set_up: None) -> Iterator[WireServer]:
    """A loopback provider that the environment leads to."""
    with WireServer() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'loupe.db'}", (tmp_path / "blobs").as_uri())
    yield opened
    opened.close()


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    running = Engine(store, Settings(answer_seconds=20), load_catalogue(), today=lambda: TODAY)
    yield running
    running.close()


@pytest.fixture
def talks(store: Store, engine: Engine) -> Talks:
    return Talks(store, engine)
