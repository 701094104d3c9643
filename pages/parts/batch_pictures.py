"""The pictures of a run before it is begun: dropped, chosen, from folders, ZIPs and PDFs; kept over a reload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from pages.parts.batch_state import INPUT, Desk, put
from pages.parts.picture_input import batch_of, empty, gathered, picture_input, stop_unpacking, take_out
from pages.parts.recent import recent_pictures
from pages.parts.session import mine, picture_url
from pages.parts.tables import draw_table
from vision.batch.estimating import Source
from vision.batch.showing import pictures_words
from vision.errors import NotThere
from vision.markdown import safe_markdown

SHOWN_PICTURES = 12
SHOWN_REFUSED = 50
MOST_FROM_BEFORE = 100  # they stand in the address


@dataclass(frozen=True, slots=True)
class Pictures:
    """What was added. ``refused``: name and sentence of what is no picture. ``coming``: more of it is on its way."""

    sources: tuple[Source, ...]
    refused: tuple[tuple[str, str], ...]
    coming: bool


def draw_pictures(state: Desk) -> Pictures:
    """The input, what came of it, and a way to take it out again."""
    picture_input(
        key=INPUT, archives=True, batch_id=state.batch or None, label="Drop pictures, a folder, a ZIP or PDFs here"
    )
    if state.batch != (batch := batch_of(INPUT)):
        put(b=batch)
    again = recent_pictures(key="batch")
    if again:
        put(p=[*state.more, again][-MOST_FROM_BEFORE:])
        st.rerun()
    found = pictures_of(state)
    _draw(found)
    return found


def pictures_of(state: Desk) -> Pictures:
    now = gathered(INPUT)
    sources = [Source(one.name, one.picture_id, one.pages) for one in now.files]
    for picture_id in state.more:
        try:
            picture = mine().picture(picture_id).picture
        except NotThere:
            continue
        sources.append(Source(picture.name, picture_id, picture.pages))
    return Pictures(tuple(sources), now.refused, bool(now.unpacking))


def _draw(found: Pictures) -> None:
    if not found.sources and not found.refused and not found.coming:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_count"):
        words = pictures_words(len(found.sources), len(found.refused))
        st.markdown(f"**{words}**", width="content")
        st.space("stretch")
        st.button("Take all out", key="batch_take_all", icon=":material/close:", type="tertiary", on_click=_take_all)
    if found.coming:
        _unpacking()
    _thumbnails(found.sources)
    if found.refused:
        with st.expander(f"Not taken: {len(found.refused):,}", icon=":material/warning:", key="batch_refused"):
            draw_table(("File", "Why"), found.refused[:SHOWN_REFUSED], numbers=(), label="Files that were not taken")
            if len(found.refused) > SHOWN_REFUSED:
                st.caption(f"And {len(found.refused) - SHOWN_REFUSED:,} more.")


@st.fragment(run_every=1.0)
def _unpacking() -> None:
    """How far ZIPs are, and a way to end it; the page once more when they are done."""
    now = gathered(INPUT)
    if not now.unpacking:
        st.rerun()
    for one in now.unpacking:
        name = safe_markdown(one.name)
        words = f"Unpacking {name}: {one.done:,} of {one.total:,}"
        st.progress(one.done / max(1, one.total), text=words)
    if st.button("Stop unpacking", key="batch_stop_unpacking", icon=":material/stop_circle:"):
        stop_unpacking(INPUT)


def _thumbnails(sources: Sequence[Source]) -> None:
    shown = list({one.picture_id: one for one in sources}.values())[:SHOWN_PICTURES]
    with st.grid(min_column_width=110, gap="small", key="batch_pictures"):
        for one in shown:
            with st.container(border=True, gap=None, key=f"batch_picture_{one.picture_id}"):
                st.image(picture_url(one.picture_id, "thumbnail"), alt=one.name, width=90)
                pages = f", {one.pages} pages" if one.pages > 1 else ""
                st.caption(safe_markdown(_short(one.name) + pages))
                st.button(
                    "Take out",
                    key=f"batch_out_{one.picture_id}",
                    type="tertiary",
                    icon=":material/close:",
                    on_click=_take_out,
                    args=(one.picture_id,),
                )
    if len(sources) > len(shown):
        st.caption(f"And {len(sources) - len(shown):,} more.")


def _short(name: str) -> str:
    """The end of a relative name, which says most."""
    return name if len(name) <= 24 else f"…{name[-23:]}"


def _take_out(picture_id: str) -> None:
    take_out(INPUT, [picture_id])
    put(p=[one for one in st.query_params.get_all("p") if one != picture_id])


def _take_all() -> None:
    put(b=empty(INPUT), p=())
