"""What is asked of every picture of a run: one question, or one set of fields; and what becomes one item."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.parts.batch_pictures import Pictures
from pages.parts.batch_state import LONGEST_QUESTION, Desk, put
from pages.parts.extract_sets import in_it
from pages.parts.saying import say
from pages.parts.session import mine
from vision.errors import NotThere
from vision.extracting.setup import Chosen, chosen_set
from vision.fields.ready import ready_sets
from vision.markdown import safe_markdown

QUESTION, FIELDS = "question", "fields"
WHAT_WORDS = {QUESTION: "One question", FIELDS: "A set of fields"}
STARTERS = (
    "What is this, in one sentence?",
    "Is it signed?",
    "What is the total?",
    "Which kind of document is it?",
)
HOW_WORDS = {"each": "Each page by itself", "together": "All pages of a file together"}


def draw_what(state: Desk) -> tuple[str, Chosen | None]:
    """The question, or the set that was chosen; "" and None where there is none yet."""
    st.session_state.setdefault("batch_w_do", FIELDS if state.fields else QUESTION)
    # No segmented control: its chosen part is written in the accent colour, which is too dim on dark (3.5:1).
    what = st.radio(
        "What to ask of every picture",
        list(WHAT_WORDS),
        format_func=WHAT_WORDS.__getitem__,
        key="batch_w_do",
        horizontal=True,
        on_change=lambda: put(do=FIELDS if st.session_state["batch_w_do"] == FIELDS else ""),
    )
    return ("", _set(state)) if what == FIELDS else (_question(state), None)


def _question(state: Desk) -> str:
    with st.container(horizontal=True, gap="small", key="batch_starters"):
        for number, words in enumerate(STARTERS):
            st.button(words, key=f"batch_starter_{number}", on_click=_write, args=(words,))
    st.session_state.setdefault("batch_w_question", state.question)
    question = st.text_area(
        "Your question",
        key="batch_w_question",
        height=100,
        max_chars=LONGEST_QUESTION,
        placeholder="Is the form signed? Answer yes or no.",
        on_change=lambda: put(q=st.session_state["batch_w_question"]),
    )
    return question.strip()


def _write(question: str) -> None:
    st.session_state["batch_w_question"] = question
    put(q=question)


def _set(state: Desk) -> Chosen | None:
    names = _names(state)
    words = list(names)
    if st.session_state.get("batch_w_set") not in words:
        st.session_state["batch_w_set"] = state.set if state.set in words else words[0]
    word = st.selectbox(
        "Set of fields",
        words,
        format_func=names.__getitem__,
        key="batch_w_set",
        on_change=lambda: put(set=st.session_state["batch_w_set"]),
    )
    try:
        chosen = chosen_set(mine(), word)
    except NotThere as error:
        say(error.sentence, "warning")
        return None
    st.caption(safe_markdown(in_it(chosen.fields)))
    st.page_link("extract.py", label="Build or change a set in Extract", icon=":material/table_view:")
    return chosen


def _names(state: Desk) -> Mapping[str, str]:
    """By word: the ready sets, those that were saved, and the one that the address names."""
    found = {one.id: one.fields.name for one in ready_sets()}
    found |= {one.version_id: f"{one.name} (saved, version {one.number})" for one in mine().sets()}
    if state.set and state.set not in found:
        try:
            found[state.set] = chosen_set(mine(), state.set).fields.name
        except NotThere:
            put(set="")
    return found


def draw_how(state: Desk, pictures: Pictures, *, fields: bool) -> bool:
    """Whether all pages of a file make one item; asked where a file has several."""
    together = state.how == "together" if state.how else fields
    if not any(one.pages > 1 for one in pictures.sources):
        return together
    st.session_state["batch_w_how"] = "together" if together else "each"
    st.radio(
        "Files of several pages",
        list(HOW_WORDS),
        format_func=HOW_WORDS.__getitem__,
        key="batch_w_how",
        on_change=lambda: put(how=st.session_state["batch_w_how"]),
        horizontal=True,
    )
    return together
