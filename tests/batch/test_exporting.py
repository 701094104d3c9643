"""A durable run as files: the order given, numbers that stay numbers, and nothing that a spreadsheet would run."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from tests.batch.desk import OWNER, picture
from tests.exporting.cases import DATA, INVOICE, RUN, TEXTS, by_head, csv_rows, formulas, second_reader, sheet, workbook
from vision.answering.workers import new_worker
from vision.batch.exporting import as_csv, as_jsonl, as_xlsx, as_zip, rows, run_as_file
from vision.batch.picture_names import picture_path
from vision.exporting.neutral import cell_text, is_formula
from vision.fields.model import Field, FieldSet
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Attempt, Detail
from vision.store import OwnedStore, Store
from vision.store.batch_records import Terms
from vision.store.extract_records import Document, RecordState, Run
from vision.store.runs import NO_FIELDS, Reading

SENT = Attempt("openai", "gpt", "complete", sent_sha256=("ab" * 32,), seconds=1.25, cost_usd=Decimal("0.000012"))
ENDED = ("done", "failed", "skipped", "waiting")


@pytest.fixture
def owned(tmp_path: Path) -> Iterator[OwnedStore]:
    store = Store.open(tmp_path / "loupe.db", tmp_path / "blobs")
    yield store.of(OWNER)
    store.close()


def begun(owned: OwnedStore, names: Sequence[str], fields: FieldSet = NO_FIELDS) -> Run:
    documents = []
    for number, name in enumerate(names):
        stored = add_picture(owned, picture(number), name, OpenLimits())
        documents.append(Document(name, (stored.id,)))
    terms = Terms(question="" if fields.fields else "Is it signed?")
    return owned.create_run(fields, documents, choice="gpt", detail=Detail.NORMAL, title="scans", terms=terms)


def ends(owned: OwnedStore, run: Run, position: int, **reading: Any) -> None:
    record, worker = owned.records(run.id)[position], new_worker()
    assert owned.claim_record(record.id, worker)
    given = {"state": RecordState.DONE, "provider": "openai", "model": "gpt", "cost_usd": Decimal("0.000012")}
    assert owned.end_record(record.id, worker, Reading(**{**given, "seconds": 1.25, "attempts": (SENT,), **reading}))


@pytest.fixture
def mixed(owned: OwnedStore) -> Run:
    """One item of each state, the last to come first."""
    stored = [add_picture(owned, picture(number), f"{number}.png", OpenLimits()) for number in range(3)]
    documents = [Document(f"a/{number}.png", (one.id,)) for number, one in enumerate(stored)]
    documents.insert(2, Document("notes.txt", (), sentence="“notes.txt” is a text file."))
    terms = Terms(question="Is it signed?")
    run = owned.create_run(NO_FIELDS, documents, choice="gpt", detail=Detail.NORMAL, title="scans", terms=terms)
    ends(owned, run, 1, state=RecordState.FAILED, sentence="It was too much.", text="Half an ans", cost_usd=None)
    ends(owned, run, 0, text="Yes.\nTwice.")
    return run


def test_every_item_is_a_row_in_the_order_given(owned: OwnedStore, mixed: Run) -> None:
    found = list(rows(owned, mixed.id))
    assert [(row["file"], row["state"]) for row in found] == list(
        zip(["a/0.png", "a/1.png", "notes.txt", "a/2.png"], ENDED, strict=True)
    )
    assert [row["text"] for row in found] == ["Yes.\nTwice.", None, None, None], "half an answer is none"
    assert [row["error"] for row in found] == [None, "It was too much.", "“notes.txt” is a text file.", None]
    assert [row["cost_usd"] for row in found] == [0.000012, None, 0.0, None], "unknown is not nothing"
    assert found[0]["attempts"][0]["sent_sha256"] == ["ab" * 32]
    assert found[3]["attempts"] == []
    lines = as_jsonl(found).decode().splitlines()
    assert [json.loads(line) for line in lines] == found


def test_numbers_are_numbers(owned: OwnedStore, mixed: Run) -> None:
    found = list(rows(owned, mixed.id))
    text = as_csv(NO_FIELDS, found).decode("utf-8-sig")
    assert '"openai","gpt",0.000012,1.25\r\n' in text
    main = sheet(workbook(as_xlsx(NO_FIELDS, found)), "Answers")
    row = by_head([[cell.value for cell in line] for line in main.rows])
    assert (row["text"], row["cost_usd"], row["seconds"]) == ("Yes.\nTwice.", 0.000012, 1.25)
    read = by_head(second_reader(as_xlsx(NO_FIELDS, found))["Answers"])
    assert (read["cost_usd"], read["seconds"]) == (0.000012, 1.25)


def test_no_answer_and_no_name_is_ever_a_formula(owned: OwnedStore) -> None:
    found: list[dict[str, Any]] = [
        {"file": text, "state": "done", "text": text, "error": text, "provider": text, "model": text}
        | {"cost_usd": None, "seconds": 1.0, "attempts": []}
        for text in TEXTS
    ]
    data = as_xlsx(NO_FIELDS, found)
    assert formulas(data) == 0
    main = sheet(workbook(data), "Answers")
    assert {cell.data_type for line in main.iter_rows(min_row=2) for cell in line} <= {"s", "n"}
    known = dict(zip(TEXTS, second_reader(data)["Answers"][1:], strict=True))
    assert all(known[text][2] == cell_text(text) for text in RUN), "what it says is kept"
    _, *lines = csv_rows(as_csv(NO_FIELDS, found))
    assert not any(is_formula(cell) for line in lines for cell in line)


def test_fields_have_columns_and_lists_a_sheet(owned: OwnedStore) -> None:
    run = begun(owned, ["a.png", "=cmd|' /C calc'!A0.png"], INVOICE)
    ends(owned, run, 0, data=DATA)
    ends(owned, run, 1, state=RecordState.FAILED, sentence="total is missing.")
    found = list(rows(owned, run.id))
    assert found[0]["data"]["seller"] == {"city": "Bern", "zip": "03000"}
    assert found[1]["data"] is None
    head, *lines = csv_rows(as_csv(run.fields, found))
    assert head[:3] == ["file", "state", "vendor"]
    assert head[-6:] == ["items", "error", "provider", "model", "cost_usd", "seconds"]
    assert dict(zip(head, lines[0], strict=True))["total"] == "-12.5"
    assert (lines[1][0][:2], lines[1][2]) == ("'=", "")
    data = as_xlsx(run.fields, found)
    assert formulas(data) == 0
    assert [row[:2] for row in second_reader(data)["items"]] == [["record", "row"], ["a.png", 1.0], ["a.png", 2.0]]


def test_a_field_keeps_its_name_where_it_is_one_of_ours(owned: OwnedStore) -> None:
    run = begun(owned, ["a.png"], FieldSet("Files", (Field("file"), Field("state"))))
    ends(owned, run, 0, data={"file": "F-1", "state": "new"})
    head, line = csv_rows(as_csv(run.fields, rows(owned, run.id)))
    assert head[:4] == ["file (2)", "state (2)", "file", "state"]
    assert line[:4] == ["a.png", "done", "F-1", "new"]


def test_a_zip_has_the_results_and_each_picture_clean(owned: OwnedStore) -> None:
    with Image.open(io.BytesIO(picture(7, (1600, 1200)))) as image:
        exif = image.getexif()
        exif[0x010E] = "secret place"
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", exif=exif)
    stored = add_picture(owned, out.getvalue(), "photo.jpg", OpenLimits())
    names = ["day/photo.jpg", "../../day/PHOTO.jpg", "CON.png", "notes.txt"]
    documents = [Document(name, (stored.id,)) for name in names[:3]] + [Document(names[3], (), sentence="No picture.")]
    run = owned.create_run(NO_FIELDS, documents, choice="gpt", detail=Detail.NORMAL, terms=Terms(question="?"))
    path = as_zip(owned, run.id)
    try:
        with ZipFile(path) as archive:
            assert archive.testzip() is None
            held = archive.namelist()
            assert held[:2] == ["results.csv", "results.jsonl"]
            assert len(archive.read("results.jsonl").splitlines()) == 4
            data = archive.read(held[2])
            assert b"secret place" not in data
            assert max(Image.open(io.BytesIO(data)).size) <= 1000
            ending = Path(held[2]).suffix
        again, same = run_as_file(owned, run.id, "zip")
        assert isinstance(same, Path)
        assert (again, same.read_bytes()) == ("answers", path.read_bytes()), "the same bytes for the same run"
        os.unlink(same)  # noqa: PTH108
    finally:
        path.unlink()
    assert len({name.casefold() for name in held}) == 5
    assert all(name.startswith("pictures/") and name.endswith(ending) for name in held[2:])
    assert not any(".." in name.split("/") for name in held)
    assert held[4].startswith("pictures/_CON.png")


def test_names_in_a_zip_are_safe_and_unique() -> None:
    seen: set[str] = set()
    given = [
        "a.png",
        "a.png",
        "A.PNG",
        "/etc/passwd",
        "C:\\x\\y.png",
        "..",
        "what?.png",
        "x./y .png",
        "nul",
        "a\u202eb.png",
    ]
    found = [picture_path(name, ".png", seen) for name in given]
    assert found == [
        "a.png", "a (2).png", "A (3).png", "etc/passwd.png", "x/y.png", "unnamed picture.png", "what_.png",
        "x/y .png", "_nul.png", "ab.png",
    ]  # fmt: skip
    assert picture_path("z" * 400 + ".tiff", ".jpg", seen).endswith(".jpg")
