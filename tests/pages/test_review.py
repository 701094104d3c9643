"""The review page without a browser: nothing there yet, a run that is gone, a run to choose."""

from __future__ import annotations

from tests.pages.conftest import page, picture_bytes, shown
from vision import runtime
from vision.fields.ready import ready_set
from vision.ingest import add_picture
from vision.messages import Detail
from vision.store import OwnedStore
from vision.store.extract_records import Document, RecordState
from vision.store.runs import Reading


def test_the_empty_page_says_what_to_do_first(mine: OwnedStore) -> None:
    assert "Nothing to review yet" in shown(page("review.py"))


def test_a_run_that_is_gone_is_said(mine: OwnedStore) -> None:
    assert "This run is not here" in shown(page("review.py", r="f" * 32))


def test_a_document_that_could_not_be_read_can_be_filled_in_by_hand(mine: OwnedStore) -> None:
    stored = add_picture(mine, picture_bytes("Total 5.00"), "note.png", runtime.current().open_limits)
    fields = ready_set("receipt").fields
    run = mine.create_run(fields, [Document("note.png", (stored.id,))], choice="reader", detail=Detail.NORMAL)
    assert "1 document, 1 to check" in shown(page("review.py"))
    at = page("review.py", r=run.id)
    assert "still being read" in shown(at)
    (head,) = mine.queue(run.id)
    mine.claim_record(head.id, "w")
    mine.end_record(head.id, "w", Reading(RecordState.FAILED, sentence="The service is down."))
    at = page("review.py", r=run.id)
    form = next(one for one in at.get("bidi_component") if one.proto.component_name.endswith("review_form"))
    assert "The service is down. You can fill it in by hand" in form.proto.json
