"""PDF files for tests, by reportlab."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

A4 = (595.0, 842.0)
Size = tuple[float, float]


def pdf(
    size: Size = A4, pages: int = 1, draw: Callable[[Canvas, int], None] | None = None, password: str | None = None
) -> bytes:
    """A PDF whose ``size`` is in points (1/72 inch). ``draw`` gets the canvas and the number of the page."""
    out = io.BytesIO()
    locked = None if password is None else StandardEncryption(password, ownerPassword="owner")
    canvas = Canvas(out, pagesize=size, encrypt=locked, invariant=True)
    for page in range(1, pages + 1):
        (draw or _numbered)(canvas, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _numbered(canvas: Canvas, page: int) -> None:
    canvas.setFillColorRGB(0.8, 0, 0)
    canvas.rect(10, 10, 20 * page, 20, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(20, 60, f"Page {page}")


def raw_pdf(media_box: str, content: bytes = b"", image: bytes = b"") -> bytes:
    """A PDF of one page, written by hand where reportlab would not go."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox["
        + media_box.encode()
        + b"]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream",
        image or b"null",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


def pdf_with_picture(width: int, height: int) -> bytes:
    """A page that shows one black RGB picture of so many pixels: a few kilobytes for gigabytes of pixels."""
    packer = zlib.compressobj(1)
    rows = bytes(width * 3) * 100
    packed = b"".join(packer.compress(rows) for _ in range(height // 100)) + packer.flush()
    packed_twice = zlib.compress(packed, 9)
    head = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB" % (width, height)
    head += b"/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(packed_twice)
    return raw_pdf("0 0 600 800", b"600 0 0 800 0 0 cm /I Do", head + packed_twice + b"\nendstream")
