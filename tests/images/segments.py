"""What a JPEG holds besides its picture, read as ISO/IEC 10918-1 (T.81, B.1) lays it out.

A search of all its bytes for three letters finds them by chance in the coded picture: about once in 16 million.
"""

from __future__ import annotations

START, END, SCAN, STUFFED = 0xD8, 0xD9, 0xDA, 0x00
ALONE = (0x01, *range(0xD0, 0xD8))  # TEM and the restart marks carry nothing
# What a decoder needs: frames, tables, restart interval, JFIF, and the start of the coded picture.
PICTURE = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0, SCAN})


def segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """(marker, content) of every segment in order, without the coded picture. Raises ValueError for anything that is
    not laid out as a JPEG, and for bytes after its end."""
    if jpeg[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    found: list[tuple[int, bytes]] = []
    at = 2
    while (marker := _marker(jpeg, at)) != END:
        at += 2
        if marker in ALONE:
            continue
        length = int.from_bytes(jpeg[at : at + 2], "big")
        if length < 2 or at + length > len(jpeg):
            raise ValueError(f"segment {marker:#x} is cut off")
        found.append((marker, jpeg[at + 2 : at + length]))
        at += length
        if marker == SCAN:
            at = _after_the_scan(jpeg, at)
    if at + 2 != len(jpeg):
        raise ValueError(f"{len(jpeg) - at - 2} bytes after the end")
    return found


def _marker(jpeg: bytes, at: int) -> int:
    if at + 2 > len(jpeg) or jpeg[at] != 0xFF:
        raise ValueError(f"no marker at {at}")
    return jpeg[at + 1]


def _after_the_scan(jpeg: bytes, at: int) -> int:
    """Where the next marker stands that is neither a stuffed zero nor a restart."""
    while True:
        at = jpeg.find(b"\xff", at)
        if at < 0 or at + 1 >= len(jpeg):
            raise ValueError("the coded picture has no end")
        if jpeg[at + 1] != STUFFED and jpeg[at + 1] not in ALONE:
            return at
        at += 2
