"""A durable run in words: where it stands, how far it is, what it cost. Pure. Its items are in ``cells``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType
from typing import Literal

from vision.batch.estimating import Scaled
from vision.models.catalog import Catalogue
from vision.routing.estimating import usd
from vision.routing.levels import LEVEL_WORDS
from vision.store.batch_records import Batch, Failure, RunState, Sums
from vision.store.caps import dollars
from vision.store.extract_records import RecordState, Run

Tone = Literal["busy", "wait", "good", "bad"]
Filter = Literal["all", "done", "failed", "open", "stopped", "skipped"]

_STATES: Mapping[RunState, tuple[str, Tone]] = MappingProxyType(
    {
        RunState.RUNNING: ("Running", "busy"),
        RunState.PAUSED: ("Paused", "wait"),
        RunState.TRIED: ("Tried", "wait"),
        RunState.CAPPED: ("Stands still at its cap", "bad"),
        RunState.NEEDS_KEY: ("Waits for its key", "bad"),
        RunState.STOPPED: ("Stopped", "wait"),
        RunState.DONE: ("Done", "good"),
    }
)
FILTERS: Mapping[Filter, tuple[str, tuple[RecordState, ...]]] = MappingProxyType(
    {
        "all": ("All", tuple(RecordState)),
        "done": ("Done", (RecordState.DONE,)),
        "failed": ("Failed", (RecordState.FAILED, RecordState.INTERRUPTED)),
        "open": ("To come", (RecordState.WAITING, RecordState.RUNNING)),
        "stopped": ("Stopped", (RecordState.STOPPED,)),
        "skipped": ("No picture", (RecordState.SKIPPED,)),
    }
)
_LEAST_CAP = Decimal("0.10")
LEAST_SECONDS = 3.0  # before a pace can be said


# -- numbers in words -------------------------------------------------------------------------------------------------


def pictures_words(count: int, refused: int = 0) -> str:
    """ "213 pictures, 2 files that are no pictures"."""
    words = f"{count:,} picture{'s' * (count != 1)}"
    if not refused:
        return words
    return f"{words}, {refused:,} file{'s that are no pictures' if refused != 1 else ' that is no picture'}"


def minutes_words(minutes: float) -> str:
    """ "less than a minute", "about 4 minutes", "about 2 hours", "about 3 days"."""
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return _about(minutes, "minute")
    return _about(minutes / 60, "hour") if minutes < 48 * 60 else _about(minutes / 60 / 24, "day")


def minutes_short(minutes: float) -> str:
    """ "under 1 min", "4 min", "2 h", "3 days"."""
    if minutes < 1:
        return "under 1 min"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"


def _about(count: float, unit: str) -> str:
    number = round(count)
    return f"about {number} {unit}{'s' * (number != 1)}"


def run_label(count: int) -> str:
    """ "Run 1,000"."""
    return f"Run {count:,}" if count > 1 else "Run"


def caps_words(run_cap: Decimal | None, day_cap: Decimal | None, installation_cap: Decimal | None) -> str:
    """What Settings say about the most that may be spent."""
    named = [("a run", run_cap), ("a day", day_cap), ("a day for everybody here", installation_cap)]
    found = [f"{dollars(cap)} {whose}" for whose, cap in named if cap is not None]
    return f"Your caps in Settings hold besides: {', '.join(found)}." if found else "There is no cap in Settings."


# -- a run ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. ``share`` is 0 to 1. ``per_minute`` None: that cannot be said yet."""

    share: float
    words: str
    per_minute: float | None


def state_words(run: Run, batch: Batch) -> tuple[str, Tone]:
    words, tone = _STATES[batch.state]
    if batch.state is RunState.TRIED:
        return f"Tried on the first {_ended(run)}", tone
    if batch.state is RunState.PAUSED and run.counts.get(RecordState.RUNNING):
        return f"Pausing: {run.counts[RecordState.RUNNING]} still under way", tone
    if batch.state is RunState.DONE and _bad(run) and not run.counts.get(RecordState.DONE):
        return "Ended: nothing could be answered", "bad"
    return words, tone


def is_live(run: Run) -> bool:
    """Whether something changes by itself."""
    running = run.batch is not None and run.batch.state is RunState.RUNNING
    return running or bool(run.counts.get(RecordState.RUNNING))


def progress(run: Run, recent: int, seconds: float) -> Progress:
    """``recent`` items ended in the last ``seconds``."""
    total = _asked_for(run)
    ended = min(total, _ended(run))  # of a trial also the same pictures further on have ended
    pace = recent / seconds * 60 if recent and seconds >= LEAST_SECONDS else None
    words = [f"{ended:,} of {total:,} done"]
    if _bad(run):
        words.append(f"{_bad(run):,} of them failed")
    left = total - ended
    if pace is not None and left:
        words.append(f"{pace:,.0f} a minute" if pace >= 1 else "less than one a minute")
        words.append(f"{minutes_words(left / pace)} left")
    return Progress(ended / max(1, total), ", ".join(words), pace)


