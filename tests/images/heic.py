"""A HEIC writer for tests: no package that we may use encodes HEVC, and no free photo of a few bytes could be found.

Every block of 32 x 32 pixels is a slice of its own that holds its samples raw (PCM), so the bit stream needs hardly
any entropy coding and the picture comes back as it was, but for the colour difference at half resolution (4:2:0).
Rec. ITU-T H.265 (08/2021), 7.3 and 9.3.4; ISO/IEC 23008-12:2017 for the container.
"""

from __future__ import annotations

import re
import struct

from PIL import Image

BLOCK = 32
_VPS, _SPS, _PPS, _IDR = 32, 33, 34, 19


class _Bits:
    def __init__(self) -> None:
        self.bits: list[int] = []

    def u(self, value: int, count: int) -> _Bits:
        self.bits += [value >> (count - 1 - at) & 1 for at in range(count)]
        return self

    def ue(self, *values: int) -> _Bits:
        for value in values:
            self.u(value + 1, 2 * (value + 1).bit_length() - 1)
        return self

    def aligned(self, stop: int | None) -> bytes:
        """The bytes, closed by a ``stop`` bit if there is one, and zeros."""
        bits = self.bits + ([] if stop is None else [stop])
        bits += [0] * (-len(bits) % 8)
        return bytes(int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits), 8))


def heic(
    image: Image.Image,
    *,
    rotation: int = 0,
    mirror: int | None = None,
    icc: bytes | None = None,
    exif: bytes | None = None,
    xmp: bytes | None = None,
    declared: tuple[int, int] | None = None,
) -> bytes:
    """``image`` as HEIC. ``rotation`` in quarter turns to the left (irot), ``mirror`` 0 or 1 (imir), ``exif`` from the
    TIFF header on, ``declared`` a size that the header claims instead of the true one."""
    coded, padded = _coded(image)
    # (type, content type, payload, what it is about)
    items = [(b"hvc1", b"", coded)]
    if exif is not None:
        items.append((b"Exif", b"", struct.pack(">I", 0) + exif))
    if xmp is not None:
        items.append((b"mime", b"application/rdf+xml\0", xmp))
    width, height = declared or padded
    properties = [
        (_box(b"hvcC", _configuration(padded)), True),
        (_full(b"ispe", struct.pack(">II", width, height)), False),
        (_box(b"colr", b"nclx" + struct.pack(">HHHB", 1, 13, 6, 0x80)), False),
    ]
    if icc is not None:
        properties.append((_box(b"colr", b"prof" + icc), False))
    if rotation:
        properties.append((_box(b"irot", bytes([rotation])), True))
    if mirror is not None:
        properties.append((_box(b"imir", bytes([mirror])), True))
    ftyp = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(ftyp) + len(_meta(items, properties, 0)) + 8
    return ftyp + _meta(items, properties, start) + _box(b"mdat", b"".join(payload for _, _, payload in items))


def _meta(items: list[tuple[bytes, bytes, bytes]], properties: list[tuple[bytes, bool]], start: int) -> bytes:
    locations, infos, references = b"", b"", b""
    for number, (kind, content, payload) in enumerate(items, 1):
        locations += struct.pack(">HHHII", number, 0, 1, start, len(payload))
        infos += _full(b"infe", struct.pack(">HH", number, 0) + kind + b"\0" + content, version=2)
        if number > 1:
            references += _box(b"cdsc", struct.pack(">HHH", number, 1, 1))
        start += len(payload)
    links = bytes(number | (0x80 if essential else 0) for number, (_, essential) in enumerate(properties, 1))
    return _full(
        b"meta",
        _full(b"hdlr", b"\0\0\0\0pict" + bytes(13))
        + _full(b"pitm", struct.pack(">H", 1))
        + _full(b"iloc", struct.pack(">BBH", 0x44, 0, len(items)) + locations)
        + _full(b"iinf", struct.pack(">H", len(items)) + infos)
        + (_full(b"iref", references) if references else b"")
        + _box(
            b"iprp",
            _box(b"ipco", b"".join(box for box, _ in properties))
            + _full(b"ipma", struct.pack(">IHB", 1, 1, len(links)) + links),
        ),
    )


