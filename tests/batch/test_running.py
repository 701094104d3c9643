"""A run from its beginning to its end, with everything that can be done in the middle of it."""

from __future__ import annotations

from tests.batch.desk import BatchDesk
from vision.store.batch_records import RunState


def test_every_picture_is_asked_once_and_answered(desk: BatchDesk) -> None:
    desk.drive()
    run = desk.begin(desk.pictures(12))
    ended = desk.over(run)
    assert ended.batch is not None
    assert (ended.batch.state, desk.counts(run)) == (RunState.DONE, {"done": 12})
    assert len(desk.wire.requests) == 12
    lines = list(desk.owned.all_lines(run.id))
    assert [one.name for one in lines] == [f"scans/{number}.png" for number in range(12)]
    assert all(one.text and one.provider == "openai" and one.cost_usd for one in lines)
