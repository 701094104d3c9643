"""All eight EXIF orientations, and the containers that turn by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from tests.images.making import CORNERS, LIMITS, TURNS, cornered, corners_of, decoded, encoded, exif, near
from vision.images import pixels
from vision.images.opening import Opened, open_picture

OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
    "AVIF": {"subsampling": "4:4:4"},
}


def stored(orientation: int) -> Image.Image:
    """What a camera held that way writes: turned by the opposite of what the tag asks for."""
    turn = TURNS[orientation]
    return cornered() if turn is None else cornered().transpose(turn)


def is_upright(opened: Opened, source: bytes) -> bool:
    image = pixels.load(opened.master or source)
    preview = decoded(opened.preview).convert("RGB")
    return all(
        shown.size == (96, 64) and all(near(a, b, 16) for a, b in zip(corners_of(shown), CORNERS, strict=True))
        for shown in (image, preview)
    )


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_comes_out_upright(format: str, orientation: int) -> None:
    data = encoded(stored(orientation), format, exif=exif(orientation), **OPTIONS.get(format, {}))
    opened = open_picture(data, "phone", LIMITS)
    assert (opened.picture.width, opened.picture.height) == (96, 64)
    assert is_upright(opened, data)
    assert opened.picture.notes == (("turned upright",) if orientation > 1 else ())


@pytest.mark.parametrize(
    ("turns", "turn"),
    [(1, Image.Transpose.ROTATE_270), (2, Image.Transpose.ROTATE_180), (3, Image.Transpose.ROTATE_90)],
)
@pytest.mark.parametrize("orientation", [None, 6, 8])
def test_heic_is_turned_once_by_its_container(turns: int, turn: Image.Transpose, orientation: int | None) -> None:
    """Phones write both: the container's turn, which the decoder applies, and the EXIF tag, which must do nothing."""
    tags = None if orientation is None else exif(orientation)
    data = encoded(cornered().transpose(turn), "HEIC", rotation=turns, exif=tags)
    opened = open_picture(data, "IMG_1.HEIC", LIMITS)
    assert is_upright(opened, data)
    assert opened.picture.notes == ("turned upright",)


def test_heic_that_lies_as_stored_is_not_turned_by_exif() -> None:
    data = encoded(cornered(), "HEIC", exif=exif(6))
    opened = open_picture(data, "IMG_1.HEIC", LIMITS)
    assert is_upright(opened, data)
    assert opened.picture.notes == ()


def test_a_mirrored_heic_comes_out_right() -> None:
    data = encoded(cornered().transpose(Image.Transpose.FLIP_LEFT_RIGHT), "HEIC", mirror=1)
    opened = open_picture(data, "selfie", LIMITS)
    assert is_upright(opened, data)
    assert opened.picture.notes == ("turned upright",)


@pytest.mark.parametrize("block", [b"", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0"])
def test_broken_exif_turns_nothing_and_breaks_nothing(block: bytes) -> None:
    data = encoded(cornered(), "JPEG", exif=block, **OPTIONS["JPEG"])
    opened = open_picture(data, "x", LIMITS)
    assert is_upright(opened, data)
    assert opened.picture.notes == ()


def test_an_orientation_that_does_not_exist_turns_nothing() -> None:
    data = encoded(cornered(), "JPEG", exif=exif(9), **OPTIONS["JPEG"])
    assert is_upright(open_picture(data, "x", LIMITS), data)
