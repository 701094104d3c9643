"""Four models before one question: all answer at once, each for itself, and a cap holds for all of them together."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.answering.talks import CLAUDE, GEMINI, GPT, LOCAL, OWNER
from tests.contests.conftest import FOUR, Contests
from tests.wire import Play, WireServer
from vision.answering.requesting import shape_of_next
from vision.contests.asking import begin, one_per_provider, stop_all, together
from vision.contests.rounds import rounds
from vision.errors import NotThere, StillAnswering
from vision.messages import Detail
from vision.routing.estimating import Estimate, in_words
from vision.store import State
from vision.store.money_records import Preferences
from vision.store.records import Contest

PROVIDERS = {CLAUDE: "anthropic", GPT: "openai", GEMINI: "gemini", LOCAL: "compatible"}
HAIKU = "claude-haiku-5-5"
DEAD = "http://127.0.0.1:9"  # the discard port, where nobody listens


def test_all_stream_at_once(wire: WireServer, contests: Contests) -> None:
    """Every first word is there while no answer is whole: none waits for another."""
    for model, provider in PROVIDERS.items():
        wire.script(Play(chunks=(f"{model} ", "says so."), hold_before=(1,)), provider=provider)
    contests.begin()
    asked = contests.ask_all()
    wire.wait_held(4, timeout=20)
    lives = {lane: contests.live(answer_id) for lane, answer_id in asked.answers.items()}
    for model in FOUR:
        live = lives[contests.lane(model)]
        assert live.wait_for(lambda live=live, model=model: live.text == f"{model} ", 10)  # type: ignore[misc]
        assert not live.done
    wire.release()
    answers = contests.ends(asked)
    assert {model: one.text for model, one in answers.items()} == {model: f"{model} says so." for model in FOUR}
    assert all(one.first_word_seconds is not None for one in answers.values())


def test_each_is_sent_the_picture_as_it_takes_it_best(wire: WireServer, contests: Contests) -> None:
    large = contests.picture(size=(3000, 2000))
    contests.contest = begin(contests.owned, (GPT, HAIKU), [large.id], chance=random.Random(1))
    answers = contests.round()
    sizes = {request.model: (request.pictures[0].width, request.pictures[0].height) for request in wire.requests}
    assert len(set(sizes.values())) == 2
    for model, answer in answers.items():
        assert answer.sent_sha256 == next(one.sha256 for one in wire.requests if one.model == model)
        assert answer.picture_ids == (large.id,)


def test_a_dead_provider_fails_alone_and_in_words(
    wire: WireServer, contests: Contests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", DEAD)
    contests.begin()
    answers = contests.round()
    dead = answers.pop(CLAUDE)
    assert (dead.state, dead.model) == (State.FAILED, CLAUDE)  # nobody stood in for it
    assert "Claude" in dead.sentence
    assert {attempt.provider for attempt in dead.attempts} == {"anthropic"}
    assert {one.state for one in answers.values()} == {State.COMPLETE}
    assert len(answers) == 3


def test_follow_ups_go_to_all(wire: WireServer, contests: Contests) -> None:
    contest = contests.begin()
    first = contests.round()
    contests.round("And the date?")
    for one in wire.requests[-4:]:
        assert one.parts[-1] == "And the date?"
        assert len(one.pictures) == 1
    found = rounds(contests.owned, contest)
    assert [(one.position, one.question) for one in found] == [(1, "What is the total?"), (2, "And the date?")]
    for each in found:
        assert [column.lane for column in each.columns] == list(contest.lanes)
        assert not each.running
    assert {column.lane.model: column.answer for column in found[0].columns} == first
    assert contests.owned.contest(contest.id).title == "What is the total?"


def test_nothing_is_asked_while_one_is_still_answering(wire: WireServer, contests: Contests) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)), provider="gemini")
    contest = contests.begin()
    asked = contests.ask_all()
    wire.wait_held()
    with pytest.raises(StillAnswering):
        contests.ask_all("And now?")
    assert [one.position for one in rounds(contests.owned, contest)] == [1]
    stop_all(contests.engine, contests.owned, contest)
    assert contests.ends(asked)[GEMINI].state is State.STOPPED
    assert {one.state for one in contests.round("And now?").values()} == {State.COMPLETE}


def test_a_column_is_tried_again_alone(wire: WireServer, contests: Contests, monkeypatch: pytest.MonkeyPatch) -> None:
    contest = contests.begin()
    with monkeypatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", DEAD)
        failed = contests.round()[GPT]
    assert failed.state is State.FAILED
    again = contests.end(contests.engine.ask_again(OWNER, failed.turn_id, model=GPT))
    assert again.state is State.COMPLETE
    (one,) = rounds(contests.owned, contest)
    assert {column.answer.state for column in one.columns if column.answer} == {State.COMPLETE}


@pytest.mark.parametrize("cap", ["question", "day"])
def test_a_cap_holds_for_all_of_them_together(wire: WireServer, contests: Contests, cap: str) -> None:
    """While every reply is held, no more is reserved than the cap allows, and who finds no room says so."""
    owned, models = contests.owned, (CLAUDE, GPT, GEMINI, HAIKU)
    most = [_upper(contests, model) for model in models]
    limit = max(most)  # each of them alone would have room
    assert limit < sum(most)
    amounts = {f"{cap}_cap": limit}
    owned.set_preferences(Preferences(**amounts))  # type: ignore[arg-type]
    wire.script(*[Play(chunks=("Twelve.",), hold_before=(-1,))] * 4)
    contests.begin(*models)
    asked = contests.ask_all()
    lives = {answer_id: contests.live(answer_id) for answer_id in asked.answers.values()}
    _until(lambda: all(live.done or owned.ledger(question=answer_id) for answer_id, live in lives.items()))
    reserved = [entry.spending for entry in owned.ledger()]
    assert sum(one.upper or Decimal(0) for one in reserved) <= limit
    assert len({one.run for one in reserved}) == 1
    while not all(live.done for live in lives.values()):
        wire.release()
        time.sleep(0.01)
    answers = contests.ends(asked)
    assert any(one.state is State.COMPLETE for one in answers.values())
    said = "for a question to all compared models:" if cap == "question" else "a day:"
    assert all(one.state is State.COMPLETE or said in one.sentence for one in answers.values())
    assert sum((one.cost_usd or Decimal(0) for one in answers.values()), Decimal(0)) <= limit
    assert {entry.spending.job for entry in owned.ledger()} == {"compare"}


def test_what_one_lane_spent_is_no_longer_there_for_the_others(wire: WireServer, contests: Contests) -> None:
    """The cap of a question is that of its round: a second try in one column finds what all have spent."""
    contests.begin(GPT, HAIKU)
    answers = contests.round()
    costs = [one.cost_usd or Decimal(0) for one in answers.values()]
    contests.owned.set_preferences(Preferences(question_cap=sum(costs, Decimal("0.0001"))))
    capped = contests.end(contests.engine.ask_again(OWNER, answers[GPT].turn_id, model=GPT))
    assert (capped.state, capped.outcome) == (State.FAILED, "over_cap")
    assert "for a question to all compared models:" in capped.sentence
    room = 3 * (_upper(contests, GPT) + _upper(contests, HAIKU))
    contests.owned.set_preferences(Preferences(question_cap=room))
    assert {one.state for one in contests.round("And the date?").values()} == {State.COMPLETE}
    assert len({entry.spending.run for entry in contests.owned.ledger()}) == 2


def _until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _upper(contests: Contests, model: str) -> Decimal:
    shape = shape_of_next((), (contests.picture("TOTAL 12.50"),), Detail.NORMAL, question="What is the total?")
    (standing,) = contests.engine.plan(OWNER, model, shape).candidates
    assert standing.estimate is not None
    assert standing.estimate.upper is not None
    return standing.estimate.upper


def test_who_answers_is_chosen_by_level_or_by_hand(wire: WireServer, contests: Contests) -> None:
    shape = shape_of_next((), (contests.picture(),), Detail.NORMAL, question="?")
    words = one_per_provider(contests.engine.plan(OWNER, "balanced", shape))
    models = [contests.engine.plan(OWNER, word, shape).candidates[0].model for word in words]
    assert len(models) >= 3
    assert len({model.provider for model in models}) == len(models)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((CLAUDE,), "1 is chosen"),
        ((), "0 are chosen"),
        ((CLAUDE, CLAUDE), "1 is chosen"),
        ((*FOUR, HAIKU), "5 are chosen"),
        ((CLAUDE, "quick"), "quick is a level"),
        ((CLAUDE, "auto"), "auto is a level"),
    ],
)
def test_two_to_four_different_models(contests: Contests, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(NotThere, match=said):
        begin(contests.owned, words, chance=random.Random(1))
    assert contests.owned.contests() == ()


def test_the_order_is_drawn_by_lot_and_kept(contests: Contests) -> None:
    def shown(seed: int, *, blind: bool = True) -> Contest:
        return begin(contests.owned, FOUR, blind=blind, chance=random.Random(seed))

    orders = [tuple(lane.model for lane in shown(seed).lanes) for seed in range(40)]
    assert {order[0] for order in orders} == set(FOUR)  # everybody comes first now and then
    assert orders[3] == tuple(lane.model for lane in shown(3).lanes)
    assert tuple(lane.model for lane in shown(3, blind=False).lanes) == FOUR
    kept = shown(5)
    assert contests.owned.contest(kept.id).lanes == kept.lanes


def test_the_price_of_a_round_is_that_of_all() -> None:
    one = Estimate(100, 10, True, Decimal("0.001"), Decimal("0.002"), Decimal("0.01"))
    two = Estimate(200, 10, False, Decimal("0.003"), Decimal("0.004"), Decimal("0.02"))
    both = together([one, two])
    assert both == Estimate(300, 20, False, Decimal("0.004"), Decimal("0.006"), Decimal("0.03"))
    assert in_words(both) == "about $0.0040 to $0.0060"
    unknown = Estimate(1, 1, True, None, None, None)
    assert in_words(together([one, unknown])) == in_words(together([one, None])) == "price unknown"
