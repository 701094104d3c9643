"""Planted changes are found where they are and nowhere else; noise, place and size alone are no difference."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from tests.comparing import drawing
from tests.comparing.drawing import Box, jpeg, moved, page, photo, png, screen, tinted
from vision.comparing.difference import Difference, Stopped, difference

# As many as fit into a few seconds, the same in every run.
FEW = settings(max_examples=4, deadline=None, derandomize=True)
MANY = settings(max_examples=60, deadline=None, derandomize=True)
SCALES = st.floats(0.98, 1.02)
MOVES = st.integers(-3, 3)
QUALITIES = st.integers(60, 95)
SEEDS = st.integers(1, 50)
DRAWN: dict[str, Callable[[int], Image.Image]] = {"screen": screen, "page": page, "photo": photo}

_BUTTON: Box = (
    drawing.BUTTON_AT[0],
    drawing.BUTTON_AT[1],
    drawing.BUTTON_AT[0] + drawing.BUTTON[0],
    drawing.BUTTON_MOVED[1] + drawing.BUTTON[1],
)
_PLANTED: dict[str, tuple[Callable[[int], tuple[Image.Image, Image.Image]], Box]] = {
    "digit on a screen": (lambda seed: (screen(seed), screen(seed, digit="8")), drawing.TOTAL),
    "moved button": (lambda seed: (screen(seed), screen(seed, button=drawing.BUTTON_MOVED)), _BUTTON),
    "colour of a banner": (lambda seed: (screen(seed), screen(seed, banner=(240, 235, 222))), drawing.BANNER),
    "digit on a page": (lambda seed: (page(seed), page(seed, digit="8")), drawing.SUM),
    "thing in a photo": (lambda seed: (photo(seed), photo(seed, patch=(210, 40, 50))), drawing.PATCH),
    "tint in a photo": (lambda seed: (photo(seed), tinted(photo(seed), drawing.PATCH, (22, -12, 4))), drawing.PATCH),
}


def compared(a: Image.Image, b: Image.Image, quality: int | None = None) -> Difference:
    return difference(png(a), a.size, jpeg(b, quality) if quality else png(b), b.size)


def inside(box: Box, around: Box, rim: float = 12) -> bool:
    return (
        box[0] >= around[0] - rim
        and box[1] >= around[1] - rim
        and box[2] <= around[2] + rim
        and box[3] <= around[3] + rim
    )


@pytest.mark.parametrize("planted", _PLANTED)
@given(seed=SEEDS, scale=SCALES, right=MOVES, down=MOVES, quality=QUALITIES)
@FEW
def test_a_planted_change_is_found_and_nothing_else(
    planted: str, seed: int, scale: float, right: int, down: int, quality: int
) -> None:
    _found_and_nothing_else(planted, seed, scale, right, down, quality)


@pytest.mark.long
@pytest.mark.parametrize("planted", _PLANTED)
@given(seed=SEEDS, scale=SCALES, right=MOVES, down=MOVES, quality=QUALITIES)
@MANY
def test_many_planted_changes(planted: str, seed: int, scale: float, right: int, down: int, quality: int) -> None:
    _found_and_nothing_else(planted, seed, scale, right, down, quality)


def _found_and_nothing_else(planted: str, seed: int, scale: float, right: int, down: int, quality: int) -> None:
    make, box = _PLANTED[planted]
    before, after = make(seed)
    found = compared(before, moved(after, scale, right, down), quality)
    assert found.registration.good
    assert found.regions
    assert not found.same
    assert not found.tone
    in_b = tuple(round(value * scale) + (down if at % 2 else right) for at, value in enumerate(box))
    assert all(inside(region.box_a, box) for region in found.regions)
    assert all(inside(region.box_b, (in_b[0], in_b[1], in_b[2], in_b[3])) for region in found.regions)
    assert found.percent is not None
    assert 0 < found.percent < 10


@pytest.mark.parametrize("kind", DRAWN)
@given(seed=SEEDS, quality=QUALITIES, grain=st.floats(0, 20))
@FEW
def test_the_noise_of_compression_is_no_difference(kind: str, seed: int, quality: int, grain: float) -> None:
    before = photo(seed, grain=grain) if kind == "photo" else DRAWN[kind](seed)
    found = compared(before, before, quality)
    assert found.regions == ()
    assert found.percent == 0
    assert found.same
    assert found.registration.words == "the same size and place"


@pytest.mark.parametrize("kind", DRAWN)
@given(seed=SEEDS, scale=SCALES, right=MOVES, down=MOVES, quality=st.one_of(st.none(), QUALITIES))
@FEW
def test_place_and_size_alone_are_no_difference(
    kind: str, seed: int, scale: float, right: int, down: int, quality: int | None
) -> None:
    _no_difference(kind, seed, scale, right, down, quality)


@pytest.mark.long
@pytest.mark.parametrize("kind", DRAWN)
@given(seed=SEEDS, scale=SCALES, right=MOVES, down=MOVES, quality=st.one_of(st.none(), QUALITIES))
@MANY
def test_many_places_and_sizes(kind: str, seed: int, scale: float, right: int, down: int, quality: int | None) -> None:
    _no_difference(kind, seed, scale, right, down, quality)


def _no_difference(kind: str, seed: int, scale: float, right: int, down: int, quality: int | None) -> None:
    before = DRAWN[kind](seed)
    found = compared(before, moved(before, scale, right, down), quality)
    assert found.regions == ()
    assert found.same
    placing = found.registration
    assert placing.good
    for x, y in ((0, 0), before.size):  # B's corners are put where they belong
        assert (x * scale + right) * placing.scale + placing.dx == pytest.approx(x, abs=0.8)
        assert (y * scale + down) * placing.scale + placing.dy == pytest.approx(y, abs=0.8)


@given(seed=SEEDS, scale=SCALES, right=MOVES, down=MOVES)
@FEW
def test_the_other_way_round_it_differs_as_much(seed: int, scale: float, right: int, down: int) -> None:
    before, after = screen(seed), moved(screen(seed, button=drawing.BUTTON_MOVED), scale, right, down)
    one, two = compared(before, after), compared(after, before)
    assert one.percent == pytest.approx(two.percent, rel=0.1)
    assert len(one.regions) == len(two.regions)


@pytest.mark.parametrize(
    ("kind", "factor"),
    [(kind, factor) for kind in DRAWN for factor in (0.85, 1.1) if kind != "page" or factor < 1],  # paper is white
)
def test_a_change_of_the_whole_picture_is_said_in_words(kind: str, factor: float) -> None:
    before = DRAWN[kind](1)
    found = compared(before, ImageEnhance.Brightness(before).enhance(factor))
    assert found.tone == f"the whole of B is {'lighter' if factor > 1 else 'darker'}"
    assert not found.same
    assert found.percent is not None
    assert found.percent < 3


def test_besides_a_change_of_the_whole_picture_a_digit_is_still_found() -> None:
    found = compared(screen(), ImageEnhance.Brightness(screen(digit="8")).enhance(0.85))
    assert found.tone
    assert len(found.regions) == 1
    assert inside(found.regions[0].box_a, drawing.TOTAL)


def test_a_large_area_that_changes_is_not_taken_for_the_whole() -> None:
    found = compared(screen(), screen(banner=(160, 200, 215)))
    assert not found.tone
    assert len(found.regions) == 1


def test_colours_of_the_same_brightness_are_told_apart() -> None:
    plain = screen()
    red, green = (231, 151, 151), (151, 192, 151)
    one, two = plain.copy(), plain.copy()
    one.paste(red, (480, 200, 540, 240))
    two.paste(green, (480, 200, 540, 240))
    assert abs(one.convert("L").getpixel((500, 220)) - two.convert("L").getpixel((500, 220))) <= 2  # type: ignore[operator]
    found = compared(one, two)
    assert [inside(region.box_a, (480, 200, 540, 240)) for region in found.regions] == [True]


def test_identical_bytes_need_no_look() -> None:
    data = png(screen())
    found = difference(data, drawing.SCREEN, data, drawing.SCREEN)
    assert found.same
    assert found.percent == 0
    assert heat_of(found).size == drawing.SCREEN


def test_a_crop_is_found_in_the_whole_and_enlarged_too() -> None:
    whole = photo()
    crop = whole.crop((160, 120, 510, 400))
    found = compared(whole, crop.resize((700, 560), Image.Resampling.BICUBIC))
    assert found.registration.scale == pytest.approx(0.5, abs=0.002)
    assert found.registration.dx == pytest.approx(160, abs=1)
    assert found.registration.dy == pytest.approx(120, abs=1)
    assert found.registration.words.startswith("B is 2 times as large, ")
    assert found.registration.words.endswith("B shows 32 % of A")
    assert found.same


@pytest.mark.parametrize("kind", ["screen and photo", "two photos"])
def test_pictures_of_different_things_are_said_to_be_that(kind: str) -> None:
    one = photo(3) if kind == "two photos" else screen().resize(drawing.PHOTO)
    found = compared(one, photo(1))
    assert not found.registration.good
    assert found.registration.words == "could not be laid over each other: they seem to show different things"
    assert found.regions == ()
    assert found.percent is not None
    assert found.percent > 50


def test_different_things_in_different_shapes_are_not_compared() -> None:
    found = compared(screen(), photo(1).crop((0, 0, 150, 480)))
    assert not found.registration.good
    assert found.registration.words == "could not be laid over each other: nothing was found that both show"
    assert found.percent is None
    assert not found.same
    assert heat_of(found).getchannel("A").getextrema() == (0, 0)


def test_blank_pages_are_the_same_and_a_written_one_is_not() -> None:
    blank = Image.new("RGB", drawing.PAGE, "white")
    assert compared(blank, blank, 80).same
    twice = compared(blank, Image.new("RGB", (1240, 1600), "white"))
    assert twice.same
    assert twice.registration.words == "B is 2 times as large"
    written = compared(blank, page())
    assert not written.same
    assert written.regions


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (8, 8), (33, 20), (600, 4), (4, 600)])
def test_tiny_and_thin_pictures(size: tuple[int, int]) -> None:
    black, white = Image.new("RGB", size, "black"), Image.new("RGB", size, "white")
    assert compared(black, black, 95).same
    found = compared(black, white)
    assert not found.same
    assert found.percent == 100 or found.tone
    for region in found.regions:
        left, top, right, bottom = region.box_a
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]


def test_the_heat_lies_on_what_differs_and_nowhere_else() -> None:
    found = compared(screen(), screen(button=drawing.BUTTON_MOVED))
    heat = heat_of(found)
    assert heat.size == drawing.SCREEN
    box = heat.getchannel("A").getbbox()
    assert box is not None
    assert inside(box, _BUTTON)
    covered = np.asarray(heat.getchannel("A")) > 0
    assert found.percent == pytest.approx(100 * covered.mean(), abs=0.01)


def test_the_same_bytes_give_the_same_result() -> None:
    before, after = screen(), moved(screen(digit="8"), 1.013, 2, -1)
    assert compared(before, after, 70) == compared(before, after, 70)


def test_many_places_become_at_most_fifty() -> None:
    before = Image.new("RGB", (1200, 900), "white")
    after = before.copy()
    for x in range(20, 1180, 40):
        for y in range(20, 880, 40):
            after.paste((0, 0, 0), (x, y, x + 6, y + 6))
    found = compared(before, after)
    assert 0 < len(found.regions) <= 50
    assert sum(region.share for region in found.regions) == pytest.approx((found.percent or 0) / 100, abs=1e-6)


def test_print_enlarged_from_elsewhere_is_never_laid_over_wrongly() -> None:
    whole = page(1)
    crop = page(2).crop((100, 150, 450, 400)).resize((525, 375), Image.Resampling.BICUBIC)
    found = compared(whole, crop)
    assert not found.registration.good
    assert found.percent is None


def test_the_door_alone_loads_no_mathematics() -> None:
    check = "import sys, vision.comparing.difference; print({'numpy', 'scipy', 'skimage'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_it_ends_when_nobody_wants_it() -> None:
    asked = []

    def stopped() -> bool:
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(Stopped):
        difference(png(screen()), drawing.SCREEN, png(screen(2)), drawing.SCREEN, stopped=stopped)
    assert len(asked) == 3


def heat_of(found: Difference) -> Image.Image:
    return Image.open(io.BytesIO(found.heat)).convert("RGBA")
