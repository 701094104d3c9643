"""What a reviewer does to a record: typed text becomes values, every act is kept and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.pages.conftest import picture_bytes
from vision.errors import LoupeError, NotThere
from vision.extracting.accepting import accept_unseen, coverage, judgements
from vision.extracting.checking import READING_VERSION, Checker
from vision.extracting.reviewing import (
    UNSEEN,
    Desk,
    Edit,
    add_row,
    is_open,
    next_open,
    remove_row,
    review,
    settled,
    standing,
    undo,
)
from vision.extraction.truth import rightness
from vision.fields.model import Field, FieldSet, Kind, Rule
from vision.fields.values import Mark, Reason
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.reader.reading import Quad, arrange
from vision.settings import Settings
from vision.store import Store
from vision.store.extract_records import Document, Record, RecordState, Run, Verdict
from vision.store.reviews import Stale
from vision.store.runs import Reading

TODAY = date(2026, 11, 22)
RECEIPT = FieldSet(
    "Receipt",
    (
        Field("vendor", needed=True),
        Field("date", Kind.DATE, needed=True),
        Field("total", Kind.MONEY, needed=True),
        Field("paid", Kind.YES_NO),
        Field("tags", many=True),
        Field("items", Kind.ROWS, fields=(Field("description", needed=True), Field("amount", Kind.MONEY, needed=True))),
    ),
    rules=(Rule("sum", ("items.amount",), "total"),),
)
ROWS = [{"description": "Bread", "amount": 3.1}, {"description": "Milk", "amount": 1.9}]
DATA = {"vendor": "Mori Bakery", "date": "2026-03-31", "total": 9, "items": ROWS}
PRINTED = ("Mori Bakery", "31.03.2026", "Bread 3.10", "Milk 1.90", "Total 5.00")


@dataclass
class Table:
    desk: Desk
    run: Run
    ids: tuple[str, ...]

    def record(self, number: int = 0) -> Record:
        return self.desk.owned.record(self.ids[number])

    def edit(self, edit: Edit, number: int = 0) -> Record:
        return review(self.desk, self.ids[number], self.record(number).version, edit).record


def quad(x: float, y: float, width: float) -> Quad:
    return (x, y), (x + width, y), (x + width, y + 30), (x, y + 30)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    """Two records of one run, read and checked: the second is right, the first has a wrong total."""
    store = Store.open(f"sqlite:///{tmp_path / 'loupe.db'}", (tmp_path / "blobs").as_uri())
    owned = store.of("ann")
    checker = Checker(load_catalogue(), lambda: TODAY)
    documents = []
    for name in ("one.png", "two.png"):
        stored = add_picture(owned, picture_bytes(name, *PRINTED), name, OpenLimits.of(Settings()))
        lines = [(text, quad(30, 50 * n, 14.0 * len(text)), 0.99) for n, text in enumerate(PRINTED)]
        owned.keep_reading(stored.id, READING_VERSION, arrange(lines, (), (640, 400)))
        documents.append(Document(name, (stored.id,)))
    run = owned.create_run(RECEIPT, documents, choice="reader", detail=Detail.NORMAL)
    ids = tuple(head.id for head in owned.queue(run.id))
    for record_id, total in zip(ids, (9, 5), strict=True):
        owned.claim_record(record_id, "w")
        owned.end_record(record_id, "w", Reading(RecordState.DONE, {**DATA, "total": total}, "reader", "reader"))
        record = owned.record(record_id)
        owned.keep_checks(record_id, record.version, checker.check(owned, RECEIPT, record.data, record.pictures))
    yield Table(Desk(owned, checker, run, "ann"), run, ids)
    store.close()


def test_what_is_typed_becomes_a_value_and_is_looked_for(table: Table) -> None:
    before = table.record()
    assert before.supports[("total",)].mark is Mark.NOT_FOUND
    after = table.edit(Edit({("total",): " 5,00 EUR ", ("date",): "31/3/2026", ("paid",): "yes"}))
    assert (after.data["total"], after.data["date"], after.data["paid"]) == (5, "2026-03-31", True)
    assert after.supports[("total",)].mark is Mark.READ
    assert after.first == before.first
    assert after.score < before.score
    assert list(after.data) == ["vendor", "date", "total", "paid", "items"], "the order of the set"
    (one, two) = table.desk.owned.changes(table.ids[0])
    assert {(c.path, c.before, c.after, c.who) for c in (one, two)} == {
        (("total",), 9, 5, "ann"),
        (("paid",), None, True, "ann"),
    }


def test_what_does_not_fit_is_said_and_nothing_else_is_lost(table: Table) -> None:
    edit = Edit({("total",): "five", ("vendor",): "Mori"}, verdict=Verdict.ACCEPTED)
    found = review(table.desk, table.ids[0], table.record().version, edit)
    assert found.unfit == {("total",): '"five" is not what is expected here, an amount such as 1234.50.'}
    assert (found.record.data["total"], found.record.data["vendor"]) == (9, "Mori")
    assert found.record.verdict is Verdict.OPEN


def test_a_value_that_is_taken_away(table: Table) -> None:
    table.edit(Edit({("paid",): "no"}))
    after = table.edit(Edit({("paid",): "", ("vendor",): None}))
    assert "paid" not in after.data
    assert after.data["vendor"] is None
    assert any(reason is Reason.MISSING for doubt in after.doubts for reason, _ in doubt.reasons)


def test_accepting_a_value_takes_it_out_of_the_score_until_it_changes(table: Table) -> None:
    doubtful = [doubt.path for doubt in table.record().doubts if doubt.reasons]
    after = table.edit(Edit(looked=tuple(doubtful)))
    assert after.score < 0.1
    assert after.doubts == table.record().doubts
    assert set(settled(after.data, table.desk.owned.changes(after.id))) == set(doubtful)
    table.edit(Edit({("total",): "7"}))
    undone = undo(table.desk, table.ids[0], table.record().version)
    assert undone.data["total"] == 9


def test_a_verdict_a_reopening_and_a_rejection_are_acts(table: Table) -> None:
    for verdict in (Verdict.ACCEPTED, Verdict.OPEN, Verdict.REJECTED):
        assert table.edit(Edit(verdict=verdict)).verdict is verdict
    assert table.record().reviewer == "ann"
    kinds = [change.kind for change in table.desk.owned.changes(table.ids[0])]
    assert kinds == ["accepted", "reopened", "rejected"]


def test_undo_goes_back_step_by_step_to_what_the_model_gave(table: Table) -> None:
    table.edit(Edit({("total",): "5.00"}, looked=(("date",),)))
    table.edit(Edit({("tags", 0): "food"}))
    remove_row(table.desk, table.ids[0], table.record().version, ("items", 0))
    table.edit(Edit({("items", 0, "amount"): "5"}, verdict=Verdict.ACCEPTED))
    assert table.record().data["items"] == [{"description": "Milk", "amount": 5}]
    for _ in range(6):
        undo(table.desk, table.ids[0], table.record().version)
    record = table.record()
    assert (record.data, record.verdict) == (record.first, Verdict.OPEN)
    assert standing(table.desk.owned.changes(record.id)) == ()
    with pytest.raises(LoupeError, match="Nothing was done"):
        undo(table.desk, record.id, record.version)


def test_rows_are_added_and_removed_and_empty_ones_go_with_acceptance(table: Table) -> None:
    record = add_row(table.desk, table.ids[0], table.record().version, ("items",))
    assert record.data["items"][2] == {"description": None, "amount": None}
    record = add_row(table.desk, record.id, record.version, ("items",))
    record = table.edit(Edit({("items", 2, "description"): "Bag", ("items", 2, "amount"): "0,10"}))
    assert record.data["items"][2] == {"description": "Bag", "amount": 0.1}
    record = table.edit(Edit(verdict=Verdict.ACCEPTED))
    assert len(record.data["items"]) == 3
    for _ in range(3):
        record = remove_row(table.desk, record.id, record.version, ("items", 0))
    assert "items" not in record.data


def test_values_of_a_list(table: Table) -> None:
    record = table.edit(Edit({("tags", 0): "food"}))
    record = table.edit(Edit({("tags", 1): "cash"}))
    assert record.data["tags"] == ["food", "cash"]
    record = table.edit(Edit({("tags", 0): "", ("tags", 1): "card"}))
    assert record.data["tags"] == ["card"]
    assert undo(table.desk, record.id, record.version).data["tags"] == ["food", "card"]


def test_a_newer_version_is_never_overwritten(table: Table) -> None:
    seen = table.record().version
    table.edit(Edit({("total",): "5.00"}))
    for act in (
        lambda: review(table.desk, table.ids[0], seen, Edit({("total",): "6.00"})),
        lambda: undo(table.desk, table.ids[0], seen),
        lambda: remove_row(table.desk, table.ids[0], seen, ("items", 0)),
    ):
        with pytest.raises(Stale) as refused:
            act()
        assert refused.value.current.data["total"] == 5


@pytest.mark.parametrize(
    "path", [("nothing",), ("items", 9, "amount"), ("vendor", "x"), ("vendor", 0), ("items",), ("tags",)]
)
def test_a_place_that_cannot_be_is_refused(table: Table, path: tuple[str | int, ...]) -> None:
    with pytest.raises(NotThere):
        table.edit(Edit({path: "1"}))


def test_the_queue_goes_by_doubt_and_ends(table: Table) -> None:
    owned = table.desk.owned
    queue = owned.queue(table.run.id)
    assert [head.id for head in queue] == list(table.ids), "the wrong total first"
    assert next_open(queue) == table.ids[0]
    assert next_open(queue, table.ids[0]) == table.ids[1]
    assert next_open(queue, passed={table.ids[0]}) == table.ids[1]
    assert next_open(queue, table.ids[1], {table.ids[0]}) == table.ids[0], "what was passed comes last"
    table.edit(Edit(verdict=Verdict.ACCEPTED))
    queue = owned.queue(table.run.id)
    assert [is_open(head) for head in queue] == [True, False]
    assert next_open(queue, table.ids[1]) is None


def test_what_reviews_tell_of_the_model(table: Table) -> None:
    table.edit(Edit({("total",): "5.00", ("items", 1, "amount"): "", ("paid",): "yes"}, verdict=Verdict.ACCEPTED))
    table.edit(Edit(verdict=Verdict.REJECTED), 1)
    told = {one.field: one for one in rightness(judgements(RECEIPT, table.desk.owned.judged_records()))}
    assert (told["total"].right, told["total"].count) == (0, 1)
    assert (told["items.amount"].right, told["items.amount"].count) == (1, 2)
    assert (told["paid"].right, told["paid"].count) == (0, 1), "missed by the model"
    assert (told["vendor"].right, told["vendor"].count) == (1, 1)
    assert (told[""].right, told[""].count) == (5, 8)


def test_what_is_within_her_threshold_is_accepted_and_says_that_nobody_looked(table: Table) -> None:
    records = table.desk.owned.records(table.run.id)
    worst = max(doubt.score for doubt in table.record(1).doubts)
    assert worst < 0.3
    found = coverage(records, worst)
    assert (found.records, found.whole) == (2, 1)
    assert found.covered < found.values
    assert coverage(records, 1.0).whole == 2
    assert accept_unseen(table.desk, worst) == 1
    assert (table.record(1).verdict, table.record(1).reviewer) == (Verdict.ACCEPTED, UNSEEN)
    assert table.record(0).verdict is Verdict.OPEN
    assert judgements(RECEIPT, table.desk.owned.judged_records()) == ()
    assert accept_unseen(table.desk, worst) == 0
