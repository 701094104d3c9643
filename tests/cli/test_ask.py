"""``ask`` and ``chat`` against the loopback provider and with the on-device reader."""

from __future__ import annotations

import io
import json
import sys

import pytest
from PIL import Image

from tests.cli.terminal import Terminal
from tests.wire import Fault, Play, WireServer, fails
from tests.wire.plays import words
from vision.store import State

KEYS = {
    "text", "provider", "model", "choice", "level", "stop", "error", "usage", "cost_usd", "cost_unknown", "estimate",
    "seconds", "notes", "sent_sha256", "attempts",
}  # fmt: skip
CUT = Play(chunks=("Half ", "of"), fault=Fault("cut", after=1))
LLAVA = ("--model", "compatible:llava:7b")


@pytest.mark.parametrize("provider", ["anthropic", "openai", "gemini"])
def test_answer_on_stdout_the_rest_on_stderr(wire: WireServer, terminal: Terminal, provider: str) -> None:
    terminal.leads_to(wire, provider)
    wire.script(Play(chunks=words("The total is 12.50 €.")))
    done = terminal.run("ask", "receipt.png", "What is the total?")
    assert (done.code, done.out) == (0, "The total is 12.50 €.\n")
    asking, answered = done.lines
    assert asking.startswith("Asking ")
    assert answered.startswith("Answered by ")
    assert wire.requests[-1].provider == provider  # the only one that is set up


def test_json_is_one_object_with_exactly_these_keys(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(Play(chunks=words("The total is 12.50.")))
    done = terminal.run("ask", "receipt.png", "What is the total?", "--json", "--detail", "fine")
    found = done.json
    assert found.keys() == KEYS
    assert (found["text"], found["provider"], found["stop"]) == ("The total is 12.50.", "anthropic", "complete")
    assert found["usage"].keys() == {"input_tokens", "cached_tokens", "output_tokens"}
    assert found["usage"]["input_tokens"] == wire.requests[-1].input_tokens
    assert found["cost_usd"] > 0
    assert (found["cost_unknown"], found["error"], found["notes"]) == (0, None, [])
    assert found["sent_sha256"] == list(wire.requests[-1].sha256)
    (attempt,) = found["attempts"]
    assert 0 < attempt.pop("seconds") < 60
    assert attempt.pop("request_id")
    assert attempt == {
        "provider": "anthropic", "model": found["model"], "outcome": "complete", "waited_seconds": 0.0,
        "cost_usd": found["cost_usd"], "sent_sha256": found["sent_sha256"],
    }  # fmt: skip


def test_reader_needs_nothing_and_says_where(terminal: Terminal) -> None:
    done = terminal.run("ask", "receipt.png", "what is the total?", "--json")
    assert done.code == 0
    found = done.json
    assert found.keys() == KEYS | {"evidence"}
    assert "12.50" in found["text"]
    assert (found["provider"], found["cost_usd"]) == ("reader", 0)
    evidence = next(one for one in found["evidence"] if "TOTAL" in one["text"])
    x0, y0, x1, y1 = evidence["box"]
    assert 0 < x0 < 60 < x1 < 640  # where it was drawn
    assert 80 < y0 < 120 < y1 < 160
    assert 0 < evidence["confidence"] <= 1
    assert len(done.lines) == 2


def test_the_talk_is_there_for_the_app(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("Twelve.",)))
    terminal.run("ask", "receipt.png", "What is the total?", *LLAVA)
    store = terminal.store()
    owned = store.of("local")
    (talk,) = owned.conversations()
    (turn,) = owned.turns(talk.id)
    assert (talk.title, turn.question) == ("What is the total?", "What is the total?")
    assert turn.shown is not None
    assert (turn.shown.text, turn.shown.state) == ("Twelve.", State.COMPLETE)
    assert [one.picture.name for one in owned.recent_pictures()] == ["receipt.png"]
    store.close()


