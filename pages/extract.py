"""Extract: pictures in, checked data out. A set of fields, one picture to try, then all of them."""

from __future__ import annotations

import streamlit as st

from pages.parts.extract_runs import confirm_deletion, counts_of, past_runs, read_by
from pages.parts.extract_setup import draw_setup
from pages.parts.extract_state import anew, desk, go
from pages.parts.gone import draw_gone
from pages.parts.record_view import draw_record
from pages.parts.run_files import REVIEW_PAGE, draw_files
from pages.parts.run_progress import read_again, watch
from pages.parts.saying import say_failure
from pages.parts.session import mine
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.store.extract_records import RecordHead, RecordState, Run


def main() -> None:
    state = desk()
    if not state.run:
        _header(intro=not state.set)
        draw_setup(state)
        return
    try:
        run = mine().run(state.run)
    except NotThere as error:
        draw_gone("run", error, "Start a new run", anew)
        return
    _run_header(run)
    say_failure()
    watch(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_next"):
        read_again(run)
        if run.counts.get(RecordState.DONE):
            if st.button("Review", type="primary", icon=":material/fact_check:", key="review_run_now"):
                st.switch_page(REVIEW_PAGE, query_params={"r": run.id})
            with st.popover("Save as a file", icon=":material/download:", key=f"save_{run.id}"):
                draw_files(run)
    _records(run)


def _header(*, intro: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="extract_header"):
        st.header("Extract", anchor=False)
        st.space("stretch")
        past_runs()
    if intro:
        st.markdown(
            "Values out of pictures, each with its place on the picture and a plain mark of how far to trust it."
        )


def _run_header(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="extract_header"):
        st.header(safe_markdown(f"{run.fields.name}: {run.title}"), anchor=False)
        st.space("stretch")
        if st.button("New", icon=":material/add:", key="new_run", help="Start a new run"):
            anew()
            st.rerun()
        past_runs()
        with st.popover("More", icon=":material/more_horiz:", key=f"more_{run.id}"):
            if st.button("Delete this run", icon=":material/delete:", key="delete_run"):
                confirm_deletion(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_line"):
        st.caption(safe_markdown(read_by(run) if run.open else f"{counts_of(run)}. {read_by(run)}"))
        words, icon = "Back to the fields", ":material/arrow_back:"
        if st.query_params.get("set") and st.button(words, icon=icon, type="tertiary", key="back_to_fields"):
            go(r="")


def _records(run: Run) -> None:
    """One document with its values; which one is hers to choose, the most doubtful first."""
    heads = mine().queue(run.id)
    there = {one.id: one for one in heads if one.state is RecordState.DONE}
    if run.total == 1:
        draw_record(mine().record(heads[0].id), run.fields, *st.columns([6, 7], gap="medium"))
        return
    if not there:
        return
    if st.session_state.get("extract_document") not in there:
        st.session_state.pop("extract_document", None)
    chosen = st.selectbox(
        "Document",
        list(there),
        format_func=lambda one: _named(there[one]),
        key="extract_document",
        width=420,
    )
    draw_record(mine().record(chosen), run.fields, *st.columns([6, 7], gap="medium"))


def _named(head: RecordHead) -> str:
    return f"{head.position + 1}. {head.name}"


main()
