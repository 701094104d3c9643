"""Batch: one question, or one set of fields, asked of hundreds of pictures; it goes on when the page is closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from pages.parts.batch_more import draw_more
from pages.parts.batch_run import watch
from pages.parts.batch_runs import past_runs, tell_ended
from pages.parts.batch_setup import draw_setup
from pages.parts.batch_state import anew, desk
from pages.parts.batch_table import draw_table
from pages.parts.gone import draw_gone
from pages.parts.session import mine
from vision.batch.showing import Tone, state_words
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.batch_records import Batch
from vision.store.extract_records import Run

COLOURS: Mapping[Tone, Literal["blue", "gray", "green", "orange"]] = {
    "busy": "blue",
    "wait": "gray",
    "good": "green",
    "bad": "orange",
}
ICONS = {
    "busy": ":material/autorenew:",
    "wait": ":material/pause:",
    "good": ":material/check:",
    "bad": ":material/warning:",
}


def main() -> None:
    state = desk()
    if not state.run:
        _header()
        tell_ended()
        draw_setup(state)
        return
    try:
        run = mine().run(state.run)
    except NotThere as error:
        draw_gone("run", error, "Start a new run", anew)
        return
    if run.batch is None:
        st.switch_page("extract.py", query_params={"r": run.id})
        return
    _run_header(run, run.batch)
    tell_ended(run.id)
    watch(run)
    draw_table(run)


def _header() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_header"):
        st.header("Batch", anchor=False, width="content")
        st.space("stretch")
        past_runs()
    st.markdown("One question, or one set of fields, asked of every picture. It goes on when this page is closed.")


def _run_header(run: Run, batch: Batch) -> None:
    words, tone = state_words(run, batch)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_header"):
        st.header(safe_markdown(run.title), anchor=False, width="content")
        st.badge(safe_markdown(words), icon=ICONS[tone], color=COLOURS[tone])
        st.space("stretch")
        st.button("New", icon=":material/add:", key="batch_new", help="Start a new run", on_click=anew)
        past_runs()
        draw_more(run)
    if run.fields.fields:
        st.caption(safe_markdown(f"Reads the fields of {run.fields.name}"))
    else:
        st.text(batch.terms.question)


main()
