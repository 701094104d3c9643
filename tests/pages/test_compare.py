"""The page for comparing pictures: what it draws, what it asks, what it keeps."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown
from tests.pages.test_chat import ask, component_data
from tests.wire.plays import Play, fails
from tests.wire.server import WireServer
from vision import ingest, runtime
from vision.answering.swapping import CHANGED, HELD, YOURSELF
from vision.ingest import add_picture
from vision.store import OwnedStore
from vision.store.records import StoredPicture


def picture(mine: OwnedStore, *lines: str) -> StoredPicture:
    return add_picture(mine, picture_bytes(*lines), f"{lines[0].lower()}.png", runtime.current().open_limits)


def comparison(mine: OwnedStore, *words: str) -> str:
    """A comparison with a drawn picture for each word waiting; its id."""
    talk = mine.create_conversation(kind="compare")
    mine.set_waiting(talk.id, [picture(mine, word).id for word in words])
    return talk.id


def test_without_a_comparison_there_is_a_place_for_pictures_and_a_sample(mine: OwnedStore) -> None:
    at = page("compare.py")
    assert "Compare pictures" in shown(at)
    at.button(key="sample_pair").click().run()
    (talk,) = mine.conversations(kind="compare")
    assert [stored.picture.name for stored in mine.waiting(talk.id)] == ["before.png", "after.png"]
    data = next(data for data in component_data(at) if "letters" in data)
    assert (data["mode"], data["letters"]) == ("side-by-side", ["A", "B"])
    assert [each["alt"] for each in data["pictures"]] == ["before.png", "after.png"]


def test_pictures_go_with_their_letters(mine: OwnedStore, claude: WireServer) -> None:
    talk = comparison(mine, "One", "Two")
    at = ask(page("compare.py", c=talk), "What changed?")
    sent = claude.requests[-1]
    assert [part for part in sent.parts if part.startswith("Picture")] == ["Picture A:", "Picture B:"]
    assert "What changed?" in shown(at)
    ask(at, "And now?")
    assert [part for part in claude.requests[-1].parts if part.startswith("Picture")] == ["Picture A:", "Picture B:"]


def test_one_picture_asks_for_another(mine: OwnedStore) -> None:
    at = page("compare.py", c=comparison(mine, "One"))
    assert "Add the picture to compare it with" in shown(at)
    assert not at.chat_input


def test_order_and_removal_before_the_first_question(mine: OwnedStore) -> None:
    talk = comparison(mine, "One", "Two", "Three")
    at = page("compare.py", c=talk)
    three = mine.waiting(talk)[2]
    at.button(key=f"earlier_{three.id}").click().run()
    assert [stored.picture.name for stored in mine.waiting(talk)] == ["one.png", "three.png", "two.png"]
    at.button(key=f"take_out_{three.id}").click().run()
    assert [stored.picture.name for stored in mine.waiting(talk)] == ["one.png", "two.png"]


def test_of_three_pictures_any_two_are_looked_at(mine: OwnedStore) -> None:
    talk = comparison(mine, "One", "Two", "Three")
    at = page("compare.py", c=talk)
    at.segmented_control(key=f"side_1_{talk}").set_value("C").run()
    data = next(data for data in component_data(at) if "letters" in data)
    assert (data["letters"], data["pictures"][1]["alt"]) == (["A", "C"], "three.png")
    at.segmented_control(key=f"side_0_{talk}").set_value("C").run()
    data = next(data for data in component_data(at) if "letters" in data)
    assert data["letters"] == ["C", "A"]


def test_chat_and_compare_keep_to_their_own(mine: OwnedStore) -> None:
    talk = comparison(mine, "One", "Two")
    at = page("chat.py", c=talk)
    assert next(data for data in component_data(at) if "letters" in data)["mode"] == "side-by-side"


def test_a_comparison_that_is_gone_is_said_in_words(mine: OwnedStore) -> None:
    at = page("compare.py", c="0" * 32)
    assert "This comparison is not here" in shown(at)
    at.button(key="after_gone").click().run()
    assert "Compare pictures" in shown(at)


def test_the_starter_with_a_gap_is_only_begun(mine: OwnedStore) -> None:
    talk = comparison(mine, "One", "Two")
    at = page("compare.py", c=talk)
    at.button(key="starter_3").click().run()
    assert at.chat_input(key="ask").proto.value == "Which is better for "
    assert not mine.turns(talk)


def test_deleted_after_asking(mine: OwnedStore) -> None:
    talk = comparison(mine, "One", "Two")
    at = page("compare.py", c=talk)
    at.button(key=f"delete_{talk}").click().run()
    at.button(key="delete_for_good").click().run()
    assert not mine.conversations(kind="compare")


def test_an_answer_that_changes_with_the_order_is_warned_of(mine: OwnedStore, claude: WireServer) -> None:
    talk = comparison(mine, "One", "Two")
    claude.script(*[Play(chunks=("{first}", " is better."))] * 2, provider="anthropic")
    at = ask(page("compare.py", c=talk), "Which is better for a flyer?")
    at.button(key="swap").click().run()
    said = shown(at)
    assert "Picture A is better." in said
    assert "Picture B is better." in said
    assert "Order A, B" in said
    assert "Order B, A" in said
    assert [each.value for each in at.warning] == [CHANGED]
    assert [button for button in at.button if button.key == "swap"] == []


def test_an_answer_that_holds_in_both_orders_says_so(mine: OwnedStore, claude: WireServer) -> None:
    talk = comparison(mine, "One", "Two")
    claude.script(*[Play(chunks=("Picture B is better.",))] * 2, provider="anthropic")
    at = ask(page("compare.py", c=talk), "Which is better for a flyer?")
    at.button(key="swap").click().run()
    assert not at.warning
    assert [each.value for each in at.success] == [HELD]


def test_free_text_is_left_to_her_and_a_failure_says_nothing_of_the_order(mine: OwnedStore, claude: WireServer) -> None:
    talk = comparison(mine, "One", "Two")
    play = Play(chunks=("The headline moved a little, and there is a new line.",))
    claude.script(play, play, fails("bad_request"), provider="anthropic")
    at = ask(page("compare.py", c=talk), "What changed?")
    at.button(key="swap").click().run()
    assert [each.value for each in at.info] == [YOURSELF]
    at.button(key="again").click().run()
    assert [answer.swapped for answer in mine.turns(talk)[0].answers] == [False, True, False]
    assert not at.info
    assert len(at.error) == 1


def viewer_data(at: AppTest) -> dict[str, Any]:
    return next(data for data in component_data(at) if "letters" in data)


def test_what_differs_is_said_and_marked_on_both_pictures(mine: OwnedStore) -> None:
    at = page("compare.py", c=comparison(mine, "Total 12.50", "Total 21.00"))
    assert "% differs, in" in shown(at)
    assert "no model was asked" in shown(at)
    data = viewer_data(at)
    assert {box["id"] for box in data["boxes"]} >= {"r1:a", "r1:b"}
    assert data["heat"].startswith("/differences/")
    assert data["registration"] == [1.0, 0.0, 0.0]


def test_two_pictures_that_look_the_same(mine: OwnedStore) -> None:
    talk = mine.create_conversation(kind="compare")
    one = picture(mine, "Same")
    png = Image.open(io.BytesIO(picture_bytes("Same")))
    out = io.BytesIO()
    png.save(out, "PNG", compress_level=1)
    other = add_picture(mine, out.getvalue(), "other.png", runtime.current().open_limits)
    mine.set_waiting(talk.id, [one.id, other.id])
    at = page("compare.py", c=talk.id)
    assert "No difference was found." in shown(at)
    assert not viewer_data(at)["boxes"]


def test_pressed_places_go_marked_into_the_question(mine: OwnedStore, claude: WireServer) -> None:
    talk = comparison(mine, "Total 12.50", "Total 21.00")
    one, two = mine.waiting(talk)
    at = page("compare.py", c=talk)
    at.pills(key=f"spots_{talk}_AB").set_value([1]).run()
    assert viewer_data(at)["highlight"] == "r1:a"
    at.button(key="ask_places").click().run()
    copies = mine.waiting(talk)
    assert [copy.copy_of for copy in copies] == [one.id, two.id]
    assert "framed and numbered 1" in at.chat_input(key="ask").proto.value
    assert [each["id"] for each in viewer_data(at)["pictures"]] == [one.id, two.id]  # looked at without the frames
    at = ask(at, "What differs there?")
    sent = claude.requests[-1]
    assert [part for part in sent.parts if part.startswith("Picture")] == ["Picture A:", "Picture B:"]
    assert mine.turns(talk)[0].answers[0].picture_ids == tuple(copy.id for copy in copies)
    assert [each["id"] for each in viewer_data(at)["pictures"]] == [one.id, two.id]


def test_cut_outs_go_beside_the_pictures_and_can_be_taken_out(mine: OwnedStore) -> None:
    talk = comparison(mine, "Total 12.50", "Total 21.00")
    one, two = mine.waiting(talk)
    at = page("compare.py", c=talk)
    at.pills(key=f"spots_{talk}_AB").set_value([1]).run()
    at.segmented_control(key=f"how_{talk}").set_value("cut_out").run()
    at.button(key="ask_places").click().run()
    assert [copy.copy_of for copy in mine.waiting(talk)] == ["", "", one.id, two.id]
    at.button(key="no_copies").click().run()
    assert [stored.id for stored in mine.waiting(talk)] == [one.id, two.id]


def test_a_difference_that_fails_is_said_and_tried_again(mine: OwnedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = comparison(mine, "One", "Two")

    def none(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "difference", none)
        at = page("compare.py", c=talk)
        assert "memory" in at.warning[0].value
        assert at.chat_input(key="ask")  # asking works without it
    at.button(key="difference_again").click().run()
    assert not at.warning
    assert "% differs" in shown(at)


def test_recent_comparisons_are_there_to_go_on_with(mine: OwnedStore, claude: WireServer) -> None:
    talk = comparison(mine, "One", "Two")
    ask(page("compare.py", c=talk), "What changed?")
    at = page("compare.py")
    at.button(key=f"open_{talk}").click().run()
    assert viewer_data(at)["letters"] == ["A", "B"]
    assert f"open_{talk}" not in [button.key for button in page("start.py").button]
