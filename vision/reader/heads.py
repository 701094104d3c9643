"""The heads of a table of items: which columns it has, and where. Words in many languages are in columns.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vision.reader.amounts import find_amounts
from vision.reader.reading import Box, Line, Reading, overlap
from vision.reader.text import squashed
from vision.reader.wordlists import column_words, currency_signs

NUMERIC = frozenset(
    {
        "position",
        "quantity",
        "unit_price",
        "amount",
        "net_amount",
        "gross_amount",
        "tax_rate",
        "tax_amount",
        "discount",
    }
)
SUMS = ("amount", "gross_amount", "net_amount")
_PRICED = frozenset({*SUMS, "unit_price"})
Names = Mapping[str, tuple[str, ...]]  # squashed head -> the columns it may mean


@dataclass(frozen=True, slots=True)
class Column:
    kind: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Heads:
    """The head of one table: ``columns`` from left to right, ``row`` the last row of the reading that belongs to it."""

    columns: tuple[Column, ...]
    row: int

    def has(self, *kinds: str) -> bool:
        return any(column.kind in kinds for column in self.columns)


@lru_cache(maxsize=1)
def item_names() -> Names:
    """Every printed head of a table of items."""
    found: dict[str, list[str]] = {}
    for kind, languages in column_words().items():
        for language, words in languages.items():
            if kind in {"carried", "pieces"} or language == "columns":
                continue
            for word in words:
                known = found.setdefault(squashed(word) or word, [])
                if kind not in known:
                    known.append(kind)
    return {word: tuple(kinds) for word, kinds in found.items()}


def find_heads(reading: Reading, names: Names, *, priced: bool = True) -> list[Heads]:
    """Rows that head a table, in order. ``priced``: one of its columns must be money, or it is no table of items."""
    found: list[Heads] = []
    for number in range(len(reading.rows)):
        if found and number <= found[-1].row:
            continue
        best = max(_variants(reading, number, names), key=lambda heads: len(heads.columns), default=None)
        if best is None or len(best.columns) < 2 or (priced and not best.has(*_PRICED)):
            continue
        if priced and not best.has("description", "code", "quantity", "unit_price"):
            continue
        found.append(best)
    return found


def _variants(reading: Reading, number: int, names: Names) -> Iterator[Heads]:
    """The row as a head by itself, and with the row under it, where heads stand in two lines."""
    row = [reading.lines[at] for at in reading.rows[number]]
    pieces = [(line.text, line.place) for line in row]
    if not any(_head(line.text, names) or _segments(tuple(line.text.split()[:14]), names) for line in row):
        return
    for last in range(number, min(number + 3, len(reading.rows))):
        if last > number:
            under = [reading.lines[at] for at in reading.rows[last]]
            if not _belongs(row, under):
                return
            pieces = _stacked(pieces, under)
            row = under
        columns = _columns(pieces, names)
        if columns:
            yield Heads(columns, last)


def _belongs(row: Sequence[Line], under: Sequence[Line]) -> bool:
    gap = min(line.place[1] for line in under) - max(line.place[3] for line in row)
    return gap < 0.7 * row[0].height and not any(one.money_like for line in under for one in find_amounts(line.text))


def _stacked(pieces: list[tuple[str, Box]], under: Sequence[Line]) -> list[tuple[str, Box]]:
    """The pieces with those under them added to their text."""
    joined = list(pieces)
    for line in under:
        at = max(range(len(joined)), key=lambda n: overlap(joined[n][1][0::2], line.place[0::2]))
        text, box = joined[at]
        if overlap(box[0::2], line.place[0::2]) > 0.3:
            wide = min(box[0], line.place[0]), box[1], max(box[2], line.place[2]), line.place[3]
            joined[at] = f"{text} {line.text}", wide
        else:
            joined.append((line.text, line.place))
    return sorted(joined, key=lambda piece: piece[1][0])


def _columns(pieces: Sequence[tuple[str, Box]], names: Names) -> tuple[Column, ...]:
    """The pieces as columns, each kind once; () where more than a third of them are no heads, or one is a number."""
    if any(_NUMBER.fullmatch(text) for text, _ in pieces):
        return ()
    read = [(kinds, left, right) for text, box in pieces for kinds, left, right in _read(text, box, names)]
    if not read or 3 * sum(not kinds for kinds, _, _ in read) > len(read):
        return ()
    columns: list[Column] = []
    for at, (kinds, left, right) in enumerate(read):
        taken = {column.kind for column in columns}
        later = {other[0][0] for other in read[at + 1 :] if len(other[0]) == 1}
        kind = _chosen(kinds, taken, later) or f"other {at}"
        columns.append(Column(kind, left, right))
    known = [column for column in columns if not column.kind.startswith("other")]
    return tuple(columns) if len(known) >= 2 else ()


def _chosen(kinds: tuple[str, ...], taken: set[str], later: set[str]) -> str | None:
    """Which of ``kinds`` a head means beside the others. Of "Tax | Tax" the first is the rate, of "Item | Description"
    the second the description, of "Amount | Total" the first the amount without tax, of two prices the second a sum."""
    free = [kind for kind in kinds if kind not in taken]
    if kinds[:1] == ("unit_price",):
        return "unit_price" if free else next((one for one in ("amount",) if one not in taken | later), None)
    kind = next((one for one in free if one not in later), None)
    if kind is None and "amount" in free:
        return next((one for one in ("net_amount",) if one not in taken | later), None)
    return kind


def _read(text: str, box: Box, names: Names) -> list[tuple[tuple[str, ...], float, float]]:
    """One piece as heads: as a whole, or as several that the engine read as one."""
    plain = _head(text, names)
    if plain:
        return [(plain, box[0], box[2])]
    words = text.split()
    split = _segments(tuple(words), names) if 2 <= len(words) <= 14 else None
    if split is None:
        return [((), box[0], box[2])]
    step = (box[2] - box[0]) / max(1, len(text))
    found, position = [], 0
    for part in split:
        start = text.index(part[0], position)
        end = start
        for word in part:
            end = text.index(word, end) + len(word)
        position = end
        found.append((_head(" ".join(part), names), box[0] + start * step, box[0] + end * step))
    return found


def _segments(words: tuple[str, ...], names: Names) -> list[tuple[str, ...]] | None:
    """The words cut into heads, long ones first; None where a word is left over."""
    if not words:
        return []
    for length in range(min(5, len(words)), 0, -1):
        if _head(" ".join(words[:length]), names):
            rest = _segments(words[length:], names)
            if rest is not None:
                return [words[:length], *rest]
    return None


_NUMBER = re.compile(r"[^A-Za-z]*\d[^A-Za-z]*")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]?")
_IN = re.compile(r"\b(?:in|en|w|i)\b\s*$", re.IGNORECASE)


def _head(text: str, names: Names) -> tuple[str, ...]:
    if text.strip(" ()[].").upper() in _signs():
        return ("amount",)  # "RM", "€" over the last column
    for version in (text, _BRACKETS.sub(" ", text), _without_currency(text)):
        word = squashed(version) or version.strip()
        if word in names:
            kinds = names[word]
            # a percent sign says which of the two "Tax" is
            return ("tax_rate",) if "%" in text and "tax_rate" in kinds else kinds
    return ()


def _without_currency(text: str) -> str:
    """ "Betrag in EUR" and "Amount ($)" without their currency."""
    kept = [word for word in _BRACKETS.sub(" ", text).split() if word.upper().strip(".()[]/") not in _signs()]
    bare = "".join(c for c in " ".join(kept) if c.isalnum() or c in " /.%#-'" or c.isspace())
    return _IN.sub("", bare.strip())


@lru_cache(maxsize=1)
def _signs() -> frozenset[str]:
    return frozenset(sign.upper().rstrip(".") for sign in currency_signs())
