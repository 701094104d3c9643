"""Draws the sample pictures: ``python -m vision.samples.draw FOLDER``.

Everything is made here, so nothing has to be licensed; the font is the one that Pillow brings. The same Pillow draws
the same pictures. Shops, people and numbers are invented, and the sums are right.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from vision.samples.filled import form
from vision.samples.pen import GREY, INK, LINE, TEAL, WHITE, Colour, Sheet


def receipt() -> Image.Image:
    """A till receipt, photographed: paper on wood, a little turned, a little uneven in light."""
    paper = Sheet(620, 1060, (250, 249, 245))
    for y, size, words in (
        (90, 40, "HARBOUR GROCERS"),
        (128, 22, "14 Quay Street, Bristol BS1 4DJ"),
        (160, 22, "VAT No GB 123 4567 82"),
    ):
        paper.text(310, y, words, size, anchor="ms", bold=size // 30)
    paper.text(50, 222, "Date 20/11/2026  17:42", 24)
    paper.text(570, 222, "Till 3", 24, anchor="rs")
    paper.rule(50, 246, 570, INK)
    rows = (
        ("Sourdough loaf", "3.80"),
        ("Whole milk 2 l", "2.15"),
        ("Free range eggs x12", "4.20"),
        ("Cheddar 350 g", "5.45"),
        ("Tomatoes 0.6 kg", "2.10"),
        ("Coffee beans 250 g", "7.90"),
        ("Oranges x6", "3.40"),
    )
    for number, (name, price) in enumerate(rows):
        paper.text(50, 300 + 46 * number, name)
        paper.text(570, 300 + 46 * number, price, anchor="rs")
    paper.rule(50, 612, 570, INK)
    sums = (
        (662, "Subtotal", "29.00", 26),
        (704, "VAT 0 %", "0.00", 26),
        (764, "TOTAL GBP", "29.00", 36),
        (822, "Cash", "40.00", 26),
        (864, "Change", "11.00", 26),
    )
    for y, name, value, size in sums:
        paper.text(50, y, name, size, bold=int(size > 30))
        paper.text(570, y, value, size, anchor="rs", bold=int(size > 30))
    paper.text(310, 950, "Thank you, see you soon", 24, anchor="ms")
    paper.text(310, 990, "Receipt no 004417", 22, GREY, anchor="ms")
    return _photographed(paper.image)


def _photographed(sheet: Image.Image) -> Image.Image:
    rng = random.Random(7)  # noqa: S311 - a table top, not a secret
    wood = Image.new("RGB", (1000, 1360), (126, 92, 64))
    pen = ImageDraw.Draw(wood)
    for x in range(0, 1000, 3):
        shade = rng.randint(-12, 12) + int(8 * math.sin(x / 37))
        pen.line((x, 0, x + rng.randint(-14, 14), 1360), (126 + shade, 92 + shade, 64 + shade), 3)
    wood = wood.filter(ImageFilter.GaussianBlur(1.6))
    turned = sheet.convert("RGBA").rotate(-2.2, Image.Resampling.BICUBIC, expand=True)
    shadow = Image.new("RGBA", wood.size)
    shadow.paste((0, 0, 0, 120), (186, 156), turned.getchannel("A"))
    wood.paste(
        shadow.filter(ImageFilter.GaussianBlur(12)).convert("RGB"),
        (0, 0),
        shadow.filter(ImageFilter.GaussianBlur(12)).getchannel("A"),
    )
    wood.paste(turned, (174, 140), turned)
    light = Image.radial_gradient("L").resize((1800, 2000)).crop((250, 150, 1250, 1510))
    light = light.point([255 - value // 4 for value in range(256)])
    return ImageChops.multiply(wood, Image.merge("RGB", (light, light, light)))


def invoice() -> Image.Image:
    """A plain business invoice on A4."""
    page = Sheet(1240, 1754)
    page.box((0, 0, 1240, 14), TEAL)
    page.text(100, 150, "Alder & Finch Studio", 46, TEAL, bold=1)
    for number, words in enumerate(("27 Mill Lane", "Cambridge CB2 1TP", "accounts@alderfinch.example")):
        page.text(100, 200 + 36 * number, words, 26, GREY)
    page.text(1140, 150, "INVOICE", 52, anchor="rs", bold=1)
    facts = (("Invoice number", "AF-2026-0187"), ("Invoice date", "12 November 2026"), ("Due date", "12 December 2026"))
    for number, (name, value) in enumerate(facts):
        page.text(820, 220 + 42 * number, name, 26, GREY, anchor="rs")
        page.text(1140, 220 + 42 * number, value, 26, anchor="rs")
    page.text(100, 440, "Bill to", 26, GREY)
    for number, words in enumerate(("Northgate Museum Trust", "3 Castle Square", "York YO1 9QL")):
        page.text(100, 484 + 38 * number, words, 28)
    page.box((100, 660, 1140, 724), (235, 243, 245), 8)
    columns = ((124, "ls"), (760, "rs"), (940, "rs"), (1116, "rs"))
    rows = (("Description", "Quantity", "Price", "Amount"), ("Exhibition signs, A1", "12", "85.00", "1,020.00"),
            ("Catalogue layout, pages", "48", "22.50", "1,080.00"), ("Photo retouching, hours", "6", "60.00", "360.00"),
            ("Delivery", "1", "40.00", "40.00"))  # fmt: skip
    for number, row in enumerate(rows):
        for (x, anchor), words in zip(columns, row, strict=True):
            page.text(x, 704 + 76 * number, words, 28, GREY if number == 0 else INK, anchor)
        if number:
            page.rule(100, 730 + 76 * number, 1140)
    totals = (("Subtotal", "2,500.00", 28), ("VAT 20 %", "500.00", 28), ("Total due GBP", "3,000.00", 36))
    for number, (name, value, size) in enumerate(totals):
        page.text(900, 1130 + 60 * number, name, size, anchor="rs", bold=int(size > 30))
        page.text(1116, 1130 + 60 * number, value, size, anchor="rs", bold=int(size > 30))
    page.rule(100, 1500, 1140)
    page.text(100, 1548, "Please pay within 30 days to IBAN GB33 BUKB 2020 1555 5555 55", 26, GREY)
    return page.image


def card() -> Image.Image:
    """A business card."""
    front = Sheet(1050, 600, (252, 252, 250))
    front.box((0, 0, 26, 600), TEAL)
    front.text(100, 170, "Dr Maya Okafor", 62, bold=1)
    front.text(100, 230, "Head of Conservation", 36, TEAL)
    front.text(100, 290, "Northgate Museum Trust", 34, GREY)
    lines = (
        "+44 1904 555 0143",
        "maya.okafor@northgate.example",
        "www.northgate.example",
        "3 Castle Square, York YO1 9QL",
    )
    for number, words in enumerate(lines):
        front.text(100, 400 + 46 * number, words, 32)
    for radius in (90, 62, 34):
        front.pen.ellipse((880 - radius, 150 - radius, 880 + radius, 150 + radius), outline=TEAL, width=8)
    return front.image


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
VISITORS = (4.1, 4.6, 6.2, 8.9, 11.4, 14.8, 19.2, 21.5, 15.3, 10.1, 6.4, 5.0)


def chart() -> Image.Image:
    """A bar chart of one year."""
    page = Sheet(1280, 800)
    page.text(90, 90, "Visitors to the Harbour Museum, 2025", 42, bold=1)
    page.text(90, 136, "Thousands per month", 28, GREY)
    for mark in range(0, 26, 5):
        y = 690 - mark * 20
        page.rule(90, y, 1220)
        page.text(76, y + 8, str(mark), 24, GREY, anchor="rs")
    for number, (month, value) in enumerate(zip(MONTHS, VISITORS, strict=True)):
        x = 116 + 93 * number
        best = value == max(VISITORS)
        page.box((x, 690 - value * 20, x + 62, 690), TEAL if best else (143, 189, 200), 6)
        page.text(x + 31, 676 - value * 20, f"{value:.1f}", 22, INK, anchor="ms")
        page.text(x + 31, 730, month, 26, anchor="ms")
    return page.image


def _shop(button: tuple[int, Colour], delivery: str, total: str, banner: str) -> Image.Image:
    """A checkout page of a web shop; before and after differ as versions of a page do."""
    page = Sheet(1280, 860, (246, 248, 249))
    page.box((0, 0, 1280, 84), WHITE)
    page.text(60, 56, "Finch Paper Goods", 34, TEAL, bold=1)
    for number, words in enumerate(("Shop", "Offers", "Help", "Basket (3)")):
        page.text(720 + 130 * number, 54, words, 26)
    page.box((60, 120, 1220, 184), (228, 241, 244), 10)
    page.text(84, 162, banner, 26, TEAL)
    page.box((60, 216, 780, 800), WHITE, 14, LINE)
    page.text(96, 276, "Your basket", 34, bold=1)
    rows = (
        ("Notebook, dotted", "2", "17.00"),
        ("Fountain pen, fine", "1", "34.50"),
        ("Ink, harbour blue", "3", "27.00"),
    )
    for number, (name, count, price) in enumerate(rows):
        y = 356 + 130 * number
        page.box((96, y - 44, 186, y + 46), [(233, 226, 214), (214, 224, 233), (196, 214, 226)][number], 10)
        page.text(214, y + 2, name, 28)
        page.text(214, y + 40, f"Quantity {count}", 24, GREY)
        page.text(744, y + 10, price, 28, anchor="rs")
        page.rule(96, y + 66, 744)
    page.box((820, 216, 1220, 800), WHITE, 14, LINE)
    page.text(852, 276, "Summary", 34, bold=1)
    for number, (name, value) in enumerate((("Subtotal", "78.50"), ("Delivery", delivery), ("Total", total))):
        page.text(852, 350 + 56 * number, name, 28, bold=int(number == 2))
        page.text(1188, 350 + 56 * number, value, 28, anchor="rs", bold=int(number == 2))
    top, colour = button
    page.box((852, top, 1188, top + 72), colour, 36)
    page.text(1020, top + 47, "Check out", 30, WHITE, anchor="ms", bold=1)
    return page.image


def before() -> Image.Image:
    return _shop((540, (170, 120, 40)), "4.95", "83.45", "Free delivery from 80.00")


def after() -> Image.Image:
    return _shop((520, TEAL), "0.00", "78.50", "Free delivery from 75.00")


def scene() -> Image.Image:
    """A harbour in the evening, like a photo: soft light, haze, grain."""
    width, height, horizon = 1400, 930, 520
    sky = _gradient((width, horizon), ((92, 124, 168), (236, 178, 132), (252, 222, 178)))
    sea = _gradient((width, height - horizon), ((214, 168, 132), (96, 118, 140), (34, 62, 88)))
    image = Image.new("RGB", (width, height))
    image.paste(sky, (0, 0))
    image.paste(sea, (0, horizon))
    pen = ImageDraw.Draw(image)
    pen.ellipse((980, 380, 1080, 480), (255, 240, 206))
    hills = [
        (x, horizon - 46 - int(34 * math.sin(x / 130) + 22 * math.sin(x / 47 + 2))) for x in range(0, width + 10, 10)
    ]
    pen.polygon([(0, horizon), *hills, (width, horizon)], (112, 116, 138))
    image = image.filter(ImageFilter.GaussianBlur(3))
    pen = ImageDraw.Draw(image)
    rng = random.Random(11)  # noqa: S311 - waves
    for _ in range(900):
        y = horizon + int((height - horizon) * rng.random() ** 0.7)
        length = 6 + (y - horizon) // 8
        x = rng.gauss(1030, 120 + (y - horizon)) if rng.random() < 0.55 else rng.uniform(0, width)
        glow = max(0, 90 - int(abs(x - 1030) / 4))
        pen.line((x - length, y, x + length, y), (120 + glow, 128 + glow // 2, 140), 2)
    for x, y, size, sail in (
        (250, 640, 1.3, (238, 232, 220)),
        (560, 585, 0.8, (196, 84, 62)),
        (1180, 720, 1.7, (232, 226, 214)),
    ):
        _boat(pen, x, y, size, sail)
    _lighthouse(pen, 800, horizon - 6)
    # Pillow's own noise cannot be seeded, and the same script must draw the same picture.
    grain = Image.frombytes("L", (width, height), rng.randbytes(width * height))
    grain = grain.point([128 + (value - 128) // 8 for value in range(256)]).convert("RGB")
    return Image.blend(image.filter(ImageFilter.GaussianBlur(0.7)), ImageChops.overlay(image, grain), 0.35)


def _gradient(size: tuple[int, int], colours: Sequence[Colour]) -> Image.Image:
    """From top to bottom through ``colours``."""
    band = Image.new("RGB", (1, len(colours)))
    for number, colour in enumerate(colours):
        band.putpixel((0, number), colour)
    return band.resize(size, Image.Resampling.BICUBIC)


def _boat(pen: ImageDraw.ImageDraw, x: float, y: float, size: float, sail: Colour) -> None:
    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + size * dx, y + size * dy) for dx, dy in points]

    pen.polygon(at((-70, 0), (74, 0), (48, 30), (-50, 30)), (54, 46, 48))
    pen.line(at((0, 0), (0, -150)), (60, 52, 50), max(2, int(4 * size)))
    pen.polygon(at((6, -146), (6, -12), (70, -12)), sail)
    pen.polygon(at((-6, -120), (-6, -12), (-52, -12)), sail)
    pen.polygon(at((-50, 34), (48, 34), (26, 60), (-30, 60)), (72, 84, 100))


def _lighthouse(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    pen.polygon([(x - 22, y), (x + 22, y), (x + 14, y - 130), (x - 14, y - 130)], (236, 230, 222))
    for number in (0, 2):
        top = y - 30 - 40 * number
        pen.polygon(
            [(x - 20 + number, top), (x + 20 - number, top), (x + 18 - number, top - 34), (x - 18 + number, top - 34)],
            (176, 62, 52),
        )
    pen.rectangle((x - 12, y - 156, x + 12, y - 130), (252, 232, 170))
    pen.polygon([(x - 18, y - 156), (x + 18, y - 156), (x, y - 178)], (80, 62, 60))


DRAWINGS = {
    "receipt.jpg": receipt,
    "invoice.png": invoice,
    "card.png": card,
    "form.png": form,
    "chart.png": chart,
    "before.png": before,
    "after.png": after,
    "scene.jpg": scene,
}


def draw(folder: Path) -> None:
    """Writes every sample into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in DRAWINGS.items():
        if name.endswith(".jpg"):
            drawing().save(folder / name, quality=86)
        else:
            drawing().quantize(128).save(folder / name, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
