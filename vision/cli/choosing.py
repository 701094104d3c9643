"""What ``--level`` and ``--model`` choose, checked before anything is opened."""

from __future__ import annotations

import click

from vision.cli.explaining import name
from vision.cli.listing import what_is_missing
from vision.cli.options import today
from vision.errors import NotThere
from vision.models.catalog import DEFAULT_LEVEL, READER, Catalogue
from vision.routing.connecting import NotSetUp
from vision.routing.levels import level_of
from vision.routing.plan import standing_in
from vision.settings import credentials


def choice_word(catalogue: Catalogue, level: str | None, model: str | None) -> str:
    """The choice word for ``Engine.ask``; Balanced where nothing is chosen. Words that mean nothing are wrong use.

    Raises NotSetUp and ModelNotFound for a model that cannot be asked."""
    if model is not None:
        return model_word(catalogue, model)
    try:
        return level_of(DEFAULT_LEVEL if level is None else level).word
    except NotThere as error:
        raise click.BadParameter(error.sentence, param_hint="--level") from None


def model_word(catalogue: Catalogue, word: str, *, option: str = "--model") -> str:
    """The choice word of one model named in ``option``. Raises as ``choice_word``."""
    try:
        model, note = standing_in(catalogue, word, today())
    except NotThere as error:
        raise click.BadParameter(error.sentence, param_hint=option) from None
    if model.provider != READER and model.provider not in credentials():
        said = f"{note} " if note else ""
        what = what_is_missing(model.provider)
        instead = "use --model reader" if option == "--model" else "leave it out"
        raise NotSetUp(f"{said}{name(model)} is not set up: {what}, or {instead}.")
    return word.strip() if note else model.word  # one that ended is replaced again where it is asked, with its note
