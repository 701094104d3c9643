"""Attempts end once, whoever comes first, and are written into the ledger once."""

from __future__ import annotations

import logging
import random
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from vision.errors import StoreError
from vision.messages import Answer, Attempt, Stop, Usage
from vision.models.catalog import READER, load_catalogue
from vision.models.prices import price
from vision.routing.steps import OUTCOMES
from vision.routing.trail import NOT_BILLED, Sending, Trail
from vision.store.money_records import Settled

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CATALOGUE = load_catalogue()
MODEL = CATALOGUE.models["claude-sonnet-5-5"]
USED = Usage(input_tokens=1000, output_tokens=100)


class Books:
    def __init__(self) -> None:
        self.settled: list[tuple[str, Settled]] = []
        self.released: list[str] = []

    def settle(self, ledger_id: str, settled: Settled) -> None:
        self.settled.append((ledger_id, settled))

    def sending(self, ledger_id: str = "row", model: str = MODEL.id) -> Sending:
        return Sending(CATALOGUE.models[model], ("sha",), 0.5, ledger_id, NOW, self.released.append)


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def trail(books: Books) -> Trail:
    return Trail(books.settle)


def answer(usage: Usage = USED, stop: Stop = Stop.COMPLETE) -> Answer:
    return Answer("yes", MODEL.provider, MODEL.id, stop, usage=usage)


def test_two_threads_end_one_attempt(books: Books, trail: Trail) -> None:
    """200 times: an answer, and at the same moment a Stop."""
    chance = random.Random(7)
    for number in range(200):
        assert trail.begin(books.sending(f"row {number}"))
        together = threading.Barrier(2)
        found: list[Attempt | None] = []

        def listen(together: threading.Barrier = together, found: list[Attempt | None] = found) -> None:
            together.wait(10)
            found.append(trail.answered(answer()))

        def stop(together: threading.Barrier = together, found: list[Attempt | None] = found) -> None:
            together.wait(10)
            found.append(trail.failed("stopped", "", ""))

        threads = [threading.Thread(target=work) for work in chance.sample([listen, stop], 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        (ended,) = [one for one in found if one is not None]
        assert len(found) == 2
        assert trail.attempts[-1] == ended
        assert len(trail.attempts) == len(books.settled) == len(books.released) == number + 1
        ledger_id, settled = books.settled[-1]
        assert (ledger_id, settled.outcome) == (f"row {number}", ended.outcome)
        assert (settled.cost, books.released[-1]) == (ended.cost_usd, ended.outcome)


def test_nothing_to_end(books: Books, trail: Trail) -> None:
    assert trail.answered(answer()) is trail.failed("timeout", "", "") is None
    trail.begin(books.sending())
    assert trail.failed("overloaded", "It was.", "") is not None
    assert trail.failed("stopped", "", "") is trail.answered(answer()) is None
    assert [settled.outcome for _, settled in books.settled] == ["overloaded"]


@pytest.mark.parametrize("outcome", sorted(OUTCOMES - {stop.value for stop in Stop} | {"stopped"}))
@pytest.mark.parametrize("text", ["", "So far"])
@pytest.mark.parametrize("unsent", [False, True])
def test_only_what_was_certainly_not_billed_costs_nothing(
    books: Books, trail: Trail, outcome: str, text: str, unsent: bool
) -> None:
    trail.begin(books.sending())
    ended = trail.failed(outcome, "It failed.", text, unsent=unsent)
    free = unsent or (outcome in NOT_BILLED and not text)
    assert ended is not None
    assert ended.cost_usd == (Decimal(0) if free else None)
    assert books.settled == [("row", Settled(outcome, Usage(), ended.cost_usd))]
    assert (ended.text, ended.waited_seconds, ended.sent_sha256) == (text, 0.5, ("sha",))


@pytest.mark.parametrize(
    ("model", "usage", "cost"),
    [
        (MODEL.id, USED, Decimal("0.003")),  # 2 and 10 dollars a million
        (MODEL.id, Usage(), None),  # it did not say what it counted
        (READER, Usage(), Decimal(0)),
    ],
)
def test_the_price_of_an_answer(books: Books, trail: Trail, model: str, usage: Usage, cost: Decimal | None) -> None:
    trail.begin(books.sending(model=model))
    ended = trail.answered(answer(usage))
    assert ended is not None
    assert (ended.cost_usd, ended.usage, books.settled[0][1].cost) == (cost, usage, cost)


def test_what_a_cache_saved_is_settled_too(books: Books, trail: Trail) -> None:
    trail.begin(books.sending())
    cached = Usage(input_tokens=1000, cached_tokens=900, output_tokens=100)
    trail.answered(answer(cached))
    whole, paid = price(MODEL, USED, NOW), price(MODEL, cached, NOW)
    assert whole is not None
    assert paid is not None
    assert books.settled[0][1].cached_saving == whole - paid > 0


def test_nothing_begins_after_the_end(books: Books, trail: Trail) -> None:
    """Stop came between the reservation and the sending: it is given back, for nothing was sent."""
    trail.close()
    assert not trail.begin(books.sending())
    assert books.settled == [("row", Settled("stopped", cost=Decimal(0)))]
    assert books.released == ["stopped"]
    trail.unsent(MODEL, "rate_limited", "Too many.")
    assert trail.attempts == ()
    assert trail.current is None


def test_one_that_is_under_way_at_the_end_still_ends(books: Books, trail: Trail) -> None:
    trail.begin(books.sending())
    assert trail.current == MODEL
    trail.close()
    assert trail.failed("stopped", "", "") is not None
    assert [one.outcome for one in trail.attempts] == books.released == ["stopped"]


def test_what_was_never_sent_is_in_no_ledger(books: Books, trail: Trail) -> None:
    attempt = trail.unsent(MODEL, "over_cap", "It could pass your cap.", 1.23456)
    assert (attempt.cost_usd, attempt.sent_sha256, attempt.waited_seconds) == (Decimal(0), (), 1.235)
    assert trail.attempts == (attempt,)
    assert books.settled == []


def test_a_ledger_that_cannot_be_written_keeps_nobody_from_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    def full(ledger_id: str, settled: Settled) -> None:
        raise StoreError("The disk is full.")

    books, trail = Books(), Trail(full)
    trail.begin(books.sending())
    with caplog.at_level(logging.WARNING):
        assert trail.answered(answer()) is not None
    assert (books.released, len(trail.attempts)) == (["complete"], 1)
    assert "The disk is full." in caplog.text


def test_only_services_start_the_clock(trail: Trail) -> None:
    trail.asked(service=False)
    assert trail.first_asked is None
    trail.asked(service=True)
    first = trail.first_asked
    trail.asked(service=True)
    assert trail.first_asked == first is not None
