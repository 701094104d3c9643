"""ZIPs and folders through the upload route: relative names, unpacking behind the answer, Stop, restart, limits."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.archives.packing import packed, png, with_flags
from tests.web.conftest import Reply, Site
from vision.archives import unpacking
from vision.archives.unpacking import Unpacker
from vision.errors import DiskFull
from vision.ingest import add_picture
from vision.settings import LOCAL_OWNER, Settings
from vision.store import OwnedStore, Store
from vision.store.uploads import Listed, Packed, packed_prefix
from vision.web import tokens


def send(site: Site, data: object, key: str = "k", name: str = "z.zip", *, archives: bool = True) -> Reply:
    token = tokens.mint(LOCAL_OWNER, "b", time.time(), archives=archives)
    headers = {"X-Upload-Token": token, "X-File-Key": quote(key), "X-File-Name": quote(name)}
    return site.ask("/upload", method="POST", headers=headers, body=data)


def rows(site: Site) -> dict[str, Listed]:
    return {row.name: row for row in site.runtime.store.of(LOCAL_OWNER).listed_uploads("b")}


def idle(unpacker: Unpacker) -> None:
    until = time.monotonic() + 20
    while not unpacker.idle():
        assert time.monotonic() < until
        time.sleep(0.005)


def blobs(site: Site) -> int:
    return sum(len(path.name) == 64 for path in (site.data / "blobs").rglob("*"))


def test_a_zip_becomes_the_pictures_inside(site: Site) -> None:
    files = {"day1/a.png": png(1), "notes.txt": b"no picture", "day1/.DS_Store": b"x", "day2/a.png": png(2)}
    data = packed(files)
    reply = send(site, data, name="holiday/photos.zip")
    assert reply.status == 200
    assert (reply.json()["name"], reply.json()["files"]) == ("holiday/photos.zip", 3)
    idle(site.runtime.unpacker)
    found = rows(site)
    assert list(found) == ["holiday/photos.zip", "day1/a.png", "notes.txt", "day2/a.png"]  # in her order
    assert [row.state for row in found.values()] == ["unpacked", "stored", "failed", "stored"]
    assert "notes.txt" in found["notes.txt"].sentence
    owned = site.runtime.store.of(LOCAL_OWNER)
    picture = owned.picture(found["day2/a.png"].picture_id or "")
    assert picture.picture.name == "a.png"
    assert owned.original_bytes(picture.id) == png(2)
    assert found["day2/a.png"].pages == 1
    assert not site.runtime.store.blobs.exists(hashlib.sha256(data).hexdigest())  # the ZIP's own bytes are gone
    assert not list(site.data.rglob("*.part"))


def test_the_ending_of_a_name_says_nothing(site: Site) -> None:
    assert send(site, packed({"a.png": png(1)}), "1", "photos").json()["files"] == 1
    assert "files" not in send(site, png(2), "2", "picture.zip").json()
    assert send(site, packed({"a.png": png(1)}), "3", "a.zip", archives=False).status == 422
    idle(site.runtime.unpacker)
    assert rows(site)["a.zip"].sentence.endswith("unpack it and add the pictures inside.")


def test_permission_for_zips_cannot_be_added_to_a_token() -> None:
    token = tokens.mint("a", "b", 1000.0, archives=True)
    plain = tokens.mint("a", "b", 1000.0)
    body, signature = token.split(".")[0], plain.split(".")[1]
    assert tokens.check(token, 1000.0) == tokens.Permission("a", "b", 1000 + tokens.LIFETIME_SECONDS, archives=True)
    assert tokens.check(plain, 1000.0) == tokens.Permission("a", "b", 1000 + tokens.LIFETIME_SECONDS)
    assert tokens.check(f"{body}.{signature}", 1000.0) is None


def test_files_of_a_folder_keep_their_relative_names(site: Site) -> None:
    told = send(site, png(1), name="holiday/day1/a.png", archives=False).json()
    assert told["name"] == "a.png"
    assert list(rows(site)) == ["holiday/day1/a.png"]
    send(site, png(2), "2", "/../../etc/./b\x1b.png", archives=False)
    assert list(rows(site)) == ["etc/b .png", "holiday/day1/a.png"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (packed({".DS_Store": b""}), "holds no files"),
        (packed({"[Content_Types].xml": b"", "word/media/a.png": png()}), "Office document"),
    ],
    ids=["damaged", "empty", "Word"],
)
def test_a_zip_that_cannot_be_opened_is_refused_at_once(site: Site, data: bytes, words: str) -> None:
    reply = send(site, data, name="bad.zip")
    assert reply.status == 422
    assert words in reply.json()["error"]
    assert rows(site)["bad.zip"].sentence == reply.json()["error"]
    assert blobs(site) == 0
    assert not list(site.data.rglob("*.part"))


def test_one_bad_file_in_it_ends_no_other(site: Site) -> None:
    data = with_flags(packed([("bad.png", b"x"), ("cut.png", png(1)[:50]), ("good.png", png(2))]), "bad.png", 1)
    assert send(site, data).json()["files"] == 3
    idle(site.runtime.unpacker)
    found = rows(site)
    assert [row.state for row in found.values()] == ["unpacked", "failed", "failed", "stored"]
    assert "password" in found["bad.png"].sentence
    assert "cut.png" in found["cut.png"].sentence


@pytest.mark.parametrize("site", [{"max_file_bytes": 5000, "max_archive_file_bytes": 20_000}], indirect=True)
def test_a_zip_may_be_larger_than_a_picture_and_not_larger_than_its_limit(site: Site) -> None:
    big = packed({f"{number}.bin": bytes([number]) * 4000 for number in range(3)}, how=0)
    assert send(site, big).status == 200

    def chunks(data: bytes) -> Iterator[bytes]:  # without an announced length, the head in two pieces
        yield data[:2]
        for at in range(2, len(data), 3000):
            yield data[at : at + 3000]

    assert send(site, chunks(big), "2").status == 200
    for body, words in ((b"PK\x03\x04" + bytes(30_000), "20 KB"), (b"JPEG" + bytes(12_000), "5 KB")):
        try:
            reply = send(site, chunks(body), "3")
        except OSError:  # the server hangs up while we still send
            continue
        assert reply.status == 413
        assert words in reply.json()["error"]
    idle(site.runtime.unpacker)


@pytest.mark.parametrize("site", [{"max_upload_files": 4}], indirect=True)
def test_what_is_in_a_zip_counts_into_the_batch(site: Site) -> None:
    assert send(site, png(0), "0", "a.png").status == 200
    reply = send(site, packed({f"{number}.png": png(number) for number in range(4)}), "1", "four.zip")
    assert reply.status == 413
    assert "four.zip was not added: with its 4 files" in reply.json()["error"]
    assert send(site, packed({f"{number}.png": png(number) for number in range(3)}), "2", "three.zip").status == 200
    assert send(site, png(9), "3", "b.png").status == 413
    idle(site.runtime.unpacker)
    assert site.runtime.store.of(LOCAL_OWNER).upload_totals("b").files == 4


@pytest.mark.parametrize("site", [{"max_upload_bytes": 20_000}], indirect=True)
def test_what_it_unpacks_to_counts_into_the_batch(site: Site) -> None:
    reply = send(site, packed({"a.png": bytes(21_000)}))
    assert reply.status == 413
    assert "unpacked, there would be more than 20 KB" in reply.json()["error"]


def test_the_same_key_again_unpacks_nothing_again(site: Site) -> None:
    data = packed({"a.png": png(1), "b.png": png(2)})
    first = send(site, data).json()
    idle(site.runtime.unpacker)
    again = send(site, data).json()
    assert (again["id"], again["again"]) == (first["id"], True)
    assert len(rows(site)) == 3


# -- the unpacker by itself: stopped, restarted, out of room


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "loupe.db", tmp_path / "blobs")
    yield opened
    opened.close()


def waiting(store: Store, count: int, key: str = "k") -> tuple[OwnedStore, str]:
    """A ZIP of so many pictures that is stored and not unpacked yet."""
    owned = store.of(LOCAL_OWNER)
    data = packed({f"day/{number}.png": png(number) for number in range(count)})
    row = owned.begin_upload("b", key, "z.zip", len(data))
    part = store.blobs.new_part()
    part.write_bytes(data)
    files = [Packed(number, f"day/{number}.png", 100) for number in range(count)]
    owned.begin_unpacking(row.id, part, hashlib.sha256(data).hexdigest(), len(data), files)
    return owned, row.id


class Gate:
    """Lets so many pictures through, then holds the next one until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, free: int) -> None:
        self.free, self.calls = free, 0
        self.reached, self.open = threading.Event(), threading.Event()
        monkeypatch.setattr(unpacking, "add_picture", self)

    def __call__(self, *args: object) -> object:
        self.calls += 1
        if self.calls > self.free:
            self.reached.set()
            assert self.open.wait(20)
        return add_picture(*args)  # type: ignore[arg-type]


