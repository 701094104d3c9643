"""Values of fixed form in text: numbers of papers, phones, mail and web addresses, IBANs. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdnum import iban as iban_rules

from vision.reader.dates import find_dates


@dataclass(frozen=True, slots=True)
class Found:
    value: str
    start: int
    end: int


_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*\s?@\s?[A-Za-z0-9-]+(?:\s?\.\s?[A-Za-z0-9-]+)*\.\s?[A-Za-z]{2,}")
_WEB = re.compile(
    r"(?:https?\s?:\s?//\s?|www\s?\.\s?)[^\s,;()]+"
    r"|(?<![@\w.-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|co|de|fr|es|it|pt|nl|be|ch|at|uk|my|sg|in|eu|app|dev|info|biz|shop|au|ca|us|jp|cn|br|mx|pl|se|no|dk|fi|id|edu|gov|ai)"
    r"(?:\.[a-z]{2})?(?:/[^\s,;()]*)?(?![\w@])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00|\()?\s?\d(?:(?:[\s().\-–]{0,3}|(?<=\d{3})/(?=\d{5}))\d){6,14}(?![\d,])")
_TOKEN = re.compile(r"[#A-Za-z0-9][A-Za-z0-9/#_.\-–]*[A-Za-z0-9]|\d")
_IBAN = re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]){11,30}\b")
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])\s?[:.h]\s?([0-5]\d)(?:\s?:\s?([0-5]\d))?(?:\s?([AaPp])\.?\s?[Mm]\b\.?)?")


def find_emails(text: str) -> list[Found]:
    return [Found(re.sub(r"\s", "", m.group()), m.start(), m.end()) for m in _EMAIL.finditer(text)]


def find_websites(text: str) -> list[Found]:
    """Addresses that begin with www or http, or end in a known domain; the domain of a mail address is none."""
    mails = find_emails(text)
    return [
        Found(re.sub(r"\s", "", m.group()).rstrip("."), m.start(), m.end())
        for m in _WEB.finditer(text)
        if not any(mail.start < m.end() and m.start() < mail.end for mail in mails)
    ]


def find_phones(text: str) -> list[Found]:
    """Runs of 7 to 15 digits with phone punctuation; dates and IBANs are none."""
    taken = [(one.start, one.end) for one in find_dates(text)]
    taken += [(one.start, one.end) for one in find_ibans(text)]
    return [
        Found(m.group().strip(), m.start(), m.end())
        for m in _PHONE.finditer(text)
        if not any(m.start() < end and start < m.end() for start, end in taken)
    ]


def find_ibans(text: str) -> list[Found]:
    """IBANs whose check digits hold; a longer match is cut back to the length at which they do."""
    found = []
    for match in _IBAN.finditer(text.upper()):
        compact = re.sub(r"\s", "", match.group())
        for length in range(len(compact), 14, -1):
            if iban_rules.is_valid(compact[:length]):
                found.append(Found(compact[:length], match.start(), match.end()))
                break
    return found


def find_numbers_of_papers(text: str) -> list[Found]:
    """Tokens that may be an invoice or order number: at least one digit, no amount, no date."""
    dates = [(one.start, one.end) for one in find_dates(text) if one.layout != "compact"]
    found = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if not any(character.isdigit() for character in token):
            continue
        if any(match.start() < end and start < match.end() for start, end in dates):
            continue
        if re.fullmatch(r"\d+[.,]\d{2}", token) or _TIME.fullmatch(token):
            continue
        found.append(Found(token, match.start(), match.end()))
    return found


def find_times(text: str) -> list[Found]:
    """Times of day as printed; amounts such as 12.50 are none."""
    return [
        Found(m.group().strip(), m.start(), m.end())
        for m in _TIME.finditer(text)
        if ":" in m.group() or "h" in m.group() or m[4]
    ]
