"""Labels printed on a paper ("Total", "Rechnungsnummer") and what stands beside or under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from vision.reader.reading import Line, Reading, overlap
from vision.reader.text import is_wide, squashed_map, words_of
from vision.reader.wordlists import currency_signs, label_kinds, longest_label

TOTALS = frozenset({"total_final", "total", "total_weak"})


@dataclass(frozen=True, slots=True)
class Label:
    """A label found on line number ``line`` of a reading; ``start`` and ``end`` are indexes in its text."""

    kinds: tuple[str, ...]
    line: int
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A piece of text that belongs to a label: part of line number ``line``, from ``offset`` on.

    ``distance`` is 0 for the rest of the label's own line, 1, 2 ... for pieces to its right, 10 for one below.
    """

    text: str
    line: int
    offset: int
    distance: int


@lru_cache(maxsize=4096)
def labels_in(text: str) -> tuple[tuple[tuple[str, ...], int, int, str], ...]:
    """Labels in one line as (kinds, start, end, squashed words): longest first at each place, none overlapping."""
    plain, at = squashed_map(text)
    kinds, longest = label_kinds(), longest_label()
    found = []
    position = 0
    while position < len(plain):
        if not _begins(text, at, position):
            position += 1
            continue
        for length in range(min(longest, len(plain) - position), 0, -1):
            words = plain[position : position + length]
            end = at[position + length - 1] + 1
            if words in kinds and _ends(text, plain, at, position + length) and not _in_number(text, end, kinds[words]):
                found.append((kinds[words], at[position], at[position + length - 1] + 1, words))
                position += length
                break
        else:
            position += 1
    return tuple(_with_total_qualified(text, found))


def _begins(text: str, at: tuple[int, ...], position: int) -> bool:
    index = at[position]
    if index == 0 or is_wide(text[index]):
        return True
    before, here = text[index - 1], text[index]
    return not before.isalnum() or before.isdigit() != here.isdigit() or (before.islower() and here.isupper())


def _ends(text: str, plain: str, at: tuple[int, ...], end: int) -> bool:
    """A label ends where its word ends; glued text may go on with another label or a currency."""
    if end == len(plain):
        return True
    last, following = at[end - 1], at[end]
    if following > last + 1 or is_wide(text[last]):
        return True
    if text[last].isdigit() != text[following].isdigit() or (text[last].islower() and text[following].isupper()):
        return True
    rest = plain[end:]
    word = rest[: next((i for i, c in enumerate(rest) if c.isdigit()), len(rest))]
    if word.upper() in currency_signs():
        return True
    return any(
        rest[:length] in label_kinds() and length > 3 for length in range(4, min(longest_label(), len(rest)) + 1)
    )


def _in_number(text: str, end: int, kinds: tuple[str, ...]) -> bool:
    """Whether the word is the beginning of the number itself: the INV of INV-2024-7."""
    numbered = frozenset(kinds) & {"invoice_number", "receipt_number", "order_number", "reference", "till"}
    return bool(numbered) and text[end : end + 1] in {"-", "/", "_"} and text[end + 1 : end + 2].isalnum()


_WITHOUT = frozenset(
    {
        "excl",
        "excluding",
        "exclusive",
        "exclude",
        "before",
        "without",
        "hors",
        "ht",
        "ohne",
        "sin",
        "sem",
        "exkl",
        "zonder",
        "esclusa",
        "ex",
        "sebelum",
        "excluded",
        "netto",
    }
)
_WITH = frozenset(
    {
        "incl",
        "including",
        "inclusive",
        "include",
        "includes",
        "included",
        "with",
        "inkl",
        "inc",
        "ttc",
        "con",
        "com",
        "met",
        "inclusief",
        "avec",
        "mit",
        "rounded",
        "after",
        "termasuk",
        "brutto",
    }
)


def _with_total_qualified(
    text: str, found: list[tuple[tuple[str, ...], int, int, str]]
) -> Iterator[tuple[tuple[str, ...], int, int, str]]:
    """ "Total (excluding 6% GST)" is a subtotal, "Total (inclusive of 6% GST)" a final one."""
    qualified = False
    for kinds, start, end, words in found:
        if kinds[0] in TOTALS and not qualified:
            rest = set(words_of(text[end:]))
            if rest & _WITHOUT:
                qualified = True
                yield ("subtotal",), start, end, words
                continue
            if rest & _WITH:
                qualified = True
                yield ("total_final",), start, end, words
                continue
        if qualified and kinds[0] in {"tax", "total_weak", "tax_number"}:
            continue
        yield kinds, start, end, words


def find_labels(reading: Reading, kinds: Iterable[str] | None = None) -> list[Label]:
    """The labels of ``kinds`` (all when None) on a reading, in reading order."""
    wanted = None if kinds is None else frozenset(kinds)
    return [
        Label(names, number, start, end, words)
        for number, line in enumerate(reading.lines)
        for names, start, end, words in labels_in(line.text)
        if wanted is None or wanted & frozenset(names)
    ]


def row_of(reading: Reading, line: int) -> tuple[int, ...]:
    """The lines that stand at one height with ``line``, itself among them."""
    return next((row for row in reading.rows if line in row), (line,))


def right_of(reading: Reading, label: Label, *, through: frozenset[str] = frozenset()) -> Iterator[Beside]:
    """The rest of the label's line, then the pieces to its right, up to the next label not of ``through``."""
    text = reading.lines[label.line].text
    stop = _next_label(text, label.end, through)
    yield Beside(text[label.end : stop], label.line, label.end, 0)
    if stop < len(text):
        return
    row = row_of(reading, label.line)
    for distance, other in enumerate(row[row.index(label.line) + 1 :], start=1):
        text = reading.lines[other].text
        stop = _next_label(text, 0, through)
        if stop:
            yield Beside(text[:stop], other, 0, distance)
        if stop < len(text):
            return


def _next_label(text: str, after: int, through: frozenset[str]) -> int:
    """Where the next label begins, or the end. Inside a line only a label with a colon, or one that starts a line,
    ends the value before it: "Payment: cash" has the value "cash"."""
    for kinds, start, end, _ in labels_in(text):
        if start < after or frozenset(kinds) & through:
            continue
        colon = text[end:].lstrip()[:1] in {":", "="}
        if colon or (after == 0 and start == 0 and end < len(text)):
            return start
    return len(text)


def below(reading: Reading, label: Label, *, most: int = 1) -> Iterator[Beside]:
    """The nearest lines under the label that share its column, at most 2.5 line heights away."""
    head = reading.lines[label.line]
    found: list[tuple[float, int]] = []
    for number, line in enumerate(reading.lines):
        gap = line.place[1] - head.place[3]
        if number != label.line and _under(head, line) and -0.4 * head.height < gap < 2.5 * head.height:
            found.append((line.middle, number))
    for step, (_, number) in enumerate(sorted(found)[:most]):
        yield Beside(reading.lines[number].text, number, 0, 10 + step)


def _under(head: Line, line: Line) -> bool:
    return line.middle > head.middle + 0.6 * head.height and overlap(head.place[0::2], line.place[0::2]) > 0.25


def is_label_line(text: str) -> bool:
    """Whether a line is nothing but a label (and signs)."""
    found = labels_in(text)
    return bool(found) and not any(
        character.isalnum()
        for index, character in enumerate(text)
        if not any(start <= index < end for _, start, end, _ in found)
    )
