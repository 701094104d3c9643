"""Who would be asked for a question, in which order and why: a value that page, terminal and tests read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from vision.errors import ModelNotFound, NoAnswer
from vision.models.catalog import READER, Catalogue, Level, Model, resolve
from vision.routing.auto import decide
from vision.routing.candidates import Situation, Standing, standings, switched_off, within_cap
from vision.routing.estimating import Shape, estimate
from vision.routing.levels import LEVEL_WORDS, Wanted

CAPPED = frozenset({"over_cap", "price_unknown_under_cap"})


@dataclass(frozen=True, slots=True)
class Plan:
    """``standings``: who is asked, in this order, then who is not, and why not. ``level`` None: one exact model.

    ``reader``: the on-device reader, where it tries before anybody is paid. ``reason`` says why Auto chose this.
    """

    wanted: Wanted
    level: Level | None
    standings: tuple[Standing, ...]
    reason: str = ""
    reader: Standing | None = None

    @property
    def candidates(self) -> tuple[Standing, ...]:
        return tuple(standing for standing in self.standings if standing.candidate)

    @property
    def capped(self) -> Standing | None:
        """The cheapest of those that only a cap keeps out."""
        return min((one for one in self.standings if one.code in CAPPED), key=_upper, default=None)

    def checked(self) -> Plan:
        """Itself. Raises NoAnswer when there is nobody to ask.

        Where only caps stand in the way, the cheapest is a candidate after all: setting its price aside is what tells
        which cap it is, what is spent and how to raise it, and nothing is sent."""
        if self.candidates or self.reader:
            return self
        if self.capped is not None:
            return replace(self, standings=(replace(self.capped, candidate=True),))
        reasons = "; ".join(f"{one.model.label}: {one.reason}" for one in self.standings[:4])
        level = LEVEL_WORDS[self.level] if self.level else self.wanted.word
        raise NoAnswer(f"Nobody can be asked at {level} just now ({reasons}): choose another level, or see Settings.")


def _upper(standing: Standing) -> tuple[bool, Decimal]:
    """What a standing can cost at most, an unknown price last."""
    upper = standing.estimate.upper if standing.estimate else None
    return upper is None, upper or Decimal(0)


def plan(wanted: Wanted, text: str, shape: Shape, situation: Situation) -> Plan:
    """Raises NotThere for a model that nothing is known of, ModelNotFound for one that ended without a successor."""
    if wanted.kind == "model":
        return Plan(wanted, None, (exactly(wanted.word, shape, situation),))
    if wanted.level is not None:
        return Plan(wanted, wanted.level, standings(wanted.level, shape, situation))
    decision = decide(text, shape)
    found = standings(decision.level, shape, situation)
    alone = any(standing.candidate and standing.model.provider == READER for standing in found)
    here = exactly(READER, shape, situation)
    return Plan(wanted, decision.level, found, decision.reason, here if decision.reader_first and not alone else None)


def exactly(word: str, shape: Shape, situation: Situation) -> Standing:
    """The one model that was chosen, or what stands in for it since it ended, with a note. Local only holds, too."""
    model, note = standing_in(situation.catalogue, word, situation.today)
    off = switched_off(model, situation)
    if off is not None:
        return Standing(model, False, off[1], off[0], note=note)
    chosen = Standing(model, True, "chosen", "in", estimate(model, shape, situation.at), note)
    fitting = within_cap(chosen, shape, situation)
    # One that can never be kept within the cap stays the one to ask: setting its price aside says which cap it is.
    return fitting if fitting.candidate else chosen


def standing_in(catalogue: Catalogue, word: str, today: date) -> tuple[Model, str]:
    """The model of ``word``, or its living successor and a sentence that says so."""
    try:
        return resolve(catalogue, word, today), ""
    except ModelNotFound:
        model = catalogue.get(word.strip())
        ending = catalogue.usable(model, today)
        if ending is None or ending.successor is None:
            raise
        heir = ending.successor
        return heir, f"{model.label} ended on {ending.since.day} {ending.since:%B %Y}: {heir.label} stands in for it."


def up(before: Plan, level: Level, shape: Shape, situation: Situation) -> Plan:
    """The same question one level higher."""
    return replace(before, level=level, standings=standings(level, shape, situation), reader=None)
