"""What is chosen before documents are read: sets found again, documents counted, the price of all, the pace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.answering.talks import drawn
from vision.errors import NotThere
from vision.extracting.setup import (
    MOST_SHAPES,
    Pace,
    Together,
    chosen_set,
    documents,
    keep_edited,
    new_run,
    pace_words,
    papers,
    price,
    rules_that_fit,
    run_price,
    shapes,
)
from vision.fields.model import Field
from vision.fields.ready import ready_set
from vision.fields.table import to_rows
from vision.images.limits import OpenLimits
from vision.ingest import add_picture
from vision.messages import Detail
from vision.models.catalog import load_catalogue
from vision.routing.estimating import Estimate, Shape, estimate
from vision.store import OwnedStore, Store, StoredPicture
from vision.store.extract_records import RecordHead, RecordState, Verdict

RECEIPT = ready_set("receipt").fields
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MODEL = next(one for one in load_catalogue().models.values() if one.provider == "anthropic")


@pytest.fixture
def owned(store: Store) -> OwnedStore:
    return store.of("somebody")


def picture(owned: OwnedStore, *lines: str) -> StoredPicture:
    return add_picture(owned, drawn(*lines), "receipt.png", OpenLimits())


def of_size(stored: StoredPicture, width: int, height: int, pages: int = 1) -> StoredPicture:
    return replace(stored, picture=replace(stored.picture, width=width, height=height, pages=pages))


def test_edited_fields_are_found_again_and_are_in_nobodys_list(owned: OwnedStore) -> None:
    assert keep_edited(owned, RECEIPT) == "receipt"
    edited = replace(RECEIPT, fields=(*RECEIPT.fields, Field("guest")))
    word = keep_edited(owned, edited)
    assert chosen_set(owned, word).fields == edited
    assert chosen_set(owned, word).saved is None
    assert owned.sets() == ()
    saved = owned.save_set(edited)
    found = chosen_set(owned, saved.version_id).saved
    assert found is not None
    assert found.number == 1
    with pytest.raises(NotThere):
        chosen_set(owned, "0" * 32)


NAMES = [row.name for row in to_rows(RECEIPT)]


def test_a_rule_goes_with_the_field_it_names() -> None:
    left = rules_that_fit(RECEIPT.rules, NAMES, ["total", "cash", "change", "date"])
    assert {rule.kind for rule in left} == {"sum", "not_future"}
    assert all("subtotal" not in (*rule.fields, rule.target) for rule in left)


def test_a_rule_follows_a_field_that_gets_another_name() -> None:
    after = [{"items.amount": "items.price paid", "total": "to pay"}.get(name, name) for name in NAMES]
    found = rules_that_fit(RECEIPT.rules, NAMES, after)
    assert len(found) == len(RECEIPT.rules)
    assert ("items.price paid",) in [rule.fields for rule in found]
    swapped = ["total" if name == "cash" else "cash" if name == "total" else name for name in NAMES]
    assert rules_that_fit(RECEIPT.rules, NAMES, swapped) == RECEIPT.rules


def test_documents_are_files_or_pages_or_all_of_them(owned: OwnedStore) -> None:
    one = picture(owned, "TOTAL 1.00")
    found = (of_size(one, 100, 100, pages=3), of_size(one, 200, 100))
    assert [len(each) for each in papers(found, Together.FILE)] == [3, 1]
    assert [len(each) for each in papers(found, Together.PAGE)] == [1, 1, 1, 1]
    assert [len(each) for each in papers(found, Together.ALL)] == [4]
    assert papers((), Together.ALL) == ()
    with pytest.raises(NotThere, match="no picture yet"):
        documents(owned, (), OpenLimits(), Together.FILE)


def test_the_price_of_all_is_that_of_each_added_up(owned: OwnedStore) -> None:
    one = picture(owned, "TOTAL 1.00")
    found = papers((of_size(one, 400, 400), of_size(one, 400, 400), of_size(one, 1200, 900)), Together.FILE)

    def cost(shape: Shape) -> Estimate:
        return estimate(MODEL, shape, NOW)

    counted = shapes(RECEIPT, found, Detail.NORMAL)
    assert sorted(count for _, count in counted) == [1, 2]
    each = [cost(shape) for paper in found for shape, _ in shapes(RECEIPT, [paper], Detail.NORMAL)]
    total = price(counted, cost)
    assert total is not None
    assert total.high == sum((one.high or Decimal(0) for one in each), Decimal(0))
    assert total.image_tokens == sum(one.image_tokens for one in each)
    assert price(counted, lambda _: None) is None
    unknown = replace(each[0], low=None, high=None, upper=None)
    found_unknown = price(counted, lambda _: unknown)
    assert found_unknown is not None
    assert found_unknown.high is None


def test_many_sizes_are_worked_out_for_a_few_and_none_is_lost(owned: OwnedStore) -> None:
    one = picture(owned, "TOTAL 1.00")
    found = [(of_size(one, 300 + at, 400),) for at in range(100)]
    counted = shapes(RECEIPT, found, Detail.NORMAL)
    assert len(counted) <= MOST_SHAPES
    assert sum(count for _, count in counted) == 100


def test_a_run_names_the_version_of_its_set(owned: OwnedStore) -> None:
    one, other = picture(owned, "TOTAL 1.00"), picture(owned, "TOTAL 2.00")
    found = documents(owned, (one, other), OpenLimits(), Together.FILE)
    run = new_run(owned, RECEIPT, found, choice="balanced", detail=Detail.NORMAL)
    assert (run.title, run.total, run.set_number) == ("receipt.png and 1 more", 2, 1)
    assert owned.set_version(run.set_version_id).fields == RECEIPT


@pytest.mark.parametrize(
    ("pace", "words"),
    [
        (Pace(0, 40, None), "0 of 40 done"),
        (Pace(12, 40, 8.0), "12 of 40 done, 8 a minute, about 4 minutes left"),
        (Pace(39, 40, 60.0), "39 of 40 done, 60 a minute, less than a minute left"),
        (Pace(1, 2, 0.5), "1 of 2 done, less than one a minute, about 2 minutes left"),
    ],
)
def test_the_pace_in_words(pace: Pace, words: str) -> None:
    assert pace_words(pace) == words


def test_what_a_run_cost_in_words() -> None:
    head = RecordHead(
        "1",
        0,
        "a",
        RecordState.DONE,
        Verdict.OPEN,
        0.0,
        checked=True,
        sentence="",
        cost_usd=Decimal("0.002"),
        provider="openai",
    )
    free = replace(head, cost_usd=Decimal(0), provider="reader")
    unknown = replace(head, cost_usd=None)
    waiting = replace(head, state=RecordState.WAITING, cost_usd=None, provider="")
    assert run_price([free, free]) == "Read on this machine, for nothing."
    assert run_price([head, head, waiting]) == "Paid: $0.0040."
    assert run_price([head, unknown]) == "Paid: $0.0020, and a price that is unknown for 1."
