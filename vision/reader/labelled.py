"""Values beside labels: numbers of papers, names behind "Customer:", and whatever a person's own words label."""

from __future__ import annotations

from vision.reader.candidates import Candidate, candidate
from vision.reader.labels import Beside, Label, below, find_labels, is_label_line, labels_in, right_of
from vision.reader.reading import Reading
from vision.reader.text import squashed, squashed_map, words_of
from vision.reader.values import Found, find_numbers_of_papers


def find_numbers(reading: Reading, kind: str) -> list[Candidate]:
    found = []
    for label in find_labels(reading, {kind}):
        text = reading.lines[label.line].text
        pieces = [piece for piece in right_of(reading, label) if piece.text.strip(" :.#-")]
        numbers = [(p, one) for p in pieces[:2] for one in _papers_numbers(p.text)[:1] if one.start <= 8]
        if not numbers:
            pieces = list(below(reading, label))
            numbers = [(p, one) for p in pieces for one in _papers_numbers(p.text)[:1] if not labels_in(p.text)]
        for piece, one in numbers[:1]:
            score = 0.75 - 0.02 * piece.distance - (0.1 if label.start > 12 else 0.0)
            score -= 0.2 if _bare_title(label, text) else 0.0
            score += 0.05 if len(one.value) > 3 else 0.0
            found.append(candidate(reading, one.value.strip("#:."), (label.line, piece.line), score, kind=kind))
    return sorted(found, key=lambda one: -one.score)


def _papers_numbers(text: str) -> list[Found]:
    return [one for one in find_numbers_of_papers(text) if not one.value.endswith("%")]


def _bare_title(label: Label, text: str) -> bool:
    """ "Invoice" or "Receipt" alone names the paper; it labels a number only when a sign says so."""
    bare = label.words in {
        "invoice",
        "receipt",
        "order",
        "rechnung",
        "facture",
        "factura",
        "fattura",
        "fatura",
        "gst",
        "table",
    }
    return bare and text[label.end :].lstrip()[:1] not in {":", "#"}


_NEED_COLON = frozenset(
    {"nombre", "name", "nom", "nome", "nama", "naam", "from", "ms", "guest", "client", "server", "store"}
)


def find_texts(reading: Reading, kind: str) -> list[Candidate]:
    found = []
    for label in find_labels(reading, {kind}):
        text = reading.lines[label.line].text
        colon = text[label.end :].lstrip()[:1] == ":"
        if label.start > 2 or (not colon and (label.words in _NEED_COLON or text[label.end :].strip())):
            continue
        pieces = [piece for piece in right_of(reading, label) if _value(piece.text)]
        if not pieces:
            pieces = [piece for piece in below(reading, label) if _value(piece.text) and not is_label_line(piece.text)]
        for piece in pieces[:1]:
            score = 0.7 - 0.01 * piece.distance + (0.1 if colon else 0)
            found.append(candidate(reading, _value(piece.text), (label.line, piece.line), score, kind=kind))
    return sorted(found, key=lambda one: -one.score)


def _value(text: str) -> str:
    return text.strip(" :;=.#-–|*_\t")


def find_label(reading: Reading, words: str) -> list[Candidate]:
    """The value beside or under text that says ``words`` ("flight", "meter reading"): label first, never a likeness."""
    wanted = squashed(words)
    if len(wanted) < 2:
        return []
    found = []
    for number, line in enumerate(reading.lines):
        plain, at = squashed_map(line.text)
        position = plain.find(wanted)
        if position < 0:
            continue
        start, end = at[position], at[position + len(wanted) - 1] + 1
        whole = (start == 0 or not line.text[start - 1].isalnum()) and (
            end == len(line.text) or not line.text[end].isalnum()
        )
        if not whole:
            continue
        label = Label((), number, start, end, wanted)
        beside = _label_value(reading, label)
        if beside:
            text = line.text[end:].lstrip()
            sign = text[:1] in {":", "=", "#"} or (not text and 0 < beside.distance < 10)
            score = (
                0.55
                + (0.2 if sign else 0.0)
                - (0.15 if len(words_of(line.text[:start])) > 2 else 0.0)
                - 0.01 * beside.distance
            )
            found.append(candidate(reading, _value(beside.text), (number, beside.line), score, kind=words))
    return sorted(found, key=lambda one: -one.score)


def _label_value(reading: Reading, label: Label) -> Beside | None:
    for piece in right_of(reading, label):
        if _value(piece.text):
            return piece
    for piece in below(reading, label):
        if _value(piece.text) and not is_label_line(piece.text):
            return piece
    return None
