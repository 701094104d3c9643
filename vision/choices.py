"""What a person can choose from, and whether it works: the models that are set up, and the test of a key."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import date

from vision.errors import LoupeError, ProviderError, SettingsError
from vision.models.catalog import COMPATIBLE, Catalogue, resolve
from vision.providers.clients import connect
from vision.settings import Credential, Typed, credential, credentials

READER = "reader"
SERVER_NAMES_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Choosable:
    """A model that can be asked now. ``word`` is what ``vision.models.catalog.resolve`` finds it by."""

    word: str
    label: str
    provider: str


@dataclass(slots=True)
class _ServerNames:
    """The models of local servers, asked for at most once a minute: pages ask again and again."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, found: Credential) -> tuple[str, ...]:
        place = (found.base_url or "", found.key.get_secret_value())
        with self.lock:
            asked, names = self.kept.get(place, (float("-inf"), ()))
            if time.monotonic() - asked > SERVER_NAMES_SECONDS:
                names = _names(found)
                self.kept = {place: (time.monotonic(), names)}
            return names


def _names(found: Credential) -> tuple[str, ...]:
    try:
        return connect(found).check()
    except (ProviderError, SettingsError):
        return ()  # Settings says why, when she presses Test there


_server_names = _ServerNames()


def choosable(catalogue: Catalogue, typed: Typed, today: date) -> tuple[Choosable, ...]:
    """Every model that is set up and has not ended, the reader last. Models without a level are listed too."""
    found = credentials(typed)
    cloud = [
        Choosable(model.word, model.label, model.provider)
        for provider in found
        for model in catalogue.of(provider)
        if model.pictures and not model.ended(today)
    ]
    served = [
        Choosable(f"{COMPATIBLE}:{name}", f"{name} (local server)", COMPATIBLE)
        for name in (_server_names.of(found[COMPATIBLE]) if COMPATIBLE in found else ())
    ]
    reader = resolve(catalogue, READER, today)
    return (*cloud, *served, Choosable(reader.word, reader.label, reader.provider))


def check(provider: str, typed: Typed) -> int:
    """How many models the key of ``provider`` can see. Raises LoupeError with the reason in words."""
    found = credential(provider, typed)
    if found is None:
        raise LoupeError("There is no key yet: type one first.")
    return len(connect(found).check())
