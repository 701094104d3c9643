"""Who is left alone, and how fast the others may be asked: by a clock that only the test moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr

from vision.routing import health as health_module
from vision.routing.health import (
    FAILURES,
    LEFT_OUT_SECONDS,
    SILENT,
    TROUBLE,
    Health,
    Place,
)
from vision.routing.pace import (
    FIRST_INTERVAL_SECONDS,
    FORGOTTEN_SECONDS,
    LONGEST_INTERVAL_SECONDS,
    LONGEST_WAIT_SECONDS,
)
from vision.routing.steps import OUTCOMES
from vision.settings import Credential

DAY = date(2026, 11, 22)
PLACE, OTHER = Place("anthropic", "one"), Place("openai", "two")
MODEL = "claude-sonnet-5-5"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(clock)


def fail(health: Health, times: int, outcome: str = "overloaded") -> None:
    for _ in range(times):
        request = object()
        assert health.admit(PLACE, request)
        health.ended(PLACE, request, outcome)


def goes(health: Health, place: Place = PLACE) -> bool:
    """Whether a request's turn is now: it does not wait for a clock that stands still."""
    return health.turn(place, interactive=True, seconds=0.0, stopped=lambda: False) is not None


# -- the breaker ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", sorted(TROUBLE))
def test_five_failures_running_leave_it_out_for_a_minute(health: Health, clock: Clock, outcome: str) -> None:
    fail(health, FAILURES - 1, outcome)
    assert health.trouble(PLACE, MODEL, DAY) is None
    fail(health, 1, outcome)
    assert health.trouble(PLACE, MODEL, DAY) == "failed 5 times running: left out for 60 s more"
    assert health.trouble(PLACE, "another model", DAY) is not None
    assert health.trouble(OTHER, MODEL, DAY) is None
    assert not health.admit(PLACE, object())
    assert health.admit(OTHER, object())
    clock.now += LEFT_OUT_SECONDS - 0.1
    assert not health.admit(PLACE, object())
    clock.now += 0.1
    assert health.trouble(PLACE, MODEL, DAY) is None
    assert health.admit(PLACE, object())


@pytest.mark.parametrize("outcome", sorted(OUTCOMES - TROUBLE - SILENT))
def test_any_reply_that_is_no_trouble_ends_the_count(health: Health, outcome: str) -> None:
    fail(health, FAILURES - 1)
    fail(health, 1, outcome)
    fail(health, FAILURES - 1)
    assert health.trouble(PLACE, MODEL, DAY) is None


@pytest.mark.parametrize("outcome", sorted(SILENT))
def test_what_says_nothing_of_it_neither_counts_nor_ends_the_count(health: Health, outcome: str) -> None:
    fail(health, FAILURES - 1)
    fail(health, 3, outcome)
    assert health.trouble(PLACE, MODEL, DAY) is None
    fail(health, 1)
    assert health.trouble(PLACE, MODEL, DAY) is not None


def test_after_the_minute_one_request_tries_it(health: Health, clock: Clock) -> None:
    fail(health, FAILURES)
    clock.now += LEFT_OUT_SECONDS
    admitted: list[object] = []
    begin = threading.Barrier(16)

    def ask() -> None:
        request = object()
        begin.wait(10)
        if health.admit(PLACE, request):
            admitted.append(request)

    _all_at_once(ask, 16)
    assert len(admitted) == 1
    assert health.trouble(PLACE, MODEL, DAY) == "failed before: being tried with one question just now"
    health.ended(PLACE, admitted[0], "complete")
    assert health.trouble(PLACE, MODEL, DAY) is None
    assert all(health.admit(PLACE, object()) for _ in range(5))  # it is well again


def test_a_trial_that_fails_leaves_it_out_for_another_minute(health: Health, clock: Clock) -> None:
    fail(health, FAILURES)
    clock.now += LEFT_OUT_SECONDS
    fail(health, 1)
    assert health.trouble(PLACE, MODEL, DAY) == "failed 5 times running: left out for 60 s more"
    clock.now += LEFT_OUT_SECONDS
    fail(health, 1, "complete")
    fail(health, FAILURES - 1)
    assert health.trouble(PLACE, MODEL, DAY) is None


