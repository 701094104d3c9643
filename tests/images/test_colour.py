"""Whatever colours a file brings, the sRGB values that come out say the same colours."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageCms

from tests.images import profiles
from tests.images.making import LIMITS, cornered, encoded, near, photo
from vision.images import pixels
from vision.images.opening import Opened, open_picture

# Inside every space used here, so that the way there and back loses nothing.
COLOURS = ((200, 100, 50), (60, 140, 90), (90, 80, 170), (180, 180, 180))


def flat(colour: tuple[int, ...] | int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (64, 64), colour)


def pixel(data: bytes, opened: Opened) -> tuple[int, ...]:
    found = pixels.load(opened.master or data).getpixel((20, 20))
    assert isinstance(found, tuple)
    return found


def gamma(power: float) -> Callable[[float], float]:
    return lambda value: value**power


P3 = profiles.matrix_profile("Display P3", profiles.DISPLAY_P3, profiles.srgb_to_light)
ADOBE = profiles.matrix_profile("Adobe RGB (1998)", profiles.ADOBE_RGB, gamma(2.19921875))


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
def test_display_p3(format: str, colour: tuple[int, int, int]) -> None:
    stored = profiles.converted(colour, profiles.DISPLAY_P3, profiles.light_to_srgb)
    options: dict[str, Any] = {"icc": P3} if format == "HEIC" else {"icc_profile": P3}
    options |= {"lossless": True} if format == "WEBP" else {}
    options |= {"quality": 98} if format in {"JPEG", "AVIF"} else {}
    data = encoded(flat(stored), format, **options)
    opened = open_picture(data, "x", LIMITS)
    assert opened.picture.notes == ("colours converted from Display P3",)
    assert near(pixel(data, opened), colour, 3)


@pytest.mark.parametrize("colour", COLOURS)
def test_adobe_rgb(colour: tuple[int, int, int]) -> None:
    stored = profiles.converted(colour, profiles.ADOBE_RGB, gamma(1 / 2.19921875))
    assert not near(stored, colour, 3) or len(set(colour)) == 1
    data = encoded(flat(stored), "PNG", icc_profile=ADOBE)
    opened = open_picture(data, "x", LIMITS)
    assert opened.picture.notes == ("colours converted from Adobe RGB (1998)",)
    assert near(pixel(data, opened), colour, 2)


def test_palette_and_transparency_go_through_the_profile_too() -> None:
    stored = profiles.converted((200, 100, 50), profiles.ADOBE_RGB, gamma(1 / 2.19921875))
    palette = encoded(flat(stored).quantize(4), "PNG", icc_profile=ADOBE)
    assert near(pixel(palette, open_picture(palette, "x", LIMITS)), (200, 100, 50), 2)
    clear = encoded(flat((*stored, 128), "RGBA"), "PNG", icc_profile=ADOBE)
    opened = open_picture(clear, "x", LIMITS)
    # Half of (200, 100, 50), half of white.
    assert near(pixel(clear, opened), (227, 177, 152), 2)
    assert opened.picture.notes == ("colours converted from Adobe RGB (1998)", "transparency shown on white")


def test_srgb_under_any_name_is_left_alone() -> None:
    ours = profiles.matrix_profile("Somebody's screen", profiles.SRGB, profiles.srgb_to_light)
    theirs = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (ours, theirs):
        data = encoded(cornered(), "PNG", icc_profile=profile)
        opened = open_picture(data, "x", LIMITS)
        assert opened.picture.notes == ()
        assert pixels.load(data).tobytes() == cornered().tobytes()


def test_a_grey_profile() -> None:
    linear = profiles.grey_profile("Linear grey", gamma(1.0))
    data = encoded(flat(55, "L"), "PNG", icc_profile=linear)
    opened = open_picture(data, "x", LIMITS)
    expected = round(255 * profiles.light_to_srgb(55 / 255))
    assert near(pixel(data, opened), (expected,) * 3, 2)
    assert opened.picture.notes == ("colours converted from Linear grey",)


@pytest.mark.parametrize("profile", [b"", b"not a profile", P3[:200], P3[:128] + bytes(len(P3) - 128)])
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    data = encoded(flat((200, 100, 50)), "PNG", icc_profile=profile)
    opened = open_picture(data, "x", LIMITS)
    assert pixel(data, opened) == (200, 100, 50)
    assert opened.picture.notes == ()


def test_a_profile_for_other_pixels_is_ignored() -> None:
    press = profiles.cmyk_profile("Press", ((0, 160, 220), (220, 0, 120), (250, 230, 0), (40, 40, 40)))
    data = encoded(flat((200, 100, 50)), "PNG", icc_profile=press)
    assert pixel(data, open_picture(data, "x", LIMITS)) == (200, 100, 50)


INKS = (((0, 0, 0, 0), (255, 255, 255)), ((255, 0, 0, 0), (0, 255, 255)), ((0, 255, 255, 0), (255, 0, 0)))


@pytest.mark.parametrize(("ink", "colour"), INKS)
@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_jpeg_with_and_without_adobe_inversion(ink: tuple[int, ...], colour: tuple[int, ...], adobe: bool) -> None:
    data = encoded(flat(ink, "CMYK"), "JPEG", quality=100, subsampling=0)
    if not adobe:
        # Without the marker, the same samples mean the inks as they are: write the negative, drop the marker.
        negative = tuple(255 - value for value in ink)
        data = without_segment(encoded(flat(negative, "CMYK"), "JPEG", quality=100, subsampling=0), 0xEE)
        assert b"Adobe" not in data
    opened = open_picture(data, "x", LIMITS)
    assert near(pixel(data, opened), colour, 3)
    assert opened.picture.notes == ("colours converted from CMYK",)


def test_cmyk_with_its_press_profile() -> None:
    press = profiles.cmyk_profile("Press", ((0, 160, 220), (220, 0, 120), (250, 230, 0), (40, 40, 40)))
    for format, ink, colour in (("JPEG", (255, 0, 0, 0), (0, 160, 220)), ("TIFF", (0, 255, 0, 0), (220, 0, 120))):
        options = {"quality": 100} if format == "JPEG" else {}
        data = encoded(flat(ink, "CMYK"), format, icc_profile=press, **options)
        opened = open_picture(data, "x", LIMITS)
        # Eight-bit Lab is coarse where a channel is dark; without the profile the colour is 95 away.
        assert near(pixel(data, opened), colour, 12)
        assert opened.picture.notes == ("colours converted from Press",)


def without_segment(jpeg: bytes, marker: int) -> bytes:
    at = jpeg.index(bytes([0xFF, marker]))
    return jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big") :]


def sixteen(values: list[int], mode: str = "I;16") -> Image.Image:
    """Columns of these 16-bit greys."""
    row = b"".join(value.to_bytes(2, "little") for value in values for _ in range(8))
    return Image.frombytes(mode, (8 * len(values), 16), row * 16)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bit_grey(format: str) -> None:
    data = encoded(sixteen([0, 257 * 100, 257 * 200 + 20, 65535]), format)
    opened = open_picture(data, "x", LIMITS)
    image = pixels.load(opened.master or data)
    assert [image.getpixel((8 * n + 4, 8)) for n in range(4)] == [(v, v, v) for v in (0, 100, 200, 255)]


def test_sixteen_bit_tiff_that_counts_from_white() -> None:
    data = encoded(sixteen([0, 65535]), "TIFF", tiffinfo={262: 0})
    opened = open_picture(data, "x", LIMITS)
    assert opened.master is not None
    image = pixels.load(opened.master)
    assert (image.getpixel((4, 8)), image.getpixel((12, 8))) == ((255,) * 3, (0,) * 3)


@pytest.mark.parametrize(
    ("values", "expected", "notes"),
    [
        ((0.0, 0.5, 1.0), (0, 128, 255), ()),
        ((0.0, 100.0, 255.0), (0, 100, 255), ()),
        ((-1000.0, 0.0, 1000.0), (0, 128, 255), ("brightness range fitted",)),
        ((float("nan"), 100.0, 255.0), (None, 100, 255), ()),
    ],
)
def test_floating_point(values: tuple[float, ...], expected: tuple[int | None, ...], notes: tuple[str, ...]) -> None:
    image = Image.new("F", (24, 16))
    for at, value in enumerate(values):
        image.paste(value, (8 * at, 0, 8 * at + 8, 16))
    opened = open_picture(encoded(image, "TIFF"), "x", LIMITS)
    assert opened.master is not None
    found = pixels.load(opened.master)
    for at, want in enumerate(expected):
        assert want is None or found.getpixel((8 * at + 4, 8)) == (want,) * 3
    assert opened.picture.notes == notes


@pytest.mark.parametrize("values", [(0, 128, 255), (0, 128 * 257, 65535)])
def test_thirty_two_bit_integers(values: tuple[int, ...]) -> None:
    image = Image.new("I", (24, 16))
    for at, value in enumerate(values):
        image.paste(value, (8 * at, 0, 8 * at + 8, 16))
    opened = open_picture(encoded(image, "TIFF"), "x", LIMITS)
    assert opened.master is not None
    found = pixels.load(opened.master)
    assert [found.getpixel((8 * at + 4, 8)) for at in range(3)] == [(v,) * 3 for v in (0, 128, 255)]


def test_one_bit() -> None:
    image = Image.new("1", (64, 64), 0)
    image.paste(1, (0, 0, 32, 64))
    for format in ("PNG", "TIFF", "BMP"):
        data = encoded(image, format)
        found = pixels.load(open_picture(data, "x", LIMITS).master or data)
        assert (found.getpixel((5, 5)), found.getpixel((50, 5))) == ((255,) * 3, (0,) * 3)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (255, 0, 0, 255), (255, 0, 0)),
        ("RGBA", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", (0, 0), (255, 255, 255)),
        ("LA", (100, 255), (100, 100, 100)),
    ],
)
def test_transparency_onto_white(mode: str, colour: tuple[int, ...], expected: tuple[int, ...]) -> None:
    data = encoded(flat(colour, mode), "PNG")
    opened = open_picture(data, "x", LIMITS)
    assert near(pixel(data, opened), expected, 1)
    assert opened.picture.notes == (() if colour[-1] == 255 else ("transparency shown on white",))


def test_transparent_palette_entry_and_colour_key() -> None:
    palette = flat((10, 200, 30)).quantize(2)
    for data in (
        encoded(palette, "PNG", transparency=palette.getpixel((0, 0))),
        encoded(palette, "GIF", transparency=palette.getpixel((0, 0))),
        encoded(flat((10, 200, 30)), "PNG", transparency=(10, 200, 30)),
        encoded(flat(77, "L"), "PNG", transparency=77),
        encoded(flat(1, "1"), "PNG", transparency=1),
    ):
        opened = open_picture(data, "x", LIMITS)
        assert pixel(data, opened) == (255, 255, 255)
        assert opened.picture.notes == ("transparency shown on white",)


def test_lab_tiff() -> None:
    lab = ImageCms.createProfile("LAB")
    srgb = ImageCms.createProfile("sRGB")
    image = ImageCms.profileToProfile(flat((200, 100, 50)), srgb, lab, outputMode="LAB")
    assert image is not None
    image.info = {}
    opened = open_picture(encoded(image, "TIFF"), "x", LIMITS)
    assert opened.master is not None
    assert near(pixel(opened.master, opened), (200, 100, 50), 6)


def test_view_is_a_plain_jpeg_in_srgb() -> None:
    stored = profiles.converted((200, 100, 50), profiles.ADOBE_RGB, gamma(1 / 2.19921875))
    data = encoded(Image.new("RGB", (900, 600), stored), "JPEG", icc_profile=ADOBE, quality=98)
    shown = pixels.view(data, 300)
    with Image.open(io.BytesIO(shown)) as image:
        assert (image.format, image.size, "icc_profile" in image.info) == ("JPEG", (300, 200), False)
        found = image.convert("RGB").getpixel((20, 20))
    assert isinstance(found, tuple)
    assert near(found, (200, 100, 50), 3)
    assert Image.open(io.BytesIO(pixels.view(encoded(photo(), "PNG"), 5000))).size == (320, 240)
