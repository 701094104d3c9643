"""Differences: computed behind the page, kept, and the heat map to its owner only."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image

from tests.web.conftest import Site
from vision import ingest
from vision.answering.differences import Failed
from vision.comparing.result import VERSION, Difference
from vision.ingest import add_picture, difference_of
from vision.settings import LOCAL_OWNER
from vision.store import StoredPicture
from vision.web.differences import heat_url


def stored(site: Site, square: int | None, owner: str = LOCAL_OWNER) -> StoredPicture:
    """A grid of dots, with one square more at this height."""
    image = Image.new("RGB", (400, 300), "white")
    for x in range(20, 400, 37):
        for y in range(20, 300, 29):
            image.paste((10 * (x % 23), 60, 7 * (y % 31)), (x, y, x + 9, y + 7))
    if square is not None:
        image.paste("red", (200, square, 240, square + 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    return add_picture(site.runtime.store.of(owner), out.getvalue(), "grid.png", site.runtime.open_limits)


def waited(site: Site, one: StoredPicture, other: StoredPicture) -> Difference | Failed:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = site.runtime.differences.of(LOCAL_OWNER, one, other)
        if found is not None:
            return found
        time.sleep(0.02)
    pytest.fail("no difference within a minute")


def test_computed_behind_the_page_and_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = stored(site, None), stored(site, 100)
    assert site.runtime.differences.of(LOCAL_OWNER, one, other) is None
    found = waited(site, one, other)
    assert isinstance(found, Difference)
    (region,) = found.regions
    assert region.box_a[0] <= 205
    assert region.box_a[2] >= 235
    assert not found.same
    owned = site.runtime.store.of(LOCAL_OWNER)
    assert owned.difference(one.id, other.id, VERSION) == found
    assert owned.difference(one.id, other.id, VERSION + 1) is None

    def again(*_: object, **__: object) -> None:
        pytest.fail("computed twice")

    monkeypatch.setattr(ingest, "difference", again)
    assert difference_of(owned, one, other) == found


def test_the_heat_map_is_served_to_its_owner_only(site: Site) -> None:
    one, other = stored(site, None), stored(site, 100)
    reply = site.ask(heat_url(one.id, other.id))
    assert reply.status == 200
    heat = Image.open(io.BytesIO(reply.body)).convert("RGBA")
    assert heat.size == (400, 300)
    assert heat.getchannel("A").getbbox() is not None
    assert "immutable" in reply.headers["cache-control"]
    foreign = stored(site, 50, owner="somebody")
    assert site.ask(heat_url(one.id, foreign.id)).status == 404
    assert site.ask(heat_url(one.id, "0" * 32)).status == 404


def test_a_failure_is_a_sentence_and_can_be_tried_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = stored(site, None), stored(site, 100)
    with monkeypatch.context() as patch:

        def none(*_: object, **__: object) -> Difference:
            raise MemoryError

        patch.setattr(ingest, "difference", none)
        failed = waited(site, one, other)
    assert isinstance(failed, Failed)
    assert "memory" in failed.sentence
    assert site.runtime.differences.ready(LOCAL_OWNER, one, other)
    site.runtime.differences.forget(LOCAL_OWNER, one, other)
    assert isinstance(waited(site, one, other), Difference)
