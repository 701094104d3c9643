"""Costs, drawn from real ledger rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, shown, talk_about
from tests.wire.server import WireServer
from vision import runtime
from vision.messages import Usage
from vision.store import OwnedStore
from vision.store.money_records import Caps, Preferences, Settled, Spending

CENT = Decimal("0.01")
DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_now", lambda: datetime.combine(DAY, time(12), UTC))


def spent(mine: OwnedStore, settled: Settled | None, days_ago: int = 0, provider: str = "anthropic") -> None:
    """One attempt of that day; None: it is under way."""
    day = DAY - timedelta(days_ago)
    model = {"anthropic": "claude-haiku-5-5", "openai": "gpt-6-luna"}[provider]
    spending = Spending("chat", f"q-{days_ago}", provider, model, "quick", "", CENT * 2, CENT * 4)
    ledger_id = mine.reserve(spending, Caps(), day, datetime.combine(day, time(12), UTC))
    if settled is not None:
        mine.settle(ledger_id, settled)


def figures(at: AppTest) -> dict[str, str]:
    assert not at.exception, [each.value for each in at.exception]
    return {one.label: one.value for one in at.metric}


def table(at: AppTest, title: str) -> list[dict[str, str]]:
    found = [one.value for one in at.table if title in one.value.columns]
    return [dict(row) for row in found[0].to_dict("records")]


PAID = Settled("complete", Usage(2000, 500, 0, 100), CENT, CENT / 10)


def test_before_anything_was_spent(mine: OwnedStore) -> None:
    text = shown(page("costs.py"))
    assert "Nothing was spent yet." in text
    assert "No cap is set" in text
    assert not figures(page("costs.py"))


def test_what_was_spent_on_whom(mine: OwnedStore) -> None:
    spent(mine, PAID)
    spent(mine, PAID, days_ago=3, provider="openai")
    spent(mine, Settled("timeout"), days_ago=3, provider="openai")
    at = page("costs.py")
    found = figures(at)
    assert found["Spent"] == "at least $0.0200"
    assert found["Price unknown"] == "1 attempt"
    assert found["Failed"] == "1 (33 %)"
    assert found["Estimate and bill"] == "50 % below"
    assert found["Saved by caching"] == "$0.0020"
    assert found["Saved by cheaper levels"].startswith(("about $", "-$"))
    assert [row["Provider"] for row in table(at, "Provider")] == ["OpenAI", "Claude"]
    assert [row["Attempts"] for row in table(at, "Model")] == ["2", "1"]
    assert [row["Day"] for row in table(at, "Day")] == ["22 November 2026", "19 November 2026"]
    text = shown(at)
    assert text.count("US dollars") == 1
    assert "At most" in text


@pytest.mark.parametrize(("period", "attempts"), [("today", 1), ("week", 2), ("days", 3), ("month", 3), ("all", 4)])
def test_the_period(mine: OwnedStore, period: str, attempts: int) -> None:
    for days_ago in (0, 6, 21, 100):
        spent(mine, PAID, days_ago)
    at = page("costs.py")
    at.selectbox(key="period").set_value(period).run()
    assert sum(int(row["Attempts"]) for row in table(at, "Job")) == attempts


def test_nothing_in_this_period_is_no_first_day(mine: OwnedStore) -> None:
    spent(mine, PAID, days_ago=100)
    assert "Nothing was spent in this time." in shown(page("costs.py"))


def test_caps_and_what_is_left(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime.stop()
    monkeypatch.setenv("LOUPE_INSTALLATION_DAY_CAP", "1")
    again = runtime.current().store.of(mine.owner)
    again.set_preferences(Preferences(question_cap=CENT * 5, day_cap=CENT * 50))
    spent(again, PAID)
    spent(again, None)
    at = page("costs.py")
    said = "\n".join([shown(at), *(str(one.proto.text) for one in at.get("progress"))])
    assert "0.05 at most, each time" in said
    assert "0.45 of \\$0.50 left today" in said
    assert "0.95 of \\$1.00 left today" in said
    assert "Up to \\$0.0400 more is set aside" in said


def test_a_question_that_was_asked_is_there(mine: OwnedStore, claude: WireServer) -> None:
    at = page("chat.py", c=talk_about(mine, "one"))
    at.chat_input[0].set_value("What is it?").run()
    for _ in range(100):
        if not mine.running_answers():
            break
        at.run()
    assert not mine.running_answers()
    at = page("costs.py")
    assert [row["Provider"] for row in table(at, "Provider")] == ["Claude"]
    assert figures(at)["Spent"].startswith("$0.0")
