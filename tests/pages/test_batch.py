"""Batch: what is chosen before a run, the run in every state it can stand in, one item, what differs, what ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from tests.images.documents import pdf
from tests.pages.conftest import page, picture_bytes
from tests.pages.conftest import shown as drawn
from tests.wire.plays import Play, fails
from tests.wire.server import WireServer
from vision import runtime
from vision.batch.batches import Batches
from vision.errors import StoreError
from vision.ingest import add_picture
from vision.messages import Detail
from vision.store import OwnedStore
from vision.store.batch_records import RunState, Terms
from vision.store.extract_records import Document, RecordState, Run
from vision.store.runs import NO_FIELDS

QUESTION = "Is it signed?"
RECEIPT = {
    "vendor": "Corner shop",
    "date": "2026-11-20",
    "total": 5.0,
    "items": [{"description": "Bread", "amount": 5.0}],
    "subtotal": 5.0,
}


def pictures(mine: OwnedStore, count: int) -> list[str]:
    limits = runtime.current().open_limits
    return [add_picture(mine, picture_bytes(f"Form {at}"), f"{at}.png", limits).id for at in range(count)]


def shown(at: AppTest) -> str:
    """Every text as it is read: without what keeps it from being Markdown."""
    return drawn(at).replace("\\", "")


def setup(ids: list[str], **query: str) -> AppTest:
    at = page("batch.py", **query)
    at.query_params["p"] = ids
    return at.run()


def address(at: AppTest, name: str) -> str:
    found = at.query_params.get(name, "")
    return found if isinstance(found, str) else found[0]


def pressed(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


def begun(at: AppTest, mine: OwnedStore, key: str = "batch_run") -> Run:
    pressed(at, key)
    return mine.run(address(at, "r"))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)


def stands(mine: OwnedStore, run: Run, state: RunState) -> Run:
    """Waits until it stands there with nothing under way."""

    def there() -> bool:
        now = mine.run(run.id)
        return now.batch is not None and now.batch.state is state and not now.counts.get(RecordState.RUNNING)

    until(there)
    return mine.run(run.id)


def labels(at: AppTest) -> list[str]:
    return [one.label for one in at.button]


def table(at: AppTest) -> list[dict[str, str]]:
    return list(at.dataframe[0].value.to_dict("records"))


# -- before the run ---------------------------------------------------------------------------------------------------


def test_nothing_is_begun_before_there_is_a_picture_and_a_question(mine: OwnedStore) -> None:
    at = page("batch.py")
    assert "The price" in shown(at) or "on-device reader" in shown(at)
    pressed(at, "batch_run")
    assert "Add a picture first." in shown(at)
    at = setup(pictures(mine, 1))
    pressed(at, "batch_run")
    assert "Write a question first" in shown(at)
    assert mine.runs() == ()


def test_the_address_keeps_everything_over_a_reload(mine: OwnedStore, claude: WireServer) -> None:
    ids = pictures(mine, 5)
    at = setup(ids)
    at.text_area(key="batch_w_question").set_value(QUESTION).run()
    at.radio(key="batch_w_level").set_value("best").run()
    at.number_input(key="batch_w_cap").set_value(2.5).run()
    at.number_input(key="batch_w_n").set_value(3).run()
    again = page("batch.py", **{name: address(at, name) for name in ("q", "who", "cap", "n", "b")})
    again.query_params["p"] = ids
    again.run()
    assert again.text_area(key="batch_w_question").value == QUESTION
    assert again.radio(key="batch_w_level").value == "best"
    assert (again.number_input(key="batch_w_cap").value, again.number_input(key="batch_w_n").value) == (2.5, 3)
    run = begun(again, mine)
    assert run.batch is not None
    assert run.batch.terms == Terms(QUESTION, Decimal("2.5"), 3)
    assert run.choice == "best"
    stands(mine, run, RunState.DONE)


def test_price_and_minutes_are_said_for_all_of_them(mine: OwnedStore, claude: WireServer) -> None:
    at = setup(pictures(mine, 5))
    text = shown(at)
    assert "5 pictures" in text
    assert "less than a minute, for all 5 pictures." in text
    assert at.button(key="batch_run").label == "Run 5"
    assert "batch_try" in [one.key for one in at.button]
    pressed(at, "batch_take_all")
    assert "5 pictures" not in shown(at)


def test_a_starter_is_written_into_the_box(mine: OwnedStore) -> None:
    at = pressed(page("batch.py"), "batch_starter_1")
    assert at.text_area(key="batch_w_question").value == QUESTION
    assert address(at, "q") == QUESTION


def test_a_file_of_pages_is_asked_about_by_page_or_as_one(mine: OwnedStore, claude: WireServer) -> None:
    stored = add_picture(mine, pdf(pages=3), "scan.pdf", runtime.current().open_limits)
    at = setup([stored.id], q=QUESTION)
    assert at.radio(key="batch_w_how").value == "each"
    assert at.button(key="batch_run").label == "Run 3"
    at.radio(key="batch_w_how").set_value("together").run()
    assert at.button(key="batch_run").label == "Run"


def test_a_second_click_begins_no_second_run(mine: OwnedStore, claude: WireServer) -> None:
    at = setup(pictures(mine, 2), q=QUESTION)
    first = begun(at, mine)
    del at.query_params["r"]  # as the browser still had it when the second click was made
    at.run()
    assert begun(at, mine).id == first.id
    assert len(mine.runs()) == 1
    stands(mine, first, RunState.DONE)


def test_a_typed_key_is_said_to_live_as_long_as_loupe_runs(mine: OwnedStore) -> None:
    at = setup(pictures(mine, 1), q=QUESTION)
    at.session_state["typed_keys"] = {"anthropic": SecretStr("sk-ant-typed")}
    at.run()
    assert "lives as long as this Loupe runs" in shown(at)


# -- the run ----------------------------------------------------------------------------------------------------------


def test_a_run_from_the_question_to_the_talk_about_one_answer(mine: OwnedStore, claude: WireServer) -> None:
    claude.always(Play(chunks=("Yes, ", "in blue.")))
    at = setup(pictures(mine, 4), q=QUESTION)
    run = stands(mine, begun(at, mine), RunState.DONE)
    at.run()
    assert "4 done" in shown(at)
    assert [one["Answer"] for one in table(at)] == ["Yes, in blue."] * 4
    assert all("/thumbnail" in one["Picture"] for one in table(at))
    item = mine.lines(run.id).lines[2]
    at.session_state[f"batch_chosen_{run.id}"] = (None, item.id)
    at.run()
    assert "2.png" in shown(at)
    assert "complete" in shown(at)
    pressed(at, f"batch_chat_{item.id}")
    (talk,) = mine.conversations()
    (turn,) = mine.turns(talk.id)
    assert (turn.question, turn.answers[0].text) == (QUESTION, "Yes, in blue.")


def test_three_are_tried_and_the_rest_goes_on_with_what_they_told(mine: OwnedStore, claude: WireServer) -> None:
    at = setup(pictures(mine, 6), q=QUESTION)
    run = stands(mine, begun(at, mine, "batch_try"), RunState.TRIED)
    at.run()
    text = shown(at)
    assert "Tried on the first 3" in text
    assert "The other 3 will cost about $" in text
    assert "judged by the 3 that are done" in text
    assert at.button(key="batch_go_on").label == "Go on with all 3"
    pressed(at, "batch_go_on")
    assert stands(mine, run, RunState.DONE).counts == {RecordState.DONE: 6}


def test_pause_go_on_and_stop(mine: OwnedStore, claude: WireServer) -> None:
    claude.always(Play(chunks=("a", "b"), hold_before=(1,)))
    at = setup(pictures(mine, 4), q=QUESTION, n="1")
    run = begun(at, mine)
    claude.wait_held(1, timeout=40)
    at.run()
    pressed(at, "batch_pause")
    claude.reset()
    claude.release()
    run = stands(mine, run, RunState.PAUSED)
    at.run()
    assert "1 done, 3 to come" in shown(at)
    pressed(at, "batch_stop_now")
    assert mine.run(run.id).counts == {RecordState.DONE: 1, RecordState.STOPPED: 3}
    at.run()
    assert "3 stopped" in shown(at)
    pressed(at, "batch_retry_now")
    assert stands(mine, run, RunState.DONE).counts == {RecordState.DONE: 4}


def test_at_its_cap_it_says_why_and_goes_on_with_a_higher_one(mine: OwnedStore, claude: WireServer) -> None:
    at = setup(pictures(mine, 3), q=QUESTION, cap="0.01")
    run = stands(mine, begun(at, mine), RunState.CAPPED)
    at.run()
    assert "could pass your cap of $0.01 for a run" in shown(at)
    at.number_input(key=f"batch_new_cap_{run.id}").set_value(5.0).run()
    pressed(at, "batch_raise_cap")
    ended = stands(mine, run, RunState.DONE)
    assert ended.batch is not None
    assert (ended.batch.terms.cap_usd, ended.counts) == (Decimal(5), {RecordState.DONE: 3})


def test_without_its_key_it_waits_and_goes_on_with_the_one_that_is_there(mine: OwnedStore, claude: WireServer) -> None:
    ids = pictures(mine, 2)
    terms = Terms(QUESTION, key_holder=f"elsewhere:1:{'0' * 16}")
    found = [Document(f"{at}.png", (one,)) for at, one in enumerate(ids)]
    run = mine.create_run(NO_FIELDS, found, choice="balanced", detail=Detail.NORMAL, title="Forms", terms=terms)
    mine.move_run(run.id, RunState.NEEDS_KEY, [RunState.RUNNING], reason="Give the key once more.")
    at = page("batch.py", r=run.id)
    assert "Give the key once more." in shown(at)
    pressed(at, "batch_go_on")
    stands(mine, run, RunState.DONE)


def test_what_failed_is_said_by_reason_and_tried_again(mine: OwnedStore, claude: WireServer) -> None:
    claude.script(fails("bad_request"), Play(ending="refusal"), provider="anthropic")
    at = setup(pictures(mine, 4), q=QUESTION, n="1")
    run = stands(mine, begun(at, mine), RunState.DONE)
    at.run()
    assert "2 done, 2 failed" in shown(at)
    which = at.radio(key=f"batch_retry_which_{run.id}")
    assert which.options[0] == "All 2"
    assert len(which.options) == 3
    which.set_value(mine.failures(run.id)[0].outcome).run()
    pressed(at, "batch_retry_now")
    assert stands(mine, run, RunState.DONE).counts == {RecordState.DONE: 3, RecordState.FAILED: 1}
    at.run()
    at.radio(key=f"batch_filter_{run.id}").set_value("failed").run()
    (left,) = table(at)
    assert left["State"] == "✕ Failed"
    assert left["Reason"]


@pytest.mark.long
def test_run_again_by_another_and_only_what_differs(mine: OwnedStore, claude: WireServer) -> None:
    claude.always(Play(chunks=("No.",)))
    at = setup(pictures(mine, 3), q=QUESTION, n="1")
    run = stands(mine, begun(at, mine), RunState.DONE)
    claude.script(Play(chunks=("no. ",)), Play(chunks=("Yes.",)), provider="anthropic")
    at.run()
    at.selectbox(key=f"batch_again_who_{run.id}").set_value("quick").run()
    pressed(at, "batch_again_now")
    again = stands(mine, mine.run(address(at, "r")), RunState.DONE)
    assert again.batch is not None
    assert (again.choice, again.batch.terms.again_of) == ("quick", run.id)
    at.run()
    at.toggle(key=f"batch_differences_{again.id}").set_value(True).run()
    (only,) = table(at)
    assert (only["Quick"], only["Balanced"]) == ("Yes.", "No.")


@pytest.mark.long
def test_fields_are_columns_and_go_to_review(mine: OwnedStore, claude: WireServer) -> None:
    claude.always(Play(chunks=(json.dumps(RECEIPT),)))
    at = setup(pictures(mine, 2), do="fields", set="receipt")
    run = stands(mine, begun(at, mine), RunState.DONE)
    assert run.fields.name == "Receipt"
    at.run()
    assert [(one["Vendor"], one["Total"], one["Items"]) for one in table(at)] == [("Corner shop", "5.00", "1 row")] * 2
    assert "Review" in labels(at)
    assert [one.id for one in mine.runs(kind="fields")] == [run.id]
    at = page("extract.py")
    assert f"open_{run.id}" not in [one.key for one in at.button]
    at = page("review.py")
    assert f"review_{run.id}" in [one.key for one in at.button]


def test_the_end_is_told_once_on_start(mine: OwnedStore, claude: WireServer) -> None:
    at = setup(pictures(mine, 2), q=QUESTION)
    run = stands(mine, begun(at, mine), RunState.DONE)
    at = page()
    assert "has ended: 2 done." in shown(at)
    pressed(at, f"batch_seen_{run.id}")
    assert "has ended" not in shown(at)
    assert mine.untold() == ()


@pytest.mark.long
def test_an_earlier_run_is_found_again_and_deleted(mine: OwnedStore, claude: WireServer) -> None:
    at = setup(pictures(mine, 2), q=QUESTION)
    run = stands(mine, begun(at, mine), RunState.DONE)
    at = page("batch.py")
    pressed(at, f"batch_open_{run.id}")
    assert address(at, "r") == run.id
    pressed(at, "batch_delete")
    pressed(at, "batch_delete_now")
    assert mine.runs() == ()
    assert "r" not in at.query_params


def test_a_run_that_is_gone_or_anothers_is_said_in_words(mine: OwnedStore) -> None:
    assert "This run is not here" in shown(page("batch.py", r="0" * 32))


def test_what_cannot_be_begun_is_a_sentence(
    mine: OwnedStore, claude: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Run:
        raise StoreError("The disk is full: make room, then try again.")

    monkeypatch.setattr(Batches, "begin", full)
    at = pressed(setup(pictures(mine, 1), q=QUESTION), "batch_run")
    assert "The disk is full" in shown(at)


def test_names_and_answers_of_others_are_only_text(mine: OwnedStore, claude: WireServer) -> None:
    claude.always(Play(chunks=("![x](https://evil.example/x.png)",)))
    stored = add_picture(
        mine, picture_bytes("x"), "![n](https://evil.example/n.png).png", runtime.current().open_limits
    )
    at = setup([stored.id], q="![q](https://evil.example/q.png)")
    run = stands(mine, begun(at, mine), RunState.DONE)
    at.session_state[f"batch_chosen_{run.id}"] = (None, mine.lines(run.id).lines[0].id)
    at.run()
    texts = [one.value for kind in (at.markdown, at.header, at.caption) for one in kind]
    assert not any("](https" in text for text in texts)
