"""Attempts in words: who answered and why not the first, or why nobody did. Outcomes: ``steps.OUTCOMES``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from vision.errors import InvalidAnswer
from vision.messages import Attempt
from vision.models.catalog import COMPATIBLE, READER, Catalogue
from vision.routing.estimating import usd
from vision.routing.steps import TRANSIENT

# What follows a name: "Claude was overloaded".
_REASONS: Mapping[str, str] = {
    "rate_limited": "had too many questions",
    "overloaded": "was overloaded",
    "server_error": "had a fault of its own",
    "timeout": "did not answer in time",
    "connection": "could not be reached",
    "broken_answer": "sent something that cannot be read",
    "empty": "gave an empty answer",
    "bad_key": "did not accept the key",
    "no_access": "does not let this key use its model",
    "out_of_credit": "has no credit left",
    "not_found": "does not have the model",
    "too_large": "cannot take this much at once",
    "bad_request": "did not accept the question in this form",
    "invalid": "gave an answer that does not fit the fields",
    "refused": "declined to answer",
    "blocked": "blocked the answer",
    "cut_off": "ran out of room for its answer",
    "stopped": "was stopped",
    "over_cap": "would have passed a cap",
    "complete": "answered",
}
_BROKE_OFF = "broke off in the middle of its answer"
_PLURAL = {"was": "were", "does": "do", "has": "have"}
_TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}
_TRIES = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}
# What to do, the first that fits: outcomes that all of the failures must be among, and the advice.
_ADVICE: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"connection"}), "Check the internet connection, then try again."),
    (TRANSIENT | {"rate_limited", "empty"}, "Try again in a minute, or choose another model."),
    (frozenset({"bad_key"}), "Check the keys in Settings."),
    (frozenset({"out_of_credit"}), "Add credit with one of them, or set up another provider in Settings."),
    (frozenset({"too_large"}), "Choose a lower detail, or send fewer pictures."),
    (frozenset({"over_cap"}), "Raise the cap in Settings, or choose a cheaper level."),
    (frozenset({"invalid"}), "Choose a better level, or fewer fields."),
)


@dataclass(frozen=True, slots=True)
class _Tried:
    """All attempts in a row at one model."""

    provider: str
    model: str
    attempts: tuple[Attempt, ...]


def labels_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Names for ``labels``: of providers, and of models by id."""
    return {**{id: model.label for id, model in catalogue.models.items()}, **catalogue.labels}


def answered_by(attempts: Sequence[Attempt], labels: Mapping[str, str]) -> str:
    """ "Answered by Gemini because Claude was overloaded (tried twice)."; "" when the first attempt is the answer.

    The last attempt is the one that answered. ``labels``: names by provider, and by model id for those that share one.
    """
    if len(attempts) < 2:
        return ""
    *failed, answered = _in_a_row(attempts)
    names = _names(attempts, labels)
    name = names[answered.provider, answered.model]
    again = len(answered.attempts)
    if not failed:
        return f"Answered by {name} at the {_nth(again)} try: before, it {_reason(answered.attempts[:-1])}."
    because = _reasons(failed, names)
    at_try = f" (at the {_nth(again)} try)" if again > 1 else ""
    return f"Answered by {name}{at_try} because {because}."


def all_failed(attempts: Sequence[Attempt], labels: Mapping[str, str]) -> str:
    """Each provider's reason in words, and one sentence on what to do; of answers that did not fit the fields, what was
    wrong with the last one. ``attempts`` are not empty; a single provider's own sentence is used where it has one, for
    it says what to do about just that."""
    tried = _in_a_row(attempts)
    if len(tried) == 1 and attempts[-1].sentence:
        return attempts[-1].sentence
    outcomes = frozenset(one.attempts[-1].outcome for one in tried)
    advice = next((said for of, said in _ADVICE if outcomes <= of), _mixed_advice(outcomes))
    misfit = [one.sentence for one in attempts if one.outcome == InvalidAnswer.outcome and one.sentence][-1:]
    return " ".join([f"Nobody could answer: {_reasons(tried, _names(attempts, labels))}.", *misfit, advice])


