"""Which set of fields to read with: ready ones, saved ones, or her own."""

from __future__ import annotations

import streamlit as st

from pages.parts.extract_state import go
from pages.parts.field_table import OWN, begin_anew
from pages.parts.session import mine
from vision.extracting.showing import name_in_words
from vision.fields.model import FieldSet
from vision.fields.ready import ready_sets
from vision.markdown import safe_markdown
from vision.store.field_records import StoredSet

SHOWN_NAMES = 6
ICONS = {
    "invoice": ":material/request_quote:",
    "receipt": ":material/receipt_long:",
    "card": ":material/badge:",
    "form": ":material/assignment:",
    "screenshot": ":material/desktop_windows:",
}


def draw_sets() -> None:
    """Cards to choose from."""
    st.subheader("What is to be read?", anchor=False)
    with st.grid(min_column_width=250, gap="small", key="ready_sets"):
        for ready in ready_sets():
            _card(ready.id, ready.fields, ready.about, ICONS.get(ready.id, ":material/list_alt:"))
        _own_card()
    saved = mine().sets()
    if saved:
        st.subheader("Saved in this installation", anchor=False)
        with st.grid(min_column_width=250, gap="small", key="saved_sets"):
            for one in saved:
                _saved_card(one)


def _card(word: str, fields: FieldSet, about: str, icon: str) -> None:
    with st.container(border=True, gap="xsmall", key=f"set_{word}"):
        if st.button(fields.name, icon=icon, key=f"choose_{word}", type="secondary", width="stretch"):
            _choose(word)
        st.markdown(safe_markdown(about))
        st.caption(safe_markdown(in_it(fields)))


def _saved_card(one: StoredSet) -> None:
    with st.container(border=True, gap="xsmall", key=f"set_{one.id}"):
        name = safe_markdown(one.name)
        if st.button(name, icon=":material/bookmark:", key=f"choose_{one.id}", width="stretch"):
            _choose(one.version_id, one.id)
        st.caption(safe_markdown(in_it(one.fields)))
        st.caption(f"Version {one.number}, {one.created.day} {one.created:%b %Y}")


def _own_card() -> None:
    with st.container(border=True, gap="xsmall", key="set_own"):
        if st.button("Build your own", icon=":material/add:", key="choose_own", type="primary", width="stretch"):
            _choose(OWN)
        st.markdown("Name the fields in a table, or paste a JSON Schema or an example.")


def _choose(word: str, saved: str = "") -> None:
    begin_anew()
    go(set=word, of=saved, t="", r="")


def in_it(fields: FieldSet) -> str:
    """ "Vendor, date, total, items and 7 more"."""
    names = [name_in_words(one.name) if at == 0 else one.name.replace("_", " ") for at, one in enumerate(fields.fields)]
    shown = names[:SHOWN_NAMES]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
