"""The loopback provider: a real HTTP server on 127.0.0.1 that four services share, each under its own path.

with WireServer() as wire:
    wire.script(Play(chunks=("Hel", "lo")), provider="anthropic")
    ...                      # a real SDK at wire.base_url("anthropic") with the key wire.keys["anthropic"]
    wire.requests[-1].sha256
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.wire.anthropic import Anthropic
from tests.wire.caching import Caches
from tests.wire.chat import Chat
from tests.wire.dialect import Asked, Dialect, Told
from tests.wire.gemini import Gemini
from tests.wire.handler import Handler
from tests.wire.known import MODELS, Known
from tests.wire.plays import Play, words
from tests.wire.records import Recorded
from tests.wire.responses import Responses
from tests.wire.schemas import instance

KEYS: Mapping[str, str] = {
    "anthropic": "sk-ant-wire-0123456789abcdef",
    "openai": "sk-wire-0123456789abcdef",
    "gemini": "AIzaSyWire0123456789abcdef",
    "compatible": "",
}
_PREFIXES: Mapping[str, str] = {
    "anthropic": "/anthropic",
    "openai": "/openai/v1",
    "gemini": "/gemini",
    "compatible": "/local/v1",
}
_ENVIRONMENT: Mapping[str, tuple[str, str]] = {
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
    "compatible": ("LOUPE_COMPATIBLE_KEY", "LOUPE_COMPATIBLE_URL"),
}


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, wire: WireServer, port: int) -> None:
        self.wire = wire
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves between two requests is nothing to print; anything else is a bug of this server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class WireServer:
    """All state is guarded by one lock; handlers run in threads. ``keys`` replace the usual ones by provider."""

    def __init__(
        self, port: int = 0, *, keys: Mapping[str, str] | None = None, models: Mapping[str, Known] | None = None
    ) -> None:
        self.keys: dict[str, str] = {**KEYS, **(keys or {})}
        self.models: dict[str, Known] = dict(MODELS if models is None else models)
        self.requests: list[Recorded] = []
        self.dialects: Mapping[str, Dialect] = {
            one.provider: one for one in (Anthropic(), Responses(), Gemini(), Chat())
        }
        self.stopping = threading.Event()
        self._changed = threading.Condition()
        self._plays: deque[tuple[str | None, str | None, Play]] = deque()
        self._always = Play()
        self._held = 0
        self._releases = 0
        self._caches = Caches()
        self._ids = itertools.count(1)
        self._http = _Http(self, port)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="wire", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End every reply that is under way, and the server."""
        self.stopping.set()
        self.release()
        self._http.shutdown()
        self._http.server_close()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def base_url(self, provider: str) -> str:
        """What the provider's SDK takes as its base URL."""
        return self.url + _PREFIXES[provider]

    def environment(self, *providers: str) -> dict[str, str]:
        """Environment variables that send ``providers`` (all by default) here; NO_PROXY included."""
        found = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        for provider in providers or tuple(_ENVIRONMENT):
            key_name, url_name = _ENVIRONMENT[provider]
            found[url_name] = self.base_url(provider)
            if self.keys[provider]:
                found[key_name] = self.keys[provider]
        return found

    # what to reply -------------------------------------------------------------------------------------------------

    def script(self, *plays: Play, provider: str | None = None, model: str | None = None) -> None:
        """Queue replies. Each is used once, by the next request of that provider and model (None: of any)."""
        with self._changed:
            self._plays.extend((provider, model, play) for play in plays)

    def always(self, play: Play) -> None:
        """What every request gets that no script is for, until ``reset``."""
        with self._changed:
            self._always = play

    def next_play(self, provider: str, model: str) -> Play:
        with self._changed:
            for number, (for_provider, for_model, play) in enumerate(self._plays):
                if for_provider in (None, provider) and for_model in (None, model):
                    del self._plays[number]
                    return play
            return self._always

    def told(self, asked: Asked, play: Play) -> Told:
        """The complete reply to a request: what the play says, else something true about the request."""
        chunks = play.chunks
        ending = play.ending
        silent = {"empty", "blocked_prompt"} | ({"refusal", "blocked_output"} if chunks is None else set())
        if ending in silent:
            chunks = ()
        elif chunks is None:
            chunks = words(_true_words(asked))
        chunks = tuple(chunk.replace("{first}", asked.first_label) for chunk in chunks)
        with self._changed:
            cached, written = (0, 0) if asked.prompt is None else self._caches.serve(asked.prompt)
            number = next(self._ids)
        return Told(f"wire{number:05d}", chunks, ending, play.thinking, play.refusal, play.usage, cached, written)

    # holding ---------------------------------------------------------------------------------------------------------

    def hold(self, gone: Any) -> bool:
        """Wait for a release. False when the client has gone (``gone()`` is asked now and then)."""
        with self._changed:
            seen = self._releases
            self._held += 1
            self._changed.notify_all()
            try:
                while self._releases == seen and not self.stopping.is_set():
                    if gone():
                        return False
                    self._changed.wait(0.02)
            finally:
                self._held -= 1
                self._changed.notify_all()
        return True

    def release(self) -> None:
        """Let every reply that is held at this moment go on."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()

    @property
    def held(self) -> int:
        with self._changed:
            return self._held

    def wait_held(self, count: int = 1, timeout: float = 30.0) -> None:
        """Wait until that many replies are held. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._held >= count, timeout):
                raise TimeoutError(f"{self._held} of {count} replies are held")

    # what was asked --------------------------------------------------------------------------------------------------

    def record(self, provider: str, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Recorded:
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            body = {}
        with self._changed:
            found = Recorded(len(self.requests), provider, method, path, headers, raw, body)
            self.requests.append(found)
            self._changed.notify_all()
        return found

    def wait_requests(self, count: int, timeout: float = 10.0) -> Sequence[Recorded]:
        """Wait until that many requests have come. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, timeout):
                raise TimeoutError(f"{len(self.requests)} of {count} requests have come")
            return list(self.requests)

    def reset(self) -> None:
        """Forget requests, scripts and prompt caches; release what is held."""
        with self._changed:
            self.requests.clear()
            self._plays.clear()
            self._always = Play()
            self._caches.clear()
        self.release()

    def provider_of(self, path: str) -> tuple[str, str] | None:
        """The provider whose path this is, and the rest of the path."""
        for provider, prefix in _PREFIXES.items():
            if path.startswith(f"{prefix}/"):
                return provider, path.removeprefix(prefix)
        return None


def _true_words(asked: Asked) -> str:
    sizes = ", ".join(f"{one.width}x{one.height}" for one in asked.pictures)
    number = len(asked.pictures)
    seen = f"{number} picture{'' if number == 1 else 's'}" + (f" of {sizes} pixels" if sizes else "")
    text = f"I received {seen} and the question: {asked.question}"
    return json.dumps(instance(asked.schema, text)) if asked.schema is not None else text
