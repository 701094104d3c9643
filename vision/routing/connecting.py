"""The way from a model to its provider, with the key that is in force."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from vision.errors import SettingsError
from vision.models.catalog import COMPATIBLE, READER, Catalogue, Model
from vision.providers import Provider
from vision.settings import Credential, Typed, credential

Connect = Callable[[Model, Typed, Catalogue], Provider]


class NotSetUp(SettingsError):
    """The chosen model's provider has no key or address. The page links the word Settings."""

    outcome = "not_set_up"


def missing(catalogue: Catalogue, provider: str) -> str:
    """The sentence for a provider that is not set up."""
    label = catalogue.labels.get(provider, provider)
    if provider == COMPATIBLE:
        return (
            "No local server is set up: give its address in Settings (LOUPE_COMPATIBLE_URL), or choose another model."
        )
    return f"No key for {label} is set up: add one in Settings, or choose the on-device reader."


def connect(model: Model, typed: Typed, catalogue: Catalogue) -> Provider:
    """The provider of ``model``, with the key that is in force. Raises NotSetUp."""
    from vision.providers import clients  # noqa: PLC0415 - so that choosing alone loads no adapter

    if model.provider == READER:
        return clients.reader()
    found = credential(model.provider, typed)
    if found is None:
        raise NotSetUp(missing(catalogue, model.provider))
    return clients.connect(found)


def is_local_address(found: Credential | None) -> bool:
    """Whether a server stands on this machine or in this network: then nobody bills for it, and nothing leaves."""
    host = urlsplit(found.base_url).hostname if found is not None and found.base_url else None
    if not host:
        return False
    address = _address(host)
    if address is not None:
        return address.is_private or address.is_loopback or address.is_link_local
    # a name of one word is one of this network's: public names have a dot
    return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that ``host`` spells, also in the old ways (a whole number, hexadecimal); None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
