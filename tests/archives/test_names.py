"""Relative names: fit to show, never leading out, told apart."""

from __future__ import annotations

import unicodedata
from zipfile import ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.archives.names import LONGEST, clean_path, of_the_system, told_apart, written_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.jpg", "a.jpg"),
        ("holiday/day1/a.jpg", "holiday/day1/a.jpg"),
        ("holiday\\day1\\a.jpg", "holiday/day1/a.jpg"),
        ("/etc/passwd", "etc/passwd"),
        ("../../etc/passwd", "etc/passwd"),
        ("a/../../b/./c.png", "a/b/c.png"),
        ("C:\\Users\\me\\a.jpg", "Users/me/a.jpg"),
        ("\\\\server\\share\\a.jpg", "server/share/a.jpg"),
        ("a\x00b/c\x1b[31m.png", "a b/c [31m.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("day 1 /  b.jpg", "day 1/b.jpg"),
        ("", "unnamed picture"),
        ("../..", "unnamed picture"),
    ],
)
def test_a_name_is_made_fit_to_show(name: str, shown: str) -> None:
    assert clean_path(name) == shown


def test_of_a_long_name_the_last_folders_stay() -> None:
    shown = clean_path("/".join(f"folder{number:03}" for number in range(100)) + "/a.jpg")
    assert len(shown) <= LONGEST
    assert shown.startswith("…/folder")
    assert shown.endswith("/folder099/a.jpg")


@given(st.text(st.characters(), max_size=700) | st.text("./\\:aC\0\n", max_size=60))
def test_whatever_the_name(name: str) -> None:
    shown = clean_path(name)
    parts = shown.split("/")
    assert 0 < len(shown) <= LONGEST
    assert all(part.strip(". ") or part == "…" for part in parts)
    assert "\\" not in shown
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    "name",
    [
        *("__MACOSX/._a.jpg", "__MACOSX/day1/a.jpg", "day1/.DS_Store", ".git/a.png", "day1\\Thumbs.db", "desktop.ini"),
        *("./.hidden.png", "../.ssh/id"),
    ],
)
def test_files_of_the_system(name: str) -> None:
    assert of_the_system(name)


@pytest.mark.parametrize("name", ["a.jpg", "./a.jpg", "../a.jpg", "thumbs/a.db.png", "macosx/a.png", "a/..b.png"[:3]])
def test_files_of_hers(name: str) -> None:
    assert not of_the_system(name)


def test_names_that_are_utf8_without_saying_so() -> None:
    """As macOS writes them: zipfile reads cp437 then."""
    info = ZipInfo("x")
    info.filename = "Grüße/東京.png".encode().decode("cp437")
    assert written_name(info) == "Grüße/東京.png"
    info.filename = "Gr\u00fc\u00dfe.png"  # cp437 by its own right
    assert written_name(info) == "Grüße.png"
    info.flag_bits = 0x800
    info.filename = "Größe.png"
    assert written_name(info) == "Größe.png"


def test_equal_names_get_numbers() -> None:
    names = ["a/b.jpg", "a/b.jpg", "a/b (2).jpg", "a/b.jpg", "c", "c"]
    assert told_apart(names) == ["a/b.jpg", "a/b (2).jpg", "a/b (2) (2).jpg", "a/b (3).jpg", "c", "c (2)"]


@given(st.lists(st.sampled_from(["a.jpg", "a (2).jpg", "b", "b (2)", "c/a.jpg", ".x"]), max_size=30))
def test_no_two_are_alike(names: list[str]) -> None:
    found = told_apart(names)
    assert len(set(found)) == len(names) == len(found)
