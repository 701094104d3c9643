"""The script that ``st.App`` runs for every visit: page set-up and navigation. Each page is a file beside it."""

from __future__ import annotations

import streamlit as st

from pages.parts.saying import say
from pages.parts.session import runtime
from vision.errors import LoupeError

st.set_page_config(page_title="Loupe", page_icon="🔎", layout="wide", initial_sidebar_state="collapsed")

page = st.navigation(
    [
        st.Page("start.py", title="Start", icon=":material/home:", default=True),
        st.Page("chat.py", title="Chat", icon=":material/forum:", url_path="chat"),
        st.Page("compare.py", title="Compare pictures", icon=":material/compare:", url_path="compare"),
        st.Page("contest.py", title="Compare models", icon=":material/leaderboard:", url_path="models"),
        st.Page("batch.py", title="Batch", icon=":material/library_add:", url_path="batch"),
        st.Page("extract.py", title="Extract", icon=":material/table_view:", url_path="extract"),
        st.Page("review.py", title="Review", icon=":material/fact_check:", url_path="review"),
        st.Page("costs.py", title="Costs", icon=":material/payments:", url_path="costs"),
        st.Page("settings.py", title="Settings", icon=":material/settings:", url_path="settings"),
    ],
    position="top",
)
try:
    page.run()
    runtime().page_shown()
except LoupeError as error:  # the last wall: a full disk, a talk that was deleted elsewhere, a setting that is wrong
    say(error.sentence)
    st.button("Try again", icon=":material/refresh:", key="try_page_again")
