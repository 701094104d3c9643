"""Extract: choosing and changing a set of fields, one picture to try, many to read, what failed in words."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import page, picture_bytes, shown
from tests.wire.plays import Play, fails
from tests.wire.server import WireServer
from vision import runtime
from vision.fields.model import Kind
from vision.fields.ready import ready_set, ready_sets
from vision.ingest import add_picture
from vision.settings import LOCAL_OWNER
from vision.store import OwnedStore
from vision.store.extract_records import RecordState, Run

SHORT = (
    '{"vendor": "string", "date": "YYYY-MM-DD", "total": "number", "items": [{"what": "string", "amount": "number"}]}'
)
LINES = ("Corner shop", "Date 2026-11-20", "Total 12.34")


def picture(mine: OwnedStore, *lines: str, name: str = "note.png") -> str:
    return add_picture(mine, picture_bytes(*(lines or LINES)), name, runtime.current().open_limits).id


def own(at: AppTest, text: str = SHORT) -> AppTest:
    """Fields of her own, by their JSON."""
    (box,) = [one for one in at.text_area if one.label == "Fields as JSON"]
    box.set_value(text)
    return at.button(key="use_json").click().run()


def ended(at: AppTest, mine: OwnedStore) -> Run:
    """The newest run, once everything is read and looked for on its pictures."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        run = mine.runs(1)[0]
        if not run.open and runtime.current().extractor.idle():
            at.run()
            return run
        time.sleep(0.05)
    raise AssertionError("the run did not end")


def address(at: AppTest, name: str) -> list[str]:
    found = at.query_params.get(name, [])
    return [found] if isinstance(found, str) else list(found)


def component(at: AppTest, name: str) -> dict[str, Any]:
    """The data of a component of ours."""
    found = [one.proto for one in at.get("bidi_component") if one.proto.component_name == name]
    data: dict[str, Any] = json.loads(found[-1].json)
    return data


def values(at: AppTest) -> dict[str, Any]:
    return {one["id"]: one for one in component(at, "loupe_values")["values"]}


def chosen(at: AppTest, mine: OwnedStore) -> Any:
    return mine.set_version(address(at, "set")[0]).fields


# -- the set ----------------------------------------------------------------------------------------------------------


def test_an_empty_page_offers_every_ready_set_and_her_own(mine: OwnedStore) -> None:
    at = page("extract.py")
    labels = [one.label for one in at.button]
    assert all(one.fields.name in labels and one.about in shown(at) for one in ready_sets())
    assert "Build your own" in labels
    at.button(key="choose_receipt").click().run()
    assert address(at, "set") == ["receipt"]
    assert at.button(key="extract_read").disabled
    assert "Add a picture first." in shown(at)


def test_a_row_that_is_written_into_the_table_is_a_field_from_then_on(mine: OwnedStore) -> None:
    at = page("extract.py", set="card")
    at.session_state["fields_0"] = {
        "edited_rows": {0: {"meaning": "As on the badge"}},
        "added_rows": [{"name": "shoe size", "kind": "whole number", "needed": True, "many": False}],
        "deleted_rows": [1],
    }
    at.run()
    fields = chosen(at, mine).fields
    before = ready_set("card").fields.fields
    assert [one.name for one in fields] == [before[0].name, *(one.name for one in before[2:]), "shoe size"]
    assert (fields[0].meaning, fields[-1].kind, fields[-1].needed) == ("As on the badge", Kind.WHOLE, True)
    again = page("extract.py", set=address(at, "set")[0])  # a reload
    assert "shoe size" in json.dumps([one.value for one in again.text_area if one.label == "Fields as JSON"])


def test_what_is_wrong_in_the_table_is_said_with_its_row_and_nothing_is_read(mine: OwnedStore) -> None:
    at = page("extract.py", set="card", p=picture(mine))
    at.session_state["fields_0"] = {
        "edited_rows": {},
        "added_rows": [{"name": "name", "kind": "text", "needed": False, "many": False}],
        "deleted_rows": [],
    }
    at.run()
    rows = len(ready_set("card").fields.fields) + 1
    assert f"Row {rows}, name: This name is there twice" in shown(at)
    assert address(at, "set") == ["card"]
    assert at.button(key="extract_read").disabled


