"""Around the desk: which run, what is left of it, what came out when the queue is empty."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.review_form import counts
from pages.parts.review_state import at
from pages.parts.review_truth import draw_threshold
from pages.parts.run_files import draw_files
from pages.parts.session import mine
from vision.markdown import safe_markdown
from vision.store.extract_records import RecordHead, Run, Verdict

SHOWN = 30


def draw_runs() -> None:
    """Every run with what is left to do."""
    st.header("Review", anchor=False)
    runs = mine().runs(SHOWN, kind="fields")
    if not runs:
        st.write("Nothing to review yet. Read pictures into fields first; what comes out is checked here.")
        st.page_link("extract.py", label="Read pictures", icon=":material/table_view:")
        return
    for run in runs:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"run_{run.id}"):
            st.markdown(safe_markdown(f"{title(run)} ({run.created.day} {run.created:%b}): {left_words(run)}"))
            st.space("stretch")
            if st.button("Review", key=f"review_{run.id}", type="primary" if _left(run) else "secondary"):
                st.query_params["r"] = run.id
                st.rerun()


def title(run: Run) -> str:
    return run.title or run.fields.name or "Documents"


def _left(run: Run) -> int:
    return run.judged.get(Verdict.OPEN, 0)


def left_words(run: Run) -> str:
    documents = f"{run.total} document{'s' * (run.total != 1)}"
    return f"{documents}, {_left(run)} to check" if _left(run) else f"{documents}, all checked"


def draw_header(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review_header"):
        st.header(safe_markdown(f"Review: {title(run)}"), anchor=False)
        st.space("stretch")
        if st.button("All runs", icon=":material/list:", key="all_runs"):
            st.session_state.pop("review_run", None)
            st.query_params.clear()
            st.rerun()
        with st.popover("Accept without looking", icon=":material/done_all:", key=f"review_unseen_{run.id}"):
            draw_threshold(run)
        with st.popover("More", icon=":material/more_horiz:", key=f"review_more_{run.id}"):
            draw_files(run, key="more", reviewed=True)


def draw_done(run: Run, queue: Sequence[RecordHead]) -> None:
    """Nothing is left: what was done, and the files."""
    found = counts(queue)
    accepted = sum(head.verdict is Verdict.ACCEPTED for head in queue)
    waiting = found["total"] - found["done"] - found["left"]
    if waiting:
        st.subheader("Nothing to check right now", anchor=False)
        st.write(f"{waiting} of {found['total']} documents are still being read. They come here by themselves.")
        return
    st.subheader("The queue is empty", anchor=False)
    st.write(f"{accepted} accepted, {found['done'] - accepted} rejected. Save the result:")
    draw_files(run, key="done", reviewed=True)
    names = {head.id: head.name for head in queue}
    st.selectbox(
        "Look at a document again",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose one",
        key=f"again_{run.id}",
        on_change=_again,
        args=(run.id,),
    )


def _again(run_id: str) -> None:
    chosen = st.session_state.pop(f"again_{run_id}", None)
    if chosen:
        at(run_id).record = chosen
