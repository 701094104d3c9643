"""What can be done with a run that stands still: what failed is tried again, or all of it is asked otherwise."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import streamlit as st

from pages.parts.batch_state import once, press, show_run
from pages.parts.choice import DETAIL_WORDS
from pages.parts.session import mine, owner, runtime, today, typed
from vision.batch.showing import failure_words
from vision.choices import choosable
from vision.markdown import safe_markdown
from vision.messages import Detail
from vision.routing.levels import LEVEL_WORDS, LEVELS
from vision.settings import credentials
from vision.store.batch_records import RunState
from vision.store.extract_records import Run
from vision.store.runs import TO_READ_AGAIN

SAME = ""
ALL = "all"


def draw_retry(run: Run) -> None:
    """What failed or was stopped: all of it or one kind, by the same or somebody else."""
    again = sum(run.counts.get(state, 0) for state in TO_READ_AGAIN)
    if not again or (run.batch is not None and run.batch.state is RunState.RUNNING):
        return
    with st.popover(f"Try {again:,} again", icon=":material/refresh:", key=f"batch_retry_{run.id}"):
        kinds = {ALL: f"All {again:,}" if again > 1 else "The one that failed"}
        kinds |= {one.outcome: failure_words(one) for one in mine().failures(run.id)}
        which = ALL
        if len(kinds) > 2:
            which = st.radio(
                "Which",
                list(kinds),
                format_func=lambda word: safe_markdown(kinds[word]),
                key=f"batch_retry_which_{run.id}",
            )
        else:
            for words in list(kinds.values())[1:]:
                st.markdown(safe_markdown(words))
        word = _who("Ask", run, same=True, key=f"batch_retry_who_{run.id}")
        retry = partial(
            runtime().batches.retry,
            owner(),
            run.id,
            outcomes=None if which == ALL else [which],
            choice=word,
            typed=typed(),
        )
        st.button(
            "Try again", type="primary", icon=":material/refresh:", key="batch_retry_now", on_click=press, args=(retry,)
        )


def draw_again(run: Run) -> None:
    """The same question of the same pictures by another model, level or detail: a new run, to be compared with this."""
    if run.batch is None or not run.counts:
        return
    cap = run.batch.terms.cap_usd
    with st.popover("Run again", icon=":material/replay:", key=f"batch_again_{run.id}"):
        st.write("The same of the same pictures, asked otherwise: a new run, beside which this one can be laid.")
        word = _who("Ask", run, same=False, key=f"batch_again_who_{run.id}")
        details = list(Detail)
        detail = st.selectbox(
            "How closely to look",
            details,
            index=details.index(run.detail),
            format_func=DETAIL_WORDS.__getitem__,
            key=f"batch_again_detail_{run.id}",
        )
        new = st.number_input(
            "Spend at most (US dollars)",
            min_value=0.01,
            value=float(cap) if cap else None,
            step=1.0,
            format="%.2f",
            placeholder="no cap",
            key=f"batch_again_cap_{run.id}",
        )
        st.button(
            f"Run {run.total:,} again",
            type="primary",
            icon=":material/play_arrow:",
            key="batch_again_now",
            on_click=_again,
            args=(run.id, word, detail, None if new is None else Decimal(str(new))),
        )


def _again(run_id: str, word: str, detail: Detail, cap: Decimal | None) -> None:
    def begin() -> str:
        again = runtime().batches.run_again(owner(), run_id, choice=word, cap_usd=cap, detail=detail, typed=typed())
        return again.id

    made = once(("again", run_id, word, detail, cap), begin)
    if made:
        show_run(made)


def _who(label: str, run: Run, *, same: bool, key: str) -> str:
    """A choice word; "" for the same as before."""
    names = {SAME: "The same as before"} if same else {}
    if credentials(typed()):
        names |= {level: LEVEL_WORDS[level] for level in LEVELS}
    names |= {
        one.word: one.label
        for one in choosable(runtime().catalogue, typed(), today(), local_only=mine().preferences().local_only)
    }
    words = list(names)
    return st.selectbox(
        label,
        words,
        index=words.index(run.choice) if not same and run.choice in words else 0,
        format_func=names.__getitem__,
        key=key,
    )
