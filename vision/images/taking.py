"""One file to what is kept of it: sizes, notes, preview, thumbnail and, where needed, a master.

The same steps run in the server's process for cheap formats and in the child process (``isolated``) for the others.
Raises ``Refused`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from vision.images import decoding, previews
from vision.images.colour import to_srgb
from vision.images.limits import IN_PROCESS_PIXELS, IN_PROCESS_SCANS, OpenLimits

ALWAYS_ISOLATED = frozenset({"PDF", "HEIC", "AVIF", "TIFF"})
PAGED = frozenset({"PDF", "TIFF"})
_SCAN = b"\xff\xda"


@dataclass(frozen=True, slots=True)
class Taken:
    """``width`` and ``height`` are upright pixels. ``master`` is None when the file itself is cheap to decode again."""

    width: int
    height: int
    pages: int
    notes: tuple[str, ...]
    preview: bytes
    thumbnail: bytes
    master: bytes | None


def needs_child(data: bytes, format: str, limits: OpenLimits) -> bool:
    """Whether decoding is too risky or too heavy for the server's own process. Reads the header, checks the size."""
    if format in ALWAYS_ISOLATED:
        return True
    with decoding.hostile(limits):
        width, height = decoding.header(data, format, limits).size
    return width * height > IN_PROCESS_PIXELS or (format == "JPEG" and data.count(_SCAN) > IN_PROCESS_SCANS)


def take(data: bytes, format: str, page: int, limits: OpenLimits, *, isolated: bool) -> Taken:
    """Opens ``page`` (1-based) of ``data``. ``isolated``: in the child, where a master is made for later."""
    with decoding.hostile(limits):
        if format == "PDF":
            from vision.images.documents import render  # noqa: PLC0415 - only the child needs PDFium

            image, pages = render(data, page, limits)
            return _kept(image, image.size, pages, _page_notes(page, pages), keep=True)
        # A JPEG is decoded at a fraction of its size by itself: it needs no master, however large.
        return _take_raster(data, format, page, limits, keep=isolated and format != "JPEG")


def _take_raster(data: bytes, format: str, page: int, limits: OpenLimits, *, keep: bool) -> Taken:
    decoded = decoding.read(data, format, limits, page=page, edge=previews.PREVIEW_EDGE)
    image = decoded.image
    if not keep and previews.reducible(image):
        image = previews.shrink(image, previews.PREVIEW_EDGE)
    image, changes = to_srgb(decoding.upright(image, decoded.orientation))
    notes = [*_page_notes(page, decoded.pages), *decoded.notes, *changes]
    if decoded.located:
        notes.append("location removed")
    return _kept(image, decoded.upright_size, decoded.pages, notes, keep=keep)


def _page_notes(page: int, pages: int) -> list[str]:
    return [f"page {page} of {pages}"] if pages > 1 else []


def _kept(image: Image.Image, size: tuple[int, int], pages: int, notes: list[str], *, keep: bool) -> Taken:
    preview = previews.shrink(image, previews.PREVIEW_EDGE)
    return Taken(
        width=size[0],
        height=size[1],
        pages=pages,
        notes=tuple(notes),
        preview=previews.small(preview, previews.PREVIEW_EDGE),
        thumbnail=previews.small(preview, previews.THUMBNAIL_EDGE),
        master=previews.master(image) if keep else None,
    )


def count_pages(data: bytes, format: str, limits: OpenLimits) -> int:
    """How many pages there are to choose from; 1 for every format that has none."""
    if format not in PAGED:
        return 1
    with decoding.hostile(limits):
        if format == "PDF":
            from vision.images.documents import count  # noqa: PLC0415 - only the child needs PDFium

            return count(data, limits)
        return decoding.turn_to_page(decoding.header(data, format, limits), format, 1, limits)
