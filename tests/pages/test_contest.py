"""Compare models: setting up, one question to all, names that are really hidden, votes, the score."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown
from tests.wire.server import WireServer
from vision import runtime
from vision.ingest import add_picture
from vision.store import OwnedStore, State
from vision.store.records import Contest

CLOUD = ("anthropic", "gemini", "openai")
TELLING = ("claude", "gemini", "gpt", "openai", "anthropic", "google", "haiku", "sonnet", "opus", "reader", "$")


@pytest.fixture
def wire(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireServer]:
    """A loopback provider with the three services set up in the environment."""
    with WireServer() as running:
        for name, value in running.environment(*CLOUD).items():
            monkeypatch.setenv(name, value)
        yield running


def picture(mine: OwnedStore) -> str:
    return add_picture(mine, picture_bytes("Total 12.34"), "note.png", runtime.current().open_limits).id


def run(at: AppTest, question: str = "What is the total?") -> AppTest:
    at.text_area(key="contest_question").set_value(question)
    return at.button(key="contest_run").click().run()


def newest(mine: OwnedStore) -> Contest:
    return mine.contests(1)[0]


def test_one_of_each_provider_answers_with_names_hidden(mine: OwnedStore, wire: WireServer) -> None:
    at = page("contest.py", p=picture(mine))
    assert "together: about \\$" in shown(at)
    at = run(at)
    contest = newest(mine)
    assert contest.hidden
    assert len(contest.lanes) == 3
    answers = [mine.turns(lane.conversation_id)[0].shown for lane in contest.lanes]
    assert all(answer and answer.state is State.COMPLETE for answer in answers)
    assert not [word for word in TELLING[:-1] if word in shown(at).lower()]
