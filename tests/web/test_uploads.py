"""The upload route: who may, how much, once only, nothing left behind, one sentence for every failure."""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from PIL import Image

from tests.web.conftest import Reply, Site
from vision.settings import LOCAL_OWNER
from vision.web import tokens


def png(shade: int = 0, size: tuple[int, int] = (40, 30)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 120)).save(data, "PNG")
    return data.getvalue()


def heads(key: str = "k", name: str = "a.png", batch: str = "b", token: str | None = None) -> dict[str, str]:
    token = tokens.mint(LOCAL_OWNER, batch, time.time()) if token is None else token
    return {"X-Upload-Token": token, "X-File-Key": quote(key), "X-File-Name": quote(name)}


def send(site: Site, data: bytes, **rest: str) -> Reply:
    return site.ask("/upload", method="POST", headers=heads(**rest), body=data)


def parts(site: Site) -> list[str]:
    return [path.name for path in site.data.rglob("*.part")]


def test_a_file_becomes_a_picture(site: Site) -> None:
    reply = send(site, png(), name="Beleg für Müller.png")
    assert reply.status == 200
    told = reply.json()
    assert (told["name"], told["width"], told["height"], told["pages"]) == ("Beleg für Müller.png", 40, 30, 1)
    stored = site.runtime.store.of(LOCAL_OWNER).picture(told["id"])
    assert stored.picture.name == "Beleg für Müller.png"
    [row] = site.runtime.store.of(LOCAL_OWNER).uploads("b")
    assert (row.state, row.picture_id, row.size) == ("stored", told["id"], len(png()))
    assert parts(site) == []


def test_the_same_key_again_stores_nothing_again(site: Site) -> None:
    first = send(site, png()).json()
    again = send(site, png()).json()
    assert again["id"] == first["id"]
    assert again["again"] is True
    assert len(site.runtime.store.of(LOCAL_OWNER).uploads("b")) == 1


def test_a_deleted_picture_can_be_added_again(site: Site) -> None:
    owned = site.runtime.store.of(LOCAL_OWNER)
    assert send(site, png()).status == 200
    owned.delete_everything()
    again = send(site, png())
    assert again.status == 200
    assert owned.picture(again.json()["id"])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "x.y",
        "ä.ö",
        tokens.mint(LOCAL_OWNER, "b", 0.0),
        tokens.mint(LOCAL_OWNER, "b", time.time(), secret=b"other"),
        tokens.mint("somebody", "b", time.time()),
    ],
    ids=["none", "short", "form", "umlaut", "old", "forged", "foreign"],
)
def test_without_a_good_token_nothing_is_stored(site: Site, token: str) -> None:
    reply = send(site, png(), token=quote(token) if not token.isascii() else token)
    assert reply.status == 403
    assert "reload" in reply.json()["error"]
    assert site.runtime.store.of(LOCAL_OWNER).uploads("b") == ()


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none"])
def test_other_sites_may_not_add(site: Site, origin: str) -> None:
    reply = site.ask("/upload", method="POST", headers={**heads(), "Sec-Fetch-Site": origin}, body=png())
    assert reply.status == 403


def test_get_is_not_an_upload(site: Site) -> None:
    assert site.ask("/upload").status == 405


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "empty.jpg"), (b"<html></html>", "page.jpg"), (png()[:60], "cut.png")],
    ids=["empty", "html", "truncated"],
)
def test_what_is_no_picture_is_refused_by_name(site: Site, data: bytes, name: str) -> None:
    reply = send(site, data, name=name)
    assert reply.status == 422
    assert name in reply.json()["error"]
    [row] = site.runtime.store.of(LOCAL_OWNER).uploads("b")
    assert (row.state, row.sentence) == ("failed", reply.json()["error"])
    assert parts(site) == []
    assert send(site, png()).status == 200  # the same key may try again with a better file


