"""What the first bytes say, where two readings are possible."""

from __future__ import annotations

import pytest

from tests.images.making import encoded, photo
from vision.images.opening import clean_name
from vision.images.sniffing import kind_of


def brands(major: bytes, *compatible: bytes) -> bytes:
    return (16 + 4 * len(compatible)).to_bytes(4, "big") + b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (brands(b"heic", b"mif1", b"heic"), "HEIC"),
        (brands(b"mif1", b"mif1", b"heic"), "HEIC"),
        (brands(b"mif1", b"mif1", b"avif", b"miaf"), "AVIF"),
        (brands(b"mif1", b"mif1", b"heic", b"avif"), "HEIC"),
        (brands(b"avif", b"mif1", b"heic"), "AVIF"),
        (brands(b"msf1", b"hevc"), "HEIC"),
        (brands(b"mif1", b"mif1"), "HEIC"),
        (brands(b"MiHE", b"mif1", b"heix"), "HEIC"),
        (brands(b"isom", b"mp41"), None),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b"II+\0\x08\0\0\0", "TIFF"),
        (b" \r\n%PDF-1.4", "PDF"),
        (bytes(1024) + b"%PDF-1.4", "PDF"),
        (bytes(1025) + b"%PDF-1.4", None),
        (encoded(photo(), "BMP"), "BMP"),
        (b"BM and then something else", None),
    ],
)
def test_formats_by_their_first_bytes(head: bytes, format: str | None) -> None:
    assert kind_of(head).format == format


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Müller’s Rechnung (2).pdf", "Müller’s Rechnung (2).pdf"),
        ("Mu\u0308ller.jpg", "Müller.jpg"),
        ("領収書.jpg", "領収書.jpg"),
        ("קבלה.jpg", "קבלה.jpg"),
        ("a\u2028b\u00a0c.png", "a b c.png"),
        ("zero\u200bwidth\ufeff.png", "zerowidth.png"),
        ("Z" + "\u0300" * 30 + ".png", "Z\u0300\u0300.png"),
        ("/tmp/", "tmp"),
        ("..", "unnamed picture"),
        ("\u202e\u200f\n", "unnamed picture"),
    ],
)
def test_names_fit_to_show(name: str, shown: str) -> None:
    assert clean_name(name) == shown


def test_long_names_keep_their_ending() -> None:
    shown = clean_name("Scan of the contract " * 12 + "page 7.tiff")
    assert len(shown) <= 80
    assert shown.startswith("Scan of the contract")
    assert shown.endswith("page 7.tiff")
