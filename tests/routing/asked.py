"""One question through the router to the loopback provider, and what it left behind: attempts, waits, ledger."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.providers.talks import picture
from tests.wire import Recorded, WireServer
from vision.errors import LoupeError
from vision.messages import Answer, Attempt, Detail, Request, Turn, Usage
from vision.models.catalog import Catalogue, Model, load_catalogue
from vision.routing.attempting import Built
from vision.routing.estimating import Shape
from vision.routing.health import Health, Place
from vision.routing.levels import wanted
from vision.routing.mending import Mending
from vision.routing.plan import Plan
from vision.routing.router import Question, Router
from vision.routing.trail import Trail
from vision.settings import Settings, Typed, credentials
from vision.store import OwnedStore, Store
from vision.store.money_records import LedgerEntry, Preferences

TODAY = date(2026, 11, 22)
CATALOGUE = load_catalogue()
LOCAL = "llava:7b"
# Every provider's model at Balanced, and how it is called within a sentence.
BALANCED = {
    "anthropic": "claude-sonnet-5-5",
    "openai": "gpt-6.1-terra",
    "gemini": "gemini-3.8-flash",
    "compatible": LOCAL,
}
NAME = {"anthropic": "Claude", "openai": "OpenAI", "gemini": "Gemini", "compatible": "the local server"}
PROVIDERS = tuple(BALANCED)
_COLOURS = {"anthropic": "teal", "openai": "olive", "gemini": "navy", "compatible": "maroon"}
_owners = itertools.count()


class Clock:
    """Monotonic seconds that can be skipped: what is waited for is not waited out."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


def jitter(seconds: float) -> float:
    """Three quarters of what full jitter may choose from: told apart from every wait that a service asks for."""
    return 0.75 * seconds


@dataclass
class Ear:
    """Who listens, and remembers. ``stop_at`` pieces of text it wants no more; ``during_wait`` stops it there."""

    clock: Clock
    stop_at: int | None = None
    during_wait: bool = False
    text: str = ""
    pieces: int = 0
    waits: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    put_aside: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def asking(self, model: Model) -> None:
        self.asked.append(model.provider)

    def status(self, sentence: str) -> None:
        assert "sk-" not in sentence

    def hear(self, piece: str) -> bool:
        self.text += piece
        self.pieces += 1
        if self.pieces == self.stop_at:
            self.ended.set()
        return not self.stopped()

    def start_over(self) -> None:
        self.put_aside.append(self.text)
        self.text = ""

    def stopped(self) -> bool:
        return self.ended.is_set()

    def pause(self, seconds: float) -> bool:
        self.waits.append(seconds)
        if self.during_wait:
            self.ended.set()
        self.clock.skip(seconds)
        return not self.stopped()


@dataclass(frozen=True)
class Outcome:
    """What became of a question."""

    answer: Answer | None
    error: LoupeError | None
    attempts: tuple[Attempt, ...]
    ear: Ear
    ledger: tuple[LedgerEntry, ...]
    requests: tuple[Recorded, ...]
    anything_sent: bool

    def of(self, provider: str) -> list[Attempt]:
        return [one for one in self.attempts if one.provider == provider]

    @property
    def sent(self) -> list[Attempt]:
        """The attempts that went out: all of them carried a picture."""
        return [one for one in self.attempts if one.sent_sha256]


