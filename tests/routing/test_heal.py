"""What a test that worked makes routing forget: everything held against that key, and nothing else."""

from __future__ import annotations

import threading
import time
from datetime import date

from vision.routing.health import FAILURES, Health, Place
from vision.routing.pace import LONGEST_WAIT_SECONDS

DAY = date(2026, 11, 22)
PLACE, OTHER = Place("anthropic", "one"), Place("anthropic", "two")
MODEL = "claude-haiku-5-5"


def in_trouble(place: Place, health: Health) -> None:
    """Left out by the breaker, out for the day, and asked to wait."""
    for _ in range(FAILURES):
        health.ended(place, object(), "overloaded")
    health.leave_out(place, "provider", MODEL, DAY, "its key was refused")
    health.leave_out(place, "model", MODEL, DAY, "it was not found")
    health.slow_down(place, LONGEST_WAIT_SECONDS)


def test_everything_held_against_a_key_is_forgotten() -> None:
    health = Health(lambda: 1000.0)
    for place in (PLACE, OTHER):
        in_trouble(place, health)
        assert health.trouble(place, MODEL, DAY)
        assert not health.admit(place, object())
    health.heal(PLACE)
    assert health.trouble(PLACE, MODEL, DAY) is None
    assert health.admit(PLACE, object())
    assert health.turn(PLACE, interactive=True, seconds=1.0, stopped=lambda: False) == 0.0
    assert health.trouble(OTHER, MODEL, DAY) == "its key was refused"


def test_it_breaks_again_only_after_as_many_failures() -> None:
    health = Health(lambda: 1000.0)
    in_trouble(PLACE, health)
    health.heal(PLACE)
    for _ in range(FAILURES - 1):
        health.ended(PLACE, object(), "overloaded")
    assert health.admit(PLACE, object())
    health.ended(PLACE, object(), "overloaded")
    assert not health.admit(PLACE, object())


def test_who_waits_goes_at_once() -> None:
    health = Health()
    health.slow_down(PLACE, LONGEST_WAIT_SECONDS)
    waited: list[float | None] = []

    def ask() -> None:
        waited.append(health.turn(PLACE, interactive=True, seconds=1000.0, stopped=lambda: False))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    began = time.monotonic()
    health.heal(PLACE)
    asking.join(10.0)
    assert not asking.is_alive()
    assert waited[0] is not None
    assert time.monotonic() - began < LONGEST_WAIT_SECONDS / 2


def test_a_place_that_nothing_is_known_of() -> None:
    health = Health(lambda: 1000.0)
    health.heal(PLACE)
    assert health.trouble(PLACE, MODEL, DAY) is None
