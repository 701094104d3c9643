"""Every bad input: one sentence that names the file and says what to do, and never another kind of error."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from tests.images.documents import pdf
from tests.images.making import LIMITS, encoded, photo
from vision.errors import PictureError
from vision.images.limits import OpenLimits
from vision.images.opening import open_picture, page_count
from vision.images.refusals import SENTENCES, size_words


def refused(data: bytes, name: str = "holiday.jpg", limits: OpenLimits = LIMITS) -> PictureError:
    with pytest.raises(PictureError) as caught:
        open_picture(data, name, limits)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return caught.value


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


OTHER = [
    (b"", "empty", "is empty (0 bytes)"),
    (b"<!DOCTYPE html><html><body>404</body></html>", "unsupported", "a web page"),
    (b"\n  <html lang='de'>", "unsupported", "a web page"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unsupported", "an SVG drawing"),
    (b'<?xml version="1.0"?><!-- x --><svg/>', "unsupported", "an SVG drawing"),
    ("﻿<?xml version='1.0' encoding='utf-16'?><svg/>".encode("utf-16"), "unsupported", "an SVG drawing"),
    (b'<?xml version="1.0"?><note/>', "unsupported", "an XML file"),
    (b"Dear madam, please find enclosed\r\n", "unsupported", "a text file"),
    (b"BMW is a word that begins like a bitmap", "unsupported", "a text file"),
    (b'{"a": 1}', "unsupported", "a text file"),
    (archive("a.jpg"), "unsupported", "a ZIP archive"),
    (archive("word/document.xml"), "unsupported", "a Word document"),
    (archive("xl/workbook.xml"), "unsupported", "an Excel workbook"),
    (archive("ppt/slides/slide1.xml", "ppt/presentation.xml"), "unsupported", "a PowerPoint presentation"),
    (
        b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text",
        "unsupported",
        "an OpenDocument file",
    ),
    (b"PK\x03\x04 not really", "unsupported", "a ZIP archive"),
    (b"\x00\x00\x00\x18ftypmp42\0\0\0\0mp42isom", "unsupported", "a video"),
    (b"\x00\x00\x00\x14ftypqt  \0\0\0\0qt  ", "unsupported", "a video"),
    (b"\x00\x00\x00\x18ftypcrx \0\0\0\1crx isom", "unsupported", "a camera raw file"),
    (b"\x00\x00\x00\x20ftypM4A \0\0\0\0M4A mp42", "unsupported", "a sound file"),
    (b"RIFF\x24\0\0\0WAVEfmt ", "unsupported", "a sound or video file"),
    (b"8BPS\0\1", "unsupported", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "unsupported", "a JPEG 2000 picture"),
    (b"\xff\x0a\xfa", "unsupported", "a JPEG XL picture"),
    (b"\x00\x00\x01\x00\x01\x00", "unsupported", "an icon file"),
    (b"%!PS-Adobe-3.0", "unsupported", "a PostScript file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsupported", "an old Office document"),
    (b"Rar!\x1a\x07", "unsupported", "a RAR archive"),
    (b"MZ\x90\0", "unsupported", "a program"),
    (b"\0" * 5000, "unknown", "not a picture in a format known here"),
    (bytes(range(128, 256)) * 20, "unknown", "not a picture in a format known here"),
]


@pytest.mark.parametrize(("data", "reason", "words"), OTHER)
def test_what_is_no_picture_is_named_when_it_can_be(data: bytes, reason: str, words: str) -> None:
    error = refused(data)
    assert error.reason == reason
    assert str(error).startswith("“holiday.jpg” is ")
    assert words in str(error)
    with pytest.raises(PictureError):
        page_count(data, "holiday.jpg", LIMITS)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIC"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off(format: str, share: float) -> None:
    data = encoded(photo((640, 512)), format)
    error = refused(data[: max(20, int(share * len(data)))])
    assert error.reason in {"truncated", "damaged"}
    assert "“holiday.jpg” is " in str(error)


def test_a_half_downloaded_photo_is_called_cut_off() -> None:
    data = encoded(photo((640, 480)), "JPEG")
    assert refused(data[: len(data) // 2]).reason == "truncated"
    data = encoded(photo((640, 480)), "PNG")
    assert refused(data[: len(data) // 2]).reason == "truncated"


def test_too_many_bytes_is_found_before_anything_is_read() -> None:
    error = refused(b"\xff\xd8\xff" + bytes(2_500_000), limits=OpenLimits(max_bytes=1_000_000))
    assert error.reason == "too_many_bytes"
    assert str(error) == "“holiday.jpg” has more than 1 MB, which is the limit: save it smaller and add that."


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (50_000_000, "50 MB"),
        (2_550_000, "2.5 MB"),
        (999_999, "999 KB"),
        (1_290, "1.2 KB"),
        (12, "12 bytes"),
        (1 << 30, "1 GB"),
        (268_435_456, "268 MB"),
        (4_099_999_999, "4 GB"),
    ],
)
def test_sizes_are_words_that_are_never_rounded_up(count: int, said: str) -> None:
    assert size_words(count) == said
    limited = refused(b"\xff\xd8\xff" + bytes(1300), limits=OpenLimits(max_bytes=1290))
    assert "more than 1.2 KB" in str(limited)


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


BOMBS = {
    "PNG": png_of(60_000, 60_000),
    "JPEG": with_size(encoded(photo(), "JPEG"), 65_000, 65_000),
    "GIF": b"GIF89a"
    + struct.pack("<HHBBB", 60_000, 60_000, 0, 0, 0)
    + struct.pack("<BHHHHB", 0x2C, 0, 0, 60_000, 60_000, 0)
    + b"\x08\x01\0\0;",
    "WEBP": b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0" + b"\xff\x3f\0" * 2 + bytes(10),
    "BMP": b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 60_000, 60_000, 1, 24, 0) + bytes(20),
    "HEIC": encoded(photo((64, 64)), "HEIC", declared=(60_000, 60_000)),
}
BOMBS["TIFF"] = (
    b"II*\0\x08\0\0\0\x08\0"
    + b"".join(
        struct.pack("<HHII", tag, 4, 1, value)
        for tag, value in (
            (256, 60_000),
            (257, 60_000),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, 200),
            (278, 60_000),
            (279, 9),
        )
    )
    + bytes(150)
)


@pytest.mark.parametrize("format", BOMBS)
def test_a_bomb_is_refused_by_its_header(format: str) -> None:
    error = refused(BOMBS[format])
    assert error.reason == "too_many_pixels"
    assert "scale it down" in str(error)


def test_the_pixel_limit_is_the_one_that_was_set() -> None:
    data = encoded(photo((500, 400)), "PNG")
    assert open_picture(data, "x", OpenLimits(max_pixels=200_000)).picture.width == 500
    error = refused(data, limits=OpenLimits(max_pixels=199_999))
    assert "has 500 x 400 pixels, more than the limit of 0.2 megapixels" in str(error)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_pillows_own_bound_does_not_speak(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow warns from 89 megapixels and refuses from twice that: only the setting decides."""
    data = encoded(photo((500, 400)), format)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000 if format != "WEBP" else 150_000)
    assert open_picture(data, "x", LIMITS).picture.width == 500


