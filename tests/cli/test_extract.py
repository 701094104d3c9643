"""``extract``: one JSON document on stdout, everything else on stderr; against the loopback provider and keyless."""

from __future__ import annotations

import io
import json
import os
import signal
import sys

import pytest
from PIL import Image

from tests.cli.terminal import Terminal
from tests.extracting.desk import said
from tests.fields.sets import SHORTHAND
from tests.wire import Play, WireServer, fails
from vision.extracting.checking import Checker
from vision.fields.reading import read_fields
from vision.fields.ready import ready_set
from vision.fields.schema import to_schema
from vision.reader.reading import arrange
from vision.samples import samples
from vision.store.extract_records import RecordState, Run

FORMS = {
    "json schema": {
        "type": "object",
        "properties": {"vendor": {"type": "string"}, "total": {"type": "number"}},
        "required": ["vendor", "total"],
    },
    "example": {"vendor": "Alder & Finch", "total": 29.5},
    "shorthand": {"vendor": "string", "total": "number"},
    "saved set": to_schema(read_fields(json.dumps({"vendor": "string", "total": "number"}), "mine")),
}
GOOD = {"vendor": "SHOP 24", "total": 12.5}
WRONG = {"vendor": "SHOP 24", "total": "about twelve"}
KEYS = {
    "file", "state", "complete", "data", "error", "provider", "model", "cost_usd", "seconds", "notes", "evidence",
    "doubt", "attempts", "sent_sha256",
}  # fmt: skip


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read on pictures here, for that takes a second each: what stands on them is asked of a model."""
    monkeypatch.setattr(Checker, "reading", lambda *_: arrange([], [], (640, 480)))


@pytest.fixture
def short(terminal: Terminal) -> Terminal:
    """With fields.json beside the picture: a vendor and a total, both needed."""
    (terminal.folder / "fields.json").write_text(json.dumps(FORMS["shorthand"]), encoding="utf-8")
    return terminal


def runs(terminal: Terminal) -> tuple[Run, ...]:
    store = terminal.store()
    try:
        return store.of("local").runs()
    finally:
        store.close()


def test_without_keys_the_reader_fills_the_invoice_set(terminal: Terminal) -> None:
    sample = next(one for one in samples() if one.id == "invoice")
    (terminal.folder / "invoice.png").write_bytes(sample.read())
    done = terminal.run("extract", "invoice.png")
    assert done.code == 0, done.err
    assert done.out.count("\n") == 1
    names = [one.name for one in ready_set("invoice").fields.fields]
    assert list(done.json) == [name for name in names if name in done.json], "in the order of the set"
    assert {"vendor", "date", "total", "items"} <= done.json.keys()
    assert isinstance(done.json["total"], int | float)
    assert {"description", "amount"} <= done.json["items"][0].keys()
    assert "Read by " in done.lines[-1]


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("form", FORMS)
def test_a_schema_in_any_of_its_forms(wire: WireServer, terminal: Terminal, form: str) -> None:
    terminal.leads_to(wire, "anthropic")
    (terminal.folder / "fields.json").write_text(json.dumps(FORMS[form]), encoding="utf-8")
    wire.script(said(GOOD))
    done = terminal.run("extract", "receipt.png", "--schema", "fields.json")
    assert (done.code, done.json) == (0, GOOD), done.err
    (run,) = runs(terminal)
    assert [one.name for one in run.fields.fields] == ["vendor", "total"]
    assert run.set_version_id, "a result knows the version of its set"


@pytest.mark.usefixtures("unread")
def test_the_shorthand_of_the_invoice_is_taken_with_its_list(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "openai")
    (terminal.folder / "fields.json").write_text(SHORTHAND, encoding="utf-8")
    printed = {**GOOD, "total": "12,50", "date": "31.03.2026", "items": [{"description": "Tea", "amount": "12.50"}]}
    wire.script(said(f"Here it is:\n```json\n{json.dumps(printed)}\n```"))
    done = terminal.run("extract", "receipt.png", "--schema", "fields.json")
    assert done.code == 0, done.err
    items = [{"description": "Tea", "amount": 12.5}]
    assert done.json == {"vendor": "SHOP 24", "date": "2026-03-31", "total": 12.5, "items": items}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "JSON"),
        (b"\xff\xfe\x00", "is not text"),
        (b"{}", "no field"),
        (b'{"vendor": "string", "": "text"}', "name is empty"),
        (b'{"type": "object", "properties": {"x": {"type": "wonder"}}}', "x: "),
    ],
)
def test_what_is_no_set_of_fields_is_said_before_anything_is_sent(
    wire: WireServer, terminal: Terminal, content: bytes, words: str
) -> None:
    terminal.leads_to(wire, "anthropic")
    (terminal.folder / "fields.json").write_bytes(content)
    done = terminal.run("extract", "receipt.png", "--schema", "fields.json")
    assert done.code in (1, 2)
    assert done.out == ""
    (line,) = done.lines
    assert words in line
    assert wire.requests == []


def test_json_is_one_object_with_what_stands_where(wire: WireServer, short: Terminal) -> None:
    short.leads_to(wire, "anthropic")
    wire.script(said(GOOD))
    done = short.run("extract", "receipt.png", "--schema", "fields.json", "--json")
    found = done.json
    assert done.code == 0, done.err
    assert found.keys() == KEYS
    assert (found["state"], found["complete"], found["data"], found["error"]) == ("done", True, GOOD, None)
    assert (found["file"], found["provider"]) == ("receipt.png", "anthropic")
    assert found["cost_usd"] > 0
    assert found["sent_sha256"] == list(wire.requests[-1].sha256)
    assert [one["outcome"] for one in found["attempts"]] == ["complete"]
    total = found["evidence"]["total"]
    assert total["mark"] == "read"
    (place,) = total["places"]
    assert (place["page"], "12.50" in place["text"]) == (1, True)
    x0, y0, x1, y1 = place["box"]
    assert 0 <= x0 < x1 <= 640
    assert 0 <= y0 < y1
    assert found["doubt"]["total"]["score"] < 0.1


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
def test_a_needed_value_that_is_not_there(
    wire: WireServer, short: Terminal, strict: tuple[str, ...], code: int
) -> None:
    short.leads_to(wire, "anthropic")
    wire.script(said({"vendor": "SHOP 24", "total": None}), said({"vendor": "SHOP 24", "total": None}))
    done = short.run("extract", "receipt.png", "--schema", "fields.json", *strict)
    assert (done.code, done.json) == (code, {"vendor": "SHOP 24", "total": None})
    assert "Needed and not found: total." in done.lines
    whole = short.run("extract", "receipt.png", "--schema", "fields.json", "--json", *strict)
    assert (whole.code, whole.json["state"], whole.json["complete"]) == (code, "done", False)
    assert whole.json["error"] == "Needed and not found: total."


@pytest.mark.usefixtures("unread")
def test_a_set_without_needed_fields_may_find_nothing(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    (terminal.folder / "fields.json").write_text('{"iban": "string?", "phone": "string?"}', encoding="utf-8")
    wire.script(*[said({"iban": None, "phone": None})] * 3)
    arguments = ("extract", "receipt.png", "--schema", "fields.json")
    for more, expected in (((), {}), (("--strict",), {}), (("--pages", "each"), [{}])):
        done = terminal.run(*arguments, *more)
        assert (done.code, done.json) == (0, expected), "valid, and no failure"
    wire.script(said({"iban": None, "phone": None}))
    found = terminal.run(*arguments, "--json").json
    assert (found["state"], found["data"]) == ("done", {})


@pytest.mark.usefixtures("unread")
def test_pages_are_one_document_or_each_its_own(wire: WireServer, short: Terminal) -> None:
    short.leads_to(wire, "anthropic")
    pages = [Image.new("RGB", (300, 200), (number * 60, 200, 200)) for number in range(3)]
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    (short.folder / "three.tiff").write_bytes(file.getvalue())
    wire.script(said(GOOD))
    together = short.run("extract", "three.tiff", "receipt.png", "--schema", "fields.json")
    assert (together.code, together.json) == (0, GOOD), together.err
    assert len(wire.requests[-1].pictures) == 4
    wire.script(said(GOOD), said({**GOOD, "total": 7}), *[said("no")] * 2)
    each = short.run("extract", "three.tiff", "--schema", "fields.json", "--pages", "each")
    assert each.code == 1
    assert len(each.json) == 3
    assert each.json.count(None) == 1, "what could not be read keeps its place"
    assert sum("three.tiff, page" in line and "does not fit the fields" in line for line in each.lines) == 1
    wire.script(said(GOOD))
    single = short.run("extract", "receipt.png", "--schema", "fields.json", "--pages", "each", "--json")
    assert [one["data"] for one in single.json] == [GOOD]


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("providers", [("anthropic",), ("anthropic", "openai", "gemini")])
def test_what_cannot_be_made_valid_is_exit_1_with_the_words(
    wire: WireServer, short: Terminal, providers: tuple[str, ...]
) -> None:
    short.leads_to(wire, *providers)
    wire.script(*[said(WRONG)] * 2 * len(providers))
    done = short.run("extract", "receipt.png", "--schema", "fields.json")
    assert (done.code, done.out) == (1, "")
    assert 'total: "about twelve" is not what is expected here' in done.err
    wire.script(*[said(WRONG)] * 2 * len(providers))
    found = short.run("extract", "receipt.png", "--schema", "fields.json", "--json")
    assert (found.code, found.json["state"], found.json["data"]) == (1, "failed", None)
    assert '"about twelve"' in found.json["error"]
    assert found.json.keys() == KEYS


@pytest.mark.usefixtures("unread")
def test_a_failure_is_one_line_and_exit_1(wire: WireServer, short: Terminal) -> None:
    short.leads_to(wire, "anthropic")
    wire.script(fails("no_credit"))
    done = short.run("extract", "receipt.png", "--schema", "fields.json")
    assert (done.code, done.out) == (1, "")
    assert "credit" in done.lines[-1]


@pytest.mark.usefixtures("unread")
def test_nothing_waits_after_a_plan_that_failed(short: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("vision.answering.engine.Engine.plan", broken)
    assert short.run("extract", "receipt.png", "--schema", "fields.json").code == 1
    (run,) = runs(short)
    assert run.counts == {RecordState.STOPPED: 1}, "the app's next start reads, and pays for, nothing of it"


@pytest.mark.usefixtures("unread")
def test_a_hostile_answer_and_name_steer_no_terminal(wire: WireServer, short: Terminal) -> None:
    short.leads_to(wire, "anthropic")
    name = "\x1b[31mred\u202e.png"
    (short.folder / name).write_bytes((short.folder / "receipt.png").read_bytes())
    wire.script(said({"vendor": "x", "total": "\x1b]0;owned\x07\u202etwelve"}), said("no"))
    done = short.run("extract", name, "--schema", "fields.json", "--pages", "each")
    assert done.code == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(done.out + done.err)


@pytest.mark.usefixtures("unread")
def test_only_what_differs_from_the_options_is_refused(short: Terminal) -> None:
    done = short.run("extract", "receipt.png", "--level", "quick", "--model", "reader")
    assert (done.code, done.out) == (2, "")
    assert short.run("extract", "nowhere.png").code == 2
    assert short.run("extract", "receipt.png", "--pages", "all").code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child there")
@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_ctrl_c_once_stops_it(wire: WireServer, short: Terminal, as_json: tuple[str, ...]) -> None:
    short.leads_to(wire, "anthropic")
    wire.script(Play(chunks=('{"vendor": "', "SHOP"), hold_before=(1,)))
    with short.start("extract", "receipt.png", "--schema", "fields.json", *as_json) as process:
        wire.wait_held(timeout=30)
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    wire.release()
    assert process.returncode == 130
    assert err.splitlines()[-1] == b"Stopped."
    if as_json:
        found = json.loads(out)
        assert (found["state"], found["data"], found["error"]) == ("stopped", None, "Stopped before it was read.")
    else:
        assert out == b""
    (run,) = runs(short)
    assert run.counts == {RecordState.STOPPED: 1}
