"""A page with nothing but the viewer and what it reports. Pictures are drawn here and kept like any other."""

from __future__ import annotations

import io
import json
from typing import cast

import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from pages.parts.viewer import Mode, NamedBox, Shown, shown, viewer
from vision.ingest import add_picture
from vision.runtime import current

st.set_page_config(page_title="Viewer", page_icon="🔎", layout="wide")


def drawn(name: str, size: tuple[int, int]) -> bytes:
    image = Image.new("RGB", size, "#efece4")
    pen = ImageDraw.Draw(image)
    for row in range(12):
        at = (size[0] // 10, size[1] // 12 * row + 60)
        pen.text(at, f"{name} row {row}   {row * 3.5:.2f}", fill="#222", font=ImageFont.load_default(size[1] // 30))
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@st.cache_resource
def pictures() -> list[Shown]:
    owned, limits = current().store.of("local"), current().open_limits
    made = []
    for name, size in (("receipt", (3000, 4000)), ("wide", (4000, 2400)), ("small", (300, 200))):
        stored = add_picture(owned, drawn(name, size), f"{name}.png", limits)
        made.append(shown(stored.id, stored.picture.width, stored.picture.height, stored.picture.name))
    return [*made, shown("nosuchpicture", 1000, 800, "lost.png")]


everything = pictures()
first = everything[0].id
boxes = [
    NamedBox("total", first, (1900, 3300, 2600, 3500), "Total 38.50"),
    NamedBox("row", first, (300, 300, 1500, 450), "Row 0", "doubt"),
    NamedBox("within", first, (300, 300, 700, 450), "Word", "ok"),
    NamedBox("tiny", first, (2900, 3900, 2930, 3915), "Tiny print", "problem"),
]

st.title("Viewer", anchor=False)
mode = st.radio("Mode", ["single", "side-by-side"], key="mode", horizontal=True)
lit = st.pills("Light up", [box.id for box in boxes], key="lit")
st.session_state.runs = st.session_state.get("runs", 0) + 1


@st.fragment
def part() -> None:
    event = viewer(everything, key="v", boxes=boxes, highlight=lit, mode=cast(Mode, mode or "single"), drawing=True)
    if event.picked:
        st.session_state.picked = [*st.session_state.get("picked", []), event.picked]
    if event.drawn:
        st.session_state.drawn = event.drawn.box
    told = {"picked": st.session_state.get("picked", []), "drawn": st.session_state.get("drawn")}
    st.code(json.dumps(told), language=None)


part()
st.write(f"runs: {st.session_state.runs}")
