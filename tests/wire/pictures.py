"""Pictures as the services see them: decoded from the request, checked, and counted in tokens by this file's own code.

Written from the vendors' published rules without a look at the product's: each checks the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import math
import warnings
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}


class Unreadable(Exception):
    """``reason``: base64, media_type, decode or mismatch; ``found`` is the real media type of a mismatch."""

    def __init__(self, reason: str, found: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = found


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture of a request. ``sha256`` is that of the bytes before base64; ``word`` is detail or resolution."""

    sha256: str
    mime: str
    width: int
    height: int
    encoded_bytes: int
    word: str | None = None
    tokens: int = 0


def look(encoded: str, mime: str, word: str | None = None) -> Seen:
    """Decode one picture completely. Raises Unreadable."""
    if mime not in _FORMATS:
        raise Unreadable("media_type")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("base64") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                image.load()
                width, height, found = image.width, image.height, image.format
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Unreadable("decode") from None
    if found != _FORMATS[mime]:
        raise Unreadable("mismatch", Image.MIME.get(found or "", "unknown"))
    return Seen(hashlib.sha256(data).hexdigest(), mime, width, height, len(encoded), word)


@lru_cache(maxsize=4096)
def count(rule: str, width: int, height: int, word: str | None) -> int:
    """Tokens of one picture under a rule of known.MODELS."""
    if rule.startswith("claude"):
        return _claude(width, height, *((2576, 4784) if rule == "claude-high" else (1568, 1568)))
    if rule == "patch":
        return _patches(width, height, word)
    if rule.startswith("tile-") and rule != "tile-258":
        base, tile = (70, 140) if rule == "tile-70" else (85, 170)
        return base if word == "low" else base + tile * _tiles_512(width, height)
    if rule == "budget":
        return {"low": 280, "medium": 560, "ultra_high": 2240}.get(word or "", 1120)
    if rule == "tile-258":
        return _tiles_gemini(width, height)
    return math.ceil(width / 28) * math.ceil(height / 28)


def _claude(width: int, height: int, edge: int, most: int) -> int:
    """The largest size of the same shape whose sides, filled up to 28, fit ``edge`` and whose patches fit ``most``."""
    long, short = max(width, height), min(width, height)
    for candidate in range(long, 0, -1):
        other = short if candidate == long else max(1, round(candidate * short / long))
        across, down = -(-candidate // 28), -(-other // 28)
        if across * 28 <= edge and down * 28 <= edge and across * down <= most:
            return across * down
    raise AssertionError("a picture of one pixel always fits")


def _patches(width: int, height: int, word: str | None) -> int:
    """32-pixel patches times 1.2; `low` fits 512, `high` 2048 and 2,500 patches, `original` as it is."""
    box = {"low": 512, "high": 2048}.get(word or "original")
    if box and max(width, height) > box:
        ratio = box / max(width, height)
        width, height = max(1, int(width * ratio)), max(1, int(height * ratio))
    patches = math.ceil(width / 32) * math.ceil(height / 32)
    if word == "high" and patches > 2500:
        factor = math.sqrt(1024 * 2500 / (width * height))
        across, down = width * factor / 32, height * factor / 32
        factor *= min(math.floor(across) / across, math.floor(down) / down)
        patches = math.ceil(int(width * factor) / 32) * math.ceil(int(height * factor) / 32)
    return math.ceil(patches * 6 / 5)


def _tiles_512(width: int, height: int) -> int:
    ratio = min(1.0, 2048 / max(width, height))
    width_in, height_in = width * ratio, height * ratio
    ratio = min(1.0, 768 / min(width_in, height_in))
    return math.ceil(round(width_in * ratio) / 512) * math.ceil(round(height_in * ratio) / 512)


def _tiles_gemini(width: int, height: int) -> int:
    if width <= 384 and height <= 384:
        return 258
    unit = max(1, int(min(width, height) / 1.5))
    return 258 * math.ceil(width / unit) * math.ceil(height / unit)
