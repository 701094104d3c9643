"""What a review costs in keystrokes, and what it leaves wrong: the measured half of the receipts, walked by a script.

The scripted reviewer takes the queue from its top, stops where the page's form stops (``vision.extracting.form``),
accepts what is right with Enter and types the label over what is wrong; at what is not marked she never looks. Where
nothing is marked she accepts the whole record. Keystrokes: Enter at each stop; a correction is one more to select all,
and the characters of the new value; a record without a mark is one. No Tab: Enter goes on to the next stop.

Twice: the values that the on-device reader fills in (text counts as right from the likeness on that ``reader`` takes,
an address from as much of its words), and labels with errors planted in a tenth of the fields, where any difference is
wrong. Planted errors are drawn for ``ROUNDS`` rounds of the same receipts, and the intervals count every round: of the
fields that no error was planted in they say too much.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from rapidfuzz.fuzz import ratio

from tests.bench.evidence import SET, Values, digits_changed, truth
from tests.bench.reader import ALIKE, data_folder, measured_half, token_f1
from vision.extracting.checking import Checker
from vision.extracting.form import form
from vision.extracting.reviewing import Desk, Edit, next_open, review
from vision.extracting.showing import value_text
from vision.extraction.leaf_values import number
from vision.fields.model import parse_path, path_text
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.intervals import wilson
from vision.messages import Detail, Json
from vision.models.catalog import READER, load_catalogue
from vision.reader import ocr
from vision.reader.filling import fill
from vision.store import OwnedStore, Store, StoredPicture
from vision.store.extract_records import Document, RecordState, Verdict
from vision.store.runs import Reading

TODAY = date(2026, 11, 22)
WRONG = 0.10  # of the simulated model's fields
ROUNDS = 5
SEED = 5
ASKED = replace(SET, fields=tuple(replace(one, needed=True) for one in SET.fields))  # she wants all four
FIELDS = {one.name: one for one in ASKED.fields}
Right = Callable[[str, Any, Any], bool]  # field, value, label


@dataclass(slots=True)
class Walked:
    """Sums over documents, by field: how many have a label, where she stopped, where for nothing, what was wrong before
    and what still is. ``keys``: by document. ``why``: the strongest reason of each needless mark, by field."""

    keys: list[int] = field(default_factory=list)
    labelled: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    needless: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    why: Counter[tuple[str, str]] = field(default_factory=Counter)


def run() -> None:
    """Prints both walks. What is read and written stands in a folder that goes afterwards."""
    folder = data_folder()
    if folder is None:
        print("No receipts to measure: set LOUPE_BENCH_DATA to the folder that holds receipts/ and invoices/.")
        return
    names = measured_half(folder)
    labels = [truth(folder / "receipts" / f"{name}.json") for name in names]
    ocr.warm_up()
    with tempfile.TemporaryDirectory() as data:
        store = Store.open(f"sqlite:///{Path(data) / 'loupe.db'}", (Path(data) / "blobs").as_uri())
        owned, checker = store.of("reviewer"), Checker(load_catalogue(), lambda: TODAY)
        files = [(folder / "receipts" / f"{name}.jpg").read_bytes() for name in names]
        pictures = [add_picture(owned, file, name, OpenLimits()) for file, name in zip(files, names, strict=True)]
        read = [fill(ASKED, checker.readings(owned, [one])) for one in pictures]
        own = Walked()
        walk(_desk(owned, checker, pictures, read, READER), labels, alike, own)
        show(f"values of the on-device reader, {len(names)} receipts", own)
        simulated = Walked()
        for seed in range(SEED, SEED + ROUNDS):
            said = planted(labels, random.Random(seed))
            walk(_desk(owned, checker, pictures, said, "simulated"), labels, same, simulated)
        errors = f"errors in {WRONG:.0%} of the fields, {ROUNDS} rounds"
        show(f"labels with {errors} of {len(names)} receipts", simulated)
        store.close()


def _desk(
    owned: OwnedStore, checker: Checker, pictures: Sequence[StoredPicture], data: Sequence[Json], provider: str
) -> Desk:
    """A run whose records are read and checked, as a run of the app is before somebody reviews it."""
    documents = [Document(one.picture.name, (one.id,)) for one in pictures]
    made = owned.create_run(ASKED, documents, choice=provider, detail=Detail.NORMAL)
    for record, values in zip(owned.records(made.id), data, strict=True):
        owned.claim_record(record.id, "bench")
        owned.end_record(record.id, "bench", Reading(RecordState.DONE, values, provider, provider))
        checks = checker.check(owned, ASKED, values, record.pictures, own=provider == READER)
        owned.keep_checks(record.id, record.version + 1, checks)
    return Desk(owned, checker, owned.run(made.id), "reviewer")


def walk(desk: Desk, labels: Sequence[Values], right: Right, walked: Walked) -> None:
    """Every record of the run, the most doubtful first. ``labels``: in the order of its documents."""
    seen = ""
    while (record_id := next_open(desk.owned.queue(desk.run.id), seen)) is not None:
        record = desk.owned.record(record_id)
        label = labels[record.position]
        wrong = _wrong(record.data, label, right)
        keys, stopped = _record(desk, record_id, label, right)
        walked.keys.append(keys)
        walked.labelled.update(label.keys())
        walked.marked.update(stopped)
        walked.wrong.update(wrong)
        walked.needless.update(stopped - wrong)
        reasons = {path_text(one.path): one.reasons for one in record.doubts}
        walked.why.update((name, reasons[name][0][0].value) for name in stopped - wrong if reasons.get(name))
        walked.left.update(_wrong(desk.owned.record(record_id).data, label, right))
        seen = record_id


def _wrong(data: Json, label: Values, right: Right) -> set[str]:
    return {name for name in label if not right(name, data.get(name), label[name])}


def _record(desk: Desk, record_id: str, label: Values, right: Right) -> tuple[int, set[str]]:
    """Walks one record to its end: keystrokes, and the fields where she stopped. As on the page, the Enter at the last
    stop accepts the record; what a correction casts doubt on is a stop as well."""
    keys, at, stopped = 0, -1, set[str]()
    while True:
        record = desk.owned.record(record_id)
        entries = list(_entries(form(desk.run.fields, record, desk.owned.changes(record_id), desk.run.threshold)))
        stops = [place for place, entry in enumerate(entries) if entry["stop"]]
        keys += 1  # Enter, or accept all
        if not stops:
            review(desk, record_id, record.version, Edit(verdict=Verdict.ACCEPTED))
            return keys, stopped
        at = next((place for place in stops if place > at), stops[0])
        name = entries[at]["id"]
        stopped.add(name)
        verdict = None if len(stops) > 1 else Verdict.ACCEPTED
        if name not in label or right(name, record.data.get(name), label[name]):
            edit = Edit(looked=(parse_path(name),), verdict=verdict)
        else:
            text = value_text(FIELDS[name], label[name])
            keys += 1 + len(text)
            edit = Edit(texts={parse_path(name): text}, verdict=verdict)
        reviewed = review(desk, record_id, record.version, edit)
        if reviewed.unfit:
            raise AssertionError(f"a label does not fit its field: {dict(reviewed.unfit)}")
        if verdict is not None:
            return keys, stopped


def _entries(blocks: Sequence[Json]) -> Iterator[Mapping[str, Any]]:
    for block in blocks:
        yield from block["entries"]
        for row in block["rows"]:
            yield from row


# -- right and wrong --------------------------------------------------------------------------------------------------


def alike(name: str, value: Any, label: Any) -> bool:
    """Whether what the reader read is the labelled value, text up to how it is printed."""
    if name == "company":
        return ratio(str(value or "").lower(), label.lower()) >= ALIKE * 100
    if name == "address":
        return token_f1(str(value or ""), label) >= ALIKE
    return same(name, value, label)


def same(name: str, value: Any, label: Any) -> bool:
    """Whether it is the labelled value exactly."""
    return number(value) == number(label) if name == "total" else bool(value == label)


def planted(labels: Sequence[Values], chance: random.Random) -> list[dict[str, str | float | None]]:
    """The labels as a model would say them that is wrong in ``WRONG`` of all fields: a digit or a letter is another
    one, or it is the value of the receipt before. What has no label is null."""
    said: list[dict[str, str | float | None]] = [{**dict.fromkeys(FIELDS), **label} for label in labels]
    places = [(at, name) for at, label in enumerate(labels) for name in label]
    for at, name in chance.sample(places, round(WRONG * len(places))):
        value, other = labels[at][name], labels[at - 1].get(name)
        kinds: list[list[str | float | None]] = [[*digits_changed(value)], [*_letters_changed(name, value)], [other]]
        usable = [[one for one in kind if one is not None and not same(name, one, value)] for kind in kinds]
        said[at][name] = chance.choice(chance.choice([kind for kind in usable if kind]))
    return said


def _letters_changed(name: str, value: str | float) -> Iterator[str]:
    if isinstance(value, str) and name != "date":
        for index, letter in enumerate(value):
            if letter.isascii() and letter.isalpha():
                other = {"z": "a", "Z": "A"}.get(letter, chr(ord(letter) + 1))
                yield f"{value[:index]}{other}{value[index + 1 :]}"


# -- the table --------------------------------------------------------------------------------------------------------


def show(what: str, walked: Walked) -> None:
    """The figures of one walk."""
    keys = sorted(walked.keys)
    p95 = keys[max(0, -(-95 * len(keys) // 100) - 1)]
    print(f"{what}: keystrokes a document {median(keys):g} median, {p95} p95 ({sum(keys) / len(keys):.1f} mean)")
    for name in (*FIELDS, ""):
        print(f"  {name or 'together':9} {_line(walked, [name] if name else list(FIELDS))}")


def _line(walked: Walked, names: Sequence[str]) -> str:
    of, marked, needless, wrong, left = (
        sum(counted[name] for name in names)
        for counted in (walked.labelled, walked.marked, walked.needless, walked.wrong, walked.left)
    )
    low, high = wilson(left, of)
    why = ", ".join(f"{reason} {count}" for (name, reason), count in walked.why.most_common() if names == [name])
    needlessly = f"needlessly {needless} ({why})" if why else f"needlessly {needless}"
    return (
        f"marked {marked / of:.3f} ({marked} of {of}), {needlessly}; wrong {wrong}, "
        f"left wrong {left} ({left / of:.3f} of all; 95 %: {low:.3f} to {high:.3f})"
    )
