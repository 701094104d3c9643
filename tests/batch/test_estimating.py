"""Items, price and minutes before a run; the corrected estimate after its first few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.batch.desk import CATALOGUE, GPT, BatchDesk
from vision.batch.estimating import (
    UNKNOWN_SIZE,
    Pace,
    Source,
    at_once,
    count,
    documents,
    earlier_seconds,
    grouped,
    pace_of,
    scaled,
    shapes,
    stated_pace,
)
from vision.extracting.setup import MOST_SHAPES
from vision.fields.ready import ready_set
from vision.messages import Detail
from vision.models.catalog import READER
from vision.store.batch_records import RunState, Sums
from vision.store.extract_records import ALL_PAGES, Document, RecordState

PHOTO, PAPER = Source("a.jpg", "1"), Source("b.pdf", "2", 3)
SIZES: Mapping[str, tuple[int, int]] = {"1": (400, 300), "2": (1000, 1400)}


def test_a_file_of_three_pages_is_three_items_or_one() -> None:
    assert documents([PHOTO, PAPER], together=False) == (
        Document("a.jpg", ("1",)),
        *(Document(f"b.pdf, page {page}", ("2",), page=page) for page in (1, 2, 3)),
    )
    assert documents([PHOTO, PAPER], together=True)[1] == Document("b.pdf", ("2",), page=ALL_PAGES)
    assert (count([PHOTO, PAPER], together=False), count([PHOTO, PAPER], together=True)) == (4, 2)


def test_what_is_no_picture_is_a_line_with_its_sentence() -> None:
    found = documents([PHOTO], [("notes.txt", "This is a text.")], together=False)
    assert found[1] == Document("notes.txt", (), sentence="This is a text.")


def test_a_picture_twice_counts_once_and_pages_count_as_pages() -> None:
    twice = [PHOTO, replace(PHOTO, name="copy.jpg"), PAPER]
    assert grouped(twice, SIZES, together=False) == ((((400, 300),), 1), (((1000, 1400),), 3))
    assert grouped(twice, SIZES, together=True) == ((((400, 300),), 1), (((1000, 1400),) * 3, 1))


def test_a_thousand_sizes_are_a_few_and_none_is_estimated_too_small() -> None:
    sources = [Source(f"{number}.jpg", str(number)) for number in range(1000)]
    sizes = {str(number): (100 + number, 100) for number in range(999)}  # the last one was deleted meanwhile
    found = grouped(sources, sizes, together=False)
    assert len(found) <= MOST_SHAPES
    assert sum(number for _, number in found) == 1000
    assert found[-1][0] == (UNKNOWN_SIZE,)
    assert found[0][0][0][0] >= 100 + found[0][1] - 1


def test_the_shape_is_that_of_the_question_or_of_the_fields() -> None:
    groups = grouped([PHOTO, PAPER], SIZES, together=True)
    asked = shapes(groups, Detail.FINE, question="Is it signed?")
    assert [(one.pictures, number) for one, number in asked] == list(groups)
    assert all("Is it signed?" in one.texts and one.detail is Detail.FINE for one, _ in asked)
    read = shapes(groups, Detail.NORMAL, fields=ready_set("receipt").fields)
    assert [(one.pictures, number) for one, number in read] == list(groups)
    assert all(one.schema is not None for one, _ in read)


@pytest.mark.parametrize(
    ("pages", "number", "parallel", "minutes"),
    [(1, 60, 1, 6 * 60 / 60), (1, 60, 6, 1.0), (1, 3, 8, 0.1), (3, 10, 10, 8 / 60)],
)
def test_minutes_are_items_by_seconds_by_how_many_at_once(
    pages: int, number: int, parallel: int, minutes: float
) -> None:
    assert Pace(6, 1).minutes([(((10, 10),) * pages, number)], parallel) == pytest.approx(minutes)


def test_every_level_has_a_stated_pace_and_a_model_that_of_its_level() -> None:
    quick, balanced, best = (stated_pace(word, CATALOGUE).each for word in ("quick", "balanced", "best"))
    assert quick < balanced < best
    assert stated_pace(GPT, CATALOGUE).each in (quick, balanced, best)
    assert stated_pace("compatible:anything", CATALOGUE).each == balanced
    assert stated_pace(READER, CATALOGUE).each > 0
    assert pace_of("best", CATALOGUE, {"best": 7.0}) == Pace(7.0, stated_pace("best", CATALOGUE).page, measured=True)


def test_no_more_at_once_than_the_installation_and_the_reader_can() -> None:
    assert (at_once("quick", 50, 32), at_once("quick", 8, 32), at_once(READER, 8, 32)) == (32, 8, 2)


def test_after_three_the_rest_is_estimated_by_them(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.over(desk.begin(desk.pictures(10), trial=3))
    assert run.batch is not None
    assert run.batch.state is RunState.TRIED
    sums = desk.owned.sums(run.id, datetime.now(UTC))
    found = scaled(run, sums, 4)
    assert found is not None
    assert (found.left, found.judged_by) == (7, 3)
    assert found.cost_usd == sums.cost_usd / 3 * 7
    assert found.minutes == pytest.approx(sums.seconds / 3 * 7 / 4 / 60)
    assert scaled(run, Sums(0, 0, Decimal(0), 0, 0), 4) is None
    nothing_left = replace(run, counts={RecordState.DONE: 10})
    assert scaled(nothing_left, sums, 4) is None
    unknown = scaled(run, replace(sums, unknown=sums.asked), 4)
    assert unknown is not None
    assert unknown.cost_usd is None


def test_what_earlier_runs_took_is_the_pace_of_that_choice_only(desk: BatchDesk) -> None:
    desk.drive()
    assert earlier_seconds(desk.owned, fields=False) == {}
    run = desk.over(desk.begin(desk.pictures(4)))
    sums = desk.owned.sums(run.id, datetime.now(UTC))
    assert earlier_seconds(desk.owned, fields=False) == {GPT: pytest.approx(sums.seconds / 4)}
    assert earlier_seconds(desk.owned, fields=True) == {}
