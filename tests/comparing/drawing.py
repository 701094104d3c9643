"""Screens, pages and photos with changes planted in known places, and what happens to a picture on its way."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Box = tuple[int, int, int, int]
SCREEN, PAGE, PHOTO = (640, 430), (620, 800), (640, 480)
TOTAL: Box = (470, 130, 610, 155)
BUTTON_AT, BUTTON_MOVED = (470, 300), (470, 335)
BUTTON = (110, 30)
BANNER: Box = (20, 50, 620, 82)
SUM: Box = (400, 740, 560, 768)
PATCH: Box = (250, 200, 330, 260)


def _words(chance: random.Random, count: int) -> str:
    return " ".join(
        "".join(chance.choice("abcdefghiklmnoprstuvw") for _ in range(chance.randint(2, 8))) for _ in range(count)
    )


def screen(
    seed: int = 1,
    *,
    digit: str = "3",
    button: tuple[int, int] = BUTTON_AT,
    banner: tuple[int, int, int] = (222, 238, 243),
) -> Image.Image:
    chance = random.Random(seed)
    image = Image.new("RGB", SCREEN, (247, 248, 250))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SCREEN[0], 40), fill="white")
    draw.text((20, 10), "Finch Paper Goods", fill=(12, 106, 128), font=ImageFont.load_default(18))
    draw.rectangle(BANNER, fill=banner)
    for row in range(6):
        y = 100 + row * 52
        tile = tuple(chance.randrange(120, 240) for _ in range(3))
        draw.rounded_rectangle((20, y, 58, y + 38), 5, fill=tile)
        draw.text((70, y), _words(chance, 4), fill=(30, 30, 40), font=ImageFont.load_default(15))
        draw.text((70, y + 20), _words(chance, 5), fill=(120, 120, 130), font=ImageFont.load_default(12))
        draw.line((20, y + 44, 440, y + 44), fill=(215, 215, 220))
    draw.text((TOTAL[0], TOTAL[1]), f"Total 1{digit}.50", fill=(20, 20, 20), font=ImageFont.load_default(18))
    x, y = button
    draw.rounded_rectangle((x, y, x + BUTTON[0], y + BUTTON[1]), 8, fill=(12, 106, 128))
    draw.text((x + 24, y + 7), "Check out", fill="white", font=ImageFont.load_default(14))
    return image


def page(seed: int = 1, *, digit: str = "3") -> Image.Image:
    chance = random.Random(seed)
    image = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(image)
    for row in range(32):
        if row % 9 != 8:
            draw.text((50, 40 + row * 21), _words(chance, 10), fill=(20, 20, 20), font=ImageFont.load_default(13))
    draw.text((SUM[0], SUM[1]), f"Sum 1{digit}.99", fill=(0, 0, 0), font=ImageFont.load_default(18))
    return image


def photo(seed: int = 1, *, grain: float = 6, patch: tuple[int, int, int] | None = None) -> Image.Image:
    """Soft shapes with hard ones on them, and grain. ``patch`` is the colour of one more thing in it."""
    chance = np.random.default_rng(seed)
    light = np.zeros((PHOTO[1], PHOTO[0], 3), np.float32)
    for cells, strength in ((4, 50), (16, 35), (64, 22)):
        small = chance.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        small = small * 0.4 + small.mean(2, keepdims=True) * 0.6
        for band in range(3):
            layer = Image.fromarray(small[..., band]).resize(PHOTO, Image.Resampling.BICUBIC)
            light[..., band] += strength * np.asarray(layer)
    image = Image.fromarray(np.clip(light + 128, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(18):
        x, y, across, down = (int(chance.integers(low, high)) for low, high in ((0, 640), (0, 480), (12, 80), (12, 80)))
        colour = tuple(int(value) for value in chance.integers(0, 255, 3))
        draw.polygon([(x, y), (x + across, y + down // 3), (x + across // 2, y + down)], fill=colour)
    if patch:
        draw.ellipse(PATCH, fill=patch)
    noisy = np.asarray(image, np.float32) + chance.normal(0, grain, (*PHOTO[::-1], 1))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def tinted(image: Image.Image, box: Box, by: Sequence[float]) -> Image.Image:
    """``image`` with ``by`` added to red, green and blue inside ``box``."""
    image = image.copy()
    part = np.asarray(image.crop(box), np.float32) + np.array(by, np.float32)
    image.paste(Image.fromarray(np.clip(part, 0, 255).astype(np.uint8)), box[:2])
    return image


def moved(image: Image.Image, scale: float, right: int, down: int) -> Image.Image:
    """First scaled, then moved inside the same frame; what comes in is white."""
    size = round(image.width * scale), round(image.height * scale)
    out = Image.new("RGB", size, "white")
    out.paste(image if size == image.size else image.resize(size, Image.Resampling.BICUBIC), (right, down))
    return out


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
