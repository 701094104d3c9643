"""What every item of a process shares, and what can be ended from one place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vision.extracting.checking import never
from vision.extracting.hearing import Ear
from vision.extracting.parts import InWords
from vision.fields.model import FieldSet
from vision.models.catalog import Catalogue
from vision.providers.line import listening_on
from vision.routing.router import Router
from vision.settings import Settings, Typed
from vision.store import OwnedStore


class Ears:
    """Who listens to what is under way, so that all of it can be ended from one place. Thread-safe."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._ears: set[Ear] = set()

    @contextmanager
    def listening(self) -> Iterator[Ear]:
        """What is under way finishes and counts, unless the process ends."""
        ear = Ear(never, self.closing)
        with self._lock:
            self._ears.add(ear)
        try:
            with listening_on(ear.line):
                yield ear
        finally:
            with self._lock:
                self._ears.discard(ear)

    def close(self) -> None:
        """Ends every connection, also a silent one."""
        self.closing.set()
        with self._lock:
            for ear in self._ears:
                ear.line.hang_up()


@dataclass(frozen=True, slots=True)
class Kit:
    """``typed``: the keys of a run that were typed into a page. ``may_come_again``: whether an item (run id, record id)
    that met a service in trouble may come again. ``known``: the fields of runs, by run id. ``at_work``: the workers
    that have an item in hand."""

    settings: Settings
    catalogue: Catalogue
    router: Router
    ears: Ears
    typed: Callable[[str], Typed]
    in_words: InWords
    may_come_again: Callable[[str, str], bool]
    known: dict[str, FieldSet] = field(default_factory=dict)
    at_work: set[str] = field(default_factory=set)

    def fields_of(self, owned: OwnedStore, run_id: str) -> FieldSet:
        """Raises NotThere."""
        if run_id not in self.known:
            self.known[run_id] = owned.run_fields(run_id)
        return self.known[run_id]
