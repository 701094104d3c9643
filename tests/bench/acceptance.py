"""What of the reader's dates and totals could be accepted without a look, and how much of that is right.

The doubt below which nobody looks is set on the first half of the receipts (by file name the first, third ...), on
which the reader's rules were tuned, too; what it accepts on the second half is measured.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.bench.reader import data_folder
from vision.evidence.supporting import supports
from vision.extraction.doubt import doubts
from vision.extraction.leaf_values import number
from vision.extraction.signs import signs
from vision.extraction.truth import WANTED, accepted, threshold
from vision.fields.model import Field, FieldSet, Kind
from vision.reader import ocr
from vision.reader.amounts import find_amounts
from vision.reader.dates import find_dates
from vision.reader.filling import fill
from vision.reader.reading import Reading

RECEIPT = FieldSet("Receipt", (Field("date", Kind.DATE), Field("total", Kind.MONEY)))
KINDS = ("date", "total")
GOAL = 0.60  # of all dates and totals accepted, at WANTED
Judged = list[tuple[str, float, bool]]  # field, doubt, right


def run() -> None:
    """Prints the threshold, then what it does on the other half, by field and together."""
    folder = data_folder()
    if folder is None:
        print("No receipts to measure: set LOUPE_BENCH_DATA to the folder that holds receipts/ and invoices/.")
        return
    names = sorted(path.stem for path in (folder / "receipts").glob("*.json"))
    ocr.warm_up()
    first, second = (_judged(folder / "receipts", half) for half in (names[0::2], names[1::2]))
    show(first, second, len(names[1::2]))


def show(first: Judged, second: Judged, receipts: int) -> None:
    """The table, from both halves; ``receipts`` in the second. A value that the reader left out is not accepted."""
    found = threshold([(doubt, right) for _, doubt, right in first])
    if found is None:
        print(f"No doubt on the first half under which {WANTED:.0%} are right.")
        return
    print(f"doubt accepted: up to {found.score:.4f} ({found.right} of {found.count} right on the half that sets it)")
    for kind in (*KINDS, ""):
        values = [(doubt, right) for field, doubt, right in second if kind in ("", field)]
        of = receipts * (1 if kind else len(KINDS))
        got = accepted(values, found.score)
        share = got.count / of
        verdict = "" if kind else f"  goal {GOAL:.2f}  {'ok' if share >= GOAL else 'MISSED'}"
        print(f"{kind or 'together':9} accepted {share:.3f} ({got.count} of {of}){verdict}")
        if got.share_right is not None:
            aim = "" if kind else f"  goal {WANTED}  {'ok' if got.share_right >= WANTED else 'MISSED'}"
            right = f"right {got.share_right:.3f} ({got.right} of {got.count}; 95 %: {got.low:.3f} to {got.high:.3f})"
            print(f"{'':9} {right}{aim}")


def _judged(folder: Path, names: Sequence[str]) -> Judged:
    found: Judged = []
    for name in names:
        truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        found += judged(ocr.read_lines(Image.open(folder / f"{name}.jpg")), truth)
    return found


def judged(reading: Reading, truth: dict[str, str]) -> Judged:
    """The values that the reader gives, each with its doubt and whether it is the labelled one."""
    data = fill(RECEIPT, [reading])
    evidence = supports(RECEIPT, data, [reading])
    scored = doubts(RECEIPT, data, supports=evidence, signs=signs(RECEIPT, data, [reading]), own=True)
    return [(str(one.path[0]), one.score, _right(str(one.path[0]), data, truth)) for one in scored]


def _right(kind: str, data: dict[str, object], truth: dict[str, str]) -> bool:
    if kind == "date":
        dates = find_dates(truth["date"])
        return bool(dates) and data["date"] == dates[0].value.isoformat()
    amounts = find_amounts(truth["total"])
    return bool(amounts) and number(data["total"]) == amounts[0].value
