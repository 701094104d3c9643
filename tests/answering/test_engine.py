"""Questions through the real SDKs to the loopback provider, and what is kept of the answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from pydantic import SecretStr

from tests.answering.conftest import engine_of
from tests.answering.talks import CLAUDE, GEMINI, GPT, LOCAL, OWNER, Talks
from tests.wire import KEYS, Fault, Play, WireServer, fails
from tests.wire.plays import words
from vision.answering.engine import Engine
from vision.answering.talk import GO_ON
from vision.errors import NotThere, StillAnswering
from vision.messages import Detail
from vision.settings import Settings, Typed
from vision.store import State, Store


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
def test_a_question_is_answered_and_kept(wire: WireServer, talks: Talks, model: str) -> None:
    wire.script(Play(chunks=words("The total is 12.50.")))
    answer = talks.answered("What is the total?", talks.picture(), model=model)
    assert (answer.state, answer.text, answer.sentence) == (State.COMPLETE, "The total is 12.50.", "")
    assert answer.model == model.removeprefix("compatible:")
    assert answer.sent_sha256 == wire.requests[-1].sha256
    assert len(answer.sent_sha256) == 1
    assert answer.usage.input_tokens == wire.requests[-1].input_tokens > 0
    (attempt,) = answer.attempts
    assert (attempt.outcome, attempt.sent_sha256) == ("complete", answer.sent_sha256)
    assert (attempt.provider, attempt.model) == (answer.provider, answer.model)
    assert wire.requests[-1].question == "What is the total?"
    if model == LOCAL:
        assert answer.cost_usd is None  # whoever runs the server knows the price
    else:
        assert answer.cost_usd is None or answer.cost_usd > Decimal(0)


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
def test_follow_up_sends_the_history_with_identical_bytes(wire: WireServer, talks: Talks, model: str) -> None:
    picture = talks.picture()
    first = talks.answered("What is the total?", picture, model=model)
    second = talks.answered("And the date?", model=model)
    one, two = wire.requests[-2:]
    assert one.sha256 == two.sha256 == first.sent_sha256 == second.sent_sha256
    assert two.question == "And the date?"
    assert first.text in two.raw.decode() or model != LOCAL
    assert not two.refused


def test_own_items_go_back_to_the_same_model_only(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(thinking="Let me look.", chunks=("Twelve.",)), provider="anthropic")
    talks.answered("What is the total?", talks.picture(), model=CLAUDE)
    talks.answered("Sure?", model=CLAUDE)
    assert "Let me look." in wire.requests[-1].raw.decode()
    talks.answered("Really?", model=GPT)
    assert "Let me look." not in wire.requests[-1].raw.decode()
    assert "Twelve." in wire.requests[-1].raw.decode()


def test_new_picture_in_mid_talk_stands_in_its_own_turn(wire: WireServer, talks: Talks) -> None:
    talks.answered("First?", talks.picture("ONE"), model=LOCAL)
    answer = talks.answered("Second?", talks.picture("TWO"), model=LOCAL)
    messages = [message for message in wire.requests[-1].body["messages"] if message["role"] == "user"]
    assert [sum(part["type"] == "image_url" for part in message["content"]) for message in messages] == [1, 1]
    assert len(set(answer.sent_sha256)) == len(answer.picture_ids) == 2


def test_detail_is_what_is_sent(wire: WireServer, talks: Talks) -> None:
    picture = talks.picture(size=(3000, 2000))
    sizes = {}
    for detail in Detail:
        answer_id = talks.ask("How large?", picture, model=CLAUDE, detail=detail)
        assert talks.end(answer_id).detail is detail
        sizes[detail] = wire.requests[-1].pictures[-1].width
    assert sizes[Detail.GLANCE] < sizes[Detail.NORMAL] <= sizes[Detail.FINE]


def test_text_is_seen_while_it_comes(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two ", "three."), hold_before=(2,)))
    answer_id = talks.ask("Count.", talks.picture())
    live = talks.live(answer_id)
    wire.wait_held()
    assert live.wait_for(lambda: live.text == "One two ", 10)
    assert not live.done
    assert talks.owned.answer(answer_id).state is State.RUNNING
    wire.release()
    assert talks.end(answer_id).text == "One two three."


@pytest.mark.parametrize("pings", [False, True], ids=["silent", "pings"])
@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
def test_stop_ends_the_connection_while_no_text_comes(wire: WireServer, talks: Talks, model: str, pings: bool) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,), pings=pings))
    answer_id = talks.ask("Count.", talks.picture(), model=model)
    live = talks.live(answer_id)
    assert live.wait_for(lambda: live.text == "One ", 10)
    wire.wait_held()
    talks.engine.stop("somebody else", answer_id)
    assert not live.closed
    talks.engine.stop(OWNER, answer_id)
    stopped = talks.end(answer_id, seconds=5)  # the provider is still holding its next word
    assert (stopped.state, stopped.text) == (State.STOPPED, "One ")
    assert stopped.cost_usd is None
    assert [attempt.outcome for attempt in stopped.attempts] == ["stopped"]
    assert wire.requests[-1].left.wait(5)  # and knows that nobody waits for it: what is not written is not paid for
    assert talks.owned.answer(answer_id) == stopped
    assert talks.answered("And now?", model=model).state is State.COMPLETE


def test_stop_before_the_reply_begins_ends_it_where_it_begins(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(-1, 0)))
    answer_id = talks.ask("Count.", talks.picture())
    wire.wait_held()
    talks.engine.stop(OWNER, answer_id)
    assert talks.end(answer_id, seconds=5).state is State.STOPPED
    wire.release()
    assert wire.requests[-1].left.wait(5)  # not only at the first word


@pytest.mark.parametrize("model", [CLAUDE, GPT, GEMINI, LOCAL])
@pytest.mark.parametrize(
    "play",
    [
        Play(chunks=("One ", "two"), hold_before=(1,), pings=True),
        Play(chunks=("One ", *("on " * 400).split(" ")), delay_seconds=0.1),
    ],
    ids=["pings", "drips"],
)
def test_a_whole_answer_has_its_time_however_lively_the_connection(
    wire: WireServer, store: Store, model: str, play: Play
) -> None:
    engine = engine_of(store, Settings(answer_seconds=1.5))
    talks = Talks(store, engine)
    wire.script(play)
    failed = talks.end(talks.ask("Count.", talks.picture(), model=model), seconds=15)
    assert (failed.state, failed.outcome) == (State.FAILED, "timeout")
    assert failed.text.startswith("One ")
    assert "did not answer in time" in failed.sentence
    assert [attempt.outcome for attempt in failed.attempts] == ["timeout"]
    assert wire.requests[-1].left.wait(5)
    engine.close()


def test_stopped_answer_is_part_of_the_talk(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("It says ", "two"), hold_before=(1,)))
    answer_id = talks.ask("Count.", talks.picture(), model=LOCAL)
    live = talks.live(answer_id)
    assert live.wait_for(lambda: bool(live.text), 10)
    talks.engine.stop(OWNER, answer_id)
    wire.release()
    talks.end(answer_id)
    talks.answered("Go on?", model=LOCAL)
    roles = [message["role"] for message in wire.requests[-1].body["messages"]]
    assert roles[-3:] == ["user", "assistant", "user"]


@pytest.mark.parametrize(
    ("play", "outcome"),
    [
        (fails("rate_limited"), "rate_limited"),
        (fails("bad_key"), "bad_key"),
        (fails("overloaded"), "overloaded"),
        (Play(fault=Fault("html")), "broken_answer"),
    ],
)
def test_failure_is_a_state_with_a_sentence(wire: WireServer, talks: Talks, play: Play, outcome: str) -> None:
    wire.script(*[play] * 3)
    answer_id = talks.ask("What is the total?", talks.picture(), model=CLAUDE)
    failed = talks.end(answer_id)
    assert (failed.state, failed.outcome, failed.text) == (State.FAILED, outcome, "")
    assert failed.sentence == talks.live(answer_id).error
    assert failed.sentence.endswith(".")
    assert len(failed.attempts) == (1 if outcome == "bad_key" else 3) == len(wire.requests)
    for attempt in failed.attempts:
        assert (attempt.outcome, attempt.sentence) == (outcome, failed.sentence)
        assert attempt.sent_sha256 == wire.requests[-1].sha256


def test_broken_stream_keeps_what_came(wire: WireServer, talks: Talks) -> None:
    wire.script(*[Play(chunks=("One ", "two ", "three"), fault=Fault("cut", after=2))] * 3)
    failed = talks.answered("Count.", talks.picture(), model=CLAUDE)
    assert (failed.state, failed.outcome, failed.text) == (State.FAILED, "connection", "One two ")


def test_after_a_failure_the_picture_is_sent_with_the_next_question(wire: WireServer, talks: Talks) -> None:
    wire.script(*[fails("overloaded")] * 3)
    talks.answered("What is the total?", talks.picture(), model=LOCAL)
    answer = talks.answered("And now?", model=LOCAL)
    assert answer.state is State.COMPLETE
    assert len(wire.requests[-1].sha256) == 1
    users = [message for message in wire.requests[-1].body["messages"] if message["role"] == "user"]
    assert len(users) == 1


@pytest.mark.parametrize(
    ("model", "play"),
    [(CLAUDE, Play(ending="refusal")), (GPT, Play(ending="refusal")), (GEMINI, Play(ending="blocked_prompt"))],
)
def test_refused_answer_is_left_out_of_what_follows(wire: WireServer, talks: Talks, model: str, play: Play) -> None:
    wire.script(play)
    refused = talks.answered("Something else?", talks.picture(), model=model)
    assert refused.state in (State.REFUSED, State.BLOCKED)
    assert refused.explanation
    following = talks.answered("And the total?", model=model)
    assert following.state is State.COMPLETE
    assert "Something else?" not in wire.requests[-1].raw.decode()
    assert len(wire.requests[-1].sha256) == 1


def test_ask_again_keeps_both_answers_and_shows_the_newer(wire: WireServer, talks: Talks) -> None:
    first = talks.answered("What is the total?", talks.picture())
    second = talks.end(talks.engine.ask_again(OWNER, first.turn_id, model=CLAUDE))
    turn = talks.owned.turn(first.turn_id)
    assert [answer.id for answer in turn.answers] == [first.id, second.id]
    assert turn.shown == second
    assert first.text not in wire.requests[-1].raw.decode()
    assert second.provider == "anthropic"
    assert talks.owned.conversation(turn.conversation_id).model == CLAUDE


def test_edit_forgets_what_came_after_and_asks(wire: WireServer, talks: Talks) -> None:
    first = talks.answered("What is the total?", talks.picture())
    talks.answered("And the date?")
    edited = talks.end(talks.engine.edit(OWNER, first.turn_id, "What is the tax?", model=GPT))
    (turn,) = talks.owned.turns(talks.conversation_id)
    assert (turn.question, turn.answers) == ("What is the tax?", (edited,))
    assert len(wire.requests[-1].sha256) == 1


def test_edit_while_an_answer_is_running(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    running = talks.ask("Count.", talks.picture())
    wire.wait_held()
    turn_id = talks.owned.answer(running).turn_id
    edited = talks.end(talks.engine.edit(OWNER, turn_id, "What is it?", model=GPT))
    assert edited.state is State.COMPLETE
    with pytest.raises(NotThere):
        talks.owned.answer(running)


def test_continue_goes_on_in_place(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One, two,",), ending="max_tokens"), Play(chunks=(" three.",)))
    cut = talks.answered("Count.", talks.picture(), model=LOCAL)
    assert cut.state is State.CUT_OFF
    assert talks.engine.go_on(OWNER, cut.id) == cut.id
    whole = talks.end(cut.id)
    assert (whole.state, whole.text) == (State.COMPLETE, "One, two, three.")
    assert whole.usage.output_tokens > cut.usage.output_tokens
    assert [attempt.outcome for attempt in whole.attempts] == ["cut_off", "complete"]
    assert wire.requests[-1].question == GO_ON
    assert [message["role"] for message in wire.requests[-1].body["messages"]][-3:] == ["user", "assistant", "user"]
    assert len(talks.owned.turns(talks.conversation_id)) == 1


def test_continue_that_fails_loses_nothing_and_can_be_tried_again(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One,",), ending="max_tokens"), *[fails("overloaded")] * 3, Play(chunks=(" two.",)))
    cut = talks.answered("Count.", talks.picture(), model=CLAUDE)
    failed = talks.end(talks.engine.go_on(OWNER, cut.id))
    assert (failed.state, failed.text) == (State.FAILED, "One,")
    whole = talks.end(talks.engine.go_on(OWNER, cut.id))
    assert (whole.state, whole.text, whole.sentence) == (State.COMPLETE, "One, two.", "")


def test_two_who_continue_at_once_send_one_request(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One,",), ending="max_tokens"), *[Play(chunks=(" two",), hold_before=(1,))] * 2)
    cut = talks.answered("Count.", talks.picture(), model=CLAUDE)

    def go_on(_: int) -> bool:
        try:
            talks.engine.go_on(OWNER, cut.id)
        except (NotThere, StillAnswering):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(go_on, range(8))) == 1
    wire.wait_held()
    wire.release()
    whole = talks.end(cut.id)
    assert (whole.state, whole.text, len(wire.requests)) == (State.COMPLETE, "One, two", 2)


def test_stop_before_a_continuation_is_sent_keeps_what_was_sent_before(
    wire: WireServer, talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.script(Play(chunks=("One,",), ending="max_tokens"))
    cut = talks.answered("Count.", talks.picture(), model=CLAUDE)
    turns = type(talks.owned).turns

    def stopped_meanwhile(*args: object) -> object:
        talks.engine.stop(OWNER, cut.id)
        return turns(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(talks.owned), "turns", stopped_meanwhile)
    talks.engine.go_on(OWNER, cut.id)
    stopped = talks.end(cut.id)
    assert (stopped.state, stopped.text, len(wire.requests)) == (State.STOPPED, "One,", 1)
    assert stopped.picture_ids == cut.picture_ids != ()
    assert stopped.sent_sha256 == cut.sent_sha256 == wire.requests[0].sha256
    assert (stopped.cost_usd, stopped.usage) == (cut.cost_usd, cut.usage)


def test_one_answer_at_a_time_in_a_talk(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    picture, other = talks.picture(), talks.picture("OTHER")
    running = talks.ask("Count.", picture)
    wire.wait_held()
    talks.owned.set_waiting(talks.conversation_id, [other.id])
    turn_id = talks.owned.answer(running).turn_id
    with pytest.raises(StillAnswering, match="One answer at a time"):
        talks.ask("And this?", other)
    with pytest.raises(StillAnswering, match="One answer at a time"):
        talks.engine.ask_again(OWNER, turn_id, model=GPT)
    assert [one.id for one in talks.owned.waiting(talks.conversation_id)] == [other.id]  # nothing was lost
    (turn,) = talks.owned.turns(talks.conversation_id)
    assert [one.id for one in turn.answers] == [running]
    talks.engine.stop(OWNER, running)
    talks.end(running)
    assert talks.answered("And this?", other).state is State.COMPLETE


def test_only_what_broke_off_can_be_continued(wire: WireServer, talks: Talks) -> None:
    done = talks.answered("What is the total?", talks.picture())
    with pytest.raises(NotThere):
        talks.engine.go_on(OWNER, done.id)
    with pytest.raises(NotThere):
        talks.engine.go_on("somebody else", done.id)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (CLAUDE, ("No key for Claude", "Settings")),
        (LOCAL, ("No local server", "Settings")),
        ("gpt-99", ("no model called", "gpt-99")),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(
    nothing_set_up: None, talks: Talks, model: str, words: tuple[str, ...]
) -> None:
    failed = talks.answered("What is the total?", talks.picture(), model=model)
    assert failed.state is State.FAILED
    assert all(word in failed.sentence for word in words)
    assert failed.attempts == ()  # nobody was asked


def test_typed_key_is_used_and_kept_nowhere(wire: WireServer, store: Store, talks: Talks) -> None:
    planted = "sk-ant-typed-only-here-123"
    wire.keys["anthropic"] = planted
    conversation = talks.owned.create_conversation()
    typed = Typed({"anthropic": SecretStr(planted)})
    answer_id = talks.engine.ask(OWNER, conversation.id, "Hello?", [], model=CLAUDE, typed=typed)
    assert talks.end(answer_id).state is State.COMPLETE
    failed_id = talks.engine.ask(OWNER, conversation.id, "Hello?", [], model=CLAUDE)
    assert talks.end(failed_id).outcome == "bad_key"
    with store._engine.connect() as connection:
        kept = "\n".join(connection.connection.iterdump())
    assert planted not in kept
    assert KEYS["anthropic"] not in kept


def test_talk_without_a_picture(wire: WireServer, talks: Talks) -> None:
    answer = talks.answered("Hello?", model=GEMINI)
    assert (answer.state, answer.sent_sha256, answer.picture_ids) == (State.COMPLETE, (), ())


def test_conversation_deleted_while_it_is_answered(wire: WireServer, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    answer_id = talks.ask("Count.", talks.picture())
    live = talks.live(answer_id)
    wire.wait_held()
    talks.owned.delete_conversation(talks.conversation_id)
    assert live.wait_for(lambda: live.done, 10)  # the next sign of life finds no row
    wire.release()
    with pytest.raises(NotThere):
        talks.owned.answer(answer_id)


def test_close_marks_what_runs_as_interrupted_with_its_text(wire: WireServer, engine: Engine, talks: Talks) -> None:
    wire.script(Play(chunks=("One ", "two"), hold_before=(1,)))
    answer_id = talks.ask("Count.", talks.picture())
    live = talks.live(answer_id)
    assert live.wait_for(lambda: live.text == "One ", 10)
    engine.close()
    interrupted = talks.owned.answer(answer_id)
    assert (interrupted.state, interrupted.text, interrupted.outcome) == (State.INTERRUPTED, "One ", "interrupted")
    wire.release()


def test_the_reader_answers_without_any_key_and_says_where(nothing_set_up: None, talks: Talks) -> None:
    """A picture larger than what the reader is given: places and size are those of the original all the same."""
    picture = talks.picture("SHOP 24", "TOTAL   12.50", size=(3200, 2400))
    answer = talks.answered("what is the total?", picture, model="reader")
    assert (answer.state, answer.provider, answer.cost_usd) == (State.COMPLETE, "reader", Decimal(0))
    assert "12.50" in answer.text
    evidence = next(one for one in answer.evidence if "TOTAL" in one.text)
    x0, y0, x1, y1 = evidence.box
    assert 160 < x0 < 240 < 800 < x1 < 1400  # where it was drawn: 200 from the left, 500 from the top
    assert 460 < y0 < 560 < y1 < 720
    size = talks.answered("how many pixels does the picture have?", model="reader")
    assert "3200 x 2400" in size.text
    assert size.sent_sha256 == answer.sent_sha256


def test_a_model_that_has_ended_is_replaced_by_its_successor_with_a_note(wire: WireServer, talks: Talks) -> None:
    answer = talks.answered("What is the total?", talks.picture(), model="claude-3-5-sonnet-20241022")
    assert (answer.state, answer.model) == (State.COMPLETE, "claude-sonnet-5-5")
    (note,) = answer.notes
    assert note.startswith("Claude 3.5 Sonnet ended on 28 October 2025: Claude Sonnet 5.5")
