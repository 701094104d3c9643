"""What was chosen, in one word: a level, Auto, or an exact model. Nothing is looked up here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from vision.errors import NotThere
from vision.models.catalog import DEFAULT_LEVEL, Level

AUTO = "auto"
LEVELS: tuple[Level, ...] = get_args(Level)
LEVEL_WORDS: Mapping[Level, str] = MappingProxyType({"quick": "Quick", "balanced": "Balanced", "best": "Best"})
# The words of the first version, which the terminal still takes.
_SYNONYMS: Mapping[str, Level] = MappingProxyType({"simple": "quick", "medium": "balanced", "complex": "best"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a choice word asks for. ``word`` is the word to store; ``level`` is None unless ``kind`` is "level"."""

    kind: Literal["level", "auto", "model"]
    level: Level | None
    word: str


def wanted(word: str) -> Wanted:
    """Any choice word. "" is Balanced; what is no level and not "auto" names a model, which is not checked here."""
    word = word.strip()
    return _level_or_auto(word or DEFAULT_LEVEL) or Wanted("model", None, word)


def level_of(word: str) -> Wanted:
    """The word of ``--level``: a level or "auto". Raises NotThere naming the words there are."""
    found = _level_or_auto(word.strip())
    if found is None:
        shown = word if len(word) <= 40 else word[:39] + "…"
        known = ", ".join((*LEVELS, AUTO))
        raise NotThere(f"There is no level called {shown!r}: write one of {known} (or {', '.join(_SYNONYMS)}).")
    return found


def above(level: Level) -> Level | None:
    """The next level up; None above the best."""
    higher = LEVELS[LEVELS.index(level) + 1 :]
    return higher[0] if higher else None


def _level_or_auto(word: str) -> Wanted | None:
    word = word.lower()
    if word == AUTO:
        return Wanted("auto", None, AUTO)
    level = _SYNONYMS.get(word) or next((level for level in LEVELS if level == word), None)
    return Wanted("level", level, level) if level else None
