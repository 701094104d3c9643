"""Votes and answers to take away: whole, harmless in a spreadsheet, and silent about names that are hidden."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from tests.answering.talks import CLAUDE, GEMINI, GPT
from tests.contests.conftest import Contests
from tests.wire import Play, WireServer
from vision.contests.exporting import COLUMNS, HIDDEN, to_csv, to_json
from vision.store.records import TIE


def table(contests: Contests) -> list[dict[str, str]]:
    text = to_csv(contests.owned, contests.owned.contests())
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def document(contests: Contests) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_json(contests.owned, contests.owned.contests()))
    return found


@pytest.fixture
def voted(wire: WireServer, contests: Contests) -> Contests:
    """Two rounds of three models: GPT won the first, the second is a tie."""
    wire.script(Play(chunks=("=HYPERLINK(1)",)), provider="openai")
    contest = contests.begin(CLAUDE, GPT, GEMINI)
    contests.round("What is\nthe total?")
    contests.owned.vote(contest.id, 1, contests.lane(GPT), 2.5)
    contests.round("+ and the date?")
    contests.owned.vote(contest.id, 2, TIE)
    return contests


def test_a_row_for_every_answer(voted: Contests) -> None:
    rows = table(voted)
    assert tuple(rows[0]) == COLUMNS
    assert voted.contest is not None
    order = [lane.model for lane in voted.contest.lanes]
    assert [(row["round"], row["place"], row["model"]) for row in rows] == [
        (str(number), str(place), model) for number in (1, 2) for place, model in enumerate(order, start=1)
    ]
    assert {row["model"]: row["vote"] for row in rows[:3]} == {CLAUDE: "loss", GPT: "win", GEMINI: "loss"}
    assert {row["vote"] for row in rows[3:]} == {TIE}
    assert [(row["blind"], row["vote_seconds"]) for row in (rows[0], rows[3])] == [("True", "2.5"), ("False", "")]
    assert rows[0]["question"] == "What is\nthe total?"
    assert all(float(row["seconds"]) >= 0 and int(row["input_tokens"]) > 0 for row in rows)
    assert [row["pictures"] for row in rows] == ["receipt.png"] * 3 + [""] * 3
    assert {row["state"] for row in rows} == {"complete"}


def test_no_cell_is_a_formula(voted: Contests) -> None:
    rows = table(voted)
    by_gpt = next(row for row in rows if row["model"] == GPT)
    assert by_gpt["answer"] == "'=HYPERLINK(1)"
    assert rows[3]["question"] == "'+ and the date?"


def test_all_of_it_as_json(voted: Contests) -> None:
    found = document(voted)
    (contest,) = found["contests"]
    assert voted.contest is not None
    first, second = contest["rounds"]
    assert (first["vote"], first["blind"], second["vote"], second["blind"]) == (
        [lane.model for lane in voted.contest.lanes].index(GPT) + 1, True, TIE, False,
    )  # fmt: skip
    by_gpt = next(one for one in first["answers"] if one["model"] == GPT)
    assert (by_gpt["answer"], by_gpt["vote"]) == ("=HYPERLINK(1)", "win")  # as it was: nothing runs JSON
    assert (first["question"], first["pictures"]) == ("What is\nthe total?", ["receipt.png"])
    assert {one["model"]: (one["wins"], one["ties"]) for one in found["scores"]} == {
        CLAUDE: (0, 1), GPT: (1, 1), GEMINI: (0, 1),
    }  # fmt: skip


def test_hidden_names_stay_hidden(wire: WireServer, contests: Contests) -> None:
    wire.script(*[Play(chunks=("Twelve.",))] * 3)
    contests.begin(CLAUDE, GPT, GEMINI)
    contests.round()
    for text in (to_csv(contests.owned, contests.owned.contests()), to_json(contests.owned, contests.owned.contests())):
        assert HIDDEN in text
        assert not [name for name in (CLAUDE, GPT, GEMINI) if name in text]


def test_what_never_came_is_a_row_too(contests: Contests, nothing_set_up: None) -> None:
    contest = contests.begin(CLAUDE, GPT, blind=False)
    contests.owned.add_round(contest.id, "Total?")
    assert [(row["model"], row["state"], row["answer"], row["cost_usd"]) for row in table(contests)] == [
        (CLAUDE, "", "", ""), (GPT, "", "", ""),
    ]  # fmt: skip
