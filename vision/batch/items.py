"""One item, from its row back to its row: claimed, its pages opened, asked about, written down or put back."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vision import bugs
from vision.answering.workers import new_worker
from vision.batch.asking import Asker, Item
from vision.batch.following import END, Follows, follows
from vision.errors import LoupeError, NotThere, StoreError, redacted
from vision.extracting.checking import never
from vision.extracting.documents import pages_of
from vision.extracting.hearing import Ear
from vision.extracting.parts import InWords, Paper
from vision.extracting.reading import Order, Reader
from vision.fields.model import FieldSet
from vision.images.limits import OpenLimits
from vision.ingest import other_page
from vision.models.catalog import Catalogue
from vision.providers.line import listening_on
from vision.routing.router import Router
from vision.settings import Settings, Typed, credentials
from vision.store import OwnedStore, StoredPicture
from vision.store.batch_records import Active
from vision.store.extract_records import ALL_PAGES, Record, RecordState
from vision.store.runs import Reading

_log = logging.getLogger(__name__)
# Pictures made ready at once: each takes some 20 MB for a tenth of a second, and there are few processors. With 32 at
# once 60 photos of 12 megapixels took 700 MB.
PREPARING = threading.BoundedSemaphore(2)
_BACK = Follows("back")


class Ears:
    """Who listens to what is under way, so that all of it can be ended from one place. Thread-safe."""

    def __init__(self) -> None:
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._ears: set[Ear] = set()

    @contextmanager
    def listening(self) -> Iterator[Ear]:
        """What is under way finishes and counts, unless the process ends."""
        ear = Ear(never, self.closing)
        with self._lock:
            self._ears.add(ear)
        try:
            with listening_on(ear.line):
                yield ear
        finally:
            with self._lock:
                self._ears.discard(ear)

    def close(self) -> None:
        """Ends every connection, also a silent one."""
        self.closing.set()
        with self._lock:
            for ear in self._ears:
                ear.line.hang_up()


@dataclass(frozen=True, slots=True)
class Kit:
    """What every item of a process shares. ``typed``: the keys of a run that were typed into a page.
    ``may_come_again``: whether an item (run id, record id) that was told to come later may. ``known``: the fields of
    runs, by run id."""

    settings: Settings
    catalogue: Catalogue
    router: Router
    ears: Ears
    typed: Callable[[str], Typed]
    in_words: InWords
    may_come_again: Callable[[str, str], bool]
    known: dict[str, FieldSet] = field(default_factory=dict)

    def fields_of(self, owned: OwnedStore, run_id: str) -> FieldSet:
        """Raises NotThere."""
        if run_id not in self.known:
            self.known[run_id] = owned.run_fields(run_id)
        return self.known[run_id]


def work(owned: OwnedStore, run: Active, record_id: str, kit: Kit) -> Follows:
    """Does the item if nobody else has it. What it came to is written down, or it waits again. Raises nothing."""
    worker = new_worker()
    try:
        if not owned.claim_item(record_id, worker):
            return _BACK
        return _claimed(owned, run, record_id, worker, kit)
    except NotThere:
        return _BACK  # the run was deleted meanwhile
    except StoreError as error:
        _log.warning("an item could not be written down: %s %s", error.sentence, error.detail)
        return Follows("pause", error.sentence)
    except Exception as error:  # noqa: BLE001 - the end of a thread: the next item is asked about all the same
        secrets = [found.key.get_secret_value() for found in credentials(kit.typed(run.run_id)).values()]
        _log.error("%s", redacted("".join(traceback.format_exception(error)), *secrets))
        owned.end_record(record_id, worker, _broken(bugs.sentence(error)))
        return END


def _claimed(owned: OwnedStore, run: Active, record_id: str, worker: str, kit: Kit) -> Follows:
    record = owned.record(record_id)
    try:
        pictures = _pages(owned, record, kit.settings)
    except StoreError:
        owned.put_back(record_id, worker)
        raise
    except LoupeError as error:  # a page that cannot be opened, a picture that was deleted
        owned.end_record(record_id, worker, _broken(error.sentence, error.outcome))
        return END
    reading, failure = _asked(owned, run, record, pictures, kit)
    then = follows(reading, failure)
    if then.what == "again" and not kit.may_come_again(run.run_id, record_id):
        then = END
    if then.what == "end":
        owned.end_record(record_id, worker, reading)
    else:
        owned.put_back(record_id, worker)
    return then


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


def _asked(
    owned: OwnedStore, run: Active, record: Record, pictures: tuple[StoredPicture, ...], kit: Kit
) -> tuple[Reading, LoupeError | None]:
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


def _broken(sentence: str, outcome: str = "error") -> Reading:
    return Reading(RecordState.FAILED, outcome=outcome, sentence=sentence)
