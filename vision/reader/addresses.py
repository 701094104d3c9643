"""Postal addresses: lines with streets, postcodes and places, and the block they form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vision.reader.amounts import find_amounts
from vision.reader.candidates import Candidate, candidate
from vision.reader.dates import find_dates
from vision.reader.labels import find_labels, labels_in
from vision.reader.phrases import Phrase, phrases_of, spaced, vocabulary
from vision.reader.reading import Reading, overlap
from vision.reader.text import folded, without_stray_accents, words_of
from vision.reader.values import find_emails, find_phones, find_websites
from vision.reader.wordlists import contains, endings, phrases, postcodes

_STOPS = frozenset(
    {
        "phone",
        "fax",
        "email",
        "website",
        "tax_number",
        "company_number",
        "date",
        "time",
        "invoice_number",
        "receipt_number",
        "cashier",
        "title",
        "customer",
        "iban",
        "bic",
        "order_number",
        "till",
        "table",
        "due_date",
        "customer_number",
        "total",
        "total_final",
        "subtotal",
        "cash",
        "quantity",
        "reference",
        "other_date",
    }
)


def address_cues(text: str) -> float:
    """How much a line looks like part of an address; 1 and more is a likely one."""
    words = words_of(text)
    plain = folded(text)
    score = 0.0
    # "Dr" and "St" before a name are no street
    if contains(words[1:] if words[:1] in (("dr",), ("st",)) else words, phrases("addresses", "street")):
        score += 1.0
    if any(re.search(rf"[a-z]{{2,}}{ending}\.?(?![a-z])\s*\d", plain) for ending in endings()):
        score += 1.5
    if contains(words, phrases("addresses", "place")):
        score += 1.0
    if postcodes().search(plain):
        score += 1.0
    unit = contains(words, phrases("addresses", "unit"))
    if unit and re.search(r"\d", plain):
        score += 0.6
    if re.match(r"\W*(?:no\W*)?\d+[a-z]?(?:[-&/]\d+[a-z]?)*\s*,\s*[a-z]", plain) or re.match(
        r"\d+[a-z]? [a-z]{3,}", plain
    ):
        score += 0.4
    if "," in text:
        score += 0.2
    return score


def _part(text: str) -> str:
    """The part of a line that can be address: up to a phone, a registration number and the like; without its label."""
    for kinds, start, end, words in labels_in(text):
        if "address" in kinds and start <= 2:
            return _part(text[end:].lstrip(" :.-"))
        if (
            frozenset(kinds) & _STOPS
            and (text[end:].lstrip(" .")[:1] in {":", "", "("} or start == 0)
            and len(words) > 1
        ):
            if kinds[0] == "till" and start:
                continue
            return text[:start].rstrip(" ,(-")
    for found in (*find_emails(text), *find_websites(text)):
        return text[: found.start].rstrip(" ,(-")
    phones = [one for one in find_phones(text) if len(re.sub(r"\D", "", one.value)) >= 8]
    if phones:
        return text[: phones[0].start].rstrip(" ,(-")
    return text


def _impossible(text: str) -> bool:
    """Lines that end an address: amounts, dates, nothing but signs."""
    if sum(character.isalnum() for character in text) < 3:
        return True
    if any(one.layout != "compact" for one in find_dates(text)):
        return True
    return any(amount.decimals == 2 for amount in find_amounts(text))


@dataclass(frozen=True, slots=True)
class _Row:
    phrase: Phrase
    text: str
    cues: float


def find_addresses(reading: Reading, after: tuple[int, ...] = ()) -> list[Candidate]:
    """Address blocks, best first. ``after`` are the lines of the seller's name: its address stands under it."""
    known = vocabulary(reading)
    rows = []
    for phrase in phrases_of(reading):
        if set(phrase.lines) & set(after):
            continue
        text = _part(phrase.text)
        spread = spaced(text, known)
        rows.append(_Row(phrase, spread, 0.0 if _impossible(text) else address_cues(spread)))
    found = []
    used: set[int] = set()
    for seed, row in enumerate(rows):
        if row.cues >= 0.9 and seed not in used:
            block = _grow(rows, seed)
            used |= set(block)
            found.append(_block(reading, [rows[index] for index in sorted(block)], after))
    return sorted(found, key=lambda one: -one.score)


def _grow(rows: list[_Row], seed: int) -> list[int]:
    """The seed and what hangs together with it above and below."""
    block = [seed]
    for step in (1, -1):
        at = seed
        while not (step == 1 and _ends(rows[at])):
            following = _neighbour(rows, at, step)
            if following is None:
                break
            here = rows[following]
            whole = here.text == here.phrase.text or len(here.text) > 5
            if (here.cues >= 0.35 and whole) or _bridges(rows, at, following, step):
                block.append(following)
            else:
                break
            at = following
    while len(block) > 1 and rows[max(block)].cues <= 0 and not _closing(rows[max(block)]):
        block.remove(max(block))
    while len(block) > 1 and rows[min(block)].cues < 0.35:
        block.remove(min(block))
    return block


