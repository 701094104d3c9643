"""One question on its way to an answer: candidate after candidate, attempt after attempt. The only place that retries.

What is decided stands in ``steps`` (the table), ``plan`` (who) and ``health`` (who not, how fast); this is the walk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from vision.errors import BadRequest, InvalidAnswer, LoupeError, NoAnswer, OverCap, ProviderError
from vision.messages import Answer, Stop
from vision.models.catalog import Level, Model
from vision.routing.attempting import Attempting, Build, Hearing, Means, Skipped
from vision.routing.candidates import Standing, limits_differ
from vision.routing.levels import LEVEL_WORDS, above
from vision.routing.mending import Mending
from vision.routing.plan import Plan
from vision.routing.steps import Again, End, Next, step
from vision.routing.trail import Trail
from vision.routing.wording import all_failed, answered_by, reasons, trouble

# An answer at Quick that Auto betters at the next level.
_UNUSABLE: Mapping[Stop, str] = {Stop.EMPTY: "was empty", Stop.CUT_OFF: "was cut off"}


@dataclass(frozen=True, slots=True)
class Left:
    """A candidate that gave no answer: why, and what follows from it."""

    model: Model
    why: LoupeError | Answer
    then: Next | End


class Asking:
    """One question. ``run`` once; what was tried is in ``trail``."""

    def __init__(
        self, plan: Plan, build: Build, hearing: Hearing, trail: Trail, means: Means, *, mending: Mending | None
    ) -> None:
        self._plan = plan
        self._hearing = hearing
        self._trail = trail
        self._means = means
        self._attempts = Attempting(build, hearing, trail, means, exact=plan.level is None)
        self._mending = mending
        self._since = 0  # the number of attempts that belong to what was put aside

    def run(self) -> Answer | None:
        """The answer with its notes and attempts; None: stopped, or somebody else ended it.

        Raises LoupeError: the reason of the one who was asked, NoAnswer when several were, OverCap."""
        plan = self._plan.checked()
        self._since = len(self._trail.attempts)
        if plan.reason:
            self._trail.note(_auto(plan))
        return self._whole(self._at_level(plan) if plan.reader is None else self._read_first(plan, plan.reader))

    def _read_first(self, plan: Plan, reader: Standing) -> Answer | None:
        """What the reader on this machine finds, for nothing; else the answer of somebody who is paid."""
        found = self._candidate(reader, others=bool(plan.candidates))
        if found is None:
            return None
        if isinstance(found, Left):
            if not plan.candidates:
                return self._nobody([found])
            self._put_aside("", "The on-device reader could not read it.")
            return self._at_level(plan)
        if found.found:
            return found
        return self._beyond(plan, found)

    def _beyond(self, plan: Plan, found: Answer) -> Answer | None:
        """The answer of somebody who is paid, or what the reader ``found`` where there is nobody."""
        if not plan.candidates:
            if plan.capped is not None:
                self._trail.note(f"Nobody else was asked. {plan.capped.model.label} {plan.capped.reason}.")
            return found
        self._put_aside(found.text, "The on-device reader did not find it.")
        try:
            return self._at_level(plan)
        except OverCap as error:
            return self._back_to(found, f"This is what the on-device reader found. {error.sentence}")
        except LoupeError:
            return self._back_to(found, "Nobody else could answer, so this is what the on-device reader found.")

    def _back_to(self, kept: Answer, note: str) -> Answer:
        """The answer that was put aside for others, who gave none."""
        self._trail.note(note)
        self._since = len(self._trail.attempts)  # what was tried since then did not lead to it
        self._hearing.hear(kept.text)
        return kept

    def _whole(self, answer: Answer | None) -> Answer | None:
        if answer is None:
            return None
        own = self._trail.stage
        attempts = self._trail.attempts
        said = answered_by([one for one in attempts[self._since :] if one.stage == own], self._means.labels)
        if said:
            self._trail.note(said)
        last = next((one for one in reversed(attempts) if one.model == answer.model and one.stage == own), attempts[-1])
        return replace(
            answer, cost_usd=last.cost_usd, sent_sha256=last.sent_sha256, attempts=attempts, notes=self._trail.notes
        )

    def _at_level(self, plan: Plan) -> Answer | None:
        """The answer at this level; an unusable one of Auto's Quick is asked for again one level higher, once."""
        higher = above(plan.level) if plan.wanted.kind == "auto" and plan.level == "quick" else None
        if higher is None:
            return self._among(plan.candidates)
        try:
            answer = self._among(plan.candidates, climbs=True)
        except InvalidAnswer:
            self._climbs("", "did not fit the fields", higher)
            return self._among(self._means.climb(plan, higher).checked().candidates)
        fault = None if answer is None else _UNUSABLE.get(answer.stop)
        if answer is None or fault is None:
            return answer
        self._climbs(answer.text, fault, higher)
        try:
            return self._among(self._means.climb(plan, higher).checked().candidates)
        except LoupeError:
            return self._back_to(answer, f"{LEVEL_WORDS[higher]} could not answer: this is the answer there is.")

    def _climbs(self, text: str, fault: str, higher: Level) -> None:
        self._put_aside(text, f"The answer at {LEVEL_WORDS['quick']} {fault}, so {LEVEL_WORDS[higher]} was asked.")

    def _put_aside(self, text: str, note: str) -> None:
        self._trail.put_aside(text)
        self._hearing.start_over()
        self._trail.note(note)
        self._since = len(self._trail.attempts)

    # -- candidates ----------------------------------------------------------------------------------------------

    def _among(self, candidates: Sequence[Standing], *, climbs: bool = False) -> Answer | None:
        """The first answer. ``climbs``: an unusable one is for a higher level to better, not for the next candidate."""
        left: list[Left] = []
        for number, standing in enumerate(candidates, start=1):
            if not self._may_follow(standing.model, left):
                continue
            if standing.note:
                self._trail.note(standing.note)
            if left:
                self._hearing.status(f"{trouble(self._trail.attempts, self._means.labels)}: asking another model")
            try:
                found = self._candidate(standing, others=number < len(candidates))
            except OverCap as error:
                raise self._with_reasons(error) from None
            if not isinstance(found, Left):
                return found
            if climbs and isinstance(found.why, Answer):
                return found.why
            if climbs and isinstance(found.why, InvalidAnswer):
                raise found.why
            left.append(found)
            if isinstance(found.then, End):
                break
            if self._attempts.seconds_left() <= 0:
                break
        return self._nobody(left)

    def _with_reasons(self, error: OverCap) -> OverCap:
        """``error``, and why those before gave no answer: it came to the cap because of them."""
        tried = [one for one in self._trail.attempts[self._since :] if one.outcome != OverCap.outcome]
        if not tried:
            return error
        return OverCap(f"{reasons(tried, self._means.labels)}. {error.sentence}", scope=error.scope, later=error.later)

    def _may_follow(self, model: Model, left: Sequence[Left]) -> bool:
        """Whether ``model`` may be asked after those who are ``left``."""
        for one in left:
            if isinstance(one.then, Next) and one.then.only_if_limits_differ and not limits_differ(one.model, model):
                return False
            if self._means.is_local(one.model) and not self._means.is_local(model) and not self._means.local_to_cloud:
                return False
        return True

    def _nobody(self, left: Sequence[Left]) -> Answer:
        """What it comes to when no candidate gave an answer."""
        last = left[-1].why
        if len(left) == 1 or isinstance(left[-1].then, End):
            if isinstance(last, Answer):
                return last
            raise last
        raise NoAnswer(all_failed(self._trail.attempts, self._means.labels))

    def _candidate(self, standing: Standing, *, others: bool) -> Answer | Left | None:
        """Asks one model, again where the table says so. ``others``: somebody comes after it. None: stopped."""
        model = standing.model
        again, repaired, wait = 0, 0, 0.0
        build: Build | None = None  # the request that sends an answer back
        while True:
            answer = self._attempts.attempt(standing, wait, build)
            fault = self._fault(model, answer)
            found = answer if fault is None else fault
            if found is None or (isinstance(found, Answer) and found.stop is not Stop.EMPTY):
                return found
            if isinstance(answer, Answer) and answer.text:
                self._hearing.start_over()
            then = self._then(found, again if fault is None else repaired, others=others)
            if isinstance(found, BadRequest) and self._mending is not None and self._mending.otherwise(model):
                then = Again(0.0)
            if not isinstance(then, Again):
                self._leave_out(model, found, then)
                return Left(model, found, then)
            if fault is not None and isinstance(answer, Answer) and self._mending is not None:
                build = partial(self._mending.repair, answer=answer, fault=fault.sentence)
                repaired += 1
            else:
                again += 1
            wait = then.wait_seconds
            self._hearing.status(self._what_now(wait))
            if wait > 0 and not self._hearing.pause(wait):
                return None

    def _fault(self, model: Model, answer: Answer | LoupeError | None) -> InvalidAnswer | None:
        """What is wrong with a whole answer; its attempt is then no longer told as one that answered."""
        if self._mending is None or not isinstance(answer, Answer) or answer.stop is not Stop.COMPLETE:
            return None
        fault = self._mending.fault(model, answer)
        if not fault:
            return None
        self._trail.found_wanting(InvalidAnswer.outcome, fault, answer.text)
        return InvalidAnswer(fault, provider=model.provider, model=model.id)

    def _then(self, found: Answer | LoupeError, again: int, *, others: bool) -> Again | Next | End:
        if isinstance(found, Skipped):
            return Next()
        outcome = found.stop.value if isinstance(found, Answer) else found.outcome
        asked_wait = found.wait_seconds if isinstance(found, ProviderError) else None
        then = step(outcome, again, asked_wait, self._means.jitter)
        return Next() if isinstance(then, Again) and self._too_late(then.wait_seconds, others=others) else then

    def _too_late(self, wait: float, *, others: bool) -> bool:
        """Whether asking again would take the time that is left, also from those who come after: a model that hung for
        40 of 120 seconds would hang for all of them."""
        left = self._attempts.seconds_left()
        took = self._trail.attempts[-1].seconds if others else 0.0
        return wait >= left or wait + 2 * took > left

    def _leave_out(self, model: Model, why: Answer | LoupeError, then: Next | End) -> None:
        if isinstance(then, Next) and then.out and isinstance(why, LoupeError):
            self._means.health.leave_out(self._means.place(model), then.out, model.id, self._means.today, why.sentence)

    def _what_now(self, wait: float) -> str:
        attempts = self._trail.attempts
        return f"{trouble(attempts, self._means.labels)}: asking again" + (f" in {wait:.0f} s" if wait >= 1 else "")


def _auto(plan: Plan) -> str:
    who = "the on-device reader first" if plan.reader else LEVEL_WORDS[plan.level or "balanced"]
    return f"Auto chose {who}: {plan.reason}."
