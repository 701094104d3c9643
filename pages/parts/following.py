"""Following an answer while a worker writes it.

The worker belongs to the server, not to this page: leaving, reloading or clicking elsewhere ends only the following.
Only the Stop button stops the answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.answers import draw_text
from pages.parts.saying import say
from pages.parts.session import mine, owner, runtime
from vision.answering.live import Live
from vision.markdown import safe_markdown
from vision.store.records import State, StoredAnswer

# Each update sends the whole text again: more than about 12 a second is work nobody can see.
PAUSE_SECONDS = 0.08
HEARTBEAT_SECONDS = 0.25
ELSEWHERE_SECONDS = 0.5
LOOKING = "Looking at the picture"


def stop_button(answer: StoredAnswer) -> None:
    st.button(
        "Stop",
        key=f"stop_{answer.id}",
        icon=":material/stop_circle:",
        help="Stop the answer and keep what came",
        on_click=runtime().engine.stop,
        args=(owner(), answer.id),
    )


def never() -> bool:
    return False


def follow(answer: StoredAnswer, news: Callable[[], bool] = never) -> bool:
    """Show the text as it comes, until it is finished or there is ``news`` to be drawn first; whether everything is to
    be drawn again: the finished answer is in the store, or there is news.

    Call it last: it holds the script.
    """
    box = st.empty()
    trouble = st.empty()
    _show(box, answer, answer.text)
    live = runtime().engine.live(answer.id)
    if live is None:
        _follow_elsewhere(answer, box, news)
        return True
    if _follow_here(answer, live, box, trouble, news):
        return True
    return mine().answer(answer.id).state is not State.RUNNING


def _show(box: DeltaGenerator, answer: StoredAnswer, text: str, status: str = "") -> None:
    with box.container():
        if text:
            draw_text(answer, text)
        else:
            st.markdown(f":shimmer[{safe_markdown(status or LOOKING)}]")


def _follow_here(
    answer: StoredAnswer, live: Live, box: DeltaGenerator, trouble: DeltaGenerator, news: Callable[[], bool]
) -> bool:
    """Whether it was left for news."""
    shown, said = answer.text, ""
    while True:
        done = live.done  # read before the text: what is done has all its text
        text = live.wait_beyond(len(shown), HEARTBEAT_SECONDS)
        status = live.status
        if text != shown or status != said:
            _show(box, answer, text, status)
        with trouble.container():  # a call in each turn also lets a click or a closed page through
            if live.error:
                say(live.error, "warning")
        shown, said = text, status
        if done or news():
            return not done
        time.sleep(PAUSE_SECONDS)


def _follow_elsewhere(answer: StoredAnswer, box: DeltaGenerator, news: Callable[[], bool]) -> None:
    """Another process (the terminal, say) writes this answer: read it from the store until it ends or is given up."""
    while True:
        runtime().engine.recover(owner())
        found = mine().answer(answer.id)
        _show(box, answer, found.text)
        if found.state is not State.RUNNING or news():
            return
        time.sleep(ELSEWHERE_SECONDS)