def _box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", 8 + len(payload)) + kind + payload


def _full(kind: bytes, payload: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes([version, 0, 0, 0]) + payload)


def _coded(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """The slices, each with its length before it, and the coded size: whole blocks only."""
    across, down = image.width // BLOCK, image.height // BLOCK
    if (across * BLOCK, down * BLOCK) != image.size:
        raise ValueError(f"sides must be multiples of {BLOCK}")
    luma, blue, red = image.convert("RGB").convert("YCbCr").split()
    half = (image.width // 2, image.height // 2)
    planes = ((luma, BLOCK), (blue.resize(half), BLOCK // 2), (red.resize(half), BLOCK // 2))
    slices: list[bytes] = []
    for address in range(across * down):
        samples = b""
        for plane, edge in planes:
            left, top = address % across * edge, address // across * edge
            samples += plane.crop((left, top, left + edge, top + edge)).tobytes()
        nal = _nal(_IDR, _slice(address, across * down, samples))
        slices += [struct.pack(">I", len(nal)), nal]
    return b"".join(slices), image.size


def _slice(address: int, blocks: int, samples: bytes) -> bytes:
    header = _Bits().u(address == 0, 1).u(0, 1).ue(0)
    if address:
        header.u(address, (blocks - 1).bit_length())
    header.ue(2, 0)
    # part_mode: the more probable value of a fresh context leaves 270 of the range; then pcm_flag ends the arithmetic.
    return header.aligned(1) + _terminated(270) + samples + _terminated(510)


def _terminated(interval: int) -> bytes:
    """A terminating bin of 1 as the first bits that are written, and the flush after it (9.3.4.5, 9.3.4.6)."""
    out = _Bits()
    low, first, outstanding = interval - 2, True, 0

    def put(bit: int) -> None:
        nonlocal first, outstanding
        if not first:
            out.u(bit, 1)
        first = False
        for _ in range(outstanding):
            out.u(1 - bit, 1)
        outstanding = 0

    for _ in range(7):
        if low < 256:
            put(0)
        elif low >= 512:
            low -= 512
            put(1)
        else:
            low -= 256
            outstanding += 1
        low <<= 1
    put(low >> 9 & 1)
    return out.u(low >> 7 & 3 | 1, 2).aligned(None)


def _nal(kind: int, payload: bytes) -> bytes:
    # Three bytes that look like a start code are kept apart by a 3 (7.4.1.1).
    return bytes([kind << 1, 1]) + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", payload)


def _profile(bits: _Bits) -> _Bits:
    # Main Still Picture, level 6.
    return bits.u(3, 8).u(0x70000000, 32).u(0b1001, 4).u(0, 44).u(180, 8)


def _configuration(size: tuple[int, int]) -> bytes:
    video = _profile(_Bits().u(0, 4).u(3, 2).u(0, 9).u(1, 1).u(0xFFFF, 16)).u(1, 1).ue(0, 0, 0).u(0, 6).ue(0).u(0, 2)
    sequence = _profile(_Bits().u(0, 7).u(1, 1)).ue(0, 1, *size).u(0, 1).ue(0, 0, 0).u(1, 1).ue(0, 0, 0)
    # Blocks of 32 only, transforms of 4 to 32; PCM of 8 bits in blocks of 32, without loop filter.
    sequence.ue(2, 0, 0, 3, 0, 0).u(0, 3).u(1, 1).u(7, 4).u(7, 4).ue(2, 0).u(1, 1)
    sequence.ue(0).u(0, 3).u(0, 1).u(0, 1)
    picture = (
        _Bits().ue(0, 0).u(0, 7).ue(0, 0, 0).u(0, 3).ue(0, 0).u(0, 7).u(1, 1).u(0, 1).u(1, 1).u(0, 2).ue(0).u(0, 2)
    )
    arrays = b""
    for kind, bits in ((_VPS, video), (_SPS, sequence), (_PPS, picture)):
        nal = _nal(kind, bits.aligned(1))
        arrays += bytes([0x80 | kind]) + struct.pack(">HH", 1, len(nal)) + nal
    profile = _profile(_Bits()).aligned(None)
    return b"\1" + profile + bytes([0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 3]) + arrays
