"""Every colour model that a file may bring, to 8-bit sRGB on white.

An embedded profile is followed when it fits the pixels and says something else than sRGB. A broken or unfitting one is
ignored: the numbers then count as sRGB, which is what browsers do with untagged pictures.
"""

from __future__ import annotations

import io
import itertools
import math
from functools import lru_cache

from PIL import Image, ImageChops, ImageCms

from vision.images.names import clean_name

WHITE = (255, 255, 255)
# Samples that a transform may move by this much and still count as sRGB: rounding, not another colour space.
SAME = 2
_NAMED = 40
_STRIP = 512
_SIXTEEN_BIT = {"I;16", "I;16L", "I;16B", "I;16N"}
_PLAIN = {"1": "L", "RGBa": "RGBA", "La": "LA", "PA": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
_MODES_OF_SPACE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


def to_srgb(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """An RGB picture of sRGB values with no metadata at all, and notes on what was done. ``image`` is loaded.

    Raises what Pillow raises for pixels it cannot convert (ValueError, OSError, MemoryError).
    """
    notes: list[str] = []
    profile = image.info.get("icc_profile")
    profile = profile if isinstance(profile, bytes) else b""
    pixels = _eight_bit(image, notes)
    if pixels.mode in {"RGBA", "LA"}:
        converted, source = _on_white(pixels, profile)
    else:
        converted, source = _opaque(pixels, profile)
    if source:
        notes.append(f"colours converted from {source}")
    if pixels.mode in {"RGBA", "LA"} and pixels.getchannel("A").getextrema() != (255, 255):
        notes.append("transparency shown on white")
    # Pillow's encoders write what they find in info; a fresh dict lets nothing travel further.
    if converted is image:
        converted = image.copy()
    converted.info = {}
    return converted, tuple(notes)


def _on_white(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    """As ``_opaque``, in strips: whole copies of a large picture for colour, mask and result do not fit in memory."""
    white = Image.new("RGB", image.size, WHITE)
    source = ""
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        strip.info = {}
        opaque, source = _opaque(strip.convert("L" if strip.mode == "LA" else "RGB"), profile)
        white.paste(opaque, (0, top), strip.getchannel("A"))
    return white, source


def _opaque(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    """``image`` in sRGB, and the name of the colour space it came from, if it was another."""
    converted = _through_profile(image, profile)
    if converted is not None:
        return converted
    return image.convert("RGB"), "CMYK" if image.mode == "CMYK" else ""


def _eight_bit(image: Image.Image, notes: list[str]) -> Image.Image:
    """L, LA, RGB, RGBA, CMYK or LAB, whatever ``image`` is."""
    if image.mode in _SIXTEEN_BIT:
        return image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.mode in {"I", "F"}:
        return _scaled(image, notes)
    see_through = "transparency" in image.info
    if image.mode == "P":
        return image.convert("RGBA" if see_through else "RGB")
    if see_through and image.mode in {"1", "L", "RGB"}:
        return image.convert("RGBA")
    return image.convert(_PLAIN[image.mode]) if image.mode in _PLAIN else image


def _scaled(image: Image.Image, notes: list[str]) -> Image.Image:
    """32-bit integers and floats have no agreed white: 1, 255 and 65535 are the usual ones, anything else is spread
    from its darkest to its lightest value."""
    low, high = (float(value) for value in _extrema(image))
    if low >= 0 and high <= 1 and image.mode == "F":
        factor, offset = 255.0, 0.0
    elif low >= 0 and high <= 255:
        factor, offset = 1.0, 0.0
    elif low >= 0 and high <= 65535 and image.mode == "I":
        factor, offset = 1 / 257, 0.0
    else:
        factor = 255.0 / (high - low) if high > low else 0.0
        offset = -low * factor
        notes.append("brightness range fitted")
    return image.point(lambda value: value * factor + (offset + 0.5)).convert("L")


def _extrema(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple):
        raise ValueError("one band expected")
    # NaN and infinity are "no value here" in measured pictures: they must not decide the range.
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (0.0, 255.0)


def _through_profile(image: Image.Image, profile: bytes) -> tuple[Image.Image, str] | None:
    """``image`` in sRGB and the profile's name, or None when the profile is broken, unfitting or sRGB itself."""
    known = _transform(profile)
    if known is None:
        return None
    transform, mode, name = known
    if mode == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if image.mode != mode:
        return None
    return transform.apply(image), name


@lru_cache(maxsize=8)
def _transform(profile: bytes) -> tuple[ImageCms.ImageCmsTransform, str, str] | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES_OF_SPACE[source.profile.xcolor_space.strip()]
        name = clean_name(ImageCms.getProfileDescription(source).strip())[:_NAMED]
        transform = ImageCms.ImageCmsTransform(
            source,
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
            mode,
            "RGB",
            ImageCms.Intent.PERCEPTUAL,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if _changes_nothing(transform, mode):
            return None
    except (ImageCms.PyCMSError, OSError, ValueError, KeyError, TypeError, AttributeError, UnicodeError):
        return None
    return transform, mode, name


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether it is sRGB under whatever name: found by trying it on a grid of colours."""
    if mode == "L":
        grid = Image.new("L", (16, 1))
        grid.putdata(range(0, 256, 17))
    elif mode == "RGB":
        steps = (0, 64, 128, 192, 255)
        grid = Image.new("RGB", (125, 1))
        grid.putdata(list(itertools.product(steps, repeat=3)))
    else:
        return False
    moved = ImageChops.difference(transform.apply(grid), grid.convert("RGB"))
    return all(isinstance(band, tuple) and band[1] <= SAME for band in moved.getextrema())
