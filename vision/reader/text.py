"""Comparing read text: without accents, case and spaces, because the engine glues words and invents accents."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    for part in unicodedata.normalize("NFKD", character):
        if not unicodedata.combining(part):
            lowered = part.lower()
            return lowered[0] if lowered else part
    return character


_LETTERS = str.maketrans({"ß": "s", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "ı": "i", "æ": "a", "œ": "o"})


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Lower case without accents, one character for one: indexes still fit ``text``."""
    return "".join(map(_plain, text.translate(_LETTERS)))


def squashed(text: str) -> str:
    """Folded letters and digits only."""
    return "".join(character for character in folded(text) if character.isalnum())


def squashed_map(text: str) -> tuple[str, tuple[int, ...]]:
    """``squashed(text)`` and, for each of its characters, the index in ``text``."""
    kept = [(character, index) for index, character in enumerate(folded(text)) if character.isalnum()]
    return "".join(character for character, _ in kept), tuple(index for _, index in kept)


def words_of(text: str) -> tuple[str, ...]:
    """Folded words; an apostrophe or any other sign ends a word."""
    return tuple("".join(c if c.isalnum() else " " for c in folded(text)).split())


def is_wide(character: str) -> bool:
    """Whether the script writes words without spaces (Chinese, Japanese, Korean, Thai)."""
    return "\u0e00" <= character <= "\u0e7f" or "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


_LOOKALIKES = str.maketrans("OoQDlISsBZz", "00001155822")


def mended_digits(text: str) -> str:
    """``text`` with letters turned into the digits they look like, inside tokens that are otherwise numbers.

    Same length. "1O.5O" becomes "10.50"; "SO" and "B12" stay.
    """
    text = _ZERO.sub("0", text)
    tokens: list[str] = []
    start = 0
    for index in range(len(text) + 1):
        if index == len(text) or text[index].isspace():
            tokens.append(_mended(text[start:index]))
            if index < len(text):
                tokens.append(text[index])
            start = index + 1
    return "".join(tokens)


_ZERO = re.compile(r"(?<=[A-Z$€£ ])O(?=[.,]\d{2}(?!\d))")  # RMO.28
_ROUND = re.compile(r"\d[\dOo]*[.,][\dOo]{2}")  # 5O.OO


def _mended(token: str) -> str:
    if _ROUND.fullmatch(token):
        return token.translate(_LOOKALIKES)
    digits = sum(character.isdigit() for character in token)
    letters = [character for character in token if character.isalpha()]
    if digits < 2 or not letters or len(letters) > digits or any(c not in "OoQDlISsBZz" for c in letters):
        return token
    return token.translate(_LOOKALIKES)


def without_stray_accents(text: str, paper: str) -> str:
    """``text`` without accents when ``paper`` has next to none: the engine puts some on plain letters."""
    letters = sum(character.isalpha() and ord(character) < 0x250 for character in paper)
    accented = sum(0xC0 <= ord(character) < 0x250 for character in paper)
    if accented * 100 > letters:
        return text
    return "".join(
        next((part for part in unicodedata.normalize("NFKD", c) if not unicodedata.combining(part)), c)
        if 0xC0 <= ord(c) < 0x250
        else c
        for c in text
    )
