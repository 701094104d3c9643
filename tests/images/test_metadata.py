"""Nothing that a camera or a program wrote about the picture leaves with it."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from tests.images import profiles
from tests.images.making import LIMITS, XMP, decoded, encoded, exif, photo, png_texts
from tests.images.segments import PICTURE, segments
from vision.images import pixels
from vision.images.opening import open_picture

PROFILE = profiles.matrix_profile("PLANTED-PROFILE", profiles.ADOBE_RGB, lambda value: value**2.2)
TRACES = (
    b"PLANTED",
    b"GPS",
    b"Exif",
    b"eXIf",
    b"xmp",
    b"XMP",
    b"8BIM",
    b"ICC_PROFILE",
    b"iCCP",
    b"tEXt",
    b"iTXt",
    b"zTXt",
)
# XMP and a comment are passed on by Pillow itself unless told otherwise: these files hold all there is.
PLANTED: dict[str, dict[str, Any]] = {
    "JPEG": {"comment": b"PLANTED-COMMENT", "xmp": XMP, "exif": exif(6, gps=True), "icc_profile": PROFILE},
    "PNG": {"pnginfo": png_texts(), "exif": exif(6, gps=True), "icc_profile": PROFILE},
    "WEBP": {"exif": exif(6, gps=True), "xmp": XMP, "icc_profile": PROFILE},
    "TIFF": {"exif": exif(6, gps=True), "icc_profile": PROFILE, "description": "PLANTED-DESCRIPTION"},
    "AVIF": {"exif": exif(6, gps=True), "xmp": XMP, "icc_profile": PROFILE},
    "HEIC": {"exif": exif(6, gps=True), "xmp": XMP, "icc": PROFILE},
    "GIF": {"comment": b"PLANTED-COMMENT"},
}


def with_iptc(jpeg: bytes) -> bytes:
    """A Photoshop segment with an IPTC caption, right after the start of the JPEG."""
    caption = b"\x1c\x02\x78\x00\x0fPLANTED-CAPTION"
    block = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + len(caption).to_bytes(4, "big") + caption
    return jpeg[:2] + b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block + jpeg[2:]


@pytest.mark.parametrize("format", PLANTED)
def test_no_metadata_in_anything_that_is_made(format: str) -> None:
    data = encoded(photo((1280, 960)), format, **PLANTED[format])
    if format == "JPEG":
        data = with_iptc(data)
    assert b"PLANTED" in data
    opened = open_picture(data, "holiday", LIMITS)
    made = [opened.preview, opened.thumbnail, pixels.view(opened.master or data, 800)]
    if opened.master:
        made.append(opened.master)
    for output in made:
        assert b"PLANTED" not in output
        kept = segments(output)
        assert {marker for marker, _ in kept} <= PICTURE
        assert [trace for trace in TRACES for _, content in kept if trace in content] == []
        assert set(decoded(output).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert pixels.load(opened.master or data).info == {}
    assert dict(pixels.load(opened.master or data).getexif()) == {}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
def test_the_person_is_told_of_a_location_only_when_there_was_one(format: str) -> None:
    with_gps = open_picture(
        encoded(photo(), format, exif=exif(gps=True)) if format != "HEIC" else heic(True), "x", LIMITS
    )
    without = open_picture(encoded(photo(), format, exif=exif()) if format != "HEIC" else heic(False), "x", LIMITS)
    assert "location removed" in with_gps.picture.notes
    assert "location removed" not in without.picture.notes


def test_the_search_finds_what_is_planted() -> None:
    """What Pillow passes on unless told otherwise, and the caption, each in a segment that no picture needs."""
    kept = segments(with_iptc(encoded(photo(), "JPEG", **PLANTED["JPEG"])))
    assert {marker for marker, _ in kept} - PICTURE == {0xE1, 0xE2, 0xED, 0xFE}
    found = {trace for trace in TRACES for _, content in kept if trace in content}
    assert found == {b"PLANTED", b"GPS", b"Exif", b"xmp", b"XMP", b"8BIM", b"ICC_PROFILE"}
    with pytest.raises(ValueError, match="after the end"):
        segments(encoded(photo(), "JPEG") + b"GPS")


def heic(gps: bool) -> bytes:
    return encoded(photo((320, 256)), "HEIC", exif=exif(gps=gps))


def test_a_location_in_xmp_counts() -> None:
    opened = open_picture(encoded(photo(), "JPEG", xmp=XMP), "x", LIMITS)
    assert opened.picture.notes == ("location removed",)


def test_a_png_comment_and_a_greyscale_picture() -> None:
    grey = open_picture(encoded(Image.new("L", (50, 50), 90), "PNG", pnginfo=png_texts()), "x", LIMITS)
    assert b"PLANTED" not in grey.preview + grey.thumbnail
