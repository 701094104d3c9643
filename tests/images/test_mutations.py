"""Real files of every format with bytes flipped, cut out, doubled and put in: each opens or is refused in words.

The same examples on every run. `make test-long` tries many more.
"""

from __future__ import annotations

import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.images import profiles
from tests.images.documents import pdf
from tests.images.making import XMP, decoded, encoded, exif, photo, png_texts
from vision.errors import PictureError
from vision.images import pixels
from vision.images.limits import OpenLimits
from vision.images.opening import open_picture, page_count

LIMITS = OpenLimits(max_pixels=2_000_000, seconds=5, memory_bytes=512 << 20)
PROFILE = profiles.matrix_profile("Adobe RGB", profiles.ADOBE_RGB, lambda value: value**2.2)
_TAGS = exif(6, gps=True)


def _frames(format: str) -> bytes:
    out = io.BytesIO()
    photo((60, 40)).save(out, format, save_all=True, append_images=[Image.new("RGB", (60, 40))])
    return out.getvalue()


IN_PROCESS = {
    "JPEG": encoded(photo((80, 60)), "JPEG", exif=_TAGS, xmp=XMP, icc_profile=PROFILE),
    "JPEG progressive CMYK": encoded(photo((80, 60)).convert("CMYK"), "JPEG", progressive=True),
    "PNG": encoded(photo((40, 30)), "PNG", exif=_TAGS, icc_profile=PROFILE, pnginfo=png_texts()),
    "PNG palette": encoded(photo((40, 30)).quantize(16), "PNG", transparency=3),
    "PNG moving": _frames("PNG"),
    "GIF": _frames("GIF"),
    "WEBP": encoded(photo((80, 60)), "WEBP", exif=_TAGS, xmp=XMP, icc_profile=PROFILE),
    "WEBP moving": _frames("WEBP"),
    "BMP": encoded(photo((30, 20)), "BMP"),
    "BMP palette": encoded(photo((40, 30)).quantize(16), "BMP"),
}
ISOLATED = {
    "TIFF": encoded(photo((60, 40)), "TIFF", exif=_TAGS, icc_profile=PROFILE),
    "TIFF LZW": encoded(photo((60, 40)), "TIFF", icc_profile=PROFILE, compression="tiff_lzw"),
    "TIFF of two pages": _frames("TIFF"),
    "AVIF": encoded(photo((60, 40)), "AVIF", exif=_TAGS, xmp=XMP, icc_profile=PROFILE),
    "HEIC": encoded(photo((64, 32)), "HEIC", exif=_TAGS, icc=PROFILE, rotation=1),
    "PDF": pdf((200, 100), pages=2),
}

# Where (in thousandths of the file, so that small numbers mean the header), what, and with which bytes.
_EDITS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 60), st.integers(0, 1000)),
        st.sampled_from(["flip", "cut", "insert", "double", "overwrite"]),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\xff\xd9"]),
        ),
    ),
    min_size=1,
    max_size=6,
)
Edits = list[tuple[int, str, bytes]]


def mutated(data: bytes, edits: Edits) -> bytes:
    for place, what, piece in edits:
        at = min(len(data) * place // 1000, max(0, len(data) - 1))
        after = at + len(piece)
        if what == "flip":
            data = data[:at] + bytes([data[at] ^ (piece[0] or 1)]) + data[at + 1 :] if data else piece
        elif what == "cut":
            data = data[:at] + data[at + piece[0] :]
        elif what == "insert":
            data = data[:at] + piece + data[at:]
        elif what == "double":
            data = data[:after] + data[at:]
        else:
            data = data[:at] + piece + data[after:]
    return data


def opens_or_says_why(data: bytes) -> None:
    started = time.monotonic()
    try:
        opened = open_picture(data, "mutant", LIMITS)
    except PictureError as error:
        assert "“mutant”" in str(error)  # noqa: PT017 - both endings are right, and each has its own promise
    else:
        assert 0 < opened.picture.width * opened.picture.height <= LIMITS.max_pixels * 10
        assert max(decoded(opened.preview).size) <= 1000
        assert pixels.load(opened.master or data).size == (opened.picture.width, opened.picture.height)
    # The child's own limit, its start, and a machine that is busy with other tests.
    assert time.monotonic() - started < 3 * LIMITS.seconds


def _run(data: bytes, examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(_EDITS)
    def check(edits: Edits) -> None:
        opens_or_says_why(mutated(data, edits))

    check()


@pytest.mark.parametrize("kind", IN_PROCESS)
def test_mutants(kind: str) -> None:
    opens_or_says_why(IN_PROCESS[kind])
    _run(IN_PROCESS[kind], 150)


@pytest.mark.parametrize("kind", ISOLATED)
def test_mutants_in_the_child(kind: str) -> None:
    opens_or_says_why(ISOLATED[kind])
    _run(ISOLATED[kind], 8)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", IN_PROCESS)
def test_many_mutants(kind: str) -> None:
    _run(IN_PROCESS[kind], 4000)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ISOLATED)
def test_many_mutants_in_the_child(kind: str) -> None:
    _run(ISOLATED[kind], 300)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF0000WEBP"])
)
def test_noise(noise: bytes, start: bytes) -> None:
    opens_or_says_why(start + noise)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(st.text(max_size=300))
def test_any_name(name: str) -> None:
    with pytest.raises(PictureError) as refused:
        page_count(b"", name, LIMITS)
    sentence = str(refused.value)
    assert sentence.isprintable()
    assert len(sentence) < 200
    assert sentence.encode("utf-8")