def _asked_for(run: Run) -> int:
    """Its items for now: of a trial only the first few."""
    total = run.total - run.counts.get(RecordState.SKIPPED, 0)
    trial = run.batch.terms.trial if run.batch else None
    return min(total, trial) if trial else total


def _ended(run: Run) -> int:
    return run.total - run.open - run.counts.get(RecordState.SKIPPED, 0)


def _bad(run: Run) -> int:
    return run.counts.get(RecordState.FAILED, 0) + run.counts.get(RecordState.INTERRUPTED, 0)


def counts_words(run: Run) -> str:
    """ "998 done, 2 failed, 3 are no pictures"."""
    named = (
        (run.counts.get(RecordState.DONE, 0), "done"),
        (_bad(run), "failed"),
        (run.counts.get(RecordState.STOPPED, 0), "stopped"),
        (run.open, "to come"),
    )
    words = [f"{count:,} {name}" for count, name in named if count]
    skipped = run.counts.get(RecordState.SKIPPED, 0)
    words += [f"{skipped:,} {'is no picture' if skipped == 1 else 'are no pictures'}"] if skipped else []
    return ", ".join(words) or "nothing in it"


def money_words(sums: Sums, cap: Decimal | None, *, free: bool) -> str:
    """ "$0.12 spent of at most $5.00"."""
    if free:
        return "on this machine, for nothing"
    words = f"{usd(sums.cost_usd)} spent" if sums.asked > sums.unknown or not sums.unknown else "price unknown"
    if sums.unknown and sums.asked > sums.unknown:
        words += f" and a price that is unknown for {sums.unknown:,}"
    return f"{words} of at most {dollars(cap)}" if cap is not None else words


def higher_cap(cap: Decimal | None, sums: Sums, found: Scaled | None) -> Decimal:
    """What to offer in place of a cap that a run stands still at: twice as much, or what all of it will cost and a
    fifth more, if that is known and is more."""
    whole = sums.cost_usd + (found.cost_usd or Decimal(0)) if found else Decimal(0)
    offered = max((cap or Decimal(0)) * 2, whole * Decimal("1.2"), _LEAST_CAP)
    return offered.quantize(Decimal("0.01"), ROUND_CEILING)


def scaled_words(found: Scaled) -> str:
    """ "The other 57 will cost about $1.20 and take about 3 minutes, judged by the 3 that are done."."""
    other = "The other one" if found.left == 1 else f"The other {found.left:,}"
    cost = "cost nothing" if found.cost_usd == 0 else f"cost about {usd(found.cost_usd)}"
    if found.cost_usd is None:
        cost = "cost what cannot be told"
    by = "the one that is done" if found.judged_by == 1 else f"the {found.judged_by} that are done"
    return f"{other} will {cost} and take {minutes_words(found.minutes)}, judged by {by}."


def asked_of(choice: str, catalogue: Catalogue) -> str:
    """ "Balanced", or the model's name."""
    level = LEVEL_WORDS.get(choice)  # type: ignore[call-overload]  # any word may stand there
    return str(level) if level else model_words(choice, catalogue)


def model_words(model: str, catalogue: Catalogue) -> str:
    known = catalogue.models.get(model)
    return known.label if known else model.partition(":")[2] or model


def ended_words(run: Run) -> str:
    """What is said once of a run that ended or stands still while nobody looked."""
    state = run.batch.state if run.batch else RunState.DONE
    name = f"“{run.title}”"
    if state is RunState.DONE:
        return f"Your run {name} has ended: {counts_words(run)}."
    why = run.batch.reason if run.batch else ""
    said = {RunState.CAPPED: "stands still at its cap", RunState.NEEDS_KEY: "waits for its key"}
    return f"Your run {name} {said.get(state, 'stands still')}: {counts_words(run)}. {why}".strip()


def failure_words(found: Failure) -> str:
    """ "12: the picture is too large"."""
    return f"{found.count:,}: {found.sentence or 'no reason is known'}"


def filters(run: Run) -> dict[Filter, str]:
    """What the table can be narrowed to, with how many there are; only what there is."""
    counted = {name: sum(run.counts.get(state, 0) for state in states) for name, (_, states) in FILTERS.items()}
    return {name: f"{FILTERS[name][0]} {count:,}" for name, count in counted.items() if count or name == "all"}
