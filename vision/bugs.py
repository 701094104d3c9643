"""Words for a fault of our own: kind and place, never the message, which may hold anything."""

from __future__ import annotations

import traceback
from pathlib import Path


def sentence(error: BaseException) -> str:
    """For the person: what to do, and what a report needs."""
    return f"Something went wrong inside Loupe ({place(error)}): try again, and report this line if it stays."


def place(error: BaseException) -> str:
    """ "KeyError, engine.py:12": where it was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return ", ".join([type(error).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last)])
