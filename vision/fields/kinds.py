"""What each kind is, in the words of ``words.toml``, for who chooses one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from vision.fields.model import Kind


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    data = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    return {str(word): str(sentence) for word, sentence in data["kinds"].items()}


def explained(kind: Kind) -> str:
    """One line, as "An amount, without the currency"."""
    return _words()[kind.value]