@pytest.mark.parametrize("outcome", sorted(SILENT))
def test_a_trial_that_says_nothing_is_made_again(health: Health, clock: Clock, outcome: str) -> None:
    fail(health, FAILURES)
    clock.now += LEFT_OUT_SECONDS
    fail(health, 1, outcome)
    assert health.trouble(PLACE, MODEL, DAY) is None
    assert health.admit(PLACE, object())
    assert not health.admit(PLACE, object())


@pytest.mark.parametrize("outcome", [*sorted(TROUBLE), *sorted(SILENT)])
def test_one_that_was_under_way_before_does_not_end_the_trial(health: Health, clock: Clock, outcome: str) -> None:
    slow, trial = object(), object()
    assert health.admit(PLACE, slow)
    fail(health, FAILURES)
    clock.now += LEFT_OUT_SECONDS
    assert health.admit(PLACE, trial)
    health.ended(PLACE, slow, outcome)
    clock.now += LEFT_OUT_SECONDS
    assert not health.admit(PLACE, object())  # the trial is still under way
    health.ended(PLACE, trial, "complete")
    assert health.admit(PLACE, object())


# -- out until the day ends or the key changes ------------------------------------------------------------------------


def test_out_until_the_day_ends(health: Health, clock: Clock) -> None:
    health.leave_out(PLACE, "provider", MODEL, DAY, "the key was refused")
    health.leave_out(OTHER, "model", "gone", DAY, "it is gone")
    assert health.trouble(PLACE, MODEL, DAY) == health.trouble(PLACE, "another", DAY) == "the key was refused"
    assert (health.trouble(OTHER, "gone", DAY), health.trouble(OTHER, "another", DAY)) == ("it is gone", None)
    clock.now += 12 * 3600
    assert health.admit(OTHER, object())
    assert health.trouble(PLACE, MODEL, DAY) is not None
    tomorrow = DAY + timedelta(days=1)
    assert health.trouble(PLACE, MODEL, tomorrow) is None
    assert health.trouble(OTHER, "gone", tomorrow) is None


def test_another_key_or_address_is_another_place(health: Health) -> None:
    def place(key: str, url: str | None = None) -> Place:
        return Place.of("openai", Credential("openai", SecretStr(key), url, "the test"))

    health.leave_out(place("sk-old-key"), "provider", MODEL, DAY, "the key was refused")
    assert health.trouble(place("sk-old-key"), MODEL, DAY) == "the key was refused"
    assert health.trouble(place("sk-new-key"), MODEL, DAY) is None
    assert health.trouble(place("sk-old-key", "http://elsewhere/v1"), MODEL, DAY) is None
    assert health.trouble(Place.of("openai", None), MODEL, DAY) is None
    assert "sk-old-key" not in repr(place("sk-old-key"))


# -- the pace ---------------------------------------------------------------------------------------------------------


def test_nobody_waits_where_nothing_happened(health: Health) -> None:
    assert all(goes(health) for _ in range(100))


def test_everybody_waits_as_long_as_was_asked_for(health: Health, clock: Clock) -> None:
    health.slow_down(PLACE, 7.0)
    health.slow_down(PLACE, 3.0)  # a shorter one does not shorten it
    clock.now += 6.9
    assert not goes(health)
    assert goes(health, OTHER)
    clock.now += 0.1
    assert goes(health)


@pytest.mark.parametrize(("wait", "waits"), [(LONGEST_WAIT_SECONDS, True), (LONGEST_WAIT_SECONDS + 0.1, False)])
def test_nobody_waits_longer_than_a_person_would(health: Health, clock: Clock, wait: float, waits: bool) -> None:
    health.slow_down(PLACE, wait)
    assert health.trouble(PLACE, MODEL, DAY) is None
    clock.now += FIRST_INTERVAL_SECONDS
    assert goes(health) is not waits
    clock.now += LONGEST_WAIT_SECONDS
    assert goes(health)


def interval(health: Health, clock: Clock) -> float:
    """What lies between two requests now, to a hundredth of a second."""
    while not goes(health):
        clock.now += 0.01
    began = clock.now
    while not goes(health):
        clock.now += 0.01
    return round(clock.now - began, 2)


def test_many_refusals_at_once_count_once(health: Health, clock: Clock) -> None:
    for _ in range(40):
        health.slow_down(PLACE, None)
        clock.now += 0.001
    assert interval(health, clock) == pytest.approx(FIRST_INTERVAL_SECONDS, abs=0.02)


