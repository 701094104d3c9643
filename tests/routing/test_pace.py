"""How fast a place may be asked: the state machine alone, and against services that refuse what is too much."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.routing.services import Bucket, Desk, Service, simulate
from vision.routing.pace import (
    FIRST_INTERVAL_SECONDS,
    FORGOTTEN_SECONDS,
    LONGEST_HOLD_SECONDS,
    LONGEST_WAIT_SECONDS,
    Pace,
)

MINUTE, END = 60.0, 360.0
CALL_SECONDS = 1.15  # on average, in a simulation
SERVICES: dict[str, tuple[Callable[[], Service], float]] = {
    "5 a second": (lambda: Bucket(5, 5), 5),
    "5 a second, with waits": (lambda: Bucket(5, 5, says_wait=True), 5),
    "5 a second, none ahead": (lambda: Bucket(5, 1), 5),
    "20 a second": (lambda: Bucket(20, 5), 20),
    "20 a second, with waits": (lambda: Bucket(20, 5, says_wait=True), 20),
    "one in two seconds": (lambda: Bucket(0.5, 5), 0.5),
    "one in two seconds, with waits": (lambda: Bucket(0.5, 5, says_wait=True), 0.5),
    "5 a second, a minute of them ahead": (lambda: Bucket(5, 60), 5),
    "4 at once": (lambda: Desk(4), 4 / CALL_SECONDS),
    "10 at once": (lambda: Desk(10), 10 / CALL_SECONDS),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", SERVICES)
def test_a_batch_comes_near_what_a_service_allows_and_is_seldom_refused(name: str, seed: int) -> None:
    service, allowed = SERVICES[name]
    seen = simulate(Pace(), service(), seconds=END, seed=seed)
    assert seen.refused_share(MINUTE) <= 0.05
    assert seen.rate(MINUTE, END) >= 0.7 * allowed


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("before", "after"), [(20.0, 5.0), (5.0, 20.0), (20.0, 0.5)])
def test_a_limit_that_changes_is_found_again(before: float, after: float, seed: int) -> None:
    changes = 180.0
    seen = simulate(Pace(), Bucket(lambda now: before if now < changes else after, 5), seconds=480.0, seed=seed)
    assert seen.refused_share(MINUTE) <= 0.05  # the change itself included
    assert seen.refused_share(changes + MINUTE) <= 0.05
    assert seen.rate(changes + MINUTE, 480.0) >= 0.7 * after


def test_who_is_not_refused_is_not_slowed() -> None:
    """32 who ask one after the other come nowhere near the limit."""
    seen = simulate(Pace(), Bucket(1000, 1000), seconds=120.0, seed=1)
    assert seen.refused_share(0.0) == 0.0
    assert seen.rate(10.0, 120.0) > 0.9 * 32 / CALL_SECONDS


def test_after_a_refusal_nobody_rushes_in() -> None:
    """Starts are spaced evenly, whoever answers meanwhile."""
    pace = Pace()
    for _ in range(32):
        pace.sent(0.0)
    pace.refused(0.1, None)
    now = 0.1
    starts: list[float] = []
    while len(starts) < 40:
        pace.answered(now)
        if pace.ready_at(now) <= now:
            pace.sent(now)
            starts.append(now)
        now += 0.01
    apart = [later - one for one, later in pairwise(starts)]
    assert min(apart) > FIRST_INTERVAL_SECONDS / 3
    assert apart[0] == pytest.approx(FIRST_INTERVAL_SECONDS, abs=0.03)


def test_a_batch_waits_as_long_as_was_asked_for_and_people_as_long_as_they_would() -> None:
    pace = Pace()
    pace.refused(0.0, LONGEST_WAIT_SECONDS * 3)
    assert pace.ready_at(1.0, patient=True) == LONGEST_WAIT_SECONDS * 3
    assert pace.ready_at(1.0) <= 1.0
    pace.refused(1.0, 24 * 3600.0)
    assert pace.ready_at(1.0, patient=True) == 1.0 + LONGEST_HOLD_SECONDS  # then it looks again


def test_what_was_sent_before_the_cut_says_nothing_new() -> None:
    pace, requests = Pace(), [object() for _ in range(32)]
    for number, request in enumerate(requests):
        pace.sent(number * 0.001, request)
    for number, request in enumerate(requests[5:]):
        pace.refused(0.1 + number * 0.3, None, request)  # for nine seconds they come in
    assert pace.interval == FIRST_INTERVAL_SECONDS
    assert pace.most == 5  # so many had been let in
    pace.sent(20.0, again := object())
    pace.refused(20.1, None, again)
    assert pace.interval > FIRST_INTERVAL_SECONDS


def test_a_place_is_full_until_one_ends_or_is_lost() -> None:
    pace, requests = Pace(), [object() for _ in range(5)]
    for request in requests:
        pace.sent(0.0, request)
    pace.refused(0.1, None, requests[4])
    assert pace.most == 4
    assert pace.full(1.0)
    pace.ended(requests[0])
    assert not pace.full(1.0)
    pace.sent(2.0, requests[0])
    assert pace.full(2.0)
    assert not pace.full(1000.0)


def test_it_is_forgotten_when_nobody_runs_into_it_any_more() -> None:
    pace = Pace()
    pace.sent(0.0)
    pace.refused(0.0, None)
    assert pace.ready_at(0.0) == FIRST_INTERVAL_SECONDS
    for now in range(1, 400):
        pace.ready_at(float(now))
        pace.sent(now + pace.interval)  # as soon as it may: it is what keeps the others from going at once
        pace.sent(now + 2 * pace.interval)
    assert pace.interval > 0
    pace.ready_at(400.0 + FORGOTTEN_SECONDS + 1)
    assert (pace.interval, pace.most) == (0.0, None)
