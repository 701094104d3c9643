"""What an address leads to when the thing behind it is no longer there."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from vision.errors import NotThere


def draw_gone(what: str, error: NotThere, instead: str, leave: Callable[[], object]) -> None:
    """``what`` is its name ("talk"), ``instead`` the words on the button, which calls ``leave``."""
    st.header(f"This {what} is not here", anchor=False)
    st.write(f"{error.sentence} It may have been deleted.")
    if st.button(instead, type="primary", key="after_gone"):
        leave()
        st.rerun()
