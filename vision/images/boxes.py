"""What has to be read from containers by ourselves: whether a HEIC asks to be turned, how large a WebP is."""

from __future__ import annotations

from collections.abc import Iterator

# Where the item properties lie (ISO/IEC 23008-12, 9.3): meta / iprp / ipco. "meta" has four bytes before its boxes.
_PATH = (b"meta", b"iprp", b"ipco")


def turned_by_container(data: bytes) -> bool:
    """Whether any image of the file is rotated or mirrored (``irot``, ``imir``). The decoder applies these itself."""
    start, end = 0, len(data)
    for wanted in _PATH:
        inside = next(((first, last) for kind, first, last in _boxes(data, start, end) if kind == wanted), None)
        if inside is None:
            return False
        start, end = inside
        if wanted == b"meta":
            start += 4
    return any(
        kind == b"imir" or (kind == b"irot" and first < last and data[first] & 3)
        for kind, first, last in _boxes(data, start, end)
    )


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while start + 8 <= end:
        size, header = int.from_bytes(data[start : start + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            return
        yield data[start + 4 : start + 8], start + header, start + size
        start += size


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the canvas (RFC 9649, 2.7), or None. Pillow's reader has memory set aside for it at once."""
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
