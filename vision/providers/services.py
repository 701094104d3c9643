"""What a person is told about each service: its name in words, and what to do when something is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """``word`` begins sentences; ``key``, ``credit``, ``reach`` and ``missing`` say what to do about a bad key, an
    empty account, a service out of reach and a model that is not there, as clauses without a full stop."""

    name: str
    word: str
    key: str
    credit: str
    reach: str
    missing: str = "choose another model"

    @property
    def inside(self) -> str:
        """The word within a sentence."""
        return self.word[0].lower() + self.word[1:] if self.word.startswith("The ") else self.word


_KEY = "check it in Settings, or paste a new one"
_REACH = "check the internet connection, then try again"

SERVICES: Mapping[str, Service] = {
    service.name: service
    for service in (
        Service("anthropic", "Claude", _KEY, "add credit in the Anthropic console", _REACH),
        Service("openai", "OpenAI", _KEY, "add credit on the OpenAI billing page", _REACH),
        Service("gemini", "Gemini", _KEY, "add credit in Google AI Studio", _REACH),
        Service(
            "compatible",
            "The local server",
            "type the server's key in Settings, or set LOUPE_COMPATIBLE_KEY",
            "add credit with the owner of that server",
            "check that it is running and that its address in Settings is right",
            "check the model's name and the address in Settings",
        ),
    )
}
