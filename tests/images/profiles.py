"""Colour profiles for tests, built from published numbers: no profile file has to be shipped."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

# Primaries adapted to D50, as in the profiles that Apple and Adobe ship (rows: red, green, blue; X, Y, Z).
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
_WHITE = (0.96420, 1.0, 0.82491)

Rgb = tuple[float, float, float]


def srgb_to_light(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def light_to_srgb(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def matrix_profile(name: str, primaries: Sequence[Rgb], curve: Callable[[float], float]) -> bytes:
    """An RGB display profile: three primaries and one curve from value to light, both 0 to 1."""
    tags = [(b"rXYZ", _xyz(primaries[0])), (b"gXYZ", _xyz(primaries[1])), (b"bXYZ", _xyz(primaries[2]))]
    tags += [(tag, _curve(curve)) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(name, b"mntr", b"RGB ", b"XYZ ", tags)


def grey_profile(name: str, curve: Callable[[float], float]) -> bytes:
    return _profile(name, b"mntr", b"GRAY", b"XYZ ", [(b"kTRC", _curve(curve))])


def cmyk_profile(name: str, inks: Sequence[tuple[int, int, int]]) -> bytes:
    """A press whose cyan, magenta, yellow and black inks, printed solid, look like these sRGB colours; overprints
    multiply."""
    table = b""
    for corner in range(16):
        colour = [1.0, 1.0, 1.0]
        for ink in range(4):
            if corner >> (3 - ink) & 1:
                colour = [a * b / 255 for a, b in zip(colour, inks[ink], strict=True)]
        table += _lab(colour)
    straight = bytes(range(256))
    identity = b"".join(struct.pack(">i", 65536 if at % 4 == 0 else 0) for at in range(9))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + straight * 4 + table + straight * 3
    return _profile(name, b"prtr", b"CMYK", b"Lab ", [(b"A2B0", lut)])


def converted(rgb: tuple[int, int, int], primaries: Sequence[Rgb], value: Callable[[float], float]) -> tuple[int, ...]:
    """The 8-bit values that say the same colour as sRGB ``rgb`` in a space of ``primaries``; ``value`` turns light
    into a value."""
    xyz = [sum(srgb_to_light(c / 255) * SRGB[at][axis] for at, c in enumerate(rgb)) for axis in range(3)]
    light = _solved(primaries, xyz)
    return tuple(round(255 * value(min(1.0, max(0.0, c)))) for c in light)


def _solved(primaries: Sequence[Rgb], xyz: Sequence[float]) -> list[float]:
    """Cramer's rule for three unknowns."""

    def determinant(m: Sequence[Sequence[float]]) -> float:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    whole = determinant(primaries)
    return [determinant([xyz if row == at else primaries[row] for row in range(3)]) / whole for at in range(3)]


def _lab(colour: Sequence[float]) -> bytes:
    xyz = [sum(srgb_to_light(c) * SRGB[at][axis] for at, c in enumerate(colour)) for axis in range(3)]
    fx, fy, fz = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (part / white for part, white in zip(xyz, _WHITE, strict=True))
    )
    values = ((116 * fy - 16) * 2.55, 500 * (fx - fy) + 128, 200 * (fy - fz) + 128)
    return bytes(min(255, max(0, round(value))) for value in values)


def _profile(name: str, kind: bytes, space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    text = name.encode() + b"\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = [(b"desc", described), (b"wtpt", _xyz(_WHITE)), (b"cprt", b"text\0\0\0\0free\0"), *tags]
    at = 128 + 4 + 12 * len(tags)
    index, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags:
        padded = content + bytes(-len(content) % 4)
        index += tag + struct.pack(">II", at + len(body), len(content))
        body += padded
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"\0\0\0\0", 0x02400000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(_fixed(value) for value in _WHITE)
    return head.ljust(128, b"\0") + index + body


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: Rgb) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values)


def _curve(curve: Callable[[float], float]) -> bytes:
    points = [min(65535, round(curve(at / 1023) * 65535)) for at in range(1024)]
    return b"curv\0\0\0\0" + struct.pack(f">I{len(points)}H", len(points), *points)