@pytest.mark.long
def test_above_pillows_own_bound_the_setting_decides() -> None:
    data = encoded(Image.new("1", (19_000, 10_000)), "PNG")
    assert refused(data).reason == "too_many_pixels"
    opened = open_picture(data, "x", OpenLimits(max_pixels=200_000_000, memory_bytes=2 << 30))
    assert (opened.picture.width, opened.picture.height) == (19_000, 10_000)


@pytest.mark.parametrize("size", [(60_000, 1), (1, 60_000), (3000, 10), (201, 1)])
def test_thin_strips(size: tuple[int, int]) -> None:
    error = refused(encoded(Image.new("L", size), "PNG"))
    assert error.reason == "too_thin"
    assert f"a strip of {size[0]} x {size[1]} pixels" in str(error)


@pytest.mark.parametrize("size", [(1, 1), (200, 1), (1, 200), (2000, 10)])
def test_small_and_narrow_ones_are_welcome(size: tuple[int, int]) -> None:
    assert open_picture(encoded(Image.new("L", size), "PNG"), "x", LIMITS).picture.width == size[0]


def test_a_camera_raw_file_is_not_its_thumbnail() -> None:
    error = refused(encoded(photo(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}), "DSC1.DNG")
    assert str(error).startswith("“DSC1.DNG” is a camera raw file")


NAMES = [
    ("a\nb\r\nc.jpg", "“a b c.jpg”"),
    ("\u202egpj.exe", "“gpj.exe”"),
    ("../../etc/passwd.jpg", "“passwd.jpg”"),
    ("C:\\Users\\me\\a.jpg", "“a.jpg”"),
    ("-rf.jpg", "“-rf.jpg”"),
    ("x" * 250 + ".jpg", "“" + "x" * 59 + "…" + "x" * 16 + ".jpg”"),
    ("", "“unnamed picture”"),
    ("{name}{0}%s.jpg", "“{name}{0}%s.jpg”"),
    ("\ud800\udc00bad.jpg", "“bad.jpg”"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES)
def test_any_name_is_made_fit_to_show(name: str, shown: str) -> None:
    assert str(refused(b"", name)).startswith(shown)
    assert str(refused(encoded(photo(), "TIFF")[:300], name)).startswith(shown)
    assert f"“{open_picture(encoded(photo(), 'PNG'), name, LIMITS).picture.name}”" == shown


def test_every_sentence_says_what_to_do() -> None:
    for reason, sentence in SENTENCES.items():
        assert sentence.startswith("“{name}” "), reason
        assert sentence.endswith("."), reason
        assert ": " in sentence, reason


def test_the_rest_keeps_working_after_a_refusal() -> None:
    refused(pdf()[:500], "letter.pdf")
    assert open_picture(pdf(), "letter.pdf", LIMITS).picture.pages == 1
