"""A person with a durable run at the loopback provider, in few words."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from tests.wire import WireServer
from vision.batch.batches import Batches
from vision.extracting.extractor import Extractor
from vision.fields.model import FieldSet
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.routing.router import Router
from vision.settings import Settings
from vision.store import OwnedStore, Store
from vision.store.batch_records import RunState, Terms
from vision.store.extract_records import Document, RecordState, Run

OWNER = "local"
TODAY = date(2026, 11, 28)
CATALOGUE = load_catalogue()
GPT, CLAUDE = "gpt-6.1-terra", "claude-sonnet-5-5"
QUESTION = "Is it signed?"
OVER = frozenset(RunState) - {RunState.RUNNING}


def picture(number: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """Pictures that differ by ``number``."""
    out = io.BytesIO()
    Image.new("RGB", size, (number % 256, number // 256 % 256, 80)).save(out, "PNG")
    return out.getvalue()


@dataclass
class BatchDesk:
    """``waits``: what a wait before the next try comes to, in seconds; None: as long as it really is."""

    wire: WireServer
    folder: Path
    settings: Settings
    waits: float | None = 0.0

    def __post_init__(self) -> None:
        self.wire.reset()
        self.open()

    def open(self) -> None:
        self.store = Store.open(self.folder / "loupe.db", self.folder / "blobs")
        self.router = Router(CATALOGUE, self.settings, today=lambda: TODAY, jitter=self._wait)
        self.extractor = Extractor(self.store, self.settings, CATALOGUE, self.router, today=lambda: TODAY)
        self.batches = Batches(self.store, self.settings, CATALOGUE, self.router, self.extractor, today=lambda: TODAY)

    def _wait(self, most: float) -> float:
        return most / 2 if self.waits is None else self.waits

    def drive(self) -> None:
        self.batches.drive()

    def close(self) -> None:
        self.batches.close()
        self.extractor.close()
        self.store.close()

    @property
    def owned(self) -> OwnedStore:
        return self.store.of(OWNER)

    def pictures(self, count: int, first: int = 0) -> list[Document]:
        found = []
        for number in range(first, first + count):
            stored = add_picture(self.owned, picture(number), f"{number}.png", OpenLimits())
            found.append(Document(f"scans/{number}.png", (stored.id,)))
        return found

    def begin(
        self,
        documents: Sequence[Document],
        *,
        choice: str = GPT,
        fields: FieldSet | None = None,
        **terms: Any,
    ) -> Run:
        terms = {"question": QUESTION, "parallel": 4, **terms}
        return self.batches.begin(OWNER, documents, Terms(**terms), choice=choice, detail=Detail.NORMAL, fields=fields)

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits for something that is looked up in the store."""
        until = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < until, "it did not come in time"
            time.sleep(0.02)

    def state(self, run: Run) -> RunState:
        batch = self.owned.batch(run.id)
        assert batch is not None
        return batch.state

    def until_state(self, run: Run, states: RunState | Collection[RunState], seconds: float = 30.0) -> None:
        wanted = {states} if isinstance(states, RunState) else set(states)
        self.until(lambda: self.state(run) in wanted, seconds)

    def over(self, run: Run, seconds: float = 60.0) -> Run:
        """Waits until it stands still, with nothing under way."""
        self.until(
            lambda: self.state(run) in OVER and not self.owned.run(run.id).counts.get(RecordState.RUNNING), seconds
        )
        return self.owned.run(run.id)

    def counts(self, run: Run) -> dict[str, int]:
        return {state.value: count for state, count in self.owned.run(run.id).counts.items() if count}