def _ends(row: _Row) -> bool:
    """Nothing of an address stands under a country, or under a line that went on with a phone number or the like."""
    tail = words_of(row.text)[-1:]
    return tail in _COUNTRIES or words_of(row.phrase.text)[-1:] != tail


_COUNTRIES = frozenset(
    (name,)
    for name in (
        "malaysia",
        "singapore",
        "indonesia",
        "thailand",
        "india",
        "philippines",
        "vietnam",
        "china",
        "japan",
        "usa",
        "germany",
        "deutschland",
        "osterreich",
        "austria",
        "schweiz",
        "switzerland",
        "france",
        "belgique",
        "belgium",
        "espana",
        "spain",
        "mexico",
        "argentina",
        "colombia",
        "chile",
        "italia",
        "italy",
        "portugal",
        "brasil",
        "brazil",
        "nederland",
        "netherlands",
        "belgie",
        "england",
        "ireland",
        "canada",
        "australia",
        "poland",
        "polska",
        "sweden",
        "denmark",
        "norway",
        "finland",
        "turkey",
        "turkiye",
    )
)


def _closing(row: _Row) -> bool:
    return bool(re.fullmatch(r"[^\W\d_][^\d]{2,24}", row.text))


def _neighbour(rows: list[_Row], at: int, step: int) -> int | None:
    here = rows[at].phrase
    best, nearest = None, 1.6 * here.height
    for index, row in enumerate(rows):
        other = row.phrase
        gap = (other.place[1] - here.place[3]) if step == 1 else (here.place[1] - other.place[3])
        ahead = (other.middle - here.middle) * step > 0.4 * here.height
        if ahead and gap < nearest and overlap(here.place[0::2], other.place[0::2]) > 0.2:
            best, nearest = index, gap
    return best


def _bridges(rows: list[_Row], at: int, following: int, step: int) -> bool:
    """A line without cues belongs in between when cues go on behind it, or when the line before ends in a comma."""
    row = rows[following]
    if _impossible(row.text) or row.text != spaced_text(row.phrase, row.text) or len(row.text) > 45:
        return False
    if contains(words_of(row.text), phrases("companies", "legal")) and step == -1:
        return False
    if labels_in(row.text) and any(frozenset(kinds) & _STOPS for kinds, *_ in labels_in(row.text)):
        return False
    if step == 1 and rows[at].text.rstrip().endswith(",") and len(row.text.split()) <= 4:
        return True
    beyond = _neighbour(rows, following, step)
    return beyond is not None and rows[beyond].cues >= 0.9 and (step == 1 or len(row.text) < 40)


def spaced_text(phrase: Phrase, text: str) -> str:
    """``text`` when nothing of the phrase was cut off, else something different from it."""
    return text if len(text.replace(" ", "")) >= len(phrase.text.replace(" ", "")) else "\0"


def _block(reading: Reading, rows: list[_Row], after: tuple[int, ...]) -> Candidate:
    lines = tuple(line for row in rows for line in row.phrase.lines)
    paper = "\n".join(line.text for line in reading.lines)
    value = ", ".join(row.text.strip(" ,.;:-") for row in rows if row.text.strip(" ,.;:-"))
    cues = sum(row.cues for row in rows)
    score = 0.35 + 0.1 * min(cues, 4.0) - (0.1 if len(rows) == 1 and cues < 2.2 else 0)
    bottom = max(line.place[3] for line in reading.lines) or 1.0
    score -= 0.1 * rows[0].phrase.middle / bottom
    if after:
        name = reading.lines[after[-1]]
        gap = (rows[0].phrase.place[1] - name.place[3]) / max(1.0, name.height)
        aligned = overlap(name.place[0::2], rows[0].phrase.place[0::2]) > 0.2
        score += 0.2 if -0.5 < gap < 3 and aligned else 0.0
    if _is_customers(reading, rows[0].phrase):
        score -= 0.25
    return candidate(reading, without_stray_accents(value, paper), lines, score, kind="address")


def _is_customers(reading: Reading, top: Phrase) -> bool:
    """Whether the block hangs under "Bill to" or the like."""
    for label in find_labels(reading, {"customer"}):
        line = reading.lines[label.line]
        gap = top.place[1] - line.place[3]
        if (
            len(label.words) > 4
            and -2 * line.height < gap < 4 * line.height
            and overlap(line.place[0::2], top.place[0::2]) > 0.1
        ):
            return True
    return False
