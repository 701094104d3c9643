"""Pixels for later work: as many as are needed, and no fewer."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.images.making import LIMITS, decoded, encoded, exif, photo
from vision.errors import PictureError
from vision.images import pixels
from vision.images.limits import OpenLimits
from vision.images.opening import open_picture
from vision.settings import Settings


@pytest.mark.parametrize(
    ("edge", "size"),
    [
        (None, (1600, 1200)),
        (1600, (1600, 1200)),
        (801, (1600, 1200)),
        (800, (800, 600)),
        (300, (400, 300)),
        (1, (200, 150)),
    ],
)
def test_a_jpeg_is_decoded_no_larger_than_needed(edge: int | None, size: tuple[int, int]) -> None:
    data = encoded(photo((1600, 1200)), "JPEG")
    assert pixels.load(data, max_edge=edge).size == size


def test_the_reduced_decoding_is_upright_too() -> None:
    data = encoded(photo((1600, 1200)), "JPEG", exif=exif(6))
    assert pixels.load(data, max_edge=800).size == (600, 800)


def test_the_preview_shows_the_same_picture() -> None:
    """The reduced decoding must neither shift nor dull it: compared with the whole picture, scaled down."""
    image = photo((2400, 1800))
    data = encoded(image, "JPEG", quality=95)
    shown = decoded(open_picture(data, "x", LIMITS).preview)
    expected = image.resize(shown.size, Image.Resampling.LANCZOS)
    # By brightness: JPEG keeps colour at half size, and the test's noise is all in one colour.
    assert ImageStat.Stat(ImageChops.difference(shown.convert("L"), expected.convert("L"))).mean[0] < 1.5


def test_only_what_has_been_opened_can_be_loaded() -> None:
    for data in (b"", b"nothing", encoded(photo(), "TIFF")):
        with pytest.raises(PictureError, match="the stored picture"):
            pixels.load(data)


def test_a_master_of_a_photo_is_jpeg_and_of_print_is_png() -> None:
    grainy = open_picture(encoded(photo((900, 700)), "TIFF"), "x", LIMITS)
    assert grainy.master is not None
    assert grainy.master.startswith(b"\xff\xd8")
    page = open_picture(encoded(Image.new("1", (900, 700), 1), "TIFF"), "x", LIMITS)
    assert page.master is not None
    assert page.master.startswith(b"\x89PNG")


def test_the_limits_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MAX_FILE_BYTES", "1"), ("MAX_PIXELS", "2"), ("MAX_PAGES", "3"), ("DECODE_SECONDS", "4.5")):
        monkeypatch.setenv(f"LOUPE_{name}", value)
    limits = OpenLimits.of(Settings())
    assert (limits.max_bytes, limits.max_pixels, limits.max_pages, limits.seconds) == (1, 2, 3, 4.5)
    assert OpenLimits.of(Settings(decode_memory_bytes=5)).memory_bytes == 5
