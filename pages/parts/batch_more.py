"""What else can be done with a run: its deletion."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts.batch_state import anew
from pages.parts.saying import done
from pages.parts.session import mine, owner, runtime
from vision.store.extract_records import Run


def draw_more(run: Run) -> None:
    with st.popover("More", icon=":material/more_horiz:", key=f"batch_more_{run.id}"):
        if st.button("Delete this run", icon=":material/delete:", key="batch_delete"):
            _confirm(run)


@st.dialog("Delete this run?")
def _confirm(run: Run) -> None:
    st.text(run.title)
    st.write("Its answers are removed for good; what still waits is not asked. The pictures stay.")
    with st.container(horizontal=True, gap="small", key="batch_delete_choices"):
        delete = st.button("Delete", type="primary", key="batch_delete_now", on_click=_delete, args=(run.id,))
        keep = st.button("Keep it", key="batch_keep")
    if delete or keep:
        st.rerun()


def _delete(run_id: str) -> None:
    runtime().batches.stop(owner(), run_id)
    if done(partial(mine().delete_run, run_id)):
        anew()
