"""Which versions run here, for Settings, the terminal and bug reports."""

from __future__ import annotations

import platform
from importlib.metadata import version

PACKAGES = ("streamlit", "anthropic", "openai", "google-genai", "pillow", "rapidocr", "onnxruntime", "sqlalchemy")
LOUPE = "0.1.0"


def versions() -> tuple[tuple[str, str], ...]:
    """Name and version of Loupe, Python and what the answers depend on."""
    found = [("Loupe", LOUPE), ("Python", platform.python_version())]
    return tuple(found + [(name, version(name)) for name in PACKAGES])
