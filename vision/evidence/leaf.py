"""What one page says of one value, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from vision.evidence.amounts import MANY, as_decimal, find_amount, find_number
from vision.evidence.forms import NEARLY, find_code, find_date, find_email, find_phone, find_time
from vision.evidence.page import Page
from vision.evidence.texts import Match, find_text, numbers_dropped, pieces_of
from vision.fields.model import NUMBERS, Field, FieldSet, Kind
from vision.fields.values import Mark, Support
from vision.reader.amounts import currencies_in
from vision.reader.wordlists import currency_signs

PIECES = "Its parts are printed, but not one after the other."
SIGN = "Only a sign is printed that several currencies share."
_APART = 3  # lines that may stand between the pieces of one text


def find(page: Page, field: Field, set_: FieldSet, value: object, names: tuple[str, ...]) -> Support | None:
    """READ or SIMILAR with places; None when ``value`` is not on ``page``."""
    if field.kind in NUMBERS:
        number = as_decimal(value)
        if number is None:
            return find_written(page, str(value))
        return _number(page, field, number, names)
    if field.kind is Kind.DATE:
        return find_date(page, str(value), set_.date_order)
    return _BY_KIND.get(field.kind, find_written)(page, str(value))


def _number(page: Page, field: Field, value: Decimal, names: tuple[str, ...]) -> Support | None:
    if field.kind is Kind.MONEY:
        found = find_amount(page, value, names, field.meaning)
        if found is None:  # 1.234 printed for 1234, or the other way round
            lines = [line for line, one in page.numbers if value in one.values]
            found = page.support(Mark.SIMILAR, lines[:1], MANY) if lines else None
        return found
    amount = find_amount(page, value, names, field.meaning) if field.kind is Kind.NUMBER else None
    if amount is not None and amount.mark is Mark.READ:
        return amount
    return find_number(page, value, names, field.meaning) or amount


def find_written(page: Page, text: str) -> Support | None:
    """A text: READ letter by letter, SIMILAR with small differences that touch no digit, or in pieces nearby."""
    found = find_text(page, text)
    if found:
        best = found[0]
        return page.support(Mark.READ if best.exact else Mark.SIMILAR, best.lines, "" if best.exact else NEARLY)
    return _currency(page, text) or _in_pieces(page, text)


def _currency(page: Page, text: str) -> Support | None:
    code = currency_signs().get(text.strip())
    if not code:
        return None
    unclear = None
    for number, line in enumerate(page.reading.lines):
        signs = currencies_in(line.text)
        if code in signs:
            return page.support(Mark.READ, [number])
        if unclear is None and any(sign not in currency_signs().values() for sign in signs):
            unclear = number
    return page.support(Mark.SIMILAR, [unclear], SIGN) if unclear is not None else None


def _in_pieces(page: Page, text: str) -> Support | None:
    """Pieces between commas and line ends that stand near each other: how addresses are put together again."""
    pieces = pieces_of(text)
    if len(pieces) < 2:
        return None
    found = [
        [match for match in find_text(page, piece) if not numbers_dropped(page, text, match.lines, piece)]
        for piece in pieces
    ]
    lines = _together(found)
    return page.support(Mark.SIMILAR, lines, PIECES) if lines else None


def _together(found: Sequence[Sequence[Match]]) -> tuple[int, ...]:
    """The lines of one match of each, all near the first piece's; () when one is missing or far."""
    if not all(found):
        return ()
    for first in found[0]:
        lines = list(first.lines)
        for matches in found[1:]:
            near = min(matches, key=lambda match: _distance(match.lines, lines))
            if _distance(near.lines, lines) > _APART:
                break
            lines += near.lines
        else:
            return tuple(sorted(set(lines)))
    return ()


def _distance(one: Sequence[int], other: Sequence[int]) -> int:
    return max(0, min(abs(a - b) for a in one for b in other))


_BY_KIND: Mapping[Kind, Callable[[Page, str], Support | None]] = {
    Kind.TIME: find_time,
    Kind.EMAIL: find_email,
    Kind.PHONE: find_phone,
    Kind.CODE: find_code,
}