def test_the_short_form_becomes_the_table_and_bad_json_stays_to_be_mended(mine: OwnedStore) -> None:
    at = own(page("extract.py", set="own"))
    assert [(one.name, one.kind) for one in chosen(at, mine).fields] == [
        ("vendor", Kind.TEXT),
        ("date", Kind.DATE),
        ("total", Kind.NUMBER),
        ("items", Kind.ROWS),
    ]
    before = address(at, "set")
    own(at, '{"total": ')
    assert "This is not JSON" in shown(at)
    assert address(at, "set") == before
    assert [one.value for one in at.text_area if one.label == "Fields as JSON"] == ['{"total": ']


def test_rules_and_orders_are_hers_to_change(mine: OwnedStore) -> None:
    at = page("extract.py", set="receipt")
    rule = next(one for one in at.checkbox if one.label == "Date: not in the future")
    assert rule.value
    rule.uncheck().run()
    next(one for one in at.selectbox if one.label == "Dates with two readings").set_value("month").run()
    found = chosen(at, mine)
    assert found.date_order == "month"
    assert [one.on for one in found.rules if one.kind == "not_future"] == [False]
    assert found.fields == ready_set("receipt").fields.fields


def test_a_set_is_saved_with_versions_and_seen_by_others(mine: OwnedStore) -> None:
    at = own(page("extract.py", set="own"))
    next(one for one in at.text_input if one.label == "Name of the set").set_value("Taxi")
    at.button(key="save_new").click().run()
    (saved,) = mine.sets()
    assert (saved.name, saved.number) == ("Taxi", 1)
    assert address(at, "of") == [saved.id]
    own(at, '{"fare": 12.5}')
    assert at.button(key="save_version").label == "Save as version 2"
    at.button(key="save_version").click().run()
    assert [one.number for one in mine.set_versions(saved.id)] == [2, 1]
    other = runtime.current().store.of("somebody-else")
    assert [one.name for one in other.sets()] == ["Taxi"]
    at = page("extract.py")
    at.button(key=f"choose_{saved.id}").click().run()
    at.button(key="delete_set").click().run()
    at.button(key="delete_set_for_good").click().run()
    assert mine.sets() == ()
    assert mine.set_version(saved.version_id).name == "Taxi"


def test_a_set_that_is_gone_is_said_and_another_can_be_chosen(mine: OwnedStore) -> None:
    at = page("extract.py", set="0" * 32)
    assert "This set of fields is no longer there" in shown(at)
    assert at.button(key="choose_invoice").label == "Invoice"


# -- reading ----------------------------------------------------------------------------------------------------------


def test_without_a_key_the_reader_fills_the_fields_and_says_where(mine: OwnedStore) -> None:
    at = page("extract.py", set="receipt", p=picture(mine))
    assert "Without a key the on-device reader fills in what it can" in shown(at)
    at.button(key="extract_read").click().run()
    run = ended(at, mine)
    assert address(at, "t") == [run.id]
    found = values(at)
    assert (found["total"]["text"], found["date"]["text"]) == ("12.34", "2026-11-20")
    assert found["total"]["marks"][0]["words"] == "read on the picture"
    boxes = {one["id"]: one for one in component(at, "loupe_viewer")["boxes"]}
    assert boxes["total"]["kind"] == "ok"
    reloaded = page("extract.py", set="receipt", t=run.id)
    assert values(reloaded)["total"]["text"] == "12.34"


def said(data: dict[str, Any]) -> Play:
    return Play(chunks=(json.dumps(data),))


GOOD = {"vendor": "Corner shop", "date": "2026-11-20", "total": 12.34, "items": [{"what": "Bread", "amount": 3.5}]}


def test_a_value_the_model_made_up_is_marked_and_has_no_place(mine: OwnedStore, claude: WireServer) -> None:
    claude.script(said({**GOOD, "vendor": "Harbour Grocers"}), provider="anthropic")
    at = page("extract.py", set="own", p=picture(mine))
    own(at).button(key="extract_read").click().run()
    ended(at, mine)
    vendor, total = values(at)["vendor"], values(at)["total"]
    assert vendor["marks"][0] == {"tone": "problem", "words": "not found on the picture: check this"}
    assert not vendor["lit"]
    assert total["lit"]
    assert "Read by Claude" in shown(at)


