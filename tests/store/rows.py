"""Rows to test with: small, real, made by the public methods only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from vision.comparing.result import Difference, Registration
from vision.fields.model import Field, FieldSet, Kind
from vision.fields.values import Doubt, Mark, Support
from vision.images.opening import Opened
from vision.messages import Answer, Attempt, Detail, Evidence, FollowUp, Picture, Prepared, Stop, Usage
from vision.reader.reading import arrange
from vision.store import OwnedStore, StoredAnswer, StoredPicture, StoredTurn, Upload
from vision.store.batch_records import RunState, Terms
from vision.store.extract_records import Document, Record, RecordState, Run, Verdict
from vision.store.money_records import Caps, Preferences, Spending
from vision.store.records import Contest, Start
from vision.store.reviews import Act, Saved
from vision.store.runs import NO_FIELDS, Checks
from vision.store.runs import Reading as Read
from vision.store.uploads import Packed

WORKER = "here:1:abc"
START = Start("openai", "m-1", Detail.NORMAL, WORKER)
DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PREPARED = Prepared(b"sent", "f" * 64, "image/jpeg", 100, 50, 12, True, "high", ("turned upright",))

FIELDS = FieldSet("Receipt", (Field("total", Kind.MONEY, needed=True),))
READING = arrange([("TOTAL 12.50", ((1, 2), (30, 2), (30, 20), (1, 20)), 0.98)], [], (400, 300))
CHECKS = Checks({("total",): Support(Mark.READ)}, (Doubt(("total",), 0.01),), 0.01)
REVIEWED = Saved({"total": 13}, Verdict.ACCEPTED, CHECKS)
DIFFERENCE = Difference(Registration(1.0, 0.0, 0.0, True, "the same"), 0.0, (), b"heat", "", same=True)


def opened(data: bytes, name: str = "receipt.jpg", page: int = 1, master: bytes | None = None) -> Opened:
    """As ``vision.images.opening`` would hand it over; the store looks at no pixel."""
    picture = Picture("", name, "JPEG", 400, 300, len(data), page, 3, ("location removed",))
    return Opened(picture, master, b"preview of " + data, b"thumbnail of " + data)


def answer(text: str = "The total is 12.50.") -> Answer:
    return Answer(
        text=text,
        provider="openai",
        model="m-1",
        stop=Stop.COMPLETE,
        usage=Usage(100, 20, 5, 30, 10),
        first_word_seconds=0.5,
        seconds=1.5,
        request_id="req-1",
        items=({"type": "reasoning", "id": "r"},),
        evidence=(Evidence("TOTAL 12.50", (1.0, 2.0, 30.5, 40.0), 0.98, 1),),
        cost_usd=Decimal("0.000125"),
        sent_sha256=("f" * 64,),
        attempts=(Attempt("openai", "m-1", "complete", 0.0, 1.5, ("f" * 64,), "req-1"),),
    )


@dataclass(frozen=True)
class World:
    """One of everything, of one owner."""

    picture: StoredPicture
    conversation_id: str
    turn: StoredTurn
    answer: StoredAnswer
    running: StoredAnswer
    upload: Upload
    broken_off: StoredAnswer
    quiet_id: str  # the talk of ``broken_off``
    ledger_id: str  # an attempt that is under way
    contest: Contest  # with one vote
    hidden: Contest  # its names are not known yet
    hidden_turn_id: str  # a question in one of its lanes
    run: Run  # with a record that is read and reviewed, one that is being read, one that waits, one that failed
    record: Record  # reviewed, with a second opinion that was chosen from
    records: Mapping[str, str]  # ids by state
    opinion_id: str
    batch: Run  # durable, with an item in each state
    items: Mapping[str, str]  # of it: ids by state
    ended_batch: Run  # she was not told of it yet
    quick_batch: Run  # nothing of it is left to do, and it does not know yet
    twin_of: str  # a record of it whose pictures another one has as well
    archive: Upload  # a ZIP in the batch "zips", being unpacked: one file came, one is to come


def fill(owned: OwnedStore, data: bytes = b"original") -> World:
    picture = owned.add_picture(opened(data), data)
    owned.keep_prepared(picture.id, "key", PREPARED)
    owned.keep_difference(picture.id, picture.id, 1, DIFFERENCE)
    talk = owned.create_conversation()
    turn = owned.add_turn(talk.id, "What is the total?", [picture.id])
    answer_id = owned.start_answer(turn.id, START)
    assert owned.finish_answer(answer_id, WORKER, answer(), [picture.id])
    running = owned.start_answer(turn.id, replace(START, detail=Detail.FINE))
    owned.set_waiting(talk.id, [picture.id])
    upload = owned.begin_upload("batch", "a.jpg|3|1", "a.jpg", 3)
    broken_off = break_off(owned)
    quiet_id = owned.turn(broken_off.turn_id).conversation_id
    done, runs = owned.answer(answer_id), owned.answer(running)
    owned.set_preferences(Preferences(choice="best"))
    owned.set_follow_up(talk.id, FollowUp.DESCRIBE)
    owned.set_description(talk.id, picture.id, "A receipt over 12.50.", "m-1")
    spending = Spending("chat", running, "openai", "m-1", "quick", "run-1", Decimal("0.01"), Decimal("0.02"))
    ledger_id = owned.reserve(spending, Caps(), DAY, AT)
    contest = owned.create_contest(["m-1", "m-2"], [picture.id], "Which reads best?", order=[1, 0])
    owned.vote(contest.id, 1, contest.lanes[0].id, 4.5)
    hidden = owned.create_contest(["m-1", "m-2"])
    asked = owned.turn(turn.id)
    round_id = owned.add_round(hidden.id, "Which is it?")[hidden.lanes[0].id].id
    run = extracted(owned, picture)
    heads = {one.state.value: one.id for one in owned.queue(run.id)}
    record = owned.record(heads["done"])
    opinion = owned.opinion(record.id)
    assert opinion is not None
    return World(
        picture, talk.id, asked, done, runs, upload, broken_off, quiet_id, ledger_id, contest, hidden, round_id,
        run, record, heads, opinion.id, *batches(owned, picture), archive(owned, picture),
    )  # fmt: skip


def a_part(owned: OwnedStore, data: bytes = b"PK") -> Path:
    """Bytes that have come in, where the store expects them."""
    part = owned._blobs.new_part()
    part.write_bytes(data)
    return part


def archive(owned: OwnedStore, picture: StoredPicture) -> Upload:
    """A ZIP of two files, one of which is unpacked."""
    upload = owned.begin_upload("zips", "z.zip", "z.zip", 2)
    files = [Packed(0, "day1/a.jpg", 3), Packed(1, "day1/b.jpg", 3)]
    begun = owned.begin_unpacking(upload.id, a_part(owned), hashlib.sha256(b"PK").hexdigest(), 2, files)
    first = owned.still_packed(upload.id)[0][1]
    owned.finish_upload(first, sha256=picture.picture.sha256, picture_id=picture.id, size=3)
    return begun


def batches(owned: OwnedStore, picture: StoredPicture) -> tuple[Run, dict[str, str], Run, Run, str]:
    """A durable run with an item in each state that matters, by that state; one that has ended; and one that is about
    to, with the record whose pictures come twice in it."""
    documents = [
        Document(name, (picture.id,), page=at) for at, name in enumerate(("done", "running", "failed", "wait"))
    ]
    documents.append(Document("notes.txt", (), sentence="It is no picture."))
    terms = Terms("Is it signed?", cap_usd=Decimal(5))
    run = owned.create_run(NO_FIELDS, documents, choice="quick", detail=Detail.NORMAL, title="Forms", terms=terms)
    done, running, failed, _, _ = owned.records(run.id)
    for one in (done, running, failed):
        assert owned.claim_record(one.id, WORKER)
    assert owned.end_record(done.id, WORKER, Read(RecordState.DONE, text="Yes.", outcome="complete"))
    assert owned.end_record(failed.id, WORKER, Read(RecordState.FAILED, outcome="timeout", sentence="No answer came."))
    ended = owned.create_run(NO_FIELDS, documents[:1], choice="quick", detail=Detail.NORMAL, terms=terms)
    assert owned.move_run(ended.id, RunState.DONE, [RunState.RUNNING])
    heads = {one.state.value: one.id for one in owned.queue(run.id)}
    twice = [documents[0], documents[0]]
    quick = owned.create_run(NO_FIELDS, twice, choice="quick", detail=Detail.NORMAL, terms=terms)
    first = owned.next_items(quick.id, 9)[0]
    assert owned.claim_item(first, WORKER)
    assert owned.end_record(first, WORKER, Read(RecordState.DONE, text="Yes.", outcome="complete"))
    return owned.run(run.id), heads, owned.run(ended.id), owned.run(quick.id), first


def extracted(owned: OwnedStore, picture: StoredPicture) -> Run:
    """A run with a record in each state that matters; the one that is read has been corrected, and read by another."""
    documents = [Document(name, (picture.id,)) for name in ("done", "running", "failed", "waiting")]
    run = owned.create_run(FIELDS, documents, choice="balanced", detail=Detail.NORMAL, title="Receipts")
    done, running, failed, _ = owned.records(run.id)
    for one in (done, running, failed):
        assert owned.claim_record(one.id, WORKER)
    assert owned.end_record(done.id, WORKER, Read(RecordState.DONE, {"total": 12.5}, "openai", "m-1"))
    assert owned.end_record(
        failed.id, WORKER, Read(RecordState.FAILED, outcome="bad_key", sentence="The key is wrong.")
    )
    owned.keep_reading(picture.id, 1, READING)
    owned.save_review(done.id, 1, REVIEWED, [Act("corrected", ("total",), 12.5, 13)], who="ann")
    opinion_id = owned.start_opinion(done.id, "best", WORKER, hidden=True)
    owned.end_opinion(opinion_id, Read(RecordState.DONE, {"total": 14}, "gemini", "m-2"))
    owned.choose_opinion(opinion_id, {"total": "other"})
    return owned.run(run.id)


def break_off(owned: OwnedStore) -> StoredAnswer:
    """An answer that was cut off, in a talk of its own in which nothing runs."""
    _, answer_id = owned.ask(owned.create_conversation().id, "And the rest?", [], START)
    assert owned.finish_answer(answer_id, WORKER, replace(answer("The rest"), stop=Stop.CUT_OFF))
    return owned.answer(answer_id)
