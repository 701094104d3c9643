"""The table of outcomes: same again, next candidate, or the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision import errors
from vision.messages import Stop
from vision.routing.steps import LONGEST_WAIT, OUTCOMES, SAME_AGAIN, WAITS, Again, End, Next, Step, step


def most(seconds: float) -> float:
    """Jitter that always takes the whole wait."""
    return seconds


TRANSIENT = ("overloaded", "server_error", "timeout", "connection", "broken_answer")
ENDS = ("complete", "refused", "blocked", "cut_off", "stopped", "over_cap")
NEXT: Step = Next()
END: Step = End()
Row = tuple[str, float | None, list[Step]]
TWICE: list[Step] = [Again(1.0), Again(2.0), NEXT]
ROWS: list[Row] = [
    # outcome, wait the provider asked for, the step when asked again 0, 1, 2 times already
    *[(outcome, wait, TWICE) for outcome in TRANSIENT for wait in (None, 7.0)],
    ("rate_limited", None, TWICE),
    ("rate_limited", 0.0, [Again(0.0), Again(0.0), NEXT]),
    ("rate_limited", 0.25, [Again(0.25), Again(0.25), NEXT]),
    ("rate_limited", 20.0, [Again(20.0), Again(20.0), NEXT]),
    ("rate_limited", 20.1, TWICE),
    ("rate_limited", 3600.0, TWICE),
    ("empty", None, [Again(0.0), NEXT, NEXT]),
    ("invalid", None, [Again(0.0), NEXT, NEXT]),
    ("bad_key", None, [Next("provider")] * 3),
    ("out_of_credit", None, [Next("provider")] * 3),
    ("no_access", None, [Next("model")] * 3),
    ("not_found", None, [Next("model")] * 3),
    ("too_large", None, [Next(only_if_limits_differ=True)] * 3),
    ("bad_request", None, [Next(only_if_limits_differ=True)] * 3),
    *[(outcome, None, [END] * 3) for outcome in ENDS],
]


@pytest.mark.parametrize(("outcome", "asked", "steps"), ROWS)
def test_the_table(outcome: str, asked: float | None, steps: list[Step]) -> None:
    assert [step(outcome, again, asked, most) for again in range(3)] == steps


def test_the_table_has_every_outcome_there_is() -> None:
    kinds = errors.ProviderError.__subclasses__()
    known = {stop.value for stop in Stop} | {kind.outcome for kind in kinds} | {errors.OverCap.outcome}
    assert {row[0] for row in ROWS} == known == OUTCOMES


def test_an_outcome_nobody_knows_is_a_bug() -> None:
    with pytest.raises(ValueError, match="sulking"):
        step("sulking", 0, None, most)


@given(
    outcome=st.sampled_from(sorted(OUTCOMES)),
    again=st.integers(0, 10),
    asked=st.none() | st.floats(0, 1e6),
    share=st.floats(0, 1),
)
def test_nobody_is_asked_a_fourth_time_or_waits_long(
    outcome: str, again: int, asked: float | None, share: float
) -> None:
    found = step(outcome, again, asked, lambda wait: share * wait)
    if isinstance(found, Again):
        assert again < SAME_AGAIN
        assert 0 <= found.wait_seconds <= LONGEST_WAIT
        if asked is None or asked > LONGEST_WAIT or outcome != "rate_limited":
            assert found.wait_seconds <= WAITS[again]
