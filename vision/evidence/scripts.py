"""Which writing the reader's models know. What they lack cannot be found, and says nothing of a value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# The recogniser's dictionary: Latin with accents, Greek, Chinese, Japanese; a probe found no Cyrillic, Arabic, Thai or
# Hangul in it (PP-OCRv6 as shipped with rapidocr 3.10.0; shared reference, local-reader.md). Others count as lacking.
_KNOWN = {"LATIN", "GREEK", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC"}
_SIGNS = {"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "OHM", "KELVIN", "ANGSTROM"}


def unread_script(text: str) -> str:
    """The name of a script in ``text`` that the reader cannot read ("Cyrillic"), or ""."""
    for character in text:
        if ord(character) < 0x250 or not character.isalnum():
            continue
        script = unicodedata.name(character, "").split(" ", 1)[0]
        if script and script not in _KNOWN | _SIGNS and unicodedata.category(character)[0] == "L":
            return script.capitalize()
        if unicodedata.category(character) == "Nd" and script not in _KNOWN | _SIGNS and not character.isascii():
            return script.capitalize()
    return ""


FEWEST_LINES, FEWEST_CHARACTERS = 3, 15


def hardly_any(texts: Iterable[str]) -> bool:
    """Whether so little was read that a value's absence says nothing."""
    lines = list(texts)
    return len(lines) < FEWEST_LINES or sum(not c.isspace() for line in lines for c in line) < FEWEST_CHARACTERS
