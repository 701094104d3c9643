"""The child process: its limits hold, its end is understood, and it knows nothing that it need not know."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.images.documents import pdf, pdf_with_picture, raw_pdf
from tests.images.making import LIMITS, encoded, photo
from vision.errors import PictureError
from vision.images import child
from vision.images.limits import OpenLimits
from vision.images.opening import open_picture

ROOT = Path(__file__).resolve().parents[2]


def refused(data: bytes, limits: OpenLimits) -> PictureError:
    with pytest.raises(PictureError) as caught:
        open_picture(data, "letter.pdf", limits)
    return caught.value


# macOS and Windows know no limit of address space; there the clock alone protects.
LIMITED_MEMORY = sys.platform.startswith("linux")


def test_a_page_that_takes_too_long_is_ended() -> None:
    data = raw_pdf("0 0 600 800", b"0 0 m 600 0 0 800 600 800 c 0 800 600 0 300 300 c f\n" * 200_000)
    started = time.monotonic()
    error = refused(data, OpenLimits(seconds=0.7))
    assert time.monotonic() - started < 5
    assert error.reason == "too_slow"
    assert "took longer than 0.7 seconds to open" in str(error)


def test_a_picture_that_needs_too_much_memory_is_a_sentence() -> None:
    data = encoded(Image.new("RGB", (6000, 5000)), "TIFF", compression="tiff_lzw")
    assert open_picture(data, "x", LIMITS).picture.width == 6000
    if LIMITED_MEMORY:
        error = refused(data, OpenLimits(memory_bytes=150 << 20))
        assert error.reason == "too_much_memory"
        assert "needs more than 157 MB of memory" in str(error)


def test_a_decoder_that_falls_over_is_a_sentence() -> None:
    """PDFium ends the process when it gets no memory; nobody but the child is hurt."""
    if LIMITED_MEMORY:
        error = refused(pdf(), OpenLimits(memory_bytes=64 << 20))
        assert error.reason in {"crashed", "too_much_memory"}
        assert "Traceback" not in str(error)
    assert open_picture(pdf(), "x", LIMITS).picture.pages == 1


def test_a_picture_bomb_inside_a_pdf_stays_within_the_limits() -> None:
    """12000 x 12000 pixels, 430 MB, in a file of some kilobytes."""
    data = pdf_with_picture(12_000, 12_000)
    assert len(data) < 100_000
    try:
        opened = open_picture(data, "letter.pdf", LIMITS)
    except PictureError as error:
        assert error.reason in {"too_slow", "too_much_memory", "crashed", "damaged"}  # noqa: PT017 - either is right
    else:
        assert max(opened.picture.width, opened.picture.height) <= LIMITS.page_edge


def test_it_runs_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert open_picture(pdf(), "x", LIMITS).picture.format == "PDF"
    assert list(tmp_path.iterdir()) == []


def test_it_is_told_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-planted")
    seen: dict[str, str] = {}

    def spy(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        env = options["env"]
        assert isinstance(env, dict)
        seen.update(env)
        return real(command, **options)  # type: ignore[call-overload, no-any-return]

    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", spy)
    open_picture(encoded(photo(), "TIFF"), "x", LIMITS)
    assert "PYTHONPATH" in seen
    assert "sk-planted" not in seen.values()


def test_it_imports_only_what_it_needs() -> None:
    code = (
        "import sys, vision.images.isolated, vision.images.taking, vision.images.documents, pi_heif;"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    loaded = done.stdout.decode()
    for heavy in ("numpy", "streamlit", "pydantic", "anthropic", "openai", "google", "sqlalchemy", "cv2", "asyncio"):
        assert f"'{heavy}'" not in loaded


def test_an_interpreter_that_cannot_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / "no-such-python"))
    error = refused(pdf(), LIMITS)
    assert error.reason == "no_child"
    assert "close other programs and try again" in str(error)


def test_heavy_pictures_are_decoded_in_the_child_and_photos_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 megapixels is the bound; a JPEG needs no master at any size, because it can be decoded at a fraction."""
    monkeypatch.setattr("vision.images.taking.IN_PROCESS_PIXELS", 50_000)
    drawing = open_picture(encoded(photo((320, 200)), "PNG"), "x", LIMITS)
    assert drawing.master is not None
    assert open_picture(encoded(photo((320, 200)), "JPEG"), "x", LIMITS).master is None
    assert open_picture(encoded(photo((200, 200)), "PNG"), "x", LIMITS).master is None


def test_a_jpeg_of_very_many_scans_is_decoded_in_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each scan walks over the whole picture: thousands of empty ones would hold a server for minutes."""
    data = encoded(photo(), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    scan = data[at:-2]
    calls: list[str] = []
    real = child.take

    def spy(data: bytes, format: str, page: int, limits: OpenLimits) -> object:
        calls.append(format)
        return real(data, format, page, limits)

    monkeypatch.setattr(child, "take", spy)
    open_picture(data, "x", LIMITS)
    assert calls == []
    open_picture(data[:at] + scan * 50 + data[-2:], "x", LIMITS)
    assert calls == ["JPEG"]
