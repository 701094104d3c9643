"""What a question asks for: words to an intent. Knows the word lists of questions.toml, nothing of any picture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from vision.reader.text import folded, is_wide, words_of
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
    ``needle`` what is looked for; ``amount`` whether only an amount can be the answer."""

    asks: Asks
    fields: tuple[tuple[str, str], ...] = ()
    label: str = ""
    needle: str = ""
    amount: bool = False


_QUOTED = re.compile(r"[\"“”„«»]\s*([^\"“”„«»]{1,80}?)\s*[\"“”„«»]|(?<!\w)['‘’]\s*([^'‘’]{2,80}?)\s*['‘’](?!\w)")
_COUNTS = (Asks.COUNT_LINES, Asks.COUNT_WORDS)
_FACTS = (Asks.SIZE, Asks.ORIENTATION, Asks.FORMAT, Asks.PICTURES)


def understood(question: str) -> Question:
    """The intent of one question. Order matters: what is quoted or counted first, values next, the rest last."""
    words = words_of(question)
    if not words:
        return Question(Asks.NOTHING)
    return _looked_for(question, words) or _small_talk(words) or _counted(words) or _value_question(question, words)


def _looked_for(question: str, words: tuple[str, ...]) -> Question | None:
    quoted = next((match[1] or match[2] for match in _QUOTED.finditer(question)), "")
    if contains(words, _section("count_times")):
        needle = quoted or _after(question, words, _section("count_times") | _section("find"))
        return Question(Asks.COUNT_TIMES, needle=needle) if needle else None
    if quoted:
        return Question(Asks.FIND, needle=quoted)
    needle = _after(question, words, _section("find"))
    if needle and (contains(words, _section("find_word")) or not _names_a_value(words_of(needle))):
        return Question(Asks.FIND, needle=needle)
    return None


def _small_talk(words: tuple[str, ...]) -> Question | None:
    if _is_only(words, "again"):
        return Question(Asks.AGAIN)
    return Question(Asks.HELLO) if _is_only(words, "hello") else None


def _counted(words: tuple[str, ...]) -> Question | None:
    for asks in (*_COUNTS, *_FACTS):
        if contains(words, _section(asks.value)) and not _names_a_value(words):
            return Question(asks)
    return None


def _section(name: str) -> frozenset[tuple[str, ...]]:
    return phrases("questions", name)


def _names_a_value(words: tuple[str, ...]) -> bool:
    """ "What is the width of the shipping label" is no picture fact; "how many pages" is one."""
    return any(kind not in {"title", "quantity", "total_weak"} for kind, _ in _fields(words)[0])


def _is_only(words: tuple[str, ...], section: str) -> bool:
    """Whether the question is such a phrase and nothing but filler beside it."""
    found = contains(words, _section(section))
    if not found:
        return False
    rest = _without(words, found)
    polite = _single("polite")
    return all(word in polite or (word,) in _section(section) for word in rest)


def _without(words: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, ...]:
    for start in range(len(words) - len(found) + 1):
        if words[start : start + len(found)] == found:
            return words[:start] + words[start + len(found) :]
    return words


def _single(section: str) -> frozenset[str]:
    return frozenset(word[0] for word in _section(section) if len(word) == 1)


def _after(question: str, words: tuple[str, ...], wanted: Iterable[tuple[str, ...]]) -> str:
    """What stands behind one of ``wanted``, as the person wrote it, without filler at its ends."""
    found = contains(words, wanted)
    if not found:
        return ""
    around = _single("around_needle")
    start = next(i for i in range(len(words)) if words[i : i + len(found)] == found) + len(found)
    end = len(words)
    while start < end and words[start] in around:
        start += 1
    while start < end and words[end - 1] in _single("filler") | around:
        end -= 1
    return _as_written(question, start, end)


def _as_written(question: str, start: int, end: int) -> str:
    """The part of the question from word number ``start`` to before word number ``end``."""
    if start >= end:
        return ""
    spans = [match.span() for match in re.finditer(r"[^\W_]+", folded(question))]
    return question[spans[start][0] : spans[end - 1][1]]


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
            wide = _wide_kind(words[position])
            if wide:
                found.append((wide, words[position]))
            else:
                rest.append(words[position])
            position += 1
    return found, tuple(rest)


def _wide_kind(word: str) -> str:
    """The kind that a Chinese or Japanese question names somewhere in its unbroken text."""
    if not any(is_wide(character) for character in word):
        return ""
    inside = [part[0] for part in question_fields() if len(part) == 1 and is_wide(part[0][0]) and part[0] in word]
    return question_fields()[(max(inside, key=len),)] if inside else ""


def _value_question(question: str, words: tuple[str, ...]) -> Question:
    if contains(words, _section("judging")):
        return Question(Asks.SEEING)
    fields, rest = _fields(words)
    asked = ""
    while asking := contains(rest, question_askings()):
        asked, rest = asked or question_askings()[asking], _without(rest, asking)
    left = tuple(word for word in rest if word not in _single("filler"))
    label = _span(question, words, left)
    seeing = contains(words, _section("seeing"))
    strong = tuple((kind, said) for kind, said in fields if kind != "title")
    if strong and not (seeing and _eyes_first(seeing, strong)):
        if asked == "address" and {kind for kind, _ in strong} <= {"company"}:
            strong = (("address", "address"),)  # "where is this shop"
        return Question(
            Asks.FIELDS, strong, label=_span(question, words, tuple(w for w in words if w not in _single("filler")))
        )
    if contains(words, _section("all_text")):
        return Question(Asks.ALL_TEXT)
    if seeing:
        return Question(Asks.SEEING, label=label)
    return _by_rest(asked, label, fields)


def _by_rest(asked: str, label: str, fields: list[tuple[str, str]]) -> Question:
    """No value is named: an interrogative alone, or words that may be printed as a label."""
    if asked and not label:
        return Question(Asks.FIELDS, ((asked, asked),))
    if label:
        return Question(Asks.LABEL, label=label, amount=asked == "total")
    return Question(Asks.LABEL, label=fields[0][1]) if fields else Question(Asks.NOTHING)


def _span(question: str, words: tuple[str, ...], left: tuple[str, ...]) -> str:
    """The first to the last of the words ``left``, as the person wrote them."""
    places = [index for index, word in enumerate(words) if word in left]
    return _as_written(question, places[0], places[-1] + 1) if places else ""


def _eyes_first(seeing: tuple[str, ...], fields: tuple[tuple[str, str], ...]) -> bool:
    """ "Describe the store", "what colour is the card": the value's word only says what to look at."""
    return bool(set(seeing) & _single("looking")) and all(kind not in {"total", "date", "tax"} for kind, _ in fields)
