"""Text in the cells of a spreadsheet: that no cell is run as a formula, and that a file of cells can hold it at all.

What counts as a formula: OWASP, "CSV Injection" (https://owasp.org/www-community/attacks/CSV_Injection, checked
2026-11-22), and what stands behind it there: an apostrophe in front makes a cell text, but a spreadsheet whose country
separates by semicolons cuts a line of commas at other places, also within quotes. So a formula behind a semicolon, a
tab or a line break in the middle of a text gets its own apostrophe.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

OPERATORS = frozenset("=+-@|")  # "|" begins nothing by itself, but older lists have it for DDE
QUOTES = frozenset("\"'`´‘’“”„«»")
BREAKS = frozenset("\t\r\n")
CURRENCY = "€$£¥₹₽₩₺₴₪₫₦₱฿¢"
PHONE_DIGITS = range(5, 18)  # E.164 has up to 15; "(0)" and an extension may add to them

_NUMBER = re.compile(
    rf"[+-]? ?[{CURRENCY}]? ?(\d[\d.,' ’]*|[.,]\d+)(e[+-]?\d{{1,3}})? ?(%|[{CURRENCY}]|[A-Z]{{3}})?", re.IGNORECASE
)
_PHONE = re.compile(r"\+ ?\(?\d[\d ()./-]*")
# Of "-cmd|' /C calc'!A0" and "+HYPERLINK(...)": without one of these nothing outside the sheet can be reached.
_REACHING = re.compile(r"\||[\w.]\(|![\w$]")
_PIECES = re.compile(r"([;\t\r\n]+)")
# What XML 1.0 cannot hold, and with it no XLSX (section 2.2): most control characters, surrogates, U+FFFE and U+FFFF.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str) -> str:
    """``text`` with line breaks as "\\n" alone, and U+FFFD for each character that no file of cells can hold."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


def no_formula(value: T) -> T | str:
    """Text that a spreadsheet would run, with an apostrophe before it; anything else as it is.

    Numbers (-12.50, "-1.234,50 €"), phone numbers (+49 30 1234) and texts without any letter or digit ("-", "=") are
    no formulas.
    """
    if not isinstance(value, str):
        return value
    first, *rest = _PIECES.split(value)
    pieces = [first, *(_quoted(piece) if at % 2 else piece for at, piece in enumerate(rest))]
    found = "".join(pieces)
    return "'" + found if is_formula(value) else found


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run ``text`` as it stands at the beginning of a cell."""
    bare = _bare(text)
    begins = text[:1] in BREAKS or bare[:1] in OPERATORS
    return begins and text[:1] != "'" and not _is_plain(bare)


def _quoted(piece: str) -> str:
    """A piece from the middle of a text: a list of "- words" is left alone, for it reaches nothing."""
    bare = _bare(piece)
    runs = bare[:1] in ("=", "@") or _REACHING.search(bare) is not None
    return "'" + piece if runs and is_formula(piece) else piece


def _bare(text: str) -> str:
    """What a spreadsheet may make of ``text`` when it drops what is invisible, unquotes, and narrows wide letters."""
    for at, character in enumerate(text):
        if unicodedata.category(character)[0] not in "CZ" and character not in QUOTES:
            return unicodedata.normalize("NFKC", text[at:]).strip()
    return ""


def _is_plain(bare: str) -> bool:
    """Whether nothing in ``bare`` can be run: a number, a phone number, or neither letter nor digit in it."""
    if not any(character.isalnum() for character in bare) or _NUMBER.fullmatch(bare):
        return True
    digits = sum(character.isdigit() for character in bare)
    return digits in PHONE_DIGITS and _PHONE.fullmatch(bare) is not None


def distinct(names: Iterable[str], taken: Iterable[str] = (), *, limit: int | None = None) -> list[str]:
    """``names`` with " (2)", " (3)" behind those that are there already, in any case; at most ``limit`` units long."""
    seen = {name.casefold() for name in taken}
    found: list[str] = []
    for name in names:
        count, unique = 1, cut(name, limit)
        while unique.casefold() in seen:
            count += 1
            tail = f" ({count})"
            unique = cut(name, None if limit is None else limit - len(tail)) + tail
        seen.add(unique.casefold())
        found.append(unique)
    return found


def units(text: str) -> int:
    """Characters as spreadsheets count them: those beyond U+FFFF are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int | None) -> str:
    """At most ``limit`` units of ``text``, no character in halves."""
    if limit is None or units(text) <= limit:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")
