"""How doubtful each value is, and why, in words: what the picture says, what does not add up, what others read.

The numbers stand in doubt.toml with what they come from. They order a queue; they are no promise about one value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path as File
from typing import Any

from vision.extraction.comparing import Difference, differences
from vision.extraction.leaf_values import leaf_values, names_of
from vision.extraction.rule_words import shown
from vision.extraction.rules import Finding
from vision.extraction.signs import Signs
from vision.fields.model import NUMBERS, Field, FieldSet, Kind, Path, leaves
from vision.fields.values import Doubt, Mark, Reason, Support
from vision.messages import Json

_FALLING = 0.1  # what each next doubtful value of a record counts against the one before it
_EXACT = frozenset({Kind.CODE, Kind.PHONE, Kind.EMAIL})
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT})
_Why = tuple[float, Reason, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a record besides the record."""

    supports: Mapping[Path, Support]
    missing: frozenset[Path]
    problems: Mapping[Path, str]
    holds: frozenset[Path]
    signs: Mapping[Path, Signs]
    own: bool


def doubts(
    set_: FieldSet,
    data: Json,
    *,
    supports: Mapping[Path, Support],
    findings: Sequence[Finding] = (),
    others: Sequence[Json] = (),
    missing: Sequence[Path] = (),
    problems: Mapping[Path, str] | None = None,
    reader: Json | None = None,
    holding: Sequence[Finding] = (),
    signs: Mapping[Path, Signs] | None = None,
    own: bool = False,
) -> tuple[Doubt, ...]:
    """One for each value in the order of the fields; then what is missing, and what only another model found.

    ``supports``: by ``vision.evidence``. ``findings`` and ``holding``: what ``vision.extraction.rules`` found broken,
    and holding. ``others``: what other models read on the same picture. ``missing``: needed and not there.
    ``problems``: what is wrong with a value's form. ``reader``: what the on-device reader filled in, None when it was
    not asked. ``signs``: by ``vision.extraction.signs``. ``own``: the record is the reader's, for which the text that
    it read is no second witness.
    """
    known = _Known(
        supports,
        frozenset(missing),
        problems or {},
        frozenset(path for one in holding for path in one.paths),
        signs or {},
        own,
    )
    told = [{one.path: one for one in differences(set_, data, other)} for other in others]
    by_reader = None if reader is None or own else {one.path: one for one in differences(set_, data, reader)}
    against = _rule_reasons(findings)
    values = {path: field for path, field, _ in leaf_values(set_.fields, data)}
    fields = {".".join(names): field for names, field in leaves(set_.fields)}
    places = [*values, *missing, *(path for one in told for path in one), *known.problems]
    found = []
    for path in dict.fromkeys(places):
        field = values.get(path) or fields.get(names_of(path), Field(names_of(path)))
        hard = [*against.get(path, ()), *_form(path, known), *_others(path, told), *_rivals(path, known)]
        if path in values:
            soft = _open(path, field, known)
            left = _none_of(weight for weight, _, _ in soft)
            left *= _speaking(path, known, told, by_reader)
            if not _printed_text(path, field, known):
                hard += _reader(path, by_reader)
            score = _none_of([left, *(weight for weight, _, _ in hard)])
        else:
            soft, score = [], _none_of(weight for weight, _, _ in hard)
        why = sorted((one for one in (*hard, *soft) if one[2]), key=lambda one: -one[0])
        found.append(Doubt(path, round(score, 4), tuple((reason, sentence) for _, reason, sentence in why)))
    return tuple(found)


def record_doubt(doubts_: Iterable[Doubt]) -> float:
    """0 to 1, to order a queue of records: nearly the worst value's score, the next ones a tenth as much each."""
    scores = sorted((one.score for one in doubts_), reverse=True)
    return sum(score * (1 - _FALLING) * _FALLING**place for place, score in enumerate(scores[:12]))


def _none_of(weights: Iterable[float]) -> float:
    """How likely one of several reasons is true, as if they were independent."""
    return 1 - prod(1 - weight for weight in weights)


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, float]]:
    table: Mapping[str, Mapping[str, float]] = tomllib.loads(
        File(__file__).with_name("doubt.toml").read_text(encoding="utf-8")
    )
    return table


def _group(kind: Kind) -> str:
    """The row of the table that a kind stands in."""
    if kind is Kind.MONEY:
        return "money"
    if kind in NUMBERS:
        return "number"
    if kind in (Kind.DATE, Kind.TIME):
        return "date"
    if kind in _EXACT:
        return "code"
    return "long" if kind is Kind.LONG_TEXT else "text"


