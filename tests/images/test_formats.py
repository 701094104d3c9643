"""Every format by its content, under any name."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from tests.images.making import CORNERS, LIMITS, cornered, corners_of, decoded, encoded, near, photo
from vision.errors import PictureError
from vision.images import pixels
from vision.images.opening import open_picture, page_count

FORMATS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "GIF": {},
    "WEBP": {"lossless": True},
    "BMP": {},
    "TIFF": {},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
    "HEIC": {},
}
ISOLATED = {"TIFF", "AVIF", "HEIC"}


@pytest.mark.parametrize("format", FORMATS)
def test_a_picture_is_opened_by_its_content(format: str) -> None:
    data = encoded(cornered(), format, **FORMATS[format])
    opened = open_picture(data, "a letter.docx", LIMITS)
    picture = opened.picture
    assert (picture.format, picture.width, picture.height) == (format, 96, 64)
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert (picture.size_bytes, picture.page, picture.pages, picture.notes) == (len(data), 1, 1, ())
    assert (opened.master is not None) == (format in ISOLATED)
    image = pixels.load(opened.master or data)
    assert (image.mode, image.size, image.info) == ("RGB", (96, 64), {})
    assert all(near(a, b, 6) for a, b in zip(corners_of(image), CORNERS, strict=True))
    assert all(near(a, b, 8) for a, b in zip(corners_of(decoded(opened.preview).convert("RGB")), CORNERS, strict=True))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_what_moves(format: str) -> None:
    frames = [cornered(), Image.new("RGB", (96, 64), "black"), Image.new("RGB", (96, 64), "white")]
    out = io.BytesIO()
    frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100)
    opened = open_picture(out.getvalue(), "moving", LIMITS)
    assert opened.picture.notes == ("first frame of 3",)
    image = pixels.load(opened.master or out.getvalue())
    assert all(near(a, b, 24) for a, b in zip(corners_of(image), CORNERS, strict=True))


def test_a_page_of_a_tiff_is_picked() -> None:
    pages = [Image.new("RGB", (40 + 10 * n, 30), (0, 0, 60 * n)) for n in range(1, 4)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    data = out.getvalue()
    assert page_count(data, "scan.tif", LIMITS) == 3
    second = open_picture(data, "scan.tif", LIMITS, page=2)
    assert (second.picture.page, second.picture.pages, second.picture.width) == (2, 3, 60)
    assert second.picture.notes == ("page 2 of 3",)
    assert second.master is not None
    assert pixels.load(second.master).getpixel((5, 5)) == (0, 0, 120)
    with pytest.raises(PictureError) as refused:
        open_picture(data, "scan.tif", LIMITS, page=4)
    assert refused.value.reason == "page_out_of_range"
    assert "“scan.tif” has 3 pages, so there is no page 4" in str(refused.value)


@pytest.mark.parametrize("page", [-1, 0, 2])
def test_a_photo_has_one_page(page: int) -> None:
    data = encoded(photo(), "JPEG")
    assert page_count(data, "x", LIMITS) == 1
    with pytest.raises(PictureError, match="choose one from 1 to 1"):
        open_picture(data, "x", LIMITS, page=page)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"])
def test_compressed_tiffs(compression: str) -> None:
    opened = open_picture(encoded(cornered(), "TIFF", compression=compression), "x", LIMITS)
    assert opened.master is not None
    assert all(near(a, b, 8) for a, b in zip(corners_of(pixels.load(opened.master)), CORNERS, strict=True))


def test_previews_are_small_and_never_enlarged() -> None:
    large = open_picture(encoded(photo((1600, 800)), "JPEG"), "x", LIMITS)
    assert decoded(large.preview).size == (1000, 500)
    assert decoded(large.thumbnail).size == (240, 120)
    tiny = open_picture(encoded(photo((20, 10)), "PNG"), "x", LIMITS)
    assert decoded(tiny.preview).size == decoded(tiny.thumbnail).size == (20, 10)


def test_a_thin_picture_keeps_a_pixel_in_its_previews() -> None:
    opened = open_picture(encoded(photo((2000, 10)), "PNG"), "x", LIMITS)
    assert decoded(opened.preview).size == (1000, 5)
    assert decoded(opened.thumbnail).size == (240, 1)


def test_flat_drawings_get_a_sharp_preview() -> None:
    opened = open_picture(encoded(cornered((900, 600)), "PNG"), "x", LIMITS)
    assert opened.preview.startswith(b"\x89PNG")
    assert corners_of(decoded(opened.preview).convert("RGB")) == CORNERS


def test_the_same_file_gives_the_same_bytes() -> None:
    data = encoded(photo((1500, 1100)), "JPEG")
    assert open_picture(data, "a", LIMITS).preview == open_picture(data, "b", LIMITS).preview
