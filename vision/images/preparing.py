"""What one model is sent for one picture: never enlarged, no more than the model really uses, always the same bytes.

The rules of the families are in ``vision.models``; how bytes are made is in ``vision.images.encoding``. Nothing is
kept here: the store keeps a ``Prepared`` under ``ImageLimits.key()``, so that a follow-up turn encodes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from vision.errors import PictureError, TooLarge
from vision.images.encoding import Encoded, drawn, encode_drawn, encode_photo
from vision.images.reducing import photo_planes, rgb
from vision.messages import Detail, Prepared
from vision.models.catalog import Model
from vision.models.image_tokens import Bounds, ImageRule, Size, image_tokens, reduced

# Raised whenever the same picture and limits would come out as other bytes: what was kept is then made anew.
VERSION = 1
# Where pictures are too heavy together, the numbers of them at which each one's share becomes smaller. Few steps, so
# that another picture in such a talk seldom changes the limits of those before it.
SHARES = (3, 20, 50, 100, 200, 600, 1500, 3600)
# Ten questions about one photo stay within 5 MB (base64 makes a third more of it) when it weighs no more than this.
# A wish, met by a coarser JPEG; never for fine print, nor for the reader, to whom nothing is sent.
WISHED_BYTES = 365_000
# What is left of a request for its text.
PICTURE_PART = 0.95
# Under about 200 px a side Claude's guide warns of worse answers; the same holds for the others.
SMALL_EDGE = 200


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What one model takes of a picture at one level of detail.

    ``rule`` and ``bounds`` give size and tokens; ``max_bytes`` is counted in base64 where ``base64``, else in plain
    bytes. A photo above ``wished_bytes`` (plain) is made coarser, but never smaller for it.
    """

    rule: ImageRule
    bounds: Bounds
    max_bytes: int
    base64: bool
    wished_bytes: int | None = None

    @property
    def max_edge(self) -> int:
        return self.bounds.max_edge

    @property
    def resolution(self) -> str | None:
        return self.bounds.word

    @property
    def plain_bytes(self) -> int:
        """``max_bytes`` before base64, which makes four characters of every three bytes begun."""
        return self.max_bytes // 4 * 3 if self.base64 else self.max_bytes

    def key(self) -> str:
        """A stable text: equal exactly when the same picture gives an equal ``Prepared``."""
        rule, bounds = self.rule, self.bounds
        parts = (
            f"v{VERSION}",
            rule.family,
            f"edge={bounds.max_edge}",
            f"patches={bounds.max_patches}",
            f"short={bounds.short_edge}",
            f"tokens={bounds.tokens}",
            f"word={bounds.word}",
            f"count={rule.multiplier}/{rule.base_tokens}/{rule.tile_tokens}/{rule.exact}",
            f"bytes={self.plain_bytes}",
            f"wished={self.wished_bytes}",
        )
        return " ".join(parts)

    def weight(self, prepared: Prepared) -> int:
        """Its bytes as ``max_bytes`` counts them."""
        return -(-len(prepared.data) // 3) * 4 if self.base64 else len(prepared.data)

    def size(self, size: Size) -> Size:
        """The upright size that is sent for a picture of the upright size ``size``."""
        return reduced(self.rule.family, self.bounds, size)

    def tokens(self, size: Size) -> int:
        """The input tokens of a picture of upright ``size``, before anything is encoded."""
        return image_tokens(self.rule, self.bounds, self.size(size))


def image_limits(model: Model, detail: Detail, pictures_in_request: int = 1) -> ImageLimits:
    """The limits of one picture in a request of so many (those of earlier turns count: they are sent again), as long as
    they are not too heavy together: else ``shared``. Another picture seldom changes them (only a crowd does), so that
    earlier ones stay the same bytes and are read from the provider's cache.

    Raises TooLarge when ``model`` takes fewer pictures than that.
    """
    if pictures_in_request > model.max_pictures:
        raise TooLarge(
            f"{model.label} takes at most {model.max_pictures} pictures at once and this would be "
            f"{pictures_in_request}: start a new conversation or ask about fewer.",
            provider=model.provider,
            model=model.id,
        )
    weights = model.weights
    bounds = model.image.bounds(detail)
    if weights.crowd is not None and weights.crowd_edge is not None and pictures_in_request > weights.crowd:
        bounds = replace(bounds, max_edge=min(bounds.max_edge, weights.crowd_edge))
    wished = WISHED_BYTES if weights.base64 and detail is not Detail.FINE else None
    return ImageLimits(model.image, bounds, min(weights.image_bytes, request_bytes(model)), weights.base64, wished)


def request_bytes(model: Model) -> int:
    """What all pictures of a request may weigh together."""
    return int(model.weights.request_bytes * PICTURE_PART)


def shared(limits: ImageLimits, model: Model, pictures_in_request: int) -> ImageLimits:
    """``limits`` under which any so many pictures keep within ``request_bytes``."""
    share = next((step for step in SHARES if pictures_in_request <= step), pictures_in_request)
    return replace(limits, max_bytes=min(limits.max_bytes, request_bytes(model) // share))


def prepare(source: bytes, size: Size, limits: ImageLimits) -> Prepared:
    """The bytes for one model. ``source`` is the original or its master, ``size`` the upright size of the original.

    The same source and limits give the same bytes, in any thread. Raises PictureError if the limit of bytes cannot be
    met.
    """
    target = limits.size(size)
    encoded = _encoded(source, target, limits)
    if encoded is None:
        raise PictureError(
            f"This picture cannot be made small enough for the model ({limits.max_bytes:,} bytes): "
            "send fewer pictures at once.",
            reason="too_many_bytes",
        )
    width, height = encoded.size
    return Prepared(
        data=encoded.data,
        sha256=hashlib.sha256(encoded.data).hexdigest(),
        mime=encoded.mime,
        width=width,
        height=height,
        tokens=image_tokens(limits.rule, limits.bounds, encoded.size),
        tokens_exact=limits.rule.exact,
        resolution=limits.resolution,
        notes=_notes(size, target, encoded.size),
    )


def _encoded(source: bytes, target: Size, limits: ImageLimits) -> Encoded | None:
    planes = photo_planes(source, target)
    if planes is not None:
        return encode_photo(planes, limits.plain_bytes, limits.wished_bytes)
    image = rgb(source, target)
    if drawn(image.convert("L")):
        return encode_drawn(image, limits.plain_bytes)
    return encode_photo(image, limits.plain_bytes, limits.wished_bytes)


def _notes(size: Size, target: Size, sent: Size) -> tuple[str, ...]:
    notes = []
    if target != size:
        notes.append(f"reduced from {size[0]} × {size[1]}")
    if sent != target:
        notes.append(f"reduced further to {sent[0]} × {sent[1]} to keep within the byte limit")
    if min(sent) < SMALL_EDGE:
        notes.append("small: details may be missed")
    return tuple(notes)
