"""ZIPs to test with: honest ones through zipfile, hostile ones by changing their bytes."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from PIL import Image

CENTRAL = b"PK\x01\x02"
LOCAL = b"PK\x03\x04"


def png(shade: int = 0, size: tuple[int, int] = (40, 30)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, (shade % 256, 90, shade // 256)).save(data, "PNG")
    return data.getvalue()


def packed(files: Mapping[str, bytes] | Iterable[tuple[str | ZipInfo, bytes]], how: int = ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with ZipFile(data, "w", how) as opened:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            opened.writestr(name, content, how)
    return data.getvalue()


def link(name: str, to: str) -> tuple[ZipInfo, bytes]:
    info = ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info, to.encode()


def renamed(data: bytes, old: str, new: bytes) -> bytes:
    """The same ZIP with a name that zipfile would not write; both are of one length."""
    assert len(old.encode()) == len(new)
    return data.replace(old.encode(), new)


def changed(data: bytes, name: str, *, local: Mapping[int, bytes], central: Mapping[int, bytes]) -> bytes:
    """The same ZIP with other bytes in the headers of ``name``, by their offset from the header's start."""
    found = bytearray(data)
    for signature, at_name, changes in ((LOCAL, 30, local), (CENTRAL, 46, central)):
        at = _header(data, signature, at_name, name.encode())
        for offset, value in changes.items():
            found[at + offset : at + offset + len(value)] = value
    return bytes(found)


def with_flags(data: bytes, name: str, flags: int) -> bytes:
    value = struct.pack("<H", flags)
    return changed(data, name, local={6: value}, central={8: value})


def with_method(data: bytes, name: str, method: int) -> bytes:
    value = struct.pack("<H", method)
    return changed(data, name, local={8: value}, central={10: value})


def with_size(data: bytes, name: str, size: int) -> bytes:
    """Announces another unpacked size, everywhere."""
    value = struct.pack("<I", size)
    return changed(data, name, local={22: value}, central={24: value})


def at_the_place_of(data: bytes, name: str, other: str) -> bytes:
    """``name`` in the directory leads to the bytes of ``other``: one kernel under two names."""
    place = struct.pack("<I", _header(data, LOCAL, 30, other.encode()))
    return changed(data, name, local={}, central={42: place})


def _header(data: bytes, signature: bytes, at_name: int, name: bytes) -> int:
    at = data.find(signature)
    while at >= 0:
        if data[at + at_name : at + at_name + len(name)] == name:
            return at
        at = data.find(signature, at + 1)
    raise AssertionError(f"there is no {name!r}")
