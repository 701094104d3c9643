"""What a field of a set means to the reader: by its name first, then by what its meaning begins with. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from vision.fields.model import Field
from vision.reader.text import squashed, words_of
from vision.reader.wordlists import label_kinds, phrases_of, wanted_words

# Labels of these are read as the look-up beside them; "other_date" is none: only its very label tells which date.
_SAME = {"total_final": "total", "total_weak": "total", "seller": "company"}
_LABEL_ONLY = frozenset({"other_date", "tax_summary", "title", "points"})
# How somebody is reached: of the paper's own company, unless it is said to be another's.
_REACHED = frozenset({"address", "phone", "fax", "email", "website"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Meant:
    """``kinds``: look-ups to try, in order. ``labels``: words that the value may stand beside, when none of them fits.
    ``other``: it belongs to another party than the one whose paper it is, so only its label can tell."""

    kinds: tuple[str, ...]
    labels: tuple[str, ...]
    other: bool = False


def meant(field: Field, above: tuple[str, ...] = ()) -> Meant:
    """What ``field`` means inside the groups named ``above``."""
    spoken = words_of(spaced(field.name))
    party = _party(tuple(word for name in above for word in words_of(spaced(name))))
    labels = tuple(dict.fromkeys((*_printed(spoken), " ".join(spoken))))
    if party == "other":
        whole = (*words_of(spaced(above[-1])), *spoken)
        named = _kinds(whole)
        return Meant(named, (" ".join(whole),), other=True)
    if _not_the_issuers(field.meaning) and set(_kinds(spoken)) & _REACHED:
        return Meant((), labels, other=True)
    kinds = _kinds(spoken) if spoken != ("name",) or party is None else ("company",)
    if kinds:
        return Meant(kinds, labels)
    whose, rest = _split_party(spoken)
    if whose == "other":
        return Meant((), labels, other=True)
    kinds = _kinds(rest) if whose == "issuer" else ()
    return Meant(kinds if kinds or _printed(spoken) else _by_meaning(field.meaning), labels)


def _not_the_issuers(meaning: str) -> bool:
    """ "That person's address." or "Not the issuer's." """
    whose = re.match(r"\W*(?:\w+\s)?(\w+)['’]s\b", meaning)
    if whose is not None and words_of(whose[1]) in phrases_of("parties", "other"):
        return True
    denied = re.findall(r"\b[Nn]ot\b[^.;]*?(\w+)['’]s\b", meaning)
    return any(words_of(word) in phrases_of("parties", "issuer") for word in denied)


def spaced(name: str) -> str:
    """ "invoiceNumber" as "invoice Number": words for ``words_of``."""
    return _CAMEL.sub(" ", name)


def _kinds(spoken: tuple[str, ...]) -> tuple[str, ...]:
    word = "".join(spoken)
    known = _by_name().get(word, ())
    if known or _printed(spoken):
        return known
    named = (_SAME.get(kind, kind) for kind in label_kinds().get(word, ()) if kind not in _LABEL_ONLY)
    return tuple(dict.fromkeys(named))


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for kind, names in wanted_words()["kinds"].items():
        for name in names:
            found.setdefault(squashed(name), []).append(kind)
    return {name: tuple(kinds) for name, kinds in found.items()}


@lru_cache(maxsize=1)
def _by_label() -> Mapping[str, tuple[str, ...]]:
    return {squashed(name): tuple(one["printed"]) for one in wanted_words()["labels"].values() for name in one["names"]}


def _printed(spoken: tuple[str, ...]) -> tuple[str, ...]:
    return _by_label().get("".join(spoken), ())


def _party(spoken: tuple[str, ...]) -> str | None:
    """Whose group it is, by its name."""
    return next((whose for whose in ("other", "issuer") if spoken in phrases_of("parties", whose)), None)


def _split_party(spoken: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Whose value it is, and its name without that: ("issuer", ("address",)) of vendor_address."""
    for whose in ("other", "issuer"):
        for length in range(min(3, len(spoken) - 1), 0, -1):
            if spoken[:length] in phrases_of("parties", whose):
                return whose, spoken[length:]
            if spoken[-length:] in phrases_of("parties", whose):
                return whose, spoken[:-length]
    return None, spoken


def _by_meaning(meaning: str) -> tuple[str, ...]:
    """From the longest beginning of the meaning that names a kind: "The date of the invoice." is a date."""
    for spoken in _beginnings(meaning):
        kinds = _kinds(spoken)
        if kinds:
            return kinds
    return ()


def _beginnings(meaning: str) -> Iterator[tuple[str, ...]]:
    clause = re.split(r"[.,;:(\n]", meaning.strip(), maxsplit=1)[0]
    spoken = words_of(clause)
    fillers, ends = phrases_of("meaning", "filler"), phrases_of("meaning", "ends")
    while spoken and spoken[:1] in fillers:
        spoken = spoken[1:]
    yield spoken
    # "Date by which it must be paid" is not the paper's date, nor is "date of the accident": only the paper may follow.
    stop = next((at for at, word in enumerate(spoken) if at and (word,) in ends), None)
    paper = fillers | ends | phrases_of("meaning", "paper") | phrases_of("parties", "issuer")
    if stop is not None and not _printed(spoken) and all((word,) in paper for word in spoken[stop:]):
        yield spoken[:stop]
