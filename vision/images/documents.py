"""PDF pages to pixels, by PDFium. Runs in the child process only."""

from __future__ import annotations

import math
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from pypdfium2 import raw

from vision.images.decoding import check_size
from vision.images.limits import OpenLimits
from vision.images.refusals import Refused

POINTS_PER_INCH = 72
# Print resolution, but enough pixels for the fine print of a page the size of a visiting card.
DOTS_PER_INCH = 300
LEAST_EDGE = 1500


def count(data: bytes, limits: OpenLimits) -> int:
    """The number of pages. Raises Refused."""
    return _pages(_opened(data), limits)


def render(data: bytes, page: int, limits: OpenLimits) -> tuple[Image.Image, int]:
    """``page`` (1-based) on white, upright, at most ``limits.page_edge`` pixels long, and the number of pages."""
    document = _opened(data)
    pages = _pages(document, limits)
    if page > pages:
        raise Refused("page_out_of_range", page=page, pages=pages)
    # Fields that were filled in are drawn with the page; without this a form comes out empty.
    document.init_forms()
    sheet = document[page - 1]
    width, height = sheet.get_size()
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise Refused("no_size", page=page)
    scale = scale_for(max(width, height), limits.page_edge)
    # Checked before rendering: PDFium allocates the whole bitmap at once.
    check_size((math.ceil(width * scale), math.ceil(height * scale)), limits)
    bitmap = sheet.render(scale=scale, rev_byteorder=True)
    image: Image.Image = bitmap.to_pil()
    return image.convert("RGB"), pages


def scale_for(longest: float, page_edge: int) -> float:
    """Pixels per point for a page whose longer side is ``longest`` points."""
    edge = min(page_edge, max(LEAST_EDGE, longest * DOTS_PER_INCH / POINTS_PER_INCH))
    # A hair less, so that rounding up never goes one pixel over the edge.
    return edge / longest * (1 - 1e-9)


def _opened(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise Refused("encrypted") from error
        raise Refused("damaged", detail=str(error)) from error


def _pages(document: Any, limits: OpenLimits) -> int:
    pages = len(document)
    if pages < 1:
        raise Refused("damaged", detail="no pages")
    if pages > limits.max_pages:
        raise Refused("too_many_pages", limit=limits.max_pages)
    return pages
