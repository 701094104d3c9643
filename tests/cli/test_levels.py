"""Levels, budgets, fallback and the plan: what routing does, as the terminal shows it. Real SDKs, loopback provider."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.terminal import Terminal
from tests.wire import Fault, Play, WireServer, fails
from tests.wire.plays import words
from vision.models.catalog import load_catalogue

ASK = ("ask", "receipt.png", "What colour is the shop sign?")
ATTEMPT = {
    "provider", "model", "outcome", "waited_seconds", "seconds", "cost_usd", "sent_sha256", "request_id",
}  # fmt: skip
CUT = Play(chunks=("Half ", "of"), fault=Fault("cut", after=1))
CLOUD = ("anthropic", "openai", "gemini")


def order(found: dict[str, Any]) -> list[str]:
    """The providers of a plan in the order in which they are asked."""
    asked = [one for one in found["plan"]["models"] if one["place"]]
    assert [one["place"] for one in asked] == list(range(1, len(asked) + 1))
    return [one["provider"] for one in asked]


@pytest.fixture
def planned(wire: WireServer, terminal: Terminal) -> dict[str, Any]:
    """What is answered with the three services set up; the server has forgotten it again."""
    terminal.leads_to(wire, *CLOUD)
    found = terminal.run(*ASK, "--json", "--explain").json
    wire.reset()
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("word", "level"),
    [
        (None, "balanced"), ("quick", "quick"), ("simple", "quick"), ("balanced", "balanced"), ("medium", "balanced"),
        ("best", "best"), ("complex", "best"), (" Best ", "best"),
    ],
)  # fmt: skip
def test_level_chooses_the_model(wire: WireServer, terminal: Terminal, word: str | None, level: str) -> None:
    terminal.leads_to(wire, "anthropic")
    done = terminal.run(*ASK, "--json", *(("--level", word) if word else ()))
    found = done.json
    assert done.code == 0
    assert (found["choice"], found["level"]) == (level, level)
    assert load_catalogue().models[found["model"]].level == level
    assert wire.requests[-1].model == found["model"]


@pytest.mark.parametrize("command", [ASK, ("chat", "receipt.png")])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--level", "genius"), "quick, balanced, best, auto"),
        (("--level", ""), "--level"),
        (("--model", ""), "--model"),
        (("--model", "balanced"), "balanced"),
        (("--level", "best", "--model", "reader"), "--level and --model"),
        (("--level", "genius", "--model", "nobody"), "--level and --model"),
        *((("--budget", word), "US dollars") for word in ("0", "-0.01", "nan", "inf", "$1", "0,01", "")),
    ],
)
def test_wrong_words_are_one_line_and_exit_2(
    terminal: Terminal, command: tuple[str, ...], options: tuple[str, ...], said: str
) -> None:
    done = terminal.run(*command, *options)
    assert (done.code, done.out) == (2, "")
    (line,) = done.lines
    assert said in line


def test_with_nothing_set_up_the_reader_answers_and_explains(terminal: Terminal) -> None:
    done = terminal.run("ask", "receipt.png", "what is the total?", "--explain")
    assert done.code == 0
    assert "12.50" in done.out
    assert done.lines[0] == "1. On-device reader: free; nothing else is set up"
    assert sum(line.startswith("Not asked: ") and "no key: set " in line for line in done.lines) == 3


def test_a_local_server_is_asked_where_its_model_is_named(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "compatible")
    unnamed = terminal.run("ask", "receipt.png", "what is the total?", "--explain")
    assert "Not asked: Local server: no model of it is named: name one in Settings" in unnamed.lines
    terminal.environment["LOUPE_LOCAL_MODEL"] = "llava:7b"
    named = terminal.run(*ASK, "--json", "--explain").json
    assert (named["model"], order(named)) == ("llava:7b", ["compatible"])


def test_the_plan_in_words(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic", "gemini")
    done = terminal.run(*ASK, "--explain", "--level", "best")
    first, second, *others, asking, answered = done.lines
    assert first.startswith("1. ")
    assert first.endswith("; cheapest")
    assert second.startswith("2. ")
    assert second.endswith("; 2nd by price")
    assert all(": about $" in line or ": up to about $" in line for line in (first, second))
    assert others
    assert all(line.startswith("Not asked: ") for line in others)
    assert any("GPT" in line and "OPENAI_API_KEY" in line for line in others)
    assert asking.startswith("Asking ")
    assert " at Best, " in asking
    assert answered.startswith("Answered by ")


def test_the_plan_is_part_of_the_json_only_when_asked_for(planned: dict[str, Any], terminal: Terminal) -> None:
    done = terminal.run(*ASK, "--json")
    assert "plan" not in done.json
    assert len(done.lines) == 2
    plan = planned["plan"]
    assert (plan["choice"], plan["level"], plan["reason"]) == ("balanced", "balanced", None)
    assert set(order(planned)) == set(CLOUD)
    first = plan["models"][0]
    assert first.keys() == {"place", "provider", "model", "code", "reason", "note", "estimate"}
    assert first["estimate"] == planned["estimate"]
    assert 0 < planned["estimate"]["low"] < planned["estimate"]["high"] < planned["estimate"]["upper"]
    assert 0 < planned["cost_usd"] < planned["estimate"]["high"]
    assert plan["models"][-1]["code"] == "not_alone"


def test_auto_says_why_once(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    question = "Add up the bars of this chart and tell me which year was the best."
    done = terminal.run("ask", "receipt.png", question, "--level", "auto", "--explain")
    (why,) = [line for line in done.lines if line.startswith("Auto chose ")]
    assert done.lines.index(why) == 0
    found = terminal.run("ask", "receipt.png", question, "--level", "auto", "--explain", "--json").json
    assert found["notes"] == [why]
    assert found["choice"] == "auto"
    assert found["plan"]["reason"] in why


def test_auto_lets_the_reader_try_for_nothing(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    found = terminal.run("ask", "receipt.png", "What is the total?", "--level", "auto", "--json", "--explain").json
    assert (found["provider"], found["cost_usd"], found["estimate"]["upper"]) == ("reader", 0, 0)
    assert order(found) == ["reader", "anthropic"]
    assert not wire.requests


def test_the_next_one_answers(planned: dict[str, Any], wire: WireServer, terminal: Terminal) -> None:
    first, second, _third = order(planned)
    wire.script(*[fails("overloaded")] * 3, provider=first)
    wire.script(Play(chunks=words("It is red.")), provider=second)
    done = terminal.run(*ASK, "--json")
    found = done.json
    assert (done.code, found["text"], found["provider"], found["stop"]) == (0, "It is red.", second, "complete")
    assert [one["outcome"] for one in found["attempts"]] == ["overloaded"] * 3 + ["complete"]
    assert [one["provider"] for one in found["attempts"]] == [first] * 3 + [second]
    assert [tuple(one["sent_sha256"]) for one in found["attempts"]] == [one.sha256 for one in wire.requests]
    assert all(one.keys() == ATTEMPT for one in found["attempts"])
    assert [one["cost_usd"] for one in found["attempts"]] == [0, 0, 0, found["cost_usd"]]
    assert found["cost_usd"] > 0
    (note,) = found["notes"]
    assert note in done.lines
    assert "because" in note
    assert "overloaded (tried three times)" in note


def test_a_bad_key_is_not_tried_twice(planned: dict[str, Any], wire: WireServer, terminal: Terminal) -> None:
    first, second, _third = order(planned)
    wire.script(fails("bad_key"), provider=first)
    found = terminal.run(*ASK, "--json").json
    assert [(one["provider"], one["outcome"]) for one in found["attempts"]] == [
        (first, "bad_key"),
        (second, "complete"),
    ]


def test_a_wait_that_is_asked_for_is_said_and_kept(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(fails("rate_limited", headers={"retry-after": "1"}))
    done = terminal.run(*ASK, "--json")
    (waiting,) = [line for line in done.lines if "asking again in 1 s" in line]
    assert "had too many questions" in waiting
    assert [one["outcome"] for one in done.json["attempts"]] == ["rate_limited", "complete"]
    assert 1.0 <= done.json["attempts"][1]["waited_seconds"] < 20


def test_unknown_prices_make_the_sum_unknown(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    wire.script(CUT, Play(chunks=words("It is red.")))
    found = terminal.run(*ASK, "--json").json
    assert found["text"] == "It is red."
    assert (found["cost_usd"], found["cost_unknown"]) == (None, 1)
    broken, complete = found["attempts"]
    assert (broken["outcome"], broken["cost_usd"]) == ("connection", None)
    assert complete["cost_usd"] > 0
    wire.script(CUT)
    done = terminal.run(*ASK)
    answered = next(line for line in done.lines if line.startswith("Answered by Claude Sonnet"))
    assert answered.endswith("and the price of one attempt is unknown.")


def test_refused_ends_it(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic", "openai")
    wire.script(Play(ending="refusal"))
    done = terminal.run(*ASK, "--json")
    assert (done.code, done.json["stop"], len(wire.requests)) == (1, "refused", 1)
    assert done.json["error"] in done.lines


def test_everybody_fails(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic", "gemini")
    wire.script(*[fails("overloaded")] * 3, provider="anthropic")
    wire.script(fails("no_credit"), provider="gemini")
    done = terminal.run(*ASK, "--json")
    assert (done.code, done.json["stop"], done.json["text"]) == (1, "failed", "")
    assert sorted(one["outcome"] for one in done.json["attempts"]) == ["out_of_credit", *["overloaded"] * 3]
    assert (done.json["cost_usd"], done.json["cost_unknown"]) == (0, 0)
    assert done.json["error"] == done.lines[-1]
    assert done.lines[-1].startswith("Nobody could answer: ")


def test_a_budget_nobody_can_keep(planned: dict[str, Any], wire: WireServer, terminal: Terminal) -> None:
    done = terminal.run(*ASK, "--budget", "0.000001", "--json")
    found = done.json
    assert (done.code, found["stop"], found["cost_usd"]) == (1, "failed", 0)
    assert [one["outcome"] for one in found["attempts"]] == ["over_cap"]
    assert not wire.requests
    (sentence,) = done.lines
    assert sentence == found["error"]
    assert "$0.000001" in sentence
    assert "raise the cap" in sentence
    assert "--budget" in sentence


def test_a_budget_leaves_less_room_for_the_answer_and_nobody_is_asked_for_more(
    planned: dict[str, Any], wire: WireServer, terminal: Terminal
) -> None:
    """A cent for a question at Balanced: who can keep it is asked, with so much room for the answer."""
    found = terminal.run(*ASK, "--budget", "0.01", "--json", "--explain").json
    places = {one["provider"]: one for one in found["plan"]["models"]}
    assert found["provider"] == "gemini"
    assert "room for" in places["gemini"]["reason"]
    assert places["anthropic"]["code"] == "over_cap"
    assert all(one["estimate"]["upper"] <= 0.01 for one in places.values() if one["place"])
    sent = wire.requests[-1].body["generationConfig"]["maxOutputTokens"]
    assert 1000 <= sent < 4000


def test_a_budget_is_for_the_whole_question(planned: dict[str, Any], wire: WireServer, terminal: Terminal) -> None:
    """What broke off has an unknown price: it counts at the most it can have cost, until nothing more fits."""
    upper = max(one["estimate"]["upper"] for one in planned["plan"]["models"] if one["place"])
    wire.script(*[CUT] * 3)
    model = max((one for one in planned["plan"]["models"] if one["place"]), key=lambda one: one["estimate"]["upper"])
    done = terminal.run(*ASK, "--model", model["model"], "--budget", f"{upper * 1.05:.6f}", "--json")
    assert [one["outcome"] for one in done.json["attempts"]] == ["connection", "over_cap"]
    assert (done.code, done.json["cost_usd"], done.json["cost_unknown"]) == (1, None, 1)
    assert "broke off" in done.json["error"]
    assert "--budget" in done.json["error"]
    assert len(wire.requests) == 1


def test_a_small_budget_leaves_room_for_another_try(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "gemini")
    wire.script(CUT)
    done = terminal.run(*ASK, "--level", "medium", "--budget", "0.01", "--json")
    assert [one["outcome"] for one in done.json["attempts"]] == ["connection", "complete"]
    assert (done.code, done.json["cost_usd"], done.json["cost_unknown"]) == (0, None, 1)


def test_a_model_that_ended_is_answered_by_its_successor(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    done = terminal.run(*ASK, "--model", "claude-3-5-sonnet-20241022", "--json")
    assert (done.code, done.json["model"]) == (0, wire.requests[-1].model)
    (note,) = done.json["notes"]
    assert done.lines[0] == note
    assert done.lines.count(note) == 1
    assert "stands in for it" in note


def test_an_exact_model_stays_alone(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, *CLOUD)
    wire.script(*[fails("overloaded")] * 3)
    done = terminal.run(*ASK, "--model", "claude-haiku-5-5", "--json")
    assert (done.code, done.json["level"], done.json["choice"]) == (1, None, "claude-haiku-5-5")
    assert {one["model"] for one in done.json["attempts"]} == {"claude-haiku-5-5"}


def test_chat_plans_every_question(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "anthropic")
    done = terminal.run(
        "chat", "receipt.png", "--level", "simple", "--budget", "0.5", "--explain", "--json", stdin="One?\nTwo?\n"
    )
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert done.code == 0
    assert order(first) == order(second) == ["anthropic"]
    assert second["estimate"]["upper"] > first["estimate"]["upper"]  # the talk grows
