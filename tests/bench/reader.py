"""How well and how fast the on-device reader reads: receipts that no rule was tuned on, and four invoices.

The receipts, by file name, alternate between a half for tuning (the first, third ...) and the half that is measured
here. Time is CPU time of this process against bare rapidocr, picture by picture, in alternating order.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # ships no types
from PIL import Image
from rapidfuzz.fuzz import ratio

from vision.reader import ocr
from vision.reader.dates import find_dates
from vision.reader.fields import find_field
from vision.reader.reading import Reading

KINDS = ("date", "total", "company", "address")
GOALS = {"date": 0.94, "total": 0.90, "company": 0.88, "address": 0.90}
ALIKE = 0.90  # a company counts as read from this likeness on
TIMED = 20  # receipts that are also read by bare rapidocr
SLOWER = 1.05


@dataclass(slots=True)
class Tally:
    """Sums over receipts."""

    count: int = 0
    score: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def data_folder() -> Path | None:
    """Where the labelled papers are: LOUPE_BENCH_DATA, or shared/data beside the checkout; None when absent."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("LOUPE_BENCH_DATA", default))
    return folder if (folder / "receipts").is_dir() else None


def measured_half(folder: Path) -> list[str]:
    """The receipts that no rule was tuned on, by file name without its ending."""
    return sorted(path.stem for path in (folder / "receipts").glob("*.json"))[1::2]


def run() -> None:
    """Prints the figures beside the goals of issue 2."""
    folder = data_folder()
    if folder is None:
        print("No receipts to measure: set LOUPE_BENCH_DATA to the folder that holds receipts/ and invoices/.")
        return
    tally = _receipts(folder)
    for kind in KINDS:
        reached = tally.score[kind] / tally.count
        what = {"company": f"likeness >= {ALIKE:.2f}", "address": "token F1"}.get(kind, "exact")
        print(f"{kind:9} {reached:.3f}  goal {GOALS[kind]:.2f}  {_verdict(reached >= GOALS[kind])}  ({what})")
    print(f"receipts measured: {tally.count}; the other half was used for tuning")
    share = sum(tally.ours) / sum(tally.bare)
    print(
        f"CPU time against bare rapidocr: {share:.2f}  goal <= {SLOWER:.2f}  {_verdict(share <= SLOWER)}"
        f"  ({sum(tally.ours) / len(tally.ours):.2f} s a receipt with codes and rules; {len(tally.ours)} receipts)"
    )
    _invoices(folder / "invoices")


def _verdict(good: bool) -> str:
    return "ok" if good else "MISSED"


def _receipts(folder: Path) -> Tally:
    tally = Tally()
    ocr.warm_up()
    bare = _bare_engine()
    for index, name in enumerate(measured_half(folder)):
        path = folder / "receipts" / f"{name}.jpg"
        timed = index < TIMED
        if timed and index % 2:
            tally.bare.append(_bare_seconds(bare, path))
        started = time.process_time()
        values = _values(ocr.read_lines(Image.open(path)))
        if timed:
            tally.ours.append(time.process_time() - started)
        if timed and not index % 2:
            tally.bare.append(_bare_seconds(bare, path))
        _score(tally, values, json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    return tally


def _bare_engine() -> Any:
    """rapidocr with the reader's threads and batches, at its own sizes; run once, so that its models are loaded."""
    from rapidocr import RapidOCR  # noqa: PLC0415 - first loaded by the reader, with its settings

    options = {name: value for name, value in ocr.engine_options().items() if not name.startswith("Det.limit")}
    engine = RapidOCR(params=options)
    engine(np.full((64, 256, 3), 255, np.uint8))
    return engine


def _bare_seconds(engine: Any, path: Path) -> float:
    started = time.process_time()
    engine(np.ascontiguousarray(np.asarray(Image.open(path).convert("RGB"))[:, :, ::-1]))
    return time.process_time() - started


def _values(reading: Reading) -> dict[str, str]:
    found = {kind: find_field(reading, kind) for kind in KINDS}
    return {kind: candidates[0].value if candidates else "" for kind, candidates in found.items()}


def _score(tally: Tally, values: Mapping[str, str], truth: Mapping[str, str]) -> None:
    tally.count += 1
    dates = find_dates(truth["date"])
    tally.score["date"] += bool(dates) and values["date"] == dates[0].value.isoformat()
    tally.score["total"] += _same_amount(values["total"], truth["total"])
    tally.score["company"] += ratio(values["company"].lower(), truth["company"].lower()) >= ALIKE * 100
    tally.score["address"] += token_f1(values["address"], truth["address"])


def _same_amount(read: str, truth: str) -> bool:
    try:
        return Decimal(read) == Decimal(re.sub(r"[^\d.]", "", truth))
    except InvalidOperation:
        return False


def token_f1(read: str, truth: str) -> float:
    """Harmonic mean of precision and recall over words of letters and digits, case aside."""
    one, two = (Counter(re.findall(r"[a-z0-9]+", text.lower())) for text in (read, truth))
    shared = sum((one & two).values())
    return 2 * shared / (sum(one.values()) + sum(two.values())) if shared else 0.0


def _invoices(folder: Path) -> None:
    """Date, amount and number of each invoice; shown, not tuned to."""
    for path in sorted(folder.glob("*.pdf")):
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))[0]
        page = pypdfium2.PdfDocument(path)[0]
        reading = ocr.read_lines(page.render(scale=ocr.READING_EDGE / max(page.get_size())).to_pil())
        expected = {"date": truth["date"], "total": str(truth["amount"]), "invoice_number": truth["invoice_number"]}
        shown = []
        for kind, wanted in expected.items():
            found = find_field(reading, kind)
            value = found[0].value if found else ""
            same = _same_amount(value, wanted) if kind == "total" else value == wanted.lstrip("#")
            shown.append(f"{kind} {'ok' if same else f'MISSED ({value or None} for {wanted})'}")
        print(f"{path.stem}: {', '.join(shown)}")
