"""The way in for every file: bytes to a checked picture, or one sentence on why not.

What a file is, is found in its bytes; its name is only ever shown. Formats whose decoders can run away (PDF, HEIC,
AVIF, TIFF), and any picture that is very heavy, are decoded in a child process under limits of time and memory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from vision.images import child, taking
from vision.images.limits import OpenLimits
from vision.images.names import clean_name
from vision.images.refusals import Refused, refusal
from vision.images.sniffing import kind_of
from vision.messages import Picture

__all__ = ["OpenLimits", "Opened", "clean_name", "open_picture", "page_count"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture that can be kept.

    ``master`` is upright 8-bit sRGB (PNG or JPEG) that all later work starts from, for what is decoded in the child; it
    is None when the original itself is cheap to decode. ``preview`` (longer side at most 1000 pixels) and ``thumbnail``
    (240) are JPEG, or PNG where few colours make that smaller. None of them holds any metadata.
    """

    picture: Picture
    master: bytes | None = field(repr=False)
    preview: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)


def open_picture(data: bytes, name: str, limits: OpenLimits, *, page: int = 1) -> Opened:
    """Opens ``page`` (1-based) of ``data``, decoding it whole. Raises PictureError and nothing else."""
    shown = clean_name(name)
    try:
        format = _format(data, limits)
        if page < 1 or (page > 1 and format not in taking.PAGED):
            raise Refused("page_out_of_range", page=page, pages=_count(data, format, limits))
        if taking.needs_child(data, format, limits):
            taken = child.take(data, format, page, limits)
        else:
            taken = taking.take(data, format, page, limits, isolated=False)
    except Refused as refused:
        raise refusal(refused, shown) from refused
    picture = Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        name=shown,
        format=format,
        width=taken.width,
        height=taken.height,
        size_bytes=len(data),
        page=page,
        pages=taken.pages,
        notes=taken.notes,
    )
    return Opened(picture, taken.master, taken.preview, taken.thumbnail)


def page_count(data: bytes, name: str, limits: OpenLimits) -> int:
    """How many pages of ``data`` can be chosen: of a PDF or TIFF; 1 for everything else. Raises PictureError."""
    try:
        return _count(data, _format(data, limits), limits)
    except Refused as refused:
        raise refusal(refused, clean_name(name)) from refused


def _count(data: bytes, format: str, limits: OpenLimits) -> int:
    return child.count_pages(data, format, limits) if format in taking.PAGED else 1


def _format(data: bytes, limits: OpenLimits) -> str:
    if not data:
        raise Refused("empty")
    if len(data) > limits.max_bytes:
        raise Refused("too_many_bytes", limit_mb=limits.max_bytes / 1e6)
    kind = kind_of(data)
    if kind.format is not None:
        return kind.format
    if kind.what:
        raise Refused("unsupported", what=kind.what, advice=kind.advice)
    raise Refused("unknown")
