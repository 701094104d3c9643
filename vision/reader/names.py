"""Names: the company that issued a paper, and persons on cards and letters."""

from __future__ import annotations

import re
from statistics import median

from vision.reader.addresses import address_cues
from vision.reader.amounts import find_amounts
from vision.reader.candidates import Candidate, candidate
from vision.reader.dates import find_dates
from vision.reader.labels import below, find_labels, labels_in, right_of
from vision.reader.phrases import Phrase, phrases_of, spaced, vocabulary
from vision.reader.reading import Reading
from vision.reader.text import squashed, without_stray_accents, words_of
from vision.reader.values import find_emails, find_phones, find_websites
from vision.reader.wordlists import contains, phrases

_REGISTRATION = re.compile(
    r"[\s,]*[(\[{]?\s*(?:co\.?\s*)?(?:reg\.?\s*)?(?:no\.?\s*)?[:.]?\s*[A-Z]{0,3}\d{4,}\s*[-–]?\s*[A-Z0-9]{0,2}\s*[)\]}]?\s*$",
    re.IGNORECASE,
)
_REGISTERED = re.compile(r"\(?[A-Z]{0,3}\d{5,}\s?-\s?[A-Z]\)?|\b(?:co|reg|roc|br)\b.{0,12}\d{5,}", re.IGNORECASE)
_NOT_NAME = frozenset(
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
        "change",
        "quantity",
        "reference",
        "tax_summary",
        "customer",
        "address",
        "payment_method",
        "points",
        "discount",
        "card",
        "total_weak",
        "rounding",
        "other_date",
    }
)


def find_companies(reading: Reading) -> list[Candidate]:
    """Who issued the paper, best first: legal forms, trade words, a place at the top, large type."""
    found = _after_seller_label(reading)
    all_phrases = phrases_of(reading)
    if not all_phrases:
        return found
    size = median(line.height for line in reading.lines)
    known = vocabulary(reading)
    paper = "\n".join(line.text for line in reading.lines)
    rank = 0
    for index, phrase in enumerate(all_phrases):
        text = without_stray_accents(_clean(spaced(phrase.text, known)), paper)
        if not _possible(text):
            continue
        lines, value = phrase.lines, text
        form = legal_form(text)
        if form and index and _continues(all_phrases[index - 1], phrase, text):
            value = without_stray_accents(_clean(spaced(all_phrases[index - 1].text, known)), paper) + " " + text
            lines = all_phrases[index - 1].lines + lines
        score = 0.37 - 0.022 * rank + min(0.16, 0.09 * max(0.0, phrase.height / size - 1))
        score += _word_score(text, form, rank) + (0.15 if _registered(all_phrases, index) else 0)
        score += 0.16 if _heads_address(all_phrases, index) else 0
        score -= 0.3 if is_job_title(text) and not form else 0
        score -= 0.35 if address_cues(text) >= 1.0 and not form else 0
        score -= 0.12 if text == text.lower() and not form else 0
        score -= 0.3 if _under_customer(reading, phrase) or _owned(all_phrases, index) else 0
        score += 0.1 if _in_contacts(reading, text) else 0
        rank += 1
        found.append(candidate(reading, value, lines, min(score, 0.95), kind="company"))
    return sorted(found, key=lambda one: -one.score)


def _word_score(text: str, form: str, rank: int) -> float:
    """What the words say; a legal form far down is more often the maker of the till than the shop."""
    if form:
        return 0.45 if rank < 5 else 0.3
    words = words_of(text)
    found = contains(words, phrases("companies", "trade"))
    return 0.0 if not found else 0.25 if found != words else 0.1  # "Superstore" alone is no name


def _heads_address(all_phrases: list[Phrase], index: int) -> bool:
    """Whether an address begins within two lines under it, with nothing but a number in between."""
    for following in all_phrases[index + 1 : index + 3]:
        if address_cues(following.text) >= 0.9:
            return True
        if sum(c.isdigit() for c in following.text) < 4:
            return False
    return False


def _owned(all_phrases: list[Phrase], index: int) -> bool:
    """Whether the line above, or its own beginning, says that this is somebody behind the shop."""
    near = all_phrases[index].text + " " + (all_phrases[index - 1].text if index else "")
    return bool(
        re.search(r"(?i)\b(?:owned|operated|managed|powered|franchised?|developed)\s*by\b|\bformerly\b|\bfka\b", near)
    )


def _continues(above: Phrase, phrase: Phrase, text: str) -> bool:
    """Whether a name runs over two lines: the second is mostly its legal form, in the type of the first."""
    forms = {word for form in phrases("companies", "legal") for word in form} | {"m", "malaysia", "kl"}
    rest = [word for word in words_of(text) if word not in forms]
    near = phrase.place[1] - above.place[3] < 0.8 * phrase.height
    alike = 0.65 < above.height / max(1.0, phrase.height) < 1.55
    if len(rest) > 1 or not near or not alike or not _possible(above.text) or legal_form(above.text):
        return False
    return not re.search(r"\d", above.text) and (above.text.isupper() == text.isupper() or not rest)


def legal_form(text: str) -> str:
    """The legal form at the end of a name, or "". Long ones may have a word or two behind them: "SDN BHD KLANG"."""
    words = words_of(text)
    for length in (4, 3, 2, 1):
        for end in range(len(words), max(len(words) - 3, length - 1), -1):
            form = words[end - length : end]
            if form in phrases("companies", "legal") and (
                max(map(len, form)) > 2 or _short_form(text, end == len(words))
            ):
                return " ".join(form)
    return ""


