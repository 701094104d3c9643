"""The sheet that samples are drawn on, with its pen and colours."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
INK: Colour = (34, 38, 44)
GREY: Colour = (110, 118, 128)
LINE: Colour = (214, 220, 226)
TEAL: Colour = (11, 106, 127)
WHITE: Colour = (255, 255, 255)


class Sheet:
    """A white sheet with a pen: text with an anchor, lines, filled boxes."""

    def __init__(self, width: int, height: int, paper: Colour = WHITE) -> None:
        self.image = Image.new("RGB", (width, height), paper)
        self.pen = ImageDraw.Draw(self.image)

    def text(  # noqa: PLR0917 - a pen is called often
        self, x: float, y: float, words: str, size: float = 26, colour: Colour = INK, anchor: str = "ls", bold: int = 0
    ) -> None:
        font = ImageFont.load_default(size=size)
        self.pen.text((x, y), words, colour, font, anchor=anchor, stroke_width=bold, stroke_fill=colour)

    def rule(self, x0: float, y: float, x1: float, colour: Colour = LINE, width: int = 2) -> None:
        self.pen.line((x0, y, x1, y), colour, width)

    def box(
        self, box: tuple[float, float, float, float], fill: Colour | None, radius: int = 0, edge: Colour | None = None
    ) -> None:
        self.pen.rounded_rectangle(box, radius, fill, edge, 2 if edge else 0)
