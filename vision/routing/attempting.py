"""One attempt: the request built, its turn waited for, its price reserved, its stream heard, its end written down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Protocol

from vision.errors import LoupeError, OverCap, Overloaded, ProviderError, RateLimited, TooLarge
from vision.messages import Answer, Request, Stop
from vision.models.catalog import COMPATIBLE, READER, Level, Model
from vision.providers import Provider
from vision.providers.services import SERVICES
from vision.routing.candidates import Standing
from vision.routing.estimating import Shape
from vision.routing.health import PATIENCE_SECONDS, Health, Place
from vision.routing.pace import LONGEST_WAIT_SECONDS
from vision.routing.plan import Plan
from vision.routing.trail import Sending, Trail

_STOPPED = Stop.STOPPED.value
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Built:
    """A request for one model, with the identity of its pictures. ``shrunk``: fewer pixels than were chosen.
    ``shape``: what its price depends on, where that is known only now; None: as the question said."""

    request: Request
    sent_sha256: tuple[str, ...]
    shrunk: bool = False
    shape: Shape | None = None


Build = Callable[[Model], Built]


class Hearing(Protocol):
    """Who listens. Methods are called from the asking thread."""

    def asking(self, model: Model) -> None:
        """``model`` is asked from now on."""

    def status(self, sentence: str) -> None:
        """What is going on while there is no text, "" for nothing special."""

    def hear(self, piece: str) -> bool:
        """A piece of the answer; False: nobody wants more."""

    def start_over(self) -> None:
        """What was heard is put aside: another attempt begins from nothing."""

    def stopped(self) -> bool: ...

    def pause(self, seconds: float) -> bool:
        """Waits; False when stopped meanwhile."""


class Skipped(ProviderError):
    """Nothing was sent: this one is not to be asked just now, or would be sent less than was chosen. ``told``: an
    attempt before says why."""

    def __init__(self, outcome: str, sentence: str, model: Model, *, told: bool = False) -> None:
        super().__init__(sentence, provider=model.provider, model=model.id, unsent=True)
        self.told = told
        self.outcome = outcome  # type: ignore[misc]  # of this instance: why it was not asked


@dataclass(frozen=True, slots=True)
class Means:
    """What asking is given by the router, for one question."""

    health: Health
    today: date
    at: datetime
    place: Callable[[Model], Place]
    fit: Callable[[Standing, Shape | None], Standing]
    reserve: Callable[[Standing], str]
    connect: Callable[[Model], Provider]
    climb: Callable[[Plan, Level], Plan]
    labels: Mapping[str, str]
    jitter: Callable[[float], float]
    answer_seconds: float
    silence_seconds: float
    local_to_cloud: bool
    is_local: Callable[[Model], bool]
    interactive: bool = True
    clock: Callable[[], float] = time.monotonic


class Attempting:
    """The attempts of one question. ``exact``: a person insists on one model."""

    def __init__(self, build: Build, hearing: Hearing, trail: Trail, means: Means, *, exact: bool) -> None:
        self._build = build
        self._hearing = hearing
        self._trail = trail
        self._means = means
        self._exact = exact

    def seconds_left(self) -> float:
        """Of the time for the whole question."""
        asked = self._trail.first_asked
        return self._means.answer_seconds if asked is None else asked + self._means.answer_seconds - self._means.clock()

    def attempt(self, standing: Standing, waited: float, build: Build | None = None) -> Answer | LoupeError | None:
        """One request, by its own ``build`` where one is given. What goes wrong is returned, so that the table can say
        what follows; None: stopped.

        Raises what is nobody's answer: OverCap, NotSetUp, PictureError, StoreError."""
        model, means = standing.model, self._means
        self._hearing.asking(model)
        this = object()
        release = partial(means.health.ended, means.place(model), this)
        try:
            built = self._built(model, build or self._build)
            waited += self._turn(model, this)
        except ProviderError as error:
            if self._hearing.stopped():
                return None
            if not (isinstance(error, Skipped) and error.told):
                self._trail.unsent(model, error.outcome, error.sentence, waited)
            return error
        if self._hearing.stopped():
            release(_STOPPED)
            return None
        try:
            provider = means.connect(model)
            standing = means.fit(standing, built.shape)
            ledger_id = self._reserved(standing, waited)
        except BaseException:
            release(_STOPPED)  # nothing was sent: somebody else may try this place out
            raise
        if not self._trail.begin(Sending(model, built.sent_sha256, waited, ledger_id, means.at, release)):
            return None
        self._hearing.status("")
        return self._heard(provider, model, self._request(built, standing), this)

    def _built(self, model: Model, build: Build) -> Built:
        built = build(model)
        if built.shrunk and not self._exact:
            sentence = f"{model.label} would be sent smaller pictures than this level of detail asks for."
            raise Skipped(TooLarge.outcome, sentence, model)
        return built

    def _turn(self, model: Model, request: object) -> float:
        """Waits for this request's turn at its provider; how long that took. Raises Skipped."""
        if model.provider not in SERVICES:
            return 0.0
        means, place = self._means, self._means.place(model)
        waited = self._waited(place, request)
        if waited is None:
            sentence = f"{model.label} has had too many questions just now: try again in a minute."
            raise Skipped(RateLimited.outcome, sentence, model)
        # a person who insists on one model may try it at any time; a batch would insist hundreds of times
        if not means.health.admit(place, request) and not (self._exact and means.interactive):
            means.health.ended(place, request, _STOPPED)  # it had its turn, and sends nothing
            raise Skipped(Overloaded.outcome, f"{model.label} failed several times running: it is left out.", model)
        return waited

    def _waited(self, place: Place, request: object) -> float | None:
        """As ``Health.turn``. The time for a question includes this where a person waits with it; where hundreds stand
        in line it begins with the turn."""
        turn = partial(
            self._means.health.turn,
            place,
            interactive=self._means.interactive,
            stopped=self._hearing.stopped,
            request=request,
        )
        if self._means.interactive:
            self._trail.asked(service=True)
            return turn(seconds=min(LONGEST_WAIT_SECONDS, self.seconds_left()))
        with self._trail.resting():
            waited = turn(seconds=PATIENCE_SECONDS)
        self._trail.asked(service=True)
        return waited

    def _reserved(self, standing: Standing, waited: float) -> str:
        try:
            return self._means.reserve(standing)
        except OverCap as error:
            self._trail.unsent(standing.model, error.outcome, error.sentence, waited)
            raise

    def _request(self, built: Built, standing: Standing) -> Request:
        """As it goes out: with its share of the time, and no more room for the answer than was set aside."""
        most = built.request.max_output_tokens
        room = most if standing.output_cap is None else min(most, standing.output_cap)
        seconds = max(0.001, self._timeout(standing.model))
        return replace(built.request, timeout_seconds=seconds, max_output_tokens=room)

    def _timeout(self, model: Model) -> float:
        """Seconds of silence after which a provider is given up. A local server may have to load its model first."""
        left = self.seconds_left()
        return left if model.provider in (READER, COMPATIBLE) else min(self._means.silence_seconds, left)

    def _heard(self, provider: Provider, model: Model, request: Request, this: object) -> Answer | LoupeError | None:
        text: list[str] = []
        try:
            answer = self._listened(provider, request, text)
        except ProviderError as error:
            came = "".join(text)
            unsent = error.unsent
            if isinstance(error, RateLimited):  # before it ends: when it went out tells whether it is news
                self._means.health.slow_down(self._means.place(model), error.wait_seconds, this)
            outcome = "stopped" if self._hearing.stopped() else error.outcome
            ended = self._trail.failed(outcome, error.sentence, came, request_id=error.request_id, unsent=unsent)
            if ended is None or self._hearing.stopped():
                return None
            if error.detail:
                _log.info("%s %s: %s", model.id, error.outcome, error.detail)
            if came:
                self._hearing.start_over()
            return error
        except BaseException:
            self._trail.failed("broken_answer", "", "".join(text))
            raise
        if answer is None:  # nobody wants the rest
            self._trail.failed(_STOPPED, "", "")
            return None
        answer = replace(answer, provider=model.provider, model=model.id)
        return answer if self._trail.answered(answer) is not None else None

    def _listened(self, provider: Provider, request: Request, text: list[str]) -> Answer | None:
        """The answer; None when nobody wants the rest. ``text`` takes what came."""
        stream = provider.stream(request)
        try:
            for event in stream:
                if isinstance(event, Answer):
                    return event
                text.append(event.text)
                if not self._hearing.hear(event.text):
                    return None
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()  # lets the connection go; does nothing at the stream's own end
        raise AssertionError("a provider's stream ended without an Answer")
