"""The samples are what their script draws, small, and open like any other picture."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.images.making import LIMITS
from vision.images.opening import open_picture
from vision.samples import HERE, samples
from vision.samples.draw import DRAWINGS, draw


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    draw(folder)
    return folder


def test_every_drawing_is_listed_and_every_listed_file_is_drawn() -> None:
    assert {sample.file for sample in samples()} == set(DRAWINGS)
    for sample in samples():
        assert sample.title
        assert sample.starters
        assert sample.seeing


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_script_draws_what_is_shipped(drawn: Path, name: str) -> None:
    with Image.open(HERE / name) as kept, Image.open(drawn / name) as fresh:
        assert kept.size == fresh.size
        # Encoders may differ by a level from one processor to the next.
        difference = ImageChops.difference(kept.convert("RGB"), fresh.convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) < 0.5


@pytest.mark.parametrize("name", DRAWINGS)
def test_samples_are_small_and_clean(name: str) -> None:
    data = (HERE / name).read_bytes()
    assert len(data) < 250_000
    opened = open_picture(data, name, LIMITS)
    assert opened.picture.notes == ()
    assert min(opened.picture.width, opened.picture.height) >= 600
    with Image.open(io.BytesIO(data)) as image:
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
