"""Pictures of pixels, from bytes to a decoded Pillow image: one plugin per format, never a guess by Pillow.

The plugins are called directly: ``Image.open`` would import all of them (slow in the child process) and apply
Pillow's own fixed pixel bound, of which half warns; ours comes from the settings and is checked before decoding.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from PIL import ExifTags, Image, ImageChops

from vision.images.boxes import turned_by_container, webp_size
from vision.images.limits import DEFAULT, MAX_ASPECT, OpenLimits
from vision.images.previews import fit
from vision.images.refusals import Refused
from vision.images.sniffing import RAW_ADVICE

# What decoders raise on damaged bytes, collected by feeding them mutated files (tests/images/test_mutations.py).
DAMAGED = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
    # Another thread may end its own catch_warnings between ours: where warnings are errors, one may get through.
    Warning,
)
# Imported when first needed: the child process starts faster for it.
PLUGINS = {
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "WEBP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "BMP": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "TIFF": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
    "HEIC": ("pi_heif", "HeifImageFile"),
}
_THREADS = 2
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_GPS = 0x8825
_DNG_VERSION = 50706
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0


@contextmanager
def hostile(limits: OpenLimits) -> Iterator[None]:
    """Turns whatever a decoder makes of the bytes into ``Refused``, and keeps Pillow's warnings to itself."""
    try:
        with warnings.catch_warnings():
            # Narrow on purpose: catch_warnings is not thread-safe, and a leaked filter must do no harm.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except MemoryError as error:
        raise out_of_memory(limits) from error
    except Image.DecompressionBombError as error:
        raise Refused("crashed", detail=repr(error)) from error
    except DAMAGED as error:
        words = str(error).lower()
        if "memory" in words or "security limit" in words:
            raise out_of_memory(limits) from error
        cut = isinstance(error, EOFError) or "truncated" in words or "end of file" in words
        raise Refused("truncated" if cut else "damaged", detail=repr(error)) from error


def out_of_memory(limits: OpenLimits) -> Refused:
    return Refused("too_much_memory", limit_mb=limits.memory_bytes / 1e6)


@dataclass(frozen=True, slots=True)
class Decoded:
    """``image`` is decoded but not yet upright nor sRGB, and may be reduced; ``size`` is the file's, as stored.

    ``orientation`` (1 to 8) is still to be applied; ``notes`` are for the person.
    """

    image: Image.Image
    size: tuple[int, int]
    orientation: int
    pages: int
    notes: tuple[str, ...]
    located: bool

    @property
    def upright_size(self) -> tuple[int, int]:
        return (self.size[1], self.size[0]) if self.orientation >= 5 else self.size


def read(data: bytes, format: str, limits: OpenLimits, *, page: int = 1, edge: int | None = None) -> Decoded:
    """Decodes ``page`` of ``data``, whole. With ``edge``, a JPEG whose longer side will be reduced to that many pixels
    is decoded at 1/2, 1/4 or 1/8 where that is still large enough. Call within ``hostile``."""
    image = header(data, format, limits)
    pages = turn_to_page(image, format, page, limits)
    if page > 1:
        check_size(image.size, limits)
    size = image.size
    # TIFF's decoder turns the picture and forgets the tag; a PNG's tag may come after its pixels.
    turn = turn_of(image, format, data) if format == "TIFF" else None
    if edge is not None and format == "JPEG":
        # At the picture's own aspect: for a square box Pillow would take the shorter side's word and reduce nothing.
        image.draft(None, fit(size, edge))
    image.load()
    check_size(image.size, limits)
    orientation, turned = turn or turn_of(image, format, data)
    notes = [note for note in (frames_note(image, format), "turned upright" if turned else None) if note]
    return Decoded(
        image=_positive(image, format),
        # Other decoders may find another size than the header's (HEIC) or turn the picture (TIFF).
        size=size if format == "JPEG" else image.size,
        orientation=orientation,
        pages=pages,
        notes=tuple(notes),
        located=has_location(image),
    )


