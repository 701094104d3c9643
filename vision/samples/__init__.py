"""The sample pictures that ship with Loupe. ``samples.toml`` lists them, ``draw.py`` draws them."""

from __future__ import annotations

import hashlib
import io
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
THUMBNAIL = (320, 220)


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture to try. ``starters`` are questions the on-device reader can answer, ``seeing`` need a model."""

    id: str
    file: str
    title: str
    starters: tuple[str, ...]
    seeing: tuple[str, ...]

    def read(self) -> bytes:
        return (HERE / self.file).read_bytes()


@dataclass(frozen=True, slots=True)
class _Listed:
    samples: tuple[Sample, ...]
    starters: tuple[str, ...]
    seeing: tuple[str, ...]


@lru_cache(maxsize=1)
def _listed() -> _Listed:
    with (HERE / "samples.toml").open("rb") as file:
        data = tomllib.load(file)
    found = tuple(
        Sample(name, entry["file"], entry["title"], tuple(entry["starters"]), tuple(entry["seeing"]))
        for name, entry in data["samples"].items()
    )
    return _Listed(found, tuple(data["any"]["starters"]), tuple(data["any"]["seeing"]))


def samples() -> tuple[Sample, ...]:
    """In the order in which they are shown."""
    return _listed().samples


@lru_cache(maxsize=1)
def _by_content() -> dict[str, Sample]:
    return {hashlib.sha256(sample.read()).hexdigest(): sample for sample in samples()}


def starters(sha256: str, *, reader: bool) -> tuple[str, ...]:
    """Questions to begin with for the picture of that content: a sample has its own. ``reader`` leaves out what needs
    seeing."""
    sample = _by_content().get(sha256)
    source = sample or _listed()
    return source.starters if reader else (*source.seeing, *source.starters)


@lru_cache(maxsize=32)
def thumbnail(sample: Sample) -> bytes:
    """A tile of ``THUMBNAIL`` pixels cut from the top of the picture, JPEG; small enough to be drawn as it is."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only where the tiles are drawn

    with Image.open(HERE / sample.file) as image:
        tile = ImageOps.fit(image.convert("RGB"), THUMBNAIL, Image.Resampling.LANCZOS, centering=(0.5, 0.0))
    out = io.BytesIO()
    tile.save(out, "JPEG", quality=85)
    return out.getvalue()
