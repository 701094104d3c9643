"""The sample of a form that somebody filled in. The club and the person are invented."""

from __future__ import annotations

import math

from PIL import Image

from vision.samples.pen import GREY, INK, TEAL, Sheet


def form() -> Image.Image:
    """A form of a club, filled in with blue ink and signed."""
    page = Sheet(1240, 1500)
    ink = (28, 62, 140)
    page.text(100, 130, "Harbour Rowing Club", 34, TEAL, bold=1)
    page.text(1140, 130, "No 2026-0412", 28, ink, anchor="rs")
    page.text(100, 210, "Application for membership", 52, bold=1)
    page.text(100, 262, "Please fill in every line that applies to you, and sign below.", 24, GREY)
    lines = (
        ("First name", "Tomas"),
        ("Family name", "Lindqvist"),
        ("Date of birth", "14/03/1988"),
        ("Street and number", "8 Ropewalk"),
        ("Postcode and place", "BS1 6WN Bristol"),
        ("E-mail", "tomas.lindqvist@harbour.example"),
        ("Telephone", "+44 117 496 0127"),
        ("Member of another club", ""),
    )
    for number, (label, value) in enumerate(lines):
        y = 350 + 78 * number
        page.text(100, y, label, 28)
        page.text(470, y, value, 32, ink)
        page.rule(460, y + 14, 1140, GREY)
    boxes = (
        ("Sculling", True),
        ("Sweep rowing", False),
        ("I can swim 200 metres", True),
        ("Send me the newsletter", False),
    )
    page.text(100, 1010, "Please tick", 28, bold=1)
    for number, (label, ticked) in enumerate(boxes):
        x, y = 100 + 520 * (number % 2), 1040 + 70 * (number // 2)
        page.box((x, y, x + 36, y + 36), None, 4, INK)
        if ticked:
            page.pen.line([(x + 6, y + 18), (x + 15, y + 29), (x + 33, y - 4)], ink, 5)
        page.text(x + 56, y + 30, label, 28)
    page.text(100, 1320, "18/11/2026", 32, ink)
    page.rule(100, 1336, 420, GREY)
    page.text(100, 1372, "Date", 24, GREY)
    curve = [(640 + 3.1 * step, 1296 - 34 * math.sin(step / 7) * math.cos(step / 23) - step / 9) for step in range(120)]
    page.pen.line(curve, ink, 4, "curve")
    page.rule(600, 1336, 1140, GREY)
    page.text(600, 1372, "Signature", 24, GREY)
    return page.image
