"""Copies that show places: framed on the whole picture, or cut out."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops

from vision.images.marking import INK, LEAST_SIDE, LOSSLESS_PIXELS, Place, cut_out, marked

PINK = tuple(bytes.fromhex(INK[1:]))


def drawn(size: tuple[int, int], colour: str = "#204060") -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, colour)
    image.paste((250, 200, 0), (100, 100, 140, 120))
    image.save(out, "PNG")
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def count(image: Image.Image, colour: tuple[int, ...], box: tuple[int, int, int, int] | None = None) -> int:
    part = image.crop(box) if box else image
    return sum(number for number, found in part.getcolors(1 << 24) or [] if found == colour)


def test_a_frame_lies_around_the_place_and_hides_nothing_of_it() -> None:
    source = drawn((640, 400))
    image = opened(marked(source, [Place(3, (100, 100, 140, 120))]))
    assert image.size == (640, 400)
    inside = (100, 100, 140, 120)
    assert ImageChops.difference(image.crop(inside), opened(source).crop(inside)).getbbox() is None
    assert count(image, PINK, (80, 60, 170, 140)) > 100
    assert count(image, PINK, (200, 0, 640, 400)) == 0


@pytest.mark.parametrize("box", [(0, 0, 20, 20), (620, 380, 640, 400), (0, 0, 640, 400), (0, 0, 10, 400)])
def test_a_tag_stays_on_the_picture(box: tuple[int, int, int, int]) -> None:
    image = opened(marked(drawn((640, 400)), [Place(12, box)]))
    assert count(image, PINK) > 200


def test_the_same_places_give_the_same_bytes_and_others_do_not() -> None:
    source = drawn((300, 200))
    one = marked(source, [Place(1, (10, 10, 50, 50))])
    assert one == marked(source, [Place(1, (10, 10, 50, 50))])
    assert one != marked(source, [Place(2, (10, 10, 50, 50))])


def test_a_large_picture_becomes_a_jpeg() -> None:
    data = marked(drawn((LOSSLESS_PIXELS // 1000, 1001)), [Place(1, (100, 100, 140, 120))])
    assert data.startswith(b"\xff\xd8")


def test_small_places_are_cut_out_larger_with_their_surroundings() -> None:
    image = opened(cut_out(drawn((640, 400)), [Place(1, (100, 100, 140, 120)), Place(2, (300, 300, 500, 380))]))
    assert image.width > 2 * LEAST_SIDE
    assert count(image, (250, 200, 0)) > 40 * 20 * 2  # enlarged
    assert count(image, (32, 64, 96)) > 1000  # what is around it


def test_many_cut_outs_stand_in_rows() -> None:
    places = [Place(number, (10 * number, 10, 10 * number + 200, 110)) for number in range(1, 11)]
    image = opened(cut_out(drawn((640, 400)), places))
    assert image.width <= 1400
    assert image.height > 2 * 100


def test_nothing_to_cut_out_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        cut_out(drawn((100, 100)), [])
