"""What a question asks for: words to an intent. Knows the word lists of questions.toml, nothing of any picture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from vision.reader.text import words_of
from vision.reader.wordlists import contains, phrases, question_askings, question_fields


class Asks(StrEnum):
    """What kind of answer is wanted."""

    NOTHING = "nothing"
    HELLO = "hello"
    AGAIN = "again"
    FIND = "find"
    COUNT_TIMES = "count_times"
    COUNT_LINES = "count_lines"
    COUNT_WORDS = "count_words"
    SIZE = "size"
    ORIENTATION = "orientation"
    FORMAT = "format"
    PICTURES = "how_many_pictures"
    ALL_TEXT = "all_text"
    FIELDS = "fields"
    LABEL = "label"
    SEEING = "seeing"


@dataclass(frozen=True, slots=True)
class Question:
    """``fields`` are (kind, the person's words for it); ``label`` the words left that may be printed on the picture;
    ``needle`` what is looked for; ``seeing`` whether it may need eyes if the text does not answer it."""

    asks: Asks
    fields: tuple[tuple[str, str], ...] = ()
    label: str = ""
    needle: str = ""
    seeing: bool = False


_QUOTED = re.compile(r"[\"“”„«»]\s*([^\"“”„«»]{1,80}?)\s*[\"“”„«»]|(?<!\w)['‘’]\s*([^'‘’]{2,80}?)\s*['‘’](?!\w)")
_COUNTS = (Asks.COUNT_LINES, Asks.COUNT_WORDS)
_FACTS = (Asks.SIZE, Asks.ORIENTATION, Asks.FORMAT, Asks.PICTURES)


def understood(question: str) -> Question:
    """The intent of one question. Order matters: what is quoted or counted first, values next, the rest last."""
    words = words_of(question)
    if not words:
        return Question(Asks.NOTHING)
    quoted = next((match[1] or match[2] for match in _QUOTED.finditer(question)), "")
    if contains(words, phrases("questions", "count_times")):
        needle = quoted or _after(words, _section("count_times") | _section("find"))
        if needle:
            return Question(Asks.COUNT_TIMES, needle=needle)
    if _is_only(words, "again"):
        return Question(Asks.AGAIN)
    if quoted:
        return Question(Asks.FIND, needle=quoted)
    if _is_only(words, "hello"):
        return Question(Asks.HELLO)
    for asks in (*_COUNTS, *_FACTS):
        if contains(words, _section(asks.value)) and not _names_a_value(words):
            return Question(asks)
    needle = _after(words, _section("find"))
    if needle and not _names_a_value(words_of(needle)):
        return Question(Asks.FIND, needle=needle)
    return _value_question(words)


def _section(name: str) -> frozenset[tuple[str, ...]]:
    return phrases("questions", name)


def _names_a_value(words: tuple[str, ...]) -> bool:
    """ "What is the width of the shipping label" is no picture fact; "how many pages" is, though pages may be printed."""
    return any(kind not in {"title", "quantity", "total_weak"} for kind, _ in _fields(words)[0])


def _is_only(words: tuple[str, ...], section: str) -> bool:
    """Whether the question is such a phrase and nothing but filler beside it."""
    found = contains(words, _section(section))
    if not found:
        return False
    rest = _without(words, found)
    polite = {
        "and",
        "but",
        "really",
        "about",
        "that",
        "it",
        "this",
        "ok",
        "please",
        "so",
        "you",
        "of",
        "can",
        "do",
        "to",
        "there",
        "me",
        "hmm",
        "well",
    }
    return all(word in polite or (word,) in _section(section) for word in rest)


def _without(words: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, ...]:
    for start in range(len(words) - len(found) + 1):
        if words[start : start + len(found)] == found:
            return words[:start] + words[start + len(found) :]
    return words


def _after(words: tuple[str, ...], wanted: Iterable[tuple[str, ...]]) -> str:
    """The words behind one of ``wanted``, without filler at their ends: what is looked for."""
    found = contains(words, wanted)
    if not found:
        return ""
    start = next(i for i in range(len(words)) if words[i : i + len(found)] == found) + len(found)
    rest = list(words[start:])
    skip = {
        "word",
        "text",
        "name",
        "the",
        "wort",
        "mot",
        "palabra",
        "parola",
        "palavra",
        "woord",
        "perkataan",
        "for",
        "das",
        "le",
        "la",
        "el",
        "o",
        "a",
        "het",
        "does",
        "appear",
        "appears",
        "occur",
        "anywhere",
        "there",
        "here",
        "vor",
        "da",
        "dort",
        "drauf",
        "darauf",
        "ada",
        "any",
        "thing",
        "about",
        "an",
        "nach",
        "nome",
        "naam",
    }
    filler = {word[0] for word in _section("filler") if len(word) == 1} | skip
    while rest and rest[0] in skip:
        rest.pop(0)
    while rest and rest[-1] in filler:
        rest.pop()
    return " ".join(rest)


def _fields(words: tuple[str, ...]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """The kinds that the words name, in their order, longest words first; and the words that are left."""
    known = question_fields()
    found: list[tuple[str, str]] = []
    rest: list[str] = []
    position = 0
    while position < len(words):
        for length in range(min(6, len(words) - position), 0, -1):
            part = words[position : position + length]
            if part in known:
                if known[part] not in {kind for kind, _ in found}:
                    found.append((known[part], " ".join(part)))
                position += length
                break
        else:
            rest.append(words[position])
            position += 1
    return found, tuple(rest)


def _value_question(words: tuple[str, ...]) -> Question:
    fields, rest = _fields(words)
    filler = {word[0] for word in _section("filler") if len(word) == 1}
    asking = contains(rest, question_askings())
    left = tuple(word for word in (_without(rest, asking) if asking else rest) if word not in filler)
    label = " ".join(word for word in words if word not in filler and (asking is None or word not in asking))
    seeing = contains(words, _section("seeing"))
    strong = [(kind, said) for kind, said in fields if kind != "title"]
    if strong and not (seeing and _eyes_first(seeing, strong)):
        if asking and question_askings()[asking] == "address" and {kind for kind, _ in strong} <= {"company"}:
            strong = [("address", "address")]  # "where is this shop"
        return Question(Asks.FIELDS, tuple(strong), label=label, seeing=bool(seeing))
    if contains(words, _section("all_text")):
        return Question(Asks.ALL_TEXT)
    if seeing:
        return Question(Asks.SEEING, label=" ".join(left), seeing=True)
    if asking and not left:
        kind = question_askings()[asking]
        return Question(Asks.FIELDS, ((kind, kind),))
    if left:
        return Question(Asks.LABEL, label=" ".join(left))
    if fields:
        return Question(Asks.LABEL, label=fields[0][1])
    return Question(Asks.NOTHING)


def _eyes_first(seeing: tuple[str, ...], fields: list[tuple[str, str]]) -> bool:
    """ "Describe the store", "what colour is the card": the value's word only says what to look at."""
    looking = {
        "describe",
        "color",
        "colour",
        "colors",
        "colours",
        "beschreibe",
        "farbe",
        "decris",
        "couleur",
        "descrivi",
        "colore",
        "descreve",
        "cor",
        "beschrijf",
        "kleur",
        "warna",
        "summarise",
        "summarize",
        "summary",
        "translate",
        "wearing",
        "people",
        "people in",
        "how many people",
        "explain",
        "signature",
        "signed",
        "handwriting",
        "handwritten",
        "compare",
        "difference",
        "background",
        "logo",
    }
    return " ".join(seeing) in looking or (
        bool(set(seeing) & looking) and all(kind not in {"total", "date", "tax"} for kind, _ in fields)
    )
