from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown, talk_about
from tests.wire.plays import Fault, Play, fails
from tests.wire.server import WireServer
from vision.errors import DiskFull
from vision.messages import Detail, FollowUp
from vision.store import OwnedStore, State
from vision.web.exports import TYPES


def component_data(at: AppTest) -> list[dict[str, Any]]:
    """What each of our own components on the page is told."""
    return [json.loads(each.proto.json) for each in at.get("bidi_component")]


def ask(at: AppTest, question: str) -> AppTest:
    at.chat_input(key="ask").set_value(question)
    return at.run()


def test_without_a_talk_there_is_a_place_for_a_picture(mine: OwnedStore) -> None:
    at = page("chat.py")
    assert "Talk about a picture" in shown(at)
    assert at.get("bidi_component")


def test_a_talk_that_is_gone_is_said_in_words(mine: OwnedStore) -> None:
    at = page("chat.py", c="0" * 32)
    assert "This talk is not here" in shown(at)
    at.button(key="after_gone").click().run()
    assert "Talk about a picture" in shown(at)


def test_the_reader_answers_without_a_key_and_marks_the_place(mine: OwnedStore) -> None:
    talk = talk_about(mine, "Corner shop", "Total 12.34")
    at = page("chat.py", c=talk)
    assert "On-device reader" in at.selectbox[0].options
    at = ask(at, "What is the total?")
    assert "12.34" in shown(at)
    turn = mine.turns(talk)[0]
    assert turn.shown is not None
    assert turn.shown.state is State.COMPLETE
    data = next(data for data in component_data(at) if "boxes" in data)
    assert data["boxes"], "the place of the total is not on the picture"
    x0, y0, x1, y1 = data["boxes"][0]["box"]
    assert 0 <= x0 < x1 <= 640
    assert 60 <= y0 < y1 <= 160  # the second line, drawn at 80


