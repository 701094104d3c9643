"""What the pages are told by the picture input and by Streamlit's own uploader, without a browser."""

# ruff: noqa: PLC0415  AppTest runs a function's source by itself, so it brings its own imports
from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from vision import runtime
from vision.ingest import add_picture
from vision.runtime import Runtime
from vision.settings import LOCAL_OWNER, Settings
from vision.web import tokens


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Runtime]:
    yield runtime.start(Settings(data_dir=tmp_path))
    runtime.stop()


def png(shade: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), (shade, 0, 0)).save(data, "PNG")
    return data.getvalue()


def input_page() -> None:
    import streamlit as st

    from pages.parts.picture_input import picture_input

    st.write(list(picture_input(key="in")))


def told(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)
    return found


def arrived(app: AppTest) -> list[str]:
    app.session_state["in"] = {"stored": 1}
    app.run()
    assert not app.exception
    found: list[str] = json.loads(app.json[0].value)
    return found


def upload(running: Runtime, batch: str, key: str, shade: int) -> str:
    owned = running.store.of(LOCAL_OWNER)
    row = owned.begin_upload(batch, key, f"{key}.png", 10)
    stored = add_picture(owned, png(shade), f"{key}.png", running.open_limits)
    owned.finish_upload(row.id, sha256=stored.picture.sha256, picture_id=stored.id, size=10)
    return stored.id


def test_pictures_are_handed_out_once_in_her_order(running: Runtime) -> None:
    app = AppTest.from_function(input_page, default_timeout=20).run()
    batch = told(app)["batch"]
    second, first = upload(running, batch, "r|000001|b", 2), upload(running, batch, "r|000000|a", 1)
    upload(running, "another batch", "r|000000|c", 3)
    running.store.of(LOCAL_OWNER).begin_upload(batch, "r|000002|d", "d.png", 10)  # still coming
    app.run()
    assert json.loads(app.json[0].value) == []  # nobody said that she is done
    assert arrived(app) == [first, second]
    assert arrived(app) == []
    again = upload(running, batch, "s|000000|a", 1)
    assert again == first  # the same content is the same picture, and yet a new wish
    assert arrived(app) == [first]


def test_batch_and_token_stay_while_she_stays(running: Runtime) -> None:
    app = AppTest.from_function(input_page, default_timeout=20).run()
    before = told(app)
    app.run()
    assert told(app) == before
    assert tokens.check(before["token"], 0.0) == tokens.Permission(
        LOCAL_OWNER,
        before["batch"],
        tokens.check(before["token"], 0.0).expires,  # type: ignore[union-attr]
    )
    other = AppTest.from_function(input_page, default_timeout=20).run()
    assert told(other)["batch"] != before["batch"]


def chat_page() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from pages.parts.uploaded import take

    files = st.file_uploader("Files", accept_multiple_files=True, key="files")
    if files:
        kept, refused = take(files)
        context = get_script_run_ctx()
        assert context is not None
        held = context.uploaded_file_mgr.get_files(context.session_id, [file.file_id for file in files])
        st.json({"kept": [stored.picture.name for stored in kept], "refused": refused, "held": len(held)})


def test_files_of_streamlits_uploader_are_kept_and_freed(running: Runtime) -> None:
    app = AppTest.from_function(chat_page, default_timeout=20).run()
    app.file_uploader(key="files").upload("a.png", png(1)).upload("page.jpg", b"<html></html>").run()
    assert not app.exception
    found = json.loads(app.json[0].value)
    assert found["kept"] == ["a.png"]
    assert len(found["refused"]) == 1
    assert "page.jpg" in found["refused"][0]
    assert found["held"] == 0


def test_more_files_than_the_box_takes_at_once_are_refused_in_words_and_freed(running: Runtime) -> None:
    app = AppTest.from_function(chat_page, default_timeout=30).run()
    uploader = app.file_uploader(key="files")
    for number in range(23):
        uploader = uploader.upload(f"{number}.png", png(number))
    uploader.run()
    assert not app.exception
    found = json.loads(app.json[0].value)
    assert found["kept"] == [f"{number}.png" for number in range(20)]
    (refused,) = found["refused"]
    assert refused.startswith("The last 3 of 23 files were not added")
    assert found["held"] == 0


