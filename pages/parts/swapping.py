"""An answer beside the one to the same pictures in reversed order, and what to think of the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.answers import draw_finished
from pages.parts.saying import say
from vision.answering.swapping import Swap
from vision.store.records import State, StoredAnswer

NARROWEST = 220  # pixels of a column: below that they stand under each other


def draw_swap(swap: Swap, letters: Sequence[str], light: Callable[[str], None]) -> DeltaGenerator:
    """Both answers side by side, each with its order, and whether they agree. Returns where the second one stands, for
    it to be followed there while it is being written."""
    answer_id = swap.swapped.id
    with st.grid(min_column_width=NARROWEST, gap="medium", key=f"swap_{answer_id}"):
        with st.container(key=f"straight_{answer_id}"):
            _draw(swap.straight, letters, light)
        second = st.container(key=f"swapped_{answer_id}")
        with second:
            _draw(swap.swapped, letters[::-1], light)
    if swap.sentence:
        say(swap.sentence, "info" if swap.agree is None else "success" if swap.agree else "warning")
    return second


def _draw(answer: StoredAnswer, order: Sequence[str], light: Callable[[str], None]) -> None:
    st.caption(f"**Order {', '.join(order)}**")
    if answer.state is not State.RUNNING:
        draw_finished(answer, light)
