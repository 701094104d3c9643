"""A run while it goes on: counts, pace, Stop, what failed and why. It looks at the store, so any tab can watch it."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from pages.parts.saying import done, say
from pages.parts.session import mine, owner, runtime, typed
from pages.parts.tables import draw_table
from vision.errors import NotThere
from vision.extracting.setup import pace, pace_words, run_price
from vision.store.extract_records import RecordHead, RecordState, Run
from vision.store.runs import TO_READ_AGAIN

SHOWN_FAILURES = 20
EVERY_SECONDS = 1.0


def watch(run: Run) -> None:
    """Draws how far it is, anew every second while there is something to wait for; then the page once more."""
    if _waits(run):
        _watched(run.id)
    else:
        _draw_ended(run)


def _waits(run: Run) -> bool:
    """Something is still read, or looked for on its picture by this process."""
    unchecked = any(one.state is RecordState.DONE and not one.checked for one in mine().queue(run.id))
    return bool(run.open) or (unchecked and not runtime().extractor.idle())


@st.fragment(run_every=EVERY_SECONDS)
def _watched(run_id: str) -> None:
    try:
        run = mine().run(run_id)
    except NotThere:
        st.rerun()
    if not _waits(run) or _news(run):
        st.rerun()
    begun = st.session_state.setdefault(f"pace_{run.id}", (time.monotonic(), run.total - run.open))
    found = pace(run, begun, time.monotonic())
    if run.total > 1:
        st.progress(found.done / max(1, found.total), text=pace_words(found))
    if run.open:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_going"):
            words = "What is read stays; the rest can be read later"
            st.button("Stop", icon=":material/stop_circle:", key="stop_run", help=words, on_click=_stop, args=(run.id,))
            if run.total > 1:
                st.caption("This goes on when the page is closed.")
    _failures(run)


def _news(run: Run) -> bool:
    """The first document is there: the rest of the page has something to show."""
    there, key = run.counts.get(RecordState.DONE, 0) > 0, f"there_{run.id}"
    was = st.session_state.get(key, False)
    st.session_state[key] = there
    return there and not was


def _draw_ended(run: Run) -> None:
    st.session_state.pop(f"pace_{run.id}", None)
    if run.total > 1:
        st.markdown(_counts(run))
        st.caption(run_price(mine().queue(run.id)))
    _failures(run)


def read_again(run: Run) -> None:
    """What failed, was stopped or broke off, once nothing else goes on."""
    again = sum(run.counts.get(state, 0) for state in TO_READ_AGAIN)
    if run.open or not again:
        return
    label = "Read it again" if again == 1 else f"Read these {again} again"
    if st.button(label, icon=":material/refresh:", key="read_again"):
        if done(partial(runtime().extractor.read_again, owner(), run, typed=typed())):
            st.session_state.pop(f"there_{run.id}", None)
        st.rerun()


def _counts(run: Run) -> str:
    parts = [f"**{run.counts.get(RecordState.DONE, 0)} of {run.total} read**"]
    names = {
        RecordState.FAILED: "failed",
        RecordState.STOPPED: "stopped before they were read",
        RecordState.INTERRUPTED: "broken off",
    }
    parts += [f"{run.counts[state]} {words}" for state, words in names.items() if run.counts.get(state)]
    return ", ".join(parts)


def _stop(run_id: str) -> None:
    done(partial(runtime().extractor.stop, owner(), run_id))


def _failures(run: Run) -> None:
    """Which documents could not be read, and why."""
    if run.total == 1 or not any(run.counts.get(state) for state in TO_READ_AGAIN):
        return
    failed = sorted((one for one in mine().queue(run.id) if one.state in TO_READ_AGAIN), key=lambda one: one.position)
    with st.expander(f"Not read: {len(failed)}", icon=":material/warning:", key=f"failures_{run.id}", expanded=True):
        rows = [(one.name, _why(one)) for one in failed[:SHOWN_FAILURES]]
        draw_table(("Document", "Why"), rows, numbers=(), label="Documents that were not read, and why")
        if len(failed) > SHOWN_FAILURES:
            say(f"And {len(failed) - SHOWN_FAILURES} more.", "info")


def _why(head: RecordHead) -> str:
    return head.sentence or ("Stopped before it was read." if head.state is RecordState.STOPPED else "Not read.")
