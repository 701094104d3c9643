"""``prepare``, ``models``, and how quickly the terminal says its first word."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from tests.cli.terminal import Terminal
from tests.wire import WireServer
from vision.cli.listing import table
from vision.cli.terminal import harmless


def photo(width: int, height: int) -> bytes:
    image = Image.effect_noise((width, height), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side
    exif[0x010E] = "her name and address"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "format"), [("o.jpg", "JPEG"), ("o.JPEG", "JPEG"), ("o.png", "PNG"), ("o.webp", "WEBP")]
)
def test_ending_decides_the_format(terminal: Terminal, name: str, format: str) -> None:
    (terminal.folder / "photo.jpg").write_bytes(photo(3000, 1500))
    done = terminal.run("prepare", "photo.jpg", name)
    assert (done.code, done.err) == (0, "photo.jpg: turned upright.\n")
    before = (terminal.folder / "photo.jpg").stat().st_size
    data = (terminal.folder / name).read_bytes()
    assert f"{before:,} bytes before, {len(data):,} bytes after" in done.out
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == (format, (1000, 2000))  # upright, 2000 pixels
    assert b"her name" not in data
    assert not image.getexif()


def test_model_and_detail_give_its_very_bytes(wire: WireServer, terminal: Terminal) -> None:
    (terminal.folder / "photo.jpg").write_bytes(photo(3000, 1500))
    terminal.leads_to(wire, "anthropic")
    options = ("--model", "claude-sonnet-5-5", "--detail", "glance")
    terminal.run("prepare", "photo.jpg", "sent.jpg", *options)
    terminal.run("ask", "photo.jpg", "x", *options)
    sent = wire.requests[-1].pictures[0]
    assert hashlib.sha256((terminal.folder / "sent.jpg").read_bytes()).hexdigest() == sent.sha256


def test_small_picture_is_not_enlarged_and_what_was_there_is_replaced(terminal: Terminal) -> None:
    (terminal.folder / "out.png").write_bytes(b"old")
    done = terminal.run("prepare", "--json", "--", "receipt.png", "out.png")
    assert done.json.keys() == {"before_bytes", "after_bytes", "width", "height"}
    assert (done.json["width"], done.json["height"]) == (640, 480)
    assert (terminal.folder / "out.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in terminal.folder.iterdir()) == ["out.png", "receipt.png"]


def test_models_says_what_is_set_up_and_what_ends(wire: WireServer, terminal: Terminal) -> None:
    terminal.leads_to(wire, "openai")
    done = terminal.run("models")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].split() == ["LEVEL", "PROVIDER", "ID", "SET", "UP", "ENDS"]
    row = {line.split()[2]: line for line in lines[1:]}
    assert "on this device" in row["reader"]
    assert row["gpt-6.1-terra"].split()[:4] == ["balanced", "openai", "gpt-6.1-terra", "yes"]
    assert "no: set ANTHROPIC_API_KEY" in row["claude-sonnet-5-5"]
    assert "set LOUPE_COMPATIBLE_URL" in row["compatible:NAME"]
    assert "2026-11-30" in row["claude-sonnet-4-5"] or "ended" in row["claude-sonnet-4-5"]
    assert "ended 2025-10-28, use claude-sonnet-5-5" in row["claude-3-5-sonnet-20241022"]


def test_models_as_json(terminal: Terminal) -> None:
    found = terminal.run("models", "--json").json
    assert {"level": "-", "provider": "reader", "id": "reader", "set_up": "yes, on this device", "ends": "-"} in found


def test_help_is_on_stdout_and_no_command_is_wrong_use(terminal: Terminal) -> None:
    helped = terminal.run("--help")
    assert (helped.code, helped.err) == (0, "")
    assert all(name in helped.out for name in ("ask", "chat", "prepare", "models", "app"))
    bare = terminal.run()
    assert (bare.code, bare.out) == (2, "")
    assert "Usage" in bare.err


def test_columns_line_up() -> None:
    assert table([("A", "BB"), ("long", "x")]) == "A     BB\nlong  x\n"


def test_text_that_would_steer_the_terminal() -> None:
    assert harmless("a\x1b[31mb\u202ec\td\n") == "a[31mbc\td\n"
