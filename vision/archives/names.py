"""Relative names ("holiday/day1/a.jpg") made fit to show, and which files are the system's own and not hers.

Names are only ever shown: nothing is stored or looked up under them, so a name that climbs out of its folder needs no
refusal. What climbs is left away, and the picture is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from zipfile import ZipInfo

from vision.images.names import UNNAMED, clean_name

LONGEST = 300  # characters of a whole relative name
_DRIVE = re.compile(r"\s*[A-Za-z]:\s*")
_UTF8 = 0x800  # flag of an entry (APPNOTE.TXT 6.3.10, 4.4.4, bit 11): its name is UTF-8
_OF_SYSTEMS = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini"}


def clean_path(name: str) -> str:
    """``name`` for display, each part as ``clean_name`` makes it: relative, with "/", no drive, "." or "..", at most
    300 characters. Of a longer one the last folders stay ("…/day1/a.jpg"). Never empty."""
    *folders, last = segments(name) or [UNNAMED]
    shown = [*(clean_name(part) for part in folders), clean_name(last)]
    if len("/".join(shown)) <= LONGEST:
        return "/".join(shown)
    kept = [shown[-1]]
    for part in reversed(shown[:-1]):
        if len("/".join(kept)) + len(part) + 3 > LONGEST:  # two strokes and the dots
            break
        kept.insert(0, part)
    return "/".join(["…", *kept])


def segments(name: str) -> list[str]:
    """The parts of a path as any system writes it, without what leads elsewhere. May be empty."""
    parts = name.replace("\\", "/").split("/")
    return [part for part in parts if part.strip(". \0") and not _DRIVE.fullmatch(part)]


def of_the_system(name: str) -> bool:
    """Whether the file is hidden, in a hidden folder, or one that a system leaves by itself: no file of hers. The
    picture input leaves the same ones out of folders."""
    return any(part.startswith(".") or part.lower() in _OF_SYSTEMS for part in segments(name))


def written_name(info: ZipInfo) -> str:
    """The entry's name. Without the flag for UTF-8 the rule says cp437, but what macOS and older tools write without it
    is UTF-8 all the same: text that is valid UTF-8 and not ASCII is hardly ever anything else."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def told_apart(names: Iterable[str]) -> list[str]:
    """The same names in the same order; one that was there before gets a number ("a.jpg", "a (2).jpg")."""
    seen: set[str] = set()
    counts: dict[str, int] = {}
    found = []
    for name in names:
        shown = name
        while shown in seen:
            counts[name] = counts.get(name, 1) + 1
            shown = _numbered(name, counts[name])
        seen.add(shown)
        found.append(shown)
    return found


def _numbered(name: str, number: int) -> str:
    folder, stroke, last = name.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    return f"{folder}{stroke}{stem} ({number}){dot}{ending}" if stem else f"{name} ({number})"
