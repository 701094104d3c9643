"""From a stored picture to pixels of exactly the size that is sent: upright, opaque, without metadata.

A camera's JPEG is taken by its own planes: brightness by LANCZOS, which is where print is, and colour straight to the
half size at which JPEG keeps it. That takes less time than all three at full size by BICUBIC (tests/bench), and is
nearer to the original in brightness.
"""

from __future__ import annotations

from PIL import Image

from vision.images.decoding import header, hostile, turn_of, upright
from vision.images.encoding import drawn
from vision.images.limits import OpenLimits
from vision.images.pixels import load
from vision.images.refusals import Refused

Size = tuple[int, int]

_REDUCING_GAP = 3.0  # Pillow: from 3.0 on not to be told from resizing in one step
_SMALL = 100


def photo_planes(source: bytes, target: Size) -> Image.Image | None:
    """``source`` at ``target`` (upright pixels) as YCbCr whose colour is at half size, ready for a 4:2:0 JPEG.

    None for anything but a plain photo: not a JPEG of three YCbCr planes, with a colour profile to follow, or drawn.
    """
    if not source.startswith(b"\xff\xd8\xff"):
        return None
    try:
        with hostile(OpenLimits()):
            image = header(source, "JPEG")
            if "icc_profile" in image.info or not _is_ycbcr(image):
                return None
            orientation, _ = turn_of(image, "JPEG", source)
            stored = (target[1], target[0]) if orientation >= 5 else target
            if stored[0] > image.width or stored[1] > image.height:
                return None
            # At the picture's own aspect: for a square box draft() would reduce nothing.
            image.draft("YCbCr", stored)
            image.load()
    except Refused:
        return None  # load() will say in words what is wrong
    brightness, blue, red = image.split()
    brightness = _resized(brightness, stored, Image.Resampling.LANCZOS)
    if drawn(brightness):
        return None
    return upright(Image.merge("YCbCr", (brightness, _half(blue, stored), _half(red, stored))), orientation)


def rgb(source: bytes, target: Size) -> Image.Image:
    """``source`` as RGB at ``target`` (upright pixels), or at its own size where that is smaller."""
    image = load(source, max_edge=max(target))
    if image.width < target[0] or image.height < target[1]:
        return image
    return _resized(image, target, Image.Resampling.LANCZOS)


def _is_ycbcr(image: Image.Image) -> bool:
    """Three components numbered 1, 2, 3 and no Adobe marker that says otherwise: what every camera writes."""
    components = tuple(layer[0] for layer in getattr(image, "layer", ()))
    return image.mode == "RGB" and components == (1, 2, 3) and image.info.get("adobe_transform", 1) == 1


def _resized(image: Image.Image, size: Size, filter: Image.Resampling) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, filter, reducing_gap=_REDUCING_GAP)


def _half(plane: Image.Image, size: Size) -> Image.Image:
    """``plane`` at ``size``, each two by two pixels equal: 4:2:0 averages those anyway.

    An odd last row or column, for which half a sample would be left, repeats the one before: not to be seen in a
    picture of some size, so a small one is done at full size.
    """
    width, height = size[0] // 2, size[1] // 2
    if min(width, height) < _SMALL or plane.width < width or plane.height < height:
        return plane.resize(size, Image.Resampling.BICUBIC)
    # Averaging two by two first takes half of the time; the gap is what makes Pillow take just that step.
    gap = max(1.0, min(plane.width / width, plane.height / height) / 2.01)
    box = (0, 0, plane.width * 2 * width / size[0], plane.height * 2 * height / size[1])
    small = plane.resize((width, height), Image.Resampling.BICUBIC, box=box, reducing_gap=gap)
    whole = small.resize((2 * width, 2 * height), Image.Resampling.NEAREST)
    if whole.size == size:
        return whole
    padded = Image.new("L", size)
    padded.paste(whole.crop((2 * width - 1, 0, 2 * width, 2 * height)), (size[0] - 1, 0))
    padded.paste(whole)
    padded.paste(padded.crop((0, 2 * height - 1, size[0], 2 * height)), (0, size[1] - 1))
    return padded
