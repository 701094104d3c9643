"""How well values are told from wrong ones by the text read on the picture: receipts that no rule was tuned on.

For each receipt its true values, each with one digit changed (every digit in turn, to the next one up), and those of
the receipt before it. "Found" and "passes" are READ or SIMILAR for company and address. A date or total must be READ:
SIMILAR says of them that day and month are the other way round, or that the amount is not on its row.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from tests.bench.reader import data_folder, measured_half
from vision.evidence.supporting import supports
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.values import Mark
from vision.reader import ocr
from vision.reader.amounts import find_amounts
from vision.reader.dates import find_dates
from vision.reader.reading import Reading
from vision.reader.text import squashed

GOALS = {"date": 0.94, "total": 0.91, "company": 0.97, "address": 0.90}
STRICT = frozenset({"date", "total"})
SET = FieldSet(
    "receipt",
    (
        Field("company", Kind.TEXT, "who issued the receipt"),
        Field("date", Kind.DATE, "when it was issued"),
        Field("address", Kind.LONG_TEXT, "the address of the company"),
        Field("total", Kind.MONEY, "what was paid"),
    ),
)
Values = Mapping[str, str | float]  # field -> its value as data
Counts = defaultdict[tuple[str, str], list[int]]  # (field, what was done to it) -> [passed, tried]


def run() -> None:
    """Prints the figures beside the goals of issue 5."""
    folder = data_folder()
    if folder is None:
        print("No receipts to measure: set LOUPE_BENCH_DATA to the folder that holds receipts/ and invoices/.")
        return
    names = measured_half(folder)
    ocr.warm_up()
    papers = [
        (ocr.read_lines(Image.open(folder / "receipts" / f"{name}.jpg")), truth(folder / "receipts" / f"{name}.json"))
        for name in names
    ]
    counts, seconds = measured(papers)
    for field, goal in GOALS.items():
        share = _share(counts[field, "true"])
        print(f"{field:9} true found {share:.3f}  goal {goal:.2f}  {'ok' if share >= goal else 'MISSED'}")
    for what in ("digit changed", "other receipt", "printed elsewhere"):
        for field in GOALS:
            passed, tried = counts[field, what]
            if tried:
                verdict = "" if what == "printed elsewhere" else f"  goal 0  {'ok' if not passed else 'MISSED'}"
                print(f"{field:9} {what} passes {passed} of {tried}{verdict}")
    print(f"receipts measured: {len(papers)}; the other half was used for tuning")
    print(f"time for the four values of a receipt: {1000 * seconds / len(papers):.1f} ms")


def truth(path: Path) -> Values:
    """The labels of one receipt as data."""
    labels = json.loads(path.read_text(encoding="utf-8"))
    values: dict[str, str | float] = {"company": labels["company"], "address": labels["address"]}
    dates = find_dates(labels["date"])
    if dates:
        values["date"] = dates[0].value.isoformat()
    values["total"] = float(re.sub(r"[^\d.]", "", labels["total"]))
    return values


def measured(papers: Sequence[tuple[Reading, Values]]) -> tuple[Counts, float]:
    """What passed and what was tried, and the seconds that the true values took."""
    counts: Counts = defaultdict(lambda: [0, 0])
    seconds = 0.0
    for number, (reading, values) in enumerate(papers):
        started = time.perf_counter()
        found = passing(values, reading)
        seconds += time.perf_counter() - started
        for field in values:
            _count(counts, field, "true", passed=field in found)
        for what, wrong in _wrong(values, papers[number - 1][1], reading):
            (field,) = wrong
            _count(counts, field, what, passed=field in passing(wrong, reading))
    return counts, seconds


def passing(values: Values, reading: Reading) -> set[str]:
    """The fields whose values count as supported."""
    found = supports(SET, values, [reading])
    marks = {str(path[0]): support.mark for path, support in found.items()}
    return {name for name, mark in marks.items() if mark is Mark.READ or (mark is Mark.SIMILAR and name not in STRICT)}


def _wrong(values: Values, other: Values, reading: Reading) -> Iterator[tuple[str, Values]]:
    for field, value in values.items():
        yield from (("digit changed", {field: wrong}) for wrong in digits_changed(value))
        if field in other and squashed(str(other[field])) != squashed(str(value)):
            yield "other receipt", {field: other[field]}
    amounts = {float(one.value) for line in reading.lines for one in find_amounts(line.text) if one.money_like}
    yield from (("printed elsewhere", {"total": one}) for one in sorted(amounts - {values["total"]}) if one > 0)


def digits_changed(value: str | float) -> Iterator[str | float]:
    """``value`` with one digit one higher (9 becomes 0), for each of its digits; dates that do not exist are left."""
    text = value if isinstance(value, str) else f"{value:.2f}"
    iso = bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))
    for index, character in enumerate(text):
        if character.isdigit():
            changed = f"{text[:index]}{(int(character) + 1) % 10}{text[index + 1 :]}"
            if not iso or find_dates(changed):
                yield changed if isinstance(value, str) else float(changed)


def _count(counts: Counts, field: str, what: str, *, passed: bool) -> None:
    counts[field, what][0] += passed
    counts[field, what][1] += 1


def _share(one: Sequence[int]) -> float:
    return one[0] / one[1] if one[1] else 0.0
