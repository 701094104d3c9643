from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown, talk_about
from tests.wire.plays import Play, fails
from tests.wire.server import WireServer
from vision.store import OwnedStore, State


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
    data = next(
        json.loads(each.proto.json) for each in at.get("bidi_component") if "boxes" in json.loads(each.proto.json)
    )
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
    claude.script(fails("bad_key"), provider="anthropic")
    at = ask(page("chat.py", c=talk), "What is it?")
    assert "What is it?" in shown(at)
    assert "Settings" in at.error[0].value
    at.button(key="again").click().run()
    answers = mine.turns(talk)[0].answers
    assert [each.state for each in answers] == [State.FAILED, State.COMPLETE]
    assert not at.error


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
    assert at.chat_input(key="ask").value == "What is it?" or at.session_state["ask"] == "What is it?"
