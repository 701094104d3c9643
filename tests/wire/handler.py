"""One HTTP request of the loopback provider: routing, checking, telling, and every way in which a reply goes wrong."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.wire.control import control
from tests.wire.dialect import Asked, Dialect, Told, sse
from tests.wire.plays import Fault, Play
from tests.wire.problems import Problem, named
from tests.wire.records import Recorded

if TYPE_CHECKING:
    from tests.wire.server import WireServer

_NOW = 1_795_348_800  # 2026-11-22 12:00:00 UTC: every reply's own date, so that waits told as dates are exact
_MAX_BODY = {"anthropic": 32_000_000, "gemini": 100_000_000}
_HTML = b"<!doctype html><html><head><title>Sign in</title></head><body>{Welcome}: please sign in.</body></html>"
_BAD_SHAPE = {
    "anthropic": sse({"type": "content_block_delta", "index": 0}, "content_block_delta"),
    "openai": sse({"type": "response.completed", "response": [7]}, "response.completed"),
    "gemini": sse({"candidates": 7}),
    "compatible": sse({"choices": [7]}),
}
# What says no more than that the service is still there.
_PINGS = {
    "anthropic": sse({"type": "ping"}, "ping"),
    "openai": b": ping\n\n",
    "gemini": sse({"modelVersion": "still-here"}),
    "compatible": b": ping\n\n",
}
_REQUEST_ID = {"anthropic": "request-id", "openai": "x-request-id"}


class _Left(Exception):
    """The client has gone, or the play says that the connection ends here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    @property
    def wire(self) -> WireServer:
        return self.server.wire  # type: ignore[attr-defined,no-any-return]

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests are recorded, not printed."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(_NOW, usegmt=True)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = urlsplit(self.path).path
        if path.startswith("/control/"):
            status, answer = control(self.wire, self.command, path, raw)
            self._document(status, answer)
            return
        route = self.wire.provider_of(path)
        if route is None:
            self._document(404, {"error": f"nothing is served at {path}"})
            return
        provider, rest = route
        headers = {name.lower(): value for name, value in self.headers.items()}
        record = self.wire.record(provider, self.command, rest, headers, raw)
        try:
            self._answer(self.wire.dialects[provider], rest, record)
        except (_Left, ConnectionError, TimeoutError):
            record.left.set()
            self.close_connection = True
        finally:
            record.done.set()

    def _answer(self, dialect: Dialect, path: str, record: Recorded) -> None:
        provider = dialect.provider
        record.model = str(record.body.get("model") or path.rpartition("/models/")[2].partition(":")[0])
        play = self.wire.next_play(provider, record.model)
        try:
            key = self.wire.keys[provider]
            dialect.authorise(record.headers, frozenset({key} if key else ()))
            if self.command == "GET":
                self._fault_before(provider, play, record)
                self._document(200, dialect.listing(self.wire.models), provider)
                return
            if len(record.raw) > _MAX_BODY.get(provider, 512_000_000):
                raise named(provider, "too_large")
            asked = dialect.ask(path, record.body, self.wire.models)
        except Problem as problem:
            record.refused = problem.message
            self._refuse(provider, problem, record)
            return
        record.question, record.pictures, record.input_tokens = asked.question, asked.pictures, asked.input_tokens
        record.parts = asked.parts
        try:
            self._fault_before(provider, play, record)
        except Problem as problem:
            self._refuse(provider, problem, record, play.fault)
            return
        if -1 in play.hold_before:
            self._hold()
        told = self.wire.told(asked, play)
        if not asked.stream:
            self._document(200, dialect.whole(asked, told), provider, told.id)
        else:
            self._stream(dialect, asked, told, play)

    def _fault_before(self, provider: str, play: Play, record: Recorded) -> None:
        """What happens in place of a reply. Raises Problem for an HTTP error and _Left for a lost connection."""
        fault = play.fault
        if fault is None or fault.after is not None:
            return
        if fault.kind == "status":
            raise named(provider, fault.error, status=fault.status, code=fault.code, message=fault.message,
                        retry_info=fault.retry_info)  # fmt: skip
        if fault.kind == "html":
            self._bytes(200, _HTML, "text/html; charset=utf-8", {"connection": "close"})
        elif fault.kind == "json":
            self._bytes(200, b'{"id":"x","cut of', "application/json", {"connection": "close"})
        else:
            self._lose(fault)
        raise _Left

    def _refuse(self, provider: str, problem: Problem, record: Recorded, fault: Fault | None = None) -> None:
        record.status = problem.status
        more = {name: _header(value) for name, value in (fault.headers if fault else {}).items()}
        if provider in _REQUEST_ID:
            more[_REQUEST_ID[provider]] = f"req_wire_{record.number:05d}"
        if fault is not None and fault.body is not None:
            self._bytes(problem.status, fault.body.encode(), "text/html", more)
        else:
            self._bytes(problem.status, json.dumps(problem.body(provider)).encode(), "application/json", more)

    # a stream ----------------------------------------------------------------------------------------------------

    def _stream(self, dialect: Dialect, asked: Asked, told: Told, play: Play) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        if dialect.provider in _REQUEST_ID:
            self.send_header(_REQUEST_ID[dialect.provider], f"req_{told.id}")
        self.end_headers()
        for frame in self._frames(dialect, asked, told, play):
            self._chunk(frame)
        self._chunk(b"")

    def _frames(self, dialect: Dialect, asked: Asked, told: Told, play: Play) -> Iterator[bytes]:
        """All frames in order, with the play's holds, delays and fault between them."""
        fault = play.fault
        yield from dialect.opening(asked, told)
        for number, text in enumerate(told.chunks):
            if number in play.hold_before:
                self._hold(dialect.provider, pings=play.pings)
            if fault is not None and fault.after == number:
                break
            yield dialect.piece(asked, told, text)
            if play.delay_seconds and self.wire.stopping.wait(play.delay_seconds):
                raise _Left
        if fault is None:
            if len(told.chunks) in play.hold_before:
                self._hold(dialect.provider, pings=play.pings)
            yield from dialect.closing(asked, told)
        elif fault.kind == "error_event":
            yield dialect.error_frame(
                named(
                    dialect.provider, fault.error, code=fault.code, message=fault.message, retry_info=fault.retry_info
                )
            )
        elif fault.kind == "bad_json":
            kind = {"anthropic": "content_block_delta", "openai": "response.output_text.delta"}.get(dialect.provider)
            yield (f"event: {kind}\n" if kind else "").encode() + b'data: {"type": "broken\n\n'
        elif fault.kind == "bad_shape":
            yield _BAD_SHAPE[dialect.provider]
        elif fault.kind != "cut":
            self._lose(fault)

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    # ways to wait and to lose the connection -----------------------------------------------------------------------

    def _hold(self, provider: str = "", *, pings: bool = False) -> None:
        def gone() -> bool:
            if pings:
                self._chunk(_PINGS[provider])
            return self._gone()

        if not self.wire.hold(gone):
            raise _Left

    def _gone(self) -> bool:
        """Whether the client has closed its side: a socket that is readable and has nothing to read."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        if not readable:
            return False
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK) == b"")
        except OSError:
            return True

    def _lose(self, fault: Fault) -> None:
        if fault.kind == "hang":
            self._hold()
        elif fault.kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        with contextlib.suppress(OSError):
            if fault.kind != "reset":
                self.connection.shutdown(socket.SHUT_RDWR)
            self.connection.close()
        raise _Left

    # whole documents ------------------------------------------------------------------------------------------------

    def _document(self, status: int, answer: Any, provider: str = "", number: str = "") -> None:
        more = {_REQUEST_ID[provider]: f"req_{number}"} if provider in _REQUEST_ID and number else {}
        self._bytes(status, json.dumps(answer).encode(), "application/json", more)

    def _bytes(self, status: int, data: bytes, kind: str, more: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _header(value: str) -> str:
    """A header's value; "date:+30" is an HTTP date 30 seconds after the reply's own."""
    if value.startswith("date:"):
        return formatdate(_NOW + float(value.removeprefix("date:")), usegmt=True)
    return value
