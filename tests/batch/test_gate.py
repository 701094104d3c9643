"""How many go at once: of a run, in all, while something is short."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from vision.batch.gate import COME_AGAIN, LONGEST_HOLD_SECONDS, LOOK_SECONDS, OUTLAST, Gate, Lane
from vision.messages import Detail
from vision.store.batch_records import Active, Terms


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(name: str = "r") -> Active:
    return Active("local", name, "quick", Detail.NORMAL, Terms(), datetime(2026, 11, 28, tzinfo=UTC))


def entering(gate: Gate, lane: Lane) -> Callable[[], bool | None]:
    """Somebody tries to get in; what came of it, None while that one waits."""
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(gate.enter(lane)), daemon=True)
    thread.start()

    def came() -> bool | None:
        thread.join(0.05 if not found else 5)
        return found[0] if found else None

    return came


def test_a_run_has_its_width_and_all_together_have_theirs() -> None:
    gate, one, other = Gate(3), Lane(run("one"), 2), Lane(run("other"), 2)
    assert gate.enter(one)
    assert gate.enter(one)
    third = entering(gate, one)
    assert third() is None
    assert gate.enter(other)
    fourth = entering(gate, other)
    assert fourth() is None
    gate.leave(one)
    assert third() is True or fourth() is True  # whoever of the two is quicker
    gate.close()


def test_who_waits_leaves_when_the_run_is_shut() -> None:
    gate, lane = Gate(3), Lane(run(), 1)
    assert gate.enter(lane)
    waits = entering(gate, lane)
    assert waits() is None
    gate.shut(lane)
    assert waits() is False
    assert not gate.enter(lane)
    gate.open(lane, run(), 1)
    gate.leave(lane)
    assert gate.enter(lane)


def test_after_a_hold_one_tries_it_out_and_success_widens() -> None:
    clock = Clock()
    gate, lane = Gate(9, clock), Lane(run(), 8)
    gate.hold(lane, 20.0)
    assert gate.is_held(lane)
    assert not gate.enter(lane)
    clock.now += 20.1
    assert gate.enter(lane)
    assert lane.limit == 1
    for width in (2, 4, 8, 8):
        gate.succeeded(lane)
        assert lane.limit == width


def test_a_hold_has_its_bounds() -> None:
    clock = Clock()
    gate, lane = Gate(9, clock), Lane(run(), 8)
    gate.hold(lane, 0.0)
    assert lane.held_until == clock.now + LOOK_SECONDS
    gate.hold(lane, 9999.0)
    assert lane.held_until == clock.now + LONGEST_HOLD_SECONDS


def test_money_that_is_set_aside_narrows_the_run_never_below_one() -> None:
    clock = Clock()
    gate, lane = Gate(9, clock), Lane(run(), 8)
    for _ in range(3):
        assert gate.enter(lane)
    gate.narrow(lane)
    assert (lane.limit, gate.is_held(lane)) == (2, False)
    gate.leave(lane)
    gate.leave(lane)
    gate.narrow(lane)
    assert (lane.limit, gate.is_held(lane)) == (1, True)


def test_the_same_terms_do_not_widen_what_is_narrow() -> None:
    gate, lane = Gate(9), Lane(run(), 8)
    assert gate.enter(lane)
    gate.narrow(lane)
    gate.open(lane, run(), 8)
    assert lane.limit == 1
    gate.open(lane, run(), 4)
    assert (lane.parallel, lane.limit) == (4, 4)


def test_an_item_comes_again_a_few_times() -> None:
    gate, lane = Gate(9), Lane(run(), 8)
    assert gate.may_come_again(lane, "x")
    gate.succeeded(lane)  # others are answered: it is this one
    assert [gate.may_come_again(lane, "x") for _ in range(COME_AGAIN)] == [True] * (COME_AGAIN - 1) + [False]
    assert gate.may_come_again(lane, "y")


def test_while_nobody_is_answered_no_item_is_given_up_for_an_hour() -> None:
    gate, lane = Gate(9), Lane(run(), 8)
    assert [gate.may_come_again(lane, "x") for _ in range(OUTLAST + 1)] == [True] * OUTLAST + [False]


def test_a_closed_gate_lets_nobody_in() -> None:
    gate, lane = Gate(9), Lane(run(), 1)
    assert gate.enter(lane)
    waits = entering(gate, lane)
    gate.close()
    assert waits() is False
