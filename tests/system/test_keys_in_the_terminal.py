"""Keys planted in the environment, and looked for in all that the terminal prints and keeps when asking fails."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Done, Terminal
from tests.providers.talks import MODEL, PROVIDERS
from tests.system.keys import SET, environment, failures, files, found
from tests.wire.server import WireServer

FAILURES = tuple(failures(""))
HANG_SECONDS = "4"  # enough to load an SDK on a busy machine: the whole answer counts


@pytest.fixture
def wire() -> Iterator[WireServer]:
    with WireServer(keys=SET) as running:
        yield running


@pytest.fixture
def set_up(terminal: Terminal, wire: WireServer) -> Terminal:
    terminal.leads_to(wire)
    terminal.environment |= environment(SET)
    return terminal


def words(provider: str) -> tuple[str, str]:
    name = MODEL[provider]
    return "--model", f"compatible:{name}" if provider == "compatible" else name


def check(done: Done, terminal: Terminal, wire: WireServer, provider: str) -> None:
    key = SET[provider]
    sent = str(wire.requests[-1].headers).encode()
    assert found({"what was sent": sent}, [key]), "the planted key was not used"
    kept = files(Path(terminal.environment["LOUPE_DATA_DIR"]))
    assert any(b"What is it?" in content for content in kept.values())
    assert found({"stdout": done.out.encode(), "stderr": done.err.encode(), **kept}, SET.values()) == []


def fail(failure: str, provider: str, wire: WireServer, terminal: Terminal) -> None:
    wire.script(*[failures(SET[provider])[failure]] * 3, provider=provider)  # as often as it is asked
    if failure == "hang":
        terminal.environment["LOUPE_ANSWER_SECONDS"] = HANG_SECONDS


@pytest.mark.parametrize("failure", [*FAILURES[:-1], pytest.param("hang", marks=pytest.mark.long)])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_failure_prints_no_key(wire: WireServer, set_up: Terminal, provider: str, failure: str) -> None:
    fail(failure, provider, wire, set_up)
    done = set_up.run("ask", "receipt.png", "What is it?", "--json", *words(provider))
    assert (done.code, done.json["stop"]) == (1, "failed")
    assert done.lines[0].startswith("Asking ")
    assert 2 <= len(done.lines) <= 6  # who was asked, that it is asked again, and why there is no answer
    check(done, set_up, wire, provider)


@pytest.mark.long
@pytest.mark.parametrize(("provider", "failure"), list(zip(PROVIDERS, FAILURES, strict=True)))
def test_nor_does_a_process_of_its_own(wire: WireServer, set_up: Terminal, provider: str, failure: str) -> None:
    """Here a library could also print by itself, past Python's own streams."""
    fail(failure, provider, wire, set_up)
    done = set_up.in_its_own_process("ask", "receipt.png", "What is it?", "--json", *words(provider))
    assert (done.code, done.json["stop"]) == (1, "failed")
    check(done, set_up, wire, provider)


def test_an_answer_has_no_key_in_it(wire: WireServer, set_up: Terminal) -> None:
    for provider in PROVIDERS:
        done = set_up.run("ask", "receipt.png", "What is it?", "--json", *words(provider))
        assert done.json["text"].startswith("I received 1 picture")
        check(done, set_up, wire, provider)
    listed = set_up.run("models")
    assert found({"models": (listed.out + listed.err).encode()}, SET.values()) == []


@pytest.mark.parametrize("hidden", ["{}", "Bearer {} ", "x{}", "xx{}"])
def test_a_planted_key_would_be_found(hidden: str) -> None:
    key = SET["openai"]
    text = hidden.format(key)
    for places in (text.encode(), base64.b64encode(text.encode()), text.encode("utf-16-le"), text.encode("utf-16")):
        assert found({"here": b"\0\1" * 5 + places + b"more"}, SET.values()) == [f"{key} in here"]
