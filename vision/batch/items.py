"""One item, from its row back to its row: claimed, its pages opened, asked about, written down or put back."""

from __future__ import annotations

import logging
import threading
import traceback
from dataclasses import dataclass
from functools import partial

from vision import bugs
from vision.answering.workers import new_worker
from vision.batch.asking import Asker, Item
from vision.batch.asking import shape_of as shape_of_question
from vision.batch.following import END, Follows, follows
from vision.batch.holding import resolved
from vision.batch.kit import Kit
from vision.errors import LoupeError, NotThere, StoreError, redacted
from vision.extracting.documents import pages_of
from vision.extracting.parts import Paper
from vision.extracting.reading import Order, Reader
from vision.extracting.reading import shape_of as shape_of_fields
from vision.images.limits import OpenLimits
from vision.ingest import other_page
from vision.routing.levels import wanted
from vision.routing.router import Question
from vision.settings import Settings, credentials
from vision.store import OwnedStore, StoredPicture
from vision.store.batch_records import Active
from vision.store.extract_records import ALL_PAGES, Record, RecordState
from vision.store.runs import Reading

_log = logging.getLogger(__name__)
# Pictures made ready at once: each takes some 20 MB for a tenth of a second, and there are few processors. With 32 at
# once 60 photos of 12 megapixels took 700 MB.
PREPARING = threading.BoundedSemaphore(2)
# What was paid for is not let go because the disk is full or the database busy just now.
WRITE_TRIES, WRITE_AGAIN_SECONDS = 12, 5.0
_ANY_PICTURE = ((1500, 1100),)  # of a question that is only asked who could be asked
_BACK = Follows("back")


@dataclass(frozen=True, slots=True)
class Case:
    """An item in hand: whose it is, and of which run."""

    owned: OwnedStore
    run: Active
    record_id: str
    worker: str
    kit: Kit


def work(owned: OwnedStore, run: Active, record_id: str, kit: Kit) -> Follows:
    """Does the item if nobody else has it. What it came to is written down, or it waits again. Raises nothing."""
    case = Case(owned, run, record_id, new_worker(), kit)
    kit.at_work.add(case.worker)
    try:
        if not owned.claim_item(record_id, case.worker):
            return _BACK
        return _claimed(case)
    except NotThere:
        return _BACK  # the run was deleted meanwhile
    except StoreError as error:  # the row is found without its worker later, and waits again
        _log.warning("an item could not be written down: %s %s", error.sentence, error.detail)
        return Follows("pause", error.sentence)
    except Exception as error:  # noqa: BLE001 - the end of a thread: the next item is asked about all the same
        secrets = [found.key.get_secret_value() for found in credentials(kit.typed(run.run_id)).values()]
        _log.error("%s", redacted("".join(traceback.format_exception(error)), *secrets))
        return _given_up(case, bugs.sentence(error))
    finally:
        kit.at_work.discard(case.worker)


def _given_up(case: Case, sentence: str) -> Follows:
    """After what nobody expected: it fails in words, or stands the run still where not even that can be written."""
    try:
        case.owned.end_record(case.record_id, case.worker, _broken(sentence))
    except LoupeError as error:
        return Follows("pause", error.sentence)
    return END


def _claimed(case: Case) -> Follows:
    record = case.owned.record(case.record_id)
    try:
        pictures = _pages(case.owned, record, case.kit.settings)
    except StoreError:
        case.owned.put_back(case.record_id, case.worker)
        raise
    except LoupeError as error:  # a page that cannot be opened, a picture that was deleted
        _write(case, _broken(error.sentence, error.outcome))
        return END
    reading, failure = _asked(case, record, pictures)
    then = follows(reading, failure)
    if then.what in ("again", "later", "hold"):
        asked = _questions(case, record, pictures)
        then = resolved(then, case.kit.router, case.owned, asked, partial(_may_come_again, case))
    if then.what in ("done", "end"):
        _write(case, reading)
    else:
        case.owned.put_back(case.record_id, case.worker)
    return then


def _may_come_again(case: Case) -> bool:
    return case.kit.may_come_again(case.run.run_id, case.record_id)


def _write(case: Case, reading: Reading) -> None:
    """Raises StoreError when it could not be written for a minute."""
    for left in reversed(range(WRITE_TRIES)):
        try:
            case.owned.end_record(case.record_id, case.worker, reading)
            return
        except NotThere:
            raise
        except StoreError as error:
            _log.warning("%s %s", error.sentence, error.detail)
            if not left or case.kit.ears.closing.wait(WRITE_AGAIN_SECONDS):
                raise


def _pages(owned: OwnedStore, record: Record, settings: Settings) -> tuple[StoredPicture, ...]:
    """The pictures of the item; pages of a file are opened now, and kept. Raises PictureError, NotThere, StoreError."""
    if not record.page:
        return record.pictures
    (first,) = record.pictures
    limits = OpenLimits.of(settings)
    if record.page == ALL_PAGES:
        found = pages_of(owned, first, limits)
    else:
        found = (other_page(owned, first, record.page, limits),)
    owned.set_pages(record.id, [one.id for one in found])
    return found


def _asked(case: Case, record: Record, pictures: tuple[StoredPicture, ...]) -> tuple[Reading, LoupeError | None]:
    owned, run, kit = case.owned, case.run, case.kit
    terms, choice, typed = run.terms, record.choice or run.choice, kit.typed(run.run_id)
    fields = kit.fields_of(owned, run.run_id)
    with kit.ears.listening() as ear:
        if fields.fields:
            seconds = kit.settings.answer_seconds
            paper = Paper(owned, fields, pictures, run.detail, seconds, ear.stopped, kit.in_words, PREPARING)
            order = Order(record.id, choice, run.run_id, typed, run_budget=terms.cap_usd, job="batch")
            reader = Reader(paper, order, kit.router, kit.catalogue, ear)
            return reader.read(), reader.failure
        item = Item(
            record.id, run.run_id, terms.question, choice, run.detail, pictures, terms.cap_usd, typed, PREPARING
        )
        asker = Asker(owned, item, kit.router, kit.catalogue, ear)
        return asker.ask(), asker.failure


def _questions(case: Case, record: Record, pictures: tuple[StoredPicture, ...]) -> tuple[Question, Question]:
    """Who could be asked about this item, and who about any item of its run: the same question without its pictures."""
    run, said = case.run, case.run.terms.question
    fields = case.kit.fields_of(case.owned, run.run_id)
    sizes = tuple((one.picture.width, one.picture.height) for one in pictures)
    mine = shape_of_question(said, sizes, run.detail)
    if fields.fields:
        mine = shape_of_fields(fields, pictures, run.detail)
    any_ = shape_of_question(said, _ANY_PICTURE, run.detail)
    choice, typed = wanted(record.choice or run.choice), case.kit.typed(run.run_id)
    one, other = (
        Question("", choice, said, shape, typed, job="batch", run=run.run_id, interactive=False)
        for shape in (mine, any_)
    )
    return one, other


def _broken(sentence: str, outcome: str = "error") -> Reading:
    return Reading(RecordState.FAILED, outcome=outcome, sentence=sentence)
