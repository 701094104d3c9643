"""``prepare``: a picture as a model would be sent it, as a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vision.cli.options import (
    detail_option,
    image_argument,
    json_option,
    model_named,
    model_option,
    page_option,
    read_image,
    say_notes,
)
from vision.cli.terminal import write, write_json
from vision.cli.writing import write_whole

if TYPE_CHECKING:
    from vision.images.preparing import ImageLimits
    from vision.messages import Prepared

MAX_EDGE = 2000
FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
QUALITY = 85


@click.command()
@image_argument("source")
@click.argument("target", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@model_option(f"Use this model's limits. Default: at most {MAX_EDGE} pixels a side.")
@detail_option()
@page_option()
@json_option("One JSON object instead of text.")
def prepare(source: Path, target: Path, *, model: str | None, detail: str, page: int, as_json: bool) -> None:
    """Write SOURCE to TARGET (.jpg, .png or .webp) as a model would be sent it: upright, reduced, without metadata."""
    format = FORMATS.get(target.suffix.lower())
    if format is None:
        raise click.UsageError(f"{target.name} must end in .jpg, .jpeg, .png or .webp.")
    if not target.parent.is_dir():
        raise click.UsageError(f"There is no folder {target.parent} to write {target.name} into.")
    if target.exists() and target.samefile(source):
        raise click.UsageError(f"{target.name} is the picture itself: give another name for the result.")
    limits = _limits(model, detail)
    before, prepared = _prepared(source, page, limits, format)
    write_whole(target, prepared.data)
    after = len(prepared.data)
    if as_json:
        write_json({"before_bytes": before, "after_bytes": after, "width": prepared.width, "height": prepared.height})
    else:
        size = f"{prepared.width} x {prepared.height} pixels"
        write(f"{target.name}: {before:,} bytes before, {after:,} bytes after, {size}\n")


def _limits(model: str | None, detail: str) -> ImageLimits:
    from vision.images.preparing import ImageLimits, image_limits  # noqa: PLC0415
    from vision.messages import Detail  # noqa: PLC0415
    from vision.models.catalog import load_catalogue  # noqa: PLC0415
    from vision.models.image_tokens import Bounds, Family, ImageRule  # noqa: PLC0415

    if model is not None:
        return image_limits(model_named(load_catalogue(), model), Detail(detail))
    bounds = Bounds(max_edge=MAX_EDGE)
    return ImageLimits(ImageRule("plain", Family.NONE, bounds, bounds, bounds), bounds, 1 << 40, base64=False)


def _prepared(path: Path, page: int, limits: ImageLimits, format: str) -> tuple[int, Prepared]:
    """The size of the file in bytes, and the picture in ``format``: the very bytes that would be sent where that is
    the format the model gets, else the same pixels."""
    from vision.images.limits import OpenLimits  # noqa: PLC0415
    from vision.images.opening import open_picture  # noqa: PLC0415
    from vision.images.preparing import prepare as make  # noqa: PLC0415
    from vision.settings import load_settings  # noqa: PLC0415

    open_limits = OpenLimits.of(load_settings())
    data = read_image(path, open_limits.max_bytes)
    opened = open_picture(data, path.name, open_limits, page=page)
    say_notes(opened.picture)
    source = opened.master or data
    prepared = make(source, (opened.picture.width, opened.picture.height), limits)
    if prepared.mime == f"image/{format.lower()}":
        return len(data), prepared
    return len(data), _in_format(source, prepared, format)


def _in_format(source: bytes, prepared: Prepared, format: str) -> Prepared:
    from dataclasses import replace  # noqa: PLC0415

    from vision.images.reducing import rgb  # noqa: PLC0415

    out = io.BytesIO()
    image = rgb(source, (prepared.width, prepared.height))
    image.info = {}
    image.save(out, format, **({} if format == "PNG" else {"quality": QUALITY}))
    return replace(prepared, data=out.getvalue(), mime=f"image/{format.lower()}")