def header(data: bytes, format: str, limits: OpenLimits = DEFAULT) -> Image.Image:
    """The picture with its size checked and nothing decoded. ``format`` is a key of ``PLUGINS``."""
    if format == "WEBP" and (size := webp_size(data)):
        check_size(size, limits)
    module, reader = PLUGINS[format]
    plugin: Any = import_module(module)
    # A thread costs address space, which the child is short of.
    if format == "AVIF":
        plugin.DEFAULT_MAX_THREADS = _THREADS
    elif format == "HEIC":
        plugin.options.DECODE_THREADS = _THREADS
    image: Image.Image = getattr(plugin, reader)(io.BytesIO(data))
    check_size(image.size, limits)
    return image


def check_size(size: tuple[int, int], limits: OpenLimits) -> None:
    """Raises Refused for too many pixels, and for strips that blow up whatever scales their short side."""
    width, height = size
    if width < 1 or height < 1:
        raise Refused("damaged", detail=f"size {size}")
    if width * height > limits.max_pixels:
        raise Refused("too_many_pixels", width=width, height=height, limit_mp=limits.max_pixels / 1e6)
    if max(size) > MAX_ASPECT * min(size):
        raise Refused("too_thin", width=width, height=height, aspect=MAX_ASPECT)


def turn_to_page(image: Image.Image, format: str, page: int, limits: OpenLimits) -> int:
    """Goes to ``page`` (1-based) of a TIFF and returns how many there are; every other format has one."""
    if format != "TIFF":
        return 1
    if _DNG_VERSION in image.getexif():
        raise Refused("unsupported", what="a camera raw file", advice=RAW_ADVICE)
    pages = 1
    while _seeks(image, pages):
        pages += 1
        if pages > limits.max_pages:
            raise Refused("too_many_pages", limit=limits.max_pages)
    if page > pages:
        raise Refused("page_out_of_range", page=page, pages=pages)
    image.seek(page - 1)
    return pages


def _seeks(image: Image.Image, frame: int) -> bool:
    try:
        image.seek(frame)
    except EOFError:
        return False
    return True


def _positive(image: Image.Image, format: str) -> Image.Image:
    """Puts right what Pillow leaves as a negative.

    Pillow inverts every CMYK JPEG, as Adobe writes them; one without Adobe's marker holds the inks as they are (libvips
    tells them apart by the same marker). A 16-bit TIFF may count from white to black; Pillow minds that in 8 bits only.
    """
    if format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info:
        inverted = ImageChops.invert(image)
    elif _white_is_zero(image, format):
        inverted = image.point(lambda value: value * -1 + 65535)
    else:
        return image
    inverted.info = image.info
    return inverted


def frames_note(image: Image.Image, format: str) -> str | None:
    """The words for a picture that moves, or that is one of several in its file."""
    if format not in {"GIF", "WEBP", "PNG", "AVIF", "HEIC"}:
        return None
    try:
        frames = int(getattr(image, "n_frames", 1))
    except DAMAGED:
        # A later frame is broken; the first one was fine.
        return "first frame only"
    if frames < 2:
        return None
    return f"main picture of {frames}" if format == "HEIC" else f"first frame of {frames}"


def turn_of(image: Image.Image, format: str, data: bytes) -> tuple[int, bool]:
    """The EXIF orientation still to be applied (1: none), and whether the picture as stored lies another way.

    TIFF and HEIC: their decoders turn the picture themselves, so nothing is left to do. In HEIC and AVIF the container
    decides and EXIF is not asked (ISO/IEC 23008-12:2017, A.3); Pillow hands AVIF's turn over as EXIF.
    """
    if format == "HEIC":
        return 1, turned_by_container(data)
    if format == "AVIF":
        image.info.pop("xmp", None)
    try:
        stored = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGED:
        return 1, False
    turned = stored in _TURNS
    return (stored if turned and format != "TIFF" else 1), turned


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """``image`` turned by an EXIF orientation of 1 to 8."""
    turn = _TURNS.get(orientation)
    if turn is None:
        return image
    return image.transpose(turn)


def has_location(image: Image.Image) -> bool:
    """Whether EXIF or XMP says where the picture was taken."""
    xmp = image.info.get("xmp", b"")
    if b"GPSLatitude" in (xmp.encode() if isinstance(xmp, str) else xmp):
        return True
    try:
        return bool(image.getexif().get_ifd(_GPS))
    except DAMAGED:
        return False


def _white_is_zero(image: Image.Image, format: str) -> bool:
    tags = getattr(image, "tag_v2", {}) if format == "TIFF" else {}
    return image.mode.startswith("I;16") and tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO
