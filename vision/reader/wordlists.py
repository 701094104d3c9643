"""The word lists of ``vision/reader/words``: loaded once, indexed for look-up without spaces and accents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from vision.reader.text import folded, squashed, words_of

_FOLDER = Path(__file__).parent / "words"


@lru_cache(maxsize=16)
def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def label_kinds() -> Mapping[str, tuple[str, ...]]:
    """Squashed label -> the kinds it may mean."""
    kinds: dict[str, list[str]] = {}
    for kind, languages in _table("labels").items():
        for words in languages.values():
            for word in words:
                known = kinds.setdefault(squashed(word), [])
                if kind not in known:
                    known.append(kind)
    return {word: tuple(names) for word, names in kinds.items() if word}


@lru_cache(maxsize=1)
def kind_names() -> frozenset[str]:
    """Every kind of label there is."""
    return frozenset(_table("labels"))


@lru_cache(maxsize=1)
def longest_label() -> int:
    return max(map(len, label_kinds()))


@lru_cache(maxsize=1)
def months() -> Mapping[str, int]:
    """Squashed month name or short form -> 1 to 12. A form that means two months in two languages is left out."""
    found: dict[str, set[int]] = {}
    for language in _table("months").values():
        for number, names in enumerate(language["names"], start=1):
            for name in names:
                found.setdefault(squashed(name), set()).add(number)
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1}


def _words(table: str, section: str) -> tuple[str, ...]:
    return tuple(word for words in _table(table)[section].values() for word in words)


@lru_cache(maxsize=16)
def phrases(table: str, section: str) -> frozenset[tuple[str, ...]]:
    """The words of one section, each as a tuple of folded words."""
    return frozenset(words_of(word) for word in _words(table, section)) - {()}


@lru_cache(maxsize=4)
def endings() -> tuple[str, ...]:
    """Ends of glued street names, folded."""
    return tuple(sorted({folded(word) for word in _words("addresses", "ending")}))


@lru_cache(maxsize=1)
def postcodes() -> re.Pattern[str]:
    """Any country's postcode, for folded text."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in _table("addresses")["postcode"].values()))


@lru_cache(maxsize=1)
def question_fields() -> Mapping[tuple[str, ...], str]:
    """Folded words of a question -> the kind of value they ask for; labels are such words too."""
    found = _kinds_by_words(_table("questions")["field"])
    for kind, languages in _table("labels").items():
        for words in languages.values():
            for word in words:
                found.setdefault(words_of(word), kind)
    filler = phrases("questions", "filler")
    return {words: kind for words, kind in found.items() if words and words not in filler}


@lru_cache(maxsize=1)
def question_askings() -> Mapping[tuple[str, ...], str]:
    """Folded interrogatives -> the kind of value they ask for when nothing else tells."""
    return _kinds_by_words(_table("questions")["asking"])


def _kinds_by_words(section: Mapping[str, list[str]]) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for kind, words in section.items():
        for word in words:
            found.setdefault(words_of(word), kind)
    return found


def contains(words: tuple[str, ...], wanted: Iterable[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The longest of ``wanted`` that stands in ``words`` as whole words, or None."""
    wanted = wanted if isinstance(wanted, frozenset | dict) else frozenset(wanted)
    for length in range(min(len(words), 8), 0, -1):
        for start in range(len(words) - length + 1):
            if words[start : start + length] in wanted:
                return words[start : start + length]
    return None


@lru_cache(maxsize=1)
def currency_signs() -> Mapping[str, str]:
    """Sign or code as printed -> ISO 4217 code, "" when the sign alone does not tell."""
    table = _table("money")
    signs: dict[str, str] = dict(table["signs"])
    signs.update({code: code for code in table["codes"]["iso"]})
    signs.update({word: "EUR" if word.startswith("EUR") else "" for word in table["codes"]["words"]})
    return signs


def wanted_words() -> Mapping[str, Any]:
    """What the fields of a set are called: ``words/wanted.toml``."""
    return _table("wanted")


@lru_cache(maxsize=16)
def phrases_of(section: str, part: str) -> frozenset[tuple[str, ...]]:
    """One list of words/wanted.toml, each entry as a tuple of folded words."""
    return frozenset(words_of(word) for word in wanted_words()[section][part]) - {()}


def column_words() -> Mapping[str, Mapping[str, list[str]]]:
    """Heads of columns by kind and language: ``words/columns.toml``."""
    return _table("columns")


@lru_cache(maxsize=2)
def carried_words() -> frozenset[tuple[str, ...]]:
    """What says that a row is carried over from page to page."""
    return phrases("columns", "carried")
