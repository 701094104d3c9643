"""Items without column heads, as receipts print them: a description left, an amount right, down to the totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from statistics import median

from vision.reader.amounts import Amount, find_amounts
from vision.reader.dates import find_dates
from vision.reader.heads import item_names
from vision.reader.labels import labels_in
from vision.reader.reading import Reading
from vision.reader.rows import Item, bare, ends_items, is_carried
from vision.reader.text import squashed, words_of
from vision.reader.wordlists import currency_signs, phrases

_NUM = r"\d+(?:[.,]\d{3})*(?:[.,]\d{1,4})?"
_COUNTED = re.compile(
    rf"(?<![\w.,/-])(?P<count>{_NUM})\s*(?P<unit>[^\W\d]{{0,6}}\.?)\s*(?P<sign>[xX×*@]?)\s*[^\w\s(]{{0,2}}\s*"
    rf"(?:[A-Z]{{1,3}}\s?)?(?P<price>{_NUM})\s?[^\w\s]{{0,2}}(?:\s?[A-Z]{{3}})?(?:\s?/\s?[^\W\d]{{1,4}})?\s*=?\s*$"
)
_WORD = re.compile(rf"{_NUM}(?=[xX×*@])|[xX×*@](?=\d)|\S+")
_NUMBER = re.compile(rf"[^\w\s-]{{0,2}}(?P<number>{_NUM})[^\w\s]{{0,2}}")
_LETTERS = re.compile(r"[^\W\d_]+")
_EDGES = " .:;=-*\t"
_LEADING = re.compile(r"^\s*(?P<count>\d{1,3})(?:\s*(?P<sign>[xX×*])\s+(?=\w)|\s+(?=[^\W\d]))")
_CODE_BEHIND = re.compile(r"[\s*]*[A-Z#*]{0,3}\d?\s*")  # the letter of a tax rate
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Loose:
    """One row that may be an item. ``counted``: how many and at what price, as printed there."""

    text: str
    amount: Amount
    printed: str
    left: float
    right: float
    height: float
    page: int
    row: int
    block: int  # how many totals stand above it
    code: str = ""
    count: str = ""
    price: str = ""


def find_loose(readings: Sequence[Reading], sums: frozenset[Decimal]) -> list[Item]:
    """Items that stand before the totals; or, where only those do, the rows at one indent that add up to one of
    ``sums``. [] where no row of totals follows, because then nothing says that they are items."""
    found, end = _candidates(readings)
    before = _aligned([one for one in found if (one.page, one.row) < end]) if end else []
    chosen = before
    if not adds_up((one.amount.value for one in before), sums):
        levels = [
            level for level in _levels(found) if len(level) > 1 and adds_up((o.amount.value for o in level), sums)
        ]
        chosen = max(levels, key=len, default=before)
    return _items(readings, chosen)


def adds_up(values: object, sums: frozenset[Decimal]) -> bool:
    """Whether the values add up to one of ``sums``, to the cent."""
    total = sum(values, Decimal(0))  # type: ignore[call-overload]
    return any(abs(total - one) <= _CENT for one in sums)


def _candidates(readings: Sequence[Reading]) -> tuple[list[Loose], tuple[int, int] | None]:
    """Rows that look like items, and (page, row) of the first total under one of them."""
    found: list[Loose] = []
    end: tuple[int, int] | None = None
    block = 0
    for page, reading in enumerate(readings):
        for number, indexes in enumerate(reading.rows):
            if any(_says_total(reading.lines[at].text) for at in indexes):
                block += 1
                end = (page, number) if end is None and found else end
                continue
            one = _candidate(reading, page, number, block)
            if one is not None:
                found.append(one)
    return found, end


def _says_total(text: str) -> bool:
    """Whether a piece begins with a total; its amount may be another piece."""
    labels = labels_in(text)
    return bool(labels) and labels[0][1] <= 2 and ends_items(text + " 0") and "tax" not in labels[0][0]


def _candidate(reading: Reading, page: int, number: int, block: int) -> Loose | None:
    lines = [reading.lines[at] for at in reading.rows[number]]
    text = "  ".join(line.text for line in lines)
    amounts = [one for one in find_amounts(text) if one.money_like]
    if not amounts or not _CODE_BEHIND.fullmatch(text[amounts[-1].end :]) or ends_items(text) or _labelled(text):
        return None
    amount = amounts[-1]
    left, code, count, price = counted(text[: amount.start], abs(amount.value))
    if not left and not count:
        return None
    place = lines[0].place
    height = median(line.height for line in lines) or 1.0
    edge = lines[-1].place[2] if len(lines[-1].text) > 3 or len(lines) == 1 else lines[-2].place[2]
    printed = text[amount.start : amount.end]
    return Loose(left, amount, printed, place[0], edge, height, page, number, block, code, count, price)


def _labelled(text: str) -> bool:
    """Rows of the paper's head and foot: "Date: 12.05", "Change 3.10", "Tel. 07 351"."""
    labels = labels_in(text)
    if is_carried(text) or (find_dates(text) and len(words_of(text)) < 8):
        return True
    if any("card" in kinds for kinds, *_ in labels) and len(words_of(text)) > 3:
        return True  # "{4553 8800} VISA"
    if not labels or labels[0][1] > 2:
        return False
    _, _, end, _ = labels[0]
    return bare(text) or text[end:].lstrip()[:1] in {":", "#"}


