"""Runs of earlier days to go on with, and their end."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.parts.extract_state import put
from pages.parts.saying import done
from pages.parts.session import mine, runtime
from vision.markdown import safe_markdown
from vision.routing.levels import LEVEL_WORDS
from vision.store.extract_records import RecordState, Run, Verdict

SHOWN = 15
RECENT = 6
DOUBTFUL = 0.3  # a record's score: below it every value was read on its picture and nothing speaks against it


def past_runs() -> None:
    """A popover to go on with an earlier run."""
    # Drawn in every run: with on_change="rerun" its closing would undo the click that closed it (see recent.py).
    with st.popover("Past runs", icon=":material/history:", key="past_runs"):
        found = mine().runs(SHOWN, durable=False)
        if not found:
            st.caption("No run yet.")
        for run in found:
            with st.container(gap=None, key=f"past_{run.id}"):
                _line(run, "go")


def recent_runs() -> None:
    """The last ones, to go on with; nothing where there are none."""
    found = mine().runs(RECENT, durable=False)
    if not found:
        return
    st.subheader("Go on with", anchor=False)
    with st.grid(min_column_width=250, gap="small", key="recent_runs"):
        for run in found:
            with st.container(border=True, gap=None, key=f"recent_run_{run.id}"):
                _line(run, "open")


def _line(run: Run, verb: str) -> None:
    st.button(
        safe_markdown(f"{run.fields.name}: {run.title}"),
        key=f"{verb}_{run.id}",
        type="tertiary",
        on_click=_open,
        args=(run.id,),
    )
    st.caption(counts_of(run))


def _doubtful(run: Run) -> str:
    """How many of those to review have a value that the picture or a rule speaks against."""
    count = sum(
        one.state is RecordState.DONE and one.verdict is Verdict.OPEN and one.score > DOUBTFUL
        for one in mine().queue(run.id)
    )
    return f" ({count} doubtful)" if count else ""


def _open(run_id: str) -> None:
    put(r=run_id)


def counts_of(run: Run) -> str:
    """ "12 documents, 9 to review (2 doubtful), 2 not read, 21 Nov"."""
    read = run.counts.get(RecordState.DONE, 0)
    judged = run.judged.get(Verdict.ACCEPTED, 0) + run.judged.get(Verdict.REJECTED, 0)
    not_read = run.total - read - run.open
    parts = [f"{run.total} document{'s'[: run.total != 1]}"]
    parts += [f"{run.open} still to be read"] if run.open else []
    parts += [f"{read - judged} to review{_doubtful(run)}"] if read > judged else ["reviewed"] if read else []
    parts += [f"{not_read} not read"] if not_read else []
    parts.append(f"{run.updated.day} {run.updated:%b}")
    return ", ".join(parts)


def read_by(run: Run) -> str:
    """ "Read at Balanced, version 2 of the set"."""
    model = runtime().catalogue.models.get(run.choice)
    level = LEVEL_WORDS.get(run.choice)  # type: ignore[call-overload]  # any word may stand there
    who = f"at {level}" if level else f"by {model.label if model else run.choice}"
    return f"{'Reading' if run.open else 'Read'} {who}, with version {run.set_number} of these fields"


@st.dialog("Delete this run?")
def confirm_deletion(run: Run) -> None:
    st.text(f"{run.fields.name}: {run.title}")
    st.write(
        "Its records, corrections and second opinions are removed for good. The pictures stay under recent pictures, "
        "and the set of fields stays as it is."
    )
    with st.container(horizontal=True, gap="small", key="delete_choices"):
        delete = st.button("Delete", type="primary", key="delete_for_good", on_click=_delete, args=(run.id,))
        keep = st.button("Keep it", key="keep_run")
    if delete or keep:
        st.rerun()


def _delete(run_id: str) -> None:
    if done(partial(mine().delete_run, run_id)):
        put(r="", t="")
