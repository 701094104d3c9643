"""Barcodes and QR codes on a picture, read by zxing-cpp."""

from __future__ import annotations

from PIL import Image

from vision.reader.reading import Code, box_of, scaled

CODE_AREA = 6_000_000  # pixels: small codes need more than print does; what is larger is reduced to it


def read_codes(image: Image.Image, factor: tuple[float, float] = (1.0, 1.0)) -> list[Code]:
    """Every code on ``image`` with its text; boxes are its pixels times ``factor`` (x, y)."""
    import numpy as np  # noqa: PLC0415
    import zxingcpp  # noqa: PLC0415

    width, height = image.size
    scale = min(1.0, (CODE_AREA / (width * height)) ** 0.5)
    if scale < 1:
        image = image.resize((max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BOX)
    grey = image.convert("L")
    found = []
    for barcode in zxingcpp.read_barcodes(np.asarray(grey)):
        at = barcode.position
        a, b, c, d = [
            (point.x / scale, point.y / scale) for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        ]
        if barcode.text:
            found.append(Code(barcode.text, str(barcode.format), box_of(scaled((a, b, c, d), factor))))
    return found