def test_each_further_refusal_doubles_the_interval_up_to_a_bound(health: Health, clock: Clock) -> None:
    found = []
    for _ in range(6):
        clock.now += LONGEST_INTERVAL_SECONDS
        health.slow_down(PLACE, None)
        found.append(interval(health, clock))
    assert found == pytest.approx([0.25, 0.5, 1.0, 2.0, 4.0, 4.0], abs=0.02)


def test_answers_shrink_the_interval_little_by_little(health: Health, clock: Clock) -> None:
    """One answer never lets a batch rush in again; in the end nothing is left of the pace."""
    for _ in range(3):
        clock.now += LONGEST_INTERVAL_SECONDS
        health.slow_down(PLACE, None)
    found = [interval(health, clock)]
    for _ in range(200):
        health.ended(PLACE, object(), "complete")
        found.append(interval(health, clock))
    assert found[0] == pytest.approx(1.0, abs=0.02)
    assert all(before * 0.96 - 0.02 <= after <= before + 0.02 for before, after in pairwise(found))
    assert found[-1] < 0.2
    clock.now += FORGOTTEN_SECONDS + 1
    assert interval(health, clock) == 0.0


@pytest.mark.parametrize("outcome", sorted(SILENT | TROUBLE))
def test_what_is_no_answer_does_not_shrink_it(health: Health, clock: Clock, outcome: str) -> None:
    health.slow_down(PLACE, None)
    health.ended(PLACE, object(), outcome)
    assert interval(health, clock) == pytest.approx(FIRST_INTERVAL_SECONDS, abs=0.02)


def test_a_turn_is_refused_that_would_take_too_long(health: Health, clock: Clock) -> None:
    health.slow_down(PLACE, 10.0)
    began = time.monotonic()
    assert health.turn(PLACE, interactive=True, seconds=9.9, stopped=lambda: False) is None
    assert time.monotonic() - began < 1  # at once: the clock of this test stands still
    clock.now += 0.1
    waiting = _waiting(health, interactive=True, seconds=9.9)
    clock.now += 9.9
    assert waiting.end() == pytest.approx(9.9)


def test_a_turn_ends_when_it_is_stopped(health: Health) -> None:
    health.slow_down(PLACE, 10.0)
    stop = threading.Event()
    waiting = _waiting(health, interactive=True, seconds=20.0, stopped=stop.is_set)
    stop.set()
    assert waiting.end() is None
    assert health.turn(PLACE, interactive=True, seconds=9.0, stopped=lambda: False) is None  # nor does it block others


def test_questions_of_people_go_before_a_batch(health: Health, clock: Clock) -> None:
    """A batch has waited for longer; those who wait at a page go first, in their order."""
    health.slow_down(PLACE, 5.0)
    went: list[str] = []
    batch = [_waiting(health, interactive=False, name=f"batch {n}", went=went) for n in range(2)]
    people = [_waiting(health, interactive=True, name=f"person {n}", went=went) for n in range(3)]
    clock.now += 5.0
    for number in range(5):
        _until(lambda number=number: len(went) == number + 1)  # type: ignore[misc]
        clock.now += FIRST_INTERVAL_SECONDS
    for one in (*batch, *people):
        assert one.end() is not None
    assert went[:3] == ["person 0", "person 1", "person 2"]
    assert sorted(went[3:]) == ["batch 0", "batch 1"]


class _Waiting:
    def __init__(self, thread: threading.Thread, found: list[float | None]) -> None:
        self._thread, self._found = thread, found

    def end(self) -> float | None:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self._found[0]


def _waiting(
    health: Health,
    *,
    interactive: bool,
    seconds: float = 100.0,
    stopped: Callable[[], bool] = lambda: False,
    name: str = "",
    went: list[str] | None = None,
) -> _Waiting:
    """Somebody who waits for a turn, in a thread; returns once that one is in the queue."""
    found: list[float | None] = []
    looked = threading.Event()

    def looks() -> bool:
        looked.set()
        return stopped()

    def ask() -> None:
        found.append(health.turn(PLACE, interactive=interactive, seconds=seconds, stopped=looks))
        if went is not None:
            went.append(name)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    assert looked.wait(10)
    return _Waiting(thread, found)


def _all_at_once(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(health_module.LOOK_SECONDS / 10)
