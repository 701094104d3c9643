"""What follows for a run from how one item went: every outcome of routing has its line."""

from __future__ import annotations

import pytest

from vision.batch.following import NEEDS_HER, TROUBLED, follows
from vision.errors import LoupeError, NoAnswer, OverCap, PictureError, StoreError
from vision.messages import Attempt
from vision.routing.steps import OUTCOMES
from vision.store.extract_records import RecordState
from vision.store.runs import Reading

SENT = ("f" * 64,)


def failed(outcome: str, *attempts: Attempt) -> Reading:
    return Reading(RecordState.FAILED, outcome=outcome, sentence=f"It was {outcome}.", attempts=attempts)


def asked(outcome: str) -> Attempt:
    return Attempt("openai", "gpt-x", outcome, sent_sha256=SENT)


def unsent(outcome: str) -> Attempt:
    return Attempt("openai", "gpt-x", outcome)


@pytest.mark.parametrize("outcome", ["complete", "incomplete", "cut_off"])
def test_what_is_done_stands(outcome: str) -> None:
    assert follows(Reading(RecordState.DONE, outcome=outcome), None).what == "done"


@pytest.mark.parametrize("outcome", sorted(OUTCOMES - NEEDS_HER - TROUBLED - {"over_cap", "stopped"}))
def test_an_item_that_was_asked_about_fails(outcome: str) -> None:
    assert follows(failed(outcome, asked(outcome)), None).what == "end"


@pytest.mark.parametrize("outcome", sorted(NEEDS_HER))
def test_what_she_must_mend_pauses_the_run(outcome: str) -> None:
    then = follows(failed(outcome, asked(outcome)), None)
    assert (then.what, then.reason) == ("pause", f"It was {outcome}.")


def test_several_who_all_need_her_pause_the_run_and_one_who_does_not_ends_the_item() -> None:
    both = failed("no_answer", asked("bad_key"), asked("out_of_credit"))
    assert follows(both, NoAnswer("Nobody answered.")).what == "pause"
    assert follows(failed("no_answer", asked("bad_key"), asked("blocked")), NoAnswer("Nobody.")).what == "end"


@pytest.mark.parametrize("outcome", ["overloaded", "rate_limited", "no_answer"])
def test_nobody_was_asked_so_the_run_waits(outcome: str) -> None:
    assert follows(failed(outcome, unsent("overloaded")), None).what == "hold"
    assert follows(failed(outcome), None).what == "hold"


def test_a_service_in_trouble_is_not_the_items_fault() -> None:
    assert follows(failed("rate_limited", asked("rate_limited"), asked("rate_limited")), None).what == "later"
    assert follows(failed("no_answer", asked("rate_limited"), asked("timeout")), None).what == "again"
    assert follows(failed("no_answer", asked("bad_key"), asked("connection")), None).what == "again"
    assert follows(failed("no_answer", asked("connection"), asked("too_large")), None).what == "end"


@pytest.mark.parametrize(
    ("failure", "what"),
    [
        (OverCap("Too dear.", scope="run"), "cap"),
        (OverCap("Too dear.", scope="day"), "cap"),
        (OverCap("Too dear.", scope="installation"), "cap"),
        (OverCap("Too dear.", scope="run", later=True), "wait"),
        (OverCap("Too dear.", scope="question"), "end"),
    ],
)
def test_a_cap_of_the_run_stands_it_still_and_one_of_the_question_fails_the_item(failure: OverCap, what: str) -> None:
    assert follows(failed("over_cap", unsent("over_cap")), failure).what == what


@pytest.mark.parametrize(
    ("failure", "what"),
    [(StoreError("The disk is full."), "pause"), (PictureError("It is damaged.", reason="damaged"), "end")],
)
def test_a_full_disk_pauses_and_a_damaged_picture_fails(failure: LoupeError, what: str) -> None:
    assert follows(failed(failure.outcome), failure).what == what


def test_what_was_stopped_waits_again() -> None:
    assert follows(Reading(RecordState.STOPPED, outcome="stopped"), None).what == "back"