def test_stop_keeps_what_came(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch, free=3)
    owned, upload_id = waiting(store, 10)
    unpacker = Unpacker(store, Settings())
    unpacker.begin(LOCAL_OWNER, upload_id)
    unpacker.begin(LOCAL_OWNER, upload_id)  # a page asks in each run
    assert gate.reached.wait(20)
    assert owned.unpacked_so_far(upload_id) == (3, 10)
    unpacker.stop(LOCAL_OWNER, upload_id)
    gate.open.set()
    unpacker.close()
    assert unpacker.idle()
    found = owned.upload(upload_id)
    assert (found.state, found.sha256) == ("stopped", None)
    assert found.sentence == "“z.zip” was stopped after 3 of 10 files."
    listed = owned.listed_uploads("b")
    assert [row.state for row in listed] == ["stopped", "stored", "stored", "stored"]
    unpacker.stop(LOCAL_OWNER, upload_id)
    assert owned.upload(upload_id) == found


def test_after_a_restart_only_what_is_missing_is_done(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch, free=4)
    owned, upload_id = waiting(store, 10)
    first = Unpacker(store, Settings())
    first.begin(LOCAL_OWNER, upload_id)
    assert gate.reached.wait(20)
    closing = threading.Thread(target=first.close)
    closing.start()
    while not first._closing.is_set():
        time.sleep(0.001)
    gate.open.set()
    closing.join()
    assert owned.unpacked_so_far(upload_id) == (5, 10)  # the one under way was finished
    first.begin(LOCAL_OWNER, upload_id)  # too late
    second = Unpacker(store, Settings())
    second.begin(LOCAL_OWNER, upload_id)
    idle(second)
    second.close()
    assert gate.calls == 10
    assert owned.upload(upload_id).state == "unpacked"
    assert owned.upload_totals("b").files == 10


def test_a_zip_that_was_stopped_goes_on_when_it_is_sent_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch, free=3)
    owned, upload_id = waiting(store, 8)
    unpacker = Unpacker(store, Settings())
    unpacker.begin(LOCAL_OWNER, upload_id)
    assert gate.reached.wait(20)
    unpacker.stop(LOCAL_OWNER, upload_id)
    gate.open.set()
    idle(unpacker)
    assert waiting(store, 8)[1] == upload_id
    assert owned.unpacked_so_far(upload_id) == (3, 8)
    unpacker.begin(LOCAL_OWNER, upload_id)
    idle(unpacker)
    unpacker.close()
    assert owned.upload(upload_id).state == "unpacked"
    assert [row.name for row in owned.listed_uploads("b")][1:] == [f"day/{number}.png" for number in range(8)]


def test_a_full_disk_ends_it_in_words_and_keeps_what_came(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def full(*args: object) -> object:
        calls.append(1)
        if len(calls) > 2:
            raise DiskFull("The disk is full: free some space, then try again.")
        return add_picture(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(unpacking, "add_picture", full)
    owned, upload_id = waiting(store, 5)
    unpacker = Unpacker(store, Settings())
    unpacker.begin(LOCAL_OWNER, upload_id)
    idle(unpacker)
    unpacker.close()
    sentence = owned.upload(upload_id).sentence
    assert sentence == "“z.zip” was unpacked up to file 2 of 5. The disk is full: free some space, then try again."
    assert [row.state for row in owned.listed_uploads("b")] == ["stopped", "stored", "stored"]


def test_a_fault_of_ours_leaves_nothing_unpacking_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "add_picture", lambda *_: 1 / 0)
    owned, upload_id = waiting(store, 2)
    unpacker = Unpacker(store, Settings())
    unpacker.begin(LOCAL_OWNER, upload_id)
    idle(unpacker)
    unpacker.close()
    assert owned.upload(upload_id).state == "stopped"
    assert "ZeroDivisionError" in owned.upload(upload_id).sentence


def test_a_zip_whose_bytes_are_gone(store: Store) -> None:
    owned, upload_id = waiting(store, 2)
    store.blobs.delete(owned.upload(upload_id).sha256 or "")
    unpacker = Unpacker(store, Settings())
    unpacker.begin(LOCAL_OWNER, upload_id)
    idle(unpacker)
    unpacker.close()
    assert owned.upload(upload_id).state == "stopped"
    assert "no longer stored" in owned.upload(upload_id).sentence


def test_everything_deleted_in_the_middle(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(monkeypatch, free=1)
    owned, upload_id = waiting(store, 5)
    unpacker = Unpacker(store, Settings())
    unpacker.begin(LOCAL_OWNER, upload_id)
    assert gate.reached.wait(20)
    owned.delete_everything()
    gate.open.set()
    idle(unpacker)
    unpacker.close()
    assert owned.listed_uploads("b") == ()


def test_keys_of_any_length_keep_her_order_and_never_meet(store: Store) -> None:
    keys = ["r|000000|" + "x" * 900, "r|000001|a%_b/c.zip|1", "r|000002|" + "y" * 289, "r|000003|" + "y" * 290]
    for key in keys:
        waiting(store, 3, key)
    owned = store.of(LOCAL_OWNER)
    archives = [row for row in owned.uploads("b") if row.state == "unpacking"]
    assert [owned.unpacked_so_far(row.id) for row in archives] == [(0, 3)] * 4
    names = [row.name for row in owned.listed_uploads("b") if row.state == "open"]
    assert names == ["day/0.png", "day/1.png", "day/2.png"] * 4
    assert len({packed_prefix(row.key) for row in archives}) == 4


def test_ten_thousand_files_are_listed_at_once(store: Store) -> None:
    owned = store.of(LOCAL_OWNER)
    row = owned.begin_upload("b", "k", "z.zip", 1)
    part = store.blobs.new_part()
    part.write_bytes(b"PK")
    files = [Packed(number, f"day/{number}.png", 100) for number in range(10_000)]
    began = time.perf_counter()
    owned.begin_unpacking(row.id, part, "0" * 64, 2, files)
    assert len(owned.still_packed(row.id)) == 10_000
    assert len(owned.listed_uploads("b")) == 10_001
    assert owned.upload_totals("b").files == 10_000
    assert time.perf_counter() - began < 10  # about 1 s on an idle machine
