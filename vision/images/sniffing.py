"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

from dataclasses import dataclass

SAVE_AS = "save it as JPEG or PNG and add that"
RAW_ADVICE = "export it as JPEG from your photo program and add that"
SCREENSHOT = "take a screenshot of it and add that"


@dataclass(frozen=True, slots=True)
class Kind:
    """``format`` is the word for a format that can be opened, or None; then ``what`` and ``advice`` are for the
    refusal, and both empty when the bytes are not recognised at all."""

    format: str | None = None
    what: str = ""
    advice: str = ""


UNKNOWN = Kind()

_OPENED = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
)

_NOT_OPENED = (
    (b"8BPS", "a Photoshop file", SAVE_AS),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture", SAVE_AS),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture", SAVE_AS),
    (b"\xff\x0a", "a JPEG XL picture", SAVE_AS),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture", SAVE_AS),
    (b"\x00\x00\x01\x00", "an icon file", SAVE_AS),
    (b"%!PS", "a PostScript file", "save it as PDF and add that"),
    (b"\xd0\xcf\x11\xe0", "an old Office document", "save it as PDF and add that"),
    (b"{\\rtf", "a text document (RTF)", "save it as PDF and add that"),
    (b"Rar!", "a RAR archive", "unpack it and add the pictures inside"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and add the pictures inside"),
    (b"\x1f\x8b", "a compressed archive", "unpack it and add the pictures inside"),
    (b"FUJIFILM", "a camera raw file", RAW_ADVICE),
    (b"\x1aE\xdf\xa3", "a video", SCREENSHOT),
    (b"ID3", "a sound file", "add a picture instead"),
    (b"OggS", "a sound or video file", "add a picture instead"),
    (b"MZ", "a program", "add a picture instead"),
    (b"\x7fELF", "a program", "add a picture instead"),
)

# Names inside a ZIP archive that tell what it is.
_OFFICE = (
    (b"word/document", "a Word document", "save it as PDF and add that"),
    (b"xl/workbook", "an Excel workbook", "save it as PDF and add that"),
    (b"ppt/presentation", "a PowerPoint presentation", "save it as PDF and add that"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file", "save it as PDF and add that"),
    (b"application/epub", "an e-book", SCREENSHOT),
)

_HEVC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AV1 = {b"avif", b"avis"}
_ANY_CODEC = {b"mif1", b"mif2", b"msf1", b"heif"}
_OTHER_BRANDS = {
    b"crx ": ("a camera raw file", RAW_ADVICE),
    b"M4A ": ("a sound file", "add a picture instead"),
    b"M4B ": ("a sound file", "add a picture instead"),
}
# Lengths of the header that follows the 14 bytes of a BMP file: "BM" alone may be the beginning of a text.
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}


def kind_of(data: bytes) -> Kind:
    """What ``data`` is. Reads the first bytes only (and, of a ZIP archive, the last)."""
    head = data[:4096]
    return _by_magic(head) or _by_container(data, head) or _text(head)


def _by_magic(head: bytes) -> Kind | None:
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") not in _BMP_HEADERS:
        return None
    for magic, name in _OPENED:
        if head.startswith(magic):
            return Kind(name)
    for magic, what, advice in _NOT_OPENED:
        if head.startswith(magic):
            return Kind(None, what, advice)
    return None


def _by_container(data: bytes, head: bytes) -> Kind | None:
    if head[:4] == b"RIFF":
        return Kind("WEBP") if head[8:12] == b"WEBP" else Kind(None, "a sound or video file", SCREENSHOT)
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zip(data)
    # Junk before the header is allowed by the PDF readers that people use, up to 1024 bytes.
    return Kind("PDF") if b"%PDF-" in head[:1029] else None


def _by_brand(head: bytes) -> Kind:
    """ISO base media files: the major brand decides, then the compatible ones (ISO/IEC 14496-12, 4.3)."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, length - 3, 4))}
    if major in _OTHER_BRANDS:
        return Kind(None, *_OTHER_BRANDS[major])
    # "mif1" says only that it is a picture: the codec's own brand stands beside it.
    for codec, format in ((_HEVC, "HEIC"), (_AV1, "AVIF"), (_ANY_CODEC, "HEIC")):
        if major in codec or (major in _ANY_CODEC and brands & codec):
            return Kind(format)
    for codec, format in ((_HEVC, "HEIC"), (_AV1, "AVIF")):
        if brands & codec:
            return Kind(format)
    return Kind(None, "a video", SCREENSHOT)


def _zip(data: bytes) -> Kind:
    """Looks at both ends, where names stand: reading a whole directory of a million entries would take a gigabyte."""
    names = data[:4096] + data[-65536:]
    for name, what, advice in _OFFICE:
        if name in names:
            return Kind(None, what, advice)
    return Kind(None, "a ZIP archive", "unpack it and add the pictures inside")


def _text(head: bytes) -> Kind:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, errors="ignore").lstrip().lower()
    if "\x00" in text or not text:
        return UNKNOWN
    if "<svg" in text:
        return Kind(None, "an SVG drawing", "export it as PNG and add that")
    if text.startswith(("<!doctype html", "<html", "<head", "<body")) or ("<html" in text and text.startswith("<")):
        return Kind(None, "a web page, not a picture", "open the page, save the picture itself and add that")
    if text.startswith("<?xml"):
        return Kind(None, "an XML file", "add a picture instead")
    printable = sum(character.isprintable() or character in "\r\n\t" for character in text)
    if printable >= 0.98 * len(text) and b"\x00" not in head and _is_utf8(head):
        return Kind(None, "a text file", "add a picture of it, or ask about the text itself")
    return UNKNOWN


def _is_utf8(head: bytes) -> bool:
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
