"""Planted keys: what they look like, how services hand them back in failures, and how they are looked for."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from tests.wire.plays import Fault, Play, fails
from vision.settings import KEY_NAMES

# Nothing that looks like a key: what is not found was kept out on purpose, not by a pattern.
TYPED = {name: f"planted-typed-{name}-0f1e2d3c" for name in KEY_NAMES}
SET = {name: f"planted-set-{name}-0f1e2d3c" for name in KEY_NAMES}


def environment(keys: Mapping[str, str]) -> dict[str, str]:
    """``keys`` in the variable that is read last for each provider."""
    return {names[-1]: keys[provider] for provider, names in KEY_NAMES.items()}


def failures(key: str) -> dict[str, Play]:
    """Ways to fail, most of which hand the key back. The last needs a short LOUPE_ANSWER_SECONDS."""
    return {
        "bad key": fails("bad_key", message=f"Incorrect API key provided: {key}"),
        "error page": fails("server_error", body=f"<html>You sent Authorization: Bearer {key}</html>"),
        "error inside the stream": Play(
            fault=Fault("error_event", after=1, error="server_error", message=f"failed for {key}")
        ),
        "hang": Play(fault=Fault("hang", after=1)),
    }


def forms(key: str) -> set[bytes]:
    """The key as it is, in a URL, in base64 at each of the three offsets, and as UTF-16."""
    plain = key.encode()
    shifted = {base64.b64encode(b"\0" * n + plain)[4:-4] for n in range(3)}
    return {plain, quote(key, safe="").encode(), key.encode("utf-16-le"), *shifted}


def found(places: Mapping[str, bytes], keys: Iterable[str]) -> list[str]:
    """Which key stands where."""
    wanted = {key: forms(key) for key in keys}
    return [
        f"{key} in {place}" for place, text in places.items() for key in wanted if any(f in text for f in wanted[key])
    ]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``: the database, what waits to be written to it, the pictures."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
