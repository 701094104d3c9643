"""A failure says whether the request can have reached the service: only what cannot have is surely not billed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.providers.conftest import Connect
from tests.providers.talks import PROVIDERS, ask, credential
from tests.wire import Fault, Play, WireServer, fails
from vision import errors
from vision.errors import ProviderError
from vision.messages import Request
from vision.providers import Provider
from vision.providers.clients import Connections
from vision.settings import Credential

every = pytest.mark.parametrize("name", PROVIDERS)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def at(connections: Connections, name: str, url: str) -> Provider:
    return connections.connect(Credential(name, SecretStr("any-key-at-all"), url, "the test"))


def failure_of(provider: Provider, request: Request) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        list(provider.stream(request))
    return caught.value


@every
def test_a_refused_connection(name: str, connections: Connections) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    provider = at(connections, name, f"http://127.0.0.1:{port}")
    failure = failure_of(provider, ask(name))
    assert (type(failure), failure.unsent) == (errors.ConnectionFailed, True)
    with pytest.raises(errors.ConnectionFailed) as caught:
        provider.check()
    assert caught.value.unsent


@every
def test_a_host_that_does_not_exist(name: str, connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(host: object, *rest: object, **more: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)  # the system's own answer, without asking a network
    failure = failure_of(at(connections, name, "http://nobody.invalid:8000"), ask(name))
    assert (type(failure), failure.unsent) == (errors.ConnectionFailed, True)


@every
def test_no_handshake(name: str, wire: WireServer, connections: Connections) -> None:
    """Plain HTTP answers where TLS is expected."""
    failure = failure_of(at(connections, name, f"https://127.0.0.1:{wire.port}"), ask(name))
    assert (type(failure), failure.unsent) == (errors.ConnectionFailed, True)
    assert wire.requests == []


@every
def test_no_handshake_in_time(name: str, silent: int, connections: Connections) -> None:
    provider = at(connections, name, f"https://127.0.0.1:{silent}")
    failure = failure_of(provider, replace(ask(name), timeout_seconds=0.3))
    assert (type(failure), failure.unsent) == (errors.TimedOut, True)


@every
def test_no_answer_in_time_is_not_the_same(name: str, silent: int, connections: Connections) -> None:
    provider = at(connections, name, f"http://127.0.0.1:{silent}")
    failure = failure_of(provider, replace(ask(name), timeout_seconds=0.3))
    assert (type(failure), failure.unsent) == (errors.TimedOut, False)


@every
def test_a_key_or_an_address_that_cannot_be_used(name: str, wire: WireServer, connections: Connections) -> None:
    failure = failure_of(connections.connect(credential(wire, name, key="two words")), ask(name))
    assert (type(failure), failure.unsent) == (errors.BadKey, True)
    for url in ("http://[", "nothing://127.0.0.1", "http://127.0.0.1:port/v1"):
        failure = failure_of(at(connections, name, url), ask(name))
        assert (type(failure), failure.unsent) == (errors.ConnectionFailed, True)


@every
@pytest.mark.parametrize(
    "play",
    [
        Play(fault=Fault("reset")),
        Play(fault=Fault("drop")),
        Play(fault=Fault("html")),
        Play(fault=Fault("json")),
        Play(chunks=("one", " two"), fault=Fault("reset", after=1)),
        Play(chunks=("one", " two"), fault=Fault("drop", after=1)),
        Play(chunks=("one", " two"), fault=Fault("cut", after=1)),
        Play(chunks=("one", " two"), fault=Fault("bad_json", after=1)),
        Play(chunks=("one", " two"), fault=Fault("error_event", after=1)),
        fails("bad_key"),
        fails("rate_limited"),
        fails("overloaded"),
        fails("server_error"),
    ],
    ids=lambda play: f"{play.fault.kind}-{play.fault.error}-{play.fault.after}",
)
def test_what_may_have_arrived_is_not_unsent(name: str, play: Play, wire: WireServer, connect: Connect) -> None:
    wire.script(play)
    failure = failure_of(connect(name), ask(name))
    assert not failure.unsent
    assert len(wire.requests) == 1


@every
@pytest.mark.parametrize("after", [None, 1])
def test_a_silence_is_not_unsent(name: str, after: int | None, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("one", " two"), fault=Fault("hang", after=after)))
    failure = failure_of(connect(name), replace(ask(name), timeout_seconds=0.3))
    assert (type(failure), failure.unsent) == (errors.TimedOut, False)
