"""Permission to upload: a signed note of who may add to which batch, and until when. Good for one process's life."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

SECRET = secrets.token_bytes(32)  # new in every process: a restart ends every permission, the page asks for another
LIFETIME_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Permission:
    """``expires`` is in seconds since 1970, UTC. ``archives``: a ZIP may be added, and is unpacked into the batch."""

    owner: str
    batch: str
    expires: int
    archives: bool = False


def _sign(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, body, sha256).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mint(
    owner: str,
    batch: str,
    now: float,
    *,
    archives: bool = False,
    lifetime: int = LIFETIME_SECONDS,
    secret: bytes = SECRET,
) -> str:
    """A token that lets ``owner`` add to ``batch`` until ``now`` + ``lifetime`` seconds."""
    body = "\n".join((owner, batch, str(int(now) + lifetime), "archives" if archives else "pictures")).encode()
    return f"{_encode(body)}.{_encode(_sign(body, secret))}"


def check(token: str, now: float, *, secret: bytes = SECRET) -> Permission | None:
    """What ``token`` permits, or None when it is malformed, forged, of another process or too old."""
    try:
        body, signature = (_decode(part) for part in token.encode("ascii").decode().split(".", 1))
        owner, batch, expires, kinds = body.decode().split("\n")
    except ValueError:  # includes UnicodeError and binascii.Error
        return None
    if not hmac.compare_digest(signature, _sign(body, secret)) or now >= int(expires):
        return None
    return Permission(owner, batch, int(expires), kinds == "archives")
