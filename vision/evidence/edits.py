"""How alike a value and a stretch of read text must be: alike enough, and no difference may touch a digit. Pure.

Plain likeness lets 96 % of wrong digits in addresses pass (shared reference, local-reader.md, section 6); guarded like
this, none.
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from vision.reader.text import squashed, words_of

ALIKE = 90.0  # per cent
_LONG = 4  # letters: a word from this length on must be near one there
# What OCR takes for each other: the digit, and the letters (folded) it is read as.
_CONFUSED = frozenset({("0", "o"), ("1", "i"), ("1", "l"), ("5", "s"), ("8", "b")})


def guarded(value: str, words: tuple[str, ...], printed: str) -> bool:
    """Whether squashed ``value`` (made of ``words``, squashed) may be what is ``printed`` (squashed) there."""
    if ratio(value, printed) < ALIKE:
        return False
    touched: list[int] = []
    for edit in Levenshtein.editops(value, printed):
        source, target = edit.src_pos, edit.dest_pos
        mine = value[source] if edit.tag != "insert" else ""
        theirs = printed[target] if edit.tag != "delete" else ""
        if (mine.isdigit() or theirs.isdigit()) and not _confused(mine, theirs):
            return False
        touched.append(source)
    return _words_near(words, touched)


def _confused(one: str, other: str) -> bool:
    return (one, other) in _CONFUSED or (other, one) in _CONFUSED


def _words_near(words: tuple[str, ...], touched: list[int]) -> bool:
    """Whether each long word has at most one edit for every four of its letters."""
    start = 0
    for word in words:
        end = start + len(word)
        letters = sum(character.isalpha() for character in word)
        if letters >= _LONG and sum(start <= place < end for place in touched) > letters // 4:
            return False
        start = end
    return True


def words_squashed(text: str) -> tuple[str, ...]:
    """The words of ``text`` so that, joined, they are ``squashed(text)``."""
    words = words_of(text)
    return words if "".join(words) == squashed(text) else (squashed(text),)
