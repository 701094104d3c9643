"""A durable run while it goes on and after: how far it is, what it costs, and the buttons that fit where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import streamlit as st

from pages.parts.batch_again import draw_again, draw_retry
from pages.parts.batch_files import draw_files
from pages.parts.batch_state import press
from pages.parts.saying import say, say_failure
from pages.parts.session import mine, owner, runtime, typed
from vision.batch.estimating import Scaled, at_once, scaled
from vision.batch.showing import asked_of, counts_words, higher_cap, is_live, money_words, progress, scaled_words
from vision.errors import NotThere
from vision.markdown import safe_markdown
from vision.models.catalog import READER
from vision.settings import credentials
from vision.store.batch_records import Batch, RunState, Sums
from vision.store.extract_records import RecordState, Run

EVERY_SECONDS = 1.0
MINUTE = 60.0
REVIEW_PAGE = "review.py"


def watch(run: Run) -> None:
    """Where the run stands, anew every second while something changes by itself; then the page once more."""
    if is_live(run):
        _watched(run.id)
    else:
        st.session_state.pop(f"batch_pace_{run.id}", None)
        _stands(run)


@st.fragment(run_every=EVERY_SECONDS)
def _watched(run_id: str) -> None:
    try:
        run = mine().run(run_id)
    except NotThere:
        st.rerun()
    if not is_live(run) or _changed(run):
        st.rerun()
    _stands(run)


def _changed(run: Run) -> bool:
    """It stands elsewhere than when the page was drawn."""
    key, now = f"batch_state_{run.id}", (run.batch.state if run.batch else None, bool(run.counts.get(RecordState.DONE)))
    before = st.session_state.get(key, now)
    st.session_state[key] = now
    return bool(before != now)


def _stands(run: Run) -> None:
    if run.batch is None:
        return
    begun = st.session_state.setdefault(f"batch_pace_{run.id}", time.monotonic()) if is_live(run) else 0.0
    seconds = min(MINUTE, time.monotonic() - begun) if begun else MINUTE
    sums = mine().sums(run.id, datetime.now(UTC) - timedelta(seconds=seconds))
    money = money_words(sums, run.batch.terms.cap_usd, free=run.choice == READER)
    who = f"asked of {asked_of(run.choice, runtime().catalogue)}"
    if is_live(run):
        found = progress(run, sums.recent, seconds)
        st.progress(found.share, text=safe_markdown(found.words))
        st.caption(safe_markdown(f"{money}, {who}. This goes on when the page is closed."))
        if run.batch.reason:
            say(run.batch.reason, "info")
    else:
        st.caption(safe_markdown(f"{counts_words(run)}. {money}, {who}."))
        _why(run, run.batch, sums)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="batch_run_buttons"):
        _buttons(run, run.batch, sums)
    say_failure()


def _why(run: Run, batch: Batch, sums: Sums) -> None:
    """What she should know before she goes on."""
    if batch.reason:
        say(batch.reason, "warning" if batch.state in (RunState.CAPPED, RunState.NEEDS_KEY) else "info")
    if batch.state in (RunState.TRIED, RunState.PAUSED, RunState.CAPPED):
        found = _scaled(run, sums)
        if found is not None:
            st.markdown(safe_markdown(scaled_words(found)))


def _scaled(run: Run, sums: Sums) -> Scaled | None:
    parallel = run.batch.terms.parallel if run.batch else 1
    return scaled(run, sums, at_once(run.choice, parallel, runtime().settings.batch_parallel))


def _buttons(run: Run, batch: Batch, sums: Sums) -> None:
    by_state: Mapping[RunState, Callable[[Run], None]] = {
        RunState.RUNNING: _running,
        RunState.PAUSED: _paused,
        RunState.TRIED: _tried,
        RunState.CAPPED: partial(_capped, sums=sums),
        RunState.NEEDS_KEY: _needs_key,
    }
    draw = by_state.get(batch.state)
    if draw is not None:
        draw(run)
    if not is_live(run):
        draw_retry(run)
        to_review = run.fields.fields and run.counts.get(RecordState.DONE)
        if to_review and st.button("Review", icon=":material/fact_check:", key="batch_review"):
            st.switch_page(REVIEW_PAGE, query_params={"r": run.id})
        draw_files(run)
        draw_again(run)


def _running(run: Run) -> None:
    st.button(
        "Pause",
        icon=":material/pause_circle:",
        key="batch_pause",
        on_click=press,
        args=(partial(runtime().batches.pause, owner(), run.id),),
    )
    _stop(run)


def _paused(run: Run) -> None:
    if run.counts.get(RecordState.RUNNING) and not run.counts.get(RecordState.WAITING):
        return
    _go_on(run, "Go on")
    _stop(run)


def _tried(run: Run) -> None:
    _go_on(run, f"Go on with all {run.counts.get(RecordState.WAITING, 0):,}", whole=True)
    _stop(run)


def _needs_key(run: Run) -> None:
    if not credentials(typed()):
        st.page_link("settings.py", label="Type the key in Settings", icon=":material/key:")
    else:
        _go_on(run, "Go on with the key that is there")
    _stop(run)


def _capped(run: Run, sums: Sums) -> None:
    cap = run.batch.terms.cap_usd if run.batch else None
    new = st.number_input(
        "Spend at most (US dollars)",
        min_value=0.01,
        value=float(higher_cap(cap, sums, _scaled(run, sums))),
        step=1.0,
        format="%.2f",
        placeholder="no cap",
        key=f"batch_new_cap_{run.id}",
        width=230,
    )
    go_on = partial(
        runtime().batches.go_on,
        owner(),
        run.id,
        typed=typed(),
        cap_usd=None if new is None else Decimal(str(new)),
        new_cap=True,
    )
    st.button(
        "Raise the cap and go on",
        type="primary",
        icon=":material/play_arrow:",
        key="batch_raise_cap",
        on_click=press,
        args=(go_on,),
    )
    _stop(run)


def _go_on(run: Run, label: str, *, whole: bool = False) -> None:
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        key="batch_go_on",
        on_click=press,
        args=(partial(runtime().batches.go_on, owner(), run.id, typed=typed(), whole=whole),),
    )


def _stop(run: Run) -> None:
    """Behind a question: what waits is given up."""
    left = run.counts.get(RecordState.WAITING, 0)
    with st.popover("Stop", icon=":material/stop_circle:", key=f"batch_stop_{run.id}"):
        st.write(f"{left:,} still wait and will not be asked. What is done stays, and they can be tried later.")
        st.button(
            "Stop this run",
            type="primary",
            key="batch_stop_now",
            on_click=press,
            args=(partial(runtime().batches.stop, owner(), run.id),),
        )
