"""A page with the picture input, one that gathers a batch as a page with many pictures does, a third page to look at
meanwhile, and what arrived."""

from __future__ import annotations

import json
from dataclasses import asdict

import streamlit as st

from pages.parts.picture_input import batch_of, empty, gathered, picture_input, stop_unpacking, take_out
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


def many() -> None:
    st.title("Many", anchor=False)
    picture_input(key="many", archives=True, label="Drop pictures here", batch_id=st.query_params.get("b"))
    st.query_params["b"] = batch_of("many")
    stands()


@st.fragment(run_every=0.3)
def stands() -> None:
    """What is there, again and again: the unpacking goes on behind the page."""
    if st.button("Stop"):
        stop_unpacking("many")
    if st.button("Take out the first"):
        take_out("many", [one.picture_id for one in gathered("many").files[:1]])
    if st.button("Begin anew"):
        st.query_params["b"] = empty("many")
        st.rerun()
    now = gathered("many")
    words = [f"Unpacking {zip.name}: {zip.done:,} of {zip.total:,}" for zip in now.unpacking]
    st.text(" ".join(words) or "Nothing is being unpacked.")
    st.code(json.dumps(asdict(now)), language=None, wrap_lines=True)


def elsewhere() -> None:
    st.title("Elsewhere", anchor=False)
    st.write("Another page.")


st.navigation(
    [
        st.Page(adding, title="Adding", default=True),
        st.Page(many, title="Many", url_path="many"),
        st.Page(elsewhere, title="Elsewhere"),
    ]
).run()
