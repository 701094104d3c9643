"""``batch``: one question, or one set of fields, asked of many pictures, through crashes, restarts and Ctrl-C."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from vision.cli.options import (
    DETAILS,
    EXPLAIN_HELP,
    LEVEL_HELP,
    MODEL_HELP,
    Dollars,
    model_option,
)

ENDINGS = ("csv", "xlsx", "jsonl")
PARALLEL = 8
OF_A_NEW_RUN = ("schema", "level", "model", "detail", "pages", "explain")
OUT_HELP = "Write all answers there too, in the order given: .csv, .xlsx or .jsonl."
SCHEMA_HELP = "Read these fields from each picture (as `extract --schema`); PROMPT is then said besides, and may be ''."
PAGES_HELP = "Each page of a PDF by itself, or all of a file together. [default: each; with --schema together]"
PARALLEL_HELP = f"How many at once; 1 is one after the other, in order. [default: {PARALLEL}]"
BUDGET_HELP = "The most that the whole run may cost, in US dollars."
RESUME_HELP = "Go on with this run, or with the newest one: no prompt and no images then."


@click.command()
@click.argument("words", nargs=-1, metavar="PROMPT IMAGES...")
@click.option(
    "--schema", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE", help=SCHEMA_HELP
)
@click.option("--level", metavar="quick|balanced|best|auto", help=LEVEL_HELP)
@model_option(MODEL_HELP)
@click.option("--detail", type=click.Choice(DETAILS), help="How many pixels are sent. [default: normal]")
@click.option("--pages", type=click.Choice(("each", "together")), help=PAGES_HELP)
@click.option("--parallel", type=click.IntRange(min=1), metavar="N", help=PARALLEL_HELP)
@click.option("--budget", type=Dollars(), metavar="USD", help=BUDGET_HELP)
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE", help=OUT_HELP)
@click.option("--explain", is_flag=True, help=EXPLAIN_HELP)
@click.option("--resume", metavar="RUN|last", help=RESUME_HELP)
@click.option("--retry-failed", is_flag=True, help="With --resume: ask again what failed.")
def batch(
    words: tuple[str, ...],
    *,
    out: Path | None,
    parallel: int | None,
    budget: Decimal | None,
    resume: str | None,
    retry_failed: bool,
    **options: Any,
) -> int:
    """Ask one question of many pictures: files, folders, patterns in quotes, and ZIPs.

    A file that is no picture is a line with the reason. Ctrl-C pauses; what is under way finishes and counts.
    """
    _check_out(out)
    if resume is not None:
        _check_resumed(words, options)
    elif retry_failed:
        raise click.UsageError("--retry-failed goes with --resume: say which run.")
    elif len(words) < 2:
        raise click.UsageError("Write the question in quotes, then pictures, folders or ZIPs.")
    elif not words[0].strip() and options["schema"] is None:
        raise click.UsageError(
            "The question is empty: write what you want to know about the pictures, or use --schema."
        )
    elif options["level"] is not None and options["model"] is not None:
        raise click.UsageError("--level and --model exclude each other: write one of them.")
    from vision.cli.batch_runs import Terms, begun, resumed  # noqa: PLC0415 - the database and the catalogue: not for --help

    terms = Terms(parallel, budget, out)
    if resume is not None:
        return resumed(resume, terms, retry_failed=retry_failed)
    return begun(words[0], words[1:], terms, **options)


def _check_out(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix.lower().lstrip(".") not in ENDINGS:
        raise click.UsageError(f"{out.name} must end in .csv, .xlsx or .jsonl.")
    if not out.parent.is_dir():
        raise click.UsageError(f"There is no folder {out.parent} to write {out.name} into.")


def _check_resumed(words: Sequence[str], options: dict[str, Any]) -> None:
    """What a run was begun with stays."""
    if words:
        raise click.UsageError("--resume takes no question and no pictures: the run has them.")
    given = next((name for name in OF_A_NEW_RUN if options[name]), None)
    if given is not None:
        raise click.UsageError(f"--resume goes on as the run began, so --{given} cannot be changed: leave it out.")
