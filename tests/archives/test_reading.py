"""ZIPs as people and programs make them, and as those make them who mean harm: one sentence each, the rest goes on."""

from __future__ import annotations

import io
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archives.packing import at_the_place_of, link, packed, png, renamed, with_flags, with_method, with_size
from vision.archives.reading import ArchiveLimits, is_archive, open_archive
from vision.errors import PictureError
from vision.settings import Settings

LIMITS = ArchiveLimits(files=50, bytes=1_000_000, ratio=20, file_bytes=100_000)
GOOD = png(1)
Taken = dict[str, bytes | str]


def taken(data: bytes, limits: ArchiveLimits = LIMITS) -> Taken:
    """By name: the bytes, or the sentence of the refusal."""
    found: Taken = {}
    with open_archive(io.BytesIO(data), "z.zip", limits) as archive:
        for member in archive.members:
            try:
                found[member.name] = archive.read(member)
            except PictureError as error:
                found[member.name] = member.refusal or error.sentence
    return found


def refused(data: bytes, limits: ArchiveLimits = LIMITS) -> str:
    with pytest.raises(PictureError) as caught, open_archive(io.BytesIO(data), "z.zip", limits):
        pass
    return caught.value.sentence


def test_files_come_in_their_order_under_relative_names(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    path.write_bytes(packed({"b/2.png": png(2), "a.png": GOOD, "b/": b"", "Grüße/東京.png": png(3)}))
    with open_archive(path, "z.zip", LIMITS) as archive:
        assert [member.name for member in archive.members] == ["b/2.png", "a.png", "Grüße/東京.png"]
        assert [archive.read(member) for member in reversed(archive.members)] == [png(3), GOOD, png(2)]
        assert archive.members[1].size == len(GOOD)


def test_what_is_not_hers_is_left_out_without_a_word() -> None:
    names = ("__MACOSX/._a.png", ".DS_Store", "day1/Thumbs.db", "desktop.ini", ".git/config", "folder/", "empty\\")
    data = packed([("day1/a.png", GOOD), *((name, b"") for name in names)])
    assert taken(data) == {"day1/a.png": GOOD}


def test_equal_names_are_two_pictures() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed([("a.png", GOOD), ("a.png", png(2))])
    assert taken(data) == {"a.png": GOOD, "a (2).png": png(2)}


def nested() -> bytes:
    return packed([("inner.zip", packed({"x.png": GOOD})), ("good.png", GOOD)])


def cut_in_the_middle() -> bytes:
    data = bytearray(packed([("bad.png", png(9, (300, 300))), ("good.png", GOOD)]))
    data[60:70] = b"\xff" * 10
    return bytes(data)


TWO = packed([("bad.png", b"x" * 5000), ("good.png", GOOD)], ZIP_STORED)
SMALL = packed([("bad.png", b"x" * 5000), ("good.png", GOOD)])
# What is wrong with "bad.png" (or the name given), and what the sentence says. "good.png" is read all the same.
HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "climbs out": (lambda: packed([("../../bad.png", b"PK\x03\x04"), ("good.png", GOOD)]), "bad.png", "inside a ZIP"),
    "nested": (nested, "inner.zip", "ZIP inside a ZIP"),
    "link": (lambda: packed([link("bad.png", "/etc/passwd"), ("good.png", GOOD)]), "bad.png", "link"),
    "encrypted": (lambda: with_flags(TWO, "bad.png", 1), "bad.png", "password"),
    "strongly encrypted": (lambda: with_flags(TWO, "bad.png", 0x41), "bad.png", "password"),
    "patch": (lambda: with_flags(TWO, "bad.png", 0x20), "bad.png", "damaged inside"),
    "bzip2": (lambda: with_method(TWO, "bad.png", ZIP_BZIP2), "bad.png", "packed in a way"),
    "lzma": (lambda: with_method(TWO, "bad.png", ZIP_LZMA), "bad.png", "packed in a way"),
    "deflate64": (lambda: with_method(TWO, "bad.png", 9), "bad.png", "packed in a way"),
    "unheard of": (lambda: with_method(TWO, "bad.png", 777), "bad.png", "packed in a way"),
    "not deflated at all": (lambda: with_method(TWO, "bad.png", 8), "bad.png", "damaged inside"),
    "too large": (lambda: packed([("bad.png", b"x" * 100_001), ("good.png", GOOD)]), "bad.png", "more than 100 KB"),
    "says it is smaller": (lambda: with_size(SMALL, "bad.png", 10), "bad.png", "damaged inside"),
    "says it is larger": (lambda: with_size(SMALL, "bad.png", 90_000), "bad.png", "size that the ZIP says"),
    "says it is huge": (lambda: with_size(SMALL, "bad.png", 0xFFFFFFF0), "bad.png", "more than 100 KB"),
    "one place, two names": (lambda: at_the_place_of(TWO, "bad.png", "good.png"), "bad.png", "damaged inside"),
    "broken": (cut_in_the_middle, "bad.png", "damaged inside"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_one_bad_file_ends_no_other(case: str) -> None:
    make, name, words = HOSTILE[case]
    found = taken(make())
    sentence = found.pop(name)
    assert isinstance(sentence, str)
    assert name in sentence
    assert words in sentence
    assert sentence.endswith(".")
    if case != "one place, two names":
        assert found == {"good.png": GOOD}


def test_one_kernel_of_bytes_is_unpacked_once() -> None:
    """Overlapping entries: a kernel that is counted under every name would pass no limit of sizes."""
    names = [f"{number:02}.png" for number in range(20)]
    data = packed([(name, GOOD) for name in names], ZIP_STORED)
    for name in names[1:]:
        data = at_the_place_of(data, name, names[0])
    found = taken(data)
    assert found.pop("00.png") == GOOD
    assert all("shares its place" in str(sentence) for sentence in found.values())
    assert len(found) == 19


def test_names_that_no_program_would_write() -> None:
    data = packed([("0123456789.png", GOOD), ("abcdefgh.png", png(2)), ("good.png", png(3))])
    data = renamed(data, "0123456789.png", b"..\\..\\C:\\a.png")
    data = renamed(data, "abcdefgh.png", b"a\x1b[2J\nb\x7f.png")
    assert list(taken(data)) == ["a.png", "a [2J b .png", "good.png"]


def test_a_name_ends_at_a_nul() -> None:
    data = renamed(packed([("a.pngXexe", GOOD)]), "a.pngXexe", b"a.png\0exe")
    assert list(taken(data)) == ["a.png"]
    nameless = renamed(packed([("a.png", GOOD)]), "a.png", b"\0.png")
    assert list(taken(nameless)) == ["unnamed picture"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04 and no more", "damaged"),
        (packed({"a.png": GOOD})[:-30], "damaged"),
        (packed({}), "holds no files"),
        (packed({".DS_Store": b"", "folder/": b""}), "holds no files"),
        (packed({f"{number}.png": b"" for number in range(51)}), "more than 50 files"),
        (packed({f"{number}.png": b"x" * 99_999 for number in range(11)}, ZIP_STORED), "more than 1 MB"),
        (packed({"[Content_Types].xml": b"", "word/media/image1.png": GOOD}), "Office document"),
        (packed({"mimetype": b"application/epub+zip", "cover.png": GOOD}), "Office document"),
    ],
    ids=["nothing", "head only", "cut", "empty", "only system files", "files", "bytes", "Word", "e-book"],
)
def test_what_cannot_be_opened_as_a_whole_says_why(data: bytes, words: str) -> None:
    sentence = refused(data)
    assert words in sentence
    assert "z.zip" in sentence


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    limits = ArchiveLimits(files=50, bytes=10**9, ratio=20, file_bytes=1_000_000)
    bomb = packed({f"{number}.png": bytes(999_999) for number in range(11)})
    assert len(bomb) < 20_000
    assert "more than 20 times its size" in refused(bomb, limits)
    assert len(taken(packed({f"{number}.png": bytes(999_999) for number in range(10)}), limits)) == 10  # blank pages


def test_a_directory_of_any_length_is_not_read_at_once() -> None:
    """The end of a ZIP says how long its directory is, and zipfile would read that much."""
    data = bytearray(packed({"a.png": GOOD}))
    end = data.rfind(b"PK\x05\x06")
    long = 30_000_000
    data[end + 12 : end + 16] = struct.pack("<I", long)
    whole = bytes(long) + bytes(data)
    tracemalloc.start()
    try:
        assert "more than 50 files" in refused(whole)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000  # BytesIO shares its 30 MB
    finally:
        tracemalloc.stop()


def test_one_file_at_a_time_is_in_memory() -> None:
    limits = ArchiveLimits(files=50, bytes=10**9, ratio=200, file_bytes=3_000_000)
    data = packed({f"{number}.bin": bytes([number]) * 2_000_000 for number in range(20)}, ZIP_STORED)
    tracemalloc.start()
    try:
        with open_archive(io.BytesIO(data), "z.zip", limits) as archive:
            for member in archive.members:
                assert len(archive.read(member)) == 2_000_000
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_zip_is_told_by_its_bytes() -> None:
    assert is_archive(packed({"a.png": GOOD})[:4])
    assert is_archive(packed({}))
    assert not is_archive(GOOD)
    assert not is_archive(b"PK")


def test_limits_come_from_the_settings() -> None:
    given = Settings(max_archive_files=3, max_archive_bytes=4, max_archive_ratio=5, max_file_bytes=6)
    assert ArchiveLimits.of(given) == ArchiveLimits(3, 4, 5, 6)
    assert ArchiveLimits.of(Settings()) == ArchiveLimits()


def taken_or_refused(data: bytes) -> Taken:
    try:
        return taken(data)
    except PictureError as error:
        return {"z.zip": error.sentence}


WHOLE = packed([("a/1.png", GOOD), ("2.txt", b"text" * 200), ("3.png", png(3)), ("4.zip", packed({}))])


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12), st.booleans())
def test_whatever_bytes_are_wrong(changes: list[tuple[int, int]], cut: bool) -> None:
    """A sentence for a file or for the whole; never another exception, never more than was announced."""
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    found = taken_or_refused(bytes(data[: changes[0][0]] if cut else data))
    assert all(len(content) <= LIMITS.file_bytes for content in found.values())


@settings(max_examples=60)
@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), st.binary(max_size=300))
)
def test_whatever_names_and_bytes(files: dict[str, bytes]) -> None:
    found = taken_or_refused(packed([(ZipInfo(name), content) for name, content in files.items()]))
    contents = list(files.values())
    assert all(content in contents for content in found.values() if isinstance(content, bytes))
    assert all(not name.startswith("/") and ".." not in name.split("/") for name in found)
