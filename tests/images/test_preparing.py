"""What one model is sent: size, tokens, bytes, and that the same picture and limits always give the same."""

from __future__ import annotations

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.images.making import TURNS, XMP, cornered, corners_of, decoded, encoded, exif, near, png_texts
from tests.images.profiles import DISPLAY_P3, matrix_profile, srgb_to_light
from vision.errors import PictureError, TooLarge
from vision.images.preparing import ImageLimits, image_limits, prepare, shared
from vision.images.reducing import photo_planes, rgb
from vision.messages import Detail
from vision.models.catalog import load_catalogue, resolve

CATALOGUE = load_catalogue()
TODAY = date(2026, 11, 22)
WORDS = (
    "claude-sonnet-5-5",
    "claude-haiku-4-5",
    "gpt-6-luna",
    "gpt-5",
    "gemini-3.8-flash",
    "reader",
    "compatible:llava",
)


def limits_of(word: str = "claude-haiku-4-5", detail: Detail = Detail.NORMAL, pictures: int = 1) -> ImageLimits:
    return image_limits(resolve(CATALOGUE, word, TODAY), detail, pictures)


def grainy(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """Four flat quarters under the noise of a camera."""
    noise = np.random.default_rng(seed).normal(0, 6, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(cornered(size)) + noise, 0, 255).astype(np.uint8))


def photo(size: tuple[int, int], **options: Any) -> bytes:
    return encoded(grainy(size), "JPEG", quality=90, **options)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("detail", list(Detail))
def test_sent_size_and_tokens_are_those_foretold(word: str, detail: Detail) -> None:
    limits = limits_of(word, detail)
    size = (1500, 1000)
    prepared = prepare(photo(size), size, limits)
    sent = decoded(prepared.data)
    assert sent.size == (prepared.width, prepared.height) == limits.size(size)
    assert prepared.tokens == limits.tokens(size)
    assert prepared.tokens_exact == limits.rule.exact
    assert prepared.sha256 == hashlib.sha256(prepared.data).hexdigest()
    assert prepared.resolution == limits.resolution


def test_the_words_of_each_family_travel_with_the_picture() -> None:
    words = {word: [limits_of(word, detail).resolution for detail in Detail] for word in WORDS}
    assert words["claude-sonnet-5-5"] == [None, None, None]
    assert words["gpt-6-luna"] == ["low", "high", "original"]
    assert words["gemini-3.8-flash"] == ["low", "medium", "high"]


@pytest.mark.parametrize("word", WORDS)
def test_never_enlarged(word: str) -> None:
    prepared = prepare(photo((90, 61)), (90, 61), limits_of(word, Detail.FINE))
    assert (prepared.width, prepared.height) == (90, 61)
    assert prepared.notes == ("small: details may be missed",)


def test_a_picture_reduced_says_so() -> None:
    prepared = prepare(photo((2000, 1500)), (2000, 1500), limits_of())
    assert prepared.notes == ("reduced from 2000 × 1500",)


@pytest.mark.parametrize("size", [(2000, 1500), (640, 427), (333, 500)])
@pytest.mark.parametrize("orientation", sorted(TURNS))
def test_all_orientations_come_out_upright(orientation: int, size: tuple[int, int]) -> None:
    turn = TURNS[orientation]
    upright = grainy(size)
    stored = upright if turn is None else upright.transpose(turn)
    source = encoded(stored, "JPEG", quality=90, exif=exif(orientation))
    limits = limits_of(detail=Detail.GLANCE)
    prepared = prepare(source, size, limits)
    sent = decoded(prepared.data).convert("RGB")
    assert sent.size == limits.size(size)
    for got, meant in zip(corners_of(sent), corners_of(cornered(size)), strict=True):
        assert near(got, meant, 25)


