"""Dates and times of day as a model wrote them, as ISO 8601. Whole texts only; nothing here knows what day it is."""

from __future__ import annotations

import re
from datetime import date, time
from functools import lru_cache
from typing import Any

from vision.extraction.normalising import words
from vision.fields.model import DateOrder
from vision.reader.text import folded, squashed
from vision.reader.wordlists import months

_PIVOT = 80  # of a year of two digits: 79 is 2079, 80 is 1980, as in ``vision.reader.dates``
_LONGEST = 100

_CLOCK = r"\d{1,2}(?::\d{2}){1,2}(?:[.,]\d+)?\s*(?:[ap]\.?m\.?)?\s*(?:z|utc|gmt|[+-]\d{2}:?\d{2})?"
_TIME_BEHIND = re.compile(rf"(?:t|\s|,\s?)\s*{_CLOCK}$")
_YEAR_FIRST = re.compile(r"(\d{4})\s?([-/.年])\s?(\d{1,2})\s?(?:\2|月)\s?(\d{1,2})\s?日?\.?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|['’]?\d{2})\.?|(\d{1,2})()\s(\d{1,2})\s(\d{4})")
_COMPACT = re.compile(r"\d{8}")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e|º|ª|°)(?![^\W\d_])")  # "05enero" has none


def date_text(value: Any, order: DateOrder) -> str | None:
    """ "YYYY-MM-DD" of one whole date, or None. 03/04/2026 is read by ``order``, 25/04/2026 the only way it can be.
    A date without its year or its day is none."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    plain = " ".join(folded(value).split()).strip(" ,;")
    plain = _without_weekday(_TIME_BEHIND.sub("", plain).strip(" ,"))
    found = _in_numbers(plain, order) or _in_words(plain)
    return found.isoformat() if found else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1000 <= year <= 2199 else None
    except ValueError:
        return None


def _year(digits: str) -> int:
    number = int(digits.strip("'’"))
    if len(digits) == 4:
        return number
    return number + (1900 if number >= _PIVOT else 2000)


def _in_numbers(plain: str, order: DateOrder) -> date | None:
    if match := _YEAR_FIRST.fullmatch(plain):
        return _made(int(match[1]), int(match[3]), int(match[4]))
    if _COMPACT.fullmatch(plain):
        return _compact(plain, order)
    match = _YEAR_LAST.fullmatch(plain)
    if match is None:
        return None
    first, second, last = (match[1], match[3], match[4]) if match[1] else (match[5], match[7], match[8])
    return _by_order(int(first), int(second), _year(last), order)


def _by_order(first: int, second: int, year: int, order: DateOrder) -> date | None:
    by_day, by_month = _made(year, second, first), _made(year, first, second)
    return (by_day or by_month) if order == "day" else (by_month or by_day)


def _compact(digits: str, order: DateOrder) -> date | None:
    """20260331, or 31032026 where that is the only way."""
    year_first = _made(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    year_last = _by_order(int(digits[:2]), int(digits[2:4]), int(digits[4:]), order)
    return (year_first or year_last) if not (year_first and year_last) else None


@lru_cache(maxsize=1)
def _noise() -> frozenset[str]:
    return frozenset(squashed(word) for word in words()["date"]["noise"])


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    return frozenset(squashed(word) for word in words()["date"]["weekdays"])


def _without_weekday(plain: str) -> str:
    first, _, rest = plain.partition(" ")
    if rest and squashed(first) in _weekdays() and squashed(first) not in months():
        return rest.lstrip()
    return plain


def _in_words(plain: str) -> date | None:
    """ "5 March 2026", "Mar 5, 2026", "2026 March 5", "5-Mar-26": one month by name, its day, its year."""
    spaced = re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", _ORDINAL.sub(r"\1 ", plain))
    pieces = [piece for piece in re.split(r"[\s,./\-]+", spaced) if piece]
    named = [piece for piece in pieces if squashed(piece) in months()]
    numbers = [piece for piece in pieces if re.fullmatch(r"['’]?\d+", piece)]
    others = [piece for piece in pieces if piece not in named and piece not in numbers]
    if len(named) != 1 or len(numbers) != 2 or any(squashed(piece) not in _noise() for piece in others):
        return None
    day, year = numbers
    if len(day) == 4 and pieces[0] == day:
        day, year = year, day
    if not re.fullmatch(r"\d{1,2}", day) or not re.fullmatch(r"\d{4}|['’]?\d{2}", year):
        return None
    return _made(_year(year), months()[squashed(named[0])], int(day))


_OF_DAY = re.compile(
    r"t?(?P<hour>\d{1,2})(?:\s?[:.h]\s?(?P<minute>\d{2})(?:\s?[:.]\s?(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<word>[^\W\d]+)?\s*(?:(?<=[^a-z])z|[+-]\d{2}:?\d{2})?"
)


def time_text(value: Any) -> str | None:
    """ "HH:MM", or "HH:MM:SS" where seconds are given: a time of day as it is printed, whatever the time zone."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    plain = " ".join(folded(value).split())
    behind = re.fullmatch(r"\d{4}-\d{2}-\d{2}[t ](.+)", plain)
    match = _OF_DAY.fullmatch(behind[1] if behind else plain)
    if match is None:
        return None
    word = (match["word"] or "").strip()
    noise = {folded(one) for one in words()["time"]["noise"]} | {"z", "utc", "gmt"}
    if (word and word not in noise) or not (
        match["minute"] or match["half"] or word in noise - {"z", "utc", "gmt", ""}
    ):
        return None
    hour = _hour(int(match["hour"]), (match["half"] or "").replace(".", ""))
    try:
        made = time(hour, int(match["minute"] or 0), int(match["second"] or 0))
    except ValueError:
        return None
    return made.isoformat("seconds" if match["second"] else "minutes")


def _hour(hour: int, half: str) -> int:
    """Of 24 hours; -1, which is no hour, for 13 pm."""
    if not half:
        return hour
    if not 1 <= hour <= 12:
        return -1
    return hour % 12 + (12 if half == "pm" else 0)