@pytest.mark.parametrize(
    ("play", "said"),
    [
        (fails("rate_limited"), "too many"),
        (fails("no_credit"), "credit"),
        (Play(ending="refusal"), "declined"),
        (Play(ending="empty"), "no text"),
    ],
)
def test_failed_and_refused_are_one_line_and_exit_1(
    wire: WireServer, terminal: Terminal, play: Play, said: str
) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(*[play] * 3)
    done = terminal.run("ask", "receipt.png", "What is the total?")
    assert (done.code, done.out) == (1, "")
    (failure,) = [line for line in done.lines[1:] if said in line.lower() and "asking again" not in line]
    assert failure.endswith(".")


def test_refusal_and_failure_are_objects_with_the_same_keys(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(Play(ending="refusal"), *[fails("overloaded")] * 3, *[CUT] * 3)
    refused = terminal.run("ask", "receipt.png", "Hm?", "--json")
    assert (refused.code, refused.json["stop"]) == (1, "refused")
    for text, outcome, cost in (("", "overloaded", 0), ("Half ", "connection", None)):
        done = terminal.run("ask", "receipt.png", "Hm?", "--json")
        assert done.code == 1
        assert done.json.keys() == KEYS
        assert (done.json["text"], done.json["stop"], done.json["cost_usd"]) == (text, "failed", cost)
        assert [one["outcome"] for one in done.json["attempts"]] == [outcome] * 3
        assert done.json["sent_sha256"] == list(wire.requests[-1].sha256)
        assert done.json["seconds"] > 0
        assert done.json["error"] in done.lines
    assert done.json["cost_unknown"] == 3
    assert done.lines[-1] == "For this, the price of 3 attempts is unknown."


def test_cut_off_is_an_answer_and_says_so(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("One,",), ending="max_tokens"))
    done = terminal.run("ask", "receipt.png", "Count.", *LLAVA)
    assert (done.code, done.out) == (0, "One,\n")
    assert any("cut off" in line for line in done.lines)


def file_of(format: str, *shades: int) -> bytes:
    """A picture of one shade of grey per frame or page."""
    first, *others = (Image.new("L", (64, 48), shade) for shade in shades)
    out = io.BytesIO()
    first.save(out, format, save_all=True, append_images=others)
    return out.getvalue()


@pytest.mark.parametrize("command", ["ask", "chat", "prepare"])
def test_first_frame_of_what_moves_is_said(wire: WireServer, terminal: Terminal, command: str) -> None:
    terminal.leads_to(wire, "compatible")
    (terminal.folder / "loop.gif").write_bytes(file_of("GIF", *range(0, 240, 20)))
    options = {"ask": ("What?", *LLAVA), "chat": LLAVA, "prepare": ("out.png",)}
    done = terminal.run(command, "loop.gif", *options[command], stdin="What?\n")
    assert done.code == 0
    assert done.lines[0] == "loop.gif: first frame of 12."
    assert not any("frame" in line for line in done.lines[1:])


