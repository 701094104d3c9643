"""A page with nothing but two pictures compared, and what the viewer reports.

``?set=plain`` is two plainly coloured pictures of one size, ``?set=laid`` a second one half as large and shifted with
its registration, ``?set=loose`` the same without, ``?set=sample`` the screenshots before and after.
"""

from __future__ import annotations

import base64
import io
import json
from typing import cast

import streamlit as st
from PIL import Image, ImageDraw

from pages.parts.viewer import Mode, NamedBox, Registration, Shown, shown, viewer
from vision.comparing.difference import difference
from vision.ingest import add_picture
from vision.runtime import current
from vision.samples import samples

st.set_page_config(page_title="Two pictures", page_icon="🔎", layout="wide")

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (0, 160, 0)
LARGE, SMALL = (1600, 1000), (700, 400)
LAID: Registration = (2.0, 100.0, 60.0)  # the small one covers (100, 60) to (1500, 860) of the large one


def png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def plain(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((size[0] - 20, size[1] - 20, size[0], size[1]), fill="white")
    return png(image)


def heat_map(size: tuple[int, int]) -> bytes:
    """Green over the upper left quarter, small and see-through elsewhere."""
    image = Image.new("RGBA", (size[0] // 4, size[1] // 4))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 8, size[1] // 8), fill=GREEN)
    return png(image)


def url(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def keep(data: bytes, name: str) -> Shown:
    stored = add_picture(current().store.of("local"), data, name, current().open_limits)
    return shown(stored.id, stored.picture.width, stored.picture.height, stored.picture.name)


Made = tuple[list[Shown], list[NamedBox], Registration | None, str | None]


@st.cache_resource
def made(name: str) -> Made:
    if name == "sample":
        before, after = (sample.read() for sample in samples() if sample.id in ("before", "after"))
        pair = [keep(before, "Screenshot, before.png"), keep(after, "Screenshot, after.png")]
        found = difference(before, (pair[0].width, pair[0].height), after, (pair[1].width, pair[1].height))
        boxes = [
            NamedBox(f"r{number}:{letter}", picture.id, cast(tuple[float, float, float, float], box), f"{number}")
            for number, region in enumerate(found.regions, 1)
            for letter, picture, box in (("a", pair[0], region.box_a), ("b", pair[1], region.box_b))
        ]
        laid = (found.registration.scale, found.registration.dx, found.registration.dy)
        return pair, boxes, laid if found.registration.good else None, url(found.heat)
    small = LARGE if name == "plain" else SMALL
    pair = [keep(plain(LARGE, RED), "red.png"), keep(plain(small, BLUE), "blue.png")]
    boxes = [
        NamedBox("r1:a", pair[0].id, (300, 260, 500, 360), "Place 1", "problem"),
        NamedBox("r1:b", pair[1].id, (100, 100, 200, 150), "Place 1", "problem"),
        NamedBox("r2:a", pair[0].id, (1100, 660, 1300, 760), "Place 2"),
    ]
    return pair, boxes, LAID if name == "laid" else None, url(heat_map(LARGE))


pair, boxes, laid, heat = made(st.query_params.get("set", "plain"))
if "heat" in st.query_params:
    heat = {"none": None, "lost": "/pictures/nosuchpicture/view"}[st.query_params["heat"]]

st.title("Two pictures", anchor=False)
forced = st.pills("Mode", ["single", "side-by-side", "blink"], key="forced")
lit = st.pills("Light up", [box.id for box in boxes[:6]], key="lit")
st.session_state.runs = st.session_state.get("runs", 0) + 1


@st.fragment
def part() -> None:
    kept = st.session_state
    mode = forced or kept.get("mode") or st.query_params.get("mode", "side-by-side")
    own = [NamedBox(name, picture, box, f"Region {name}", "drawn") for name, picture, box in kept.get("own", [])]
    event = viewer(
        pair,
        key="v",
        boxes=[*boxes, *own],
        highlight=lit,
        mode=cast(Mode, mode),
        registration=laid,
        heat=heat,
        drawing="draw" in st.query_params,
    )
    if event.mode:
        kept.mode = event.mode
    if event.drawn:
        kept.named = kept.get("named", 0) + 1
        kept.own = [*kept.get("own", []), (str(kept.named), event.drawn.picture, event.drawn.box)]
    if event.removed:
        kept.own = [each for each in kept.own if each[0] != event.removed]
    if event.picked:
        kept.picked = [*kept.get("picked", []), event.picked]
    said = {"mode": kept.get("mode"), "picked": kept.get("picked", []), "own": kept.get("own", [])}
    letters = {each.id: letter for each, letter in zip(pair, "AB", strict=True)}
    said["own"] = [(name, letters[picture], box) for name, picture, box in said["own"]]
    st.code(json.dumps(said), language=None, wrap_lines=True)
    if event.drawn or event.removed:
        st.rerun(scope="fragment")


part()
st.write(f"runs: {st.session_state.runs}")
