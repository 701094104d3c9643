"""A run of ``batch`` from its first file to its last line: begun or gone on with, followed, written out, summed up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import click

from vision.archives.reading import ArchiveLimits
from vision.batch import asking
from vision.batch.batches import MOST_ITEMS, Batches, TooMany
from vision.cli import explaining
from vision.cli.batch_ending import Ending
from vision.cli.choosing import choice_word
from vision.cli.field_files import fields_in
from vision.cli.gathering import documents, given_files
from vision.cli.options import today
from vision.cli.progress import Progress
from vision.cli.session import Session, opened
from vision.cli.terminal import say
from vision.cli.watching import OPEN, Presses, Watch
from vision.errors import LoupeError
from vision.extracting import reading
from vision.extracting.extractor import Extractor
from vision.fields.model import FieldSet
from vision.images.limits import OpenLimits
from vision.messages import Detail
from vision.models.catalog import Catalogue, load_catalogue
from vision.settings import Settings, load_settings
from vision.store import OwnedStore, batch_records
from vision.store.batch_records import STANDS_STILL, RunState
from vision.store.extract_records import Document, Run

PARALLEL = 8
MOST_RUNS = 1000  # that are looked through for a beginning of an id


@dataclass(frozen=True, slots=True)
class Terms:
    """What can be said anew of a run: how many at once, its cap in US dollars; and where its answers are written to."""

    parallel: int | None
    budget: Decimal | None
    out: Path | None

    def check(self, settings: Settings) -> None:
        """Raises click.UsageError."""
        if self.parallel is not None and self.parallel > settings.batch_parallel:
            raise click.UsageError(
                f"--parallel {self.parallel} is more than this installation allows ({settings.batch_parallel})."
            )


@dataclass(frozen=True, slots=True)
class Desk:
    """What a run needs for the time of the command."""

    session: Session
    batches: Batches

    @property
    def owned(self) -> OwnedStore:
        return self.session.owned


@contextmanager
def desk(settings: Settings, catalogue: Catalogue) -> Iterator[Desk]:
    """Raises StoreError. From here on this process asks, unless another one does."""
    with opened(settings, catalogue) as session:
        router = session.engine.router
        extractor = Extractor(session.store, settings, catalogue, router, today=today)
        batches = Batches(session.store, settings, catalogue, router, extractor, today=today)
        try:
            batches.drive()
            yield Desk(session, batches)
        finally:
            batches.close()
            extractor.close()


def begun(prompt: str, words: Sequence[str], terms: Terms, **options: Any) -> int:
    """A new run to its end; returns the exit code."""
    fields = fields_in(options["schema"]) if options["schema"] is not None else None
    settings, catalogue = load_settings(), load_catalogue()
    terms.check(settings)
    choice = choice_word(catalogue, options["level"], options["model"])
    archives = ArchiveLimits.of(settings)
    given = given_files(words, archives, leave_out=terms.out)
    if len(given) > MOST_ITEMS:
        raise TooMany(f"At most {MOST_ITEMS:,} pictures go into one run: split these {len(given):,} in two.")
    pages = options["pages"] or ("together" if fields is not None else "each")
    detail = Detail(options["detail"] or "normal")
    progress = Progress()
    with desk(settings, catalogue) as found:
        found.batches.get_ready(found.owned.owner, choice)  # loaded while pictures are opened
        made = documents(
            found.owned,
            given,
            OpenLimits.of(settings),
            archives,
            each_page=pages == "each",
            tell=lambda number: progress.show(f"Opening {number:,} of {len(given):,}"),
        )
        for one in made:
            if one.sentence:
                progress.say(f"{one.name}: {one.sentence}")
        progress.clear()
        at_once = terms.parallel or min(PARALLEL, settings.batch_parallel)
        for line in _announced(
            found, made, prompt, choice=choice, detail=detail, fields=fields, explain=options["explain"]
        ):
            say(line)
        begin = partial(
            found.batches.begin,
            found.owned.owner,
            made,
            batch_records.Terms(question=prompt, cap_usd=terms.budget, parallel=at_once),
            choice=choice,
            detail=detail,
            fields=fields,
        )
        return _followed(found, begin, terms.out, progress)


def _announced(
    found: Desk,
    made: Sequence[Document],
    prompt: str,
    *,
    choice: str,
    detail: Detail,
    fields: FieldSet | None,
    explain: bool,
) -> list[str]:
    """Who is asked, before anything is sent; the price is that of the first picture."""
    first = next((one for one in made if one.picture_ids), None)
    if first is None:
        return []
    stored = found.owned.picture(first.picture_ids[0])
    if fields is None:
        shape = asking.shape_of(prompt, ((stored.picture.width, stored.picture.height),), detail)
    else:
        shape = reading.shape_of(fields, (stored,), detail)
    plan = found.session.engine.plan(found.owned.owner, choice, shape, text=prompt)
    lines = [*(explaining.lines(plan) if explain else ()), *explaining.notes(plan)]
    asks = explaining.asking(plan)
    return [*lines, *([f"{asks[:-1]} for the first of {len(made):,}." if len(made) > 1 else asks] if asks else [])]


# -- going on ---------------------------------------------------------------------------------------------------------


def resumed(word: str, terms: Terms, *, retry_failed: bool) -> int:
    """A run that there is to its end; returns the exit code."""
    settings, catalogue = load_settings(), load_catalogue()
    terms.check(settings)
    with desk(settings, catalogue) as found:
        run = _named(found.owned, word)
        return _followed(found, partial(_going_on, found, run, terms, retry_failed=retry_failed), terms.out, Progress())


def _going_on(found: Desk, run: Run, terms: Terms, *, retry_failed: bool) -> Run:
    """The run, driven again where something of it waits. A run that goes on anyway gets its new terms."""
    again = found.owned.retry(run.id) if retry_failed else 0
    if again:
        say(f"{again:,} that failed {'is' if again == 1 else 'are'} asked again.")
    new = terms.parallel is not None or terms.budget is not None
    if again or new or (run.batch is not None and run.batch.state in STANDS_STILL):
        found.batches.go_on(
            found.owned.owner,
            run.id,
            cap_usd=terms.budget,
            new_cap=terms.budget is not None,
            parallel=terms.parallel,
            whole=run.batch is not None and run.batch.state is RunState.TRIED,
            again=bool(again),
        )
    return found.owned.run(run.id)


def _named(owned: OwnedStore, word: str) -> Run:
    """The newest durable run, or the one whose id begins so. Raises click.UsageError."""
    runs = owned.runs(MOST_RUNS, durable=True)
    if not runs:
        raise click.UsageError("There is no run to go on with: begin one first.")
    if word == "last":
        return max(runs, key=lambda run: run.created)
    found = [run for run in runs if word and run.id.startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{len(found)} runs begin with {word}: write more of the id.")
    raise click.UsageError(f"There is no run {word}: write its id, or last for the newest one.")


# -- to its end -------------------------------------------------------------------------------------------------------


def _followed(found: Desk, begin: Callable[[], Run], out: Path | None, progress: Progress) -> int:
    """From ``begin`` on Ctrl-C pauses the run. When nobody reads any more it is paused as well; raises Gone then."""
    presses = Presses()
    with presses.counted():
        run = begin()
        began = time.monotonic()
        ending = Ending(found.owned, run.id, out)
        try:
            pending = [line.position for line in found.owned.all_lines(run.id) if line.state in OPEN]
            left = f", {len(pending):,} to ask" if len(pending) != run.total else ""
            say(f"Run {run.id}: {run.total:,} in all{left}.")
            paused = Watch(found.owned, found.batches, run.id, progress, presses, pending).to_the_end()
        except BaseException:  # nobody reads any more, or a third Ctrl-C
            _left(found, ending)
            raise
        return ending.told(time.monotonic() - began, stopped=paused)


def _left(found: Desk, ending: Ending) -> None:
    """Paused, with what there is in its file."""
    try:
        found.batches.pause(found.owned.owner, ending.run_id)
        say(ending.how_to_go_on())
        ending.write()
    except LoupeError as error:
        say(error.sentence)
