"""How much one file may cost before it is refused in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vision.settings import Settings

# Longest side over shortest. A 1 x 60000 strip is a small file, but text detection scales its short side up to hundreds
# of pixels, which took 4 GB. Long screenshots and till rolls stay well below 100.
MAX_ASPECT = 200

# Above this, even a format with a harmless decoder is decoded in the child process: 40 megapixels are 160 MB of
# 32-bit pixels inside a server that others are using.
IN_PROCESS_PIXELS = 40_000_000

# A progressive JPEG has about ten scans. Thousands of tiny ones, each a walk over the whole picture, take minutes.
IN_PROCESS_SCANS = 40


@dataclass(frozen=True, slots=True)
class OpenLimits:
    """Bytes, stored pixels and pages of one file; wall seconds and address space of a decoding child process.

    ``page_edge`` bounds the longer side of a rendered PDF page, in pixels, whatever the page's own size.
    """

    max_bytes: int = 50_000_000
    max_pixels: int = 120_000_000
    max_pages: int = 200
    seconds: float = 10.0
    memory_bytes: int = 1 << 30
    page_edge: int = 3000

    @classmethod
    def of(cls, settings: Settings) -> OpenLimits:
        """The limits that the settings of this process ask for."""
        return cls(
            max_bytes=settings.max_file_bytes,
            max_pixels=settings.max_pixels,
            max_pages=settings.max_pages,
            seconds=settings.decode_seconds,
            memory_bytes=settings.decode_memory_bytes,
        )


DEFAULT = OpenLimits()