def viewer_page() -> None:
    import streamlit as st

    from pages.parts.viewer import NamedBox, shown, viewer

    event = viewer(
        [shown("p", 100, 50, "a.png")], key="v", boxes=[NamedBox("b", "p", (1, 2, 3, 4), "Total")], highlight="b"
    )
    st.json({"picked": event.picked, "drawn": event.drawn and event.drawn.box})


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"picked": "b"}, {"picked": "b", "drawn": None}),
        ({"picked": "not mine"}, {"picked": None, "drawn": None}),
        ({"picked": {"x": 1}}, {"picked": None, "drawn": None}),
        ({"drawn": {"picture": "p", "box": [90, 40, -5, 200]}}, {"picked": None, "drawn": [0, 40, 90, 50]}),
        ({"drawn": {"picture": "q", "box": [1, 2, 3, 4]}}, {"picked": None, "drawn": None}),
        ({"drawn": {"picture": "p", "box": [1, "2", 3]}}, {"picked": None, "drawn": None}),
        ({"drawn": "x"}, {"picked": None, "drawn": None}),
    ],
)
def test_the_viewer_believes_only_what_can_be(running: Runtime, said: dict[str, Any], heard: dict[str, Any]) -> None:
    app = AppTest.from_function(viewer_page, default_timeout=20).run()
    sent = json.loads(app.get("bidi_component")[0].proto.json)
    assert sent["boxes"] == [{"id": "b", "picture": "p", "box": [1, 2, 3, 4], "label": "Total", "kind": ""}]
    assert sent["highlight"] == "b"
    app.session_state["v"] = said
    app.run()
    assert not app.exception
    assert json.loads(app.json[0].value) == heard


def two_page() -> None:
    import streamlit as st

    from pages.parts.viewer import NamedBox, shown, viewer

    boxes = [NamedBox("r1:a", "p", (1, 2, 3, 4), "1"), NamedBox("mine", "p", (1, 2, 3, 4), "Region 1", "drawn")]
    event = viewer(
        [shown("p", 100, 50, "a.png"), shown("q", 50, 25, "b.png")],
        key="v",
        boxes=boxes,
        mode="slider",
        letters=("C", "E"),
        registration=(2.0, 1.0, -1.5),
        heat="/differences/p/q/heat.png",
    )
    st.json({"mode": event.mode, "removed": event.removed})


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"mode": {"mode": "blink", "told": 3}}, {"mode": "blink", "removed": None}),
        ({"mode": {"mode": "single", "told": 3}}, {"mode": None, "removed": None}),
        ({"mode": {"mode": ["blink"], "told": 3}}, {"mode": None, "removed": None}),
        ({"mode": {"mode": "blink", "told": "3"}}, {"mode": None, "removed": None}),
        ({"mode": "blink"}, {"mode": None, "removed": None}),
        ({"removed": "mine"}, {"mode": None, "removed": "mine"}),
        ({"removed": "r1:a"}, {"mode": None, "removed": None}),
        ({"removed": 7}, {"mode": None, "removed": None}),
    ],
)
def test_what_is_compared_and_how(running: Runtime, said: dict[str, Any], heard: dict[str, Any]) -> None:
    app = AppTest.from_function(two_page, default_timeout=20).run()
    sent = told(app)
    assert (sent["mode"], sent["letters"], sent["registration"]) == ("slider", ["C", "E"], [2.0, 1.0, -1.5])
    assert (sent["heat"], sent["heard"]) == ("/differences/p/q/heat.png", 0)
    app.session_state["v"] = said
    app.run()
    assert not app.exception
    assert json.loads(app.json[0].value) == heard
    assert told(app.run())["heard"] == (3 if heard["mode"] else 0)