def counted(text: str, amount: Decimal) -> tuple[str, str, str, str]:
    """Description, code, quantity and unit price of what stands before an amount: "Milk 2 x 1.20" of 2.40.

    Quantity and price are what multiplies to the amount, or what a sign between them says."""
    numbers, start = _tail(text)
    pair = next((p for p in _pairs(numbers) if _multiplies(*p, amount)), None)
    if pair is None:
        signed = _COUNTED.search(text)
        if signed is not None and signed["sign"]:
            return text[: signed.start()].strip(_EDGES), "", signed["count"], signed["price"]
        if not any(_is_price(number) for number, _ in numbers):
            return _led(text)
        # prices without a quantity that fits: no part of the description
        start = min((at for number, at in numbers if _is_price(number)), default=start)
        return _led(text[:start])
    rest = [number for number, _ in numbers if number not in pair]
    code = next((number for number in rest if number.isdigit() and len(number) > 3), "")
    return text[:start].strip(_EDGES), code, *pair


def _led(text: str) -> tuple[str, str, str, str]:
    """ "2 x Coffee": how many stands in front, with a sign."""
    first = _LEADING.match(text)
    if first is not None and first["sign"]:
        return text[first.end() :].strip(_EDGES), "", first["count"], ""
    return text.strip(_EDGES), "", "", ""


def _tail(text: str) -> tuple[list[tuple[str, int]], int]:
    """The numbers at the end of ``text`` with where they stand, and where they begin: signs, currencies and units
    between them are passed over."""
    found: list[tuple[str, int]] = []
    start = len(text)
    for word in reversed(list(_WORD.finditer(text))):
        number = _NUMBER.fullmatch(word.group())
        if number is not None:
            found.insert(0, (number["number"], word.start()))
            start = word.start()
        elif (squashed(word.group()),) not in _between() and any(map(str.isalnum, word.group())):
            break
    return found, start


