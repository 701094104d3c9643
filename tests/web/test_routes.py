"""Headers on everything, pictures to their owner only and without metadata, the kit kept for ever, health."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.web.conftest import Site
from vision.errors import NotThere
from vision.ingest import add_picture
from vision.store.pictures import VIEW_EDGE
from vision.web.headers import POLICY, host_allowed
from vision.web.kit import asset_url
from vision.web.pictures import levels, picture_url


def photo(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A JPEG with a place and a camera in it, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET CAMERA"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 0.0)})
    data = io.BytesIO()
    Image.new("RGB", size, "steelblue").save(data, "JPEG", exif=exif)
    return data.getvalue()


@pytest.mark.parametrize("path", ["/health", "/kit/viewer.js", "/pictures/none/preview", "/kit/none.js", "/nowhere"])
def test_every_answer_has_the_security_headers(site: Site, path: str) -> None:
    headers = site.ask(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


def test_a_foreign_host_name_gets_no_picture(site: Site) -> None:
    stored = add_picture(site.runtime.store.of("local"), photo(), "a.jpg", site.runtime.open_limits)
    path = picture_url(stored.id, "preview")
    assert site.ask(path, headers={"Host": "rebound.example"}).status == 421
    assert site.ask(path, headers={"Host": "app.loupe.test:8501"}).status == 200


@pytest.mark.parametrize(
    ("host", "allowed", "answer"),
    [
        ("localhost:8501", ["localhost"], True),
        ("LOCALHOST", ["localhost"], True),
        ("[::1]:8501", ["[::1]"], True),
        ("evil-localhost", ["localhost"], False),
        ("loupe.example", ["*.loupe.example"], False),
        ("a.loupe.example", ["*.loupe.example"], True),
        ("anything", [], True),
        ("", ["localhost"], False),
    ],
)
def test_host_names(host: str, allowed: list[str], answer: bool) -> None:
    assert host_allowed(host, allowed) is answer


@pytest.mark.parametrize(("variant", "edge"), [("thumbnail", 240), ("preview", 1000), ("view", 1600)])
def test_pictures_are_clean_upright_and_kept(site: Site, variant: str, edge: int) -> None:
    stored = add_picture(site.runtime.store.of("local"), photo(), "a.jpg", site.runtime.open_limits)
    reply = site.ask(f"/pictures/{stored.id}/{variant}")
    assert reply.status == 200
    assert reply.headers["content-type"] in ("image/jpeg", "image/png")
    assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert b"SECRET CAMERA" not in reply.body
    shown = Image.open(io.BytesIO(reply.body))
    assert not shown.getexif()
    assert max(shown.size) == edge
    assert shown.height > shown.width  # upright
    assert site.ask(f"/pictures/{stored.id}/{variant}").body == reply.body


def test_the_sizes_announced_are_the_sizes_sent(site: Site) -> None:
    owned = site.runtime.store.of("local")
    stored = add_picture(owned, photo((5000, 1333)), "wide.jpg", site.runtime.open_limits)
    for level in levels(stored.id, stored.picture.width, stored.picture.height):
        shown = Image.open(io.BytesIO(site.ask(level.url).body))
        assert abs(shown.width - level.width) <= 1
        assert abs(shown.height - level.height) <= 1
    assert level.height == VIEW_EDGE


def test_a_small_picture_has_one_level() -> None:
    assert [level.url for level in levels("abc", 300, 200)] == ["/pictures/abc/preview"]


@pytest.mark.parametrize("variant", ["source", "original", "master", ""])
def test_the_original_is_never_served(site: Site, variant: str) -> None:
    stored = add_picture(site.runtime.store.of("local"), photo(), "a.jpg", site.runtime.open_limits)
    assert site.ask(f"/pictures/{stored.id}/{variant}").status == 404
    with pytest.raises(ValueError, match="source"):
        picture_url(stored.id, "source")


def test_somebody_elses_picture_is_not_there(site: Site) -> None:
    stored = add_picture(site.runtime.store.of("somebody"), photo(), "a.jpg", site.runtime.open_limits)
    with pytest.raises(NotThere):
        site.runtime.store.of("local").picture(stored.id)
    reply = site.ask(picture_url(stored.id, "preview"))
    unknown = site.ask(picture_url("0" * 32, "preview"))
    assert reply.status == unknown.status == 404
    assert reply.body == unknown.body
    assert reply.headers["cache-control"] == "no-store"


def test_the_kit_is_kept_for_ever_under_its_version_only(site: Site) -> None:
    fresh = site.ask(asset_url("viewer.js"))
    assert fresh.status == 200
    assert fresh.headers["content-type"].startswith("text/javascript")
    assert "immutable" in fresh.headers["cache-control"]
    assert site.ask("/kit/viewer.js?v=old").headers["cache-control"] == "no-cache"
    again = site.ask("/kit/viewer-pane.js", headers={"If-None-Match": site.ask("/kit/viewer-pane.js").headers["etag"]})
    assert again.status == 304


@pytest.mark.parametrize("name", ["..%2f..%2fviewer.py", "viewer.py", "none.js", "../viewer.py", "%2e%2e"])
def test_nothing_but_the_kit(site: Site, name: str) -> None:
    assert site.ask(f"/kit/{name}").status == 404


def test_health_says_ready_and_nothing_secret(site: Site) -> None:
    reply = site.ask("/health")
    assert reply.status == 200
    assert reply.json().keys() == {"ready", "version"}
    assert reply.json()["ready"] is True
