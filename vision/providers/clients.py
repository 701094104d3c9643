"""From a credential to its provider: one per service, key and address, kept in a small least-recently-used cache."""

from __future__ import annotations

import hashlib
import importlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol, cast

from vision.providers import Lister, Provider
from vision.providers.anthropic import AnthropicProvider
from vision.providers.compatible import CompatibleProvider
from vision.providers.gemini import GeminiProvider
from vision.providers.openai import OpenAIProvider
from vision.settings import Credential


class _Connected(Lister, Protocol):
    def get_ready(self) -> None: ...
    def close(self) -> None: ...


_MAKERS: Mapping[str, Callable[[Credential], _Connected]] = {
    "anthropic": AnthropicProvider,
    "openai": OpenAIProvider,
    "gemini": GeminiProvider,
    "compatible": CompatibleProvider,
}


class Connections:
    """At most ``size`` providers with open SDK clients. The key itself is not part of the cache key, its hash is."""

    def __init__(self, size: int = 16) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str], _Connected] = OrderedDict()

    def connect(self, credential: Credential) -> _Connected:
        """The provider for ``credential``; the one unused longest is closed, once idle, when there are too many."""
        secret = credential.key.get_secret_value()
        name = (credential.provider, hashlib.sha256(secret.encode()).hexdigest(), credential.base_url or "")
        dropped: list[_Connected] = []
        with self._lock:
            provider = self._kept.get(name)
            if provider is None:
                provider = self._kept[name] = _MAKERS[credential.provider](credential)
            self._kept.move_to_end(name)
            while len(self._kept) > self._size:
                dropped.append(self._kept.popitem(last=False)[1])
        for old in dropped:
            old.close()
        return provider

    def close(self) -> None:
        """Close everything that is idle, the rest when it is done."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), OrderedDict()
        for provider in kept:
            provider.close()


_connections = Connections()


def connect(credential: Credential) -> _Connected:
    """The provider for ``credential``, ready to stream. Cheap: its SDK is imported at the first request."""
    return _connections.connect(credential)


@lru_cache(maxsize=1)
def reader() -> Provider:
    """The on-device reader, which needs no key."""
    module = importlib.import_module("vision.providers.reader")
    return cast(Provider, module.ReaderProvider())
