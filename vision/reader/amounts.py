"""Amounts of money in text: 1,234.56 and 1.234,56, signs and codes, OCR spaces. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from vision.reader.dates import find_dates
from vision.reader.text import mended_digits
from vision.reader.wordlists import currency_signs


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as printed between ``start`` and ``end`` (sign and currency included).

    ``currency`` is an ISO code, the sign itself when it does not tell which ("$"), or "". ``decimals`` counts the
    digits after the decimal mark.
    """

    value: Decimal
    start: int
    end: int
    currency: str
    decimals: int

    @property
    def money_like(self) -> bool:
        """Two decimals or a currency: a bare 12 is as likely a quantity."""
        return self.decimals == 2 or bool(self.currency)


_GROUPED = (
    r"\d{1,3}(?:,\d{3})+(?:\s?\.\s?\d{1,2})?|\d{1,3}(?:\.\d{3})+(?:\s?,\s?\d{1,2})?"
    r"|\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+[.,]\d{2}"
)
_INDIAN = r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?"
_PLAIN = r"\d+(?:\s?[.,]\s?\d{2}(?!\d)|[.,]\d{1,3}(?!\d))?|[.,]\d{2}(?!\d)"


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    signs = sorted(currency_signs(), key=len, reverse=True)
    words = "|".join(re.escape(sign) for sign in signs)
    return re.compile(
        rf"(?P<open>\()?(?P<minus>(?<!\d)[-–−]\s?)?"
        rf"(?:(?<![A-Za-z])(?P<before>{words})(?:\.(?!\d))?[ :]?)?(?P<minus2>[-–−])?"
        rf"(?<![\d.,/#A-Za-z])(?<!\d[-:])(?P<loose>)(?P<number>{_GROUPED}|{_INDIAN}|{_PLAIN})"
        rf"(?![\d/:]|[.,]\d|-\d)(?P<after>[ ]?(?:{words})(?![A-Za-z]))?(?P<minus3>-(?!\d))?(?P<close>\))?",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _glued() -> re.Pattern[str]:
    """A currency with the number right behind it: the number may not look behind itself."""
    return re.compile(
        _pattern().pattern.replace(r"(?<![\d.,/#A-Za-z])(?<!\d[-:])(?P<loose>)", "(?P<loose>)"), re.IGNORECASE
    )


def find_amounts(text: str) -> list[Amount]:
    """Every number in ``text`` that may be an amount, in order. Percentages, dates and times are none."""
    mended = mended_digits(text)
    taken = [(one.start, one.end) for one in find_dates(mended) if one.layout != "compact"]
    found: list[Amount] = []
    position = 0
    while position < len(mended):
        match = _next_match(mended, position)
        if match is None:
            break
        position = max(match.end(), position + 1)
        begin, finish = match.span("number")
        if any(begin < end and start < finish for start, end in taken) or _is_something_else(
            mended, begin, finish, match
        ):
            continue
        found.append(_amount(match))
    return found


def _next_match(text: str, position: int) -> re.Match[str] | None:
    plain = _pattern().search(text, position)
    glued = next((match for match in _glued().finditer(text, position) if match["before"]), None)
    both = [match for match in (plain, glued) if match is not None]
    return min(both, key=lambda match: (match.start("number"), -len(match.group()))) if both else None


def _is_something_else(text: str, begin: int, finish: int, match: re.Match[str]) -> bool:
    rest = text[finish:].lstrip()
    if rest.startswith("%") or text[:begin].endswith("%"):
        return True
    number = match["number"]
    has_sign = bool(match["before"] or match["after"])
    if re.match(r"(?i)(?:kg|g|ml|l|cm|mm|pcs|x|km|hrs?|min|am|pm)(?![a-z])", rest) and not has_sign:
        return True
    # long runs of digits are numbers of something; so is a leading zero
    digits = re.sub(r"\D", "", number)
    plain = digits == number
    return not has_sign and plain and (len(digits) > 7 or (len(digits) > 1 and digits[0] == "0"))


def _amount(match: re.Match[str]) -> Amount:
    number = re.sub(r"\s", "", match["number"])
    marks = [character for character in number if not character.isdigit()]
    decimals = 0
    last = max(number.rfind("."), number.rfind(","))
    if last >= 0:
        behind = len(number) - last - 1
        mixed = len(set(marks)) > 1
        if behind != 3 or (mixed and marks.count(number[last]) == 1 and behind != 3) or number[:last] in {"", "0"}:
            decimals = behind
    digits = re.sub(r"\D", "", number)
    value = Decimal(int(digits)).scaleb(-decimals)
    minus = match["minus"] or match["minus2"] or match["minus3"] or (match["open"] and match["close"])
    sign = (match["before"] or match["after"] or "").strip().rstrip(".")
    return Amount(-value if minus else value, match.start(), match.end(), _currency(sign), decimals)


def _currency(sign: str) -> str:
    if not sign:
        return ""
    for known, code in currency_signs().items():
        if known.rstrip(".").lower() == sign.lower():
            return code or sign
    return sign


@lru_cache(maxsize=1)
def _currency_pattern() -> re.Pattern[str]:
    signs = sorted(currency_signs(), key=len, reverse=True)
    return re.compile(
        "|".join(rf"(?<![A-Za-z]){re.escape(s)}(?![A-Za-z])" if s.isalpha() else re.escape(s) for s in signs)
    )


def currencies_in(text: str) -> list[str]:
    """Every currency sign or code in ``text``, in the case in which it is always printed, as ``Amount.currency``."""
    return [_currency(match.group().rstrip(".")) for match in _currency_pattern().finditer(text)]
