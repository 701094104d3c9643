"""A record as it came out: its pictures with the places at the left, its values with their marks at the right."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.parts.saying import say
from pages.parts.session import runtime
from pages.parts.values import values
from pages.parts.viewer import NamedBox, shown, viewer
from vision.extracting.showing import shown_record, spots
from vision.fields.model import FieldSet
from vision.markdown import safe_markdown
from vision.models.catalog import READER
from vision.routing.estimating import usd
from vision.store.extract_records import Record, RecordState

HEIGHT = 620
CHECKING = ":shimmer[Looking for the values on the picture]"
WAITS = {RecordState.WAITING: "Waiting to be read", RecordState.RUNNING: "Reading the picture"}
READER_FILLS = (
    "Read on this machine, without a model: what it finds by its label is filled in, everything else is left empty."
)


@st.fragment
def draw_record(record: Record, fields: FieldSet, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """The pictures go into ``left``, the values into ``right``. A press on a value lights up its place, a press on a
    place its value; neither runs the rest of the page."""
    key = f"record_{record.id}"
    lit = st.session_state.get(f"{key}_lit")
    with right:
        picked = _draw_right(record, fields, key, lit)
    if picked:
        st.session_state[f"{key}_reveal"] = st.session_state.get(f"{key}_reveal", 0) + 1
    with left:
        event = viewer(
            [shown(one.id, one.picture.width, one.picture.height, one.picture.name) for one in record.pictures],
            key=f"{key}_viewer",
            boxes=_boxes(record, fields),
            highlight=picked or lit,
            reveal=st.session_state.get(f"{key}_reveal", 0),
            height=HEIGHT,
        )
    now = picked or event.picked
    if now and now != lit:
        st.session_state[f"{key}_lit"] = now
        st.rerun(scope="fragment")


def _boxes(record: Record, fields: FieldSet) -> list[NamedBox]:
    if not record.checked:
        return []
    kinds = {"ok": "ok", "doubt": "doubt", "problem": "problem", "quiet": ""}
    return [
        NamedBox(spot.id, record.pictures[spot.page].id, spot.box, spot.label, kinds[spot.tone])
        for spot in spots(fields, record)
        if spot.page < len(record.pictures)
    ]


def _draw_right(record: Record, fields: FieldSet, key: str, lit: str | None) -> str | None:
    if record.state in WAITS:
        st.markdown(f":shimmer[{WAITS[record.state]}]")
        return None
    if record.state is not RecordState.DONE:
        say(record.sentence or "This was not read.", "info" if record.state is RecordState.STOPPED else "error")
        return None
    if record.provider == READER:
        st.caption(READER_FILLS)
    if record.sentence:
        say(record.sentence, "warning")
    picked = values(shown_record(fields, record), key=f"{key}_values", lit=lit)
    if not record.checked:
        st.markdown(CHECKING)
    st.caption(safe_markdown(_cost_line(record)))
    for note in record.notes:
        st.caption(safe_markdown(note))
    return picked


def _cost_line(record: Record) -> str:
    """ "Read by Claude Haiku in 2.1 s for $0.0012"."""
    model = runtime().catalogue.models.get(record.model)
    name = model.label if model else record.model
    price = "" if record.provider == READER else f", {usd(record.cost_usd)}"
    return f"Read by {name} in {record.seconds:.1f} s{price}"
