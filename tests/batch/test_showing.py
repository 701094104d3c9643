"""A run and its items in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.batch.desk import CATALOGUE, GPT
from vision.batch.cells import attempt_words, both_names, columns, row
from vision.batch.estimating import Scaled
from vision.batch.showing import (
    asked_of,
    caps_words,
    counts_words,
    ended_words,
    filters,
    higher_cap,
    is_live,
    minutes_short,
    minutes_words,
    money_words,
    pictures_words,
    progress,
    run_label,
    scaled_words,
    state_words,
)
from vision.fields.model import Field, FieldSet, Kind
from vision.messages import Attempt, Detail
from vision.models.catalog import READER
from vision.store.batch_records import Batch, Line, RunState, Sums, Terms
from vision.store.extract_records import RecordState, Run, Verdict
from vision.store.runs import NO_FIELDS

NOW = datetime(2026, 11, 28, tzinfo=UTC)
R = RecordState


def run(counts: Mapping[RecordState, int], state: RunState = RunState.DONE, *, trial: int | None = None) -> Run:
    batch = Batch(state, "", Terms("Is it signed?", trial=trial), None, told=False)
    return Run("1", "a.jpg and 9 more", NO_FIELDS, 0, "", GPT, Detail.NORMAL, None, counts, {}, NOW, NOW, batch)


def line(state: RecordState, **more: object) -> Line:
    plain = Line(
        "1", 0, "a.jpg", state, Verdict.OPEN, "p", "", {}, "", "", "", "", None, 0.0, 0.0, checked=True, same_as=""
    )
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "words", "short"),
    [
        (0.4, "less than a minute", "under 1 min"),
        (1.0, "about 1 minute", "1 min"),
        (89, "about 89 minutes", "89 min"),
        (120, "about 2 hours", "2 h"),
        (60 * 24 * 3, "about 3 days", "3 days"),
    ],
)
def test_minutes(minutes: float, words: str, short: str) -> None:
    assert (minutes_words(minutes), minutes_short(minutes)) == (words, short)


def test_pictures_and_what_is_none() -> None:
    assert pictures_words(1) == "1 picture"
    assert pictures_words(1213, 2) == "1,213 pictures, 2 files that are no pictures"
    assert pictures_words(3, 1) == "3 pictures, 1 file that is no picture"
    assert (run_label(1), run_label(1000)) == ("Run", "Run 1,000")


def test_caps_that_hold_besides() -> None:
    assert caps_words(None, None, None) == "There is no cap in Settings."
    assert "$5.00 a run, $0.50 a day" in caps_words(Decimal(5), Decimal("0.5"), None)


@pytest.mark.parametrize("state", list(RunState))
def test_every_state_has_words(state: RunState) -> None:
    found = run({R.DONE: 3, R.WAITING: 7}, state)
    assert found.batch is not None
    assert state_words(found, found.batch)[0]
    assert is_live(found) == (state is RunState.RUNNING)


def test_a_pause_with_something_under_way_is_said_and_watched() -> None:
    found = run({R.DONE: 3, R.RUNNING: 2, R.WAITING: 5}, RunState.PAUSED)
    assert found.batch is not None
    assert state_words(found, found.batch)[0] == "Pausing: 2 still under way"
    assert is_live(found)


def test_progress_with_pace_and_time_left() -> None:
    found = progress(run({R.DONE: 10, R.FAILED: 2, R.WAITING: 28, R.SKIPPED: 5}, RunState.RUNNING), 7, 60)
    assert found.share == pytest.approx(0.3)
    assert found.words == "12 of 40 done, 2 of them failed, 7 a minute, about 4 minutes left"
    assert progress(run({R.WAITING: 4}, RunState.RUNNING), 0, 60).words == "0 of 4 done"
    assert progress(run({R.DONE: 1, R.WAITING: 4}, RunState.RUNNING), 1, 1).per_minute is None  # too early to say
    assert progress(run({R.DONE: 1, R.WAITING: 9}, RunState.RUNNING, trial=3), 0, 60).words == "1 of 3 done"


def test_counts_money_and_the_note_at_the_end() -> None:
    ended = run({R.DONE: 998, R.FAILED: 2, R.SKIPPED: 1})
    assert counts_words(ended) == "998 done, 2 failed, 1 is no picture"
    assert ended_words(ended) == "Your run “a.jpg and 9 more” has ended: 998 done, 2 failed, 1 is no picture."
    capped = run({R.DONE: 1, R.WAITING: 1}, RunState.CAPPED)
    assert "stands still at its cap: 1 done, 1 to come" in ended_words(capped)
    sums = Sums(3, 9.0, Decimal("1.5"), 1, 0)
    assert money_words(sums, Decimal(5), free=False) == (
        "$1.50 spent and a price that is unknown for 1 of at most $5.00"
    )
    assert money_words(Sums(2, 1.0, Decimal(0), 2, 0), None, free=False) == "price unknown"
    assert money_words(sums, None, free=True) == "on this machine, for nothing"


def test_what_the_rest_will_come_to() -> None:
    assert scaled_words(Scaled(57, 3, Decimal("1.2"), 3.2)) == (
        "The other 57 will cost about $1.20 and take about 3 minutes, judged by the 3 that are done."
    )
    assert "cost nothing" in scaled_words(Scaled(1, 1, Decimal(0), 0.1))
    assert "cannot be told" in scaled_words(Scaled(2, 1, None, 0.1))


def test_a_higher_cap_is_enough_for_all_of_it() -> None:
    sums = Sums(3, 9.0, Decimal("0.30"), 0, 0)
    assert higher_cap(Decimal("0.30"), sums, Scaled(97, 3, Decimal("9.70"), 1)) == Decimal("12.00")
    assert higher_cap(Decimal(4), sums, None) == Decimal("8.00")
    assert higher_cap(Decimal("0.01"), Sums(0, 0, Decimal(0), 0, 0), None) == Decimal("0.10")


def test_filters_are_what_there_is() -> None:
    assert filters(run({R.DONE: 3, R.FAILED: 1, R.INTERRUPTED: 1})) == {
        "all": "All 5",
        "done": "Done 3",
        "failed": "Failed 2",
    }


def test_a_line_as_cells() -> None:
    told = {"provider": "openai", "model": GPT, "cost_usd": Decimal("0.0021"), "seconds": 2.13}
    done = row(line(R.DONE, text="Yes,\n it is.", **told), NO_FIELDS, CATALOGUE, "url")
    assert (done["State"], done["Answer"], done["Price"], done["Seconds"]) == (
        "✓ Done",
        "Yes, it is.",
        "$0.0021",
        "2.1",
    )
    failed = row(line(R.FAILED, text="Half an", sentence="It declined.", **told), NO_FIELDS, CATALOGUE, "")
    assert (failed["Answer"], failed["Reason"]) == ("", "It declined.")
    long = row(line(R.DONE, text="x" * 5000), NO_FIELDS, CATALOGUE, "")["Answer"]
    assert len(long) == 400
    assert row(line(R.DONE, provider=READER, model="ocr"), NO_FIELDS, CATALOGUE, "")["Price"] == "free"
    assert row(line(R.DONE, same_as="0", **told), NO_FIELDS, CATALOGUE, "")["Price"] == "as above"


def test_values_have_columns_and_none_takes_ours() -> None:
    fields = FieldSet(
        "Set",
        (
            Field("name", Kind.TEXT),
            Field("total", Kind.MONEY),
            Field("items", Kind.ROWS, fields=(Field("what", Kind.TEXT),)),
        ),
    )
    data = {"name": "Shop", "total": 5, "items": [{"what": "Bread"}, {"what": "Milk"}]}
    cells = row(line(R.DONE, data=data), fields, CATALOGUE, "")
    assert (cells["Name"], cells["Name (read)"], cells["Items"]) == ("a.jpg", "Shop", "2 rows")
    assert columns(replace(run({R.DONE: 1}), fields=fields))[:6] == (
        "Picture",
        "Name",
        "State",
        "Name (read)",
        "Total",
        "Items",
    )
    assert set(columns(replace(run({R.DONE: 1}), fields=fields))) == set(cells)


def test_reasons_have_a_column_where_there_is_one() -> None:
    assert "Reason" not in columns(run({R.DONE: 3}))
    assert "Reason" in columns(run({R.DONE: 3, R.FAILED: 1}))


def test_who_was_asked_and_how_two_runs_are_told_apart() -> None:
    label = CATALOGUE.models[GPT].label
    assert (asked_of("best", CATALOGUE), asked_of(GPT, CATALOGUE)) == ("Best", label)
    assert asked_of("compatible:llava", CATALOGUE) == "llava"
    one = run({R.DONE: 1})
    assert both_names(one, replace(one, choice="best"), CATALOGUE) == (label, "Best")
    assert both_names(one, one, CATALOGUE) == ("This run", "The run before")


def test_what_was_tried() -> None:
    tries = (Attempt("openai", GPT, "rate_limited", seconds=1.0, sentence="Too many at once."),)
    assert attempt_words(tries, CATALOGUE) == (
        f"{CATALOGUE.models[GPT].label}: Too many at once. (1.0 s, price unknown)",
    )
