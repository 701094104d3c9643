"""``batch``: what it takes, in which order it asks, what it writes; against the loopback provider, in this process."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from tests.batch.desk import picture
from tests.cli.folders import KEYS, QUESTION, jsonl, pictures, zipped
from tests.cli.terminal import Done, Terminal
from tests.exporting.cases import csv_rows
from tests.extracting.desk import said
from tests.images.documents import pdf
from tests.wire import Play, WireServer, fails
from vision.extracting.checking import Checker
from vision.reader.reading import arrange
from vision.store.batch_records import RunState
from vision.store.extract_records import Run

GPT = ("--model", "gpt-6.1-terra")
CAPPED = "0.03"  # room for one call's upper price at a time, and for about a hundred calls


@pytest.fixture
def scans(wire: WireServer, terminal: Terminal) -> Terminal:
    """Six pictures in the folder scans, and one provider."""
    terminal.leads_to(wire, "openai")
    pictures(terminal.folder / "scans", 6)
    return terminal


def asked(wire: WireServer) -> list[str]:
    """The hash of each picture that was sent, as the requests came."""
    return [request.sha256[0] for request in wire.requests]


def newest(terminal: Terminal) -> Run:
    store = terminal.store()
    try:
        return store.of("local").runs(durable=True)[0]
    finally:
        store.close()


def summary(done: Done) -> str:
    return next(line for line in done.lines if line[0].isdigit() and ", $" in line)


def test_one_after_the_other_in_order_and_every_line_whole(wire: WireServer, scans: Terminal) -> None:
    done = scans.run("batch", QUESTION, "scans", *GPT, "--parallel", "1", "--out", "answers.jsonl")
    assert done.code == 0, done.err
    rows = jsonl(scans.folder / "answers.jsonl")
    assert [list(row) for row in rows] == [KEYS] * 6
    assert [row["file"] for row in rows] == [f"scans/{number:03}.png" for number in range(6)]
    assert [row["attempts"][0]["sent_sha256"][0] for row in rows] == asked(wire), "asked in order"
    first = rows[0]
    assert (first["state"], first["error"], first["provider"]) == ("done", None, "openai")
    assert first["text"].endswith(f"the question: {QUESTION}")
    assert first["cost_usd"] > 0
    assert first["seconds"] > 0
    alone = scans.run("ask", "receipt.png", QUESTION, *GPT, "--json").json
    assert list(first["attempts"][0]) == list(alone["attempts"][0]), "as ask --json has them"
    blocks = done.out.split("\n\n")
    assert [block.split("\n")[0] for block in blocks[:-1]] == [row["file"] for row in rows]
    assert summary(done).startswith("6 done in ")
    assert "\r" not in done.err, "no progress in a pipe"


def test_what_fails_or_is_no_picture_stops_nothing(wire: WireServer, scans: Terminal) -> None:
    (scans.folder / "scans" / "000 notes.txt").write_text("no picture", encoding="utf-8")
    wire.script(Play(), fails("bad_request"))
    done = scans.run("batch", QUESTION, "scans", *GPT, "--parallel", "1", "--out", "answers.csv")
    assert done.code == 1
    assert summary(done).startswith("5 done, 1 failed, 1 skipped in ")
    head, *lines = csv_rows((scans.folder / "answers.csv").read_bytes())
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    assert [row["state"] for row in rows] == ["skipped", "done", "failed", *["done"] * 4]
    assert "text file" in rows[0]["error"]
    assert rows[2]["error"] in done.err
    assert rows[2]["text"] == ""
    assert any(line.startswith("1 × ") for line in done.lines), "reasons by kind"
    again = scans.run("batch", "--resume", "last", "--retry-failed", "--out", "answers.xlsx")
    assert (again.code, len(wire.requests)) == (1, 7), "still one that is no picture"
    sheet = load_workbook(scans.folder / "answers.xlsx").worksheets[0]
    assert [cell.value for cell in sheet["B"]] == ["state", "skipped", *["done"] * 6]
    assert all(isinstance(cell.value, int | float) for cell in sheet["G"][1:])
    assert again.out.count(QUESTION) == 1, "what was told before is not told again"


def test_folders_zips_and_patterns_keep_relative_names_and_the_same_picture_is_asked_once(
    wire: WireServer, scans: Terminal
) -> None:
    pictures(scans.folder / "scans" / "day 2", 1)
    for name in (".hidden.png", "Thumbs.db"):
        (scans.folder / "scans" / name).write_bytes(picture(50))
    files = {"day1/x.png": picture(20), "day1/bad.png": b"\x89PNG\r\n\x1a\nnothing", "__MACOSX/._x.png": b"no"}
    (scans.folder / "photos.zip").write_bytes(zipped(files))
    done = scans.run("batch", QUESTION, "photos.zip", "scans", "scans/00[01].png", *GPT, "--out", "scans/r.jsonl")
    rows = jsonl(scans.folder / "scans" / "r.jsonl")
    names = ["photos.zip/day1/x.png", "photos.zip/day1/bad.png", *(f"scans/{number:03}.png" for number in range(6))]
    assert [row["file"] for row in rows] == [*names, "scans/day 2/000.png", "scans/000.png", "scans/001.png"]
    assert [row["state"] for row in rows] == ["done", "skipped", *["done"] * 9]
    assert (done.code, len(asked(wire)), len(set(asked(wire)))) == (1, 7, 7)
    assert sum(row["cost_usd"] > 0 for row in rows) == 7, "the second is free"
    again = scans.run("batch", QUESTION, "scans", *GPT, "--out", "scans/r.jsonl")
    assert again.code == 0, "our own result is no picture of hers"


@pytest.mark.long
def test_pages_of_a_pdf_each_or_together(wire: WireServer, scans: Terminal) -> None:
    (scans.folder / "three.pdf").write_bytes(pdf((300, 200), pages=3))
    each = scans.run("batch", QUESTION, "three.pdf", *GPT, "--parallel", "1", "--out", "r.jsonl")
    assert each.code == 0, each.err
    assert [row["file"] for row in jsonl(scans.folder / "r.jsonl")] == [f"three.pdf, page {n}" for n in (1, 2, 3)]
    assert [len(request.pictures) for request in wire.requests] == [1, 1, 1]
    together = scans.run("batch", QUESTION, "three.pdf", *GPT, "--pages", "together", "--out", "r.jsonl")
    assert together.code == 0
    assert [row["file"] for row in jsonl(scans.folder / "r.jsonl")] == ["three.pdf"]
    assert len(wire.requests[-1].pictures) == 3


def test_fields_are_columns_and_the_prompt_is_said_besides(
    wire: WireServer, scans: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Checker, "reading", lambda *_: arrange([], [], (640, 480)))
    (scans.folder / "fields.json").write_text('{"vendor": "string", "total": "number"}', encoding="utf-8")
    wire.always(said({"vendor": "=SHOP|24!A", "total": 12.5}))
    arguments = ("scans/000.png", "scans/001.png", *GPT, "--schema", "fields.json")
    done = scans.run("batch", "Totals are in euro.", *arguments, "--out", "r.csv")
    assert done.code == 0, done.err
    assert "Totals are in euro." in wire.requests[-1].raw.decode()
    blocks = [block.split("\n") for block in done.out.strip().split("\n\n")]
    assert {name for name, _ in blocks} == {"scans/000.png", "scans/001.png"}
    assert json.loads(blocks[0][1]) == {"vendor": "=SHOP|24!A", "total": 12.5}
    head, first, _ = csv_rows((scans.folder / "r.csv").read_bytes())
    assert head == ["file", "state", "vendor", "total", "error", "provider", "model", "cost_usd", "seconds"]
    assert first[:4] == ["scans/000.png", "done", "'=SHOP|24!A", "12.5"]
    empty = scans.run("batch", "", *arguments, "--out", "r.jsonl")
    assert empty.code == 0, "a set says what is wanted"
    assert jsonl(scans.folder / "r.jsonl")[0]["data"] == {"vendor": "=SHOP|24!A", "total": 12.5}


def test_a_budget_stops_it_and_a_new_one_goes_on(wire: WireServer, scans: Terminal) -> None:
    low = scans.run("batch", QUESTION, "scans", *GPT, "--budget", "0.0209", "--out", "r.jsonl")
    assert low.code == 1
    states = [row["state"] for row in jsonl(scans.folder / "r.jsonl")]
    assert "waiting" in states
    assert set(states) <= {"done", "waiting"}
    assert "your cap of $0.0209 for a run" in low.err
    run = newest(scans)
    assert run.batch is not None
    assert run.batch.state is RunState.CAPPED
    assert f"--resume {run.id} --budget USD --out r.jsonl" in low.lines[-1]
    more = scans.run("batch", "--resume", run.id[:8], "--budget", "1", "--out", "r.jsonl")
    assert (more.code, len(wire.requests)) == (0, 6), more.err
    assert {row["state"] for row in jsonl(scans.folder / "r.jsonl")} == {"done"}
    assert more.out.count(QUESTION) == 6 - states.count("done")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Write the question"),
        ((QUESTION,), "Write the question"),
        (("", "scans"), "The question is empty"),
        ((QUESTION, "nowhere"), "There is no file or folder nowhere"),
        ((QUESTION, "scans/*.tiff"), "There is no file or folder scans/*.tiff"),
        ((QUESTION, "scans", "--out", "answers.txt"), "must end in .csv, .xlsx or .jsonl"),
        ((QUESTION, "scans", "--out", "nowhere/answers.csv"), "There is no folder nowhere"),
        ((QUESTION, "scans", "--parallel", "0"), "--parallel"),
        ((QUESTION, "scans", "--parallel", "1000"), "more than this installation allows (32)"),
        ((QUESTION, "scans", "--budget", "0"), "not an amount"),
        ((QUESTION, "scans", "--level", "quick", *GPT), "exclude each other"),
        ((QUESTION, "scans", "--retry-failed"), "goes with --resume"),
        ((QUESTION, "scans", "--resume", "last"), "takes no question"),
        (("--resume", "last", *GPT), "--model cannot be changed"),
        (("--resume", "last"), "There is no run to go on with"),
    ],
)
def test_wrong_use_is_said_before_anything_is_sent(
    wire: WireServer, scans: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    done = scans.run("batch", *arguments)
    assert (done.code, done.out) == (2, ""), done.err
    assert words in done.err
    assert wire.requests == []


@pytest.mark.long
def test_a_run_that_is_over_is_told_and_written_once_more(wire: WireServer, scans: Terminal) -> None:
    assert scans.run("batch", QUESTION, "scans/000.png", *GPT).code == 0
    done = scans.run("batch", "--resume", "last", "--out", "r.jsonl")
    assert (done.code, done.out, len(wire.requests)) == (0, "", 1)
    assert [row["state"] for row in jsonl(scans.folder / "r.jsonl")] == ["done"]
    assert scans.run("batch", "--resume", "zzz").code == 2
