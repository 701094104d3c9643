"""The door to routing: who would answer a question and at what price, and the answer itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from vision.messages import Answer
from vision.models.catalog import COMPATIBLE, READER, Catalogue, Level, Model
from vision.routing.asking import Asking
from vision.routing.attempting import Build, Hearing, Means
from vision.routing.candidates import Situation, Standing, within_cap
from vision.routing.connecting import Connect, connect, is_local_address
from vision.routing.estimating import Shape, estimate
from vision.routing.health import Health, Place
from vision.routing.levels import Wanted
from vision.routing.mending import Mending
from vision.routing.plan import Plan, plan, up
from vision.routing.trail import Trail
from vision.routing.wording import labels_of
from vision.settings import Credential, Settings, Typed, credentials
from vision.store import OwnedStore
from vision.store.money_records import Caps, Job, Preferences, Spending


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, before anybody is chosen. ``id`` names everything asked for this one answer in the ledger, ``run``
    a batch, or the round of a comparison of models: one question, whose cap all of them keep together. ``text`` is the
    newest question, for Auto. In US dollars: ``budget`` caps this question, ``run_budget`` all of its run, each beside
    what Settings say of it: the smaller holds. ``interactive`` False: nobody sits in front of it, so it waits with
    patience for its turn, behind those who do, and its answer is given its whole room or is not asked for at all."""

    id: str
    wanted: Wanted
    text: str
    shape: Shape
    typed: Typed = field(default_factory=Typed)
    job: Job = "chat"
    run: str = ""
    interactive: bool = True
    budget: Decimal | None = None
    run_budget: Decimal | None = None


def _full(seconds: float) -> float:
    return random.uniform(0.0, seconds)  # noqa: S311 - jitter, no secret


def _least(*caps: Decimal | None) -> Decimal | None:
    """The smallest of the caps that there are; None: there is none."""
    return min((cap for cap in caps if cap is not None), default=None)


