"""A person who has documents read at the loopback provider, in few words."""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.answering.talks import drawn
from tests.wire import Play, WireServer
from vision.extracting.hearing import Ear
from vision.extracting.parts import InWords, Paper
from vision.extracting.reading import Order, Reader
from vision.fields.model import FieldSet
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.routing.router import Router
from vision.settings import Settings
from vision.store import OwnedStore, Store, StoredPicture
from vision.store.money_records import Preferences
from vision.store.runs import Reading

TODAY = date(2026, 11, 22)
CATALOGUE = load_catalogue()
CLOUD = ("anthropic", "openai", "gemini")
ALL = (*CLOUD, "compatible")
BALANCED = {one.provider: one.word for one in CATALOGUE.models.values() if one.level == "balanced"}
WORD = {**BALANCED, "compatible": "compatible:llava:7b"}
_owners = itertools.count()


def said(data: Any) -> Play:
    """A model answers with this JSON, or with this text."""
    text = data if isinstance(data, str) else json.dumps(data)
    return Play(chunks=tuple(text[at : at + 40] for at in range(0, len(text), 40)))


def cut(text: str) -> Play:
    """A model runs out of room after ``text``."""
    return Play(chunks=(text,), ending="max_tokens")


@dataclass
class Desk:
    wire: WireServer
    store: Store
    order: tuple[str, ...] = ()
    in_words: InWords = field(default_factory=InWords)

    def __post_init__(self) -> None:
        self.wire.reset()
        self.owned: OwnedStore = self.store.of(f"reviewer-{next(_owners)}")
        self.owned.set_preferences(Preferences(order=self.order, own_order_first=True))
        self.router = Router(CATALOGUE, Settings(answer_seconds=60), today=lambda: TODAY, jitter=lambda _: 0.0)
        self.reader: Reader | None = None

    def page(self, *lines: str) -> StoredPicture:
        return add_picture(self.owned, drawn(*(lines or ("TOTAL 12.50",))), "receipt.png", OpenLimits())

    def read(
        self,
        set_: FieldSet,
        *pictures: StoredPicture,
        choice: str = "balanced",
        budget: Decimal | None = None,
        closing: threading.Event | None = None,
    ) -> Reading:
        ear = Ear(lambda: False, closing or threading.Event())
        pages = pictures or (self.page(),)
        paper = Paper(self.owned, set_, pages, Detail.NORMAL, 60.0, ear.stopped, self.in_words)
        order = Order(f"record-{next(_owners)}", choice, budget=budget)
        self.reader = Reader(paper, order, self.router, CATALOGUE, ear)
        return self.reader.read()
