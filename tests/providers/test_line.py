"""Hanging up on a reply from another thread, and on nothing but that reply."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.providers.conftest import Connect
from tests.providers.talks import PROVIDERS, ask
from tests.wire import Play, WireServer
from vision.errors import ProviderError
from vision.messages import Answer, Delta
from vision.providers.line import Line, current, listening_on


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    there.settimeout(10)
    yield here, there
    here.close()
    there.close()


def test_hung_up_before_it_is_connected_it_ends_at_once(pair: tuple[socket.socket, socket.socket]) -> None:
    line = Line()
    line.hang_up()
    line.connected(pair[0])
    assert pair[1].recv(1) == b""


def test_what_is_over_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    """The connection has gone back to where others take it."""
    line = Line()
    line.connected(pair[0])
    line.free()
    line.hang_up()
    pair[0].sendall(b"x")
    assert pair[1].recv(1) == b"x"


def test_a_line_is_its_own_threads_and_ends_with_its_block() -> None:
    line, seen = Line(), []
    with listening_on(line):
        assert current() is line
        thread = threading.Thread(target=lambda: seen.append(current()))
        thread.start()
        thread.join()
    assert (seen, current()) == ([None], None)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_reply_is_ended_in_mid_silence_and_the_next_one_comes(name: str, wire: WireServer, connect: Connect) -> None:
    wire.script(Play(chunks=("one", " two"), hold_before=(1,)))
    line = Line()
    stream = connect(name).stream(ask(name))
    with listening_on(line):
        while next(stream) != Delta("one"):
            pass
        wire.wait_held()
        timer = threading.Timer(0.1, line.hang_up)  # while the next piece is waited for
        timer.start()
        with pytest.raises(ProviderError):
            next(stream)
        timer.join()
    assert wire.requests[-1].left.wait(5)
    with listening_on(line := Line()):
        *_, answer = connect(name).stream(ask(name))
        line.hang_up()  # too late: the connection may be somebody else's by now
        assert isinstance(answer, Answer)
    *_, again = connect(name).stream(ask(name))
    assert isinstance(again, Answer)
