from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown, talk_about
from tests.wire.plays import fails
from tests.wire.server import WireServer
from vision import runtime
from vision.ingest import add_picture
from vision.samples import samples
from vision.store import OwnedStore


def test_start_is_useful_when_empty(mine: OwnedStore) -> None:
    at = page()
    text = shown(at)
    assert "Ask about a picture" in text
    assert "Go on with" not in text
    assert [at.button(key=f"try_{sample.id}").label for sample in samples()] == [one.title for one in samples()]


def test_a_sample_opens_a_talk_with_its_own_questions(mine: OwnedStore) -> None:
    at = page()
    at.button(key="try_receipt").click().run()
    assert [stored.picture.name for stored in mine.waiting(mine.conversations()[0].id)] == ["receipt.jpg"]
    assert at.button(key="starter_0").label == "What is the total?"
    at.button(key="starter_0").click().run()
    assert "29.00" in shown(at)


def test_recent_talks_are_there_to_go_on_with(mine: OwnedStore) -> None:
    talk = talk_about(mine, "one")
    mine.rename_conversation(talk, "The ![red](https://evil.example/x.png) boat")
    assert "Go on with" not in shown(page())  # nothing was asked in it yet
    mine.add_turn(talk, "Which colour?")
    at = page()
    assert "Go on with" in shown(at)
    assert "red" in at.button(key=f"open_{talk}").label
    assert "evil.example" not in at.button(key=f"open_{talk}").label
    at.button(key=f"open_{talk}").click().run()
    assert at.query_params["c"] == talk


def test_a_recent_picture_can_be_taken_again(mine: OwnedStore) -> None:
    add_picture(mine, picture_bytes("x"), "x.png", runtime.current().open_limits)
    at = page()
    assert not at.exception
    assert mine.recent_pictures()[0].picture.name == "x.png"


def settings_with(at: AppTest, provider: str, key: str) -> AppTest:
    at.text_input(key=f"key_{provider}").set_value(key)
    at.button(key=f"use_{provider}").click()
    return at.run()


def test_a_typed_key_is_used_and_can_be_forgotten(
    mine: OwnedStore, claude: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    at = page("settings.py")
    assert "set ANTHROPIC_API_KEY" in shown(at)
    at = settings_with(at, "anthropic", claude.keys["anthropic"])
    assert "this session only" in shown(at)
    assert claude.keys["anthropic"] not in shown(at)
    at.button(key="test_anthropic").click().run()
    assert "It works" in at.success[0].value
    at.button(key="forget_anthropic").click().run()
    assert "this session only" not in shown(at)


def test_a_key_that_does_not_work_is_said_in_words(mine: OwnedStore, claude: WireServer) -> None:
    at = page("settings.py")
    claude.script(fails("bad_key"), provider="anthropic")
    at.button(key="test_anthropic").click().run()
    assert "Claude" in at.error[0].value


def test_models_show_when_they_end(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.Runtime, "today", lambda self: date(2026, 12, 1))
    table = page("settings.py").dataframe[0].value
    rows = {row["Id"]: row for row in table.to_dict("records")}
    assert rows["claude-sonnet-4-5"]["State"] == "ended"
    assert rows["claude-sonnet-4-5"]["Then"]
    assert rows["gpt-5"]["State"] == "ends in 10 days"
    assert rows["claude-haiku-5-5"]["State"] == "in use"


def test_everything_can_be_deleted(mine: OwnedStore) -> None:
    talk_about(mine, "one")
    at = page("settings.py")
    at.button(key="delete_everything").click().run()
    at.button(key="delete_everything_now").click().run()
    assert mine.conversations() == ()
    assert mine.recent_pictures() == ()
