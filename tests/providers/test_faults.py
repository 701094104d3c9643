"""Every fault of a service becomes one class of ``vision.errors``, with a sentence, the wait, and nothing retried."""

from __future__ import annotations

import json
import socket
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr

from tests.providers.conftest import Connect
from tests.providers.talks import PROVIDERS, WORD, ask, credential
from tests.wire import Fault, Play, WireServer, fails
from vision import errors
from vision.errors import ProviderError
from vision.messages import Delta, Request
from vision.providers import Provider
from vision.providers.clients import connect as connect_now
from vision.settings import Credential

every = pytest.mark.parametrize("name", PROVIDERS)


def failure_of(provider: Provider, request: Request) -> tuple[list[str], ProviderError]:
    """What came before the failure, and the failure."""
    texts: list[str] = []

    def listen() -> None:
        for piece in provider.stream(request):
            assert isinstance(piece, Delta)
            texts.append(piece.text)

    with pytest.raises(ProviderError) as caught:
        listen()
    return texts, caught.value


@every
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("bad_key", errors.BadKey),
        ("no_access", errors.NoAccess),
        ("no_credit", errors.OutOfCredit),
        ("payment", errors.OutOfCredit),
        ("not_found", errors.ModelNotFound),
        ("timeout", errors.TimedOut),
        ("too_large", errors.TooLarge),
        ("bad_request", errors.BadRequest),
        ("rate_limited", errors.RateLimited),
        ("server_error", errors.ServerError),
        ("unavailable", errors.Overloaded),
        ("overloaded", errors.Overloaded),
    ],
)
def test_an_http_error(
    name: str, error: str, expected: type[ProviderError], wire: WireServer, connect: Connect
) -> None:
    wire.script(fails(error))
    texts, failure = failure_of(connect(name), ask(name))
    assert type(failure) is expected
    assert texts == []
    assert (failure.provider, failure.model) == (name, ask(name).model)
    assert WORD[name] in failure.sentence
    assert failure.sentence.endswith(".")
    assert len(failure.sentence) < 160
    assert len(wire.requests) == 1  # nothing is retried here
    if name in ("anthropic", "openai"):
        assert failure.request_id == "req_wire_00000"


@every
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "date:+30"}, 30.0),
        ({"retry-after": "date:-30"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_what_the_service_asks_for(
    name: str, headers: dict[str, str], seconds: float | None, wire: WireServer, connect: Connect
) -> None:
    wire.script(fails("rate_limited", headers=headers))
    started = time.monotonic()
    _, failure = failure_of(connect(name), ask(name))
    assert failure.wait_seconds == seconds
    assert time.monotonic() - started < 5  # asked for, not waited for


@pytest.mark.parametrize(("delay", "seconds"), [("17s", 17.0), ("0.25s", 0.25)])
def test_gemini_says_the_wait_in_the_body(delay: str, seconds: float, wire: WireServer, connect: Connect) -> None:
    wire.script(fails("rate_limited", retry_info=delay, headers={"retry-after": "99"}))
    _, failure = failure_of(connect("gemini"), ask("gemini"))
    assert failure.wait_seconds == seconds
    assert ("17 seconds" in failure.sentence) is (seconds == 17.0)


@every
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("html"), errors.BrokenAnswer),
        (Fault("json"), errors.BrokenAnswer),
        (Fault("reset"), errors.ConnectionFailed),
        (Fault("drop"), errors.ConnectionFailed),
    ],
)
def test_no_reply_that_can_be_read(
    name: str, fault: Fault, expected: type[ProviderError], wire: WireServer, connect: Connect
) -> None:
    wire.script(Play(fault=fault))
    _, failure = failure_of(connect(name), ask(name))
    assert type(failure) is expected
    assert WORD[name] in failure.sentence


@every
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("cut", after=2), errors.ConnectionFailed),  # ends without an error: nobody else reports it
        (Fault("cut", after=3), errors.ConnectionFailed),  # all the text, but not the end
        (Fault("drop", after=2), errors.ConnectionFailed),
        (Fault("reset", after=2), errors.ConnectionFailed),
        (Fault("bad_json", after=2), errors.BrokenAnswer),
        (Fault("bad_shape", after=2), errors.BrokenAnswer),
        (Fault("error_event", after=2, error="overloaded"), errors.Overloaded),
        (Fault("error_event", after=2, error="server_error"), errors.ServerError),
        (Fault("error_event", after=2, error="rate_limited"), errors.RateLimited),
    ],
)
def test_a_stream_that_breaks_keeps_what_came(
    name: str, fault: Fault, expected: type[ProviderError], wire: WireServer, connect: Connect
) -> None:
    wire.script(Play(chunks=("one", " two", " three"), fault=fault))
    texts, failure = failure_of(connect(name), ask(name))
    assert type(failure) is expected
    if fault.kind != "reset":  # a reset may overtake what was sent before it
        assert texts == ["one", " two", " three"][: fault.after]
    assert len(wire.requests) == 1


@every
def test_a_stream_cut_before_its_first_word(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(fault=Fault("cut", after=0)))
    _, failure = failure_of(connect(name), ask(name))
    assert type(failure) is errors.ConnectionFailed


@every
@pytest.mark.parametrize(
    ("after", "seconds"),
    [(None, 0.3), (1, 1.0)],  # long enough for the first word to come on a busy machine
)
def test_silence_ends_in_a_timeout(
    name: str, after: int | None, seconds: float, wire: WireServer, connect: Connect
) -> None:
    wire.script(Play(chunks=("one", " two"), fault=Fault("hang", after=after)))
    started = time.monotonic()
    texts, failure = failure_of(connect(name), replace(ask(name), timeout_seconds=seconds))
    assert type(failure) is errors.TimedOut
    assert texts == ["one"][: after or 0]
    assert time.monotonic() - started < seconds + 5
    assert wire.requests[-1].left.wait(5)  # the connection was given up, not left open


