"""Pictures for the benches, drawn the same every time: a phone photo with noise, a screenshot, a cut-out."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

PHOTO_SIZE = (4000, 3000)


def photo(grain: float = 4) -> bytes:
    """A 12-megapixel JPEG of quality 92: gradients, edges, print, and the noise of a small sensor.

    The noise is mostly brightness, as a phone leaves it: its own processing smooths the colour grain.
    ``grain`` is its deviation in steps of brightness.
    """
    width, height = PHOTO_SIZE
    chance = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = (
        120 + 80 * np.sin(x / 700) + 30 * np.cos(y / 300),
        110 + 60 * np.cos(x / 500 + y / 900),
        100 + 70 * np.sin(y / 600),
    )
    image = Image.fromarray(np.clip(np.stack(waves, -1), 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(300):
        at_x, at_y, radius = (int(chance.integers(0, most)) for most in (width, height, 220))
        colour = tuple(int(value) for value in chance.integers(0, 255, 3))
        draw.ellipse((at_x - radius, at_y - radius, at_x + radius, at_y + radius), fill=colour)
    font = ImageFont.load_default(40)
    for _ in range(60):
        place = (int(chance.integers(0, width - 800)), int(chance.integers(0, height - 60)))
        draw.text(place, "Total 12.80 EUR  Invoice 4711-A", font=font, fill=(20, 20, 20))
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    brightness = chance.normal(0, grain, (height, width, 1))
    colour_grain = chance.normal(0, 1.5, (height, width, 3))
    noisy = np.asarray(image) + brightness + colour_grain
    out = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=92)
    return out.getvalue()


def screenshot() -> bytes:
    """A 2560 x 1440 PNG of panels and small print."""
    image = Image.new("RGB", (2560, 1440), (250, 250, 252))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 2560, 70), fill=(32, 60, 120))
    draw.rectangle((0, 70, 380, 1440), fill=(238, 240, 245))
    font = ImageFont.load_default(18)
    for row in range(52):
        for column in range(6):
            text = f"Order {4700 + row * 6 + column}  {12 + row}.{column}0"
            draw.text((420 + column * 350, 100 + row * 25), text, font=font, fill=(40, 40, 60))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def cut_out() -> bytes:
    """A 1600 x 1200 PNG of coloured shapes with soft edges on nothing."""
    image = Image.new("RGBA", (1600, 1200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    for step in range(24):
        colour = (30 + step * 9, 200 - step * 7, 90 + step * 5, 120 + step * 5)
        draw.ellipse((40 * step, 30 * step, 40 * step + 500, 30 * step + 400), fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(2))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
