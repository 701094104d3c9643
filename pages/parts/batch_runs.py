"""Durable runs of earlier days to go on with, and what is said once of those that ended while nobody looked."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts.batch_state import BATCH_PAGE, press, show_run
from pages.parts.saying import done
from pages.parts.session import mine
from vision.batch.showing import counts_words, ended_words, state_words
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.extract_records import Run

SHOWN = 15
TOLD_AT_ONCE = 3


def past_runs() -> None:
    """A popover to go on with an earlier run."""
    # Drawn in every run: with on_change="rerun" its closing would undo the click that closed it (see recent.py).
    with st.popover("Past runs", icon=":material/history:", key="batch_past_runs"):
        found = mine().runs(SHOWN, durable=True)
        if not found:
            st.caption("No run yet.")
        for run in found:
            with st.container(gap=None, key=f"batch_past_{run.id}"):
                st.button(
                    safe_markdown(run.title or "Pictures"),
                    key=f"batch_open_{run.id}",
                    type="tertiary",
                    on_click=show_run,
                    args=(run.id,),
                )
                st.caption(safe_markdown(_line(run)))


def _line(run: Run) -> str:
    """ "Done: 998 done, 2 failed, 28 Nov"."""
    where = f"{state_words(run, run.batch)[0]}: " if run.batch else ""
    return f"{where}{counts_words(run)}, {run.created.day} {run.created:%b}"


def tell_ended(shown: str = "") -> None:
    """Once, what ended or stands still; the run that is ``shown`` says so itself. Seen by a press or by going there."""
    for run_id, _, _ in mine().untold():
        if run_id == shown:
            done(partial(mine().tell_ended, run_id))
    for run_id, _, _ in [one for one in mine().untold() if one[0] != shown][:TOLD_AT_ONCE]:
        try:
            run = mine().run(run_id)
        except NotThere:
            continue
        _note(run)


def _note(run: Run) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"batch_ended_{run.id}"
    ):
        st.markdown(safe_markdown(ended_words(run)), width="content")
        st.space("stretch")
        if st.button("Look at it", key=f"batch_look_{run.id}", icon=":material/arrow_forward:"):
            done(partial(mine().tell_ended, run.id))
            st.switch_page(BATCH_PAGE, query_params={"r": run.id})
        st.button(
            "Seen",
            key=f"batch_seen_{run.id}",
            type="tertiary",
            on_click=press,
            args=(partial(mine().tell_ended, run.id),),
        )
