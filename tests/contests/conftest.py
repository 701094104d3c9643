"""A person who compares models at the loopback provider."""

from __future__ import annotations

import importlib
import random
from dataclasses import dataclass, field

import pytest

from tests.answering.conftest import engine, nothing_set_up, store, wire
from tests.answering.talks import CLAUDE, GEMINI, GPT, LOCAL, Talks
from vision.answering.engine import Engine
from vision.contests.asking import Asked, ask_all, begin
from vision.store import Store, StoredAnswer
from vision.store.records import Contest

__all__ = ["engine", "nothing_set_up", "store", "wire"]

FOUR = (CLAUDE, GPT, GEMINI, LOCAL)


@dataclass
class Contests(Talks):
    """``asked`` is the round that was begun last, ``contest`` the one of this test."""

    chance: random.Random = field(default_factory=lambda: random.Random(4))
    contest: Contest | None = None

    def begin(self, *models: str, blind: bool = True) -> Contest:
        picture = self.picture("TOTAL 12.50")
        self.contest = begin(self.owned, models or FOUR, [picture.id], blind=blind, chance=self.chance)
        return self.contest

    def ask_all(self, question: str = "What is the total?") -> Asked:
        assert self.contest is not None
        return ask_all(self.engine, self.owned, self.contest, question)

    def lane(self, model: str) -> str:
        assert self.contest is not None
        return next(lane.id for lane in self.contest.lanes if lane.model == model)

    def ends(self, asked: Asked) -> dict[str, StoredAnswer]:
        """By model, once all have ended."""
        assert self.contest is not None
        return {lane.model: self.end(asked.answers[lane.id]) for lane in self.contest.lanes}

    def round(self, question: str = "What is the total?") -> dict[str, StoredAnswer]:
        return self.ends(self.ask_all(question))


@pytest.fixture(autouse=True, scope="session")
def _loaded() -> None:
    """The SDKs: their first import takes seconds, which no answer should wait for."""
    for name in ("anthropic", "openai", "google.genai"):
        importlib.import_module(name)


@pytest.fixture
def contests(store: Store, engine: Engine) -> Contests:
    return Contests(store, engine)
