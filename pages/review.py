"""Review: a queue of records, doubtful ones first; every value beside its place on the picture."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.gone import draw_gone
from pages.parts.review_form import Shown, draw_form, draw_picture
from pages.parts.review_runs import draw_done, draw_header, draw_runs
from pages.parts.review_state import At, at
from pages.parts.review_truth import draw_truth
from pages.parts.saying import say_failure
from pages.parts.second_opinion import draw_opinion, opinion_runs
from pages.parts.session import mine
from vision.errors import NotThere
from vision.extracting.reviewing import TO_REVIEW, next_open
from vision.store.extract_records import Record, RecordHead, RecordState, Run

CHECK_SECONDS = 2.0  # how often a record that is still being searched for is looked at again


def main() -> None:
    run_id = st.query_params.get("r") or st.session_state.get("review_run")
    if not run_id:
        draw_runs()
        return
    try:
        run = mine().run(run_id)
    except NotThere as error:
        draw_gone("run", error, "All runs", leave_run)
        return
    st.session_state["review_run"] = st.query_params["r"] = run_id
    draw_header(run)
    say_failure()
    queue, here = mine().queue(run.id), at(run.id)
    current = _current(here, queue)
    waits = _waits(run, queue, mine().record(current) if current else None)
    st.fragment(_desk, run_every=CHECK_SECONDS if waits else None)(run.id, waits)
    draw_truth(run)


def leave_run() -> None:
    st.session_state.pop("review_run", None)
    for name in ("r", "d"):
        st.query_params.pop(name, None)


def _waits(run: Run, queue: Sequence[RecordHead], record: Record | None) -> bool:
    """Whether something comes by itself: a document, what its picture says, a second opinion."""
    if any(head.state not in TO_REVIEW or (head.state is RecordState.DONE and not head.checked) for head in queue):
        return True
    return record is not None and opinion_runs(run, record)


def _desk(run_id: str, waited: bool) -> None:
    """The picture, the form. A fragment: what she does in it runs nothing else."""
    run, queue, here = mine().run(run_id), mine().queue(run_id), at(run_id)
    record_id = _current(here, queue)
    if record_id is None:
        st.query_params.pop("d", None)
        draw_done(run, queue)
        return
    if st.query_params.get("d") != record_id:
        st.query_params["d"] = record_id
    one = Shown(run, mine().record(record_id), mine().changes(record_id), queue)
    picture, form = st.columns([11, 9], gap="medium")
    with picture:
        draw_picture(one)
        draw_opinion(run, one.record)
    with form:
        draw_form(here, one)
    if waited is not _waits(run, queue, one.record):  # begin to look by itself, or stop it
        st.rerun()


def _current(here: At, queue: tuple[RecordHead, ...]) -> str | None:
    """Where she is, else what the address names, else the most doubtful open one."""
    known = {head.id for head in queue if head.state in TO_REVIEW}
    asked = st.query_params.get("d")
    if not here.record and asked in known and not here.trail:
        here.record = asked
    if here.record not in known:
        here.record = next_open(queue) or ""
    return here.record or None


main()
