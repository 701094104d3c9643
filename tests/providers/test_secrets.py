"""A key is planted, and looked for in everything that a failure leaves behind."""

from __future__ import annotations

import logging
import traceback

import pytest

from tests.providers.talks import PROVIDERS, ask, credential
from tests.wire import Fault, Play, WireServer, fails
from vision import errors
from vision.errors import ProviderError
from vision.providers.clients import Connections, connect

PLANTED = "planted-SECRET-0123456789-do-not-print"
every = pytest.mark.parametrize("name", PROVIDERS)


def everything(error: ProviderError) -> str:
    """All that a log, a traceback or a debugger's one-line view would print of ``error``."""
    pieces = [str(error), repr(error), error.sentence, error.detail, repr(vars(error))]
    pieces += traceback.format_exception(error)
    return "\n".join(pieces)


@every
@pytest.mark.parametrize(
    "play",
    [
        fails("bad_key", message=f"Incorrect API key provided: {PLANTED}"),
        fails("bad_request", message=f"header was: Bearer {PLANTED}"),
        fails("server_error", body=f"<html>{PLANTED}</html>"),
        Play(fault=Fault("error_event", after=1, error="server_error", message=f"failed for {PLANTED}")),
        Play(fault=Fault("reset")),
        Play(fault=Fault("html")),
    ],
)
def test_a_planted_key_is_nowhere(
    name: str, play: Play, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with WireServer(keys={name: PLANTED}) as wire:
        wire.script(play)
        given = credential(wire, name)
        connections = Connections()
        provider = connections.connect(given)
        with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
            list(provider.stream(ask(name)))
        connections.close()
        header = wire.requests[-1].headers["x-goog-api-key" if name == "gemini" else "authorization"]
    assert PLANTED in header  # it was really sent
    printed = capfd.readouterr()
    logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    for text in (everything(caught.value), logged, printed.out, printed.err, repr(given), repr(vars(provider))):
        assert PLANTED not in text
        assert "SECRET" not in text


@every
@pytest.mark.parametrize("key", [f"{PLANTED}\nx", f"{PLANTED} x", f"{PLANTED}\u2022", f"\u201c{PLANTED}\u201d"])
def test_a_key_that_cannot_be_sent_is_a_bad_key(name: str, key: str, wire: WireServer) -> None:
    provider = connect(credential(wire, name, key=key))
    for call in (lambda: list(provider.stream(ask(name))), provider.check):
        with pytest.raises(errors.BadKey) as caught:
            call()
        assert PLANTED not in everything(caught.value)
    assert wire.requests == []


def test_a_local_server_hears_nothing_meant_for_openai(wire: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", PLANTED)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "admin-secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Company: inner-secret\nAuthorization: Bearer other-secret")
    connections = Connections()
    list(connections.connect(credential(wire, "compatible")).stream(ask("compatible")))
    connections.close()
    asked = wire.requests[-1]
    assert asked.refused == ""
    assert asked.headers["authorization"] == "Bearer no-key"
    assert "secret" not in str(asked.headers).lower()


def test_a_local_server_is_not_reached_through_a_proxy(wire: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody listens there
    connections = Connections()
    list(connections.connect(credential(wire, "compatible")).stream(ask("compatible")))
    connections.close()
    assert len(wire.requests) == 1


@every
def test_a_redirect_does_not_carry_key_or_picture_away(name: str, wire: WireServer) -> None:
    with WireServer(keys={name: PLANTED}) as moved:
        location = wire.base_url(name) + "/v1/elsewhere"  # another port is another host
        moved.script(fails("server_error", status=307, headers={"location": location}))
        connections = Connections()
        with pytest.raises(errors.ConnectionFailed):
            list(connections.connect(credential(moved, name)).stream(ask(name)))
        connections.close()
    assert wire.requests == []


def test_gemini_stays_with_the_developer_service(wire: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", PLANTED)
    connections = Connections()
    list(connections.connect(credential(wire, "gemini")).stream(ask("gemini")))
    connections.close()
    assert wire.requests[-1].headers["x-goog-api-key"] == wire.keys["gemini"]
    assert wire.requests[-1].path.startswith("/v1/models/")
