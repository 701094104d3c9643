"""Values of fixed form on a page: dates, times, phones, mail addresses, codes."""

from __future__ import annotations

import re
from datetime import date

from vision.evidence.page import Page
from vision.evidence.texts import find_text
from vision.fields.model import DateOrder
from vision.fields.values import Mark, Place, Support
from vision.reader.dates import FoundDate
from vision.reader.text import folded, mended_digits, squashed, squashed_map
from vision.reader.values import find_emails, find_times

OTHER_ORDER = "Printed so that day and month may be the other way round."
NEARLY = "Nearly this is printed."
PART = "This is printed as a part of something longer."
LOCAL = "The number is printed without its country or area code."

_ISO_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?")


def reads_month_first(page: Page, order: DateOrder) -> bool:
    """Whether 03/04 on this page is the 4th of March: as the set says, unless the paper itself shows it."""
    return order == "month" or page.month_first


def chosen_date(one: FoundDate, by_month: bool) -> date:
    return one.other if by_month and one.other else one.value


def find_date(page: Page, value: str, order: DateOrder) -> Support | None:
    """READ in the order in which this paper writes dates, SIMILAR the other way round."""
    try:
        wanted = date.fromisoformat(value[:10])
    except ValueError:
        return None
    either = [(line, one) for line, one in page.dates if wanted in (one.value, one.other)]
    if not either:
        return None
    by_month = reads_month_first(page, order)
    sure = [line for line, one in either if chosen_date(one, by_month) == wanted]
    if sure:
        return page.support(Mark.READ, sure[:1])
    return page.support(Mark.SIMILAR, [either[0][0]], OTHER_ORDER)


def clock(text: str) -> tuple[int, int, int | None] | None:
    """ "2:05 pm" as (14, 5, None)."""
    match = re.search(r"(\d{1,2})\s?[:.h]\s?(\d{2})(?:\s?:\s?(\d{2}))?", text)
    if match is None:
        return None
    hour, half = int(match[1]), re.search(r"(?i)([ap])\.?\s?m", text)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[1].lower() == "p" else 0)
    return hour, int(match[2]), int(match[3]) if match[3] else None


def find_time(page: Page, value: str) -> Support | None:
    match = _ISO_TIME.fullmatch(value.strip())
    if match is None:
        return None
    wanted = int(match[1]), int(match[2]), int(match[3] or 0)
    near = None
    for number, line in enumerate(page.reading.lines):
        for one in find_times(mended_digits(line.text)):
            at = clock(one.value)
            if at is None or at[:2] != wanted[:2]:
                continue
            if match[3] is None or (at[2] or 0) == wanted[2]:
                return page.support(Mark.READ, [number])
            near = number
    return page.support(Mark.SIMILAR, [near], "The time is printed with other seconds.") if near is not None else None


_LOCAL = 6  # digits that a number must share at its end to be the same without its country


def find_phone(page: Page, value: str) -> Support | None:
    """By its digits; READ when all of them are printed, SIMILAR without the country."""
    digits = re.sub(r"\D", "", value)
    if len(digits) < 3:
        return None
    local = re.sub(r"^00", "", digits) if not value.strip().startswith("+") else digits
    near = None
    for number, line in enumerate(page.reading.lines):
        for run in digit_runs(line.text):
            if run == digits:
                return page.support(Mark.READ, [number])
            if _same_local(local, run):
                near = number if near is None else near
    return page.support(Mark.SIMILAR, [near], LOCAL) if near is not None else None


def _same_local(one: str, other: str) -> bool:
    one, other = one.lstrip("0"), other.lstrip("0")
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _LOCAL and len(longer) - len(shorter) <= 3 and longer.endswith(shorter)


_RUN = re.compile(r"\d(?:[\s().\-–/]{0,3}\d)*")


def digit_runs(text: str) -> list[str]:
    """Runs of digits with what stands between those of a phone number; a run with a slash also in its parts."""
    runs: list[str] = []
    for match in _RUN.finditer(mended_digits(text)):
        pieces = match.group().split("/")
        for piece in {match.group(), *pieces}:
            runs.append(re.sub(r"\D", "", piece))
    return runs


def find_email(page: Page, value: str) -> Support | None:
    wanted = folded(re.sub(r"\s", "", value))
    for number, line in enumerate(page.reading.lines):
        if any(folded(one.value) == wanted for one in find_emails(line.text)):
            return page.support(Mark.READ, [number])
    found = find_text(page, value)
    return page.support(Mark.SIMILAR, found[0].lines, NEARLY) if found else None


_JOINS = frozenset("-/_")
_ALIKE = str.maketrans("oqilsbz", "0011582")


def find_code(page: Page, value: str) -> Support | None:
    """READ letter by letter (spaces, signs and case aside) and whole, or in a barcode; SIMILAR as part of a longer one,
    or where the engine may have taken a letter for a digit."""
    wanted = squashed(value)
    if not wanted:
        return None
    for code in page.reading.codes:
        if squashed(code.text) == wanted:
            return Support(Mark.READ, (Place(page.number, code.box, code.text),))
    part: tuple[int, ...] = ()
    for match in find_text(page, value, fuzzy=False):
        if match.exact and _whole(page, match.lines, wanted):
            return page.support(Mark.READ, match.lines)
        part = part or match.lines
    if part:
        return page.support(Mark.SIMILAR, part, PART)
    alike = _looks_like(page, wanted)
    return page.support(Mark.SIMILAR, [alike], NEARLY) if alike is not None else None


def _whole(page: Page, lines: tuple[int, ...], wanted: str) -> bool:
    """Whether the code does not go on behind a hyphen or stroke, on the one line that holds it."""
    if len(lines) != 1:
        return True
    text = page.reading.lines[lines[0]].text
    plain, at = squashed_map(text)
    start = plain.find(wanted)
    while start >= 0:
        first, last = at[start], at[start + len(wanted) - 1]
        before = text[first - 1] in _JOINS and text[first - 2 : first - 1].isalnum() if first else False
        after = text[last + 1 : last + 2] in _JOINS and text[last + 2 : last + 3].isalnum()
        touching = (first and text[first - 1].isalnum()) or text[last + 1 : last + 2].isalnum()
        if not (before or after or (touching and not _new_kind(text, first, last))):
            return True
        start = plain.find(wanted, start + 1)
    return False


def _new_kind(text: str, first: int, last: int) -> bool:
    """Whether letters turn into digits at the edges ("No42183017"): the engine loses spaces."""
    left = not first or not text[first - 1].isalnum() or (text[first - 1].isalpha() and text[first].isdigit())
    right = not text[last + 1 : last + 2].isalnum() or (text[last].isdigit() and text[last + 1].isalpha())
    return left and right


def _looks_like(page: Page, wanted: str) -> int | None:
    if len(wanted) < 5:
        return None
    shape = wanted.translate(_ALIKE)
    for number, line in enumerate(page.reading.lines):
        if any(squashed(token).translate(_ALIKE) == shape for token in re.split(r"[\s:]+", line.text)):
            return number
    return None
