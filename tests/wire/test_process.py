"""The loopback provider as a process of its own, driven through its control route."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.wire.test_strictness import ANTHROPIC, HEADERS, PATHS

ROOT = Path(__file__).resolve().parents[2]


class Remote:
    def __init__(self, port: int) -> None:
        self.port = port

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, json.dumps(body) if body is not None else None, headers or {})
        reply = connection.getresponse()
        found = json.loads(reply.read())
        connection.close()
        return reply.status, found


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    command = [sys.executable, "-m", "tests.wire", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Remote(int(process.stdout.readline()))
        process.terminate()
        assert process.wait(10) == 0


def test_it_is_scripted_and_read_from_outside(remote: Remote) -> None:
    assert remote.call("POST", "/control/reset")[0] == 200
    script = {
        "provider": "anthropic",
        "plays": [{"text": "Twelve euros"}, {"fault": {"kind": "status", "error": "overloaded"}}],
    }
    assert remote.call("POST", "/control/script", script) == (200, {"queued": 2})
    status, answer = remote.call("POST", PATHS["anthropic"], ANTHROPIC, HEADERS["anthropic"])
    assert (status, answer["content"][0]["text"]) == (200, "Twelve euros")
    assert remote.call("POST", PATHS["anthropic"], ANTHROPIC, HEADERS["anthropic"])[0] == 529
    status, requests = remote.call("GET", "/control/requests")
    assert [one["question"] for one in requests] == ["What?", "What?"]
    assert requests[0]["pictures"][0]["width"] == 8
    assert len(requests[0]["sha256"][0]) == 64


def test_a_held_reply_is_released_from_outside(remote: Remote) -> None:
    remote.call("POST", "/control/reset")
    remote.call("POST", "/control/script", {"plays": [{"chunks": ["one", " two"], "hold_before": [1]}]})
    connection = http.client.HTTPConnection("127.0.0.1", remote.port, timeout=10)
    connection.request("POST", PATHS["anthropic"], json.dumps(ANTHROPIC | {"stream": True}), HEADERS["anthropic"])
    reply = connection.getresponse()
    seen = b""
    while b"one" not in seen:
        seen += reply.readline()
    assert b"two" not in seen
    while remote.call("GET", "/control/state")[1]["held"] == 0:
        pass
    remote.call("POST", "/control/release")
    assert b"two" in reply.read()
    connection.close()


def test_addresses_and_environment(remote: Remote) -> None:
    _, found = remote.call("GET", "/control/addresses")
    assert found["base_urls"]["openai"] == f"http://127.0.0.1:{remote.port}/openai/v1"
    assert found["environment"]["ANTHROPIC_BASE_URL"] == found["base_urls"]["anthropic"]
    assert found["environment"]["GEMINI_API_KEY"] == found["keys"]["gemini"]
    assert "127.0.0.1" in found["environment"]["NO_PROXY"]


@pytest.mark.parametrize("body", [{"plays": [{"colour": "red"}]}, {"plays": [{"fault": {"kind": "cut", "x": 1}}]}, {}])
def test_a_script_that_is_none_is_refused(body: dict[str, Any], remote: Remote) -> None:
    status, answer = remote.call("POST", "/control/script", body)
    assert status == 400
    assert answer["error"]


def test_unknown_paths(remote: Remote) -> None:
    assert remote.call("GET", "/elsewhere")[0] == 404
    assert remote.call("GET", "/control/elsewhere")[0] == 404
