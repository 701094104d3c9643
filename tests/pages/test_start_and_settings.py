from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown, talk_about
from tests.wire.plays import fails
from tests.wire.server import WireServer
from vision import runtime
from vision.ingest import add_picture
from vision.routing.health import Place
from vision.samples import samples
from vision.settings import credential
from vision.store import OwnedStore
from vision.store.money_records import Preferences


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


def badges(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in at.markdown if "-badge[" in str(one.value))


def test_a_refused_key_is_not_set_up_any_more(mine: OwnedStore, claude: WireServer) -> None:
    at = page("settings.py")
    assert "Set up" in badges(at)
    claude.script(fails("bad_key"), provider="anthropic")
    at.button(key="test_anthropic").click().run()
    assert "Refused" in badges(at)
    assert "Set up" not in badges(at)
    at.switch_page("start.py").run()
    assert "Claude failed its test" in badges(at)
    assert "Claude set up" not in badges(at)
    at.switch_page("settings.py").run()
    assert "Set up" not in badges(at)
    at = settings_with(at, "anthropic", claude.keys["anthropic"] + "x")
    assert "Set up" in badges(at)  # another key, of which nothing is known
    at.button(key="forget_anthropic").click().run()
    at.button(key="test_anthropic").click().run()
    assert "Set up" in badges(at)
    assert "It works" in at.success[0].value


def test_a_service_that_fails_is_no_refusal(mine: OwnedStore, claude: WireServer) -> None:
    at = page("settings.py")
    claude.script(fails("overloaded"), provider="anthropic")
    at.button(key="test_anthropic").click().run()
    assert "Test failed" in badges(at)
    assert "Refused" not in badges(at)


def test_a_test_that_works_clears_what_routing_held_against_the_key(mine: OwnedStore, claude: WireServer) -> None:
    health, place = runtime.current().engine.router.health, Place.of("anthropic", credential("anthropic"))
    day = runtime.current().today()
    at = page("settings.py")
    for works in (False, True):
        health.leave_out(place, "provider", "claude-haiku-5-5", day, "has no credit")
        if not works:
            claude.script(fails("overloaded"), provider="anthropic")
        at.button(key="test_anthropic").click().run()
        assert (health.trouble(place, "claude-haiku-5-5", day) is None) is works


def test_who_is_asked_is_kept(mine: OwnedStore) -> None:
    at = page("settings.py")
    assert at.radio(key="prefer_choice").value == "balanced"
    at.radio(key="prefer_choice").set_value("auto").run()
    at.toggle(key="prefer_local_to_cloud").set_value(True).run()
    at.toggle(key="prefer_local_only").set_value(True).run()
    assert "Claude, OpenAI and Gemini are not asked" in shown(at)
    assert at.toggle(key="prefer_local_to_cloud").disabled
    assert mine.preferences() == Preferences(choice="auto", local_only=True, local_to_cloud=True)
    again = page("settings.py")
    assert again.radio(key="prefer_choice").value == "auto"
    assert again.toggle(key="prefer_local_only").value


def order(at: AppTest) -> list[str]:
    names = ("anthropic", "openai", "gemini", "compatible")
    return sorted(names, key=lambda name: int(at.selectbox(key=f"prefer_place_{name}").value or 0))


def test_her_own_order(mine: OwnedStore) -> None:
    at = page("settings.py")
    assert order(at) == ["anthropic", "openai", "gemini", "compatible"]
    at.radio(key="prefer_own_order_first").set_value(True).run()
    assert mine.preferences().order == ("anthropic", "openai", "gemini", "compatible")  # the order that is shown
    at.selectbox(key="prefer_place_gemini").set_value(0).run()
    assert order(at) == ["gemini", "anthropic", "openai", "compatible"]
    assert mine.preferences().order == ("gemini", "anthropic", "openai", "compatible")
    assert mine.preferences().own_order_first
    assert order(page("settings.py")) == order(at)


def test_caps(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    at = page("settings.py")
    assert "a question no cap, a batch run no cap, a day no cap" in shown(at)
    at.text_input(key="prefer_question_cap").set_value("0,05").run()
    at.text_input(key="prefer_day_cap").set_value("2").run()
    assert mine.preferences() == Preferences(question_cap=Decimal("0.05"), day_cap=Decimal(2))
    at.text_input(key="prefer_day_cap").set_value("two").run()
    assert at.text_input(key="prefer_day_cap").value == "two"
    assert at.error[0].value.startswith("A day: Write an amount in US dollars")
    assert "2.00 holds" in at.error[0].value
    assert mine.preferences().day_cap == Decimal(2)
    again = page("settings.py")
    assert [again.text_input(key=f"prefer_{name}_cap").value for name in ("question", "run", "day")] == [
        *("0.05", "", "2.00"),
    ]
    at.text_input(key="prefer_day_cap").set_value("").run()
    assert not at.error
    assert mine.preferences().day_cap is None
    assert "Everybody here" not in shown(at)
    runtime.stop()
    monkeypatch.setenv("LOUPE_INSTALLATION_DAY_CAP", "5")
    assert "Everybody here together: \\$5.00 a day, set with LOUPE" in shown(page("settings.py"))


def test_the_local_model_is_chosen_or_typed(
    mine: OwnedStore, claude: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vision.choices.FIRST_WAIT_SECONDS", 60.0)  # an SDK is loaded before the names are there
    assert "prefer_local_model" not in [one.key for one in page("settings.py").selectbox]
    monkeypatch.setenv("LOUPE_COMPATIBLE_URL", claude.base_url("compatible"))
    at = page("settings.py")
    name = at.selectbox(key="prefer_local_model").options[0]
    at.selectbox(key="prefer_local_model").set_value(name).run()
    assert mine.preferences().local_model == name
    assert page("settings.py").selectbox(key="prefer_local_model").value == name
    monkeypatch.delenv("LOUPE_COMPATIBLE_URL")
    assert page("settings.py").selectbox(key="prefer_local_model").options == [name]  # to be taken out again


def test_models_show_when_they_end(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.Runtime, "today", lambda self: date(2026, 12, 1))
    at = page("settings.py")
    table = at.dataframe[0].value
    assert (
        at.warning[0].value.splitlines()[0]
        == "- GPT-5 ends on 11 December 2026 (in 10 days): GPT-6.1 Terra takes its place."
    )
    rows = {row["Id"]: row for row in table.to_dict("records")}
    assert rows["claude-sonnet-4-5"]["State"] == "ended"
    assert rows["claude-sonnet-4-5"]["Then"]
    assert rows["gpt-5"]["State"] == "ends in 10 days"
    assert rows["claude-haiku-5-5"]["State"] == "in use"
    assert [rows[id]["Ends"] for id in ("gpt-5", "claude-haiku-5-5")] == ["11 December 2026", "no day is set"]


def test_everything_can_be_deleted(mine: OwnedStore) -> None:
    talk_about(mine, "one")
    at = page("settings.py")
    at.radio(key="prefer_choice").set_value("best").run()
    at.text_input(key="prefer_day_cap").set_value("two").run()
    at.button(key="delete_everything").click().run()
    assert "The sums of each day on Costs stay" in shown(at)
    at.button(key="delete_everything_now").click().run()
    assert mine.conversations() == ()
    assert mine.recent_pictures() == ()
    assert mine.preferences() == Preferences()
    assert at.radio(key="prefer_choice").value == "balanced"
    assert at.text_input(key="prefer_day_cap").value == ""
