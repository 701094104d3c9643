"""What a model wrote for one value, as the value: by the stated order of dates and the stated decimal mark.

Every function takes the whole text and gives None where it is not such a value, or can be read in two ways that the
set does not decide. Nothing is looked for inside a longer text, and nothing is mended.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from vision.extraction.parsing import tidy
from vision.fields.model import Decimals, Kind
from vision.reader.text import folded, squashed
from vision.reader.wordlists import currency_signs

_LONGEST = 200  # characters: no number, date or address is longer
_DIGITS = 15  # that a JSON number holds without loss (IEEE 754 double)


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _listed(name: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in words()[name])


def is_absent(value: Any) -> bool:
    """Whether this is a way to say that there is no value: null, "", "-", "N/A" ..."""
    if value is None:
        return True
    return isinstance(value, str) and _bare(value) in _listed("absent")


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold().removesuffix(".")


def number(value: Any, kind: Kind, decimals: Decimals = "auto") -> int | float | None:
    """A JSON number for WHOLE, NUMBER or MONEY. "1.234,50 €", "(12.50)", "12.50-", "1 234,5", "12,-" are read; a
    percent sign is passed over for NUMBER; 1.234 by the stated mark. With "auto" that is a thousand for MONEY and
    WHOLE, and nothing certain for NUMBER."""
    exact = _exact(value, kind, decimals)
    if exact is None:
        return None
    if exact == exact.to_integral_value():
        return int(exact)
    return None if kind is Kind.WHOLE else float(exact)


def _exact(value: Any, kind: Kind, decimals: Decimals) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    elif isinstance(value, str) and len(value) <= _LONGEST:
        written = _written(value, kind, decimals)
        if written is None:
            return None
        exact = written
    else:
        return None
    if not exact.is_finite() or abs(exact.adjusted()) > _DIGITS or len(exact.normalize().as_tuple().digits) > _DIGITS:
        return None
    return exact


_SPACES = re.compile(r"\s+")
_MINUS = str.maketrans("−–—‒﹣－＇’‘´`٫٬", "------'''''" + ".,")
_PLACED = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])? ?(?P<core>[\d.,' ]*\d)(?P<none>[.,] ?-{1,2})?(?P<behind> ?-)?(?P<close>\))?"
)


def _written(text: str, kind: Kind, decimals: Decimals) -> Decimal | None:
    plain = _SPACES.sub(" ", _digits(text).translate(_MINUS)).strip()
    if kind is Kind.NUMBER:
        plain = plain.removesuffix("%").rstrip()
    bare, currency = _without_currency(plain) if kind is Kind.MONEY else (plain, "")
    match = _PLACED.fullmatch(bare)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    marks = [bool(match["open"]), match["sign"] == "-", bool(match["behind"])]
    if sum(marks) > 1 or (match["sign"] == "+" and any(marks)):
        return None
    size = _size(match["core"], kind, decimals, currency, whole=bool(match["none"]))
    return size if size is None or not any(marks) else -size


def _digits(text: str) -> str:
    """Any script's digits as 0 to 9, without the marks that only say in which direction a text runs."""
    kept = (character for character in text if unicodedata.category(character) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept)


@lru_cache(maxsize=1)
def _currencies() -> tuple[tuple[str, str], ...]:
    """Sign or code in lower case with its ISO code, the longest first."""
    signs = {sign.lower(): code for sign, code in currency_signs().items()}
    signs |= {code.lower(): code for code in words()["money"]["thousandths"]}
    return tuple(sorted(signs.items(), key=lambda one: -len(one[0])))


def _without_currency(text: str) -> tuple[str, str]:
    """The text without the one or two currency words around its number ("US$ 12.50 USD"), and their code."""
    inside = text.removeprefix("(").removesuffix(")") if text.startswith("(") and text.endswith(")") else ""
    if inside:
        bare, code = _without_currency(inside)
        return f"({bare})", code
    sign, rest = (text[0], text[1:].lstrip()) if text[:1] in ("-", "+") else ("", text)
    code = ""
    for _ in range(2):
        rest, found = _without_one(rest)
        code = code or found
    return sign + rest, code


