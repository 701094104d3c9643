"""PDF pages: the right one, upright, on white, at a bounded size."""

from __future__ import annotations

import contextlib

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.images.documents import A4, Size, pdf, raw_pdf
from tests.images.making import LIMITS, decoded
from vision.errors import PictureError
from vision.images.limits import OpenLimits
from vision.images.opening import open_picture, page_count


def reason(data: bytes, page: int = 1, limits: OpenLimits = LIMITS) -> str:
    with pytest.raises(PictureError) as refused:
        open_picture(data, "letter.pdf", limits, page=page)
    assert "“letter.pdf”" in str(refused.value)
    return refused.value.reason


def test_a_page_is_picked() -> None:
    data = pdf(pages=3)
    assert page_count(data, "letter.pdf", LIMITS) == 3
    opened = open_picture(data, "letter.pdf", LIMITS, page=2)
    picture = opened.picture
    assert (picture.format, picture.page, picture.pages, picture.notes) == ("PDF", 2, 3, ("page 2 of 3",))
    assert opened.master is not None
    image = decoded(opened.master)
    assert image.size == (picture.width, picture.height)
    # The red bar is 40 points wide on page 2, in the bottom left corner; the page itself is white.
    scale = image.width / A4[0]
    bottom = image.height - 20 * scale
    assert image.getpixel((int(45 * scale), int(bottom))) == (204, 0, 0)
    assert image.getpixel((int(55 * scale), int(bottom))) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        (A4, (2120, 3000)),
        ((14400.0, 14400.0), (3000, 3000)),
        ((252.0, 144.0), (1500, 858)),
        ((2.0, 2.0), (1500, 1500)),
        ((432.0, 288.0), (1800, 1200)),
    ],
)
def test_pages_are_rendered_to_a_bounded_size(size: Size, pixels: tuple[int, int]) -> None:
    picture = open_picture(pdf(size), "x", LIMITS).picture
    assert (picture.width, picture.height) == pixels


def test_the_bound_can_be_set() -> None:
    picture = open_picture(pdf((14400, 7200)), "x", OpenLimits(page_edge=800)).picture
    assert (picture.width, picture.height) == (800, 400)


def test_a_turned_page_is_upright() -> None:
    def turned(canvas: Canvas, page: int) -> None:
        canvas.setPageRotation(90)
        canvas.rect(10, 10, 50, 50, fill=1)

    data = pdf((600, 300), draw=turned)
    assert b"/MediaBox [ 0 0 300 600 ]" in data
    assert b"/Rotate 90" in data
    picture = open_picture(data, "x", LIMITS).picture
    assert picture.width == 2 * picture.height


def test_filled_in_form_fields_are_shown() -> None:
    def form(canvas: Canvas, page: int) -> None:
        canvas.acroForm.textfield(
            name="a", value="FILLED", x=20, y=20, width=160, height=40, fillColor=None, borderWidth=0, fontSize=30
        )

    opened = open_picture(pdf((200, 100), draw=form), "x", LIMITS)
    assert opened.master is not None
    dark = sum(decoded(opened.master).convert("L").histogram()[:64])
    assert dark > 1000


def test_a_password_is_asked_for_in_words() -> None:
    assert reason(pdf(password="secret")) == "encrypted"
    # Encrypted against changes only: everybody may read it.
    assert open_picture(pdf(password=""), "x", LIMITS).picture.format == "PDF"
    with pytest.raises(PictureError, match="password"):
        page_count(pdf(password="secret"), "x", LIMITS)


def test_too_many_pages() -> None:
    assert reason(pdf(pages=6), limits=OpenLimits(max_pages=5)) == "too_many_pages"
    assert open_picture(pdf(pages=5), "x", OpenLimits(max_pages=5), page=5).picture.pages == 5
    with pytest.raises(PictureError, match="more than 5 pages"):
        page_count(pdf(pages=6), "x", OpenLimits(max_pages=5))


def test_a_page_that_is_not_there() -> None:
    assert reason(pdf(pages=2), page=3) == "page_out_of_range"
    assert reason(pdf(pages=2), page=0) == "page_out_of_range"


def test_strips_are_refused() -> None:
    assert reason(pdf((14400, 10))) == "too_thin"


@pytest.mark.parametrize(
    "box", ["0 0 0 0", "0 0 9e37 9e37", "nan nan nan nan", "5 5 5 400", "0 0 1e-9 1e-9", "400 400 0 0"]
)
def test_a_page_of_a_strange_size_opens_bounded_or_is_refused(box: str) -> None:
    data = raw_pdf(box, b"10 10 50 50 re f")
    with contextlib.suppress(PictureError):
        picture = open_picture(data, "letter.pdf", LIMITS).picture
        assert 0 < max(picture.width, picture.height) <= LIMITS.page_edge


@pytest.mark.parametrize("data", [pdf()[:900], b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 40])
def test_damaged_documents(data: bytes) -> None:
    assert reason(data) == "damaged"


def test_what_stands_before_the_header_does_not_matter() -> None:
    assert open_picture(b"\r\n\r\n" + pdf(), "x", LIMITS).picture.format == "PDF"
