"""What the store hands out about money: caps, what an attempt is for, the ledger and its sums. US dollars, Decimal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from vision.messages import Usage

Job = Literal["chat", "compare", "batch", "extract"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person set for herself; one row per owner.

    ``choice`` is what a new talk begins with: "quick", "balanced", "best" or "auto". ``order`` are provider names in
    her own order; with ``own_order_first`` it goes before the price, else it only breaks ties. ``local_model`` is the
    name of the local server's model that stands at every level. Caps are US dollars; None: no cap.
    """

    choice: str = "balanced"
    order: tuple[str, ...] = ()
    own_order_first: bool = False
    local_only: bool = False
    local_to_cloud: bool = False
    local_model: str = ""
    question_cap: Decimal | None = None
    run_cap: Decimal | None = None
    day_cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """Caps in force for one attempt: of its question, its run, the person's day and the installation's day."""

    question: Decimal | None = None
    run: Decimal | None = None
    day: Decimal | None = None
    installation: Decimal | None = None

    @property
    def any(self) -> bool:
        return any(cap is not None for cap in (self.question, self.run, self.day, self.installation))


@dataclass(frozen=True, slots=True)
class Spending:
    """What an attempt is for. ``question`` names everything that is asked for one answer (its id), ``run`` a batch.

    ``level`` is the level that was asked for ("" for an exact model). ``estimate`` is the price expected before it was
    sent, ``upper`` the most that it can cost (input plus the output cap); None: unknown.
    """

    job: Job
    question: str
    provider: str
    model: str
    level: str = ""
    run: str = ""
    estimate: Decimal | None = None
    upper: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attempt. ``cost`` None: unknown, then ``upper`` is what counts against the caps; 0 for what
    certainly was not billed. ``cached_saving`` is what reading from the provider's cache saved, as far as known."""

    outcome: str
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None
    cached_saving: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One attempt in the ledger, as exports and tests read it. ``settled`` None: not known what became of it (under
    way, or the process died)."""

    id: str
    at: datetime
    day: date
    spending: Spending
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class SpendRow:
    """Sums of one day, provider, model, job and level. ``unknown`` counts attempts whose price is not known,
    ``unknown_upper`` what they can have cost at most; ``reserved`` is of attempts under way. ``boundless`` counts those
    of either kind that have no upper price. ``failed_cost`` and ``failed_upper`` are the share of failures in ``cost``
    and ``unknown_upper``. ``estimated`` sums the estimates of those attempts only that ``billed_with_estimate`` also
    sums the price of."""

    day: date
    provider: str
    model: str
    job: str
    level: str
    attempts: int
    failures: int
    cost: Decimal
    reserved: Decimal
    unknown: int
    unknown_upper: Decimal
    estimated: Decimal
    billed_with_estimate: Decimal
    cached_saving: Decimal
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    boundless: int = 0
    failed_cost: Decimal = Decimal(0)
    failed_upper: Decimal = Decimal(0)