class Asker:
    """A person of her own with a router of her own, at the loopback provider."""

    def __init__(
        self,
        wire: WireServer,
        store: Store,
        preferences: Preferences,
        settings: Settings | None = None,
        catalogue: Catalogue = CATALOGUE,
    ) -> None:
        wire.reset()
        self.wire = wire
        self.owned: OwnedStore = store.of(f"owner-{next(_owners)}")
        self.owned.set_preferences(preferences)
        self.clock = Clock()
        self.router = Router(
            catalogue,
            settings or Settings(answer_seconds=100),
            today=lambda: TODAY,
            jitter=jitter,
            health=Health(self.clock),
        )
        self.catalogue = catalogue

    def ask(
        self,
        word: str = "balanced",
        *,
        text: str = "What is the total?",
        build: Callable[[Model], Built] | None = None,
        mending: Mending | None = None,
        budget: Decimal | None = None,
        ear: Ear | None = None,
        shape: Shape | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """``more``: what else a ``Question`` says."""
        ear = ear or Ear(self.clock)
        shape = shape or Shape(((640, 480),), Detail.NORMAL, (text,))
        question = Question("question", wanted(word), text, shape, budget=budget, **(more or {}))
        trail: Trail = self.router.trail(self.owned)
        before = len(self.wire.requests)
        answer, error = None, None
        try:
            answer = self.router.ask(
                self.owned, question, build=build or built, hearing=ear, trail=trail, mending=mending
            )
        except LoupeError as failed:
            error = failed
        requests = tuple(self.wire.requests[before:])
        return Outcome(answer, error, trail.attempts, ear, self.owned.ledger(), requests, trail.anything_sent)

    def plan(self, word: str = "balanced", text: str = "What is the total?") -> Plan:
        shape = Shape(((640, 480),), Detail.NORMAL, (text,))
        return self.router.plan(self.owned, Question("", wanted(word), text, shape))

    def trouble(self, provider: str, model: str) -> str | None:
        place = Place.of(provider, credentials(Typed()).get(provider))
        return self.router.health.trouble(place, model, TODAY)


def built(model: Model) -> Built:
    """A question about a picture that only this provider is sent, so that no mix-up goes unseen."""
    sent = picture(colour=_COLOURS[model.provider])
    request = Request(
        model=model.id,
        turns=(Turn("user", "What is the total?", (sent,)),),
        max_output_tokens=model.max_output_tokens,
        system="You look at pictures.",
        effort=model.effort,
        conversation="talk-1",
    )
    return Built(request, (sent.sha256,))


class Fields:
    """Whatever says "Wrong" does not fit; it is sent back once, with the reason."""

    def __init__(self, *, otherwise: int = 0) -> None:
        self.sent_back: list[str] = []
        self.left = otherwise

    def fault(self, model: Model, answer: Answer) -> str:
        return "The total is no number." if answer.text == "Wrong" else ""

    def repair(self, model: Model, answer: Answer, fault: str) -> Built:
        self.sent_back.append(answer.text)
        whole = built(model)
        turns = (*whole.request.turns, Turn("assistant", answer.text), Turn("user", fault))
        return replace(whole, request=replace(whole.request, turns=turns))

    def otherwise(self, model: Model) -> bool:
        self.left -= 1
        return self.left >= 0


def in_order(*providers: str, **more: Any) -> Preferences:
    """All four are candidates, and asked in this order."""
    return Preferences(order=providers, own_order_first=True, local_model=LOCAL, local_to_cloud=True, **more)


def check_identity(found: Outcome) -> None:
    """Every request carried the picture that its attempt says, and there is no request without an attempt."""
    said = [(one.provider, one.model, one.sent_sha256) for one in found.sent]
    assert [(one.provider, one.model, one.sha256) for one in found.requests] == said
    assert all(len(sha256) == 1 for _, _, sha256 in said)


def _paid(attempt: Attempt) -> str:
    """In the books, an answer that did not fit its fields is one that was given in full."""
    return "complete" if attempt.outcome == "invalid" else attempt.outcome


def check_ledger(found: Outcome, owned: OwnedStore) -> None:
    """Every attempt that was sent is one settled row with its outcome and price, and nothing stays reserved."""
    rows: Counter[tuple[str, str, str, Decimal | None, Usage]] = Counter()
    for entry in found.ledger:
        assert entry.settled is not None
        rows[entry.spending.provider, entry.spending.model, entry.settled.outcome, entry.settled.cost,
             entry.settled.usage] += 1  # fmt: skip
    assert rows == Counter((one.provider, one.model, _paid(one), one.cost_usd, one.usage) for one in found.sent)
    sums = owned.spend(TODAY, TODAY)
    assert sum(row.attempts for row in sums) == len(found.sent)
    assert sum(row.reserved for row in sums) == 0
    assert sum(row.unknown for row in sums) == sum(one.cost_usd is None for one in found.sent)