class Router:
    """One per process: it holds what is known of the providers' health. Safe to share between threads."""

    def __init__(
        self,
        catalogue: Catalogue,
        settings: Settings,
        *,
        today: Callable[[], date],
        connect: Connect = connect,
        jitter: Callable[[float], float] = _full,
        health: Health | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._today = today
        self._connect = connect
        self._jitter = jitter
        self.health = health or Health()

    def plan(self, owned: OwnedStore, question: Question) -> Plan:
        """Who would be asked now, in which order, and why. Raises NotThere and ModelNotFound."""
        return plan(question.wanted, question.text, question.shape, self._situation(owned, question))

    def trail(self, owned: OwnedStore) -> Trail:
        """For ``ask``; shared with whoever may end the question from another thread."""
        return Trail(owned.settle)

    def ask(
        self,
        owned: OwnedStore,
        question: Question,
        *,
        build: Build,
        hearing: Hearing,
        trail: Trail,
        mending: Mending | None = None,
    ) -> Answer | None:
        """The answer, with its attempts, price and notes; None: stopped, or ended by somebody else through ``trail``.

        ``build`` makes the request for a model, ``mending`` says what a whole answer must be (None: free text).
        Raises LoupeError."""
        situation = self._situation(owned, question)
        found = plan(question.wanted, question.text, question.shape, situation)
        means = self._means(owned, question, situation)
        return Asking(found, build, hearing, trail, means, mending=mending).run()

    def seconds_out(self, owned: OwnedStore, question: Question) -> float | None:
        """For how many seconds there is no use in asking: everybody who could be asked is left alone by the breaker, or
        by a wait that its service asked for. Above 0.0; look again then.

        None: ask now. Somebody can be asked, or nobody can however long one waits (no key, a key that was refused
        today, a cap, Local only, ended): ``plan`` says why, and so does what ``ask`` raises. Raises NotThere and
        ModelNotFound."""
        keys, today = credentials(question.typed), self._today()

        def place(model: Model) -> Place:
            return Place.of(model.provider, keys.get(model.provider))

        def out(model: Model) -> str | None:
            return self.health.left_out(place(model), model.id, today)

        situation = replace(self._situation(owned, question), out=out)
        found = plan(question.wanted, question.text, question.shape, situation)
        asked = [*found.candidates, *([found.reader] if found.reader else [])]
        waits = [self.health.seconds_out(place(one.model), interactive=question.interactive) for one in asked]
        return min(waits, default=0.0) or None

    def _means(self, owned: OwnedStore, question: Question, situation: Situation) -> Means:
        keys = credentials(question.typed)
        caps = self._caps(situation.preferences, question)

        def is_local(model: Model) -> bool:
            return model.provider == READER or (model.provider == COMPATIBLE and situation.local_address)

        def reserve(standing: Standing) -> str:
            spending = self._spending(question, standing, free=is_local(standing.model))
            return owned.reserve(spending, caps, situation.today, situation.at)

        def fit(standing: Standing, shape: Shape | None) -> Standing:
            """``standing`` as the caps allow at this moment, for the request as it was really built."""
            if not caps.any and shape is None:
                return standing
            shape = shape or question.shape
            now = self._situation(owned, question) if caps.any else situation
            whole = replace(standing, estimate=estimate(standing.model, shape, now.at), output_cap=None)
            fitting = within_cap(whole, shape, now)
            return fitting if fitting.candidate else whole  # setting its price aside says which cap it is

        return Means(
            health=self.health,
            today=situation.today,
            at=situation.at,
            place=lambda model: Place.of(model.provider, keys.get(model.provider)),
            fit=fit,
            reserve=reserve,
            connect=lambda model: self._connect(model, question.typed, self._catalogue),
            climb=lambda before, level: up(before, level, question.shape, self._situation(owned, question)),
            labels=labels_of(self._catalogue),
            jitter=self._jitter,
            answer_seconds=self._settings.answer_seconds,
            silence_seconds=self._settings.silence_seconds,
            local_to_cloud=situation.preferences.local_to_cloud,
            is_local=is_local,
            interactive=question.interactive,
        )

    def _situation(self, owned: OwnedStore, question: Question) -> Situation:
        keys = credentials(question.typed)
        preferences = self._with_local_model(owned.preferences())
        today = self._today()
        caps = self._caps(preferences, question)
        return Situation(
            catalogue=self._catalogue,
            set_up=frozenset(keys),
            preferences=preferences,
            today=today,
            at=datetime.combine(today, datetime.now(UTC).timetz()),
            out=lambda model: self._out(keys, model, today),
            cap_left=owned.left(caps, today, question.id, question.run) if caps.any else None,
            local_address=is_local_address(keys.get(COMPATIBLE)),
            interactive=question.interactive,
        )

    def _out(self, keys: Mapping[str, Credential], model: Model, today: date) -> str | None:
        return self.health.trouble(Place.of(model.provider, keys.get(model.provider)), model.id, today)

    def _with_local_model(self, preferences: Preferences) -> Preferences:
        name = preferences.local_model or self._settings.local_model
        return replace(preferences, local_model=name)

    def _caps(self, preferences: Preferences, question: Question) -> Caps:
        own = _least(question.budget, preferences.question_cap)
        shared = bool(question.run) and question.job == "compare"
        run = own if shared else _least(question.run_budget, preferences.run_cap)
        return Caps(
            question=None if shared else own,
            run=run if question.run else None,
            day=preferences.day_cap,
            installation=self._settings.installation_day_cap,
        )

    @staticmethod
    def _spending(question: Question, standing: Standing, *, free: bool) -> Spending:
        found = standing.estimate
        level: Level | str = question.wanted.word if question.wanted.kind != "model" else ""
        return Spending(
            job=question.job,
            question=question.id,
            provider=standing.model.provider,
            model=standing.model.id,
            level=level,
            run=question.run,
            estimate=found.middle if found else None,
            upper=Decimal(0) if free else found.upper if found else None,
        )
