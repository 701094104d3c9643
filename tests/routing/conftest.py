from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wire import WireServer
from vision.settings import KEY_NAMES, URL_NAMES
from vision.store import Store


@pytest.fixture(scope="module")
def wire() -> Iterator[WireServer]:
    """A loopback provider that the environment leads to, one for all tests of a file: whoever asks resets it."""
    with pytest.MonkeyPatch.context() as patch, WireServer() as server:
        for names in KEY_NAMES.values():
            for name in names:
                patch.delenv(name, raising=False)
        for name in URL_NAMES.values():
            patch.delenv(name, raising=False)
        patch.setattr("vision.settings.SECRETS_FILE", Path("/nonexistent"))
        for name, value in server.environment().items():
            patch.setenv(name, value)
        yield server


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One for all tests of a file: each is an owner of its own in it."""
    folder = tmp_path_factory.mktemp("store")
    opened = Store.open(f"sqlite:///{folder / 'loupe.db'}", (folder / "blobs").as_uri())
    yield opened
    opened.close()
