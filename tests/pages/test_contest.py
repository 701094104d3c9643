"""Compare models: setting up, one question to all, names that are really hidden, votes, the score."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown
from tests.wire.plays import Play, fails, words
from tests.wire.server import WireServer
from vision import runtime
from vision.ingest import add_picture
from vision.store import OwnedStore, State
from vision.store.records import Contest

CLOUD = ("anthropic", "gemini", "openai")
NAMES = ("claude", "gemini", "gpt", "openai", "anthropic", "google", "haiku", "sonnet", "opus", "reader")
TWO = ("claude-haiku-5-5", "reader")


@pytest.fixture
def wire(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireServer]:
    """A loopback provider with the three services set up in the environment."""
    with WireServer() as running:
        for name, value in running.environment(*CLOUD).items():
            monkeypatch.setenv(name, value)
        yield running


def picture(mine: OwnedStore) -> str:
    return add_picture(mine, picture_bytes("Corner shop", "Total 12.34"), "note.png", runtime.current().open_limits).id


def set_up(mine: OwnedStore, *models: str) -> AppTest:
    """The page with a picture, and these models chosen by hand, or one of each provider."""
    at = page("contest.py", p=picture(mine))
    if models:
        at.radio(key="contest_how").set_value("By hand").run()
        for number, model in enumerate(models, 1):
            at.selectbox(key=f"contest_model_{number}").set_value(model).run()
    return at


def run(at: AppTest, question: str = "What is the total?") -> AppTest:
    at.text_area(key="contest_question").set_value(question)
    return at.button(key="contest_run").click().run()


def newest(mine: OwnedStore) -> Contest:
    return mine.contests(1)[0]


def everything(at: AppTest) -> str:
    """All that the browser is sent: texts, labels, help, keys of elements, data of components."""
    assert not at.exception
    return "".join(str(getattr(node, "proto", "")) for node in at._tree).lower()


def test_without_a_second_model_it_says_what_is_missing(mine: OwnedStore) -> None:
    at = page("contest.py", p=picture(mine))
    assert "Comparing needs two models" in shown(at)
    run(at)
    assert mine.contests() == ()


def test_a_comparison_that_is_gone_is_said_in_words(mine: OwnedStore) -> None:
    at = page("contest.py", c="0" * 32)
    assert "This comparison is not here" in shown(at)
    at.button(key="after_gone").click().run()
    assert "Compare models" in shown(at)


def test_one_of_each_provider_for_a_price_that_is_said_before(mine: OwnedStore, wire: WireServer) -> None:
    at = set_up(mine)
    text = shown(at)
    assert "All 3 together: about \\$" in text
    assert all(name in text for name in ("Claude Sonnet 5.5: about", "GPT", "Gemini"))
    assert not wire.requests
    run(at)
    answers = [mine.turns(lane.conversation_id)[0].shown for lane in newest(mine).lanes]
    assert [answer.state for answer in answers if answer] == [State.COMPLETE] * 3
    assert {one.provider for one in wire.requests} == set(CLOUD)


def test_nothing_tells_the_names_until_the_vote(mine: OwnedStore, wire: WireServer) -> None:
    wire.script(Play(chunks=words("It is twelve.")), provider="anthropic")
    at = run(set_up(mine, *TWO))
    contest = newest(mine)
    assert contest.hidden
    text = shown(at)
    assert "It is twelve." in text
    assert "12.34" in text
    at = page("contest.py", c=contest.id)  # a fresh session: nothing of the set-up is left in it
    tree = everything(at)
    assert [name for name in (*NAMES, "tokens", "evidence") if name in tree] == []
    number = 1 + [lane.model for lane in contest.lanes].index("reader")
    at.button(key=f"vote_{number}").click().run()
    text = shown(at)
    assert f"Your vote: {number} · On-device reader (names hidden)." in text
    assert "Claude Haiku 5.5" in text
    tree = everything(at)
    assert [name for name in ("haiku", "tokens", "evidence") if name not in tree] == []
    (vote,) = mine.votes()
    assert (vote.winner, vote.blind, vote.shown) == ("reader", True, tuple(lane.id for lane in contest.lanes))


def test_a_failure_keeps_its_name_until_then(mine: OwnedStore, wire: WireServer) -> None:
    wire.script(fails("bad_key"), provider="anthropic")
    run(set_up(mine, *TWO))
    at = page("contest.py", c=newest(mine).id)
    assert "No answer came. Why is said with the names." in shown(at)
    assert "A vote needs two answers." in shown(at)
    assert [name for name in NAMES if name in everything(at)] == []
    at.button(key="reveal").click().run()
    assert "Claude" in at.error[0].value
    assert mine.votes() == ()


def test_names_that_are_not_hidden_stand_at_once(mine: OwnedStore, wire: WireServer) -> None:
    at = set_up(mine, *TWO)
    at.toggle(key="contest_hide").set_value(False).run()
    at = run(at)
    headings = [one.value for one in at.subheader]
    assert headings == ["1 · Claude Haiku 5.5", "2 · On-device reader"]
    at.button(key="vote_B").click().run()
    assert "Your vote: both bad (names known)." in shown(at)
    at.button(key="change_vote").click().run()
    at.button(key="vote_T").click().run()
    assert [vote.choice for vote in mine.votes()] == ["tie"]


def test_a_follow_up_goes_to_all_and_one_goes_on_in_chat(mine: OwnedStore, wire: WireServer) -> None:
    at = set_up(mine, *TWO)
    at.toggle(key="contest_hide").set_value(False).run()
    at = run(at)
    at.chat_input(key="contest_ask").set_value("And the shop?").run()
    contest = newest(mine)
    for lane in contest.lanes:
        asked = mine.turns(lane.conversation_id)
        assert [turn.question for turn in asked] == ["What is the total?", "And the shop?"]
    assert mine.conversations() == ()  # a lane is no talk of Chat
    at.button(key="chat_1_2").click().run()
    (talk,) = mine.conversations()
    assert len(mine.turns(talk.id)) == 2
    assert talk.model == "claude-haiku-5-5"
    mine.delete_conversation(talk.id)
    assert len(mine.turns(contest.lanes[0].conversation_id)) == 2


def test_votes_become_a_score_once_there_are_enough(mine: OwnedStore) -> None:
    for number in range(10):
        contest = mine.create_contest(TWO, (), f"number {number}")
        winner = next(lane for lane in contest.lanes if lane.model == TWO[number < 9])
        mine.vote(contest.id, 1, winner.id)
        table = _scores(page("contest.py")) if number in (8, 9) else ""
        if number == 8:
            assert "Not enough votes yet: 9 of 10 decided" in table
    assert "Between 60 and 98 of 100" in table
    assert "Between 2 and 40 of 100" in table
    assert table.index("On-device reader") < table.index("Claude Haiku 5.5")


def _scores(at: AppTest) -> str:
    assert not at.exception
    return "".join(str(one.proto.body) for one in at.get("html"))


def test_deleting_takes_its_votes_with_it(mine: OwnedStore, wire: WireServer) -> None:
    run(set_up(mine, *TWO))
    contest = newest(mine)
    at = page("contest.py", c=contest.id)
    at.button(key="vote_1").click().run()
    assert len(mine.votes()) == 1
    at.button(key=f"delete_{contest.id}").click().run()
    at.button(key="delete_for_good").click().run()
    assert mine.contests() == ()
    assert mine.votes() == ()
    assert "Compare models" in shown(at)
