"""What the reader fills in, as JSON: four invoices with the ready set "invoice", and the measured half of the receipts
with "receipt". Pictures come as the app sends them: opened, rendered and prepared for the reader.

Rows are compared where the truth has them; elsewhere they must add up to the amount with or without tax, which says
little where the rules chose between rows by that very sum. The rules were written with these four invoices in sight, so
that they prove little about others; the receipts are the half that no rule was tuned on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rapidfuzz.fuzz import ratio

from tests.bench.reader import ALIKE, KINDS, data_folder, token_f1
from vision.fields.ready import ready_set
from vision.images.limits import OpenLimits
from vision.images.opening import open_picture, page_count
from vision.images.preparing import image_limits, prepare
from vision.messages import Detail, Prepared
from vision.models.catalog import READER, load_catalogue
from vision.providers.reader import reading_of
from vision.reader.dates import find_dates
from vision.reader.filling import fill

_GOALS = ("total", "date", "number", "rows")
_CENT = Decimal("0.01")
Data = Mapping[str, Any]


def run() -> None:
    """Prints what is right of each invoice, then the shares over the receipts."""
    folder = data_folder()
    if folder is None:
        print("No invoices to measure: set LOUPE_BENCH_DATA to the folder that holds receipts/ and invoices/.")
        return
    right: Counter[str] = Counter()
    paths = sorted((folder / "invoices").glob("*.pdf"))
    for path in paths:
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))[0]
        found = _invoice(fill(ready_set("invoice").fields, [reading_of(page) for page in pages(path)]), truth)
        right.update(name for name, wrong in found.items() if not wrong)
        print(f"{path.stem}: " + ", ".join(f"{name} {wrong or 'ok'}" for name, wrong in found.items()))
    print("of the invoices right: " + ", ".join(f"{name} {right[name]}/{len(paths)}" for name in _GOALS))
    _receipts(folder / "receipts")


def pages(path: Path) -> list[Prepared]:
    """Every page of a file as the app sends it to the reader."""
    data, limits = path.read_bytes(), OpenLimits()
    count = page_count(data, path.name, limits)
    wanted = image_limits(load_catalogue().get(READER), Detail.NORMAL, count)
    opened = [open_picture(data, path.name, limits, page=number + 1) for number in range(count)]
    return [prepare(one.master or data, (one.picture.width, one.picture.height), wanted) for one in opened]


def _invoice(data: Data, truth: Data) -> dict[str, str]:
    """What is wrong with each of ``_GOALS``, or ""."""
    number = str(truth["invoice_number"]).lstrip("#")
    return {
        "total": "" if _same(data.get("total"), truth["amount"]) else f"MISSED ({data.get('total')})",
        "date": "" if data.get("date") == truth["date"] else f"MISSED ({data.get('date')})",
        "number": "" if data.get("number") == number else f"MISSED ({data.get('number')} for {number})",
        "rows": _rows(data.get("items") or (), truth),
    }


def _rows(items: Sequence[Data], truth: Data) -> str:
    if "lines" not in truth:
        total = sum((Decimal(str(item.get("amount") or 0)) for item in items), Decimal(0))
        sums = [truth[key] for key in ("amount", "amount_untaxed") if key in truth]
        return "" if items and any(_same(total, one) for one in sums) else f"MISSED (add up to {total})"
    wanted = sorted((line["name"], Decimal(line["price_unit"])) for line in truth["lines"])
    found = sorted((str(item.get("description")), Decimal(str(item.get("amount") or 0))) for item in items)
    return "" if wanted == found else f"MISSED ({found})"


def _same(one: object, other: object) -> bool:
    return None not in (one, other) and abs(Decimal(str(one)) - Decimal(str(other))) < _CENT


def _receipts(folder: Path) -> None:
    scores: Counter[str] = Counter()
    names = sorted(path.stem for path in folder.glob("*.json"))[1::2]
    for name in names:
        truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        data = fill(ready_set("receipt").fields, [reading_of(page) for page in pages(folder / f"{name}.jpg")])
        dates = find_dates(truth["date"])
        amounts = [Decimal(str(item.get("amount") or 0)) for item in data.get("items") or ()]  # type: ignore[attr-defined]
        scores["date"] += bool(dates) and data["date"] == dates[0].value.isoformat()
        scores["total"] += _same(data["total"], "".join(c for c in truth["total"] if c.isdigit() or c == "."))
        scores["company"] += ratio(str(data["vendor"] or "").lower(), truth["company"].lower()) >= ALIKE * 100
        scores["address"] += token_f1(str(data.get("address", "")), truth["address"])  # type: ignore[assignment]
        wanted = (data["total"], data.get("subtotal"))
        scores["rows"] += bool(amounts) and any(_same(sum(amounts), one) for one in wanted)
    what = {
        "company": f" (likeness >= {ALIKE:.2f})",
        "address": " (token F1)",
        "rows": " (add up to total or subtotal)",
    }
    shares = (f"{kind} {scores[kind] / len(names):.3f}{what.get(kind, '')}" for kind in (*KINDS, "rows"))
    print(f"{len(names)} receipts filled: " + ", ".join(shares))
