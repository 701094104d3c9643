"""JPEG or PNG, and whether small print survives: rendered text before and after."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.images.making import decoded
from vision.images.encoding import (
    JPEG,
    LADDER_QUALITIES,
    PHOTO_QUALITY,
    PNG,
    WISHED_QUALITIES,
    drawn,
    encode_drawn,
    encode_photo,
)

LARGE = 10_000_000
INKS = ((0, 0, 0), (200, 0, 0), (0, 0, 200), (120, 120, 120))


def printed(size: tuple[int, int] = (800, 600), ground: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    """Lines of 9-pixel print in four inks."""
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(9)
    for number, top in enumerate(range(6, size[1] - 12, 13)):
        text = "  ".join(f"Item {number:03d}-{column} 8.60 EUR I1l0O" for column in range(6))
        draw.text((6, top), text, font=font, fill=INKS[number % len(INKS)])
    return image


def noisy(image: Image.Image, strength: float) -> Image.Image:
    noise = np.random.default_rng(3).normal(0, strength, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def screenshot() -> Image.Image:
    """Panels, a bar and some print: mostly empty, as windows are."""
    image = Image.new("RGB", (900, 600), (250, 250, 252))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 900, 40), fill=(30, 60, 120))
    draw.rectangle((0, 40, 200, 600), fill=(235, 238, 244))
    font = ImageFont.load_default(11)
    for row in range(20):
        draw.text((220, 60 + row * 24), f"Order {4700 + row}   delivered   {row}.50 EUR", font=font, fill=(40, 40, 60))
    return image


def likeness(one: Image.Image, other: Image.Image) -> float:
    """PSNR in dB."""
    error = np.asarray(one.convert("RGB"), dtype=float) - np.asarray(other.convert("RGB"), dtype=float)
    return float(10 * np.log10(255**2 / max(1e-9, float(np.mean(error**2)))))


def contrast_kept(one: Image.Image, other: Image.Image) -> float:
    """How much of the brightness of ``one``'s strokes is in ``other``: 1 is all, in the right places."""
    before = np.asarray(one.convert("L"), dtype=float)
    after = np.asarray(other.convert("L"), dtype=float)
    before, after = before - before.mean(), after - after.mean()
    return float((before * after).sum() / (before * before).sum())


def test_drawn_tells_screens_from_photos() -> None:
    assert drawn(screenshot().convert("L"))
    assert drawn(screenshot().resize((611, 407), Image.Resampling.LANCZOS).convert("L"))
    assert not drawn(noisy(screenshot(), 4).convert("L"))
    assert not drawn(noisy(Image.new("RGB", (500, 400), (90, 120, 200)), 2).convert("L"))
    assert not drawn(Image.new("L", (1, 500)))
    assert drawn(Image.new("L", (500, 1)))


def test_a_drawing_loses_nothing_when_png_is_smaller() -> None:
    for image in (screenshot(), printed()):
        sent = encode_drawn(image, LARGE)
        assert sent is not None
        jpeg = encode_photo(image, LARGE)
        assert jpeg is not None
        if sent.mime == PNG:
            assert decoded(sent.data).tobytes() == image.tobytes()
    assert encode_drawn(screenshot(), LARGE).mime == PNG  # type: ignore[union-attr]


def test_a_smooth_drawing_is_jpeg_with_its_colours_sharp() -> None:
    soft = Image.merge("RGB", [Image.radial_gradient("L").resize((700, 700), Image.Resampling.BICUBIC)] * 3)
    soft.paste(printed((300, 200)), (50, 50))
    soft = soft.filter(ImageFilter.GaussianBlur(0.6))
    sent = encode_drawn(soft, LARGE)
    assert sent is not None
    assert sent.mime == JPEG
    assert sampling(sent.data) == (1, 1)
    assert contrast_kept(soft, decoded(sent.data)) > 0.99


def sampling(data: bytes) -> tuple[int, int]:
    image = Image.open(io.BytesIO(data))
    layer = image.layer[0]  # type: ignore[attr-defined]
    return layer[1], layer[2]


@pytest.mark.parametrize("strength", [2.0, 5.0])
def test_small_print_in_a_photo_keeps_its_contrast(strength: float) -> None:
    photo = noisy(printed(ground=(205, 200, 190)), strength)
    sent = encode_photo(photo, LARGE)
    assert sent is not None
    assert sent.mime == JPEG
    assert sampling(sent.data) == (2, 2)
    assert contrast_kept(photo, decoded(sent.data)) > 0.97


def test_small_print_on_a_flat_ground_keeps_its_contrast_and_its_colour() -> None:
    page = printed()
    sent = encode_drawn(page, LARGE)
    assert sent is not None
    assert contrast_kept(page, decoded(sent.data)) > 0.99
    assert likeness(page, decoded(sent.data)) > 30


def test_the_ladder_goes_down_one_step_at_a_time() -> None:
    photo = noisy(printed(), 6)
    first = encode_photo(photo, LARGE)
    assert first is not None
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=PHOTO_QUALITY)
    assert first.data == out.getvalue()
    sizes = []
    limit = len(first.data)
    for _ in range(8):
        step = encode_photo(photo, limit)
        assert step is not None
        assert len(step.data) <= limit
        sizes.append(step.size)
        limit = len(step.data) - 1
    # Coarser first, then smaller.
    assert sizes[: len(LADDER_QUALITIES)] == [photo.size] * len(LADDER_QUALITIES)
    assert sizes[len(LADDER_QUALITIES) :] == sorted(set(sizes[len(LADDER_QUALITIES) :]), reverse=True)


def test_a_wish_makes_a_photo_coarser_and_never_smaller() -> None:
    photo = noisy(printed(), 6)
    at = {}
    for quality in WISHED_QUALITIES:
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=quality)
        at[quality] = out.getvalue()

    def sent(wished: int, most: int = LARGE) -> bytes:
        found = encode_photo(photo, most, wished)
        assert found is not None
        assert found.size == photo.size
        return found.data

    assert sent(len(at[85])) == at[85]  # met: as without a wish
    assert sent(len(at[85]) - 1) == at[80]
    assert sent(len(at[80]) - 1) == at[75]
    assert sent(1) == at[75]  # as near as it comes
    assert len(sent(LARGE, len(at[75]) - 1)) < len(at[75])  # a limit is more than a wish


def test_a_drawing_over_the_limit_goes_down_the_same_ladder() -> None:
    page = printed()
    whole = encode_drawn(page, LARGE)
    assert whole is not None
    less = encode_drawn(page, len(whole.data) // 2)
    assert less is not None
    assert less.mime == JPEG
    assert len(less.data) <= len(whole.data) // 2


def test_no_limit_is_stretched() -> None:
    assert encode_photo(noisy(printed(), 6), 300) is None
    assert encode_photo(Image.new("RGB", (1, 1)), 100) is None


def test_what_pillow_would_write_beside_the_pixels_is_left_out() -> None:
    image = screenshot()
    image.info = {"comment": b"PLANTED", "dpi": (300, 300), "icc_profile": b"PLANTED", "exif": b"PLANTED"}
    for sent in (encode_photo(image, LARGE), encode_drawn(image, LARGE)):
        assert sent is not None
        assert b"PLANTED" not in sent.data
    assert image.info["comment"] == b"PLANTED"