def _pairs(numbers: list[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    texts = [number for number, _ in numbers]
    yield from combinations(texts, 2)
    yield from ((later, sooner) for sooner, later in combinations(texts, 2))


def _multiplies(count: str, price: str, amount: Decimal) -> bool:
    """Whether they are quantity and price of the amount; 10.00 x 1 is one of 10.00."""
    if not amount or len(count) > 6 or (_is_price(count) and not _is_price(price)):
        return False
    return any(abs(one * other - amount) <= _CENT for one in _values(count) for other in _values(price))


def _is_price(number: str) -> bool:
    return re.fullmatch(r".*\d[.,]\d{2}", number) is not None


@lru_cache(maxsize=1)
def _between() -> frozenset[tuple[str, ...]]:
    """Words that may stand between a quantity and its price."""
    return phrases("columns", "pieces") | {(squashed(sign),) for sign in currency_signs() if squashed(sign)}


def _values(text: str) -> list[Decimal]:
    """What a number may mean: 1.234 with either mark."""
    digits = re.sub(r"\D", "", text)
    last = max(text.rfind("."), text.rfind(","))
    behind = len(text) - last - 1 if last >= 0 else 0
    values = [Decimal(int(digits)).scaleb(-behind)]
    return [*values, Decimal(int(digits))] if behind == 3 else values


def _aligned(found: list[Loose]) -> list[Loose]:
    """Those whose amounts stand flush right under each other."""
    if len(found) < 2:
        return found
    edge = median(one.right for one in found)
    return [one for one in found if abs(one.right - edge) < 4 * one.height]


def _levels(found: list[Loose]) -> list[list[Loose]]:
    """The rows between two totals, by how far they are indented."""
    levels: list[list[Loose]] = []
    for one in sorted(found, key=lambda row: (row.block, row.left)):
        first = levels[-1][0] if levels else None
        if first is not None and first.block == one.block and abs(first.left - one.left) < 0.4 * one.height:
            levels[-1].append(one)
        else:
            levels.append([one])
    return [sorted(level, key=lambda row: (row.page, row.row)) for level in levels]


def _items(readings: Sequence[Reading], chosen: list[Loose]) -> list[Item]:
    """The chosen rows as items; one without words of its own is named by the rows above it, or below."""
    ranked = _without_leading(chosen)
    taken = {(one.page, one.row) for one in chosen}
    above = _named_above(readings, [one for one, text, _ in ranked if not _words(text)], taken)
    items: list[Item] = []
    for one, said, lead in ranked:
        code, count = one.code if _words(said) else said or one.code, one.count or lead
        text = said if _words(said) else _beside(readings[one.page], one, taken, -1 if above else 1)
        every = (("description", text), ("code", code), ("quantity", count), ("unit_price", one.price))
        item = {"amount": one.printed.strip(), **{kind: value for kind, value in every if value}}
        items.append(item | _below(readings[one.page], one, taken, item))
    return items


def _words(text: str) -> bool:
    return any(len(word) > 1 for word in _LETTERS.findall(text))


def _without_leading(chosen: list[Loose]) -> list[tuple[Loose, str, str]]:
    """Each with its text and the quantity in front of it: where all begin with a number, it is how many, unless they
    are numbered one after the other."""
    leading = [_LEADING.match(one.text) for one in chosen]
    counts = [first["count"] for first in leading if first is not None]
    if len(counts) < len(chosen) or len(chosen) < 2:
        return [(one, one.text, "") for one in chosen]
    numbered = counts == [str(number) for number in range(1, len(counts) + 1)]
    return [
        (one, one.text[first.end() :].strip(), "" if numbered else first["count"])
        for one, first in zip(chosen, leading, strict=True)
        if first is not None
    ]


def _named_above(readings: Sequence[Reading], bare_ones: list[Loose], taken: set[tuple[int, int]]) -> bool:
    """Whether the names stand above the numbers: the first row without words has a name there."""
    return not bare_ones or bool(_beside(readings[bare_ones[0].page], bare_ones[0], taken, -1))


def _beside(reading: Reading, one: Loose, taken: set[tuple[int, int]], step: int) -> str:
    """The words of the row over (-1) or under (1) an item that has none of its own."""
    row = one.row + step
    if not 0 <= row < len(reading.rows) or (one.page, row) in taken:
        return ""
    text = _text(reading, row)
    gap = _gap(reading, min(row, one.row), max(row, one.row))
    named = _words(text) and not _labelled(text) and not ends_items(text) and not _is_head(text)
    return text if named and gap < 1.5 * one.height else ""


def _is_head(text: str) -> bool:
    """ "ITEM  QTY  PRICE", "(RM)": heads of columns, and currencies alone."""
    words = words_of(text)
    signs = {squashed(sign) for sign in currency_signs()}
    return all(word in item_names() or word in signs or len(word) == 1 for word in words)


def _below(reading: Reading, one: Loose, taken: set[tuple[int, int]], item: Item) -> Item:
    """ "2 x 1.20" under an item of 2.40."""
    if "quantity" in item or one.row + 1 >= len(reading.rows) or (one.page, one.row + 1) in taken:
        return {}
    text = _text(reading, one.row + 1)
    left, _, count, price = counted(text, abs(one.amount.value))
    return {"quantity": count, "unit_price": price} if price and not left else {}


def _text(reading: Reading, row: int) -> str:
    return "  ".join(reading.lines[at].text for at in reading.rows[row])


def _gap(reading: Reading, upper: int, lower: int) -> float:
    bottom = max(reading.lines[at].place[3] for at in reading.rows[upper])
    return min(reading.lines[at].place[1] for at in reading.rows[lower]) - bottom
