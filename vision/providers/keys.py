"""A key and an address before an SDK sees them, the times to wait, and SDK warnings that are answered elsewhere."""

from __future__ import annotations

import warnings
from urllib.parse import urlsplit

from vision.errors import BadKey, ConnectionFailed
from vision.providers.failures import failure
from vision.providers.services import Service
from vision.settings import URL_NAMES, Credential

CONNECT_SECONDS = 10.0
CHECK_SECONDS = 15.0


def usable_key(credential: Credential, service: Service) -> str:
    """The key in clear. Raises BadKey for one that no header can carry (line break, space, typographic character):
    the HTTP library would name it in full in its own error."""
    key = credential.key.get_secret_value()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise failure(BadKey, service, "", detail="the key has a character that cannot be sent", unsent=True)
    return key


def usable_address(url: str | None, service: Service) -> str | None:
    """The address as it is. Raises ConnectionFailed for one that is no http address: each SDK fails differently."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in url
    except ValueError:
        usable = False
    if usable:
        return url
    raise ConnectionFailed(
        f"The address set for {service.inside} is not a web address: correct {URL_NAMES[service.name]}"
        f"{' or type it again in Settings' if service.name == 'compatible' else ''}.",
        provider=service.name,
        unsent=True,
    )


# A retiring model is the catalogue's business, which names the successor; a finish reason newer than the SDK is
# understood as a word. Both would otherwise be printed on the terminal of whoever asks.
_QUIET = (
    (r"The model '.*' is deprecated", DeprecationWarning),
    (r".* is not a valid \w+", UserWarning),
)


def quiet_warnings() -> None:
    """Ignore the SDK warnings above. Called before each call: a test run resets the filters between tests."""
    for message, category in _QUIET:
        known = any(
            entry[0] == "ignore" and entry[2] is category and getattr(entry[1], "pattern", None) == message
            for entry in warnings.filters
        )
        if not known:
            warnings.filterwarnings("ignore", message=message, category=category)
