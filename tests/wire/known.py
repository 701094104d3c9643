"""Which models the loopback services have, and what each takes: written down here on its own, so that a mistake in
the catalogue of the product does not pass. Source: vendors' pages as of 2026-11-22."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """``efforts`` empty: the model has no such setting. ``rule`` names how it counts a picture. Its prompt cache keeps
    nothing below ``cache_least`` tokens; ``breakpoints``: OpenAI's newer kind, which keeps whole prompts only and
    charges for it.
    ``context``, ``retires`` and ``sees`` are what the lists tell of it, where they do. ``schemas`` False: it has no
    schema mode, and says so with a 400."""

    provider: str
    rule: str
    efforts: frozenset[str] = frozenset()
    pictures: int = 600
    max_output: int = 128_000
    cache_least: int = 512
    breakpoints: bool = False
    context: int = 1_000_000
    retires: str = ""
    sees: bool = True
    schemas: bool = True


_CLAUDE = frozenset({"low", "medium", "high", "xhigh", "max"})
_GPT = frozenset({"none", "low", "medium", "high", "xhigh", "max"})
_GEMINI = frozenset({"low", "medium", "high"})

MODELS: Mapping[str, Known] = {
    "claude-haiku-5-5": Known("anthropic", "claude-high", _CLAUDE),
    "claude-sonnet-5-5": Known("anthropic", "claude-high", _CLAUDE),
    "claude-opus-5-5": Known("anthropic", "claude-high", _CLAUDE),
    "claude-fable-5-2": Known("anthropic", "claude-high", _CLAUDE),
    "claude-haiku-4-5": Known("anthropic", "claude-standard", frozenset(), 100, 64_000, 4096, context=200_000),
    "claude-sonnet-4-5": Known(
        "anthropic", "claude-standard", frozenset(), 100, 64_000, 1024, context=200_000, retires="2026-11-30"
    ),
    "gpt-6-luna": Known("openai", "patch", _GPT, 1500, 128_000, 1024, breakpoints=True),
    "gpt-6.1-terra": Known("openai", "patch", _GPT, 1500, 128_000, 1024, breakpoints=True),
    "gpt-6.1-sol": Known("openai", "patch", _GPT, 1500, 128_000, 1024, breakpoints=True),
    "gpt-6.2-sol": Known("openai", "patch", _GPT, 1500, 128_000, 1024, breakpoints=True),
    "gpt-6.2-astra": Known("openai", "patch", _GPT - {"none"}, 1500, 128_000, 1024, breakpoints=True),
    "gpt-5": Known(
        "openai", "tile-70", frozenset({"minimal", "low", "medium", "high"}), 1500, 128_000, 1024, retires="2026-12-11"
    ),
    "gpt-4.1": Known("openai", "tile-85", frozenset(), 1500, 32_768, 1024, retires="2027-01-14"),
    "gemini-3.5-flash-lite": Known("gemini", "budget", _GEMINI | {"minimal"}, 3600, 65_536, 4096),
    "gemini-3.8-flash": Known("gemini", "budget", _GEMINI | {"minimal"}, 3600, 65_536, 4096),
    "gemini-4-argon": Known("gemini", "budget", _GEMINI, 3600, 65_536, 4096),
    "gemini-4-carbon": Known("gemini", "budget", _GEMINI, 3600, 65_536, 4096),
    "gemini-4-hydrogen": Known("gemini", "budget", _GEMINI | {"xhigh"}, 3600, 65_536, 4096),
    "gemini-2.5-flash": Known("gemini", "tile-258", frozenset(), 3600, 65_536, 2048),
    "llava:7b": Known("compatible", "none"),
    "qwen3-vl:8b": Known("compatible", "none", frozenset({"low", "medium", "high"})),
}

# For WireServer(models={**MODELS, **WITHOUT_SCHEMAS}); not in the usual list.
WITHOUT_SCHEMAS: Mapping[str, Known] = {"minicpm-v:8b": Known("compatible", "none", schemas=False)}


def of(provider: str, models: Mapping[str, Known]) -> list[str]:
    return [name for name, known in models.items() if known.provider == provider]
