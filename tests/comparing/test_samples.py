"""The two sample screenshots, whose differences are known because vision/samples/draw.py drew them."""

from __future__ import annotations

from importlib.resources import files

from vision.comparing.difference import difference

SIZE = (1280, 860)
# What was changed between them, in pixels of both: price of delivery, total, the sum in the banner, the button.
PLANTED = {
    "delivery": (1132, 384, 1188, 408),
    "total": (1116, 440, 1188, 466),
    "banner": (304, 143, 336, 164),
    "button": (852, 520, 1189, 613),
}


def test_the_four_changes_of_the_samples_are_found_and_nothing_else() -> None:
    before, after = (files("vision.samples").joinpath(name).read_bytes() for name in ("before.png", "after.png"))
    found = difference(before, SIZE, after, SIZE)
    assert found.registration.words == "the same size and place"
    assert found.registration.good
    assert not found.same
    hit = [
        name
        for region in found.regions
        for name, box in PLANTED.items()
        if region.box_a[0] < box[2]
        and box[0] < region.box_a[2]
        and region.box_a[1] < box[3]
        and box[1] < region.box_a[3]
    ]
    assert sorted(hit) == sorted(PLANTED)
    assert len(found.regions) == 4
