"""Amounts by meaning: total, subtotal, tax, cash, change ... from their labels and from what adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from vision.reader.amounts import Amount, currencies_in, find_amounts
from vision.reader.candidates import Candidate, candidate
from vision.reader.labels import TOTALS, Label, below, find_labels, labels_in, right_of, row_of
from vision.reader.reading import Reading

MONEY_KINDS = frozenset(
    {
        "total",
        "subtotal",
        "tax",
        "discount",
        "rounding",
        "service_charge",
        "tip",
        "shipping",
        "cash",
        "card",
        "change",
        "balance",
    }
)
_STRENGTH = {"total_final": 0.72, "total": 0.62, "total_weak": 0.42}
_THROUGH = {
    "total": frozenset(
        {
            "tax",
            "title",
            "tax_number",
            "total",
            "total_final",
            "total_weak",
            "cash",
            "card",
            "payment_method",
            "rounding",
        }
    ),
    "tax": frozenset({"tax", "total", "total_weak", "tax_number"}),
}


def find_money(reading: Reading, kind: str) -> list[Candidate]:
    """Candidates for one of ``MONEY_KINDS``, best first."""
    if kind == "total":
        return _totals(reading)
    found = []
    for label, amount, line, far in _labelled(reading, frozenset({kind})):
        score = (
            0.75 - 0.02 * far - (0 if amount.money_like else 0.3) - (0.15 if label.line in _in_summary(reading) else 0)
        )
        score -= 0.3 if kind == "tax" and not _about_tax(reading, label) else 0
        found.append(_candidate(reading, amount, (label.line, line), score, kind))
    return sorted(found, key=lambda one: -one.score)


def _about_tax(reading: Reading, label: Label) -> bool:
    """Whether a tax word stands as a label, not inside a sentence or a heading."""
    text = reading.lines[label.line].text
    return label.start <= 12 or len(text) < 30


def _candidate(reading: Reading, amount: Amount, lines: tuple[int, ...], score: float, kind: str) -> Candidate:
    return candidate(
        reading, str(amount.value), lines, score, kind=kind, currency=amount.currency or currency_of(reading)
    )


def currency_of(reading: Reading) -> str:
    """The currency printed most often on the paper, beside amounts or alone ("TOTAL GBP"), or ""."""
    count = Counter(code for line in reading.lines for code in currencies_in(line.text))
    return count.most_common(1)[0][0] if count else ""


def _labelled(reading: Reading, kinds: frozenset[str]) -> Iterator[tuple[Label, Amount, int, int]]:
    """(label, amount, line of the amount, distance) for every amount that stands beside or under such a label."""
    through = _THROUGH["total"] if kinds & TOTALS else _THROUGH["tax"] if "tax" in kinds else frozenset()
    for label in find_labels(reading, kinds):
        beside = [
            (amount, piece.line, piece.distance)
            for piece in right_of(reading, label, through=through)
            for amount in find_amounts(piece.text)
        ]
        if not any(amount.money_like for amount, _, _ in beside):
            beside += _under(reading, label)
        strong = [one for one in beside if one[0].money_like]
        # of several amounts in a row the last is the sum: quantity, price, amount
        for step, (amount, line, distance) in enumerate(reversed(strong or beside)):
            yield label, amount, line, distance + 3 * step


def _under(reading: Reading, label: Label) -> list[tuple[Amount, int, int]]:
    """Amounts under a label; under the heading of a column, where others stand beside them, they are less sure."""
    found = []
    for piece in below(reading, label):
        row = [amount for number in row_of(reading, piece.line) for amount in find_amounts(reading.lines[number].text)]
        table = sum(amount.money_like for amount in row) > 1
        if not labels_in(piece.text):
            found += [
                (amount, piece.line, piece.distance + 8 * table)
                for amount in find_amounts(piece.text)
                if amount.money_like
            ]
    return found


def _in_summary(reading: Reading) -> frozenset[int]:
    """Lines under the heading of a table of tax rates."""
    heads = [label.line for label in find_labels(reading, {"tax_summary"})]
    if not heads:
        return frozenset()
    top = reading.lines[heads[0]].middle
    height = reading.lines[heads[0]].height
    return frozenset(n for n, line in enumerate(reading.lines) if top < line.middle < top + 14 * height)


def _totals(reading: Reading) -> list[Candidate]:
    labelled = list(_labelled(reading, TOTALS))
    summary = _in_summary(reading)
    paid = _paid(reading)
    best: dict[Decimal, tuple[float, Amount, tuple[int, ...]]] = {}
    seen = Counter({value: len(lines) for value, lines in _lines_by_value(labelled).items()})
    for label, amount, line, far in labelled:
        kind = next(name for name in label.kinds if name in TOTALS)
        score = _STRENGTH[kind] - 0.02 * far
        score += 0.15 if amount.value in paid else 0
        score += 0.04 * min(seen[amount.value] - 1, 3)
        score += 0.05 * line / max(1, len(reading.lines))
        score -= 0.3 if label.line in summary else 0
        score -= 0.15 if not amount.money_like else 0
        score -= 0.4 if amount.value <= 0 else 0
        score -= 0.05 if label.start > 12 else 0
        if amount.value not in best or score > best[amount.value][0]:
            best[amount.value] = score, amount, (label.line, line)
    for value, (amount, lines) in paid.items():
        if value not in best and value > 0:
            best[value] = 0.5, amount, lines
    for label, amount, line, far in _labelled(reading, frozenset({"subtotal"})):
        if amount.value > 0 and amount.value not in best:
            best[amount.value] = 0.4 - 0.02 * far, amount, (label.line, line)
    found = [_candidate(reading, amount, lines, score, "total") for score, amount, lines in best.values()]
    return sorted(found, key=lambda one: -one.score)


def _lines_by_value(labelled: list[tuple[Label, Amount, int, int]]) -> dict[Decimal, set[int]]:
    lines: dict[Decimal, set[int]] = {}
    for label, amount, _, _ in labelled:
        lines.setdefault(amount.value, set()).add(label.line)
    return lines


def _paid(reading: Reading) -> dict[Decimal, tuple[Amount, tuple[int, ...]]]:
    """Amounts that were paid: cash minus change, cash that was given exactly, what went on a card."""
    found: dict[Decimal, tuple[Amount, tuple[int, ...]]] = {}
    cash = [
        (a, (label.line, line)) for label, a, line, far in _labelled(reading, frozenset({"cash"})) if a.decimals == 2
    ]
    change = [
        (a, (label.line, line)) for label, a, line, far in _labelled(reading, frozenset({"change"})) if a.decimals == 2
    ]
    for given, given_lines in cash:
        for back, back_lines in change:
            if given.value > abs(back.value):
                value = given.value - abs(back.value)
                exact = Amount(value, given.start, given.end, given.currency, 2)
                found[value] = exact, given_lines + back_lines
    before_tax = {a.value for _, a, _, _ in _labelled(reading, frozenset({"subtotal"}))}
    for given, given_lines in cash:
        if given.value in before_tax or (not change and given.value > 0):
            found.setdefault(given.value, (given, given_lines))
    for label, amount, line, _ in _labelled(reading, frozenset({"card"})):
        if amount.decimals == 2 and amount.value > 0:
            found.setdefault(amount.value, (amount, (label.line, line)))
    return found
