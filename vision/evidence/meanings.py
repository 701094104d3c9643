"""What a field is about, from its name and meaning: which labels on a paper count for it."""

from __future__ import annotations

import re
from functools import lru_cache

from vision.fields.model import Field
from vision.reader.labels import TOTALS, labels_in
from vision.reader.money import MONEY_KINDS
from vision.reader.text import words_of
from vision.reader.wordlists import contains, phrases, question_fields

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def name_words(name: str) -> str:
    """ "taxAmount" and "tax_amount" as "tax amount"."""
    return " ".join(words_of(_CAMEL.sub(" ", name)))


@lru_cache(maxsize=1024)
def money_kinds(names: tuple[str, ...], meaning: str) -> frozenset[str]:
    """The kinds of labels that count for an amount called ``names`` (from the outermost field in); empty: unknown."""
    name = " ".join(name_words(one) for one in names)
    return _kinds(name) or _asked(name) or _kinds(meaning[:120])


def _kinds(text: str) -> frozenset[str]:
    found = {
        "total" if kind in TOTALS else kind
        for kinds, _, _, _ in labels_in(text)
        for kind in kinds
        if kind in TOTALS or kind in MONEY_KINDS
    }
    # "tax amount" is a tax: the general word gives way
    return frozenset(found - {"total"} or found)


def _asked(name: str) -> frozenset[str]:
    known = question_fields()
    words = contains(words_of(name), frozenset(known))
    return frozenset({known[words]} & MONEY_KINDS) if words else frozenset()


_TELLING = 3  # characters: shorter words join others


@lru_cache(maxsize=1024)
def telling_words(names: tuple[str, ...], meaning: str) -> frozenset[str]:
    """The words of a field's name and meaning that may stand in a label."""
    filler = phrases("questions", "filler")
    text = " ".join(name_words(one) for one in names) + " " + meaning
    return frozenset(word for word in words_of(text) if len(word) >= _TELLING and (word,) not in filler)


def names_of(field: Field, above: tuple[str, ...]) -> tuple[str, ...]:
    return (*above, field.name)
