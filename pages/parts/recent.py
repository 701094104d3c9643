"""Pictures that were used before, to take again."""

from __future__ import annotations

import streamlit as st

from pages.parts.session import mine, picture_url
from vision.markdown import safe_markdown

SHOWN = 12


def recent_pictures(*, key: str) -> str | None:
    """A popover with the pictures used last; the id of the one she takes, in the run in which she takes it."""
    taken = None
    # Drawn in every run: with on_change="rerun" its closing runs the script again, which undoes the click on a link
    # that closed it. The browser fetches the thumbnails only once it is open.
    with st.popover("Recent pictures", icon=":material/photo_library:", key=f"recent_{key}"):
        found = mine().recent_pictures(SHOWN)
        if not found:
            st.caption("No pictures yet.")
        with st.grid(min_column_width=110, gap="small", key=f"recent_grid_{key}"):
            for stored in found:
                with st.container(border=True, key=f"recent_cell_{key}_{stored.id}"):
                    st.image(picture_url(stored.id, "thumbnail"), alt=stored.picture.name, width=90)
                    if st.button(
                        "Use", key=f"use_{key}_{stored.id}", help=safe_markdown(stored.picture.name), width="stretch"
                    ):
                        taken = stored.id
    return taken
