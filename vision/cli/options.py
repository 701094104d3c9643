"""Options and arguments that several commands share, and what their values become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from vision.cli.terminal import say

if TYPE_CHECKING:
    from vision.messages import Picture
    from vision.models.catalog import Catalogue, Model

_Function = TypeVar("_Function", bound=Callable[..., Any])
Option = Callable[[_Function], _Function]

DETAILS = ("glance", "normal", "fine")
MODEL_HELP = "An id of `models`, `reader`, or compatible:NAME: this one and no other."
LEVEL_HELP = (
    "How good a model, and how dear; auto looks at the question. Also simple, medium, complex. [default: balanced]"
)
BUDGET_HELP = "The most that a question may cost, in US dollars."
EXPLAIN_HELP = "Say who is asked in which order at what price, who is not, and why."
JSON_HELP = "One JSON object per answer instead of text."


def image_argument(name: str = "image") -> Callable[[_Function], _Function]:
    return click.argument(name, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))


def model_option(help: str) -> Callable[[_Function], _Function]:
    return click.option("--model", metavar="ID", help=help)


def detail_option() -> Callable[[_Function], _Function]:
    return click.option(
        "--detail", type=click.Choice(DETAILS), default="normal", show_default=True, help="How many pixels are sent."
    )


def page_option() -> Callable[[_Function], _Function]:
    return click.option(
        "--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page of a PDF or TIFF."
    )


def json_option(help: str) -> Callable[[_Function], _Function]:
    return click.option("--json", "as_json", is_flag=True, help=help)


class Dollars(click.ParamType[Decimal]):
    """An amount of US dollars above 0."""

    name = "usd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal(0)
        if not amount.is_finite() or amount <= 0:
            self.fail(f"{value!r} is not an amount of US dollars above 0: write it as 0.01.", param, ctx)
        return amount


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options of ``ask``, ``chat`` and ``compare``. ``budget`` caps each question, US dollars."""

    level: str | None
    model: str | None
    detail: str
    page: int
    budget: Decimal | None
    explain: bool
    as_json: bool

    def check(self) -> None:
        """Raises click.UsageError for options that exclude each other."""
        if self.level is not None and self.model is not None:
            raise click.UsageError("--level and --model exclude each other: write one of them.")


def asking_options(command: _Function) -> _Function:
    """What ``ask``, ``chat`` and ``compare`` share, in the order in which --help lists it: the fields of ``Chosen``."""
    options = (
        click.option("--level", metavar="quick|balanced|best|auto", help=LEVEL_HELP),
        model_option(MODEL_HELP),
        detail_option(),
        page_option(),
        click.option("--budget", type=Dollars(), metavar="USD", help=BUDGET_HELP),
        click.option("--explain", is_flag=True, help=EXPLAIN_HELP),
        json_option(JSON_HELP),
    )
    for option in reversed(options):
        command = option(command)
    return command


def today() -> date:
    return datetime.now(UTC).date()


def model_named(catalogue: Catalogue, word: str) -> Model:
    """The model of ``--model``. An unknown one is wrong use; one that has ended is a failure that names its heir."""
    from vision.errors import NotThere  # noqa: PLC0415
    from vision.models.catalog import resolve  # noqa: PLC0415

    try:
        return resolve(catalogue, word, today())
    except NotThere as error:
        raise click.BadParameter(error.sentence, param_hint="--model") from None


def say_notes(picture: Picture) -> None:
    """One line on what was done to a picture when it was opened, if anything was."""
    if picture.notes:
        say(f"{picture.name}: {', '.join(picture.notes)}.")


def read_image(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file. Raises PictureError, before reading, for one larger than ``max_bytes``; of what tells no
    size (a pipe) no more than one byte beyond is read."""
    from vision.images.names import clean_name  # noqa: PLC0415
    from vision.images.refusals import Refused, refusal  # noqa: PLC0415

    try:
        if path.stat().st_size > max_bytes:
            raise refusal(Refused("too_many_bytes", limit_mb=max_bytes / 1e6), clean_name(path.name))
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except OSError as error:
        raise click.UsageError(f"{path.name} cannot be read: {(error.strerror or 'unknown error').lower()}.") from None
