"""``compare-models``: one question before two to four models at once, each answer under the name of its model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vision.cli.options import (
    Dollars,
    detail_option,
    image_argument,
    json_option,
    page_option,
    read_image,
    say_notes,
)

if TYPE_CHECKING:
    from vision.models.catalog import Catalogue

MODELS_HELP = "Two to four, with commas between: ids of `models`, `reader`, or compatible:NAME."
BUDGET_HELP = "The most that all of them together may cost, in US dollars."
JSON_HELP = "One JSON object with every answer instead of text."


@click.command("compare-models")
@image_argument()
@click.argument("prompt")
@click.option("--models", required=True, metavar="A,B[,C[,D]]", help=MODELS_HELP)
@detail_option()
@page_option()
@click.option("--budget", type=Dollars(), metavar="USD", help=BUDGET_HELP)
@json_option(JSON_HELP)
def compare_models(image: Path, prompt: str, models: str, **options: Any) -> int:
    """Ask several models the same question about a picture, all at once."""
    if not prompt.strip():
        raise click.UsageError("The question is empty: write what you want to know about the picture.")
    from vision.cli.rounds import Chosen, Round  # noqa: PLC0415 - the database and the catalogue: not for --help
    from vision.cli.session import opened  # noqa: PLC0415
    from vision.images.limits import OpenLimits  # noqa: PLC0415
    from vision.ingest import add_picture  # noqa: PLC0415
    from vision.models.catalog import load_catalogue  # noqa: PLC0415
    from vision.settings import load_settings  # noqa: PLC0415

    chosen = Chosen(**options)
    settings, catalogue = load_settings(), load_catalogue()
    words = _words(catalogue, models)
    limits = OpenLimits.of(settings)
    data = read_image(image, limits.max_bytes)
    with opened(settings, catalogue) as session:
        picture = add_picture(session.owned, data, image.name, limits, chosen.page)
        say_notes(picture.picture)
        return 0 if Round(session, words, picture, prompt, chosen).run() else 1


def _words(catalogue: Catalogue, models: str) -> list[str]:
    """The choice words, two to four different ones that can be asked. Wrong use otherwise."""
    from vision.cli.choosing import model_word  # noqa: PLC0415
    from vision.contests.asking import HOW_MANY, LEAST, MOST  # noqa: PLC0415

    named = [word.strip() for word in models.split(",") if word.strip()]
    count = len(set(named))
    if count != len(named) or not LEAST <= count <= MOST:
        said = HOW_MANY.format(count=count, are="is" if count == 1 else "are")
        raise click.BadParameter(said, param_hint="--models")
    return [model_word(catalogue, word, option="--models") for word in named]
