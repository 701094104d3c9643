"""No cap is passed, however many spend at once; a refusal says which cap, what is spent, and how to raise it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.rows import AT, DAY
from vision.errors import OverCap
from vision.store import OwnedStore, Store
from vision.store.money_records import Caps, Settled, Spending

ROOT = Path(__file__).resolve().parents[2]
CENT = Decimal("0.01")
SPENDING = Spending("chat", "q-1", "openai", "m-1", run="run-1", upper=CENT)
EVERY_CAP = {
    "question": "your cap of $0.03 for a question",
    "run": "your cap of $0.03 for a run",
    "day": "your cap of $0.03 a day",
    "installation": "this installation's cap of $0.03 a day",
}


def total(owned: OwnedStore) -> Decimal:
    """What counts of this day: everything that was or may have been paid."""
    return sum((row.cost + row.reserved + row.unknown_upper for row in owned.spend(DAY, DAY)), Decimal(0))


@pytest.mark.parametrize("scope", EVERY_CAP)
def test_exactly_at_the_cap_passes_and_one_more_does_not(store: Store, scope: str) -> None:
    owned, caps = store.of("ann"), Caps(**{scope: CENT * 3})
    owned.settle(owned.reserve(SPENDING, caps, DAY, AT), Settled("complete", cost=CENT))
    owned.settle(owned.reserve(SPENDING, caps, DAY, AT), Settled("timeout"))  # perhaps billed: counts in full
    owned.reserve(SPENDING, caps, DAY, AT)
    with pytest.raises(OverCap) as refused:
        owned.reserve(replace(SPENDING, upper=Decimal("0.0000001")), caps, DAY, AT)
    assert EVERY_CAP[scope] in refused.value.sentence
    assert "$0.02 is spent, $0.01 reserved" in refused.value.sentence
    assert "can cost up to $0.000001" in refused.value.sentence
    assert total(owned) == CENT * 3
    assert len(owned.ledger()) == 3


@pytest.mark.parametrize(
    ("scope", "how"),
    [
        ("question", "raise the cap in Settings (in the terminal: --budget)"),
        ("run", "raise the cap of the run, or the one in Settings (in the terminal: --budget)"),
        ("day", "raise the cap in Settings."),
        ("installation", "raise the cap with LOUPE_INSTALLATION_DAY_CAP."),
    ],
)
def test_a_refusal_says_how_to_raise_the_cap(store: Store, scope: str, how: str) -> None:
    with pytest.raises(OverCap) as refused:
        store.of("ann").reserve(SPENDING, Caps(**{scope: CENT / 2}), DAY, AT)
    assert how in refused.value.sentence
    assert refused.value.scope == scope


def test_a_refusal_says_whether_it_is_only_what_others_have_set_aside(store: Store) -> None:
    owned, caps = store.of("ann"), Caps(run=CENT * 2)
    first = owned.reserve(replace(SPENDING, upper=CENT * 2), caps, DAY, AT)
    with pytest.raises(OverCap) as refused:
        owned.reserve(SPENDING, caps, DAY, AT)
    assert refused.value.later
    owned.settle(first, Settled("complete", cost=CENT * 2))
    with pytest.raises(OverCap) as refused:
        owned.reserve(SPENDING, caps, DAY, AT)
    assert not refused.value.later


def test_compared_models_share_the_cap_of_a_question(store: Store) -> None:
    """It is counted like a run's, but nobody set one for a run."""
    with pytest.raises(OverCap) as refused:
        store.of("ann").reserve(replace(SPENDING, job="compare"), Caps(run=CENT / 2), DAY, AT)
    assert "raise the cap in Settings (in the terminal: --budget)." in refused.value.sentence
    assert refused.value.scope == "run"


@pytest.mark.parametrize("scope", EVERY_CAP)
def test_an_unknown_price_keeps_no_cap(store: Store, scope: str) -> None:
    owned, unknown = store.of("ann"), replace(SPENDING, upper=None)
    with pytest.raises(OverCap, match=r"price of m-1 is not known, so .* cannot be kept") as refused:
        owned.reserve(unknown, Caps(**{scope: Decimal(1000)}), DAY, AT)
    assert refused.value.scope == scope
    assert owned.ledger() == ()
    assert owned.reserve(unknown, Caps(), DAY, AT)  # without a cap there is nothing to keep


@pytest.mark.parametrize("scope", EVERY_CAP)
def test_what_may_have_cost_anything_is_never_nothing(store: Store, scope: str) -> None:
    """Asked while there was no cap, at an unknown price: from then on no cap can be kept until it is known."""
    owned, caps = store.of("ann"), Caps(**{scope: Decimal(1000)})
    ledger_id = owned.reserve(replace(SPENDING, upper=None), Caps(), DAY, AT)
    with pytest.raises(OverCap, match="earlier attempts cost is not known") as refused:
        owned.reserve(SPENDING, caps, DAY, AT)
    assert refused.value.scope == scope
    assert owned.left(caps, DAY, "q-1", "run-1") == 0
    assert owned.reserve(replace(SPENDING, upper=Decimal(0)), caps, DAY, AT)  # the reader still answers
    owned.settle(ledger_id, Settled("complete", cost=CENT))
    assert owned.left(caps, DAY, "q-1", "run-1") == Decimal(1000) - CENT
    assert owned.reserve(SPENDING, caps, DAY, AT)


