"""Auto: which level a question needs, by rules that can be read here, and the reason in words. No model is asked.

Word lists in several languages are in words.toml; what a question about printed text asks for, the on-device reader
already understands (``vision.reader.questions``). The first rule that fits decides; the strongest come first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from vision.messages import Detail, Json
from vision.models.catalog import Level
from vision.reader.questions import Asks, understood
from vision.reader.text import folded, is_wide, words_of
from vision.reader.wordlists import contains, phrases
from vision.routing.estimating import Shape

_WORDS = Path(__file__).with_name("words.toml")
MANY_PICTURES = 4  # from here on a comparison is for the best
LONG_QUESTION_WORDS = 40
LOOKED_AT_WORDS = 400  # of a pasted page; its length has decided by then
LONG_SCHEMA = 12  # fields
VERY_LONG_SCHEMA = 30

# What the reader answers from printed text, and what it knows of the file itself.
_PRINTED = frozenset({Asks.FIELDS, Asks.ALL_TEXT, Asks.FIND, Asks.COUNT_TIMES, Asks.COUNT_LINES, Asks.COUNT_WORDS})
_OF_THE_FILE = frozenset({Asks.SIZE, Asks.FORMAT})
_BEYOND_THE_READER = ("arithmetic", "chart", "reason", "thorough", "compare", "fine")
_QUOTES = frozenset("\"“”„«»‘’'")


@dataclass(frozen=True, slots=True)
class Decision:
    """``reader_first``: the on-device reader is asked before anybody, and ``level`` holds if it finds nothing."""

    reader_first: bool
    level: Level
    reason: str


def decide(question: str, shape: Shape) -> Decision:
    """The level for ``question`` about the pictures of ``shape``."""
    said = _Said.of(question)
    fields = field_count(shape.schema)
    level, why = _best(said, shape, fields) or _balanced(said, shape, fields) or ("quick", "a short factual question")
    printed = (
        _for_the_reader(question, said) if shape.schema is None and len(shape.pictures) + shape.in_reach == 1 else ""
    )
    return Decision(bool(printed), level, printed or why)


def field_count(schema: Json | None) -> int:
    """How many values a schema asks for: its properties that hold no others, those of lists counted once."""
    if schema is None:
        return 0
    parts = [*schema.get("properties", {}).values(), *_inner(schema)]
    if not parts:
        return 0 if "properties" in schema else 1
    return sum(field_count(part) for part in parts if isinstance(part, Mapping))


def _inner(schema: Json) -> list[Json]:
    """The schema of a list's items, and the alternatives of anyOf that are objects or lists."""
    inner = [schema["items"]] if isinstance(schema.get("items"), Mapping) else []
    return [*inner, *(one for one in schema.get("anyOf", ()) if {"properties", "items"} & one.keys())]


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a question; a script without spaces counts two characters as a word."""

    words: tuple[str, ...]
    text: str
    length: int

    @classmethod
    def of(cls, question: str) -> _Said:
        wide = sum(map(is_wide, question))
        words = words_of(question)
        length = sum(not is_wide(word[0]) for word in words) + wide // 2
        return cls(words[:LOOKED_AT_WORDS], folded(question[: 8 * LOOKED_AT_WORDS]), length)

    def has(self, section: str) -> bool:
        """Whether it says one of the phrases of the section; in a script without spaces, anywhere in the text."""
        spaced, unspaced = _phrases(section)
        return contains(self.words, spaced) is not None or any(phrase in self.text for phrase in unspaced)


Found = tuple[Level, str] | None


def _best(said: _Said, shape: Shape, fields: int) -> Found:
    count, reasons, compares = len(shape.pictures), said.has("reason"), said.has("compare")
    rules = (
        (count >= MANY_PICTURES and (compares or reasons), "many pictures to compare"),
        (fields > VERY_LONG_SCHEMA, "very many fields to fill"),
        (fields > LONG_SCHEMA and reasons, "many fields and a question that takes reasoning"),
        (count > 1 and compares and reasons, "a comparison that takes reasoning"),
        (reasons and said.length > LONG_QUESTION_WORDS, "a long question that takes reasoning"),
        (reasons and said.has("chart"), "a chart and a question that takes reasoning"),
    )
    return next((("best", reason) for holds, reason in rules if holds), None)


def _balanced(said: _Said, shape: Shape, fields: int) -> Found:
    count = len(shape.pictures)
    rules = (
        (count > 1, "several pictures to compare" if said.has("compare") else "several pictures"),
        (fields > LONG_SCHEMA, "many fields to fill"),
        (said.has("arithmetic"), "arithmetic over what is shown"),
        (said.has("chart"), "a chart or diagram"),
        (shape.detail is Detail.FINE, "fine print asked for"),
        (said.has("fine"), "small or handwritten text"),
        (said.has("reason"), "a question that takes reasoning"),
        (said.has("thorough"), "more than a short answer asked for"),
        (said.length > LONG_QUESTION_WORDS, "a long question"),
    )
    return next((("balanced", reason) for holds, reason in rules if holds), None)


def _for_the_reader(question: str, said: _Said) -> str:
    """Why the reader can answer it: there is nothing to work out, to judge or to look at. "" when it cannot."""
    if said.length > LONG_QUESTION_WORDS or any(said.has(section) for section in _BEYOND_THE_READER):
        return ""
    asked = understood(question)
    if asked.asks in _OF_THE_FILE:
        return "a question about the picture file" if said.has("file") else ""
    if asked.asks is Asks.FIND and not (_QUOTES & set(question) or said.has("says")):
        return ""
    eyes = contains(said.words, phrases("questions", "seeing")) is not None or said.has("things")
    return "a question about printed text" if asked.asks in _PRINTED and not eyes else ""


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    table: Mapping[str, Any] = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=16)
def _phrases(section: str) -> tuple[frozenset[tuple[str, ...]], tuple[str, ...]]:
    """The phrases of one section: those of scripts with spaces as folded words, the others as folded text."""
    every = [phrase for language in _table()[section].values() for phrase in language]
    spaced = frozenset(words_of(phrase) for phrase in every if not is_wide(phrase[0]))
    return spaced, tuple(folded(phrase) for phrase in every if is_wide(phrase[0]))
