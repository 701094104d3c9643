"""Clients: made late, shared, few, closed when idle; a stream that is closed early lets its connection go."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.providers.conftest import Connect
from tests.providers.talks import PROVIDERS, all_of, ask, credential
from tests.wire import Play, WireServer
from vision.messages import Delta
from vision.providers.clients import Connections
from vision.providers.compatible import server_url
from vision.providers.lease import Lease
from vision.settings import Credential

ROOT = Path(__file__).resolve().parents[2]
every = pytest.mark.parametrize("name", PROVIDERS)


def test_no_sdk_is_imported_before_the_first_question() -> None:
    code = """
        import importlib, pkgutil, sys
        from pydantic import SecretStr
        import vision.providers
        for found in pkgutil.iter_modules(vision.providers.__path__):
            if found.name != "reader":
                importlib.import_module(f"vision.providers.{found.name}")
        from vision.providers.clients import connect
        from vision.settings import Credential
        for name in ("anthropic", "openai", "gemini", "compatible"):
            provider = connect(Credential(name, SecretStr("k"), "http://127.0.0.1:9", "test"))
            provider.stream  # a generator: nothing runs before the first next()
        found = [name for name in sys.modules if name.split(".")[0] in ("anthropic", "openai", "httpx2")]
        found += [name for name in sys.modules if name.startswith("google.genai")]
        print(found)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@every
def test_closing_early_lets_the_connection_go(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("one", " two", " three"), hold_before=(1,)))
    stream = connect(name).stream(ask(name))
    assert next(stream) == Delta("one")
    wire.wait_held()
    stream.close()  # type: ignore[attr-defined]
    asked = wire.requests[-1]
    assert asked.left.wait(5)  # the service saw the client go, while it was still held
    _, answer = all_of(connect(name), ask(name, "And now?"))  # and the client is as good as new
    assert answer.text.endswith("And now?")


@every
def test_many_threads_share_one_client(name: str, wire: WireServer, connect: Connect) -> None:
    provider = connect(name)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: all_of(provider, ask(name, f"Question {number}?"))[1], range(16)))
    assert [answer.text[-11:].split()[-1] for answer in answers] == [f"{number}?" for number in range(16)]


def _key(number: int) -> Credential:
    return Credential("openai", SecretStr(f"key-{number}"), "http://127.0.0.1:9", "test")


def test_one_provider_for_each_service_key_and_address() -> None:
    connections = Connections()
    first = connections.connect(_key(1))
    assert connections.connect(_key(1)) is first
    assert connections.connect(_key(2)) is not first
    elsewhere = Credential("openai", SecretStr("key-1"), "http://127.0.0.1:10", "test")
    assert connections.connect(elsewhere) is not first
    compatible = Credential("compatible", SecretStr("key-1"), "http://127.0.0.1:9", "test")
    assert connections.connect(compatible) is not first
    assert "key-1" not in repr(vars(connections))
    connections.close()


def test_the_one_unused_longest_is_dropped() -> None:
    connections = Connections(size=2)
    first, second = connections.connect(_key(1)), connections.connect(_key(2))
    assert connections.connect(_key(1)) is first
    connections.connect(_key(3))
    assert connections.connect(_key(1)) is first
    assert connections.connect(_key(2)) is not second
    connections.close()


@every
def test_a_dropped_provider_finishes_its_answer(name: str, wire: WireServer) -> None:
    connections = Connections(size=1)
    wire.script(Play(chunks=("one", " two"), hold_before=(1,)))
    stream = connections.connect(credential(wire, name)).stream(ask(name))
    assert next(stream) == Delta("one")
    connections.connect(_key(1))  # pushes it out while it is answering
    wire.wait_held()
    wire.release()
    assert next(stream) == Delta(" two")
    assert [type(piece).__name__ for piece in stream] == ["Answer"]
    connections.close()


class _Client:
    def __init__(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


def test_a_lease_closes_when_retired_and_idle() -> None:
    made: list[_Client] = []

    def make() -> _Client:
        made.append(_Client())
        return made[-1]

    lease = Lease(make)
    assert made == []
    with lease.use() as outer:
        with lease.use() as inner:
            assert inner is outer
            lease.retire()
        assert not outer.closed.is_set()
    assert outer.closed.is_set()
    with lease.use() as again:
        assert not again.closed.is_set()
    assert again.closed.is_set()
    assert len(made) == 2


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        (" localhost:1234 ", "http://localhost:1234/v1"),
        ("http://10.0.0.5:8000/v1/", "http://10.0.0.5:8000/v1"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
    ],
)
def test_the_address_of_a_local_server(typed: str, used: str) -> None:
    assert server_url(typed) == used
