"""Conversations to go on with, each with its first picture."""

from __future__ import annotations

import streamlit as st

from pages.parts.session import mine, picture_url
from pages.parts.talk import CHAT, Place, open_talk
from vision.markdown import safe_markdown
from vision.store.records import Conversation

SHOWN = 6


def recent_talks(place: Place = CHAT) -> None:
    """The last ones of ``place`` in which something was asked; nothing where there are none."""
    talks = mine().conversations(limit=SHOWN, asked=True, kind=place.kind)
    if not talks:
        return
    st.header("Go on with", anchor=False)
    with st.grid(min_column_width=220, gap="small", key="recent"):
        for talk in talks:
            _recent_talk(talk, place)


def _recent_talk(talk: Conversation, place: Place) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"recent_{talk.id}"
    ):
        cover = mine().cover(talk.id)
        if cover is not None:
            st.image(picture_url(cover.id, "thumbnail"), width=64, alt=cover.picture.name)
        with st.container(gap=None, key=f"named_{talk.id}"):
            title = safe_markdown(talk.title or f"New {place.thing}")
            if st.button(title, key=f"open_{talk.id}", type="tertiary"):
                open_talk(talk.id, place)
            if cover is not None:
                st.caption(safe_markdown(cover.picture.name))
