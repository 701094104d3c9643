"""The door to durable runs: begin, pause, go on, stop, try again, run again otherwise. Every method is quick, but that
a new run writes a row for each of its items (a second for ten thousand).

What it says stands in the run's row at once; whoever drives acts on it. A key that was typed into a page stays in this
process: such a run lives as long as it does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from vision.answering.workers import me
from vision.batch.asking import shape_of
from vision.batch.driver import Driver
from vision.batch.kit import Ears, Kit
from vision.errors import LoupeError, NotThere
from vision.extracting.extractor import Extractor
from vision.extracting.parts import InWords
from vision.fields.model import FieldSet
from vision.messages import Detail
from vision.models.catalog import READER, Catalogue
from vision.routing.levels import wanted
from vision.routing.router import Question, Router
from vision.settings import Credential, Settings, Typed, credentials
from vision.store import Store
from vision.store.batch_records import Active, RunState, Terms
from vision.store.extract_records import Document, Record, Run
from vision.store.runs import NO_FIELDS

_ANY_PICTURE = ((1500, 1100),)  # of a question that is only asked who could be asked
MOST_ITEMS = 10_000  # in one run
_log = logging.getLogger(__name__)


class TooMany(LoupeError):
    """More items than one run holds."""

    outcome = "too_many"


class Batches:
    """One per process. ``drive`` starts the thread that asks; without it nothing of it runs here."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        catalogue: Catalogue,
        router: Router,
        extractor: Extractor,
        *,
        today: Callable[[], date],
    ) -> None:
        self._store = store
        self._router = router
        self._extractor = extractor
        self.today = today
        self._typed: dict[str, Typed] = {}
        self._keys = threading.RLock()  # nobody asks about a run before its key is kept
        self._ready: set[str] = set()
        self._kit = kit = Kit(settings, catalogue, router, Ears(), self._typed_of, InWords(), self._may_come_again)
        self.driver = Driver(
            store,
            settings.data_dir,
            kit,
            at_once=settings.batch_parallel,
            read=self._read,
        )

    def drive(self) -> None:
        """What was left over goes on, now and from now on, with no page open."""
        self.driver.start()

    def get_ready(self, owner: str, choice: str, typed: Typed | None = None) -> None:
        """She is about to run at ``choice``: the engine and the library of who is asked first are loaded in the
        background, once. Nothing is sent."""
        found = credentials(typed or Typed())
        question = Question("", wanted(choice), "", shape_of("", _ANY_PICTURE, Detail.NORMAL), typed or Typed())
        try:
            candidates = self._router.plan(self._store.of(owner), question).candidates
        except LoupeError:  # a model that is gone: the page says so
            return
        provider = candidates[0].model.provider if candidates else ""
        if provider in self._ready:
            return
        self._ready.add(provider)
        self.driver.get_ready()
        if provider in found:
            threading.Thread(target=_load, args=(found[provider],), name="batch-ready", daemon=True).start()

    def begin(
        self,
        owner: str,
        documents: Sequence[Document],
        terms: Terms,
        *,
        choice: str,
        detail: Detail,
        fields: FieldSet | None = None,
        typed: Typed | None = None,
        title: str = "",
    ) -> Run:
        """A new run over ``documents``; with ``fields`` they are read from each, and the question is said besides.
        Raises TooMany, NotThere, FieldsInvalid and StoreError."""
        if not documents:
            raise NotThere("There is no picture yet: add one first.")
        if len(documents) > MOST_ITEMS:
            raise TooMany(f"At most {MOST_ITEMS:,} pictures go into one run: split these {len(documents):,} in two.")
        owned = self._store.of(owner)
        holder = self._holder(typed, choice)
        number, version_id = 0, ""
        if fields is not None:
            if terms.question.strip():
                said = "\n".join(filter(None, (fields.instruction.strip(), terms.question.strip())))
                fields = replace(fields, instruction=said)
            version = owned.version_of(fields)
            number, version_id = version.number, version.version_id
        with self._keys:
            run = owned.create_run(
                fields or NO_FIELDS,
                documents,
                choice=choice,
                detail=detail,
                title=title or title_of(documents),
                set_number=number,
                set_version_id=version_id,
                terms=replace(terms, key_holder=holder),
            )
            self._keep(run.id, typed, holder)
        self.driver.wake()
        return run

    def go_on(
        self,
        owner: str,
        run_id: str,
        *,
        typed: Typed | None = None,
        cap_usd: Decimal | None = None,
        new_cap: bool = False,
        parallel: int | None = None,
        whole: bool = False,
        again: bool = False,
        choice: str = "",
    ) -> bool:
        """Whether the run goes on from where it stood. ``new_cap``: ``cap_usd`` takes the place of its cap, None for
        none; ``whole``: a trial goes on with all of its items; ``again``: also a run that was over. ``choice``: who is
        asked besides the run's own. A key that this process knows for it already is kept. Raises NotThere."""
        owned = self._store.of(owner)
        holder = self._holder(typed, choice or owned.run(run_id).choice)
        with self._keys:
            if not holder and run_id in self._typed:
                holder, typed = me(), self._typed[run_id]
            done = owned.go_on_with_run(
                run_id,
                key_holder=holder,
                cap_usd=cap_usd,
                new_cap=new_cap,
                parallel=parallel,
                whole=whole,
                again=again,
            )
            if done:
                self._keep(run_id, typed, holder)
        self.driver.wake()
        return done

    def pause(self, owner: str, run_id: str) -> bool:
        """No further item begins; what is under way finishes and counts."""
        done = self._store.of(owner).move_run(run_id, RunState.PAUSED, [RunState.RUNNING], told=True)
        self.driver.wake()
        return done

    def stop(self, owner: str, run_id: str) -> None:
        """The same for good: what waits is not asked any more, unless it is tried again."""
        self._store.of(owner).stop_batch(run_id)
        self.driver.wake()

    def retry(
        self,
        owner: str,
        run_id: str,
        *,
        outcomes: Collection[str] | None = None,
        ids: Collection[str] | None = None,
        choice: str = "",
        typed: Typed | None = None,
    ) -> int:
        """What failed or was stopped is asked again, all of it or a part, by ``choice`` if that is given; returns how
        many. The run goes on with it. Raises NotThere."""
        count = self._store.of(owner).retry(run_id, outcomes=outcomes, ids=ids, choice=choice)
        if count:
            self.go_on(owner, run_id, typed=typed, again=True, choice=choice)
        return count

    def run_again(
        self,
        owner: str,
        run_id: str,
        *,
        choice: str,
        cap_usd: Decimal | None = None,
        detail: Detail | None = None,
        typed: Typed | None = None,
    ) -> Run:
        """The same question of the same pictures, otherwise: a new run. Raises NotThere and StoreError."""
        owned = self._store.of(owner)
        run = owned.run(run_id)
        if run.batch is None:
            raise NotThere("This run is read at once and cannot be repeated: start a new one.")
        holder = self._holder(typed, choice)
        terms = replace(run.batch.terms, cap_usd=cap_usd, trial=None, key_holder=holder, again_of=run.id)
        with self._keys:
            again = owned.create_run(
                run.fields,
                [_document(one) for one in owned.records(run.id)],
                choice=choice,
                detail=detail or run.detail,
                title=run.title,
                set_number=run.set_number,
                set_version_id=run.set_version_id,
                terms=terms,
            )
            self._keep(again.id, typed, holder)
        self.driver.wake()
        return again

    def hang_up(self) -> None:
        """What is under way in this process ends now and waits again; some of it may be paid for twice."""
        self.driver.hang_up()

    def close(self) -> None:
        self.driver.close()

    # -- keys ------------------------------------------------------------------------------------------------------

    def _typed_of(self, run_id: str) -> Typed:
        with self._keys:
            return self._typed.get(run_id, Typed())

    def _keep(self, run_id: str, typed: Typed | None, holder: str) -> None:
        if holder and typed is not None:
            self._typed[run_id] = typed
        else:
            self._typed.pop(run_id, None)

    @staticmethod
    def _holder(typed: Typed | None, choice: str) -> str:
        """This process, if the run needs a key or an address that only it knows."""
        return me() if needs_typed(typed, choice) else ""

    def _may_come_again(self, run_id: str, record_id: str) -> bool:
        return self.driver.may_come_again(run_id, record_id)

    def _read(self, run: Active, record_id: str) -> None:
        """Values are looked for on their pictures later, by a thread of its own: it never holds up an answer."""
        owned = self._store.of(run.owner)
        if self._kit.fields_of(owned, run.run_id).fields:
            for one in (record_id, *owned.twins(record_id)):
                self._extractor.check_later(run.owner, run.run_id, one)


def _load(credential: Credential) -> None:
    from vision.providers.clients import connect  # noqa: PLC0415 - adapters are loaded when they are needed

    try:
        connect(credential).get_ready()
    except LoupeError as error:  # an address that cannot be used: whoever asks is told so
        _log.info("%s", error.sentence)


def needs_typed(typed: Typed | None, choice: str) -> bool:
    """Whether a run at ``choice`` uses a key or an address that was typed into a page and is known nowhere else."""
    return choice != READER and credentials(typed or Typed()) != credentials()


def _document(record: Record) -> Document:
    pictures = tuple(one.id for one in record.pictures)
    return Document(record.name, pictures, page=record.page, sentence="" if pictures else record.sentence)


def title_of(documents: Sequence[Document]) -> str:
    first = documents[0].name
    return first if len(documents) == 1 else f"{first} and {len(documents) - 1:,} more"
