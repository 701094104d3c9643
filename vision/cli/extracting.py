"""``extract``: pictures in, one JSON document out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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

LARGEST_SCHEMA = 4_000_000  # bytes
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
    from vision.images.limits import OpenLimits  # noqa: PLC0415
    from vision.ingest import add_picture  # noqa: PLC0415
    from vision.models.catalog import load_catalogue  # noqa: PLC0415
    from vision.settings import load_settings  # noqa: PLC0415

    fields = _fields(schema)
    settings, catalogue = load_settings(), load_catalogue()
    word = choice_word(catalogue, level, model)
    limits = OpenLimits.of(settings)
    files = [(image.name, read_image(image, limits.max_bytes)) for image in images]
    with opened(settings, catalogue) as session:
        added = [add_picture(session.owned, data, name, limits) for name, data in files]
        for stored in added:
            say_notes(stored.picture)
        return 0 if Extraction(session, fields, word, limits, options).run(added) else 1


def _fields(schema: Path | None) -> FieldSet:
    """Raises FieldsInvalid, and click.UsageError for a file that cannot be read."""
    from vision.fields.reading import read_fields  # noqa: PLC0415
    from vision.fields.ready import ready_set  # noqa: PLC0415

    if schema is None:
        return ready_set("invoice").fields
    try:
        if schema.stat().st_size > LARGEST_SCHEMA:
            raise click.UsageError(f"{schema.name} is too large for a set of fields.")
        return read_fields(schema.read_text(encoding="utf-8"), schema.stem)
    except UnicodeDecodeError:
        raise click.UsageError(f"{schema.name} is not text: give a JSON file.") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise click.UsageError(f"{schema.name} cannot be read: {reason}.") from None


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
        from vision.messages import Detail  # noqa: PLC0415

        session, together = self._session, self._options["pages"] == "together"
        run = session.owned.create_run(
            self._fields, self._documents(added, together=together), choice=self._word,
            detail=Detail(self._options["detail"]), title=added[0].picture.name,
        )  # fmt: skip
        extractor = Extractor(session.store, session.settings, session.catalogue, session.engine.router, today=today)
        try:
            self._explain(run)
            self._wait(extractor, run)
        finally:
            extractor.close()
        return self._write(session.owned.records(run.id), together=together)

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
        """Until everything is read; with --json also until it is searched for. Ctrl-C stops it and is passed on."""
        owned, budget = self._session.owned, self._options["budget"]
        extractor.begin(owned.owner, run, budget=budget)
        try:
            while not extractor.idle() if self._options["as_json"] else owned.run(run.id).open:
                time.sleep(LOOK_SECONDS)
        except BaseException:
            extractor.stop(owned.owner, run.id)
            until = time.monotonic() + STOP_SECONDS
            while owned.run(run.id).open and time.monotonic() < until:
                time.sleep(LOOK_SECONDS)
            raise

    def _write(self, records: Sequence[Record], *, together: bool) -> bool:
        from vision.cli.recording import as_json, good  # noqa: PLC0415

        strict = self._options["strict"]
        said = [as_json(one) if self._options["as_json"] else dict(one.data) for one in records]
        fine = [good(one, strict=strict) for one in records]
        if together:
            if fine[0] or self._options["as_json"]:
                write_json(said[0])
        else:
            write_json(
                [
                    one if self._options["as_json"] or record.data else None
                    for one, record in zip(said, records, strict=True)
                ]
            )
        for record in records:
            self._say(record, alone=together)
        return all(fine)

    def _say(self, record: Record, *, alone: bool) -> None:
        head = "" if alone else f"{record.name}: "
        for line in (record.sentence, *record.notes):
            if line:
                say(head + line)
        if record.data:
            say(head + self._answered(record))

    def _answered(self, record: Record) -> str:
        from vision.routing.estimating import usd  # noqa: PLC0415

        model = self._session.catalogue.models.get(record.model)
        price = "" if record.provider == "reader" else f", {usd(record.cost_usd)}"
        return f"Read by {model.label if model else record.model} in {record.seconds:.1f} s{price}."