def test_the_price_of_all_is_said_before_and_one_can_be_tried(mine: OwnedStore, claude: WireServer) -> None:
    ids = [picture(mine, *LINES, str(number), name=f"{number}.png") for number in range(3)]
    at = page("extract.py", set="own")
    at.query_params["p"] = ids
    own(at)
    assert "for all 3 documents" in shown(at)
    assert [one.label for one in at.button if one.key == "extract_read"] == ["Read all 3"]
    claude.script(said(GOOD), provider="anthropic")
    at.selectbox(key="extract_try_on").set_value(ids[1]).run()
    at.button(key="extract_try").click().run()
    run = ended(at, mine)
    assert (run.total, run.title) == (1, "1.png")
    assert values(at)["total"]["text"] == "12.34"
    at.radio(key="extract_together").set_value("all").run()
    assert "for this document" in shown(at)


def test_what_failed_is_said_in_words_and_read_again(mine: OwnedStore, claude: WireServer) -> None:
    ids = [picture(mine, *LINES, str(number), name=f"{number}.png") for number in range(3)]
    at = page("extract.py", set="own")
    at.query_params["p"] = ids
    own(at)
    claude.script(said(GOOD), fails("bad_request"), said(GOOD), provider="anthropic")
    at.button(key="extract_read").click().run()
    run = ended(at, mine)
    text = shown(at)
    assert "2 of 3 read" in text
    assert "1 failed" in text
    (failed,) = [one for one in mine.queue(run.id) if one.state is RecordState.FAILED]
    assert failed.sentence in "".join(one.proto.body for one in at.get("html"))
    claude.script(said(GOOD), provider="anthropic")
    at.button(key="read_again").click().run()
    assert ended(at, mine).counts == {RecordState.DONE: 3}
    assert "3 of 3 read" in shown(at)


def test_stopped_is_no_failure_and_the_rest_can_be_read(mine: OwnedStore, claude: WireServer) -> None:
    at = own(page("extract.py", set="own", p=picture(mine)))
    claude.script(Play(chunks=("{", "}"), hold_before=(1,)), provider="anthropic")
    at.button(key="extract_read").click().run()
    claude.wait_held(1)
    at.run()
    at.button(key="stop_run").click().run()
    run = ended(at, mine)
    assert run.counts == {RecordState.STOPPED: 1}
    assert "Stopped before it was read." in shown(at)
    assert at.button(key="read_again").label == "Read it again"


# -- runs -------------------------------------------------------------------------------------------------------------


def test_a_run_is_found_again_and_deleted(mine: OwnedStore) -> None:
    at = page("extract.py", set="receipt", p=picture(mine))
    at.button(key="extract_read").click().run()
    run = ended(at, mine)
    at = page("extract.py")
    assert "1 document, 1 to review" in shown(at)
    at.button(key=f"open_{run.id}").click().run()
    assert address(at, "r") == [run.id]
    assert "Receipt: note.png" in shown(at)
    at.button(key="delete_run").click().run()
    at.button(key="delete_for_good").click().run()
    assert mine.runs() == ()


@pytest.mark.parametrize("name", ["r", "t"])
def test_a_run_that_is_gone_is_said_in_words(mine: OwnedStore, name: str) -> None:
    at = page("extract.py", **{"set": "receipt", name: "0" * 32})
    if name == "r":
        assert "This run is not here" in shown(at)
        at.button(key="after_gone").click().run()
        assert "What is to be read?" in shown(at)
    else:
        assert "t" not in at.query_params


def test_another_page_and_back_loses_nothing(mine: OwnedStore) -> None:
    at = page("extract.py", set="receipt", p=picture(mine))
    at.switch_page("costs.py").run()
    for name in ("set", "p"):
        at.query_params.pop(name, None)
    at.switch_page("extract.py").run()
    assert address(at, "set") == ["receipt"]
    assert len(address(at, "p")) == 1


def test_more_pictures_than_an_address_holds_are_refused_in_words(
    mine: OwnedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.parts.extract_setup.MOST_PICTURES", 2)
    at = page("extract.py", set="receipt")
    at.query_params["p"] = [picture(mine, str(number), name=f"{number}.png") for number in range(2)]
    at.run()
    at.button(key="use_sample").click().run()
    assert len(address(at, "p")) == 2
    assert "At most 2 pictures can be read in one run here" in shown(at)
    at.button(key="take_all_out").click().run()
    assert address(at, "p") == []


def test_somebody_elses_pictures_and_runs_are_not_there(mine: OwnedStore) -> None:
    other = runtime.current().store.of("somebody-else")
    assert mine.owner == LOCAL_OWNER
    at = page("extract.py", set="receipt", p=picture(other))
    assert at.button(key="extract_read").disabled
