"""The items of a run, a hundred at a time, filling in while it goes on; the one that is chosen stands beside them."""

from __future__ import annotations

import streamlit as st

from pages.parts.batch_item import draw_item
from pages.parts.session import mine, picture_url, runtime
from vision.batch.showing import FILTERS, Filter, columns, filters, is_live, row
from vision.errors import NotThere
from vision.store.batch_records import Line, Page
from vision.store.extract_records import Run

PAGE = 100
EVERY_SECONDS = 2.0
HEIGHT = 560
ROW_HEIGHT = 48


def draw_table(run: Run) -> None:
    if is_live(run):
        _filling(run.id)
    else:
        _still(run.id)


@st.fragment(run_every=EVERY_SECONDS)
def _filling(run_id: str) -> None:
    _draw(run_id)


@st.fragment
def _still(run_id: str) -> None:
    _draw(run_id)


def _draw(run_id: str) -> None:
    try:
        run = mine().run(run_id)
    except NotThere:
        st.rerun()
    page, first = _narrowed(run)
    left, right = st.columns([7, 4], gap="medium")
    with left:
        chosen = _rows(run, page, first)
    with right:
        draw_item(run, chosen)


def _narrowed(run: Run) -> tuple[Page, int]:
    """The lines that she wants to see, and the number of the first."""
    names = filters(run)
    key = f"batch_filter_{run.id}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = "all"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="batch_toolbar"):
        which: Filter | None = st.segmented_control(
            "Show", list(names), format_func=names.__getitem__, key=key, required=True, label_visibility="collapsed"
        )
        search = st.text_input(
            "Search",
            key=f"batch_search_{run.id}",
            placeholder="Search in names, answers, reasons",
            label_visibility="collapsed",
            width=280,
        )
    states = None if which in (None, "all") else FILTERS[which][1]
    asked = mine().lines(run.id, states=states, search=search, limit=PAGE)
    pages = max(1, -(-asked.total // PAGE))
    if pages == 1:
        return asked, 0
    number = st.pagination(pages, key=f"batch_page_{run.id}")
    first = (min(number or 1, pages) - 1) * PAGE
    return (mine().lines(run.id, states=states, search=search, offset=first, limit=PAGE) if first else asked), first


def _rows(run: Run, page: Page, first: int) -> Line | None:
    if not page.lines:
        st.caption("Nothing here.")
        return None
    catalogue = runtime().catalogue
    rows = [
        row(one, run.fields, catalogue, picture_url(one.picture_id, "thumbnail") if one.picture_id else "")
        for one in page.lines
    ]
    event = st.dataframe(
        rows,
        key=f"batch_rows_{run.id}",
        hide_index=True,
        column_order=columns(run.fields),
        column_config={
            "Picture": st.column_config.ImageColumn(width=70),
            "Name": st.column_config.TextColumn(width=150),
            "State": st.column_config.TextColumn(width=110),
            "Answer": st.column_config.TextColumn(width=300),
            "Reason": st.column_config.TextColumn(width=200),
            "Price": st.column_config.TextColumn(alignment="right"),
            "Seconds": st.column_config.TextColumn(alignment="right"),
        },
        row_height=ROW_HEIGHT,
        height=min(HEIGHT, ROW_HEIGHT * len(rows) + 40),
        on_select="rerun",
        selection_mode="single-row",
        alt=f"Pictures {first + 1} to {first + len(rows)} of {page.total}, with what came of each",
    )
    chosen = event.selection.rows
    return page.lines[chosen[0]] if chosen and chosen[0] < len(page.lines) else None
