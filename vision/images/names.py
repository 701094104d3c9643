"""File names made fit to show. They are only ever shown: nothing is stored or looked up under them."""

from __future__ import annotations

import unicodedata

SHOWN = 80
UNNAMED = "unnamed picture"

# Cc control, Cf format (right-to-left marks, zero width), Cs lone surrogates, Co private use, Cn unassigned.
_DROPPED = {"Cf", "Cs", "Co", "Cn"}
_SPACES = {"Cc", "Zl", "Zp", "Zs"}
_MARKS = {"Mn", "Me"}


def clean_name(name: str) -> str:
    """``name`` for display: no folder, one line, no invisible or direction-changing characters, at most 80 characters.

    A longer name keeps its beginning and its ending ("Scan of the ...-2026.jpg"). Never empty.
    """
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = " ".join("".join(_visible(unicodedata.normalize("NFC", last))).split())
    if not shown.strip(". "):
        return UNNAMED
    if len(shown) <= SHOWN:
        return shown
    ending = shown[-20:]
    return shown[: SHOWN - len(ending) - 1].rstrip() + "…" + ending.lstrip()


def _visible(name: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for character in name:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        # More than two marks on one letter is no language's spelling: it is text that climbs over its neighbours.
        if category in _DROPPED or marks > 2:
            continue
        kept.append(" " if category in _SPACES else character)
    return kept