def attempt_words(attempt: Attempt, labels: Mapping[str, str]) -> str:
    """One line for the list under an answer: "Claude Haiku 5.5: was overloaded, 1.2 s, after waiting 0.8 s, $0"."""
    name = labels.get(attempt.model) or attempt.model or labels.get(attempt.provider, attempt.provider)
    done = f"{_one_reason(attempt)}{' (for a description)' if attempt.stage else ''}"
    parts = [f"{name}: {done}", f"{attempt.seconds:.1f} s"]
    if attempt.waited_seconds >= 0.05:
        parts.append(f"after waiting {attempt.waited_seconds:.1f} s")
    billed = "not billed" if attempt.cost_usd == 0 else usd(attempt.cost_usd)
    parts.append("free" if attempt.provider == READER else billed)
    return ", ".join(parts)


def reasons(attempts: Sequence[Attempt], labels: Mapping[str, str]) -> str:
    """Each one's reason: "Claude was overloaded (tried twice) and OpenAI has no credit left", with a capital."""
    said = _reasons(_in_a_row(attempts), _names(attempts, labels))
    return said[0].upper() + said[1:]


def trouble(attempts: Sequence[Attempt], labels: Mapping[str, str]) -> str:
    """What happened last: "Claude was overloaded"; "" when nothing was tried."""
    if not attempts:
        return ""
    said = f"{_provider_name(attempts[-1].provider, labels)} {_one_reason(attempts[-1])}"
    return said[0].upper() + said[1:]


def listed(parts: Iterable[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    *head, last = parts
    return f"{', '.join(head)} and {last}" if head else last


def _in_a_row(attempts: Sequence[Attempt]) -> list[_Tried]:
    grouped = groupby(attempts, key=lambda one: (one.provider, one.model))
    return [_Tried(provider, model, tuple(group)) for (provider, model), group in grouped]


def _names(attempts: Sequence[Attempt], labels: Mapping[str, str]) -> Mapping[tuple[str, str], str]:
    """The provider's name within a sentence, or the model's where a provider was asked for more than one."""
    models: dict[str, set[str]] = {}
    for one in attempts:
        models.setdefault(one.provider, set()).add(one.model)
    return {
        (provider, model): _provider_name(provider, labels) if len(ids) == 1 else labels.get(model, model)
        for provider, ids in models.items()
        for model in ids
    }


def _provider_name(provider: str, labels: Mapping[str, str]) -> str:
    label = labels.get(provider, provider)
    return f"the {label[0].lower()}{label[1:]}" if provider in (COMPATIBLE, READER) else label


def _reasons(tried: Iterable[_Tried], names: Mapping[tuple[str, str], str]) -> str:
    """ "Claude was overloaded (tried twice) and OpenAI has no credit left"; those with one reason told together."""
    told: dict[tuple[str, int], list[str]] = {}
    for one in tried:
        alike = told.setdefault((_reason(one.attempts), len(one.attempts)), [])
        name = names[one.provider, one.model]
        if name not in alike:
            alike.append(name)
    return listed(_told(reason, count, alike) for (reason, count), alike in told.items())


def _told(reason: str, count: int, alike: Sequence[str]) -> str:
    times = f"tried {_TIMES.get(count, f'{count} times')}"
    if len(alike) == 1:
        return f"{alike[0]} {reason}" + (f" ({times})" if count > 1 else "")
    verb, _, rest = reason.partition(" ")
    return f"{listed(alike)} {_PLURAL.get(verb, verb)} {rest}" + (f" (each {times})" if count > 1 else "")


def _reason(attempts: Sequence[Attempt]) -> str:
    """ "was overloaded", "was overloaded and then did not answer in time"."""
    return " and then ".join(dict.fromkeys(_one_reason(one) for one in attempts))


def _one_reason(attempt: Attempt) -> str:
    if attempt.outcome == "connection" and attempt.text:
        return _BROKE_OFF
    return _REASONS.get(attempt.outcome, "failed")


def _nth(count: int) -> str:
    return _TRIES.get(count, f"{count}th")


def _mixed_advice(outcomes: frozenset[str]) -> str:
    if outcomes & (TRANSIENT | {"rate_limited"}):
        return "Try again in a minute, check keys and credit in Settings, or choose another model."
    return "Check keys and credit in Settings, or choose another model."