def test_the_same_picture_and_limits_are_the_same_bytes_in_any_thread() -> None:
    sources = [photo((1300, 900)), encoded(cornered((900, 700)), "PNG")]
    for source, size in zip(sources, ((1300, 900), (900, 700)), strict=True):
        for detail in Detail:
            limits = limits_of(detail=detail)
            once = prepare(source, size, limits)
            with ThreadPoolExecutor(4) as pool:
                again = list(pool.map(lambda _, s=source, z=size, li=limits: prepare(s, z, li), range(8)))
            assert all(other == once for other in again)


def test_nothing_but_pixels_is_sent() -> None:
    planted = {"exif": exif(1, gps=True), "xmp": XMP, "comment": b"PLANTED-COMMENT"}
    sources = [
        photo((400, 300), **planted, dpi=(300, 300)),
        encoded(cornered((400, 300)), "PNG", exif=exif(1, gps=True), pnginfo=png_texts(), dpi=(72, 72)),
        encoded(cornered((400, 300)), "JPEG", **planted),
    ]
    for source in sources:
        assert b"PLANTED" in source
        sent = prepare(source, (400, 300), limits_of())
        assert b"PLANTED" not in sent.data
        assert b"Exif" not in sent.data
        image = decoded(sent.data)
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert image.mode == "RGB"


def test_a_photo_is_jpeg_and_a_drawing_that_is_not_reduced_is_png() -> None:
    assert prepare(photo((600, 400)), (600, 400), limits_of()).mime == "image/jpeg"
    assert prepare(encoded(grainy((600, 400)), "PNG"), (600, 400), limits_of()).mime == "image/jpeg"
    drawing = cornered((600, 400))
    sent = prepare(encoded(drawing, "PNG"), (600, 400), limits_of())
    assert sent.mime == "image/png"
    assert decoded(sent.data).tobytes() == drawing.tobytes()


def test_transparency_is_shown_on_white() -> None:
    image = Image.new("RGBA", (300, 200), (255, 0, 0, 0))
    sent = prepare(encoded(image, "PNG"), (300, 200), limits_of())
    assert decoded(sent.data).convert("RGB").getpixel((150, 100)) == (255, 255, 255)


@pytest.mark.parametrize("target", [(500, 375), (501, 375), (500, 374), (333, 249), (801, 601), (89, 67)])
def test_the_short_way_for_photos_looks_like_the_long_way(target: tuple[int, int]) -> None:
    source = photo((1000, 750) if target[0] > 100 else (100, 75))
    planes = photo_planes(source, target)
    assert planes is not None
    assert planes.size == target
    short = np.asarray(planes.convert("RGB"), dtype=float)
    long = np.asarray(rgb(source, target), dtype=float)
    # Colour at half size differs along the edges of the quarters, nowhere else.
    assert np.mean(np.abs(short - long)) < 5
    assert np.percentile(np.abs(short - long), 90) < 14


def test_what_is_no_plain_photo_takes_the_long_way() -> None:
    target = (200, 150)
    assert photo_planes(photo((400, 300)), target) is not None
    assert (
        photo_planes(photo((400, 300), icc_profile=matrix_profile("Display P3", DISPLAY_P3, srgb_to_light)), target)
        is None
    )
    assert photo_planes(photo((400, 300), keep_rgb=True), target) is None
    assert photo_planes(encoded(grainy((400, 300)).convert("L"), "JPEG"), target) is None
    assert photo_planes(encoded(grainy((400, 300)).convert("CMYK"), "JPEG"), target) is None
    assert photo_planes(encoded(grainy((400, 300)), "PNG"), target) is None
    assert photo_planes(photo((400, 300))[:2000], target) is None
    assert photo_planes(photo((100, 75)), target) is None


@pytest.mark.parametrize("options", [{"keep_rgb": True}, {"subsampling": "4:4:4"}, {"progressive": True}])
def test_colours_are_right_whatever_the_jpeg(options: dict[str, Any]) -> None:
    sent = decoded(prepare(photo((400, 300), **options), (400, 300), limits_of()).data)
    for got, meant in zip(corners_of(sent), corners_of(cornered((400, 300))), strict=True):
        assert near(got, meant, 25)