def _without_one(text: str) -> tuple[str, str]:
    low = text.lower()
    for sign, code in _currencies():
        if low.startswith(sign) and not text[len(sign) : len(sign) + 1].isalpha():
            return text[len(sign) :].lstrip(". " if sign.isalpha() else " "), code
        for end in (sign, sign + "."):
            if low.endswith(end) and not text[: -len(end)][-1:].isalpha():
                return text[: -len(end)].rstrip(), code
    if text and unicodedata.category(text[0]) == "Sc":
        return text[1:].lstrip(), ""
    if text and unicodedata.category(text[-1]) == "Sc":
        return text[:-1].rstrip(), ""
    return text, ""


_GROUPS = re.compile(r"\d{1,3}(?:([,. '])\d{3})(?:\1\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}|\d+")  # 1,234,567 and 12,34,567


def _size(core: str, kind: Kind, decimals: Decimals, currency: str, *, whole: bool) -> Decimal | None:
    """The number of digits and marks: which mark is the decimal one, and whether the groups are groups."""
    last = max(core.rfind("."), core.rfind(","))
    as_groups = _grouped(core)
    before, behind = core[:last], core[last + 1 :]
    as_decimals = None
    if last >= 0 and behind.isdigit() and core[last] not in before:
        ahead = Decimal(0) if before == "" else _grouped(before)
        as_decimals = None if ahead is None else ahead + Decimal(int(behind)).scaleb(-len(behind))
    if whole:
        return as_groups
    if as_groups is None or as_decimals is None:
        return as_groups if as_decimals is None else as_decimals
    # Both: one mark, three digits behind it, one to three before, as in 1.234.
    if before == "0":
        return as_decimals
    if decimals != "auto":
        return as_decimals if core[last] == {"point": ".", "comma": ","}[decimals] else as_groups
    if kind is Kind.NUMBER or currency in words()["money"]["thousandths"]:
        return None
    return as_groups


def _grouped(text: str) -> Decimal | None:
    match = _GROUPS.fullmatch(text)
    return Decimal(re.sub(r"\D", "", text)) if match and text[0] != " " else None


def yes_no(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal | float):
        return {0: False, 1: True}.get(int(value)) if value in (0, 1) else None
    if not isinstance(value, str):
        return None
    said = _bare(value)
    return True if said in _listed("yes") else False if said in _listed("no") else None


def choice(value: Any, choices: tuple[str, ...]) -> str | None:
    """The choice as written in ``choices``; case, accents, spaces and signs do not matter where they leave only one."""
    if isinstance(value, bool | dict | list) or value is None:
        return None
    text = str(value).strip()
    if text in choices:
        return text
    for alike in (str.casefold, folded, squashed):
        same = [one for one in choices if alike(one.strip()) == alike(text)]
        if len(same) == 1 and alike(text):
            return same[0]
    return None


def text(value: Any) -> str | None:
    """Text in one line. A number is text as it stands; true or a list is not."""
    found = lines(value)
    return None if found is None else " ".join(found.split())


def lines(value: Any) -> str | None:
    """Text with its line breaks."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    return "\n".join(line.rstrip() for line in tidy(str(value)).split("\n")).strip()


def email(value: Any) -> str | None:
    found = text(value) if isinstance(value, str) else None
    if found is None:
        return None
    bare = re.sub(r"(?i)^(?:mailto:|e-?mail:?)\s*", "", found).strip("<> ")
    return bare if re.fullmatch(r"[^@\s<>,;:]+@[^@\s<>,;:.]+(?:\.[^@\s<>,;:.]+)+", bare) and len(bare) <= 254 else None


def phone(value: Any) -> str | None:
    """As printed. No country is known here: 030 1234567 gets no +49."""
    found = text(value) if not isinstance(value, float | Decimal) else None
    if found is None:
        return None
    bare = re.sub(r"(?i)^(?:tel(?:ephone)?|phone|mobile|fax)?\.?\s*:\s*", "", re.sub(r"(?i)^tel:", "", found))
    digits = sum(character.isdecimal() for character in bare)
    usual = re.fullmatch(r"(?i)\+?[\d\s()./\-–—‑*#+]+(?:(?:ext\.?|x|extn?\.?)\s*\d{1,6})?", bare)
    return bare if usual and 3 <= digits <= 20 else None
