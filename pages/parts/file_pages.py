"""Which page of a file with several is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts.saying import say
from pages.parts.session import mine, runtime
from vision.errors import LoupeError
from vision.ingest import other_page
from vision.store.records import Conversation, StoredPicture


def file_pages(talk: Conversation, waiting: Sequence[StoredPicture], stored: StoredPicture) -> None:
    """For a file of several pages: a box to pick one. A page picked before the first question takes the place of the
    one that waits; afterwards it is added to the talk."""
    picture = stored.picture
    if picture.pages < 2:
        return
    page = st.number_input(
        f"Page of {picture.pages}", min_value=1, max_value=picture.pages, value=picture.page, key=f"page_{stored.id}"
    )
    if page == picture.page:
        return
    try:
        with st.spinner(f"Reading page {page}"):
            chosen = other_page(mine(), stored, int(page), runtime().open_limits)
    except LoupeError as error:
        say(error.sentence, "warning")
        return
    ids = [waiting_one.id for waiting_one in waiting if waiting_one.id != stored.id]
    mine().set_waiting(talk.id, [*ids, chosen.id])
    st.rerun()
