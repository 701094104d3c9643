"""One loopback provider for all tests of this folder, and an environment without the developer's own keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.providers.talks import credential
from tests.wire import WireServer
from vision.providers import Provider
from vision.providers.clients import Connections

Connect = Callable[[str], Provider]


@pytest.fixture(scope="session")
def _wire() -> Iterator[WireServer]:
    with WireServer() as wire:
        yield wire


@pytest.fixture
def wire(_wire: WireServer) -> WireServer:
    _wire.reset()
    return _wire


@pytest.fixture(scope="session")
def _connections() -> Iterator[Connections]:
    connections = Connections()
    yield connections
    connections.close()


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Connections of this test alone."""
    found = Connections()
    yield found
    found.close()


@pytest.fixture
def connect(wire: WireServer, _connections: Connections) -> Connect:
    """The provider of that name, at the loopback server."""
    return lambda name: _connections.connect(credential(wire, name))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_", "GOOGLE_", "GEMINI_", "LOUPE_COMPATIBLE_")):
            monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
