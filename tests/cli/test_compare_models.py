"""``compare-models``: several answers to one question, in the order named. Real SDKs, loopback provider."""

from __future__ import annotations

import pytest

from tests.cli.terminal import Terminal
from tests.wire import Play, WireServer, fails
from tests.wire.plays import words

THREE = "claude-haiku-5-5,gemini-3.8-flash,reader"
ASK = ("compare-models", "receipt.png", "What is the total?")
CLOUD = ("anthropic", "openai", "gemini")


def test_every_answer_stands_under_the_name_of_its_model(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, *CLOUD)
    wire.script(Play(chunks=words("It is 12.50.")), provider="anthropic")
    wire.script(Play(chunks=words("Twelve fifty.")), provider="gemini")
    done = terminal.run(*ASK, "--models", THREE)
    assert done.code == 0
    first, second, third = done.out.split("\n\n")
    assert first == "Claude Haiku 5.5 (claude-haiku-5-5):\nIt is 12.50."
    assert second.startswith("Gemini 3.8 Flash")
    assert second.endswith("Twelve fifty.")
    assert third.startswith("On-device reader:\n")
    assert "12.50" in third
    assert done.lines[0].startswith("Asking Claude Haiku 5.5, Gemini 3.8 Flash and On-device reader: about $")
    assert sum(line.startswith("Answered by ") for line in done.lines) == 3


def test_one_object_with_every_column(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, *CLOUD)
    done = terminal.run(*ASK, "--models", THREE, "--json", "--detail", "fine")
    found = done.json
    assert done.code == 0
    assert [one["model"] for one in found["models"]] == [*THREE.split(",")[:2], "reader"]
    assert all(one["stop"] == "complete" for one in found["models"])
    assert found["cost_usd"] == pytest.approx(sum(one["cost_usd"] for one in found["models"]))
    assert 0 < found["estimate"]["low"] <= found["estimate"]["high"] <= found["estimate"]["upper"]
    assert found["question"] == "What is the total?"
    store = terminal.store()
    (contest,) = store.of("local").contests()
    store.close()
    assert contest.id == found["comparison"]
    assert not contest.hidden


def test_one_that_fails_leaves_the_others(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, *CLOUD)
    wire.script(fails("bad_key"), provider="anthropic")
    done = terminal.run(*ASK, "--models", THREE, "--json")
    first, *others = done.json["models"]
    assert done.code == 0
    assert (first["stop"], first["text"]) == ("failed", "")
    assert "key" in first["error"]
    assert [one["stop"] for one in others] == ["complete", "complete"]
    assert "Claude Haiku 5.5 gave no answer." in done.lines


def test_when_nobody_answers_it_exits_with_1(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, *CLOUD)
    wire.script(fails("bad_key"), provider="anthropic")
    wire.script(fails("bad_key"), provider="gemini")
    done = terminal.run(*ASK, "--models", "claude-haiku-5-5,gemini-3.8-flash")
    assert done.code == 1
    assert len([line for line in done.lines if line.endswith("gave no answer.")]) == 2


def test_the_budget_is_of_the_whole_round(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, *CLOUD)
    four = "claude-opus-5-5,claude-sonnet-5-5,claude-haiku-5-5,reader"
    done = terminal.run(*ASK, "--models", four, "--json", "--budget", "0.00001")
    *paid, reader = done.json["models"]
    assert done.code == 0
    assert reader["stop"] == "complete"
    assert all("cap" in one["error"] for one in paid)
    assert not wire.requests


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("reader", "two to four"),
        ("reader,reader", "two to four"),
        ("", "two to four"),
        ("a,b,c,d,e", "two to four"),
        ("reader,nobody", "nobody"),
        ("reader,best", "best"),
    ],
)
def test_wrong_models_are_one_line_and_exit_2(terminal: Terminal, models: str, said: str) -> None:
    done = terminal.run(*ASK, "--models", models)
    assert (done.code, done.out) == (2, "")
    (line,) = done.lines
    assert "--models" in line
    assert said in line


def test_a_model_without_a_key_is_said_before_anything_is_asked(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    done = terminal.run(*ASK, "--models", "claude-haiku-5-5,gemini-3.8-flash")
    assert done.code == 1
    (line,) = done.lines
    assert "leave it out" in line
    assert not wire.requests
