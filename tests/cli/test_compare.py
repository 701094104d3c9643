"""``compare`` against the loopback provider: letters and pictures in order, both orders, the difference."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.answering.talks import drawn
from tests.cli.terminal import Terminal
from tests.cli.test_ask import KEYS
from tests.wire import Play, WireServer, fails
from vision.answering.swapping import CHANGED, HELD, YOURSELF

PREFERS_THE_FIRST = Play(chunks=("{first}", " is sharper."))
A, B, C = "Picture A:", "Picture B:", "Picture C:"


@pytest.fixture
def terminal(terminal: Terminal) -> Terminal:
    """With a second and a third picture beside the first."""
    (terminal.folder / "other.png").write_bytes(drawn("SHOP 24", "TOTAL   21.00"))
    (terminal.folder / "third.png").write_bytes(drawn("SOMETHING ELSE"))
    return terminal


@pytest.mark.parametrize("provider", ["anthropic", "openai", "gemini"])
def test_pictures_go_in_order_each_under_its_letter(wire: WireServer, terminal: Terminal, provider: str) -> None:
    terminal.leads_to(wire, provider)
    wire.script(Play(chunks=("The total.",)))
    done = terminal.run("compare", "receipt.png", "other.png", "third.png", "What changed?")
    assert (done.code, done.out) == (0, "The total.\n")
    sent = wire.requests[-1]
    assert sent.parts == (A, sent.sha256[0], B, sent.sha256[1], C, sent.sha256[2], "What changed?")
    assert len(set(sent.sha256)) == 3
    assert done.lines[0] == "A is receipt.png, B is other.png, C is third.png."


def test_a_model_that_prefers_the_first_picture_is_warned_of(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(PREFERS_THE_FIRST, PREFERS_THE_FIRST)
    done = terminal.run("compare", "receipt.png", "other.png", "Which is sharper?", "--swap")
    assert (done.code, done.out) == (0, "Picture A is sharper.\nPicture B is sharper.\n")
    assert CHANGED in done.lines
    first, second = wire.requests[-2:]
    assert [part for part in first.parts if part.startswith("Picture")] == [A, B]
    assert [part for part in second.parts if part.startswith("Picture")] == [B, A]
    assert first.sha256 == second.sha256[::-1]


@pytest.mark.parametrize(("text", "said"), [("Picture B.", HELD), ("The headline moved a little.", YOURSELF)])
def test_agreement_and_free_text(wire: WireServer, terminal: Terminal, text: str, said: str) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(*[Play(chunks=(text,))] * 2)
    done = terminal.run("compare", "receipt.png", "other.png", "Which?", "--swap")
    assert done.code == 0
    assert said in done.lines
    assert CHANGED not in done.err


def test_json_is_one_object_with_both_answers(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(PREFERS_THE_FIRST, PREFERS_THE_FIRST)
    done = terminal.run("compare", "receipt.png", "other.png", "Which?", "--swap", "--json", "--diff", "out.png")
    found = done.json
    assert found.keys() == KEYS | {"pictures", "swapped", "agree", "difference"}
    assert found["pictures"] == {"A": "receipt.png", "B": "other.png"}
    assert (found["text"], found["swapped"]["text"]) == ("Picture A is sharper.", "Picture B is sharper.")
    assert found["agree"] is False
    assert found["sent_sha256"] == found["swapped"]["sent_sha256"][::-1]
    difference = found["difference"]
    assert 0 < difference["percent"] < 20
    assert not difference["same"]
    assert difference["regions"]
    assert difference["registration"]["good"]


def test_the_difference_is_drawn_over_the_first_picture(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(Play(chunks=("The total.",)))
    done = terminal.run("compare", "receipt.png", "other.png", "What changed?", "--diff", "out.png")
    assert done.code == 0
    assert "% differs, in " in done.err
    drawn_over = Image.open(terminal.folder / "out.png").convert("RGB")
    original = Image.open(terminal.folder / "receipt.png").convert("RGB")
    assert drawn_over.size == original.size
    assert drawn_over.tobytes() != original.tobytes()


def test_a_swap_that_fails_is_a_failure_and_the_first_answer_stays(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(PREFERS_THE_FIRST, fails("bad_request"))
    done = terminal.run("compare", "receipt.png", "other.png", "Which?", "--swap", "--json")
    assert done.code == 1
    assert (done.json["text"], done.json["swapped"]["stop"], done.json["agree"]) == (
        "Picture A is sharper.",
        "failed",
        None,
    )


def test_the_budget_holds_for_each_order(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    done = terminal.run("compare", "receipt.png", "other.png", "Which?", "--swap", "--budget", "0.0000001")
    assert done.code == 1
    assert not wire.requests


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("receipt.png", "What?"), "two to six pictures"),
        (("receipt.png", "other.png", " "), "question is empty"),
        (("receipt.png", "none.png", "What?"), "none.png"),
        (("receipt.png", "other.png", "What?", "--diff", "no/such/folder.png"), "cannot be written"),
    ],
)
def test_wrong_use(terminal: Terminal, arguments: tuple[str, ...], said: str) -> None:
    done = terminal.run("compare", *arguments)
    assert done.code == 2
    assert said in done.err


def test_the_reader_compares_without_a_key(terminal: Terminal) -> None:
    done = terminal.run("compare", "receipt.png", "other.png", "What is the total?", "--model", "reader")
    assert done.code == 0
    assert "12.50" in done.out
    assert "21.00" in done.out


def test_pictures_are_kept_apart_from_chat(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    terminal.run("compare", "receipt.png", "other.png", "What changed?")
    store = terminal.store()
    owned = store.of("local")
    assert [talk.title for talk in owned.conversations(kind="compare")] == ["What changed?"]
    assert not owned.conversations()
    store.close()
