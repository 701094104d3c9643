"""``models``: what can be asked, what is missing for the rest, and when each ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from vision.cli.options import json_option, today
from vision.cli.terminal import write, write_json

if TYPE_CHECKING:
    from vision.models.catalog import Catalogue, Model
    from vision.settings import Credential

HEADINGS = ("LEVEL", "PROVIDER", "ID", "SET UP", "ENDS")
ORDER = ("quick", "balanced", "best")


@click.command()
@click.option("--refresh", is_flag=True, help="Ask the services what they list, and say what differs.")
@json_option("One JSON list instead of the table.")
def models(*, refresh: bool, as_json: bool) -> int:
    """List the models: level, provider, id, whether they are set up, when they end."""
    from vision.models.catalog import load_catalogue  # noqa: PLC0415
    from vision.settings import credentials  # noqa: PLC0415

    if refresh:
        from vision.cli.refreshing import refresh as compared_with_services  # noqa: PLC0415

        return compared_with_services(load_catalogue(), credentials(), today(), as_json=as_json)
    found = _rows(load_catalogue(), credentials(), today())
    if as_json:
        write_json([dict(zip(("level", "provider", "id", "set_up", "ends"), row, strict=True)) for row in found])
    else:
        write(table([HEADINGS, *found]))
    return 0


def what_is_missing(provider: str) -> str:
    """What to do so that ``provider`` can be asked, without a full stop."""
    from vision.settings import KEY_NAMES, URL_NAMES  # noqa: PLC0415

    name = URL_NAMES[provider] if provider == "compatible" else KEY_NAMES[provider][-1]
    return f"set {name}"


def _rows(catalogue: Catalogue, found: Mapping[str, Credential], day: date) -> list[tuple[str, ...]]:
    every = [*catalogue.models.values(), catalogue.template]
    every.sort(key=lambda model: (model.ended(day), _rank(model)))
    return [_row(catalogue, model, found, day) for model in every]


def _rank(model: Model) -> tuple[Any, ...]:
    providers = ("reader", "anthropic", "openai", "gemini", "compatible")
    level = ORDER.index(model.level) if model.level in ORDER else len(ORDER)
    return providers.index(model.provider) if model.provider in providers else len(providers), level


def _row(catalogue: Catalogue, model: Model, found: Mapping[str, Credential], day: date) -> tuple[str, ...]:
    name = model.word or model.id
    if model.provider == "reader":
        ready = "yes, on this device"
    elif model.provider in found:
        ready = "yes"
    else:
        ready = f"no: {what_is_missing(model.provider)}"
    return (
        model.level or "-",
        model.provider,
        f"{name}NAME" if name == "compatible:" else name,
        ready,
        _ends(catalogue, model, day),
    )


def _ends(catalogue: Catalogue, model: Model, day: date) -> str:
    ending = catalogue.usable(model, day)
    if ending is not None:
        heir = f", use {ending.successor.id}" if ending.successor else ""
        return f"ended {ending.since:%Y-%m-%d}{heir}"
    if model.retires is not None:
        return f"{model.retires:%Y-%m-%d}" + (f", then {model.successor}" if model.successor else "")
    return f"not before {model.not_before:%Y-%m-%d}" if model.not_before else "-"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, two blanks apart; no blanks at line ends."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)
