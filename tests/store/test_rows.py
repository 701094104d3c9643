"""What is kept comes back as it was, and only where it should."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.store.rows import PREPARED, START, WORKER, answer, fill, opened
from vision.errors import NotThere, SettingsError, StillAnswering
from vision.messages import Attempt, Evidence, FollowUp, Stop, Usage
from vision.store import State, Store
from vision.store.money_records import Preferences
from vision.store.records import Description, Standing


def test_answer_comes_back_whole(store: Store) -> None:
    world = fill(store.of("local"))
    kept = world.answer
    assert kept.state is State.COMPLETE
    assert kept.text == "The total is 12.50."
    assert kept.usage == Usage(100, 20, 5, 30, 10)
    assert kept.evidence == (Evidence("TOTAL 12.50", (1.0, 2.0, 30.5, 40.0), 0.98, 1),)
    assert kept.cost_usd == Decimal("0.000125")
    assert kept.sent_sha256 == ("f" * 64,)
    assert kept.picture_ids == (world.picture.id,)
    assert kept.attempts == (Attempt("openai", "m-1", "complete", 0.0, 1.5, ("f" * 64,), "req-1"),)
    assert kept.finished is not None
    assert kept.finished.utcoffset() is not None
    items = store.of("local").answer_items(world.conversation_id, "openai", "m-1")
    assert items[kept.id] == ({"type": "reasoning", "id": "r"},)
    assert store.of("local").answer_items(world.conversation_id, "openai", "m-2") == {}


def test_newest_answer_is_shown(store: Store) -> None:
    world = fill(store.of("local"))
    assert [one.id for one in world.turn.answers] == [world.answer.id, world.running.id]
    assert world.turn.shown is not None
    assert world.turn.shown.id == world.running.id


def test_same_content_is_one_picture_under_its_newest_name(store: Store) -> None:
    owned = store.of("local")
    first = owned.add_picture(opened(b"x", "a.jpg"), b"x")
    second = owned.add_picture(opened(b"x", "b.jpg"), b"x")
    other_page = owned.add_picture(opened(b"x", "b.jpg", page=2), b"x")
    assert first.id == second.id != other_page.id
    assert owned.picture(first.id).picture.name == "b.jpg"
    assert first.picture.sha256 == second.picture.sha256
    assert first.picture.notes == ("location removed",)


def test_source_is_the_master_where_there_is_one(store: Store) -> None:
    owned = store.of("local")
    plain = owned.add_picture(opened(b"jpeg"), b"jpeg")
    heic = owned.add_picture(opened(b"heic", master=b"png"), b"heic")
    assert owned.picture_bytes(plain.id) == b"jpeg"
    assert owned.picture_bytes(heic.id) == b"png"
    assert owned.picture_bytes(heic.id, "preview") == b"preview of heic"
    assert owned.picture_bytes(heic.id, "thumbnail") == b"thumbnail of heic"


def test_prepared_is_kept_by_picture_and_limits(store: Store) -> None:
    owned = store.of("local")
    picture = fill(owned).picture
    kept = owned.prepared(picture.id, "key")
    assert kept is not None
    assert (kept.data, kept.width, kept.tokens, kept.tokens_exact) == (b"sent", 100, 12, True)
    assert (kept.resolution, kept.notes) == (PREPARED.resolution, PREPARED.notes)
    assert owned.prepared(picture.id, "other key") is None
    store.blobs.delete(kept.sha256)
    assert owned.prepared(picture.id, "key") is None  # the file is lost: it will be made again, not be an error


def test_recent_pictures_are_last_used_first(store: Store) -> None:
    owned = store.of("local")
    old, new = (owned.add_picture(opened(data), data) for data in (b"old", b"new"))
    assert [one.id for one in owned.recent_pictures()] == [new.id, old.id]
    talk = owned.create_conversation()
    owned.add_turn(talk.id, "again", [old.id])
    assert [one.id for one in owned.recent_pictures()] == [old.id, new.id]


def test_first_question_names_the_talk(store: Store) -> None:
    owned = store.of("local")
    talk = owned.create_conversation()
    owned.add_turn(talk.id, "\n  What does   the sign say, and in which language is it written, do you think?\nmore")
    owned.add_turn(talk.id, "Second")
    assert owned.conversation(talk.id).title == "What does the sign say, and in which language is it…"
    owned.rename_conversation(talk.id, " Signs ")
    assert owned.conversation(talk.id).title == "Signs"


@pytest.mark.parametrize("words", ["äPFEL", "100 % sure", "under_score", "back\\slash", "title"])
def test_search_finds_letters_in_any_case(store: Store, words: str) -> None:
    owned = store.of("local")
    talk = owned.create_conversation("A Title")
    turn = owned.add_turn(talk.id, "Wie viele Äpfel, 100 % sure?")
    answer_id = owned.start_answer(turn.id, START)
    owned.finish_answer(answer_id, WORKER, answer("Under_Score and BACK\\slash"))
    other = owned.create_conversation("Nothing of it")
    owned.add_turn(other.id, "100 pct, underXscore")
    assert [one.id for one in owned.conversations(search=words)] == [talk.id]


def test_last_turns_in_order(store: Store) -> None:
    owned = store.of("local")
    talk = owned.create_conversation()
    for number in range(5):
        owned.add_turn(talk.id, str(number))
    assert [turn.question for turn in owned.turns(talk.id, last=2)] == ["3", "4"]
    assert len(owned.turns(talk.id)) == 5


def test_edit_forgets_what_came_after(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    owned.add_turn(world.conversation_id, "later")
    edited, answer_id = owned.ask_instead(world.turn.id, "What is the date?", START)
    assert (edited.question, [one.id for one in edited.answers]) == ("What is the date?", [answer_id])
    assert [picture.id for picture in edited.pictures] == [world.picture.id]
    assert [turn.id for turn in owned.turns(world.conversation_id)] == [world.turn.id]


def test_deleted_talk_keeps_its_pictures(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    owned.delete_conversation(world.conversation_id)
    with pytest.raises(NotThere):
        owned.turns(world.conversation_id)
    with pytest.raises(NotThere):
        owned.answer(world.answer.id)
    assert owned.picture_bytes(world.picture.id) == b"original"


def test_only_its_worker_writes_to_an_answer(store: Store) -> None:
    owned = store.of("local")
    running = fill(owned).running
    assert owned.save_text(running.id, "other:2:def", "no") is Standing.LOST
    assert not owned.finish_answer(running.id, "other:2:def", answer())
    assert owned.save_text(running.id, WORKER, "so far") is Standing.MINE
    assert owned.answer(running.id).text == "so far"


def test_interrupted_answer_of_a_slow_worker_becomes_its_own_again(store: Store) -> None:
    owned = store.of("local")
    running = fill(owned).running
    owned.save_text(running.id, WORKER, "half")
    assert not owned.interrupt_answer(running, "gone")  # it has moved since it was seen
    assert owned.interrupt_answer(owned.answer(running.id), "The server stopped.")
    given_up = owned.answer(running.id)
    assert (given_up.state, given_up.text, given_up.sentence) == (State.INTERRUPTED, "half", "The server stopped.")
    assert owned.save_text(running.id, WORKER, "half and more") is Standing.MINE
    assert owned.answer(running.id).state is State.RUNNING


def test_failure_keeps_the_text_that_came(store: Store) -> None:
    owned = store.of("local")
    running = fill(owned).running
    tried = Attempt("openai", "m-1", "overloaded", sentence="OpenAI is overloaded.")
    owned.fail_answer(running.id, WORKER, outcome="overloaded", sentence="Wait.", text="half", attempts=[tried])
    kept = owned.answer(running.id)
    assert (kept.state, kept.outcome, kept.sentence, kept.text) == (State.FAILED, "overloaded", "Wait.", "half")
    assert kept.attempts == (tried,)
    assert owned.save_text(running.id, WORKER, "too late") is Standing.LOST


def test_continued_answer_keeps_its_earlier_attempts(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    owned.resume_answer(world.broken_off.id, WORKER)
    assert owned.finish_answer(world.broken_off.id, WORKER, answer("The rest. And more."))
    kept = owned.answer(world.broken_off.id)
    assert kept.text.endswith("And more.")
    assert len(kept.attempts) == 2


def test_only_what_broke_off_with_words_is_continued(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    with pytest.raises(StillAnswering):  # something else in that talk is running
        owned.resume_answer(world.answer.id, WORKER)
    owned.finish_answer(world.running.id, WORKER, answer())
    with pytest.raises(NotThere):  # it is complete
        owned.resume_answer(world.answer.id, WORKER)
    silent = owned.start_answer(world.turn.id, START)
    owned.fail_answer(silent, WORKER, outcome="x", sentence="x", text=" ")
    with pytest.raises(NotThere):
        owned.resume_answer(silent, WORKER)


def test_who_writes_elsewhere_hears_that_it_is_to_stop(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    assert owned.save_text(world.running.id, WORKER) is Standing.MINE
    assert owned.want_stop(world.running.id)
    assert owned.save_text(world.running.id, WORKER, "half") is Standing.UNWANTED
    owned.finish_answer(world.running.id, WORKER, replace(answer("half"), stop=Stop.STOPPED))
    assert not owned.want_stop(world.running.id)  # nobody writes any more
    owned.resume_answer(world.running.id, "other:2:def")
    assert owned.save_text(world.running.id, "other:2:def") is Standing.MINE


def test_texts_that_databases_refuse_are_made_storable(store: Store) -> None:
    owned = store.of("local")
    talk = owned.create_conversation("a\x00b\udcff")
    assert owned.conversation(talk.id).title == "ab?"
    assert owned.conversations(search="x\ud83d") == ()


def test_no_text_of_an_answer_is_refused(store: Store) -> None:
    """Models cut characters in half, in any of their words: what is written must come back, not fail."""
    half, whole = "\ud83d", "\ud83d\ude00"
    owned = store.of("local")
    turn = owned.add_turn(owned.create_conversation().id, half)
    told = replace(
        answer(f"a{half}"),
        explanation=f"No. {half}",
        request_id="r" * 300 + half,
        items=({"text": f"x{whole}{half}\x00", "parts": [half, 1, None]},),
        evidence=(Evidence(half, (0.0, 0.0, 1.0, 1.0), 0.5),),
        attempts=(Attempt("openai", half, "complete", request_id=half, sentence=half, sent_sha256=(half,)),),
    )
    answer_id = owned.start_answer(turn.id, replace(START, model=half))
    assert owned.save_text(answer_id, WORKER, whole) is Standing.MINE
    assert owned.answer(answer_id).text == "\U0001f600"
    assert owned.finish_answer(answer_id, WORKER, told, [half])
    kept = owned.answer(answer_id)
    assert (kept.text, kept.explanation, kept.request_id, kept.picture_ids) == ("a?", "No. ?", "r" * 200, ("?",))
    assert (kept.evidence[0].text, kept.attempts[0].sentence, kept.attempts[0].sent_sha256) == ("?", "?", ("?",))
    items = owned.answer_items(turn.conversation_id, "openai", half)
    assert items[answer_id] == ({"text": "x\U0001f600?", "parts": ["?", 1, None]},)
    assert owned.fail_answer(
        owned.start_answer(turn.id, START),
        WORKER,
        outcome=half,
        sentence=half,
        text=half,
    )


def test_an_answer_says_how_it_came_about(store: Store) -> None:
    """What was chosen, who is asked now, what each attempt cost, and the sentences of both its halves."""
    owned = store.of("local")
    turn = owned.add_turn(owned.create_conversation().id, "q")
    answer_id = owned.start_answer(turn.id, replace(START, provider="", model="", choice="balanced"))
    assert owned.answering_with(answer_id, WORKER, "anthropic", "m-2")
    assert not owned.answering_with(answer_id, "other:2:def", "openai", "m-1")
    running = owned.answer(answer_id)
    assert (running.choice, running.provider, running.model, running.notes) == ("balanced", "anthropic", "m-2", ())
    half = Attempt(
        *("anthropic", "m-2", "connection", 1.5, 2.5, ("f" * 64,), "r", "It broke off."),
        *(Usage(10, 5, 1, 3, 2), None, "The to"),
    )
    told = ["Because.", "So."]
    assert owned.fail_answer(
        answer_id, WORKER, outcome="connection", sentence="x", text="The to", attempts=[half], notes=told
    )
    assert owned.resume_answer(answer_id, WORKER).notes == owned.answer(answer_id).notes == ("Because.", "So.")
    assert owned.answer(answer_id).choice == "balanced"
    paid = Attempt("gemini", "m-3", "complete", usage=Usage(4), cost_usd=Decimal("0.00000000001"))
    assert owned.finish_answer(answer_id, WORKER, replace(answer(), attempts=(paid,), notes=("So.", "Then.")))
    kept = owned.answer(answer_id)
    assert kept.attempts == (half, paid)
    assert kept.notes == ("Because.", "So.", "Then.")
    assert not owned.answering_with(answer_id, WORKER, "openai", "m-1")  # it has ended
    assert (kept.provider, kept.model) == ("anthropic", "m-2")


def test_preferences_come_back_as_they_were_set(store: Store) -> None:
    owned = store.of("local")
    assert owned.preferences() == Preferences()
    hers = Preferences(
        *("auto", ("gemini", "openai"), True, True, True, "llava:7b"),
        *(Decimal("0.050"), Decimal("1E+3"), Decimal(0)),
    )
    owned.set_preferences(hers)
    assert owned.preferences() == hers
    assert str(owned.preferences().question_cap) == "0.050"
    assert store.of("bob").preferences() == Preferences()
    owned.set_preferences(Preferences())
    assert owned.preferences() == Preferences()


@pytest.mark.parametrize("cap", ["-0.01", "NaN", "Infinity"])
def test_a_cap_is_an_amount(store: Store, cap: str) -> None:
    owned = store.of("local")
    with pytest.raises(SettingsError, match="US dollars"):
        owned.set_preferences(Preferences(day_cap=Decimal(cap)))
    assert owned.preferences() == Preferences()


def test_follow_ups_and_descriptions_belong_to_the_talk(store: Store) -> None:
    owned = store.of("local")
    world = fill(owned)
    assert owned.conversation(world.conversation_id).follow_up is FollowUp.DESCRIBE
    assert owned.conversation(world.quiet_id).follow_up is FollowUp.LOOK
    owned.set_description(world.conversation_id, world.picture.id, "Newer.", "m-9")
    assert owned.descriptions(world.conversation_id) == {world.picture.id: Description("Newer.", "m-9")}
    assert owned.descriptions(world.quiet_id) == {}
    with pytest.raises(NotThere):
        owned.set_description(world.conversation_id, "nothing", "x")
    owned.delete_conversation(world.conversation_id)
    with pytest.raises(NotThere):
        owned.descriptions(world.conversation_id)


def test_long_keys_of_uploads_stay_apart(store: Store) -> None:
    owned = store.of("local")
    one, two = (owned.begin_upload("b", "folder/" * 300 + name, name, 1) for name in ("a.jpg", "b.jpg"))
    assert one.id != two.id
    assert owned.begin_upload("b", "folder/" * 300 + "a.jpg", "a.jpg", 1).id == one.id


def test_uploads_are_one_row_per_key(store: Store) -> None:
    owned = store.of("local")
    first = owned.begin_upload("b", "k", "a.jpg", 10)
    assert owned.begin_upload("b", "k", "a.jpg", 10).id == first.id
    part = store.blobs.new_part()
    part.write_bytes(b"0123456789")
    name = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882"
    done = owned.finish_upload(first.id, part=part, sha256=name, size=10)
    assert (done.state, done.sha256) == ("stored", name)
    assert not part.exists()
    assert store.blobs.get(name) == b"0123456789"
    assert owned.begin_upload("b", "k", "a.jpg", 99).state == "stored"  # sent again: it is there
    other = owned.begin_upload("b", "k2", "b.jpg", 5)
    assert (owned.upload_totals("b").files, owned.upload_totals("b").bytes) == (2, 15)
    owned.fail_upload(other.id, "b.jpg is not a picture.")
    assert owned.upload_totals("b").files == 1
    assert [one.state for one in owned.uploads("b")] == ["stored", "failed"]
    owned.forget_upload(first.id)
    assert not store.blobs.exists(name)
