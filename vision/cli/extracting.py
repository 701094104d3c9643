"""``extract``: pictures in, one JSON document out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vision.cli.field_files import fields_in
from vision.cli.options import (
    BUDGET_HELP,
    EXPLAIN_HELP,
    LEVEL_HELP,
    MODEL_HELP,
    Dollars,
    detail_option,
    json_option,
    model_option,
    read_image,
    say_notes,
    today,
)
from vision.cli.terminal import say, write_json

if TYPE_CHECKING:
    from vision.cli.session import Session
    from vision.extracting.extractor import Extractor
    from vision.fields.model import FieldSet
    from vision.store import StoredPicture
    from vision.store.extract_records import Record, Run

NOT_READ = "It was not read: try again."
LOOK_SECONDS = 0.05
STOP_SECONDS = 5.0
SCHEMA_HELP = (
    'The fields: a JSON Schema, an example, {"total": "number"}, or a set that Loupe saved. [default: the invoice set]'
)
PAGES_HELP = "All pages and pictures are one document, or each is one (then a JSON list comes out)."
STRICT_HELP = "Fail where a needed value is not on the picture."
JSON_HELP = "One JSON object with the data, where each value stands, who answered and what it cost."


@click.command()
@click.argument(
    "images", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@click.option(
    "--schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help=SCHEMA_HELP
)
@click.option("--level", metavar="quick|balanced|best|auto", help=LEVEL_HELP)
@model_option(MODEL_HELP)
@detail_option()
@click.option(
    "--pages", type=click.Choice(("together", "each")), default="together", show_default=True, help=PAGES_HELP
)
@click.option("--budget", type=Dollars(), metavar="USD", help=BUDGET_HELP)
@click.option("--strict", is_flag=True, help=STRICT_HELP)
@click.option("--explain", is_flag=True, help=EXPLAIN_HELP)
@json_option(JSON_HELP)
def extract(images: tuple[Path, ...], schema: Path | None, level: str | None, model: str | None, **options: Any) -> int:
    """Read the values of a set of fields from pictures: one JSON document on stdout."""
    if level is not None and model is not None:
        raise click.UsageError("--level and --model exclude each other: write one of them.")
    from vision.cli.choosing import choice_word  # noqa: PLC0415 - the database and the catalogue: not for --help
    from vision.cli.session import opened  # noqa: PLC0415
    from vision.extracting.documents import MOST_PAGES  # noqa: PLC0415
    from vision.images.limits import OpenLimits  # noqa: PLC0415
    from vision.ingest import add_picture  # noqa: PLC0415
    from vision.models.catalog import load_catalogue  # noqa: PLC0415
    from vision.settings import load_settings  # noqa: PLC0415

    fields = _fields(schema)
    settings, catalogue = load_settings(), load_catalogue()
    word = choice_word(catalogue, level, model)
    limits = OpenLimits.of(settings)
    with opened(settings, catalogue) as session:
        added = []
        for image in images:  # one at a time in memory
            stored = add_picture(session.owned, read_image(image, limits.max_bytes), image.name, limits)
            added.append(stored)
            say_notes(stored.picture)
            if stored.picture.pages > MOST_PAGES:
                say(f"{stored.picture.name}: only the first {MOST_PAGES} of {stored.picture.pages} pages are read.")
        return 0 if Extraction(session, fields, word, limits, options).run(added) else 1


def _fields(schema: Path | None) -> FieldSet:
    """Raises as ``fields_in``."""
    from vision.fields.ready import ready_set  # noqa: PLC0415

    return ready_set("invoice").fields if schema is None else fields_in(schema)


class Extraction:
    """A run of its own, which the app shows as well."""

    def __init__(self, session: Session, fields: FieldSet, word: str, limits: Any, options: dict[str, Any]) -> None:
        self._session = session
        self._fields = fields
        self._word = word
        self._limits = limits
        self._options = options

    def run(self, added: Sequence[StoredPicture]) -> bool:
        """Reads and writes; whether all of it is valid (with --strict: and complete)."""
        from vision.extracting.extractor import Extractor  # noqa: PLC0415
        from vision.extracting.setup import new_run  # noqa: PLC0415
        from vision.messages import Detail  # noqa: PLC0415

        session, together = self._session, self._options["pages"] == "together"
        detail, title = Detail(self._options["detail"]), added[0].picture.name
        documents = self._documents(added, together=together)
        run = new_run(session.owned, self._fields, documents, choice=self._word, detail=detail, title=title)
        extractor = Extractor(session.store, session.settings, session.catalogue, session.engine.router, today=today)
        try:
            self._explain(run)
            self._wait(extractor, run)
            return self._tell(session.owned.records(run.id), together=together)
        except KeyboardInterrupt:
            self._stop(extractor, run)
            if self._options["as_json"]:
                self._write_data(session.owned.records(run.id), together=together)
            raise
        except BaseException:  # what still waits must not be read by the app's next start
            self._stop(extractor, run)
            raise
        finally:
            extractor.close()

    def _documents(self, added: Sequence[StoredPicture], *, together: bool) -> Any:
        from vision.extracting.documents import documents_of, one_document  # noqa: PLC0415

        if together:
            return [one_document(self._session.owned, added, self._limits)]
        return documents_of(self._session.owned, added, self._limits, together=False)

    def _explain(self, run: Run) -> None:
        """Who is asked in which order, before anything is sent."""
        from vision.cli import explaining  # noqa: PLC0415
        from vision.extracting.reading import shape_of  # noqa: PLC0415

        session = self._session
        first = session.owned.records(run.id)[0]
        shape = shape_of(self._fields, first.pictures, run.detail)
        plan = session.engine.plan(session.owned.owner, self._word, shape, budget=self._options["budget"])
        lines = explaining.lines(plan) if self._options["explain"] else ()
        for line in (*lines, *explaining.notes(plan), explaining.asking(plan)):
            if line:
                say(line)

    def _wait(self, extractor: Extractor, run: Run) -> None:
        """Until everything is read; with --json also until it is searched for."""
        owned, as_json = self._session.owned, self._options["as_json"]
        extractor.begin(owned.owner, run, budget=self._options["budget"], alone=True)
        while not extractor.idle() and (as_json or owned.run(run.id).open):
            time.sleep(LOOK_SECONDS)

    def _stop(self, extractor: Extractor, run: Run) -> None:
        owned = self._session.owned
        extractor.stop(owned.owner, run.id)
        until = time.monotonic() + STOP_SECONDS
        while owned.run(run.id).open and not extractor.idle() and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)

    def _tell(self, records: Sequence[Record], *, together: bool) -> bool:
        from vision.cli.recording import good  # noqa: PLC0415

        self._write_data(records, together=together)
        for record in records:
            self._say(record, alone=together)
        return all(good(one, strict=self._options["strict"]) for one in records)

    def _write_data(self, records: Sequence[Record], *, together: bool) -> None:
        """What was read, also where --strict wants more: it is paid for. A document without data is null in a list,
        and alone nothing."""
        from vision.cli.recording import as_json, good  # noqa: PLC0415

        plain = [dict(one.data) if good(one, strict=False) else None for one in records]
        said = [as_json(one) for one in records] if self._options["as_json"] else plain
        if not together:
            write_json(said)
        elif said[0] is not None:
            write_json(said[0])

    def _say(self, record: Record, *, alone: bool) -> None:
        from vision.cli.recording import good  # noqa: PLC0415

        head, there = "" if alone else f"{record.name}: ", good(record, strict=False)
        for line in (record.sentence or ("" if there else NOT_READ), *record.notes):
            if line:
                say(head + line)
        if there:
            say(head + self._answered(record))

    def _answered(self, record: Record) -> str:
        from vision.routing.estimating import usd  # noqa: PLC0415

        model = self._session.catalogue.models.get(record.model)
        price = "" if record.provider == "reader" else f", {usd(record.cost_usd)}"
        return f"Read by {model.label if model else record.model} in {record.seconds:.1f} s{price}."