def test_bytes_are_counted_as_the_provider_counts_them() -> None:
    source, size = photo((1000, 800)), (1000, 800)
    for limit in (160_000, 60_000, 20_000, 4_000):
        limits = replace(limits_of(), max_bytes=limit)
        sent = prepare(source, size, limits)
        assert len(base64.b64encode(sent.data)) <= limit
        assert decoded(sent.data).size == (sent.width, sent.height)
        assert sent.tokens == -(-sent.width // 28) * -(-sent.height // 28)
    plain = replace(limits, max_bytes=20_000, base64=False)
    assert 15_000 < len(prepare(source, size, plain).data) <= 20_000


def test_a_limit_that_cannot_be_met_is_a_sentence() -> None:
    with pytest.raises(PictureError, match="fewer pictures"):
        prepare(photo((400, 300)), (400, 300), replace(limits_of(), max_bytes=300))


def test_limits_of_anthropic() -> None:
    assert (limits_of().max_bytes, limits_of().base64) == (10_000_000, True)
    assert limits_of("claude-sonnet-5-5", Detail.FINE, 20).max_edge == 2576
    assert limits_of("claude-sonnet-5-5", Detail.FINE, 21).max_edge == 2000
    assert max(limits_of("claude-sonnet-5-5", Detail.FINE, 21).size((9000, 1000))) <= 2000


@pytest.mark.parametrize("word", [*WORDS, "gemini-2.5-flash"])
def test_a_request_full_of_pictures_keeps_within_its_bytes(word: str) -> None:
    model = resolve(CATALOGUE, word, TODAY)
    for count in range(1, model.max_pictures + 1):
        limits = shared(image_limits(model, Detail.FINE, count), model, count)
        assert limits.max_bytes * count < model.weights.request_bytes
        assert limits.max_bytes >= 5_000
    with pytest.raises(TooLarge, match=str(model.max_pictures)):
        image_limits(model, Detail.FINE, model.max_pictures + 1)


def test_keys_are_stable_and_tell_apart_what_differs() -> None:
    assert limits_of("claude-sonnet-5-5").key() == (
        "v1 claude edge=1568 patches=1568 short=None tokens=None word=None count=1/0/0/True bytes=7500000 wished=365000"
    )
    every = [
        limits_of(word, detail, pictures)
        for word in WORDS
        for detail in Detail
        for pictures in (1, 21)
        if pictures <= resolve(CATALOGUE, word, TODAY).max_pictures
    ]
    told = {
        (
            limits.rule.family,
            limits.bounds,
            limits.rule.multiplier,
            limits.rule.base_tokens,
            limits.rule.tile_tokens,
            limits.rule.exact,
            limits.plain_bytes,
            limits.wished_bytes,
        )
        for limits in every
    }
    assert len({limits.key() for limits in every}) == len(told) > 15


def test_a_second_picture_leaves_the_limits_of_the_first() -> None:
    for word in WORDS:
        for count in range(2, 21):
            assert limits_of(word, Detail.FINE, 1) == limits_of(word, Detail.FINE, count)


def test_weight_is_counted_as_the_provider_counts_it() -> None:
    limits = limits_of()
    sent = prepare(photo((400, 300)), (400, 300), limits)
    assert limits.weight(sent) == len(base64.b64encode(sent.data))
    assert replace(limits, base64=False).weight(sent) == len(sent.data)


def test_damaged_bytes_are_a_sentence() -> None:
    with pytest.raises(PictureError):
        prepare(photo((400, 300))[:300], (400, 300), limits_of())
    with pytest.raises(PictureError):
        prepare(b"\xff\xd8\xff" + b"x" * 100, (400, 300), limits_of())
