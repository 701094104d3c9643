"""Amounts under the head of a column: the only one there, or the sum of those above it."""

from __future__ import annotations

from decimal import Decimal

from vision.evidence.page import Page
from vision.reader.labels import TOTALS, Label, find_labels, row_of
from vision.reader.reading import overlap

_SUMS = frozenset({"total", "subtotal"})


def under_head(page: Page, value: Decimal, kinds: frozenset[str]) -> tuple[int, ...]:
    """The line of ``value`` as the amount of a column whose head is a label of ``kinds``, or ().

    A head has another label beside it. "Amount" heads the single items: there only a sum of those counts.
    """
    wanted = kinds | (TOTALS if "total" in kinds else frozenset())
    if kinds & _SUMS:
        wanted |= {"total_weak", "total"}
    for head in find_labels(page.reading, wanted):
        if not _heads(page, head):
            continue
        column = _amounts_under(page, head.line)
        if not column or column[-1][0] != value:
            continue
        above = [amount for amount, _ in column[:-1]]
        only = not above and bool(kinds & _named(head))
        if only or (len(above) > 1 and kinds & _SUMS and sum(above) == value):
            return (column[-1][1],)
    return ()


def _named(head: Label) -> frozenset[str]:
    """The kinds of a label; the weak "amount" names none of them."""
    return frozenset("total" if kind in TOTALS else kind for kind in head.kinds if kind != "total_weak")


def _heads(page: Page, head: Label) -> bool:
    """Whether a label stands in a row of words without a number: the first row of a table."""
    texts = [page.reading.lines[line].text for line in row_of(page.reading, head.line)]
    summary = find_labels(page.reading, {"tax_summary"})
    under_summary = any(0 <= head.line - one.line < len(texts) + 3 for one in summary)
    return len(texts) > 1 and not under_summary and not any(c.isdigit() for text in texts for c in text)


def _amounts_under(page: Page, head: int) -> list[tuple[Decimal, int]]:
    """(value, line) of the amounts of money in the column of ``head``, top to bottom."""
    lines = page.reading.lines
    found = [
        (lines[line].middle, one.value, line)
        for line, one in page.amounts
        if one.money_like
        and lines[line].middle > lines[head].place[3]
        and overlap(lines[line].place[::2], lines[head].place[::2]) > 0.25
    ]
    return [(value, line) for _, value, line in sorted(found)]
