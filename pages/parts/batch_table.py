"""The items of a run, a hundred at a time, filling in while it goes on; the one that is chosen stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages.parts.batch_item import draw_item
from pages.parts.session import mine, picture_url, runtime
from vision.batch.cells import both_names, column, columns, difference_row, row
from vision.batch.differing import both_words, differing_positions
from vision.batch.showing import FILTERS, Filter, filters, is_live
from vision.errors import NotThere
from vision.store.batch_records import Line
from vision.store.extract_records import Run

PAGE = 100
EVERY_SECONDS = 2.0
HEIGHT, ROW_HEIGHT, HEAD_HEIGHT = 560, 48, 40  # CSS pixels
_WIDTHS = {"Name": 140, "State": 120, "Answer": 300, "Reason": 220}


@dataclass(frozen=True, slots=True)
class _View:
    """What of the run is shown: ``lines`` of ``total``, from number ``first``; ``others`` are the same of the run that
    it is compared with, by position. ``key`` names this very choice."""

    key: str
    lines: tuple[Line, ...]
    total: int
    first: int = 0
    other: Run | None = None
    others: dict[int, Line] = field(default_factory=dict)


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
    other = _compared_with(run)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="batch_toolbar"):
        view = _differences(run, other) if other is not None else _narrowed(run)
    left, right = st.columns([7, 4], gap="medium")
    with left:
        chosen = _rows(run, view)
    with right:
        draw_item(run, chosen)


# -- what is shown ----------------------------------------------------------------------------------------------------


def _compared_with(run: Run) -> Run | None:
    """The run that this one repeats otherwise, when she wants to see what differs."""
    again_of = run.batch.terms.again_of if run.batch else ""
    if not again_of:
        return None
    try:
        other = mine().run(again_of)
    except NotThere:
        return None
    wanted = st.toggle("Only what differs from the run before", key=f"batch_differences_{run.id}")
    return other if wanted else None


def _narrowed(run: Run) -> _View:
    names, key = filters(run), f"batch_filter_{run.id}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = "all"
    which: Filter = st.radio(
        "Show", list(names), format_func=names.__getitem__, key=key, horizontal=True, label_visibility="collapsed"
    )
    search = st.text_input(
        "Search",
        key=f"batch_search_{run.id}",
        placeholder="Search in names, answers, reasons",
        icon=":material/search:",
        label_visibility="collapsed",
        width=290,
    )
    states = FILTERS[which][1] if which != "all" else None
    found = mine().lines(run.id, states=states, search=search, limit=PAGE)
    first = _first(run, found.total)
    if first:
        found = mine().lines(run.id, states=states, search=search, offset=first, limit=PAGE)
    return _View(f"{which} {search} {first}", found.lines, found.total, first)


def _differences(run: Run, other: Run) -> _View:
    positions = _differing(run, other)
    st.caption(f"{len(positions):,} of {run.total:,} differ")
    first = _first(run, len(positions))
    some = positions[first : first + PAGE]
    lines = mine().lines(run.id, positions=some, limit=PAGE).lines
    others = {one.position: one for one in mine().lines(other.id, positions=some, limit=PAGE).lines}
    return _View(f"differences {first}", lines, len(positions), first, other, others)


def _differing(run: Run, other: Run) -> tuple[int, ...]:
    """Worked out again only when something ended since."""
    key = f"batch_differing_{run.id}"
    now = [(one.id, dict(one.counts), one.updated) for one in (run, other)]
    kept = st.session_state.get(key)
    if kept is None or kept[0] != now:
        kept = st.session_state[key] = (now, differing_positions(mine(), run.id, other.id, run.fields))
    found: tuple[int, ...] = kept[1]
    return found


def _first(run: Run, total: int) -> int:
    """The number of the first line of the page that she is on."""
    pages = max(1, -(-total // PAGE))
    if pages == 1:
        return 0
    number = st.pagination(pages, key=f"batch_page_{run.id}") or 1
    return (min(number, pages) - 1) * PAGE


# -- the table --------------------------------------------------------------------------------------------------------


def _rows(run: Run, view: _View) -> str:
    """The table; the id of the item that is chosen in it, "" for none."""
    if not view.lines:
        st.caption("Nothing here." if view.other is None else "No answer differs.")
        return _chosen(run, view, ())
    rows, order = _differing_rows(run, view) if view.other is not None else _plain_rows(run, view)
    values = [column(one) for one in run.fields.fields]
    both = dict.fromkeys(order[2:], 250) if view.other is not None else dict.fromkeys(values, 120)
    wide = {name: st.column_config.TextColumn(width=width) for name, width in {**_WIDTHS, **both}.items()}
    right = {name: st.column_config.TextColumn(alignment="right") for name in ("Price", "Seconds")}
    event = st.dataframe(
        rows,
        key=f"batch_rows_{run.id}_{view.key}",
        hide_index=True,
        column_order=order,
        column_config={**wide, **right, "Picture": st.column_config.ImageColumn(width=70)},
        row_height=ROW_HEIGHT,
        height=min(HEIGHT, ROW_HEIGHT * len(rows) + HEAD_HEIGHT),
        on_select="rerun",
        selection_mode="single-cell",
        alt=f"Pictures {view.first + 1} to {view.first + len(rows)} of {view.total}, with what came of each",
    )
    return _chosen(run, view, event.selection.cells)


def _plain_rows(run: Run, view: _View) -> tuple[list[dict[str, str]], Sequence[str]]:
    rows = [row(one, run.fields, runtime().catalogue, _thumbnail(one)) for one in view.lines]
    return rows, columns(run)


def _differing_rows(run: Run, view: _View) -> tuple[list[dict[str, str]], Sequence[str]]:
    names = both_names(run, view.other, runtime().catalogue) if view.other else ("", "")
    rows = [
        difference_row(one, _thumbnail(one), dict(zip(names, both_words(one, other, run.fields), strict=True)))
        for one in view.lines
        if (other := view.others.get(one.position)) is not None
    ]
    return rows, ("Picture", "Name", *names)


def _thumbnail(line: Line) -> str:
    return picture_url(line.picture_id, "thumbnail") if line.picture_id else ""


def _chosen(run: Run, view: _View, cells: Sequence[tuple[int, str]]) -> str:
    """By a press anywhere in its row or with the arrow keys. It stays the one while rows come and go around it."""
    key = f"batch_chosen_{run.id}"
    place = (view.key, cells[0][0]) if cells else None
    before, item = st.session_state.get(key, (None, ""))
    if place != before:
        if place is not None:
            item = view.lines[place[1]].id if place[1] < len(view.lines) else ""
        st.session_state[key] = (place, item)
    return str(item)