def test_page_is_chosen_and_one_too_many_is_a_sentence(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    (terminal.folder / "scan.tif").write_bytes(file_of("TIFF", 10, 120, 230))
    assert terminal.run("prepare", "--page", "3", "scan.tif", "third.png").lines == ["scan.tif: page 3 of 3."]
    with Image.open(terminal.folder / "third.png") as third:
        assert third.convert("L").getpixel((5, 5)) == 230
    asked = {}
    for page, command in (("1", "ask"), ("2", "ask"), ("2", "chat")):
        words = ("What?",) if command == "ask" else ()
        done = terminal.run(command, "--page", page, "scan.tif", *words, *LLAVA, stdin="What?\n")
        assert (done.code, done.lines[0]) == (0, f"scan.tif: page {page} of 3.")
        asked[page, command] = wire.requests[-1].sha256
    assert asked["1", "ask"] != asked["2", "ask"] == asked["2", "chat"]
    for arguments in (("ask", "scan.tif", "What?"), ("chat", "scan.tif"), ("prepare", "scan.tif", "no.png")):
        done = terminal.run(*arguments, "--page", "4")
        assert (done.code, done.out) == (1, "")
        assert done.lines == ["“scan.tif” has 3 pages, so there is no page 4: choose one from 1 to 3."]
    assert terminal.run("ask", "scan.tif", "What?", "--page", "0").code == 2


def test_two_dashes_before_a_name_that_begins_with_one(terminal: Terminal) -> None:
    (terminal.folder / "receipt.png").rename(terminal.folder / "-receipt.png")
    done = terminal.run("ask", "--model", "reader", "--", "-receipt.png", "what is the total?")
    assert done.code == 0
    assert "12.50" in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "missing.png", "x"), "missing.png"),
        (("ask", ".", "x"), "is a directory"),
        (("ask", "receipt.png"), "PROMPT"),
        (("ask", "receipt.png", "  "), "empty"),
        (("ask", "receipt.png", "x", "--detail", "huge"), "glance"),
        (("ask", "receipt.png", "x", "--model", "gpt-99"), "gpt-99"),
        (("ask", "receipt.png", "x", "--nonsense"), "--nonsense"),
        (("chat", "missing.png"), "missing.png"),
        (("frobnicate",), "frobnicate"),
        (("prepare", "receipt.png", "out.gif"), "out.gif"),
        (("prepare", "receipt.png", "no/where.png"), "no"),
        (("prepare", "receipt.png", "receipt.png"), "another name"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(terminal: Terminal, arguments: tuple[str, ...], said: str) -> None:
    done = terminal.run(*arguments)
    assert (done.code, done.out) == (2, "")
    (line,) = done.lines
    assert said in line


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("claude-sonnet-5-5", "ANTHROPIC_API_KEY"),
        ("compatible:llava:7b", "LOUPE_COMPATIBLE_URL"),
        ("claude-3-5-sonnet-20241022", "claude-sonnet-5-5"),
    ],
)
def test_models_that_cannot_be_asked_say_what_to_do(terminal: Terminal, model: str, said: str) -> None:
    done = terminal.run("ask", "receipt.png", "x", "--model", model)
    assert (done.code, done.out) == (1, "")
    (line,) = done.lines
    assert said in line


@pytest.mark.parametrize("content", [b"", b"<html>not a picture</html>", b"\x89PNG\r\n\x1a\n half"])
def test_bad_picture_is_named_in_one_line(terminal: Terminal, content: bytes) -> None:
    name = "bad\n\u202e\x1b[31mpicture.png" if sys.platform != "win32" else "bad picture.png"
    (terminal.folder / name).write_bytes(content)
    done = terminal.run("ask", "--", name, "x")
    assert (done.code, done.out) == (1, "")
    (line,) = done.lines
    assert "picture.png" in line
    assert not {"\x1b", "\u202e"} & set(line)


def test_too_large_is_refused_without_reading_it_all(terminal: Terminal) -> None:
    with (terminal.folder / "huge.png").open("wb") as file:
        file.truncate(60_000_000)  # takes no room on the disk
    done = terminal.run("ask", "huge.png", "x")
    assert done.code == 1
    assert "has more than 50 MB" in done.lines[0]


def test_settings_that_cannot_be_used_are_named(terminal: Terminal) -> None:
    terminal.environment["LOUPE_MAX_PIXELS"] = "many"
    done = terminal.run("ask", "receipt.png", "x")
    assert done.code == 1
    assert "LOUPE_MAX_PIXELS" in done.lines[0]


@pytest.mark.parametrize("end", ["quit\n", " EXIT \nnever asked\n", "q", ""])
def test_chat_asks_line_by_line(wire: WireServer, terminal: Terminal, end: str) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(Play(chunks=("First.",)), Play(chunks=("Second.",)))
    done = terminal.run("chat", "receipt.png", *LLAVA, stdin=f"What is it?\n\n   \nAnd the date?\n{end}")
    assert (done.code, done.out) == (0, "First.\nSecond.\n")
    assert [one.question for one in wire.requests] == ["What is it?", "And the date?"]
    assert wire.requests[0].sha256 == wire.requests[1].sha256  # the picture once, in the first turn of both


def test_chat_goes_on_after_a_failure_and_tells_at_the_end(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    wire.script(*[fails("overloaded")] * 3, Play(chunks=("Second.",)))
    done = terminal.run("chat", "receipt.png", *LLAVA, "--json", stdin="One?\nTwo?\n")
    failed, answered = (json.loads(line) for line in done.out.splitlines())
    assert (done.code, failed["stop"], failed["text"], answered["text"]) == (1, "failed", "", "Second.")
    assert len(wire.requests[-1].sha256) == 1
