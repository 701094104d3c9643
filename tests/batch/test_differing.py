"""Two runs over the same pictures: where their answers differ, and how both are said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.batch.desk import CLAUDE, GPT, OWNER, BatchDesk
from tests.batch.test_showing import line
from tests.wire.plays import Play
from vision.batch.differing import both_words, differ, differing_positions, pairs
from vision.fields.model import Field, FieldSet, Kind
from vision.store.extract_records import RecordState
from vision.store.runs import NO_FIELDS

R = RecordState
FIELDS = FieldSet("Till", (Field("shop_name", Kind.TEXT), Field("total", Kind.MONEY)))


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Yes.", " YES. \n", False),
        ("Yes.", "No.", True),
        ("Straße", "STRASSE", False),
        ("", "", False),
    ],
)
def test_text_differs_beyond_case_and_spaces(one: str, other: str, said: bool) -> None:
    assert differ(line(R.DONE, text=one), line(R.DONE, text=other), NO_FIELDS) is said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"total": 5}, {"total": 5.0}, False),
        ({"shop_name": "Corner shop"}, {"shop_name": "CORNER  SHOP"}, False),
        ({"total": 5}, {"total": 6}, True),
        ({"total": 5}, {}, True),
    ],
)
def test_values_differ_as_values(one: dict[str, Any], other: dict[str, Any], said: bool) -> None:
    assert differ(line(R.DONE, data=one), line(R.DONE, data=other), FIELDS) is said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (R.DONE, R.FAILED, True),
        (R.FAILED, R.STOPPED, False),
        (R.DONE, R.WAITING, False),
        (R.RUNNING, R.FAILED, False),
        (R.SKIPPED, R.SKIPPED, False),
    ],
)
def test_what_is_still_to_come_differs_from_nothing(one: RecordState, other: RecordState, said: bool) -> None:
    assert differ(line(one), line(other), NO_FIELDS) is said


def test_pairs_meet_by_position() -> None:
    at = [replace(line(R.DONE), position=number) for number in range(5)]
    found = pairs([at[0], at[2], at[3]], [at[1], at[2], at[3], at[4]])
    assert [(one.position, other.position) for one, other in found] == [(2, 2), (3, 3)]


def test_both_are_said_and_of_values_only_those_that_differ() -> None:
    one, other = line(R.DONE, data={"shop_name": "A", "total": 5}), line(R.DONE, data={"shop_name": "A"})
    assert both_words(one, other, FIELDS) == ("Total: 5.00", "Total: nothing")
    failed = line(R.FAILED, sentence="It declined.")
    assert both_words(line(R.DONE, text="Yes"), failed, NO_FIELDS) == ("Yes", "(It declined.)")


def test_two_runs(desk: BatchDesk) -> None:
    desk.wire.always(Play(chunks=("No.",)))
    desk.drive()
    run = desk.over(desk.begin(desk.pictures(4), choice=GPT))
    desk.wire.script(Play(chunks=("no.",)), Play(chunks=("Yes.",)), provider="anthropic")
    again = desk.batches.run_again(OWNER, run.id, choice=CLAUDE)
    desk.over(again)
    found = differing_positions(desk.owned, again.id, run.id, NO_FIELDS)
    texts = [one.text for one in desk.owned.all_lines(again.id)]
    assert found == tuple(at for at, text in enumerate(texts) if text == "Yes.")
    assert len(found) == 1
