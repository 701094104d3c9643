"""What follows one outcome: the same model again, the next candidate, or the end. The table of issue 3, pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

# Seconds before the same model is asked again; each is the most that "full jitter" (uniform from 0) may choose.
WAITS = (1.0, 2.0, 4.0)
SAME_AGAIN = 2
# A wait that a provider asks for and that a person would sit through.
LONGEST_WAIT = 20.0

TRANSIENT = frozenset({"overloaded", "server_error", "timeout", "connection", "broken_answer"})
# Who is out until the key changes or the day ends: the whole provider, or this model of it.
_OUT: Mapping[str, Literal["model", "provider"]] = MappingProxyType(
    {"bad_key": "provider", "out_of_credit": "provider", "no_access": "model", "not_found": "model"}
)
_LIMITS = frozenset({"too_large", "bad_request"})
_ENDS = frozenset({"complete", "refused", "blocked", "cut_off", "stopped", "over_cap"})
_ONCE = frozenset({"empty", "invalid"})  # an invalid answer is sent back with what is wrong with it
OUTCOMES = frozenset({"rate_limited"}) | _ONCE | TRANSIENT | _OUT.keys() | _LIMITS | _ENDS


@dataclass(frozen=True, slots=True)
class Again:
    """Ask the same model again after so many seconds."""

    wait_seconds: float


@dataclass(frozen=True, slots=True)
class Next:
    """Ask the next candidate. ``out``: what is left out from now on until the key changes or the day ends.

    ``only_if_limits_differ``: a candidate with the same limits would say the same; without another, stop.
    """

    out: Literal["", "model", "provider"] = ""
    only_if_limits_differ: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """Nobody else is asked: the answer stands as it is, or the reason why there is none."""


Step = Again | Next | End


def step(outcome: str, same_again: int, asked_wait: float | None, jitter: Callable[[float], float]) -> Step:
    """What to do after ``outcome`` (a ``Stop`` value or a ``ProviderError.outcome``).

    ``same_again`` counts how often this candidate was asked again already, ``asked_wait`` is the wait in seconds that
    the provider asked for (None: it said nothing), ``jitter(x)`` a number from 0 to x. Raises ValueError for an
    outcome that is not in ``OUTCOMES``.
    """
    if outcome in _ENDS:
        return End()
    if outcome in _OUT:
        return Next(out=_OUT[outcome])
    if outcome in _LIMITS:
        return Next(only_if_limits_differ=True)
    if outcome in _ONCE:
        return Again(0.0) if same_again < 1 else Next()
    if outcome == "rate_limited":
        return _rate_limited(same_again, asked_wait, jitter)
    if outcome in TRANSIENT:
        return _after_jitter(same_again, jitter)
    raise ValueError(f"no step is known for the outcome {outcome!r}")


def _rate_limited(same_again: int, asked_wait: float | None, jitter: Callable[[float], float]) -> Step:
    if asked_wait is None or asked_wait > LONGEST_WAIT:
        return _after_jitter(same_again, jitter)
    return Again(asked_wait) if same_again < SAME_AGAIN else Next()


def _after_jitter(same_again: int, jitter: Callable[[float], float]) -> Step:
    return Again(jitter(WAITS[same_again])) if same_again < SAME_AGAIN else Next()