def _short_form(text: str, last: bool) -> bool:
    """ "AS", "SE", "S.A.": only as the last word, and in capitals."""
    return last and text.rsplit(maxsplit=1)[-1].strip(".,").replace(".", "").isupper()


def _clean(text: str) -> str:
    text = _REGISTRATION.sub("", text)
    text = re.sub(
        r"^\W*(?:welcome to|willkommen bei|bienvenue chez|bienvenido a|benvenuti da)\s+", "", text, flags=re.IGNORECASE
    )
    text = re.sub(r"\(\s*(?:co|reg|roc|gst|br|company)\b.*$", "", text, flags=re.IGNORECASE)
    found = labels_in(text)
    if (
        found
        and "title" in found[-1][0]
        and found[-1][1] > 3
        and found[-1][2] >= len(text.rstrip())
        and text[found[-1][1] - 1] == " "
    ):
        text = text[: found[-1][1]]
    if found and "seller" in found[0][0] and found[0][1] == 0 and text[found[0][2] :].lstrip()[:1] == ":":
        text = text[found[0][2] :]
    return text.strip(" ,:;-*=_~|#<>\"'")


def _possible(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdigit() for character in text)
    if letters < 3 or digits > letters:
        return False
    if find_dates(text) or find_emails(text) or find_phones(text) or any(a.decimals == 2 for a in find_amounts(text)):
        return False
    if contains(words_of(text), phrases("companies", "notice")) and not legal_form(text):
        return False
    covered = 0
    for kinds, start, end, words in labels_in(text):
        if frozenset(kinds) & {"title"}:
            covered += end - start
        elif frozenset(kinds) & _NOT_NAME and start == 0 and len(words) > 1:
            if frozenset(kinds) & {"cash", "card", "change"} and not legal_form(text):
                return False
            following = text[end:].lstrip()
            if not following or following[0] in ":.#=" or following[0].isdigit():
                return False
            covered += end - start
    return covered < 0.6 * len(text)


def _registered(all_phrases: list[Phrase], index: int) -> bool:
    here = all_phrases[index].text
    after = all_phrases[index + 1].text if index + 1 < len(all_phrases) else ""
    return bool(
        _REGISTERED.search(here)
        or (_REGISTERED.search(after) and not re.search(r"gst|vat|tel|inv", after, re.IGNORECASE))
    )


def _under_customer(reading: Reading, phrase: Phrase) -> bool:
    for label in find_labels(reading, {"customer"}):
        if len(label.words) < 5:
            continue
        if label.line in phrase.lines or any(piece.line in phrase.lines for piece in right_of(reading, label)):
            return True
        if any(piece.line in phrase.lines for piece in below(reading, label, most=2)):
            return True
    return False


def _in_contacts(reading: Reading, text: str) -> bool:
    """Whether the name's first long word is the domain of a mail or web address on the paper."""
    words = [word for word in words_of(text) if len(word) >= 4]
    if not words:
        return False
    addresses = [f.value for line in reading.lines for f in (*find_emails(line.text), *find_websites(line.text))]
    return any(words[0] in squashed(address.split("@")[-1]) for address in addresses)


def _after_seller_label(reading: Reading) -> list[Candidate]:
    found = []
    for label in find_labels(reading, {"seller"}):
        text = reading.lines[label.line].text
        if label.start > 2 or text[label.end :].lstrip()[:1] not in {":", ""}:
            continue
        pieces = [p for p in right_of(reading, label) if p.text.strip(" :.-")] or list(below(reading, label))
        for piece in pieces[:1]:
            value = _clean(piece.text)
            if _possible(value):
                found.append(candidate(reading, value, (label.line, piece.line), 0.8, kind="company"))
    return found


def find_persons(reading: Reading) -> list[Candidate]:
    """Persons' names, best first: two to four capitalised words beside a job title or echoed in a mail address."""
    mails = [squashed(f.value.split("@")[0]) for line in reading.lines for f in find_emails(line.text)]
    all_phrases = phrases_of(reading)
    sizes = median(phrase.height for phrase in all_phrases) if all_phrases else 1.0
    found = []
    for index, phrase in enumerate(all_phrases):
        text = re.sub(r",?\s+(?:ph\.?d|mba|msc|bsc|cpa|esq)\.?$", "", phrase.text, flags=re.IGNORECASE)
        if not _like_person(text):
            continue
        around = [all_phrases[i].text for i in (index - 1, index + 1) if 0 <= i < len(all_phrases)]
        titled = any(is_job_title(other) for other in around)
        parts = [word for word in words_of(text) if len(word) > 2]
        echoed = any(part in mail for part in parts for mail in mails)
        score = (
            0.2 + (0.3 if titled else 0) + (0.35 if echoed else 0) + min(0.1, 0.1 * max(0.0, phrase.height / sizes - 1))
        )
        found.append(candidate(reading, text, phrase.lines, score, kind="person"))
    return sorted(found, key=lambda one: -one.score)


def is_job_title(text: str) -> bool:
    """Whether a line is a job title: short, with one of its words."""
    words = words_of(text)
    return (
        0 < len(words) <= 6
        and not re.search(r"\d|@", text)
        and bool(contains(words, phrases("companies", "person_titles")))
    )


def _like_person(text: str) -> bool:
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not 2 <= len(words) <= 4 or re.search(r"[\d@:/&]", text) or is_job_title(text) or legal_form(text):
        return False
    if contains(words_of(text), phrases("companies", "trade")) or address_cues(text) >= 1.0 or labels_in(text):
        return False
    return all(
        word[0].isupper() or word.lower() in {"van", "von", "de", "der", "da", "del", "bin", "binti", "di", "la"}
        for word in words
    )
