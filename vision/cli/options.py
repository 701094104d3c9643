"""Options and arguments that several commands share, and what their values become."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
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
