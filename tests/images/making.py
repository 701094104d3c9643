"""Pictures for the tests of this folder, drawn and encoded here."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, PngImagePlugin

from tests.images.heic import heic
from vision.images.limits import OpenLimits

LIMITS = OpenLimits()
CORNERS = ((220, 30, 30), (30, 160, 40), (40, 60, 210), (240, 200, 20))
Colour = tuple[int, ...]

# Where the corners of the upright picture (top left, top right, bottom left, bottom right) lie in the stored one.
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def cornered(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Four flat quarters, each of its own colour."""
    width, height = size
    image = Image.new("RGB", size, CORNERS[0])
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=CORNERS[1])
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill=CORNERS[2])
    draw.rectangle((width // 2, height // 2, width, height), fill=CORNERS[3])
    return image


def corners_of(image: Image.Image) -> tuple[Any, ...]:
    """The colours in the middle of the four quarters."""
    width, height = image.size
    places = ((1, 1), (3, 1), (1, 3), (3, 3))
    return tuple(image.getpixel((width * x // 4, height * y // 4)) for x, y in places)


def photo(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Smooth shapes with grain, so that encoders have work."""
    image = Image.radial_gradient("L").resize(size)
    other = Image.linear_gradient("L").rotate(90).resize(size)
    grain = Image.effect_noise(size, 24).filter(ImageFilter.GaussianBlur(0.6))
    return Image.merge("RGB", (image, other, grain))


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    if format == "HEIC":
        return heic(image, **options)
    if format == "JPEG" and "exif" in options:
        options["exif"] = b"Exif\0\0" + options["exif"]
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def exif(orientation: int | None = None, *, gps: bool = False) -> bytes:
    """An EXIF block from its TIFF header on."""
    tags = Image.Exif()
    tags[271] = "PLANTED-MAKER"
    if orientation is not None:
        tags[274] = orientation
    if gps:
        tags[34853] = {1: "N", 2: (48.0, 8.0, 14.0), 3: "E", 4: (11.0, 34.0, 31.0), 29: "2026:11:22"}
    return tags.tobytes().removeprefix(b"Exif\0\0")


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,8.2N" '
    b'exif:GPSLongitude="11,34.5E">PLANTED-XMP</rdf:Description></rdf:RDF></x:xmpmeta>'
)


def png_texts() -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "PLANTED-TEXT")
    texts.add_itxt("Author", "PLANTED-ITXT")
    texts.add_text("Long", "PLANTED-ZTXT", zip=True)
    return texts


def decoded(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def near(one: Colour, other: Colour, tolerance: int) -> bool:
    return len(one) == len(other) and all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))
