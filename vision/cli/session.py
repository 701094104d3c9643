"""The same data and the same engine as the app's, for the time of one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vision.answering.engine import Engine
from vision.models.catalog import Catalogue
from vision.settings import LOCAL_OWNER, Settings
from vision.store import OwnedStore, Store


@dataclass(frozen=True, slots=True)
class Session:
    settings: Settings
    catalogue: Catalogue
    store: Store
    engine: Engine
    owned: OwnedStore


@contextmanager
def opened(settings: Settings, catalogue: Catalogue) -> Iterator[Session]:
    """Raises StoreError. What still runs at the end is ended as interrupted."""
    store = Store.from_settings(settings)
    try:
        engine = Engine(store, settings, catalogue)
        try:
            yield Session(settings, catalogue, store, engine, store.of(LOCAL_OWNER))
        finally:
            engine.close()
    finally:
        store.close()
