"""Dates by meaning: the paper's own, the due date, others; told apart by their labels and their place."""

from __future__ import annotations

from collections.abc import Mapping

from vision.reader.candidates import Candidate, candidate
from vision.reader.dates import FoundDate, find_dates, month_first
from vision.reader.labels import below, find_labels, right_of
from vision.reader.reading import Reading
from vision.reader.values import find_times

_DATE_KINDS = frozenset({"date", "due_date", "other_date", "order_date"})


def find_dates_of(reading: Reading, kind: str = "date") -> list[Candidate]:
    """Dates of one kind (date, due_date, other_date), best first; unlabelled dates count for "date" only."""
    everything = [(number, one) for number, line in enumerate(reading.lines) for one in find_dates(line.text)]
    text = "\n".join(line.text for line in reading.lines)
    american = month_first(find_dates(text), text)
    claimed = {other: _claims(reading, other) for other in _DATE_KINDS}
    alone = 0.1 if kind == "date" and len({one.value for _, one in everything}) == 1 else 0.0
    found = []
    for number, one in everything:
        score = _date_score(reading, number, one, kind, claimed) + alone
        if score > 0:
            value = one.other if american and one.other else one.value
            note = "day and month may be the other way round" if one.other and one.value.day <= 12 else ""
            label = claimed[kind].get((number, one.start), (0.0, number))[1]
            found.append(candidate(reading, value.isoformat(), (label, number), score, kind=kind, note=note))
    return sorted(found, key=lambda one: -one.score)


Claims = Mapping[tuple[int, int], tuple[float, int]]


def _claims(reading: Reading, kind: str) -> Claims:
    """(line, start of a date in it) -> how strongly a label of ``kind`` claims it, and the label's line."""
    claims: dict[tuple[int, int], tuple[float, int]] = {}
    for label in find_labels(reading, {kind}):
        weight = 0.3 if len(label.words) > 2 else 0.1
        pieces = list(right_of(reading, label, through=frozenset({"time", "date"})))
        found = [(p, d) for p in pieces for d in find_dates(p.text)]
        if not found:
            found = [(p, d) for p in below(reading, label) for d in find_dates(p.text)]
        for piece, one in found[:1]:
            place = piece.line, piece.offset + one.start
            claim = weight - 0.005 * piece.distance, label.line
            claims[place] = max(claims.get(place, (0.0, 0)), claim)
    return claims


def _date_score(reading: Reading, number: int, one: FoundDate, kind: str, claimed: Mapping[str, Claims]) -> float:
    none = (0.0, 0)
    mine = claimed[kind].get((number, one.start), none)[0]
    others = max(claimed[other].get((number, one.start), none)[0] for other in _DATE_KINDS - {kind})
    if kind != "date":
        return 0.5 + mine if mine else 0.0
    text = reading.lines[number].text
    ordered = claimed["order_date"].get((number, one.start), none)[0]
    others = max(others if others != ordered else 0.0, 0.0)
    score = 0.55 + max(mine, 0.4 * ordered) - (0.4 if others > mine else 0.0)
    score += 0.05 if find_times(text[one.end :]) or find_times(text[: one.start]) else 0.0
    score -= 0.1 * number / max(1, len(reading.lines))
    if one.layout == "compact":
        score -= 0.0 if mine else 0.3
    return score