def test_names_are_made_fit_to_show(site: Site) -> None:
    told = send(site, png(), name="../../etc/a\u202egnp.exe\n.png").json()
    assert "/" not in told["name"]
    assert "\u202e" not in told["name"]
    assert "\n" not in told["name"]


@pytest.mark.parametrize("site", [{"max_file_bytes": 3000}], indirect=True)
def test_too_large_by_its_own_word_or_by_its_bytes(site: Site) -> None:
    """A client may hang up while it still sends, so the answer may be a broken connection: nothing is stored."""
    long = b"x" * 200_000

    def chunks() -> Iterator[bytes]:
        for at in range(0, len(long), 1000):
            yield long[at : at + 1000]

    for body in (long, chunks()):
        try:
            reply = site.ask("/upload", method="POST", headers=heads(), body=body)
        except (ConnectionError, http.client.HTTPException):
            continue
        assert reply.status == 413
        assert "larger than" in reply.json()["error"]
    assert not [row for row in site.runtime.store.of(LOCAL_OWNER).uploads("b") if row.state == "stored"]
    assert parts(site) == []


@pytest.mark.parametrize("site", [{"max_upload_files": 4}], indirect=True)
def test_the_count_holds_for_files_that_come_at_once(site: Site) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: send(site, png(n), key=str(n), name=f"{n}.png"), range(8)))
    assert sorted(reply.status for reply in replies) == [200] * 4 + [413] * 4
    assert all("at most 4 files" in reply.json()["error"] for reply in replies if reply.status == 413)
    assert send(site, png(99), key="other", batch="c").status == 200


@pytest.mark.parametrize("site", [{"max_upload_bytes": 450}], indirect=True)
def test_the_bytes_hold_for_files_that_come_at_once(site: Site) -> None:
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda n: send(site, png(n), key=str(n)), range(6)))
    assert 400 <= 4 * len(png()) <= 450  # four of about 100 bytes fit, a fifth does not
    assert sorted(reply.status for reply in replies) == [200] * 4 + [413] * 2


def test_a_dropped_connection_leaves_nothing(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        lines = [f"{name}: {value}" for name, value in heads().items()]
        head = "\r\n".join(["POST /upload HTTP/1.1", "Host: 127.0.0.1", "Content-Length: 900000", *lines])
        line.sendall(head.encode() + b"\r\n\r\n" + b"x" * 100_000)
        until = time.monotonic() + 10
        while not parts(site) and time.monotonic() < until:
            time.sleep(0.01)
        assert parts(site)
    owned = site.runtime.store.of(LOCAL_OWNER)
    until = time.monotonic() + 10
    while (parts(site) or owned.uploads("b")[0].state == "open") and time.monotonic() < until:
        time.sleep(0.01)
    assert parts(site) == []
    assert owned.uploads("b")[0].state == "failed"
    assert owned.upload_totals("b").files == 0
    assert send(site, png()).status == 200


def test_the_server_answers_others_while_files_come_in(site: Site) -> None:
    big = png(7, (2500, 2500)) + b"\0" * 3_000_000
    done = threading.Event()
    waits: list[float] = []

    def look() -> None:
        while not done.is_set():
            began = time.perf_counter()
            site.ask("/health")
            waits.append(time.perf_counter() - began)

    watcher = threading.Thread(target=look)
    watcher.start()
    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda n: send(site, big, key=str(n), batch=str(n)), range(9)))
    done.set()
    watcher.join()
    assert {reply.status for reply in replies} == {200}
    assert sorted(waits)[len(waits) // 2] < 0.25


def test_tokens_say_what_they_permit() -> None:
    token = tokens.mint("a", "b", 1000.0, lifetime=60)
    assert tokens.check(token, 1059.0) == tokens.Permission("a", "b", 1060)
    assert tokens.check(token, 1060.0) is None
    body, signature = token.split(".")
    other = tokens.mint("a", "c", 1000.0, lifetime=60).split(".")[0]
    assert tokens.check(f"{other}.{signature}", 1000.0) is None
    assert tokens.check(f"{body}.{signature[:-2]}", 1000.0) is None
