"""A question of a batch: nobody sits in front of it, and hundreds of others of its run are under way."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.routing.asked import BALANCED, TODAY, Asker, in_order
from tests.wire import WireServer
from vision.errors import OverCap
from vision.messages import Detail
from vision.routing.estimating import Shape
from vision.routing.levels import wanted
from vision.routing.plan import Plan
from vision.routing.router import Question
from vision.store import Store
from vision.store.money_records import Caps, Spending

CLAUDE = BALANCED["anthropic"]
RUN: dict[str, Any] = {"job": "batch", "run": "run-1", "interactive": False}
PLENTY = Decimal(1000)


def plan(asker: Asker, word: str = "balanced", **more: Any) -> Plan:
    shape = Shape(((640, 480),), Detail.NORMAL, ("What is the total?",))
    return asker.router.plan(asker.owned, Question("question", wanted(word), "What is the total?", shape, **more))


def upper(asker: Asker, word: str = CLAUDE) -> Decimal:
    """The most that one question can cost."""
    found = plan(asker, word).candidates[0].estimate
    assert found is not None
    assert found.upper is not None
    return found.upper


def under_way(asker: Asker, amount: Decimal, run: str = "run-1") -> str:
    """Another question of the run has so much set aside."""
    spending = Spending("batch", "another", "anthropic", CLAUDE, run=run, upper=amount)
    return asker.owned.reserve(spending, Caps(), TODAY, datetime.now(UTC))


# -- money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("run_cap", "own"), [(None, "tight"), (PLENTY, "tight"), ("tight", None), ("tight", PLENTY)])
def test_a_run_keeps_the_smaller_of_its_own_cap_and_the_one_in_settings(
    wire: WireServer, store: Store, run_cap: Decimal | str | None, own: Decimal | str | None
) -> None:
    free = Asker(wire, store, in_order())
    tight = upper(free) * 2
    caps = [tight if cap == "tight" else cap for cap in (run_cap, own)]
    asker = Asker(wire, store, in_order(run_cap=caps[0]))
    under_way(asker, tight / 2)
    assert asker.ask(CLAUDE, more={**RUN, "run_budget": caps[1]}).error is None  # exactly at the cap
    under_way(asker, tight / 2)
    found = asker.ask(CLAUDE, more={**RUN, "run_budget": caps[1]})
    assert isinstance(found.error, OverCap)
    assert found.error.scope == "run"
    assert found.requests == ()
    assert asker.ask(CLAUDE, more={**RUN, "run": "run-2", "run_budget": caps[1]}).error is None


def test_outside_a_run_there_is_no_cap_of_one(wire: WireServer, store: Store) -> None:
    asker = Asker(wire, store, in_order())
    assert asker.ask(CLAUDE, more={"run_budget": Decimal("0.000001")}).error is None
    compared = {"job": "compare", "run": "round-1", "run_budget": Decimal("0.000001")}
    assert asker.ask(CLAUDE, more=compared).error is None  # a round of a comparison keeps its question's cap