def test_an_unknown_price_without_bound_stays_unknown(store: Store) -> None:
    owned = store.of("ann")
    owned.settle(owned.reserve(replace(SPENDING, upper=None), Caps(), DAY, AT), Settled("complete"))
    with pytest.raises(OverCap, match="earlier attempts cost is not known"):
        owned.reserve(SPENDING, Caps(day=Decimal(1000)), DAY, AT)
    (row,) = owned.spend(DAY, DAY)
    assert (row.unknown, row.unknown_upper + row.cost + row.reserved) == (1, Decimal(0))


def test_what_is_free_passes_a_cap_that_is_used_up(store: Store) -> None:
    owned = store.of("ann")
    owned.settle(owned.reserve(SPENDING, Caps(), DAY, AT), Settled("complete", cost=CENT))
    assert owned.reserve(replace(SPENDING, upper=Decimal(0)), Caps(day=Decimal(0)), DAY, AT)


def test_each_cap_counts_its_own(store: Store) -> None:
    owned, caps = store.of("ann"), Caps(CENT, CENT * 2, CENT * 3, CENT * 4)
    owned.reserve(SPENDING, caps, DAY, AT)
    with pytest.raises(OverCap, match="for a question"):
        owned.reserve(SPENDING, caps, DAY, AT)
    owned.reserve(replace(SPENDING, question="q-2"), caps, DAY, AT)
    with pytest.raises(OverCap, match="for a run"):
        owned.reserve(replace(SPENDING, question="q-3"), caps, DAY, AT)
    owned.reserve(replace(SPENDING, question="q-3", run="run-2"), caps, DAY, AT)
    with pytest.raises(OverCap, match=r"\$0.03 a day"):
        owned.reserve(replace(SPENDING, question="q-4", run=""), caps, DAY, AT)
    store.of("bob").reserve(SPENDING, caps, DAY, AT)
    with pytest.raises(OverCap, match="installation"):
        store.of("bob").reserve(replace(SPENDING, question="q-2"), caps, DAY, AT)
    tomorrow = DAY + timedelta(1)
    assert owned.reserve(replace(SPENDING, question="q-5", run=""), caps, tomorrow, AT + timedelta(1))


def test_what_is_left_is_the_least(store: Store) -> None:
    owned = store.of("ann")
    assert owned.left(Caps(), DAY) is None
    owned.reserve(SPENDING, Caps(), DAY, AT)
    store.of("bob").reserve(SPENDING, Caps(), DAY, AT)
    caps = Caps(day=CENT * 5, installation=CENT * 5)
    assert owned.left(caps, DAY) == CENT * 3
    assert owned.left(replace(caps, question=CENT * 2), DAY, "q-1") == CENT
    assert owned.left(replace(caps, run=CENT / 2), DAY, "q-1", "run-1") == 0
    assert owned.left(Caps(run=CENT), DAY, "q-1") is None  # outside a run its cap is none


def test_no_cap_begins_anew_by_deleting(store: Store) -> None:
    """Neither by deleting the question, nor everything."""
    owned, caps = store.of("ann"), Caps(day=CENT, installation=CENT)
    first = owned.reserve(SPENDING, caps, DAY, AT)
    owned.delete_everything()
    assert owned.ledger() == ()
    assert store.owners() == ()
    with pytest.raises(OverCap, match="your cap of"):
        owned.reserve(SPENDING, caps, DAY, AT)
    with pytest.raises(OverCap, match="installation"):
        store.of("bob").reserve(SPENDING, caps, DAY, AT)
    assert not owned.settle(first, Settled("complete", cost=Decimal(0)))  # nothing is known of it any more
    assert store.owners() == ()
    assert total(owned) == CENT


@pytest.mark.parametrize("settling", [False, True])
@pytest.mark.parametrize("scope", EVERY_CAP)
def test_sixty_four_threads_at_once_never_pass_a_cap(store: Store, scope: str, settling: bool) -> None:
    """Each reserves twice; in the second round half of them settle in between, at less than they reserved."""
    caps = Caps(**{scope: CENT * 20})

    def spend(number: int) -> int:
        owned, done = store.of("ann" if scope != "installation" else f"owner {number % 7}"), 0
        for _ in range(2):
            with suppress(OverCap):
                ledger_id = owned.reserve(SPENDING, caps, DAY, AT)
                done += 1
                if settling and number % 2:
                    assert owned.settle(ledger_id, Settled("complete", cost=CENT / 2))
        return done

    with ThreadPoolExecutor(64) as pool:
        reserved = sum(pool.map(spend, range(64)))
    owners = [store.of(owner) for owner in store.owners()]
    spent = sum((total(owned) for owned in owners), Decimal(0))
    assert spent <= CENT * 20
    assert reserved == sum(len(owned.ledger()) for owned in owners)
    assert reserved >= 20 if settling else reserved == 20  # as many as there is room for


def test_four_processes_at_once_never_pass_a_cap(tmp_path: Path, store: Store) -> None:
    command = [sys.executable, "-m", "tests.store.spender", str(tmp_path), "12"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    try:
        outputs = [process.communicate(timeout=90) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [error for _, error in outputs] == [""] * 4
    told = [line for output, _ in outputs for line in output.splitlines()]
    assert (told.count("reserved"), told.count("over")) == (25, 23)
    assert total(store.of("local")) == Decimal("0.25")
