"""Which model answers when nobody has chosen one, and the way to its provider."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vision.errors import SettingsError
from vision.models.catalog import COMPATIBLE, READER, Catalogue, Model
from vision.providers import Provider
from vision.settings import Credential, Typed, credential

ORDER = ("anthropic", "openai", "gemini")  # a local server needs the name of a model as well: it is chosen, not guessed


class NotSetUp(SettingsError):
    """The chosen model's provider has no key or address. The page links the word Settings."""

    outcome = "not_set_up"


def default_model(catalogue: Catalogue, credentials: Mapping[str, Credential], today: date) -> str:
    """The word of the balanced model of the first provider that is set up; "reader" when none is.

    A model that has ended gives way to its successor, and a provider without a living model to the next.
    """
    for provider in ORDER:
        if provider in credentials:
            model = catalogue.default(provider)
            ending = catalogue.usable(model, today)
            if ending is None:
                return model.word
            if ending.successor is not None:
                return ending.successor.word
    return READER


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
