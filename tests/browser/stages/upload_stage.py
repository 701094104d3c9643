"""A page with the picture input, a second page to look at meanwhile, and what arrived."""

from __future__ import annotations

import json

import streamlit as st

from pages.parts.picture_input import picture_input
from vision.runtime import current

st.set_page_config(page_title="Upload", page_icon="🔎", layout="wide")


def adding() -> None:
    st.title("Upload", anchor=False)
    new = picture_input(key="in")
    rounds: list[list[str]] = st.session_state.setdefault("rounds", [])
    if new:
        rounds.append(list(new))
    owned = current().store.of("local")
    names = [owned.picture(one).picture.name for arrived in rounds for one in arrived]
    st.code(json.dumps({"rounds": [len(arrived) for arrived in rounds], "names": names}), language=None)
    st.text_input("A text field", key="text")


def elsewhere() -> None:
    st.title("Elsewhere", anchor=False)
    st.write("Another page.")


st.navigation([st.Page(adding, title="Adding", default=True), st.Page(elsewhere, title="Elsewhere")]).run()
