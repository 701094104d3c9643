"""Names for pictures in a ZIP that any system can unpack: relative, nothing that climbs, no two the same."""

from __future__ import annotations

import re

from vision.archives.names import clean_path, segments

LONGEST = 100  # characters of one part, so that whole paths stay below what Windows takes
_NO_NAME = re.compile(r'[<>:"|?*\x00-\x1f]')
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file (checked 2026-11-28)
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)


def picture_path(name: str, ending: str, seen: set[str]) -> str:
    """``name`` as a path of a ZIP that ends in ``ending`` (".jpg"), and is added to ``seen``; one that differs from an
    earlier one in nothing but case has a number ("a.jpg", "a (2).jpg")."""
    parts = [_part(part) for part in segments(clean_path(name))] or ["_"]
    path = "/".join(parts)
    stem = path[: -len(ending)] if path.lower().endswith(ending) else path
    count, unique = 1, stem + ending
    while unique.casefold() in seen:
        count += 1
        unique = f"{stem} ({count}){ending}"
    seen.add(unique.casefold())
    return unique


def _part(part: str) -> str:
    bare = _NO_NAME.sub("_", part)[:LONGEST].strip().rstrip(". ") or "_"
    return f"_{bare}" if _DEVICES.match(bare) else bare
