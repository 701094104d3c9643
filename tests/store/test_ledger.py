"""Every attempt is counted once, in its row and in the sums, whatever happens to what it was for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from tests.store.conftest import open_store
from tests.store.rows import AT, DAY, fill
from vision.errors import OverCap
from vision.messages import Usage
from vision.store import Store
from vision.store.money_records import Caps, LedgerEntry, Settled, Spending

CENT = Decimal("0.01")
SPENDING = Spending("chat", "q-1", "openai", "m-1", "quick", "run-1", CENT / 2, CENT)
USAGE = Usage(1000, 800, 10, 50, 20)


def test_an_entry_comes_back_whole(store: Store) -> None:
    owned = store.of("ann")
    ledger_id = owned.reserve(SPENDING, Caps(), DAY, AT)
    assert owned.ledger() == (LedgerEntry(ledger_id, AT, DAY, SPENDING, None),)
    settled = Settled("complete", USAGE, Decimal("0.004000000001"), Decimal("0.001"))
    assert owned.settle(ledger_id, settled)
    assert owned.ledger() == (LedgerEntry(ledger_id, AT, DAY, SPENDING, settled),)


def test_the_first_word_on_an_attempt_stands(store: Store) -> None:
    owned = store.of("ann")
    ledger_id = owned.reserve(SPENDING, Caps(), DAY, AT)
    assert owned.settle(ledger_id, Settled("complete", USAGE, CENT / 4))
    before = owned.spend(DAY, DAY), owned.ledger()
    assert not owned.settle(ledger_id, Settled("timeout", Usage(5)))
    assert not owned.settle("nothing", Settled("complete", cost=CENT))
    assert (owned.spend(DAY, DAY), owned.ledger()) == before


def test_sums_of_a_day(store: Store) -> None:
    owned = store.of("ann")
    for settled in (
        Settled("complete", USAGE, CENT / 4, Decimal("0.001")),
        Settled("rate_limited", cost=Decimal(0)),
        Settled("timeout"),
        Settled("empty", USAGE, CENT / 5),
    ):
        owned.settle(owned.reserve(SPENDING, Caps(), DAY, AT), settled)
    owned.settle(owned.reserve(replace(SPENDING, estimate=None), Caps(), DAY, AT), Settled("refused", cost=CENT))
    owned.reserve(SPENDING, Caps(), DAY, AT)
    (row,) = owned.spend(DAY, DAY)
    assert (row.day, row.provider, row.model, row.job, row.level) == (DAY, "openai", "m-1", "chat", "quick")
    assert (row.attempts, row.failures, row.unknown) == (6, 3, 1)
    assert row.boundless == 0
    assert (row.failed_cost, row.failed_upper) == (CENT / 5, CENT)
    assert (row.cost, row.reserved, row.unknown_upper) == (CENT * Decimal("1.45"), CENT, CENT)
    assert (row.estimated, row.billed_with_estimate) == (CENT * Decimal("1.5"), CENT * Decimal("0.45"))
    assert (row.cached_saving, row.input_tokens, row.cached_tokens, row.output_tokens) == (
        *(Decimal("0.001"), 2000, 1600, 100),
    )


def test_attempts_without_an_upper_price_are_counted(store: Store) -> None:
    owned = store.of("ann")
    owned.settle(owned.reserve(replace(SPENDING, upper=None), Caps(), DAY, AT), Settled("timeout"))
    (row,) = owned.spend(DAY, DAY)
    assert (row.unknown, row.boundless, row.unknown_upper, row.failed_upper) == (1, 1, Decimal(0), Decimal(0))


def test_sums_are_apart_by_day_and_by_what_was_asked(store: Store) -> None:
    owned = store.of("ann")
    others = (replace(SPENDING, provider="gemini"), replace(SPENDING, model="m-2"), replace(SPENDING, job="extract"))
    for spending in (SPENDING, *others, replace(SPENDING, level="best")):
        owned.reserve(spending, Caps(), DAY, AT)
    for days in (-1, 1):
        owned.reserve(SPENDING, Caps(), DAY + timedelta(days), AT + timedelta(days))
    assert len(owned.spend(DAY, DAY)) == 5
    assert [row.day.day for row in owned.spend(DAY - timedelta(9), DAY + timedelta(9))] == [21, *[22] * 5, 23]
    assert owned.spend(DAY + timedelta(2), DAY + timedelta(3)) == ()


def test_the_ledger_is_newest_first_and_by_what_is_asked_for(store: Store) -> None:
    owned = store.of("ann")
    ids = [
        owned.reserve(replace(SPENDING, question=f"q-{days}", run=f"run-{days % 2}"), Caps(), day, AT + timedelta(days))
        for days in range(4)
        for day in [DAY + timedelta(days)]
    ]
    assert [entry.id for entry in owned.ledger()] == ids[::-1]
    assert [entry.id for entry in owned.ledger(2)] == ids[:1:-1]
    assert [entry.id for entry in owned.ledger(question="q-1")] == [ids[1]]
    assert [entry.id for entry in owned.ledger(run="run-0")] == [ids[2], ids[0]]
    assert [entry.id for entry in owned.ledger(since=DAY + timedelta(1), until=DAY + timedelta(2))] == ids[2:0:-1]


def test_what_was_paid_stays_counted_when_the_question_goes(store: Store) -> None:
    owned = store.of("ann")
    world = fill(owned)
    ledger_id = owned.reserve(replace(SPENDING, question=world.answer.id), Caps(), DAY, AT)
    before = owned.spend(DAY, DAY)
    owned.delete_conversation(world.conversation_id)
    assert owned.spend(DAY, DAY) == before
    assert ledger_id in {entry.id for entry in owned.ledger()}
    with pytest.raises(OverCap):
        owned.reserve(replace(SPENDING, question=world.answer.id), Caps(question=CENT), DAY, AT)
    assert owned.settle(ledger_id, Settled("stopped", cost=CENT))


def test_attempts_of_dead_processes_are_given_up_at_their_upper_price(store: Store) -> None:
    owned, caps = store.of("ann"), Caps(day=CENT * 2)
    dead, young, other = (
        owned.reserve(replace(SPENDING, question=question), Caps(), DAY, at)
        for question, at in (("q-1", AT), ("q-1", AT + timedelta(hours=1)), ("q-2", AT))
    )
    assert owned.close_open(AT + timedelta(minutes=1), "q-1") == 1
    assert owned.close_open(AT + timedelta(minutes=1), "q-1") == 0
    (row,) = owned.spend(DAY, DAY)
    assert (row.reserved, row.unknown, row.unknown_upper, row.failures) == (CENT * 2, 1, CENT, 1)
    assert owned.close_open(AT + timedelta(minutes=1)) == 1
    assert {entry.id for entry in owned.ledger() if entry.settled is None} == {young}
    with pytest.raises(OverCap, match=r"\$0.02 is spent, \$0.01 reserved"):
        owned.reserve(SPENDING, caps, DAY, AT)
    assert not owned.settle(dead, Settled("complete", cost=Decimal(0)))
    assert not owned.settle(other, Settled("complete", cost=Decimal(0)))


AMOUNTS = st.decimals(0, Decimal("0.05"), places=12, allow_nan=False)
OWNERS = st.sampled_from(["ann", "bob"])
DAYS = st.sampled_from([DAY, DAY + timedelta(1)])
CAPS = Caps(question=Decimal("0.08"), run=Decimal("0.12"), day=Decimal("0.15"), installation=Decimal("0.2"))


class Spenders(RuleBasedStateMachine):
    """Reserves and settles in any order, beside a plain model that adds up what counts."""

    ids: Bundle[tuple[str, str]] = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = open_store(Path(self.folder.name))
        self.rows: dict[str, tuple[str, str, str, date]] = {}
        self.counts: dict[str, Decimal] = {}
        self.settled: set[str] = set()

    def sums(self) -> dict[tuple[str, ...], Decimal]:
        found: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        for ledger_id, (owner, question, run, day) in self.rows.items():
            for scope in (("q", owner, question), ("run", owner, run), ("day", owner, str(day)), ("all", str(day))):
                found[scope] += self.counts[ledger_id]
        return found

    @rule(
        target=ids,
        owner=OWNERS,
        question=st.sampled_from(["q-1", "q-2", "q-3"]),
        run=st.sampled_from(["", "r-1", "r-2"]),
        day=DAYS,
        upper=AMOUNTS,
    )
    def reserve(self, owner: str, question: str, run: str, day: date, upper: Decimal) -> tuple[str, str]:
        sums = self.sums()
        room = min(
            CAPS.question - sums["q", owner, question],  # type: ignore[operator]
            CAPS.run - sums["run", owner, run] if run else Decimal(1),  # type: ignore[operator]
            CAPS.day - sums["day", owner, str(day)],  # type: ignore[operator]
            CAPS.installation - sums["all", str(day)],  # type: ignore[operator]
        )
        owned = self.store.of(owner)
        assert owned.left(CAPS, day, question, run) == max(room, Decimal(0))
        spending = Spending("chat", question, "openai", "m-1", run=run, upper=upper)
        try:
            ledger_id = owned.reserve(spending, CAPS, day, AT)
        except OverCap:
            assert upper > room
            return owner, "refused"
        assert upper <= room
        self.rows[ledger_id], self.counts[ledger_id] = (owner, question, run, day), upper
        return owner, ledger_id

    @rule(one=ids, share=st.none() | st.integers(0, 100))
    def settle(self, one: tuple[str, str], share: int | None) -> None:
        owner, ledger_id = one
        known = None if share is None else self.counts.get(ledger_id, CENT) * share / 100
        cost = None if known is None else known.quantize(Decimal("1E-12"))
        first = ledger_id in self.rows and ledger_id not in self.settled
        assert self.store.of(owner).settle(ledger_id, Settled("complete", cost=cost)) is first
        if first:
            self.settled.add(ledger_id)
            self.counts[ledger_id] = self.counts[ledger_id] if cost is None else cost

    @invariant()
    def the_sums_are_those_of_the_rows(self) -> None:
        sums = self.sums()
        for owner in ("ann", "bob"):
            for row in self.store.of(owner).spend(DAY, DAY + timedelta(1)):
                assert row.cost + row.reserved + row.unknown_upper == sums["day", owner, str(row.day)]
                assert row.cost + row.reserved + row.unknown_upper <= Decimal("0.15")

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


Spenders.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestSpenders = Spenders.TestCase
