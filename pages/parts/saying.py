"""What is said when something could not be done: one sentence, made safe, in one place for every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from vision.errors import LoupeError
from vision.markdown import safe_markdown

Kind = Literal["error", "warning", "info", "success"]
ICONS = {
    "error": ":material/error:",
    "warning": ":material/warning:",
    "info": ":material/info:",
    "success": ":material/check_circle:",
}


def say(sentence: str, kind: Kind = "error") -> None:
    """Draws ``sentence``. It may name a file or quote a provider: nothing in it becomes a picture, a link or HTML."""
    draw = {"error": st.error, "warning": st.warning, "info": st.info, "success": st.success}[kind]
    draw(safe_markdown(sentence), icon=ICONS[kind])


def done(act: Callable[[], object]) -> bool:
    """Whether ``act`` could be done. If not, its sentence is kept for ``say_failure``; good for callbacks, too."""
    st.session_state.pop("failure", None)
    try:
        act()
    except LoupeError as error:
        failed(error.sentence)
        return False
    return True


def failed(sentence: str) -> None:
    """Keeps ``sentence`` until something else is tried, so that a rerun does not swallow it."""
    st.session_state["failure"] = sentence


def say_failure() -> None:
    """Where a page says what could not be done."""
    sentence = st.session_state.get("failure")
    if sentence:
        say(sentence)
