"""Dates in text, in the layouts that papers use. Pure; nothing here knows what day it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from vision.reader.text import folded, mended_digits, squashed
from vision.reader.wordlists import months

EARLIEST, LATEST = 1950, 2079  # years that a printed date may have


@dataclass(frozen=True, slots=True)
class FoundDate:
    """``value`` reads day before month where the print allows both; ``other`` is then the other way round.

    ``start`` and ``end`` are indexes in the text. ``layout`` tells how it was written: numbers, name, compact.
    """

    value: date
    start: int
    end: int
    layout: str
    other: date | None = None


_YEAR = r"(?:19[5-9]\d|20[0-7]\d)"
_TAIL = r"(?=\D|$|\d{1,2}[:.]\d{2}(?!\d))"  # end of number, or a time glued to it: 25/01/20181:22PM
_NUMBERS = [
    # 2018-11-15, 2018年11月15日
    ("ymd", re.compile(rf"(?<!\d)({_YEAR})\s?[-/.年]\s?(\d{{1,2}})\s?[-/.月]\s?(\d{{1,2}})(?!\d{{3}})")),
    # 15/11/2018, 15.11.2018, 15-11-2018, 15 11 2018, 15. 11. 2018
    ("dmy", re.compile(rf"(?<!\d)(\d{{1,2}})\s?([-/.,:])\s?(\d{{1,2}})\s?[-/.,:]\s?({_YEAR}){_TAIL}")),
    ("dmy", re.compile(rf"(?<!\d)(\d{{1,2}})()\s(\d{{1,2}})\s({_YEAR})(?!\d)")),
    # 15/11/18, 15.11.18, 15-11-18; also with a time glued to it: 24-01-1810:43
    (
        "dmy2",
        re.compile(
            r"(?<![\d.,/-])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{2})(?=[^\d.,/-]|[.,](?!\d)|$|\d{1,2}:\d{2})"
        ),
    ),
    ("dmy2", re.compile(r"(?<![\d.,/-])(\d{1,2})\s?(['’])\s?(\d{1,2})\s?\2\s?(\d{2})(?!\d)")),
]
_COMPACT = [
    ("ymd", re.compile(rf"(?<![\d.,/-])({_YEAR})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\d.,/-])")),
    ("dmy", re.compile(rf"(?<![\d.,/-])(0[1-9]|[12]\d|3[01])()(0[1-9]|1[0-2])({_YEAR})(?![\d.,/-])")),
]


# OCR takes one for the other: "0ct 3, 2016", "5ep"
_ALIKE = str.maketrans({"o": "[o0]", "s": "[s5]", "l": "[l1]"})
_LETTERS = str.maketrans("051", "osl")


@lru_cache(maxsize=1)
def _named() -> list[tuple[str, re.Pattern[str]]]:
    """Written-out months; years of four digits first, or "7 January 01, 2000" would be the seventh."""
    known = sorted((name for name in months() if name.isascii()), key=len, reverse=True)
    names = "|".join(known).translate(_ALIKE)
    joint, of = r"[\s\-/.,]{0,3}", "(?:de |del |of |di )?"
    day, word = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|°)?", rf"({names})(?![a-z])"
    full, short = rf"({_YEAR})", r"['’]?(\d{2})(?!\d)(?!:\d)"
    return [
        ("dMy", re.compile(rf"{day}{joint}{of}{word}{joint}{of}{full}(?!\d)(?!:\d)")),
        ("dMy", re.compile(rf"(?<!\d)(\d{{1,2}}){joint}({names}){full}")),
        (
            "Mdy",
            re.compile(rf"(?<![a-z]){word}{joint}(\d{{1,2}})(?:st|nd|rd|th)?(?:[\s\-/.]{{1,3}}|,\s?){full}{_TAIL}"),
        ),
        ("Mdy", re.compile(rf"(?<![a-z])({names})(\d{{2}}),?{full}{_TAIL}")),
        ("yMd", re.compile(rf"(?<!\d){full}{joint}{word}{joint}(\d{{1,2}})(?!\d)")),
        ("dMy", re.compile(rf"{day}{joint}{of}{word}{joint}{of}{short}")),
        ("Mdy", re.compile(rf"(?<![a-z]){word}[\s\-/.]{{0,2}}(\d{{1,2}})(?:st|nd|rd|th)?\s?[,'’]\s?{short}")),
    ]


def find_dates(text: str) -> list[FoundDate]:
    """Every date in ``text``, in order, without overlaps; written-out and ISO forms win over looser ones."""
    mended = mended_digits(text)
    plain = folded(mended)
    found: list[FoundDate] = []
    for order, pattern in _named():
        for match in pattern.finditer(plain):
            _keep(found, _named_date(order, match))
    for order, pattern in _NUMBERS:
        for match in pattern.finditer(mended):
            _keep(found, _number_date(order, match, "numbers"))
    for order, pattern in _COMPACT:
        for match in pattern.finditer(mended):
            _keep(found, _number_date(order, match, "compact"))
    return sorted(found, key=lambda one: one.start)


def _keep(found: list[FoundDate], one: FoundDate | None) -> None:
    if one is not None and not any(one.start < other.end and other.start < one.end for other in found):
        found.append(one)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return made if EARLIEST <= year <= LATEST else None


def _year(digits: str) -> int:
    number = int(digits.strip("'’"))
    if number >= 100:
        return number
    return number + (1900 if number > LATEST - 2000 else 2000)


def _named_date(order: str, match: re.Match[str]) -> FoundDate | None:
    groups = match.groups()
    if order == "dMy":
        day, name, year = groups[0], groups[1], groups[2]
    elif order == "Mdy":
        name, day, year = groups[0], groups[1], groups[2]
    else:
        year, name, day = groups[0], groups[1], groups[2]
    value = _date(_year(year), months()[squashed(name.translate(_LETTERS))], int(day))
    return FoundDate(value, match.start(), match.end(), "name") if value else None


def _number_date(order: str, match: re.Match[str], layout: str) -> FoundDate | None:
    if order == "ymd":
        year, month, day = (int(part) for part in match.groups())
        value = _date(year, month, day)
        return FoundDate(value, match.start(), match.end(), layout) if value else None
    first, second, year = int(match[1]), int(match[3]), _year(match[4])
    by_day, by_month = _date(year, second, first), _date(year, first, second)
    # 18/3/15 may be year first: only when day first cannot be.
    value = by_day or by_month
    if value is None and order == "dmy2" and match[4]:
        value = _date(_year(match[1]), second, int(match[4]))
        by_month = None
    if value is None:
        return None
    other = by_month if by_day and by_month and by_day != by_month and layout == "numbers" else None
    return FoundDate(value, match.start(), match.end(), layout, other)


def month_first(dates: Iterable[FoundDate], text: str) -> bool:
    """Whether this paper writes the month before the day: another of its dates proves it, or its country does."""
    for one in dates:
        if one.layout == "numbers" and one.other is None:
            parts = re.findall(r"\d+", text[one.start : one.end])
            if len(parts) == 3 and len(parts[0]) <= 2 and int(parts[0]) <= 12 < int(parts[1]):
                return True
            if len(parts) == 3 and len(parts[0]) <= 2 and int(parts[1]) <= 12 < int(parts[0]):
                return False
    plain = folded(text)
    american = re.search(r"(?<![a-z])(?:usd|us\$|u\.s\.a|usa|united states|sales tax|zip code|ein)(?![a-z])", plain)
    state = re.search(
        r"(?<![a-z])(?:A[KLRZ]|C[AOT]|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|"
        r"S[CD]|T[NX]|UT|V[AT]|W[AIVY])[ ,.]+\d{5}(?:-\d{4})?(?!\d)",
        text,
    )
    return bool(american or state)
