"""What may pass without a look, by her own threshold; and how often each model was right on what she accepted."""

from __future__ import annotations

from collections import defaultdict
from functools import partial

import streamlit as st

from pages.parts.review_state import desk_of
from pages.parts.saying import done
from pages.parts.session import mine, runtime
from pages.parts.tables import Cell, draw_table
from vision.errors import NotThere
from vision.extracting.accepting import accept_unseen, coverage, judgements
from vision.extracting.form import words_of_names
from vision.extraction.truth import ENOUGH, Judgement, Rightness, rightness
from vision.store.extract_records import Record, Run

DEFAULT = 0.05
MOST = 0.4
HELP = (
    "Every value has a doubt from 0 (none) to 1, from what the picture says, what adds up and what others read. It "
    "puts the doubtful first; it is no promise about one value."
)
WHAT = (
    "Counted are the documents you accepted after looking at them: each value as the model gave it, against what you "
    "accepted. The bar is where the true share lies with 95 % certainty (Wilson interval)."
)


def draw_threshold(run: Run) -> None:
    """Off until she turns it on; says what it would cover before anything is accepted."""
    key = f"unseen_{run.id}"
    on = st.toggle(
        "Let values with little doubt pass",
        value=run.threshold is not None,
        key=key,
        on_change=_keep,
        args=(run.id,),
        help=HELP,
    )
    if not on:
        st.caption("Off: you look at every document, and Enter halts at every value with a reason to doubt it.")
        return
    limit = st.slider(
        "Doubt of at most",
        0.0,
        MOST,
        run.threshold if run.threshold is not None else DEFAULT,
        0.01,
        key=f"{key}_limit",
        on_change=_keep,
        args=(run.id,),
    )
    found = coverage(mine().records(run.id), limit)
    st.write(
        f"{found.covered} of {found.values} values in {found.records} open documents have no more doubt than this. "
        + (
            f"{found.whole} of the documents have only such values."
            if found.whole
            else "No document has only such values."
        )
    )
    words = f"Accept {found.whole} {'document' if found.whole == 1 else 'documents'} without looking"
    act = partial(_accept, run, limit)
    st.button(words, key=f"{key}_do", disabled=not found.whole, on_click=act)


def _keep(run_id: str) -> None:
    key = f"unseen_{run_id}"
    limit = st.session_state.get(f"{key}_limit", DEFAULT) if st.session_state[key] else None
    done(partial(mine().set_threshold, run_id, limit))


def _accept(run: Run, limit: float) -> None:
    done(partial(accept_unseen, desk_of(run), limit))


def draw_truth(run: Run) -> None:
    """By field and model, over all runs of the set; nothing is counted until she opens it."""
    box = st.expander(
        "How often each model was right", icon=":material/fact_check:", key="review_truth", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        found = rightness(_judged(run))
        if not found:
            st.caption("Nothing was accepted yet: what you accept is what counts here.")
            return
        draw_table(("Values", "Model", "Right"), [_row(one) for one in found], numbers=(), label="Right by model")
        st.caption(WHAT)


def _judged(run: Run) -> list[Judgement]:
    by: dict[str, list[Record]] = defaultdict(list)
    for record in mine().judged_records():
        by[record.run_id].append(record)
    found: list[Judgement] = []
    for run_id, records in by.items():
        try:
            other = run if run_id == run.id else mine().run(run_id)
        except NotThere:  # deleted just now
            continue
        if other.fields.name == run.fields.name:
            found += judgements(other.fields, records)
    return found


def _row(one: Rightness) -> tuple[Cell, ...]:
    known = runtime().catalogue.models.get(one.model)
    share: Cell = f"Not enough yet: {one.right} of {one.count} right, {ENOUGH} are needed"
    if one.enough:
        words = f"{one.right} of {one.count}: between {100 * one.low:.0f} and {100 * one.high:.0f} of 100"
        share = (words, one.low, one.high)
    return words_of_names(one.field) if one.field else "All together", known.label if known else one.model, share
