"""Whether an amount is printed, and whether on the row that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from vision.evidence.columns import under_head
from vision.evidence.meanings import money_kinds, telling_words
from vision.evidence.page import Page
from vision.fields.values import Mark, Support
from vision.reader.candidates import Candidate
from vision.reader.labels import row_of
from vision.reader.reading import overlap
from vision.reader.text import words_of

ELSEWHERE = "An amount like this is printed elsewhere, not beside its label."
OTHER_SIGN = "The amount is printed with the other sign."
MANY = "This number is printed, but nothing beside it says that it is the one."
# From which score on an amount beside a label of its kind counts as standing on its own row (vision.reader.money).
_OWN = 0.5
_ABOUT = 0.1
_SIGNLESS = frozenset({"discount", "rounding", "change", "cash", "card"})  # printed with or without their minus


def as_decimal(value: object) -> Decimal | None:
    """A JSON number, or a text that is one; None for anything else, and for what is no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def find_amount(page: Page, value: Decimal, names: tuple[str, ...], meaning: str) -> Support | None:
    """READ on its own row, SIMILAR elsewhere; None where it is not printed on ``page`` at all."""
    kinds = money_kinds(names, meaning)
    own = _own_row(page, value, kinds)
    if own:
        return page.support(Mark.READ, own)
    printed = page.printed(value)
    beside = [line for line in printed if _said_beside(page, line, telling_words(names, meaning))]
    if not kinds and len(beside) == 1:
        return page.support(Mark.READ, beside)
    if printed:
        return page.support(Mark.SIMILAR, (beside or printed)[:1], ELSEWHERE)
    other = page.printed(value, sign=False)
    return page.support(Mark.SIMILAR, other[:1], OTHER_SIGN) if other else None


def _own_row(page: Page, value: Decimal, kinds: frozenset[str]) -> tuple[int, ...]:
    """The line on which ``value`` stands beside a label of ``kinds``, or, where no row has such a label, under one."""
    named = False
    for kind in sorted(kinds):
        signless = kind in _SIGNLESS
        printed = page.printed(value, sign=not signless)
        if not printed:
            continue
        leading = _leading(page.labelled(kind), kind)
        named = named or bool(leading)
        for one in leading:
            found = Decimal(one.value)
            if abs(found) == abs(value) if signless else found == value:
                # cash less change comes to a value that is printed without a label, if at all
                return tuple(line for line in one.lines if line in printed)[:1] or printed[-1:]
    return () if named else under_head(page, value, kinds)


def _leading(candidates: Sequence[Candidate], kind: str) -> list[Candidate]:
    """The amounts whose label is about as telling as the best one's: where "Total rounded" is printed as well, "Total"
    is another amount. Two totals that make up a third are its parts."""
    if not candidates:
        return []
    least = max(_OWN, candidates[0].score - (_ABOUT if kind == "total" else 2 * _ABOUT))
    leading = [one for one in candidates if one.score >= least]
    if kind != "total":
        return leading
    values = {Decimal(one.value) for one in leading}
    parts = {value for value in values for whole in values if whole - value in values and whole > value > 0}
    return [one for one in leading if Decimal(one.value) not in parts]


def _said_beside(page: Page, line: int, words: frozenset[str]) -> bool:
    """Whether what stands before an amount in its row, or heads its column, shares a word with its field."""
    reading = page.reading
    row = row_of(reading, line)
    before = [reading.lines[other].text for other in row[: row.index(line)]]
    text = " ".join((*before, _before_number(reading.lines[line].text)))
    if words & set(words_of(text)):
        return True
    head = _head(page, line)
    return head is not None and bool(words & set(words_of(reading.lines[head].text)))


def _before_number(text: str) -> str:
    return text[: next((index for index, character in enumerate(text) if character.isdigit()), len(text))]


def _head(page: Page, line: int) -> int | None:
    """The nearest line above without a digit that shares the column of ``line``."""
    lines = page.reading.lines
    here = lines[line]
    above = [
        number
        for number, other in enumerate(lines)
        if other.middle < here.place[1]
        and overlap(here.place[::2], other.place[::2]) > 0.3
        and not any(character.isdigit() for character in other.text)
    ]
    return max(above, key=lambda number: lines[number].middle, default=None)


def find_number(page: Page, value: Decimal, names: tuple[str, ...], meaning: str) -> Support | None:
    """A number that is no money: READ beside a label that shares a word with its field, SIMILAR elsewhere."""
    lines = tuple(dict.fromkeys(line for line, one in page.numbers if value in one.values))
    words = telling_words(names, meaning)
    beside = [line for line in lines if _said_beside(page, line, words)]
    if len(beside) == 1:
        return page.support(Mark.READ, beside)
    if beside or lines:
        return page.support(Mark.SIMILAR, (beside or lines)[:1], MANY)
    return None