def _open(path: Path, field: Field, known: _Known) -> list[_Why]:
    """What the picture leaves open: by the mark, and by how sure the reader is of what is printed there."""
    support, group, table = known.supports.get(path), _group(field.kind), _table()
    if support is None or support.mark is None:
        reason = support.reason if support is not None else "It was not compared with the picture."
        weight = table["unchecked"]["with_reason" if reason else "derived"]
        if known.own:
            weight = table["own"][group]
        return [(weight, Reason.UNCHECKED, reason)]
    found: list[_Why] = []
    if support.mark is Mark.NOT_FOUND:
        found.append(
            (table["not_found"][group], Reason.NOT_FOUND, "Not found in the text read on this picture: check this.")
        )
    elif support.mark is Mark.SIMILAR:
        found.append((table["similar"][group], Reason.SIMILAR, _similar(field, support)))
    else:
        found.append((table["own" if known.own else "read"][group], Reason.UNCHECKED, ""))
    faint = table["faint"]
    if support.places and min(place.confidence for place in support.places) < faint["below"] and faint[group]:
        weight = min(1.0, faint[group] * (2 if known.own else 1))
        found.append((weight, Reason.FAINT, "Hard to read there: the reader itself is not sure of it."))
    return found


def _similar(field: Field, support: Support) -> str:
    text = shown(support.places[0].text) if support.places else ""
    if field.kind in NUMBERS or field.kind in (Kind.DATE, Kind.TIME):
        return f"It is printed, but elsewhere: {text}." if text else "It is printed, but elsewhere."
    return f"Similar text is printed: {text}." if text else "Similar text is printed."


def _rule_reasons(broken: Sequence[Finding]) -> Mapping[Path, list[_Why]]:
    table = _table()["rule"]
    found: dict[Path, list[_Why]] = {}
    for one in broken:
        weight = table[one.rule.kind]
        if one.rule.kind in ("sum", "product"):
            weight = max(table["least"], min(table["most"], weight / max(1, len(one.paths))))
        for path in dict.fromkeys(one.paths):
            found.setdefault(path, []).append((weight, Reason.RULE, one.sentence))
    return found


def _form(path: Path, known: _Known) -> Iterator[_Why]:
    table = _table()["form"]
    problem = known.problems.get(path)
    if problem:
        yield table["format"], Reason.FORMAT, problem
    if path in known.missing:
        yield table["missing"], Reason.MISSING, "Needed, and not found."


def _others(path: Path, told: Sequence[Mapping[Path, Difference]]) -> Iterator[_Why]:
    readings = dict.fromkeys(_read(one[path]) for one in told if path in one)
    for what in readings:
        yield _table()["other"]["disagree"], Reason.DISAGREE, f"Models disagree: the other one read {what}."


def _printed_text(path: Path, field: Field, known: _Known) -> bool:
    """Text that stands on the picture as it was given: the reader's own choice among what is printed there (which
    line is the address, where it ends) is no better than another's. An amount or a date it may rightly doubt."""
    support = known.supports.get(path)
    return field.kind in _TEXTS and support is not None and support.mark is Mark.READ


def _reader(path: Path, reader: Mapping[Path, Difference] | None) -> Iterator[_Why]:
    """Where the reader found another value; that it found none says nothing, for much it cannot fill."""
    if reader is not None and path in reader and reader[path].other is not None:
        weight = _table()["other"]["reader_disagrees"]
        yield weight, Reason.DISAGREE, f"The on-device reader read {_read(reader[path])}."


def _rivals(path: Path, known: _Known) -> Iterator[_Why]:
    rival = known.signs.get(path, Signs()).rival
    if rival:
        yield _table()["rival"]["score"], Reason.SIMILAR, f"Another value is printed that fits as well: {shown(rival)}."


def _read(difference: Difference) -> str:
    value: Any = difference.other
    if value is None:
        return "nothing"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else shown(value)


def _speaking(
    path: Path, known: _Known, told: Sequence[Mapping[Path, Difference]], reader: Mapping[Path, Difference] | None
) -> float:
    """What is left of what is open, by all that speaks for the value: 1 for nothing."""
    table = _table()
    left = prod(table["other"]["agree"] for one in told if path not in one)
    if reader is not None and path not in reader:
        left *= table["other"]["reader_agrees"]
    if path in known.holds:
        left *= table["other"]["rule_holds"]
    for sign in known.signs.get(path, Signs()).found:
        left *= table["sign"][sign.value]
    return left