def test_a_question_goes_to_claude_and_the_second_one_carries_the_talk(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    claude.script(Play(chunks=("It is ", "a note.")), Play(chunks=("White.",)), provider="anthropic")
    at = ask(page("chat.py", c=talk), "What is it?")
    assert "It is a note." in shown(at)
    at = ask(at, "Which colour?")
    assert "White." in shown(at)
    first, second = (each for each in claude.requests if each.path.endswith("/messages"))
    assert len(first.pictures) == 1
    assert [p.sha256 for p in first.pictures] == [p.sha256 for p in second.pictures]


def test_a_failure_is_a_sentence_and_the_question_stays(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    claude.script(*[fails("bad_request")] * 2, provider="anthropic")
    at = ask(page("chat.py", c=talk), "What is it?")
    assert "What is it?" in shown(at)
    assert "another model" in at.error[0].value
    at.button(key=f"ask_quick_{mine.turns(talk)[0].answers[0].id}").click().run()
    assert mine.conversation(talk).model == "quick"
    at.button(key="again").click().run()
    answers = mine.turns(talk)[0].answers
    assert [each.state for each in answers] == [State.FAILED, State.FAILED, State.COMPLETE]
    assert [each.model for each in answers] == ["claude-sonnet-5-5", *["claude-haiku-5-5"] * 2]
    assert not at.error


def test_a_key_that_is_refused_leaves_its_provider_out_until_it_changes(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    claude.script(fails("bad_key"), provider="anthropic")
    at = ask(page("chat.py", c=talk), "What is it?")
    assert "Settings" in at.error[0].value
    at.button(key="again").click().run()
    assert len(claude.requests) == 1
    assert "Nobody can be asked" in at.error[0].value


def test_the_price_stands_beside_each_level_and_who_is_asked_below(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    at = page("chat.py", c=talk)
    levels = at.radio(key=f"level_{talk}")
    assert levels.options == ["Auto", "Quick", "Balanced", "Best", "One model"]
    assert all("$" in caption for caption in levels.proto.captions[1:4])
    assert "Claude Sonnet 5.5, about" in shown(at)
    at.radio(key=f"level_{talk}").set_value("best").run()
    assert mine.conversation(talk).model == "best"
    assert "Claude Opus 5.5, about" in shown(at)
    at.radio(key=f"level_{talk}").set_value("model").run()
    assert at.selectbox(key=f"model_{talk}").value == "claude-opus-5-5"
    assert mine.conversation(talk).model == "claude-opus-5-5"


def test_follow_ups_look_again_or_go_on_from_a_description_or_without(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    at = ask(page("chat.py", c=talk), "What is it?")
    assert claude.requests[-1].pictures
    at.radio(key=f"follow_up_{talk}").set_value(FollowUp.DROP).run()
    assert mine.conversation(talk).follow_up is FollowUp.DROP
    ask(at, "And now?")
    assert not claude.requests[-1].pictures


def test_what_was_tried_stands_under_the_answer(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    claude.script(Play(chunks=("Half a", "word"), fault=Fault("cut", after=1)), provider="anthropic")
    at = ask(page("chat.py", c=talk), "What is it?")
    assert "Answered by Claude at the second try" in shown(at)
    assert "What was tried (2)" in [each.label for each in at.expander]
    assert "Half a" in shown(at)


def test_editing_replaces_the_question_and_what_came_after(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "anything")
    at = ask(page("chat.py", c=talk), "Frist?")
    at.button(key="edit").click().run()
    turn = mine.turns(talk)[0]
    at.text_area(key=f"edited_{turn.id}").set_value("First?")
    at.button(key=f"ask_edited_{turn.id}").click().run()
    assert [each.question for each in mine.turns(talk)] == ["First?"]
    assert "First?" in shown(at)


def test_a_picture_attached_in_the_box_joins_the_question(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "one")
    at = ask(page("chat.py", c=talk), "What is it?")
    at.chat_input(key="ask").upload("two.png", picture_bytes("two"), "image/png")
    at = ask(at, "And this one?")
    turns = mine.turns(talk)
    assert [len(turn.pictures) for turn in turns] == [1, 1]
    assert turns[1].pictures[0].picture.name == "two.png"


def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(mine: OwnedStore, claude: WireServer) -> None:
    talk = talk_about(mine, "one")
    at = page("chat.py", c=talk)
    at.chat_input(key="ask").upload("page.jpg", b"<html><body>no</body></html>", "image/jpeg")
    at = ask(at, "What is it?")
    assert "page.jpg" in at.error[0].value
    assert mine.turns(talk) == ()
    assert at.chat_input(key="ask").proto.value == "What is it?"


def test_looking_at_a_talk_whose_model_has_no_key_changes_nothing(mine: OwnedStore) -> None:
    talk = talk_about(mine, "one")
    mine.set_choice(talk, "claude-sonnet-5-5", Detail.FINE)
    at = page("chat.py", c=talk)
    assert at.selectbox(key=f"model_{talk}").value == "claude-sonnet-5-5"
    assert "needs a key" in at.selectbox(key=f"model_{talk}").options[-1]
    assert mine.conversation(talk).model == "claude-sonnet-5-5"
    assert mine.conversation(talk).detail is Detail.FINE
    at.selectbox(key=f"model_{talk}").select("reader").run()
    assert mine.conversation(talk).model == "reader"


def test_a_hostile_title_is_only_text(mine: OwnedStore) -> None:
    talk = talk_about(mine, "one")
    mine.rename_conversation(talk, "![x](https://evil.example/a.png) costs $5 or $6 :red[hi]")
    at = page("chat.py", c=talk)
    assert "evil.example" not in at.subheader[0].value
    assert ":red[" not in at.subheader[0].value


def test_a_picture_that_waits_can_be_taken_out_again(mine: OwnedStore) -> None:
    talk = talk_about(mine, "one")
    (waiting,) = mine.waiting(talk)
    at = page("chat.py", c=talk)
    at.button(key=f"take_out_{waiting.id}").click().run()
    assert not at.exception
    assert mine.waiting(talk) == ()


def test_a_full_disk_is_a_sentence_and_not_a_red_box(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talk_about(mine, "one")
    at = page("chat.py", c=talk)

    def full(*args: object, **more: object) -> None:
        raise DiskFull("The disk is full: free some space, then try again.")

    monkeypatch.setattr(OwnedStore, "ask", full)
    at = ask(at, "What is it?")
    assert "disk is full" in at.error[0].value
    assert at.chat_input(key="ask").proto.value == "What is it?"
    monkeypatch.setattr(OwnedStore, "waiting", full)
    at.run()
    assert not at.exception
    assert any("disk is full" in each.value for each in at.error)


def test_a_server_that_does_not_answer_holds_up_no_page(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("LOUPE_COMPATIBLE_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/v1")
        talk = talk_about(mine, "one")
        at = page("chat.py", c=talk)
        assert "On-device reader, free" in shown(at)


def test_a_talk_is_saved_from_addresses_that_stay_good(mine: OwnedStore) -> None:
    talk = talk_about(mine, "anything")
    at = page("chat.py", c=talk)
    links = [link for data in component_data(at) for link in data.get("links", ())]
    assert [link["label"] for link in links] == ["Web page", "Markdown", "JSON"]
    assert [link["address"] for link in links] == [f"/talks/{talk}/export.{ending}" for ending in TYPES]
    again = [link for data in component_data(at.run()) for link in data.get("links", ())]
    assert again == links
    assert not at.get("download_button")  # its file is gone with the next run
