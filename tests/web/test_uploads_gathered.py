"""What a page with many pictures is told by the picture input, without a browser: the whole batch, again and again."""

# ruff: noqa: PLC0415  AppTest runs a function's source by itself, so it brings its own imports
from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.archives.packing import packed, png
from vision import runtime
from vision.ingest import add_picture
from vision.runtime import Runtime
from vision.settings import LOCAL_OWNER, Settings
from vision.store.uploads import Packed
from vision.web import tokens

BATCH = "a-batch-of-her-own-1"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Runtime]:
    yield runtime.start(Settings(data_dir=tmp_path))
    runtime.stop()


def page() -> None:
    from dataclasses import asdict

    import streamlit as st

    from pages.parts.picture_input import batch_of, empty, gathered, picture_input, stop_unpacking, take_out

    picture_input(key="in", archives=True, batch_id=st.query_params.get("b"))
    st.query_params["b"] = batch_of("in")
    if st.button("Stop"):
        stop_unpacking("in")
    if st.button("Take out"):
        take_out("in", [gathered("in").files[0].picture_id])
    if st.button("Empty"):
        st.query_params["b"] = empty("in")
    st.json(asdict(gathered("in")))


def plain_page() -> None:
    from pages.parts.picture_input import picture_input

    picture_input(key="in")


def opened(batch: str = BATCH) -> AppTest:
    app = AppTest.from_function(page)
    app.query_params["b"] = batch
    app.run()
    assert not app.exception
    return app


def found(app: AppTest) -> dict[str, Any]:
    assert not app.exception
    told: dict[str, Any] = json.loads(app.json[0].value)
    return told


def data(app: AppTest) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)
    return told


def upload(running: Runtime, key: str, name: str, *, good: bool = True, batch: str = BATCH) -> str:
    owned = running.store.of(LOCAL_OWNER)
    row = owned.begin_upload(batch, key, name, 10)
    if not good:
        return owned.fail_upload(row.id, f"{name} is no picture.").id
    stored = add_picture(owned, png(len(key)), name, running.open_limits)
    owned.finish_upload(row.id, sha256=stored.picture.sha256, picture_id=stored.id)
    return stored.id


def archive(running: Runtime, key: str, names: list[str]) -> str:
    owned = running.store.of(LOCAL_OWNER)
    content = packed({name: png(number) for number, name in enumerate(names)})
    row = owned.begin_upload(BATCH, key, "z.zip", len(content))
    part = running.store.blobs.new_part()
    part.write_bytes(content)
    files = [Packed(number, name, 100) for number, name in enumerate(names)]
    return owned.begin_unpacking(row.id, part, hashlib.sha256(content).hexdigest(), len(content), files).id


def test_the_batch_of_the_address_is_told_whole_in_each_run(running: Runtime) -> None:
    second, first = upload(running, "2", "day1/b.png"), upload(running, "1", "a.png")
    upload(running, "3", "x.txt", good=False)
    upload(running, "4", "other.png", batch="another-batch-of-hers")
    app = opened()
    files = [
        {"name": "a.png", "picture_id": first, "pages": 1},
        {"name": "day1/b.png", "picture_id": second, "pages": 1},
    ]
    told = {"files": files, "refused": [["x.txt", "x.txt is no picture."]], "unpacking": []}
    assert found(app) == told
    app.run()
    assert found(app) == told
    assert found(opened()) == told  # another session: a reload


def test_take_out_and_empty(running: Runtime) -> None:
    upload(running, "1", "a.png")
    second = upload(running, "22", "b.png")
    app = opened()
    app.button[1].click().run()
    assert [one["picture_id"] for one in found(app)["files"]] == [second]
    app.button[2].click().run()
    assert found(app)["files"] == []
    assert BATCH not in app.query_params["b"]
    app.run()
    assert found(app)["files"] == []
    assert running.store.of(LOCAL_OWNER).picture(second)  # what was added stays stored


def test_what_waits_to_be_unpacked_goes_on_when_a_page_looks(running: Runtime) -> None:
    """As after a restart: the ZIP is stored, nobody unpacks it."""
    archive(running, "1", ["day/a.png", "day/b.png", "notes.txt"])
    app = opened()
    until = time.monotonic() + 20
    while found(app)["unpacking"]:
        (zip,) = found(app)["unpacking"]
        assert (zip["name"], zip["total"]) == ("z.zip", 3)
        assert time.monotonic() < until
        app.run()
    assert [one["name"] for one in found(app)["files"]] == ["day/a.png", "day/b.png", "notes.txt"]  # all are pictures


def test_how_far_each_zip_is_and_stop(running: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.unpacker, "begin", lambda *_: None)
    owned = running.store.of(LOCAL_OWNER)
    ids = [archive(running, key, [f"{key}/{number}.png" for number in range(3)]) for key in ("1", "1/0", "2|a/b")]
    owned.fail_upload(owned.still_packed(ids[1])[0][1], "no")
    app = opened()
    assert [(one["done"], one["total"]) for one in found(app)["unpacking"]] == [(0, 3), (1, 3), (0, 3)]
    app.button[0].click().run()
    told = found(app)
    assert told["unpacking"] == []
    assert [sentence for name, sentence in told["refused"] if name == "z.zip"] == [
        f"“z.zip” was stopped after {done} of 3 files." for done in (0, 1, 0)
    ]


@pytest.mark.parametrize("batch", ["", "short", "x" * 65, "not/an/id/at/all/at/all", "a b c d e f g h i j"])
def test_an_id_that_cannot_be_is_ignored(running: Runtime, batch: str) -> None:
    app = opened(batch)
    assert data(app)["batch"] != batch
    assert data(app)["batch"] in app.query_params["b"]


def test_only_the_page_that_asks_may_bring_zips(running: Runtime) -> None:
    told = data(opened())
    permission = tokens.check(told["token"], time.time())
    assert permission is not None
    assert (permission.batch, permission.archives) == (BATCH, True)
    assert told["archive_limit"] == running.settings.max_archive_file_bytes
    app = AppTest.from_function(plain_page)
    app.run()
    permission = tokens.check(data(app)["token"], time.time())
    assert permission is not None
    assert not permission.archives
    assert data(app)["archive_limit"] == 0
