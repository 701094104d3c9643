"""Prompt caches, as each service documents its own: what of a prompt is read from one, and what is written to it.

Sources as of 2026-11-22: Anthropic prompt-caching guide (marks, least prefix per model, 20 blocks looked back from a
mark), OpenAI prompt-caching guide and SDK response_create_params.py (from 1,024 tokens in steps of 128; from gpt-5.6 on
one breakpoint at the end of the newest message, read only where an earlier request left one), Google caching guide
(implicit, from 4,096 tokens).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a prompt, as JSON. ``tokens`` are those of the prompt up to its end; ``kept``: the service may keep
    the prompt up to here."""

    said: Any
    tokens: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """``scope`` is what must be equal besides the blocks; None: no other request can read what this one writes.

    Nothing below ``least`` tokens is kept, and above it only whole ``step`` s. ``lookback``: how many blocks before the
    end of a kept one earlier entries are looked for (None: everywhere). ``charged``: writing is told, and costs.
    """

    scope: Any
    blocks: tuple[Block, ...]
    least: int
    step: int = 1
    lookback: int | None = None
    charged: bool = True

    def whole(self, tokens: int) -> int:
        """What is kept of so many tokens."""
        return 0 if tokens < self.least else self.least + (tokens - self.least) // self.step * self.step


class Caches:
    """Every prompt cache of the server. Not locked: who uses it sees to that."""

    def __init__(self) -> None:
        self._entries: set[str] = set()

    def clear(self) -> None:
        self._entries.clear()

    def serve(self, prompt: Prompt) -> tuple[int, int]:
        """Tokens read from and written to the cache by one request."""
        names = list(_prefixes(prompt))
        kept = [place for place, block in enumerate(prompt.blocks) if block.kept and prompt.whole(block.tokens)]
        found = [place for place in _looked_at(prompt) if names[place] in self._entries]
        read = max((prompt.whole(prompt.blocks[place].tokens) for place in found), default=0)
        written = max((prompt.whole(prompt.blocks[place].tokens) for place in kept), default=read) - read
        if prompt.scope is not None:
            self._entries.update(names[place] for place in kept)
        return read, written if prompt.charged else 0


def _prefixes(prompt: Prompt) -> Iterator[str]:
    """A name for the prompt up to the end of each block: equal only for equal scope and equal blocks all the way."""
    running = hashlib.sha256(json.dumps(prompt.scope, sort_keys=True).encode())
    for block in prompt.blocks:
        running.update(hashlib.sha256(json.dumps(block.said, sort_keys=True).encode()).digest())
        yield running.hexdigest()


def _looked_at(prompt: Prompt) -> set[int]:
    """The places at whose ends an earlier entry would be found."""
    if prompt.scope is None:
        return set()
    if prompt.lookback is None:
        return set(range(len(prompt.blocks)))
    marks = (place for place, block in enumerate(prompt.blocks) if block.kept)
    return {place for mark in marks for place in range(max(0, mark - prompt.lookback), mark + 1)}