@every
def test_nobody_listens(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    provider = connect_now(Credential(name, SecretStr("any-key-at-all"), f"http://127.0.0.1:{port}", "the test"))
    _, failure = failure_of(provider, ask(name))
    assert type(failure) is errors.ConnectionFailed
    with pytest.raises(errors.ConnectionFailed):
        provider.check()


@every
@pytest.mark.parametrize("url", ["http://[", "http://127.0.0.1:port/v1", "nothing://127.0.0.1", "http://a b/v1"])
def test_an_address_that_is_none(name: str, url: str) -> None:
    provider = connect_now(Credential(name, SecretStr("any-key-at-all"), url, "the test"))
    _, failure = failure_of(provider, ask(name))
    assert type(failure) is errors.ConnectionFailed
    assert "address" in failure.sentence


@every
def test_check_fails_in_the_same_words(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(fails("bad_key"), fails("overloaded"))
    with pytest.raises(errors.BadKey, match=WORD[name]):
        connect(name).check()
    with pytest.raises(errors.Overloaded, match=WORD[name]):
        connect(name).check()


def test_check_at_an_address_of_something_else(wire: WireServer) -> None:
    provider = connect_now(Credential("compatible", SecretStr(""), f"{wire.url}/elsewhere", "the test"))
    with pytest.raises(errors.ConnectionFailed, match="address in Settings"):
        provider.check()


@pytest.mark.parametrize("name", ["anthropic", "openai", "gemini"])
def test_a_key_that_the_service_does_not_know(name: str, wire: WireServer) -> None:
    provider = connect_now(credential(wire, name, key="wrong"))
    _, failure = failure_of(provider, ask(name))
    assert type(failure) is errors.BadKey
    assert "Settings" in failure.sentence


@every
def test_a_model_that_the_service_does_not_have(name: str, wire: WireServer, connect: Connect) -> None:
    _, failure = failure_of(connect(name), replace(ask(name), model="gone-1"))
    assert type(failure) is errors.ModelNotFound
    assert "gone-1" in failure.sentence


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("anthropic", {"message": "prompt is too long: 210000 tokens > 200000 maximum"}, errors.TooLarge),
        ("anthropic", {"code": "ImageDimensionsTooLargeError", "message": "image"}, errors.TooLarge),
        ("openai", {"code": "context_length_exceeded"}, errors.TooLarge),
        ("openai", {"code": "image_too_large"}, errors.TooLarge),
        ("openai", {"code": "model_not_found"}, errors.ModelNotFound),
        ("compatible", {"message": "the request exceeds the available context size"}, errors.TooLarge),
        ("gemini", {"message": "The input token count exceeds the maximum number of tokens"}, errors.TooLarge),
        ("gemini", {"message": "User location is not supported for the API use."}, errors.NoAccess),
        ("gemini", {"message": "API key expired. Please renew the API key."}, errors.BadKey),
    ],
)
def test_a_400_that_means_something_else(
    name: str, changes: dict[str, str], expected: type[ProviderError], wire: WireServer, connect: Connect
) -> None:
    wire.script(Play(fault=Fault("status", error="bad_request", **changes)))  # type: ignore[arg-type]
    _, failure = failure_of(connect(name), ask(name))
    assert type(failure) is expected


@every
@pytest.mark.parametrize("status", [301, 409, 418, 422, 502, 520])
def test_a_status_without_a_json_body(name: str, status: int, wire: WireServer, connect: Connect) -> None:
    wire.script(fails("server_error", status=status, body="<html>a proxy's own page</html>"))
    _, failure = failure_of(connect(name), ask(name))
    assert type(failure) is {3: errors.ConnectionFailed, 4: errors.BadRequest, 5: errors.ServerError}[status // 100]
    assert "html" not in failure.sentence


@every
@pytest.mark.parametrize("error", ["overloaded", "unavailable", "server_error"])
def test_the_wait_of_an_overloaded_service(name: str, error: str, wire: WireServer, connect: Connect) -> None:
    wire.script(fails(error, headers={"retry-after": "12"}))
    _, failure = failure_of(connect(name), ask(name))
    assert failure.wait_seconds == 12.0


@pytest.mark.parametrize(
    ("delay", "seconds"), [("1.5s", 1.5), ("0s", 0.0), ("120s", 120.0), ("0.000000001s", 1e-9), ("soon", 99.0)]
)
def test_gemini_says_the_wait_within_a_stream_too(
    delay: str, seconds: float, wire: WireServer, connect: Connect
) -> None:
    headers = {"retry-after": "99"}
    wire.script(fails("overloaded", retry_info=delay, headers=headers))
    _, failure = failure_of(connect("gemini"), ask("gemini"))
    assert failure.wait_seconds == seconds
    if seconds != 99.0:  # the reply has begun: its headers say nothing about a wait
        wire.script(Play(chunks=("one", " two"), fault=Fault("error_event", 1, "rate_limited", retry_info=delay)))
        texts, failure = failure_of(connect("gemini"), ask("gemini"))
        assert (texts, failure.wait_seconds) == (["one"], seconds)


def test_gemini_says_the_wait_in_a_list_of_one(wire: WireServer, connect: Connect) -> None:
    """As the service writes an error to who asked for a stream without ``alt=sse``, and some proxies pass on."""
    inner = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded."}
    inner |= {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17s"}]}
    wire.script(fails("rate_limited", body=json.dumps([{"error": inner}])))
    _, failure = failure_of(connect("gemini"), ask("gemini"))
    assert (type(failure), failure.wait_seconds) == (errors.RateLimited, 17.0)
